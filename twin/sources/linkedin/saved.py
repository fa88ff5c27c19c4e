"""Pages of LinkedIn that the user saved from their own browser: a post, or the list of all activity.

A page shows more than the author's words: posts that LinkedIn recommends, reposts, comments. A card is taken where it
names the author, and of a card nothing but the author's own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Identity, Item, Skipped
from twin.sources._files.html import page_of
from twin.sources.archive import each_once
from twin.sources.linkedin.cards import CARDS, about, item_of
from twin.sources.linkedin.profile import slug_of
from twin.sources.prose import MAX_PAGE_BYTES, parsed

SUFFIXES = (".html", ".htm", ".mht", ".mhtml")
MOST_BYTES = 64 << 20
MOST_FILES = 2_000
_LOOKED_AT = 50
_HEAD = 1 << 16
_HOST = rb"https?://(?:[\w-]+\.)?linkedin\.com/"
_ADDRESS = re.compile(
    rb"(?:<!-- saved from url=\(\d+\)|^(?:Snapshot-)?Content-Location: ?|SingleFile\s{1,20}url: )" + _HOST
    + rb"|<link\b(?=[^>]{0,300}\brel=[\"']?canonical\b)(?=[^>]{0,300}\bhref=[\"']?" + _HOST + rb")", re.MULTILINE
)  # fmt: skip
_CARD = re.compile(rb"<[a-z][^<>]{0,2000}\sdata-(?:urn|activity-urn|attributed-urn)=[\"']urn:li:")
_TITLE = re.compile(rb"<title>[^<]{0,300}\| LinkedIn\s{0,9}</title>")
"""A page of a member's, saved by a browser that does not say where from."""
_A_CARD = re.compile(r"^(?:main-feed-activity-card|feed-shared-update-v2)$")
_PICTURE = re.compile(r"data:[\w.+-]{1,40}/[\w.+-]{1,80};base64,[A-Za-z0-9+/=%]*")


def recognises(location: str) -> bool:
    """A saved page, or a folder in which every page is one, by the beginning of the file."""
    path = Path(location)
    try:
        if not path.is_dir():
            return path.is_file() and _is_linkedin(path)
        pages = _pages(path)[:_LOOKED_AT]
    except OSError:
        return False
    return bool(pages) and all(map(_is_linkedin, pages))


def _pages(path: Path) -> list[Path]:
    """The pages at a path, in order; what a browser puts beside a page (`page_files`) is not among them."""
    if path.is_file():
        return [path]
    found = (file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and not file.name.startswith("."))
    return sorted(file for file in found if file.is_file())


def _is_linkedin(path: Path) -> bool:
    if path.suffix.lower() not in SUFFIXES:
        return False
    head = _head(path)
    return any(mark.search(head) for mark in (_ADDRESS, _CARD)) or bool(_TITLE.search(head) and b"licdn.com/" in head)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_HEAD)
    except OSError:
        return b""


def owner(location: str) -> list[str]:
    """The profile that the pages are of, as their addresses name it."""
    for file in _pages(Path(location))[:_LOOKED_AT]:
        head = _head(file)
        if found := _ADDRESS.search(head):
            address = head[found.start() : found.end() + 300].decode("utf-8", "replace")
            posted = re.search(r"linkedin\.com/posts/([\w%-]{1,100}?)_", address)
            if slug := slug_of(address) or (posted[1] if posted else ""):
                return [f"https://www.linkedin.com/in/{slug}"]
    return []


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource where there is no page."""
    files = _pages(Path(location))
    if not files:
        raise BadSource(f"{location!r} holds no saved pages", "save the page from your browser as HTML")
    for left in files[MOST_FILES:]:
        yield Skipped(left.name, f"more than {MOST_FILES:,} pages in one folder")
    yield from each_once(one for file in files[:MOST_FILES] for one in _page(file, reading.me))


def _page(file: Path, me: Identity) -> Iterator[Item | Skipped]:
    try:
        data = file.read_bytes() if file.stat().st_size <= MOST_BYTES else b""
    except OSError as bad:
        yield Skipped(file.name, f"cannot be read: {bad.strerror}")
        return
    found = page_of(data) if data else None
    page = _PICTURE.sub("", found[0]) if found else ""
    if not found or len(page) > MAX_PAGE_BYTES:
        yield Skipped(file.name, "no page, or one that is too large")
        return
    soup = parsed(page)
    cards = [card for card in soup.select(CARDS) if card.find_parent(class_=_A_CARD) is None]
    if not cards:
        yield Skipped(file.name, "shows no posts (a login page, or saved before they were there)")
    told = about(soup, found[1])
    for number, card in enumerate(cards, 1):
        yield item_of(card, told, me, f"{file.name} card {number}")
