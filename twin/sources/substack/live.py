"""A Substack publication's JSON archive, the one its own pages use; its feed where the archive does not answer.

A list of posts costs one request for 25; the text of one costs another, and is asked for only where the list says that
the post is new or was edited, or is among the `OVERLAP` newest.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Authorship, Item, Page, Skipped, digest
from twin.core.text import word_count
from twin.sources._memory import Memory, remembered
from twin.sources.archive import broken, decoded, each_once, moment
from twin.sources.prose import MAX_PAGE_BYTES
from twin.sources.substack.archive import WELCOME, own_prose
from twin.sources.substack.bylines import Authors
from twin.sources.substack.feed import Feeds
from twin.sources.substack.notes import notes

ASK = "ask for the export, which holds paid posts and drafts too (Settings, Exports, New export)"
OVERLAP = 5
PAGE = 25
MOST_PAGES = 400
MOST_FAILED = 3
"""After so many posts in a row that do not come, the others are left for the next collection."""
WHOLE = 0.6
"""A text with a smaller share of the words that its entry counts is a preview."""
_EDITED = ("post_date", "updated_at", "title", "subtitle", "wordcount", "audience", "truncated_body_text")
_NOT_PUBLICATIONS = frozenset(f"{name}.substack.com" for name in ("www", "open", "api", "support", "on", "blog"))


def recognises(location: str) -> bool:
    """`ada.substack.com`, and an author's profile `substack.com/@ada`; other domains are told by `is_substack`."""
    parts = urlsplit(location)
    host = (parts.hostname or "").lower()
    if host.removeprefix("www.") == "substack.com":
        return parts.path.startswith("/@") and len(parts.path) > 2
    return host.endswith(".substack.com") and host not in _NOT_PUBLICATIONS


def is_substack(page: Page) -> bool:
    """Whether a page of a domain of its own was made by Substack, or is the feed of one."""
    if page.headers.get("x-served-by", "").lower() == "substack":
        return True
    head = page.content[:200_000].lower()
    if b"<generator>substack</generator>" in head:
        return True
    return b"substackcdn.com" in head and b"substack.com" in head and b"window._preloads" in page.content.lower()


def owner(location: str) -> list[str]:
    """A publication's address or an author's profile, as handles."""
    parts = urlsplit(location)
    host = (parts.hostname or "").lower()
    if not recognises(location):
        return []
    return [f"substack.com/{parts.path.split('/')[1]}"] if parts.path.startswith("/@") else [host]


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a publication is, and its author's number where the location is a profile."""

    site: str
    user: str = ""


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource where neither archive nor feed can be read, and where no post is by the author."""
    home = _home(location, reading)
    authors = Authors(reading.me, urlsplit(home.site).netloc, home.user)
    with remembered(reading.cache) as memory:
        yield from each_once(_everything(home.site, authors, memory, reading))


def _home(location: str, reading: Reading) -> _Home:
    parts = urlsplit(location)
    if (parts.hostname or "").lower().removeprefix("www.") != "substack.com":
        return _Home(f"{parts.scheme}://{parts.netloc}")
    handle = parts.path.split("/")[1].removeprefix("@")
    try:
        page = reading.web.get(f"https://substack.com/api/v1/user/{quote(handle)}/public_profile")
        told = json.loads(decoded(page.content))
        site = told["primaryPublication"]
        host = site.get("custom_domain") or f"{site['subdomain']}.substack.com"
        if not isinstance(host, str) or not urlsplit(f"https://{host}").hostname:
            raise ValueError(host)
        return _Home(f"https://{host}", str(told.get("id") or ""))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as bad:
        raise BadSource(
            f"the profile {location!r} names no publication", "add the publication itself, as you.substack.com"
        ) from bad


def _everything(site: str, authors: Authors, memory: Memory, reading: Reading) -> Iterator[Item | Skipped]:
    feeds = Feeds(site, reading.web)
    listed, stopped = _listed(site, reading)
    if stopped and not listed:
        yield from _without_archive(feeds, authors, memory, stopped)
        return
    if stopped:
        yield Skipped("archive", f"older posts are left for the next collection: {stopped.message}")
    authors.check(site, listed)
    yield from _posts(site, listed, authors, memory, feeds, reading)
    for number in authors.numbers(listed):
        yield from notes(number, memory, reading.web)


def _listed(site: str, reading: Reading) -> tuple[list[dict[str, Any]], BadSource | None]:
    """The entries of the archive, newest first, and what kept it from being read to its end."""
    entries: dict[str, dict[str, Any]] = {}
    for _ in range(MOST_PAGES):
        url = f"{site}/api/v1/archive?sort=new&search=&offset={len(entries)}&limit={PAGE}"
        try:
            page = _json(reading.web.get(url))
        except BadSource as bad:
            return list(entries.values()), bad
        fresh = {str(one.get("slug")): one for one in page if isinstance(one, dict)}
        if fresh.keys() <= entries.keys():
            break
        entries = {**entries, **fresh}
    return list(entries.values()), None


def _json(page: Page) -> list[Any]:
    try:
        found = json.loads(decoded(page.content))
    except (ValueError, RecursionError) as bad:
        raise BadSource(f"{page.url!r} did not answer with JSON") from bad
    if not isinstance(found, list):
        raise BadSource(f"{page.url!r} did not answer with a list of posts")
    return found


def _posts(
    site: str, listed: list[dict[str, Any]], authors: Authors, memory: Memory, feeds: Feeds, reading: Reading
) -> Iterator[Item | Skipped]:
    """Each entry with its text, from memory, from the site, or from the feed where the site has had enough."""
    failed, reason, known = 0, "", memory.marks()
    for rank, entry in enumerate(listed):
        key, slug = str(entry.get("id") or entry.get("slug")), str(entry.get("slug"))
        others, authorship = authors.of(entry)
        if unwanted := _unwanted(entry) or others or broken(key, slug):
            yield Skipped(key, unwanted)
            continue
        if known.get(f"slug {slug}") != key:
            memory.keep(f"slug {slug}", key, "")
        mark = digest([entry.get(name) for name in _EDITED])
        answer = memory.recall(key, mark) if rank >= OVERLAP else None
        if answer is None and failed < MOST_FAILED:
            try:
                answer = decoded(reading.web.get(f"{site}/api/v1/posts/{quote(slug, safe='')}").content)
                memory.keep(key, mark, answer)
                failed = 0
            except BadSource as bad:
                failed, reason = failed + 1, bad.message
        answer = answer or memory.recall(key) or feeds.answer(slug)
        if answer is None:
            yield Skipped(key, reason if failed < MOST_FAILED else f"left for the next collection: {reason}")
        else:
            yield _post(key, entry, answer, authorship)


def _unwanted(entry: Mapping[str, Any]) -> str:
    """Why an entry is no post of the publication's author, whoever its bylines name; or nothing."""
    if entry.get("slug") == WELCOME:
        return "Substack's own draft on how to use the editor"
    if entry.get("type") == "restack" or entry.get("restacked_post_id"):
        return "a restack of another's post"
    return ""


