"""A Substack publication's JSON archive, the one its own pages use; its feed where the archive does not answer.

A list of posts costs one request for 25; the text of one costs another, and is asked for only where the list says that
the post is new or was edited, or is among the `OVERLAP` newest.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Authorship, Identity, Item, Page, Skipped, digest
from twin.core.text import word_count
from twin.sources._feeds import Entry, feed_of
from twin.sources._memory import Memory, remembered
from twin.sources.archive import broken, decoded, each_once, moment
from twin.sources.substack.archive import WELCOME, own_prose

ASK = "ask for the export, which holds paid posts and drafts too (Settings, Exports, New export)"
OVERLAP = 5
PAGE = 25
MOST_PAGES = 400
WHOLE = 0.6
"""A text with a smaller share of the words that its entry counts is a preview."""
_EDITED = ("post_date", "updated_at", "title", "subtitle", "wordcount", "audience", "truncated_body_text")


def recognises(location: str) -> bool:
    host = (urlsplit(location).hostname or "").lower()
    return host.endswith(".substack.com") and host not in ("www.substack.com", "open.substack.com")


def is_substack(page: Page) -> bool:
    """Whether a page of a domain of its own was made by Substack."""
    head = page.content[:200_000].lower()
    return b"substackcdn.com" in head and (b"substack.com" in head) and b"window._preloads" in page.content.lower()


def owner(location: str) -> list[str]:
    host = urlsplit(location).hostname or ""
    return [host] if host.endswith(".substack.com") else []


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource where neither archive nor feed can be read."""
    site = f"{urlsplit(location).scheme}://{urlsplit(location).netloc}"
    try:
        listed = list(_listed(site, reading))
    except BadSource as refused:
        yield from _from_feed(site, reading, refused)
        return
    with remembered(reading.cache) as memory:
        yield from each_once(_each(site, listed, memory, reading))


def _listed(site: str, reading: Reading) -> Iterator[dict[str, Any]]:
    """Every entry of the archive, newest first. Raises: BadSource."""
    seen: set[str] = set()
    for number in range(MOST_PAGES):
        page = reading.web.get(f"{site}/api/v1/archive?sort=new&search=&offset={number * PAGE}&limit={PAGE}")
        fresh = [one for one in _json(page) if isinstance(one, dict) and str(one.get("slug")) not in seen]
        if not fresh:
            return
        seen |= {str(one.get("slug")) for one in fresh}
        yield from fresh


def _json(page: Page) -> list[Any]:
    try:
        found = json.loads(decoded(page.content))
    except (ValueError, RecursionError) as bad:
        raise BadSource(f"{page.url!r} did not answer with JSON") from bad
    if not isinstance(found, list):
        raise BadSource(f"{page.url!r} did not answer with a list of posts")
    return found


def _each(site: str, listed: list[dict[str, Any]], memory: Memory, reading: Reading) -> Iterator[Item | Skipped]:
    for rank, entry in enumerate(listed):
        key = str(entry.get("id") or entry.get("slug"))
        reason, authorship = _whose(entry, reading.me)
        if reason:
            yield Skipped(key, reason)
            continue
        mark = digest([entry.get(name) for name in _EDITED])
        answer = memory.recall(key, mark) if rank >= OVERLAP else None
        if answer is None:
            try:
                page = reading.web.get(f"{site}/api/v1/posts/{entry.get('slug')}")
            except BadSource as bad:
                yield Skipped(key, bad.message)
                continue
            answer = decoded(page.content)
            memory.keep(key, mark, answer)
        yield _post(key, entry, answer, authorship)


def _whose(entry: Mapping[str, Any], me: Identity) -> tuple[str, Authorship]:
    """Why an entry is not the author's own, or nothing; and whether others wrote it too."""
    if entry.get("slug") == WELCOME:
        return "Substack's own draft on how to use the editor", "own"
    if entry.get("type") == "restack" or entry.get("restacked_post_id"):
        return "a restack of another's post", "own"
    bylines = [one for one in entry.get("publishedBylines") or [] if isinstance(one, dict)]
    names = [str(one.get("name") or one.get("handle") or "") for one in bylines]
    mine = [one for one in bylines if me.is_me(str(one.get("handle") or "")) or not _another(str(one.get("name")), me)]
    if bylines and not mine:
        return f"written by {', '.join(names)[:80]}", "own"
    return "", "co-authored" if len(bylines) > 1 else "own"


def _another(name: str, me: Identity) -> bool:
    """Whether a byline names someone else: it is not me, and no word of it is in the author's name."""
    return not me.is_me(name) and not set(name.casefold().split()) & set(me.name.casefold().split())


def _post(key: str, entry: Mapping[str, Any], answer: str, authorship: Authorship) -> Item | Skipped:
    try:
        post = json.loads(answer)
        post = post.get("post", post)
        body = str(post.get("body_html") or "")
    except (ValueError, RecursionError, AttributeError):
        return Skipped(key, "its page is no JSON")
    title = html.unescape(str(entry.get("title") or "")).strip()
    if reason := broken(body, title):
        return Skipped(key, reason)
    prose = own_prose(body or str(entry.get("truncated_body_text") or ""))
    if not prose.text:
        return Skipped(key, "no words that can be read without a subscription" if not body else "no words of your own")
    counted = entry.get("wordcount") or post.get("wordcount") or 0
    counted = counted if isinstance(counted, int) else 0
    truncated = not body or (entry.get("audience") != "everyone" and word_count(prose.text) < WHOLE * counted)
    return Item(
        key, "article", "substack", prose.text, title=title, url=str(entry.get("canonical_url") or ""),
        published=moment(str(entry.get("post_date") or "")), quoted=prose.quoted, raw=answer,
        raw_type="application/json", authorship=authorship, truncated=truncated,
        visibility=str(entry.get("audience") or "")[:32],
    )  # fmt: skip


def _from_feed(site: str, reading: Reading, refused: BadSource) -> Iterator[Item | Skipped]:
    """The newest twenty or so. Raises: the archive's own refusal where there is no feed either."""
    try:
        feed = feed_of(reading.web.get(f"{site}/feed"))
    except BadSource:
        raise refused from None
    yield Skipped("archive", f"older posts than the feed's are not read: {refused.message}")
    yield from each_once(_of_feed(entry, reading.me) for entry in feed.entries)


def _of_feed(entry: Entry, me: Identity) -> Item | Skipped:
    key = entry.url.partition("?")[0].rstrip("/").rpartition("/")[2] or entry.key
    if entry.authors and all(_another(who, me) for who in entry.authors):
        return Skipped(key, f"written by {', '.join(entry.authors)[:80]}")
    if reason := broken(entry.html, entry.title):
        return Skipped(key, reason)
    prose = own_prose(entry.html)
    if not prose.text:
        return Skipped(key, "no words of your own")
    return Item(
        key, "article", "substack", prose.text, title=entry.title, url=entry.url.partition("?")[0],
        published=entry.published, quoted=prose.quoted, raw=entry.html, raw_type="text/html",
        truncated=not entry.whole or "paywall" in entry.html,
    )  # fmt: skip
