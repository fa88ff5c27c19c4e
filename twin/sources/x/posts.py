"""Posts as the archive has them in, whole texts out: threads joined, links in full, others' words apart.

All numbers of the archive are strings, and a post's text is escaped once as HTML.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from twin.core.records import Skipped
from twin.sources.archive import moment

_STATUS = re.compile(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/\w+/status/\d+\S*")
_MENTIONS = re.compile(r"(?:@\w{1,20}\s+)+")
_SHORT = re.compile(r"\s*https://t\.co/\w+\s*$")
_FORM = "%a %b %d %H:%M:%S %z %Y"
BEGINS = 60
"""Characters by which a long post is told from another of the same second."""


@dataclass(frozen=True, slots=True)
class Post:
    """One post. `to` is the id of whom it answers and `answers` that of the post, both empty where it answers none."""

    id: str
    text: str
    published: datetime | None
    to: str
    answers: str
    cut_mentions: bool
    links: tuple[tuple[str, str], ...]
    media: tuple[str, ...]
    edits: tuple[str, ...]
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Note:
    """The whole text of a post longer than 280 characters; its id is not the post's."""

    second: str
    begins: str
    text: str


def post_of(one: Mapping[str, Any]) -> Post | Skipped:
    identity, text = str(one.get("id_str") or one.get("id") or ""), one.get("full_text") or one.get("text")
    if not identity or not isinstance(text, str):
        return Skipped(identity or "a post", "a post without id or text")
    if text.startswith("RT @"):
        return Skipped(identity, "a repost of another's post")
    entities = _object(one.get("entities"))
    shown = one.get("display_text_range")
    return Post(
        id=identity,
        text=text,
        published=_date(one.get("created_at")),
        to=str(one.get("in_reply_to_user_id_str") or one.get("in_reply_to_user_id") or ""),
        answers=str(one.get("in_reply_to_status_id_str") or one.get("in_reply_to_status_id") or ""),
        cut_mentions=isinstance(shown, list) and bool(shown) and str(shown[0]) not in ("0", ""),
        links=tuple(
            (str(link.get("url")), str(link.get("expanded_url") or link.get("url")))
            for link in _objects(entities, "urls")
        ),
        media=tuple(str(one.get("url")) for one in _objects(entities, "media")),
        edits=tuple(map(str, _object(_object(one.get("edit_info")).get("initial")).get("editTweetIds") or ())),
        raw={key: value for key, value in one.items() if key not in ("favorite_count", "retweet_count")},
    )


def note_of(one: Mapping[str, Any]) -> Note | Skipped:
    note = _object(one.get("noteTweet"))
    text, made = _object(note.get("core")).get("text"), moment(str(note.get("createdAt") or ""))
    if not isinstance(text, str) or made is None:
        return Skipped(f"note-{note.get('noteTweetId')}", "a long post without text or date")
    for link in _objects(_object(note.get("core")), "urls"):
        text = text.replace(str(link.get("shortUrl")), str(link.get("expandedUrl") or link.get("shortUrl")))
    return Note(_second(made), _begins(text), text)


def unrepeated(posts: Iterable[Post]) -> list[Post]:
    """Posts in, of the versions of an edited one the last alone out."""
    last: dict[str, Post] = {}
    for post in posts:
        first = post.edits[0] if post.edits else post.id
        held = last.get(first)
        if held is None or _number(post.id) >= _number(held.id):
            last[first] = post
    return list(last.values())


def threads(posts: list[Post], me: str) -> list[list[Post]]:
    """Posts in, each with the author's own answers to it behind it, in order of time, out."""
    by_id = {post.id: post for post in posts}
    head: dict[str, str] = {}
    for post in sorted(posts, key=lambda post: _number(post.id)):
        goes_on = post.answers in by_id and (post.to == me or not me) and post.answers in head
        head[post.id] = head[post.answers] if goes_on else post.id
    joined: dict[str, list[Post]] = defaultdict(list)
    for post in sorted(posts, key=lambda post: _number(post.id)):
        joined[head[post.id]].append(post)
    return list(joined.values())


def own_text(post: Post, whole: Mapping[tuple[str, str], str], me: str) -> tuple[str, str]:
    """A post in; what its author typed, and the addresses of the posts that it quotes, out."""
    text = html.unescape(post.text)
    if post.published and (long := whole.get((_second(post.published), _begins(_SHORT.sub("", text))))):
        text = long
    if post.to and post.to != me and (post.cut_mentions or _MENTIONS.match(text)):
        text = _MENTIONS.sub("", text, count=1) if _MENTIONS.match(text) else text
    for short in post.media:
        text = text.replace(short, "")
    quoted = []
    for short, full in post.links:
        if _STATUS.fullmatch(full):
            quoted.append(full)
            text = text.replace(short, "").replace(full, "")
        else:
            text = text.replace(short, full)
    return text.strip(" \n"), "\n".join(quoted)


def _begins(text: str) -> str:
    """The beginning of a text by which a cut one is known again."""
    return " ".join(text.rstrip("… ").split())[:BEGINS]


def _second(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y%m%d%H%M%S}"


def _date(value: Any) -> datetime | None:
    try:
        return datetime.strptime(str(value), _FORM).astimezone(UTC)
    except (ValueError, OverflowError):
        return moment(str(value or ""))


def _number(identity: str) -> int:
    return int(identity) if identity.isdecimal() and len(identity) < 30 else 0


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = value.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
