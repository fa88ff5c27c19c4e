"""Medium's feed: the ten newest texts of a profile or publication, whole unless they are for members only."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from bs4 import BeautifulSoup

from twin.core.links import link_parts
from twin.core.protocols import Reading
from twin.core.records import Identity, Item, Skipped
from twin.sources._feeds import Entry, feed_of
from twin.sources.archive import broken, each_once
from twin.sources.medium.archive import folded, starts_with
from twin.sources.prose import MAX_PAGE_BYTES, one_line, parsed, prose_of, without

ASK = "ask for the export, which holds everything (Settings, Security and apps, Download your information)"
_ID = re.compile(r"/p/([0-9a-f]{6,12})$|-([0-9a-f]{8,12})$")
_NOT_PEOPLE = frozenset({"m", "tag", "search", "about", "topics", "plans", "me", "new-story", "p", "feed", "policy"})
_NOT_TEXT = (".graf--mixtapeEmbed", "body > a", ".medium-feed-link", ".medium-feed-image")
"""A link card is a bare link between two paragraphs, where the author's own links stand inside one."""
_SAID_BY_MEDIUM = "on Medium, where people are continuing the conversation"


def recognises(location: str) -> bool:
    """`medium.com/@ada`, `ada.medium.com` and `medium.com/publication`; not the page of a single text."""
    parts = urlsplit(location)
    host, steps = (parts.hostname or "").removeprefix("www."), [step for step in parts.path.split("/") if step]
    if host == "medium.com":
        return len(steps) == 1 and steps[0] not in _NOT_PEOPLE
    return host.endswith(".medium.com") and not steps


def owner(location: str) -> list[str]:
    """A profile's link in, the same as a handle out; a publication has many authors."""
    return [_plain(location)] if _of_one(location) else []


def _of_one(location: str) -> bool:
    return "/@" in location or bool(re.match(r"https?://(?!www\.)[^/?#]+\.medium\.com", location, re.IGNORECASE))


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource where the feed cannot be read.

    A name before `medium.com` may be a publication's too: then its texts have more than one author.
    """
    feed = feed_of(reading.web.get(_feed_address(location)))
    several = len({entry.authors for entry in feed.entries}) > 1
    of_one = _of_one(location) and ("/@" in location or not several)
    yield from each_once(_item(entry, reading.me, of_one) for entry in feed.entries)


def _feed_address(location: str) -> str:
    parts = urlsplit(location)
    if (parts.hostname or "").removeprefix("www.") == "medium.com":
        return f"https://medium.com/feed/{parts.path.strip('/')}"
    return f"https://{parts.hostname}/feed"


def _item(entry: Entry, me: Identity, of_one: bool) -> Item | Skipped:
    """A member's text ends in a teaser. The title's signs are escaped twice (`&amp;` in CDATA, seen 2026).

    An entry without a category is a response (177 of 236, seen 2017), unless it has headings and a title of its own.
    """
    found, title = _ID.search(entry.key), html.unescape(entry.title).strip()
    key = (found[1] or found[2]).lstrip("0") if found else entry.key
    if reason := broken(entry.html, title, entry.key):
        return Skipped(key, reason)
    if len(entry.html) > MAX_PAGE_BYTES:
        return Skipped(key, f"larger than {MAX_PAGE_BYTES:,} bytes")
    if not of_one and entry.authors and not any(map(me.is_me, entry.authors)):
        return Skipped(key, f"written by {', '.join(entry.authors)[:80]}")
    soup = parsed(entry.html)
    teaser = soup.select_one(".medium-feed-item") is not None
    _clean(soup)
    first = soup.find(["h1", "h2", "h3", "h4"])
    named = first is not None and folded(one_line(first)) == folded(title)
    if first and named:
        first.decompose()
    prose = prose_of(soup)
    if not prose.text:
        return Skipped(key, "no words of your own")
    article = bool(entry.categories) or teaser or named or (first is not None and not starts_with(title, prose))
    return Item(
        key, "article" if article else "comment", "medium", prose.text, title=title if article else "",
        url=_plain(entry.url), published=entry.published, quoted=prose.quoted, raw=entry.html, raw_type="text/html",
        truncated=teaser,
    )  # fmt: skip


def _clean(soup: BeautifulSoup) -> None:
    """Takes out link cards, alone or as a list of nothing but links, and what Medium adds below the text."""
    without(soup, *_NOT_TEXT)
    for listed in soup.find_all("ul"):
        texts = [
            (one_line(point), [one_line(link) for link in point.find_all("a")])
            for point in listed.find_all("li", recursive=False)
        ]
        if texts and all([text] == links for text, links in texts):
            listed.decompose()
    for last in soup.find_all("p")[-1:]:
        if "was originally published in" in (said := one_line(last)) and _SAID_BY_MEDIUM in said:
            last.decompose()


def _plain(url: str) -> str:
    """An address without what says where it was found (`?source=rss-…`)."""
    parts = link_parts(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
