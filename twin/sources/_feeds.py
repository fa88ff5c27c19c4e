"""A feed in any of its spellings in (RSS, Atom, JSON Feed), its entries out, newest first as the site has them."""

from __future__ import annotations

import calendar
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from twin.core.errors import BadSource
from twin.core.records import Page
from twin.sources.archive import decoded, moment

MOST_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a feed. `whole` says whether `html` is all of it or what the feed calls a summary."""

    key: str
    url: str
    title: str
    html: str
    whole: bool
    published: datetime | None
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """`generator` is what made it, `home` the site it belongs to, `next` the address of older entries (RFC 5005)."""

    generator: str
    home: str
    next: str
    entries: tuple[Entry, ...]


def is_feed(page: Page) -> bool:
    """Whether a page is a feed by its beginning; a media type alone is often wrong."""
    head = page.content[:2000].lstrip().lower()
    if page.kind.endswith("json") or head.startswith(b"{"):
        return b"jsonfeed.org/version" in head
    return any(mark in head for mark in (b"<rss", b"<feed", b"<rdf:rdf"))


def feed_of(page: Page) -> Feed:
    """Raises: BadSource for what is no feed. Of a feed that breaks off, the entries before the break are there."""
    content = page.content
    if b"jsonfeed.org/version" in content[:2000]:
        return _json_feed(page)
    start = content.find(b"<")  # a browser that saved it put a sentence in front
    import feedparser

    headers = {"content-type": f"{page.kind}; charset={page.charset}" if page.charset else page.kind}
    try:
        found = feedparser.parse(
            content[max(0, start) :], response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, LookupError, TypeError, AttributeError) as broken:  # its strict parser, on a broken declaration
        raise BadSource(f"{page.url!r} is a feed too broken to read", "give the address of the blog itself") from broken
    if not found.version and not found.entries:
        raise BadSource(f"{page.url!r} is not a feed", "give the address of the blog itself")
    links = {link.get("rel"): link.get("href", "") for link in found.feed.get("links", [])}
    licence = str(found.feed.get("rights") or found.feed.get("license") or "")
    return Feed(
        generator=str(found.feed.get("generator", "")),
        home=str(found.feed.get("link", "")),
        next=str(links.get("next", "")),
        entries=tuple(_entry(one, licence) for one in found.entries[:MOST_ENTRIES]),
    )


def _entry(one: Mapping[str, Any], licence: str) -> Entry:
    contents = [part for part in one.get("content", []) if part.get("value")]
    html = max((str(part["value"]) for part in contents), key=len, default="")
    summary = str(one.get("summary", ""))
    stamp = one.get("published_parsed") or one.get("updated_parsed")
    authors = [str(who.get("name") or who.get("email") or "") for who in one.get("authors", [])]
    return Entry(
        key=str(one.get("id") or one.get("link") or ""),
        url=str(one.get("link", "")),
        title=str(one.get("title", "")),
        html=html or summary,
        whole=bool(html) and len(html) >= len(summary),
        published=_moment(stamp) if stamp else None,
        authors=tuple(filter(None, authors)) or tuple(filter(None, [str(one.get("author", ""))])),
        categories=tuple(str(tag.get("term", "")) for tag in one.get("tags", [])),
        licence=str(one.get("rights") or licence),
    )


def _moment(stamp: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _json_feed(page: Page) -> Feed:
    """JSON Feed 1 and 1.1 (jsonfeed.org)."""
    try:
        found = json.loads(decoded(page.content))
        items = [one for one in found.get("items", []) if isinstance(one, dict)][:MOST_ENTRIES]
    except (ValueError, RecursionError, AttributeError, TypeError) as bad:
        raise BadSource(f"{page.url!r} is a broken JSON feed: {bad}") from bad
    entries = []
    for one in items:
        html, plain = one.get("content_html"), one.get("content_text")
        authors = one.get("authors") or [one.get("author") or {}]
        url = str(one.get("url") or one.get("external_url") or "")
        entries.append(
            Entry(
                key=str(one.get("id") or url),
                url=url,
                title=str(one.get("title") or ""),
                html=str(html) if html else f"<pre>{_escaped(str(plain or one.get('summary') or ''))}</pre>",
                whole=bool(html or plain),
                published=moment(str(one.get("date_published") or "")),
                authors=tuple(str(who["name"]) for who in authors if isinstance(who, dict) and who.get("name")),
                categories=tuple(map(str, one.get("tags") or [])),
            )
        )
    return Feed("", str(found.get("home_page_url") or ""), str(found.get("next_url") or ""), tuple(entries))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
