"""Pages of LinkedIn that the user saved from their own browser: a post, or the list of all activity.

A page shows more than the author's words: posts that LinkedIn recommends, reposts, comments. A card is taken where it
names the author, and of a card nothing but the author's own text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup
from bs4.element import Tag

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Identity, Item, Skipped
from twin.sources._files.html import page_of
from twin.sources._files.names import is_author
from twin.sources.archive import broken, each_once
from twin.sources.linkedin.rows import urn_time
from twin.sources.prose import MAX_PAGE_BYTES, one_line, parsed

SUFFIXES = (".html", ".htm", ".mht", ".mhtml")
MOST_BYTES = 40 << 20
_HEAD = 1 << 16
_MARKS = re.compile(
    rb"(?:saved from url=\(\d+\)|rel=[\"']?canonical[\"']? href=[\"']?|Content-Location: ?)https://(?:\w+\.)?linkedin\.com/"
    rb"|data-activity-urn=|feed-shared-update-v2"
)
_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):(\d+)")
_ACTOR = ".update-components-actor__name, .update-components-actor__title, .feed-shared-actor__name"
_OTHERS = ".update-components-mini-update-v2, .feed-shared-mini-update-v2, .comments, .visually-hidden"
_SEE_MORE = re.compile(r"(?:…|\.\.\.)?\s*(?:see more|mehr anzeigen|voir plus|ver más)\s*$", re.IGNORECASE)


def recognises(location: str) -> bool:
    """A saved page, or a folder that holds one, by the beginning of the file."""
    path = Path(location)
    if path.is_dir():
        return any(_is_linkedin(file) for file in sorted(path.iterdir())[:50] if file.is_file())
    return path.is_file() and _is_linkedin(path)


def _is_linkedin(path: Path) -> bool:
    if path.suffix.lower() not in SUFFIXES:
        return False
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return False
    return bool(_MARKS.search(head))


def owner(location: str) -> list[str]:
    """The profile that the pages are of, as their addresses name it."""
    path = Path(location)
    for file in [path] if path.is_file() else sorted(path.iterdir())[:50]:
        if file.is_file() and _is_linkedin(file):
            found = page_of(file.read_bytes()[:MOST_BYTES])
            named = re.search(r"linkedin\.com/in/([\w%-]+)", f"{found[1]} {found[0][:_HEAD]}") if found else None
            return [f"https://www.linkedin.com/in/{named[1]}"] if named else []
    return []


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource where no page can be read."""
    path = Path(location)
    files = [path] if path.is_file() else sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    if not files:
        raise BadSource(f"{location!r} holds no saved pages", "save the page from your browser as HTML")
    yield from each_once(one for file in files for one in _page(file, reading.me))


def _page(file: Path, me: Identity) -> Iterator[Item | Skipped]:
    try:
        data = file.read_bytes() if file.stat().st_size <= MOST_BYTES else b""
    except OSError as bad:
        yield Skipped(file.name, f"cannot be read: {bad.strerror}")
        return
    found = page_of(data) if data else None
    if found is None or len(found[0]) > MAX_PAGE_BYTES:
        yield Skipped(file.name, "no page, or one that is too large")
        return
    soup = parsed(found[0])
    cards = soup.select('article.main-feed-activity-card, [data-urn*="urn:li:"].feed-shared-update-v2')
    if not cards:
        yield Skipped(file.name, "shows no posts (a login page, or saved before they were there)")
    public = _public(soup)
    for card in cards:
        yield _card(card, public, me)


def _public(soup: BeautifulSoup) -> tuple[str, str, str]:
    """The number of the post that a public page is of, its author, and their address; empty on a member's page."""
    for script in soup.select('script[type="application/ld+json"]')[:10]:
        try:
            told = json.loads(script.get_text()[:500_000])
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict) and told.get("@type") in ("SocialMediaPosting", "DiscussionForumPosting"):
            author = told.get("author")
            name, url = (
                (str(author.get(field) or "") for field in ("name", "url")) if isinstance(author, dict) else ("", "")
            )
            number = re.search(r"-activity-(\d+)|urn:li:activity:(\d+)", str(told.get("@id") or told.get("url") or ""))
            return (number[1] or number[2] if number else "", name, url)
    return "", "", ""


def _card(card: Tag, public: tuple[str, str, str], me: Identity) -> Item | Skipped:
    urns = [str(card.get(name) or "") for name in ("data-attributed-urn", "data-activity-urn", "data-urn", "data-id")]
    numbers = [found[1] for urn in urns if (found := _URN.search(urn))]
    if not numbers:
        return Skipped(one_line(card)[:60] or "a card", "a card that names no post")
    key = numbers[0]
    if public[0]:
        if public[0] not in numbers:
            return Skipped(key, "a post that LinkedIn recommends beside it")
        if not is_author(me, public[1]) and not me.is_me(public[2]):
            return Skipped(key, f"written by {public[1][:80]}")
    else:
        actor = card.select_one(
            ".update-components-actor__name, .update-components-actor__title, .feed-shared-actor__name"
        )
        name = _without_echo(one_line(actor)) if actor else ""
        if not name or not is_author(me, name):
            return Skipped(key, f"written by {name[:80]}" if name else "a card that names no author")
    text = _text(card)
    if reason := broken(text):
        return Skipped(key, reason)
    if not text:
        return Skipped(key, "a reshare without words of your own")
    cut = bool(_SEE_MORE.search(text))
    number = next((n for n in numbers if len(n) >= 15), key)
    return Item(
        key, "post", "linkedin", _SEE_MORE.sub("", text).rstrip() if cut else text,
        url=f"https://www.linkedin.com/feed/update/urn:li:activity:{numbers[-1]}", published=urn_time(number),
        raw=str(card)[:2_000_000], raw_type="text/html", truncated=cut,
    )  # fmt: skip


def _text(card: Tag) -> str:
    """The author's own words of a card, their line breaks kept; what is read to the blind only is left out."""
    for inner in card.select(
        ".update-components-mini-update-v2, .feed-shared-mini-update-v2, .comments, .visually-hidden"
    ):
        inner.decompose()
    for inner in card.select(".feed-shared-inline-show-more-text__see-more-less-toggle"):
        inner.replace_with(" see more")
    found = card.select_one(
        '[data-test-id="main-feed-activity-card__commentary"], .feed-shared-update-v2__description .break-words, '
        ".update-components-text, .feed-shared-text"
    )
    if found is None:
        return ""
    for line in found.find_all("br"):
        line.replace_with("\n")
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in found.get_text().split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return re.sub(r"(?m)^hashtag\n(?=#)", "", text)


def _without_echo(name: str) -> str:
    """A name that a page gives twice, once to see and once to hear, given once."""
    half = len(name) // 2
    return name[:half].strip() if name[:half].strip() and name[:half].strip() == name[half:].strip() else name