def _post(key: str, entry: Mapping[str, Any], answer: str, authorship: Authorship) -> Item | Skipped:
    try:
        post = json.loads(answer)
        post = post.get("post", post)
        body = str(post.get("body_html") or "")
    except (ValueError, RecursionError, AttributeError):
        return Skipped(key, "its page is no JSON")
    title, url = html.unescape(str(entry.get("title") or "")).strip(), str(entry.get("canonical_url") or "")
    if reason := broken(body, title, url):
        return Skipped(key, reason)
    if len(body) > MAX_PAGE_BYTES:
        return Skipped(key, f"larger than {MAX_PAGE_BYTES:,} bytes")
    prose = own_prose(body or str(entry.get("truncated_body_text") or ""))
    if not prose.text:
        return Skipped(key, "no words that can be read without a subscription" if not body else "no words of your own")
    counted = entry.get("wordcount") or post.get("wordcount") or 0
    counted = counted if isinstance(counted, int) else 0
    short = entry.get("audience") != "everyone" and word_count(prose.text) < WHOLE * counted
    return Item(
        key, "article", "substack", prose.text, title=title, url=url,
        published=moment(str(entry.get("post_date") or "")), quoted=prose.quoted, raw=answer,
        raw_type="application/json", authorship=authorship, truncated=not body or short or bool(post.get("cut_off")),
        visibility=str(entry.get("audience") or "")[:32],
    )  # fmt: skip


def _without_archive(feeds: Feeds, authors: Authors, memory: Memory, refused: BadSource) -> Iterator[Item | Skipped]:
    """The newest twenty or so, under the keys that the archive gave them. Raises: the archive's own refusal."""
    entries = feeds.entries()
    if entries is None:
        raise refused
    yield Skipped("archive", f"older posts than the feed's are not read: {refused.message}")
    known = memory.marks()
    for slug, entry in entries.items():
        key = known.get(f"slug {slug}", slug)
        reason, authorship = authors.of(entry)
        answer = memory.recall(key) or feeds.answer(slug)
        if reason or answer is None:
            yield Skipped(key, reason or "no text in the feed")
        else:
            yield _post(key, entry, answer, authorship)
