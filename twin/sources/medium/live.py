"""Medium's feed: the ten newest texts of a profile or publication, whole unless they are for members only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from twin.core.protocols import Reading
from twin.core.records import Identity, Item, Skipped
from twin.sources._feeds import Entry, feed_of
from twin.sources.archive import broken, each_once
from twin.sources.prose import one_line, parsed, prose_of, without

ASK = "ask for the export, which holds everything (Settings, Security and apps, Download your information)"
_ID = re.compile(r"/p/([0-9a-f]{6,12})$|-([0-9a-f]{8,12})$")
_NOT_PEOPLE = frozenset({"m", "tag", "search", "about", "topics", "plans", "me", "new-story", "p", "feed", "policy"})
_NOT_TEXT = (".graf--mixtapeEmbed", 'img[src*="/_/stat"]', ".medium-feed-link", ".medium-feed-image")


def recognises(location: str) -> bool:
    """`medium.com/@ada`, `ada.medium.com` and `medium.com/publication`; not the page of a single text."""
    parts = urlsplit(location)
    host, steps = (parts.hostname or "").removeprefix("www."), [step for step in parts.path.split("/") if step]
    if host == "medium.com":
        return len(steps) == 1 and steps[0] not in _NOT_PEOPLE
    return host.endswith(".medium.com") and not steps


def owner(location: str) -> list[str]:
    """A profile's link in, the same as a handle out; a publication has many authors."""
    return [location] if "@" in location or ".medium.com" in location.replace("www.", "") else []


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource where the feed cannot be read."""
    of_one = bool(owner(location))
    feed = feed_of(reading.web.get(_feed_address(location)))
    yield from each_once(_item(entry, reading.me, of_one) for entry in feed.entries)


def _feed_address(location: str) -> str:
    parts = urlsplit(location)
    if (parts.hostname or "").removeprefix("www.") == "medium.com":
        return f"https://medium.com/feed/{parts.path.strip('/')}"
    return f"https://{parts.hostname}/feed"


def _item(entry: Entry, me: Identity, of_one: bool) -> Item | Skipped:
    """An entry without a category is a response (177 of 236, seen 2017); a member's text ends in a teaser."""
    found = _ID.search(entry.key)
    key = (found[1] or found[2]).lstrip("0") if found else entry.key
    if reason := broken(entry.html, entry.title, entry.key):
        return Skipped(key, reason)
    if not of_one and entry.authors and not any(map(me.is_me, entry.authors)):
        return Skipped(key, f"written by {', '.join(entry.authors)[:80]}")
    soup = parsed(entry.html)
    teaser = soup.select_one(".medium-feed-item") is not None
    without(soup, *_NOT_TEXT)
    first = soup.find(["h1", "h2", "h3", "h4"])
    if first and one_line(first).casefold() == " ".join(entry.title.split()).casefold():
        first.decompose()
    prose = prose_of(soup)
    if not prose.text:
        return Skipped(key, "no words of your own")
    return Item(
        key, "article" if entry.categories or teaser else "comment", "medium", prose.text,
        title=entry.title if entry.categories or teaser else "", url=_plain(entry.url), published=entry.published,
        quoted=prose.quoted, raw=entry.html, raw_type="text/html", truncated=teaser,
    )  # fmt: skip


def _plain(url: str) -> str:
    """An address without what says where it was found (`?source=rss-…`)."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
