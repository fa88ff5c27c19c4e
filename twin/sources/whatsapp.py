"""A WhatsApp chat as the telephone exports it: a text file, or a zip with `_chat.txt` in it.

Clocks name no zone and dates no order: the order is decided over the whole file, the zone is the reading's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from pathlib import Path

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Item, Route, Skipped, digest
from twin.sources._chats import Line, asked_for, nobody_is_me, own_lines
from twin.sources.archive import decoded, open_archive, recognised_by

_CHAT = r"(?:_chat|whatsapp chat [^/]{1,80})\.txt"
MOST_BYTES = 200 << 20
_HEAD = 4096
_UNSEEN = re.compile("[\u200e\u200f\u202a-\u202e\ufeff]")
_START = re.compile(
    r"\[?(\d{1,4})(?:[./-]\s?|\s)(\d{1,4})(?:[./-]\s?|\s)(\d{1,4})\.?,?\s(?:klo\s)?(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?"
    r"(?:[\s\u202f\xa0]?([ap])\.?[\s\u202f\xa0]?m\.?)?\]?(?:\s[-–]|:)?\s(.*)",
    re.IGNORECASE | re.DOTALL,
)
_NAMED = re.compile(r"([^:\n]{1,80}?): (.*)", re.DOTALL)
_MEDIA = re.compile(
    r"<(?:media omitted|medien ausgeschlossen|médias omis|multimedia omitido|media weggelaten|file media omessi)>"
    r"|(?:image|video|audio|sticker|gif|document|contact card) omitted|<\s?attached: .*>"
    r"|\S+\.\w{2,4} \((?:file attached|datei angehängt|fichier joint|archivo adjunto)\)",
    re.IGNORECASE,
)
_DELETED = re.compile(r"(?:this message was deleted|you deleted this message|diese nachricht wurde gelöscht)\.?", re.I)
_EDITED = re.compile(r"\s*<this message was edited>\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Message:
    parts: tuple[int, int, int]
    clock: tuple[int, int, int]
    author: str
    text: str


def recognises(location: str) -> bool:
    if "://" in location:
        return False
    path = Path(location)
    if path.is_file() and path.suffix.lower() == ".txt":
        try:
            with path.open("rb") as stream:
                head = decoded(stream.read(_HEAD))
        except OSError:
            return False
        lines = [_UNSEEN.sub("", line) for line in head.splitlines()[:10]]
        return sum(bool(_START.match(line)) for line in lines) >= min(2, len(lines)) and bool(lines)
    return recognised_by(location, _CHAT)


def owner(location: str) -> list[str]:  # noqa: ARG001  (an export does not say who made it)
    return []


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    return Route("your own lines of the chat, with what they answer beside them")


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource unless private messages were asked for, and for a chat in which the author does not write."""
    asked_for(location, reading)
    messages = list(_messages(_text(location)))
    authors = Counter(message.author for message in messages if message.author)
    if not authors:
        raise BadSource(f"{location!r} holds no messages", "export the chat again, as text")
    mine = {name for name in authors if reading.me.is_me(name.lstrip("~ "))}
    if not mine:
        raise nobody_is_me(location, authors)
    yield from own_lines(_lines(messages, mine, reading.zone), "whatsapp")


def _text(location: str) -> str:
    path = Path(location)
    if path.is_file() and path.suffix.lower() == ".txt":
        if path.stat().st_size > MOST_BYTES:
            raise BadSource(f"{location!r} is larger than {MOST_BYTES:,} bytes", "export a part of the chat")
        return decoded(path.read_bytes())
    with open_archive(location) as archive:
        for name in archive.find(_CHAT):
            text = archive.text(name, limit=MOST_BYTES)
            if isinstance(text, str):
                return text
            raise BadSource(f"{location!r}: {text.reason}", "export the chat again")
    raise BadSource(f"{location!r} holds no chat", "export the chat again")


def _messages(text: str) -> Iterator[_Message]:
    """The messages of a file in order; a line that begins none goes on the one before."""
    held: _Message | None = None
    for line in text.replace("\r\n", "\n").split("\n"):
        plain = _UNSEEN.sub("", line)
        begun = _START.match(plain)
        if begun is None:
            held = replace(held, text=f"{held.text}\n{plain}") if held else None
            continue
        if held:
            yield held
        parts = (int(begun[1]), int(begun[2]), int(begun[3]))
        hour = int(begun[4]) % 12 + 12 * (begun[7].lower() == "p") if begun[7] else int(begun[4])
        named = _NAMED.match(begun[8])
        author, said = (named[1].strip(), named[2]) if named else ("", begun[8])
        held = _Message(parts, (hour, int(begun[5]), int(begun[6] or 0)), author, said)
    if held:
        yield held


def _lines(messages: list[_Message], mine: set[str], zone: tzinfo) -> Iterator[Line]:
    order = _order([message.parts for message in messages])
    repeats: Counter[str] = Counter()
    for message in messages:
        text = _EDITED.sub("", message.text).strip()
        when = _when(message, order, zone)
        unread = ""
        if not message.author:
            unread = "a note of WhatsApp's"
        elif _MEDIA.fullmatch(text):
            unread = "a picture or file"
        elif _DELETED.fullmatch(text):
            unread = "deleted"
        key = digest("whatsapp", message.author, message.parts, message.clock, text)
        repeats[key] += 1
        key = key if repeats[key] == 1 else f"{key}-{repeats[key]}"
        yield Line(key, message.author, text, when, message.author in mine, unread=unread)


def _order(dates: list[tuple[int, int, int]]) -> str:
    """Which of the three numbers is day, month and year: by one that only it can be, else by what goes forward."""
    if any(first > 31 for first, _, _ in dates):
        return "ydm" if any(second > 12 for _, second, _ in dates) else "ymd"
    if any(second > 31 for _, second, _ in dates):
        return "myd"
    if any(first > 12 for first, _, _ in dates):
        return "dmy"
    if any(second > 12 for _, second, _ in dates):
        return "mdy"

    def backwards(order: str) -> int:
        at = [order.index(part) for part in "ymd"]
        keys = [tuple(date[i] for i in at) for date in dates]
        return sum(later < earlier for earlier, later in pairwise(keys))

    return min(("dmy", "mdy"), key=backwards)


def _when(message: _Message, order: str, zone: tzinfo) -> datetime | None:
    told = dict(zip(order, message.parts, strict=True))
    year = told["y"] + 2000 if told["y"] < 100 else told["y"]
    try:
        return datetime(year, told["m"], told["d"], *message.clock, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
