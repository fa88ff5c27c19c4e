"""A polite visitor: asks robots.txt, waits between pages, comes back with ETags, and leaves when it is told to."""

from __future__ import annotations

import json
import random
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from twin.core.errors import BadSource, Wall
from twin.core.records import Page, digest
from twin.sources._memory import Memory, remembered
from twin.sources._web.addresses import NO_LOCAL, Target, target_of
from twin.sources._web.manners import INTERFACES, MOST_WAIT_S, ROBOTS_HOLD_S, Rules, asked_wait, pause_of
from twin.sources._web.walls import SAVE, login_in, wall_in

if TYPE_CHECKING:
    import httpx

AGENT = "llm-twin/0.1 (+https://pypi.org/project/llm-twin; reads what its user names)"
MOST_BYTES = 20 << 20
MOST_REDIRECTS = 5
TRIES = 5
SLOWEST = 6
"""A whole answer may take so many times the longest wait for a part of it."""
_NOT_TEXT = ("image/", "audio/", "video/", "font/")
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_KEPT_HEADERS = frozenset(
    "link x-served-by x-wp-totalpages x-wp-total tdm-reservation x-robots-tag last-modified etag".split()
)


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds that only go on, and waiting; tests bring their own."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes


class Guest:
    """See `core.protocols.Web`. `cache` keeps pages between collections; without one nothing is kept.

    `timeout_s` is the longest wait for a part of an answer and `pause_s` the least between two pages of a host, both in
    seconds; `page_budget` bounds the requests of one collection. `local` lets a test's own server through.
    """

    def __init__(
        self,
        cache: Path | None = None,
        *,
        timeout_s: float,
        page_budget: int = 5_000,
        pause_s: float = 1.0,
        robots: bool = True,
        tries: int = TRIES,
        most_bytes: int = MOST_BYTES,
        local: frozenset[str] = NO_LOCAL,
        clock: Clock | None = None,
    ) -> None:
        self.cache = cache
        self.timeout_s = timeout_s
        self.left = self.budget = page_budget
        self.pause_s = pause_s
        self.robots = robots
        self.tries = tries
        self.most_bytes = most_bytes
        self.local = local
        self.clock = clock or Clock()
        self.next_visit: dict[str, float] = {}
        self.rules: dict[str, Rules] = {}

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Page:
        target_of(url, local=self.local)
        given = dict(headers or {})
        key = digest("page", url, sorted(given.items()))
        with self._memory() as memory:
            known = _kept(memory.recall(key)) if memory else None
            asked = {**given}
            if known and (tag := known.headers.get("etag")):
                asked["If-None-Match"] = tag
            if known and (since := known.headers.get("last-modified")):
                asked["If-Modified-Since"] = since
            landed, answer = self._follow(url, asked, frozenset(given))
            if answer.status == 304 and known:
                return replace(known, fresh=False)
            page = _page(landed, answer)
            if memory:
                memory.keep(key, "", _packed(page))
            return replace(page, fresh=not (known and known.content == page.content))

    @contextmanager
    def _memory(self) -> Iterator[Memory | None]:
        if self.cache is None:
            yield None
            return
        with remembered(self.cache / "web") as memory:
            yield memory

    def _follow(self, url: str, headers: dict[str, str], own: frozenset[str]) -> tuple[str, _Answer]:
        """The answer where redirects end. What the caller gave goes to the first host alone."""
        first, seen = url, {url}
        for _ in range(MOST_REDIRECTS + 1):
            self._may_visit(url)
            answer = self._patient(url, headers)
            onward = answer.headers.get("location", "") if answer.status in (301, 302, 303, 307, 308) else ""
            if not onward:
                if wall := wall_in(url, answer.status, answer.headers, answer.content):
                    raise Wall(wall, SAVE)
                if answer.status >= 400:
                    raise BadSource(f"{url!r} answered {answer.status}", "check the address")
                return url, answer
            try:
                onward = urldefrag(urljoin(url, onward))[0]
            except ValueError as bad:
                raise BadSource(f"{url!r} leads to {onward[:200]!r}, which is no address", "check the address") from bad
            if wall := login_in(first, onward):
                raise Wall(wall, SAVE)
            if onward in seen:
                raise BadSource(f"{first!r} redirects in a circle", "check the address")
            seen.add(onward)
            if urlsplit(onward).netloc != urlsplit(url).netloc:
                headers = {name: value for name, value in headers.items() if name not in own}
            url = onward
        raise BadSource(f"{first!r} redirects more than {MOST_REDIRECTS} times", "check the address")

    def _patient(self, url: str, headers: dict[str, str]) -> _Answer:
        """Asks again, later each time, where a host is busy or cannot be reached."""
        for number in range(1, self.tries + 1):
            said, wait = "", min(MOST_WAIT_S, 2.0**number)
            try:
                answer = self._visit(url, headers)
            except ConnectionError as bad:
                said = f"cannot read {url!r}: {bad}"
            else:
                if answer.status not in _AGAIN or wall_in(url, answer.status, answer.headers, answer.content):
                    return answer
                said = f"{url!r} answered {answer.status}"
                asked = asked_wait(answer.headers.get("retry-after", ""), datetime.now(UTC))
                if asked is not None and asked > MOST_WAIT_S:
                    raise BadSource(f"{said} and asks to wait {asked:,.0f} seconds", "collect again after that")
                wait = asked if asked is not None else wait
            if number < self.tries:
                self.clock.wait(wait + random.uniform(0, 0.25) * wait)
        raise BadSource(f"{said}, {self.tries} times", "collect again later: what was read is kept")

    def _visit(self, url: str, headers: Mapping[str, str]) -> _Answer:
        """One request. Raises: ConnectionError for what may go better another time; BadSource for what will not."""
        if self.left <= 0:
            raise BadSource(
                f"{self.budget:,} pages were read, the budget of one collection", "collect again: it goes on"
            )
        target = target_of(url, local=self.local)
        self._pause(target.host)
        self.left -= 1
        sent = {"User-Agent": AGENT, **headers, "Host": target.named}
        return _within(SLOWEST * self.timeout_s, url, lambda: self._send(url, target, sent))

    def _send(self, url: str, target: Target, headers: Mapping[str, str]) -> _Answer:
        import httpx

        try:
            with httpx.Client(timeout=self.timeout_s, follow_redirects=False, trust_env=False) as client:
                named = {"sni_hostname": target.host}
                request = client.build_request("GET", target.url, headers=headers, extensions=named)
                request.extensions.setdefault("timeout", httpx.Timeout(self.timeout_s).as_dict())
                answer = client.send(request, stream=True)
                try:
                    content = self._body(url, answer)
                finally:
                    answer.close()
        except httpx.TransportError as bad:
            raise ConnectionError(str(bad) or type(bad).__name__) from bad
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as bad:
            raise BadSource(f"cannot read {url!r}: {bad or type(bad).__name__}", "check the address") from bad
        return _Answer(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, content)

    def _body(self, url: str, answer: httpx.Response) -> bytes:
        kind = answer.headers.get("content-type", "").lower()
        if kind.startswith(_NOT_TEXT):
            raise BadSource(f"{url!r} is {kind.split(';')[0]}, not a text", "give the address of a page")
        content = bytearray()
        for part in answer.iter_bytes():
            content += part
            if len(content) > self.most_bytes:
                raise BadSource(f"{url!r} is larger than {self.most_bytes:,} bytes", "download it and add the file")
        return bytes(content)

    def _pause(self, host: str) -> None:
        """One page of a host at a time, so far apart as its manners ask."""
        wait = self.next_visit.get(host, 0.0) - self.clock.now()
        if wait > 0:
            self.clock.wait(wait)
        known = self.rules.get(host)
        self.next_visit[host] = self.clock.now() + max(pause_of(host, self.pause_s), known.delay() if known else 0.0)

    def _may_visit(self, url: str) -> None:
        """Raises: BadSource where the host's robots.txt says no."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        if not self.robots or host in INTERFACES or parts.path == "/robots.txt":
            return
        if host not in self.rules:
            self.rules[host] = self._rules(f"{parts.scheme}://{parts.netloc}/robots.txt")
        if not self.rules[host].allow(url):
            why = (
                "did not answer with its robots.txt" if self.rules[host].closed else "asks machines not to (robots.txt)"
            )
            raise BadSource(f"{url!r} is not read: {host} {why}", SAVE)

    def _rules(self, url: str) -> Rules:
        """What a host allows, kept for a day: a missing file allows everything, a failing host nothing."""
        today = f"{time.time() // ROBOTS_HOLD_S:.0f}"
        with self._memory() as memory:
            kept = memory.recall(url, today) if memory else None
            if kept is not None:
                return Rules(json.loads(kept))
            text: str | None = None
            try:
                text = self._follow(url, {}, frozenset())[1].content[:500_000].decode("utf-8", "replace")
            except Wall:
                text = ""
            except BadSource as bad:
                text = "" if any(f"answered {status}" in bad.message for status in range(400, 500)) else None
            if memory:
                memory.keep(url, today, json.dumps(text))
            return Rules(text)


def _within(seconds: float, url: str, call: Callable[[], _Answer]) -> _Answer:
    """A call's result, if it comes in time: a host that sends a byte now and then would hold us for ever."""
    done: list[_Answer | BaseException] = []

    def run() -> None:
        try:
            done.append(call())
        except BaseException as bad:  # noqa: BLE001  (raised again by the caller's thread)
            done.append(bad)

    worker = threading.Thread(target=run, daemon=True, name="page")
    worker.start()
    worker.join(seconds)
    if not done:
        raise BadSource(f"{url!r} answers too slowly", "collect again later, or save the page and add the file")
    if isinstance(done[0], BaseException):
        raise done[0]
    return done[0]


def _page(url: str, answer: _Answer) -> Page:
    kind, _, rest = answer.headers.get("content-type", "text/html").partition(";")
    charset = rest.partition("charset=")[2].split(";")[0].strip("\"' ")
    kept = {name: value for name, value in answer.headers.items() if name in _KEPT_HEADERS}
    return Page(url, answer.content, kind.strip().lower(), charset, kept)


def _packed(page: Page) -> str:
    told = {"url": page.url, "kind": page.kind, "charset": page.charset, "headers": dict(page.headers)}
    return json.dumps({**told, "content": b64encode(page.content).decode("ascii")})


def _kept(packed: str | None) -> Page | None:
    """A page from the cache; one that was damaged is asked for again."""
    try:
        told = json.loads(packed) if packed else None
        return Page(**{**told, "content": b64decode(told["content"])}) if told else None
    except (ValueError, TypeError, KeyError):
        return None
