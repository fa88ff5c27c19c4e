"""A polite visitor: asks robots.txt, waits between pages, comes back with ETags, and leaves when it is told to."""

from __future__ import annotations

import json
import random
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

from twin.core.errors import BadSource, Wall
from twin.core.records import Page, digest
from twin.sources._memory import remembered
from twin.sources._web.addresses import NO_LOCAL, target_of
from twin.sources._web.manners import (
    INTERFACES,
    MOST_WAIT_S,
    ROBOTS_BYTES,
    ROBOTS_HOLD_S,
    Rules,
    asked_wait,
    is_busy,
    pause_of,
)
from twin.sources._web.walls import SAVE, login_in, wall_in

if TYPE_CHECKING:
    from twin.sources._web.wire import Answer

AGENT = "llm-twin/0.1 (+https://pypi.org/project/llm-twin; reads what its user names)"
MOST_BYTES = 20 << 20
MOST_REDIRECTS = 5
TRIES = 5
SLOWEST = 6
"""A whole answer may take so many times the longest wait for a part of it."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEPT_HEADERS = frozenset(
    "link x-served-by x-wp-totalpages x-wp-total tdm-reservation x-robots-tag last-modified etag".split()
)


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds that only go on, and waiting; tests bring their own."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


class _Spent(BadSource):
    """The budget of a collection is used up."""


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
        known = _kept(self._recall(key))
        asked = {**given}
        if known and (tag := known.headers.get("etag")):
            asked["If-None-Match"] = tag
        if known and (since := known.headers.get("last-modified")):
            asked["If-Modified-Since"] = since
        landed, answer = self._follow(url, asked, frozenset(given))
        if answer.status == 304 and known:
            return replace(known, fresh=False)
        page = _page(landed, answer)
        self._keep(key, "", _packed(page))
        return replace(page, fresh=not (known and known.content == page.content))

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> Page:
        target_of(url, local=self.local)
        self._may_visit(url)
        return _page(url, self._patient(url, dict(headers or {}), body))

    def _recall(self, key: str, mark: str = "") -> str | None:
        if self.cache is None:
            return None
        with remembered(self.cache / "web") as memory:
            return memory.recall(key, mark)

    def _keep(self, key: str, mark: str, answer: str) -> None:
        if self.cache is not None:
            with remembered(self.cache / "web") as memory:
                memory.keep(key, mark, answer)

    def _follow(
        self, url: str, headers: dict[str, str], own: frozenset[str] = frozenset(), *, ruled: bool = True
    ) -> tuple[str, Answer]:
        """The answer where redirects end, whatever its status. What the caller gave goes to the first host alone.

        `ruled` is false while a robots.txt itself is asked for: where it leads is not asked for another one.
        """
        first, seen = url, {url}
        for _ in range(MOST_REDIRECTS + 1):
            if ruled:
                self._may_visit(url)
            answer = self._patient(url, headers)
            onward = answer.headers.get("location", "") if answer.status in _REDIRECTS else ""
            if not onward:
                return url, answer
            try:
                onward = urldefrag(urljoin(url, onward))[0]
                keeps = _same_host(urlsplit(url), urlsplit(onward))
            except ValueError as bad:
                raise BadSource(f"{url!r} leads to {onward[:200]!r}, which is no address", "check the address") from bad
            if wall := login_in(first, onward):
                raise Wall(wall, SAVE)
            if onward in seen:
                raise BadSource(f"{first!r} redirects in a circle", "check the address")
            seen.add(onward)
            if not keeps:
                headers = {name: value for name, value in headers.items() if name not in own}
            url = onward
        raise BadSource(f"{first!r} redirects more than {MOST_REDIRECTS} times", "check the address")

    def _patient(self, url: str, headers: dict[str, str], body: bytes | None = None) -> Answer:
        """Asks again, later each time, where a host is busy or cannot be reached."""
        for number in range(1, self.tries + 1):
            said, wait = "", min(MOST_WAIT_S, 2.0**number)
            try:
                answer = self._visit(url, headers, body)
            except ConnectionError as bad:
                said = f"cannot read {url!r}: {bad}"
            else:
                busy = is_busy(answer.status, answer.headers)
                if not busy or (answer.status != 403 and wall_in(url, answer.status, answer.headers, answer.content)):
                    return answer
                said = f"{url!r} answered {answer.status}"
                asked = asked_wait(answer.headers, datetime.now(UTC))
                if asked is not None and asked > MOST_WAIT_S:
                    raise BadSource(f"{said} and asks to wait {asked:,.0f} seconds", "collect again after that")
                wait = asked if asked is not None else wait
            if number < self.tries:
                self.clock.wait(wait + random.uniform(0, 0.25) * wait)
        raise BadSource(f"{said}, {self.tries} times", "collect again later: what was read is kept")

    def _visit(self, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """One request. Raises: ConnectionError for what may go better another time; BadSource for what will not."""
        from twin.sources._web.wire import Bounds, send

        if self.left <= 0:
            raise _Spent(f"{self.budget:,} pages were read, the budget of one collection", "collect again: it goes on")
        target = target_of(url, local=self.local)
        wait = self.next_visit.get(target.host, 0.0) - self.clock.now()
        if wait > 0:
            self.clock.wait(wait)
        self.left -= 1
        bounds = Bounds(self.timeout_s, SLOWEST * self.timeout_s, self.most_bytes)
        try:
            return send(url, target, {"User-Agent": AGENT, **headers}, bounds, body=body)
        finally:
            known = self.rules.get(_origin(url))
            apart = max(pause_of(target.host, self.pause_s), known.delay() if known else 0.0)
            self.next_visit[target.host] = self.clock.now() + apart

    def _may_visit(self, url: str) -> None:
        """Raises: BadSource where the host's robots.txt says no."""
        parts, origin = urlsplit(url), _origin(url)
        host = (parts.hostname or "").lower()
        if not self.robots or host in INTERFACES or parts.path == "/robots.txt":
            return
        if origin not in self.rules:
            self.rules[origin] = Rules(self._robots(f"{origin}/robots.txt"))
            delay = self.clock.now() + self.rules[origin].delay()
            self.next_visit[host] = max(self.next_visit.get(host, 0.0), delay)
        if not self.rules[origin].allow(url):
            closed = self.rules[origin].closed
            why = "did not answer with its robots.txt" if closed else "asks machines not to (robots.txt)"
            raise BadSource(f"{url!r} is not read: {host} {why}", "collect again later" if closed else SAVE)

    def _robots(self, url: str) -> str | None:
        """What a host's robots.txt says: nothing where it has none, None where the host failed to answer.

        An answer is kept for the day; a failure is not, since it may be over by the next collection.
        """
        today = f"{time.time() // ROBOTS_HOLD_S:.0f}"
        if (kept := self._recall(url, today)) is not None:
            return kept
        text = ""
        try:
            answer = self._follow(url, {}, ruled=False)[1]
        except _Spent:
            raise
        except Wall:
            pass
        except BadSource:
            return None
        else:
            if answer.status >= 500:
                return None
            if answer.status < 300:
                text = answer.content[:ROBOTS_BYTES].decode("utf-8", "replace")
        self._keep(url, today, text)
        return text


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _same_host(here: SplitResult, there: SplitResult) -> bool:
    """Whether a token may go along: to the same host and port, or from http to https, never back."""
    if (here.scheme, here.netloc.lower()) == (there.scheme, there.netloc.lower()):
        return True
    upgraded = (here.scheme, there.scheme) == ("http", "https") and here.hostname == there.hostname
    return upgraded and here.port in (None, 80) and there.port in (None, 443)


def _page(url: str, answer: Answer) -> Page:
    """Raises: Wall; BadSource for a status that brings no page."""
    if wall := wall_in(url, answer.status, answer.headers, answer.content):
        raise Wall(wall, SAVE)
    if answer.status >= 300:
        raise BadSource(f"{url!r} answered {answer.status}", "check the address")
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
