"""Any other web address: a blog with all its posts, or the one article that the address names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Item, Page, Route, Skipped
from twin.sources._feeds import is_feed
from twin.sources._memory import remembered
from twin.sources.archive import each_once
from twin.sources.site import blog
from twin.sources.site.pages import Look, article, look
from twin.sources.substack.live import is_substack

MOST_REPEATED = 3
"""After so many pages that fail in the same words the rest is left for the next collection."""


def recognises(location: str) -> bool:
    parts = urlsplit(location)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def owner(location: str) -> list[str]:  # noqa: ARG001  (a page names its author, not the owner of the site)
    return []


def route(location: str, reading: Reading) -> Route:
    """A look at the page says what it is; without a network it is looked at when it is collected."""
    try:
        page = reading.web.get(location)
    except BadSource as bad:
        return Route("looked at when it is collected", f"it cannot be looked at now: {bad.message}")
    if made := _made_by(page):
        return Route(f"a publication of {made.capitalize()}'s under a name of its own", kind=made)
    if is_feed(page):
        return Route("the feed", "give the address of the site itself: its sitemap may reach further back")
    seen = look(page)
    if _single(location, seen):
        return Route("this one article", "give the address of the site for all of its posts")
    if seen.wordpress:
        return Route("every post, through the site's WordPress interface")
    known = "its feed, and its sitemap for what is older" if seen.feeds else "its feed or sitemap, where it has one"
    return Route(f"the posts of this site: {known}")


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource where the address cannot be read or leads to no text."""
    page = reading.web.get(location)
    if made := _made_by(page):
        from twin.sources import load

        yield from load(made).read(location, reading)
        return
    with remembered(reading.cache) as memory:
        if is_feed(page):
            found = blog.from_feed(page, reading, memory)
        elif _single(location, seen := look(page)):
            found = iter([article(page, reading.me, asked=True)])
        else:
            found = blog.posts(location, seen, reading, memory)
        yield from _until_tired(each_once(found))


def _made_by(page: Page) -> str:
    """The kind of source that a custom domain belongs to, empty for a site of its own."""
    if is_substack(page):
        return "substack"
    head = page.content[:100_000]
    return "medium" if b"com.medium.reader" in head and b'"og:type" content="profile"' in head else ""


def _single(location: str, seen: Look) -> bool:
    return seen.article and bool(urlsplit(location).path.strip("/"))


def _until_tired(found: Iterator[Item | Skipped]) -> Iterator[Item | Skipped]:
    """Goes on until pages fail in the same words again and again: a spent budget, a host that has enough."""
    failures: Counter[str] = Counter()
    for one in found:
        yield one
        if isinstance(one, Skipped) and one.reason.startswith(blog.UNREAD):
            failures[one.reason] += 1
            if failures[one.reason] >= MOST_REPEATED:
                yield Skipped("the rest of the site", "left for the next collection")
                return
        else:
            failures.clear()
