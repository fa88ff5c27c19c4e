"""A record of X's archive in, what its author typed out: no retweets, no quoted posts, no shortened links."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from twin.sources._elements import payload

_SHORT = r"https?://t\.co/\w+"
_ONLY_SHORT = re.compile(rf"\s*(?:{_SHORT}\s*)*")
_TO_SOMEONE = re.compile(r"(?:@\w{1,20}(?:\s+|\Z))+")
_STATUS = re.compile(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(?:i/web|\w+)/status/(\d+)", re.IGNORECASE)
_RETWEET = re.compile(r"(?:\A|\s)RT @\w{1,20}:? ")
_CITED = re.compile(r"(?:> [^\n]*(?:\n+|\Z))+")
_LAST_SHORT = re.compile(rf"{_SHORT}\Z")
_CUT = re.compile(rf"… ?{_SHORT}\Z")
_WRITTEN = re.compile(r"\w{3} (\w{3}) (\d{1,2}) (\d\d):(\d\d):(\d\d) \+0000 (\d{4})")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_EPOCH_MS = 1288834974657  # ids from November 2010 on count milliseconds from here, above bit 22
_ESCAPED = re.compile("&(?:amp|lt|gt|quot|#39);")
_STUB = 240
RETWEET = "a retweet"


@dataclass(frozen=True, slots=True)
class Tweet:
    """One post: `versions` are the ids of its edits, oldest first; `parent` is the id of the post it answers.

    `to` is the account it answers; `why` says why it holds no own words.
    `stub` is the start of its text as the archive has it, for finding its long form; empty where it is whole.
    """

    id: int
    versions: tuple[int, ...]
    parent: int
    to: str
    text: str
    quoted: str
    published: datetime | None
    stub: str
    raw: str
    why: str = ""

    @property
    def key(self) -> str:
        return str(self.versions[0])

    @property
    def answers(self) -> bool:
        return bool(self.parent or self.to)

    def whole(self, notes: Iterable[Mapping[str, Any]]) -> Tweet:
        """Notes of the same second in, this post with the full text of the one that begins alike out."""
        start = _folded(self.stub)
        for note in notes:
            text = str(note.get("text", ""))
            if start and any(_folded(one).startswith(start) for one in (text, _unaddressed(text))):
                text, card = _without_card(_spelt(text, note, escaped=False).strip(), self.id)
                own, cited = _apart(_unaddressed(text) if self.answers else text, self.answers)
                return replace(
                    self, text=own, quoted=cited or card or self.quoted, stub="", why="" if own else self.why
                )
        return self


def tweet(record: Mapping[str, Any]) -> Tweet | None:
    """A record of tweets.js in, the post out; None for what is no post."""
    full = record.get("full_text", record.get("text"))
    number = _number(_either(record, "id"))
    if not isinstance(full, str) or number <= 0:
        return None
    parent, to = _number(_either(record, "in_reply_to_status_id")), str(_either(record, "in_reply_to_user_id") or "")
    answers = bool(parent or to)
    start, end = _range(record, len(full))
    shown = full[start:end]
    if answers and not start:
        shown = _unaddressed(shown)
    text = _spelt(shown, record.get("entities"), media=_media(record), escaped=True).strip()
    text, quoted = _without_card(text, number)
    stub = _stub(shown)
    if stub and _CUT.search(text):  # what follows is a link to the post itself, which nothing spells out
        text = _LAST_SHORT.sub("", text).rstrip()
    why = ""
    if re.match(r"RT @\w", full):
        why = RETWEET
    elif again := _RETWEET.search(text):
        text, quoted = text[: again.start()].strip(), text[again.start() :].strip()
    text, cited = _apart(text, answers)
    return Tweet(
        number, _versions(record, number), parent, to, text,
        cited or quoted, _written(record, number), stub, payload(record),
        why or ("" if text else "no words of your own"),
    )  # fmt: skip


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: html.unescape(found[0]), text)


def _stub(shown: str) -> str:
    bare = shown.rstrip()
    start = _LAST_SHORT.sub("", bare).rstrip().removesuffix("…").rstrip()
    return _unescaped(start) if len(shown) >= _STUB and start != bare else ""


def _unaddressed(text: str) -> str:
    """A text in, the same without the names at its head that it is sent to."""
    return text[names.end() :] if (names := _TO_SOMEONE.match(text)) else text


def _either(record: Mapping[str, Any], name: str) -> object:
    return record.get(f"{name}_str") or record.get(name)


def _number(value: object) -> int:
    return int(value) if isinstance(value, str | int) and re.fullmatch(r"[0-9]{1,20}", str(value)) else 0


def _range(record: Mapping[str, Any], length: int) -> tuple[int, int]:
    """Where the post's own text stands. Its end is believed only where nothing but links follows.

    Some archives (2026) say that it is the whole text, with the names it is sent to.
    """
    given = record.get("display_text_range")
    start, end = map(_number, given) if isinstance(given, list) and len(given) == 2 else (0, length)
    if not 0 <= start < end <= length:
        return 0, length
    full = str(record.get("full_text", ""))
    return start, end if _ONLY_SHORT.fullmatch(full, end) else length


def _entries(holder: object, name: str) -> list[Mapping[str, Any]]:
    found = holder.get(name) if isinstance(holder, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _media(record: Mapping[str, Any]) -> set[str]:
    holders = (record.get("entities"), record.get("extended_entities"))
    return {str(one.get("url", "")) for holder in holders for one in _entries(holder, "media")}


def _spelt(text: str, entities: object, *, media: Iterable[str] = (), escaped: bool) -> str:
    """A text in, the same with its links in full, without those of pictures, and its escapes undone once."""
    full: dict[str, str] = {}
    for one in _entries(entities, "urls"):
        short, long = one.get("url", one.get("shortUrl")), one.get("expanded_url", one.get("expandedUrl"))
        if isinstance(short, str) and isinstance(long, str) and long:
            full[short] = long
    found: list[str] = []
    done = 0
    for link in re.finditer(rf" ?({_SHORT})", text):
        before = text[done : link.start()]
        found.append(_unescaped(before) if escaped else before)
        if link[1] not in media:
            found.append(link[0].replace(link[1], full.get(link[1], link[1])))
        done = link.end()
    found.append(_unescaped(text[done:]) if escaped else text[done:])
    return "".join(found)


def _without_card(text: str, number: int) -> tuple[str, str]:
    """A text in, the same without the link at its end that X shows as the post it quotes, and that link, out.

    A link to the post itself stands behind the start of a long post; it is dropped.
    """
    words = text.rsplit(None, 1)
    if words and (found := _STATUS.match(words[-1])):
        return text[: len(text) - len(words[-1])].rstrip(), "" if found[1] == str(number) else words[-1]
    return text, ""


def _apart(text: str, answers: bool) -> tuple[str, str]:
    """An answer in, its own words and the lines at its head that it cites by `> ` out."""
    cited = _CITED.match(text) if answers else None
    if cited and cited.end() < len(text):
        return text[cited.end() :], re.sub(r"^> ", "", cited[0].strip(), flags=re.MULTILINE)
    return text, ""


def _versions(record: Mapping[str, Any], number: int) -> tuple[int, ...]:
    info = record.get("edit_info")
    for name in ("initial", "edit"):
        part = info.get(name) if isinstance(info, Mapping) else None
        part = part.get("editControlInitial", part) if isinstance(part, Mapping) else None
        ids = part.get("editTweetIds") if isinstance(part, Mapping) else None
        if isinstance(ids, list) and (known := sorted({_number(one) for one in ids[:100]} - {0})) and number in known:
            return tuple(known)
    return (number,)


def _written(record: Mapping[str, Any], number: int) -> datetime | None:
    stamp = _WRITTEN.fullmatch(str(record.get("created_at", "")))
    try:
        if stamp:
            month, day, hour, minute, second, year = stamp.groups()
            clock = (int(hour), int(minute), int(second))
            return datetime(int(year), _MONTHS.index(month) + 1, int(day), *clock, tzinfo=UTC)
        if number >> 55:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=(number >> 22) + _EPOCH_MS)
    except (ValueError, OverflowError):
        return None
    return None


def _folded(text: str) -> str:
    return " ".join(re.sub(_SHORT, "", text).split())
