"""All posts of a site: by its WordPress interface, else by its feed and, for what is older, its sitemap."""

from __future__ import annotations

import gzip
import html
import json
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urljoin, urlsplit

from twin.core.errors import BadSource
from twin.core.links import link_parts
from twin.core.protocols import Reading
from twin.core.records import Identity, Item, Page, Skipped
from twin.core.text import word_count
from twin.sources._feeds import Entry, feed_of, is_feed
from twin.sources._files.names import authorship_of
from twin.sources._memory import Memory
from twin.sources._web.teasers import is_teaser
from twin.sources.archive import broken, decoded, moment
from twin.sources.prose import Prose, parsed, prose_of
from twin.sources.site.pages import ARTICLE_WORDS, Look, article, others, plain_url

UNREAD = "not read: "
MOST_FEED_PAGES = 200
MOST_SITEMAPS = 50
MOST_PAGES = 20_000
MOST_UNPACKED = 60 << 20
TEASER_WORDS = 80
"""A feed's entry shorter than this may be a beginning only: its page is looked at."""
_USUAL_FEEDS = ("feed", "rss.xml", "atom.xml", "index.xml", "feed.xml", "feed.json", "rss")
_NOT_POSTS = re.compile(
    r"/(?:tags?|categor(?:y|ies)|authors?|topics?|page/\d+|search|archives?|wp-content|feed|login|cart|assets|static)(?:/|$)"
    r"|\.(?:jpe?g|png|gif|svg|pdf|zip|mp[34]|css|js|xml)$",
    re.IGNORECASE,
)
_LOC = re.compile(r"<(?:\w+:)?loc>\s*(?:<!\[CDATA\[)?\s*([^<\s\]]+)\s*(?:\]\]>)?\s*</(?:\w+:)?loc>")
_LASTMOD = re.compile(r"<(?:\w+:)?lastmod>\s*([^<\s]+)\s*<")
_APPEARED = re.compile(r"\n*The post .{0,300} (?:appeared|first appeared) first? ?on .{0,200}$", re.DOTALL)


def posts(location: str, seen: Look, reading: Reading, memory: Memory) -> Iterator[Item | Skipped]:
    """Raises: BadSource where the site has no feed, no sitemap and no interface."""
    if seen.wordpress:
        try:
            yield from _wordpress(seen.wordpress, reading)
        except BadSource as bad:
            yield Skipped("WordPress interface", f"closed, so the feed is read: {bad.message}")
        else:
            return
    feed = _first_feed(location, seen, reading)
    done: set[str] = set()
    if feed:
        for one in from_feed(feed, reading, memory):
            done.add(one.key)
            yield one
    older = _sitemap(location, reading)
    if not feed and not older:
        raise BadSource(
            f"{location!r} has no feed and no sitemap",
            "give the address of one article, of its feed, or save its pages and add the folder",
        )
    for url, changed in older.items():
        if plain_url(url) not in done:
            yield _remembered_article(url, changed, reading, memory)


def from_feed(page: Page, reading: Reading, memory: Memory) -> Iterator[Item | Skipped]:
    """Every entry of a feed and of the older feeds that it names (RFC 5005). Raises: BadSource."""
    read: set[str] = set()
    for _ in range(MOST_FEED_PAGES):
        feed = feed_of(page)
        read.add(page.url)
        for entry in feed.entries:
            yield _entry(entry, page.url, reading, memory)
        onward = urljoin(page.url, feed.next) if feed.next else ""
        if not onward or onward in read:
            return
        try:
            page = reading.web.get(onward)
        except BadSource as bad:
            yield Skipped(onward, f"{UNREAD}{bad.message}")
            return


def _entry(entry: Entry, feed: str, reading: Reading, memory: Memory) -> Item | Skipped:
    url = urljoin(feed, entry.url) if entry.url else ""
    key = plain_url(url) if url else entry.key
    if reason := broken(entry.html, entry.title, key):
        return Skipped(key, reason)
    authorship = authorship_of(entry.authors, reading.me)
    if authorship == "quoted":
        return Skipped(key, others(entry.authors))
    prose = _prose(entry.html)
    if url and (not entry.whole or word_count(prose.text) < TEASER_WORDS or is_teaser("", prose.text)):
        stamp = f"{entry.published}{len(entry.html)}"
        found = _remembered_article(key, stamp, reading, memory, asked=True)
        if isinstance(found, Item) and word_count(found.text) >= word_count(prose.text):
            return found
        if not entry.whole and isinstance(found, Skipped):
            return found if not prose.text else _item(key, prose, entry, authorship="own", truncated=True)
    if not prose.text:
        return Skipped(key, "no words of your own")
    return _item(key, prose, entry, authorship=authorship, truncated=is_teaser("", prose.text))


def _item(key: str, prose: Prose, entry: Entry, *, authorship: str, truncated: bool) -> Item:
    return Item(
        key, "article" if word_count(prose.text) >= ARTICLE_WORDS else "note", "site", prose.text,
        title=" ".join(html.unescape(entry.title).split()), url=key if "://" in key else entry.url,
        published=entry.published, authorship=authorship, quoted=prose.quoted, raw=entry.html,  # type: ignore[arg-type]
        raw_type="text/html", truncated=truncated,
    )  # fmt: skip


def _prose(content: str) -> Prose:
    """A post's HTML in, its text without the line that WordPress puts under it out."""
    prose = prose_of(parsed(content))
    if prose.blocks and _APPEARED.match("\n" + prose.blocks[-1]):
        prose.blocks.pop()
    return prose


