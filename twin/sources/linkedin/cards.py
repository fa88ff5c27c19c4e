"""A card of LinkedIn's pages in, the author's own text out: of the page that anyone sees, and of the members' feed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

from twin.core.records import Identity, Item, Skipped
from twin.sources._files.names import is_author
from twin.sources.archive import broken
from twin.sources.linkedin.profile import slug_of, slugs_of
from twin.sources.linkedin.rows import urn_time
from twin.sources.prose import one_line, without

CARDS = 'article.main-feed-activity-card, [data-urn*="urn:li:"].feed-shared-update-v2'
MAX_RAW_CHARS = 1_000_000
_URN = re.compile(r"urn:li:(?:share|ugcPost|groupPost|activity):(?:\d+-)?(\d+)")
_POST = re.compile(r"[-_:](?:activity|share|ugcPost)[-:](\d+)|urn%3Ali%3A(?:activity|share|ugcPost)%3A(\d+)")
_ACTOR_LINK = (
    '[data-tracking-control-name$="_feed-actor-name"], .update-components-actor__meta-link, '
    '.update-components-actor a[href*="/in/"], .feed-shared-actor__container-link, .feed-shared-actor a[href*="/in/"]'
)
_ACTOR_NAME = (
    '[data-tracking-control-name$="_feed-actor-name"], .update-components-actor__name, '
    ".update-components-actor__title, .feed-shared-actor__name"
)
_OTHERS = (
    ".feed-reshare-content", ".update-components-mini-update-v2", ".feed-shared-mini-update-v2",
    ".feed-shared-update-v2__update-content-wrapper", "[class*=comments-]", ".comments", "[data-test-id^=comment]",
)  # fmt: skip
_UNSEEN = (".visually-hidden", ".sr-only", ".a11y-text", "button", "[class*=see-more-less-toggle]")
_TEXT = (
    '[data-test-id="main-feed-activity-card__commentary"], .update-components-update-v2__commentary .break-words, '
    ".feed-shared-update-v2__description .break-words, .feed-shared-update-v2__commentary .break-words, "
    ".update-components-text, .feed-shared-text"
)
_SEE_MORE = re.compile(r"(?:…|\.\.\.)\s{0,5}(?:see more|more|mehr anzeigen|voir plus|ver más)\s{0,5}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class About:
    """What a page says of itself: the number of the post that it is of, and that post's author; empty where not."""

    number: str = ""
    name: str = ""
    profile: str = ""


def about(soup: BeautifulSoup, address: str) -> About:
    """A page and where it was saved from in. A video post has a `creator`, others an `author` (seen 2026)."""
    links = soup.select('link[rel~=canonical], meta[property="og:url"], meta[property="lnkd:url"]')[:10]
    places = [address, *(str(link.get("href") or link.get("content") or "") for link in links)]
    for told in _structured(soup):
        person = told.get("author") or told.get("creator")
        person = person[0] if isinstance(person, list) and person else person
        places = [str(told.get("@id") or ""), str(told.get("url") or ""), *places]
        if isinstance(person, dict):
            return About(_number(places), str(person.get("name") or ""), str(person.get("url") or ""))
    return About(_number(places))


def _structured(soup: BeautifulSoup) -> Iterator[dict[str, Any]]:
    for script in soup.select('script[type="application/ld+json"]')[:10]:
        try:
            told = json.loads(script.get_text()[:500_000])
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict) and _POST.search(str(told.get("@id") or told.get("url") or "")):
            yield told


def _number(places: list[str]) -> str:
    """The number of the post that is at the first of these addresses that is a post's."""
    return next((found[1] or found[2] for place in places if (found := _POST.search(place))), "")


def item_of(card: Tag, page: About, me: Identity, called: str) -> Item | Skipped:
    """A card in; an item only where the card is by me. `called` is its key where it names no post."""
    public = "main-feed-activity-card" in (card.get("class") or [])
    urns = [str(card.get(name) or "") for name in ("data-attributed-urn", "data-activity-urn", "data-urn", "data-id")]
    numbers = [found[1] for urn in urns if (found := _URN.search(urn))]
    if not numbers:
        return Skipped(called, "a card that names no post")
    key = numbers[0]
    if public and page.number and page.number not in numbers:
        return Skipped(key, "a post that LinkedIn recommends beside it")
    without(card, *_OTHERS)
    name, profile = _actor(card)
    if public and page.number:
        name, profile = name or page.name, profile or page.profile
    if not _is_me(me, name, profile):
        slug = slug_of(profile)
        hint = f" (if that is you: twin init --me https://www.linkedin.com/in/{slug})" if slug else ""
        return Skipped(key, f"written by {name[:80]}{hint}" if name else "a card that names no author")
    text = _text(card, public=public)
    if reason := broken(text):
        return Skipped(key, reason)
    if not text:
        return Skipped(key, "a reshare without words of your own")
    cut = _SEE_MORE.search(text)
    return Item(
        key, "post", "linkedin", text[: cut.start()].rstrip() if cut else text,
        url=f"https://www.linkedin.com/feed/update/urn:li:activity:{numbers[-1]}",
        published=urn_time(next((number for number in numbers if len(number) >= 15), key)),
        raw=str(card)[:MAX_RAW_CHARS], raw_type="text/html", truncated=bool(cut),
    )  # fmt: skip


def _actor(card: Tag) -> tuple[str, str]:
    """The name and the profile's address at the head of a card; who reposted it stands above them and is not it."""
    link, named = card.select_one(_ACTOR_LINK), card.select_one(_ACTOR_NAME)
    seen = (named.select_one("[aria-hidden=true]") or named) if named else None
    return _without_echo(one_line(seen)) if seen else "", str(link.get("href") or "") if link else ""


def _is_me(me: Identity, name: str, profile: str) -> bool:
    """By the profile, where the card links to it and mine is known; else by the name."""
    mine, slug = slugs_of(me), slug_of(profile)
    return slug in mine if mine and slug else bool(name) and is_author(me, name)


def _text(card: Tag, *, public: bool) -> str:
    """The author's own words of a card, their line breaks kept; what is read to the blind only is left out.

    A public page has its line breaks as they are; a member's has them as tags, and breaks of its own making beside.
    """
    without(card, *_UNSEEN)
    found = card.select_one(_TEXT)
    if found is None:
        return ""
    for link in found.select('a[href*="hashtag"]'):
        said = link.get_text()
        if re.match(r"\s*hashtag\s*#", said):
            link.string = said[said.index("#") :].strip()
    tags = found.find_all("br")
    kept = public or not tags or "pre-wrap" in str(found.get("class")) or found.select_one("[class*=pre-wrap]")
    for part in found.find_all(string=True):
        if not kept:
            part.replace_with(re.sub(r"\s+", " ", part))
    for line in tags:
        line.replace_with("\n")
    text = found.get_text()
    return (text if kept else re.sub(r" ?\n ?", "\n", re.sub(r" {2,}", " ", text))).strip()


def _without_echo(name: str) -> str:
    """A name that a page gives twice, once to see and once to hear, given once."""
    half = len(name) // 2
    return name[:half].strip() if name[:half].strip() and name[:half].strip() == name[half:].strip() else name
