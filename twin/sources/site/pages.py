"""A page of a site in, what it is and what it says out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urljoin, urlunsplit

from twin.core.links import link_parts
from twin.core.records import Identity, Item, Page, Skipped
from twin.core.text import word_count
from twin.sources._files.html import of_page
from twin.sources._files.names import authorship_of
from twin.sources.archive import broken, decoded
from twin.sources.prose import MAX_PAGE_BYTES, parsed

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

LEAST_WORDS = 40
ARTICLE_WORDS = 250
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|ref|ref_src|source|s|trk", re.IGNORECASE)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")
_ARTICLE_KINDS = re.compile(r'"@type"\s*:\s*\[?\s*"(?:\w*Article|BlogPosting|Report)"')
_NO_AI = re.compile(r"\bno(?:image)?ai\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """What a page's head says: whether it is one article, its feeds, its WordPress interface."""

    article: bool
    feeds: tuple[str, ...]
    wordpress: str


def look(page: Page) -> Look:
    html = decoded(page.content[:MAX_PAGE_BYTES])
    soup = parsed(html)
    kind = soup.select_one("meta[property='og:type']")
    told = bool(kind and str(kind.get("content")).lower() == "article") or bool(_ARTICLE_KINDS.search(html))
    feeds = [
        urljoin(page.url, str(link["href"]))
        for link in soup.select("link[rel~=alternate][href]")
        if str(link.get("type")).lower() in _FEED_TYPES and "comment" not in str(link["href"]).lower()
    ]
    api = soup.select_one("link[rel='https://api.w.org/'][href]")
    return Look(told, tuple(dict.fromkeys(feeds)), urljoin(page.url, str(api["href"])) if api else "")


def article(page: Page, me: Identity, *, asked: bool = False) -> Item | Skipped:
    """A page in, its article out. One that the user did not ask for by name must say that it is an article."""
    key = plain_url(page.url)
    if len(page.content) > MAX_PAGE_BYTES:
        return Skipped(key, f"larger than {MAX_PAGE_BYTES:,} bytes")
    html = decoded(page.content)
    found = of_page(html, page.url)
    if isinstance(found, str):
        return Skipped(key, found)
    key = plain_url(found.url) if _same_site(found.url, page.url) else key
    if not asked and not found.published and not look(page).article:
        return Skipped(key, "not an article")
    length = word_count(found.text)
    if length < LEAST_WORDS:
        return Skipped(key, "shows no article text (a login wall, or a page made by script)")
    authorship = authorship_of(found.authors, me)
    if authorship == "quoted":
        return Skipped(key, others(found.authors))
    return Item(
        key, "article" if length >= ARTICLE_WORDS else "note", "site", found.text, title=found.title, url=key,
        published=found.published, authorship=authorship, quoted=found.quoted, raw=html, raw_type="text/html",
        licence=licence_of(page, parsed(html)), truncated=found.truncated,
    )  # fmt: skip


def others(names: tuple[str, ...]) -> str:
    """Why a text by these names is not the author's, and what to type if it is."""
    first = names[0][:80]
    return f"written by {', '.join(names)[:120]} (if that is you: twin init --me {first!r})"


def licence_of(page: Page, soup: BeautifulSoup) -> str:
    """A licence or a wish about learning machines that a page carries, in its own words; empty where there is none."""
    if page.headers.get("tdm-reservation", "").strip() == "1":
        return "tdm-reservation: 1"
    for name in ("robots", "googlebot", "tdm-reservation"):
        meta = soup.select_one(f"meta[name='{name}'][content]")
        content = str(meta["content"]) if meta else ""
        if _NO_AI.search(content):
            return content[:200]
        if name == "tdm-reservation" and content.strip() == "1":
            return "tdm-reservation: 1"
    if _NO_AI.search(page.headers.get("x-robots-tag", "")):
        return page.headers["x-robots-tag"][:200]
    link = soup.select_one("[rel~=license][href]")
    found = str(link["href"])[:200] if link else ""
    return "" if broken(found) else found


def plain_url(url: str) -> str:
    """An address without fragment and without what says where it was found."""
    parts = link_parts(url)
    if not parts.netloc:
        return url
    query = [(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)]
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", urlencode(query), ""))


def _same_site(url: str, other: str) -> bool:
    def host(address: str) -> str:
        return (link_parts(address).hostname or "").removeprefix("www.")

    return bool(url) and host(url) == host(other)