def _remembered_article(
    url: str, stamp: str, reading: Reading, memory: Memory, *, asked: bool = False
) -> Item | Skipped:
    """An article's page, read again only where the site says that it changed."""
    key = plain_url(url)
    kept = memory.recall(key, stamp) if stamp else None
    if kept is not None:
        return article(Page(url, kept.encode("utf-8", "surrogatepass")), reading.me, asked=asked)
    try:
        page = reading.web.get(url)
    except BadSource as bad:
        return Skipped(key, f"{UNREAD}{bad.message}")
    memory.keep(key, stamp, decoded(page.content))
    return article(page, reading.me, asked=asked)


def _first_feed(location: str, seen: Look, reading: Reading) -> Page | None:
    """The site's feed: one that its page names, else one where feeds usually are."""
    site = urljoin(location, "/")
    usual = [urljoin(f"{location.rstrip('/')}/", name) for name in _USUAL_FEEDS]
    tried: set[str] = set()
    for url in [*seen.feeds, *([] if seen.feeds else [*usual, *(urljoin(site, name) for name in _USUAL_FEEDS[:3])])]:
        if url in tried:
            continue
        tried.add(url)
        try:
            page = reading.web.get(url)
        except BadSource:
            continue
        if is_feed(page):
            return page
    return None


def _wordpress(root: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource where the interface is closed."""
    number, last = 1, 1
    while number <= last:
        url = f"{root.rstrip('/')}/wp/v2/posts?per_page=100&page={number}&_embed=author"
        page = reading.web.get(url)
        try:
            listed = json.loads(decoded(page.content))
        except (ValueError, RecursionError) as bad:
            raise BadSource(f"{url!r} did not answer with JSON") from bad
        if not isinstance(listed, list):
            raise BadSource(f"{url!r} did not answer with a list of posts")
        total = page.headers.get("x-wp-totalpages", "")
        last = min(int(total) if total.isdecimal() else 1, MOST_FEED_PAGES)
        yield from (_wordpress_post(one, reading.me) for one in listed if isinstance(one, dict))
        number += 1


def _wordpress_post(one: dict[str, object], me: Identity) -> Item | Skipped:
    def rendered(name: str) -> str:
        value = one.get(name)
        return str(value.get("rendered") or "") if isinstance(value, dict) else ""

    embedded = one.get("_embedded")
    authors = embedded.get("author", []) if isinstance(embedded, dict) else []
    names = tuple(str(who["name"]) for who in authors if isinstance(who, dict) and who.get("name"))
    content = one.get("content")
    entry = Entry(
        key=str(one.get("id")), url=str(one.get("link") or ""), title=re.sub(r"<[^>]+>", "", rendered("title")),
        html=rendered("content"), whole=True, published=moment(str(one.get("date_gmt") or "")), authors=names,
        categories=(),
    )  # fmt: skip
    key = plain_url(entry.url) if entry.url else entry.key
    if reason := broken(entry.html, entry.title, key):
        return Skipped(key, reason)
    authorship = authorship_of(names, me)
    if authorship == "quoted":
        return Skipped(key, others(names))
    if isinstance(content, dict) and content.get("protected"):
        return Skipped(key, "protected by a password")
    prose = _prose(entry.html)
    if not prose.text:
        return Skipped(key, "no words of your own")
    return _item(key, prose, entry, authorship=authorship, truncated=is_teaser("", prose.text))


def _sitemap(location: str, reading: Reading) -> dict[str, str]:
    """Addresses under the location with the time of their last change, as the site's sitemaps tell them."""
    parts = urlsplit(location)
    site, under = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/") + "/"
    todo = _named_in_robots(site, reading) or [f"{site}/sitemap.xml"]
    found: dict[str, str] = {}
    for number, url in enumerate(todo):
        if number >= MOST_SITEMAPS or len(found) >= MOST_PAGES:
            break
        try:
            text = _unpacked(reading.web.get(url).content)
        except BadSource:
            continue
        entries = re.split(r"</(?:\w+:)?(?:url|sitemap)>", text)
        nested = "<sitemapindex" in text[:5000]
        for entry in entries[: MOST_PAGES + 1]:
            where = _LOC.search(entry)
            if not where:
                continue
            address = html.unescape(where[1])
            if nested:
                todo.append(address)
            elif _is_post(address, site, under):
                changed = _LASTMOD.search(entry)
                found.setdefault(address, changed[1] if changed else "")
    return dict(list(found.items())[:MOST_PAGES])


def _is_post(address: str, site: str, under: str) -> bool:
    parts = link_parts(address)
    same = (parts.hostname or "").removeprefix("www.") == (urlsplit(site).hostname or "").removeprefix("www.")
    inside = parts.path.startswith(under) and parts.path.strip("/") != under.strip("/")
    return same and inside and not _NOT_POSTS.search(parts.path)


def _named_in_robots(site: str, reading: Reading) -> list[str]:
    try:
        text = decoded(reading.web.get(f"{site}/robots.txt").content[:500_000])
    except BadSource:
        return []
    return [urljoin(site, found) for found in re.findall(r"(?im)^\s*sitemap:\s*(\S+)", text)]


def _unpacked(content: bytes) -> str:
    """A sitemap's text; one that is packed is unpacked up to a bound."""
    if content.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(BytesIO(content)) as packed:
                content = packed.read(MOST_UNPACKED)
        except (OSError, EOFError, zlib.error) as bad:
            raise BadSource(f"a damaged sitemap: {bad}") from bad
    return decoded(content)
