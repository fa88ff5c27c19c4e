"""A WhatsApp chat as the telephone exports it: a text file, or a zip with `_chat.txt` in it.

Clocks name no zone and dates no order: the order is decided over the whole file, the zone is the reading's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import tzinfo
from functools import partial
from pathlib import Path, PurePosixPath

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Identity, Item, Route, Skipped, digest
from twin.sources._chats import Line, asked_for, in_utc, nobody_is_me, only_if_asked, open_export, own_lines
from twin.sources.archive import Archive
from twin.sources.whatsapp.lines import begins_like_a_chat, is_a_chat, lines, times, typed

_CHAT = r"(?:_chat(?: ?\(?\d+\)?)?|[^/]*whatsapp[^/]*)\.txt"
_HEAD = 2048
MOST_BYTES = 64 << 20
"""WhatsApp exports at most 40,000 messages of a chat."""


def recognises(location: str) -> bool:
    """By the name that WhatsApp gives in any language and a first line with a time; or by its first lines."""
    if "://" in location or not (location.lower().endswith((".zip", ".txt")) or Path(location).is_dir()):
        return False
    try:
        with open_export(location, ".txt") as archive:
            if any(begins_like_a_chat(archive.head(name, _HEAD)) for name in archive.find(_CHAT)[:1]):
                return True
            single = archive.find(r"[^/]+\.txt")[:1] if location.lower().endswith(".txt") else []
            return any(is_a_chat(archive.head(name, _HEAD)) for name in single)
    except BadSource:
        return False


def owner(location: str) -> list[str]:  # noqa: ARG001  (an export does not say who made it)
    return []


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    return only_if_asked("your own lines of the chat, with what they answer beside them", reading)


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource unless private messages were asked for, and for a chat in which the author does not write."""
    asked_for(location, reading)
    with open_export(location, ".txt") as archive:
        chats = archive.find(_CHAT) or archive.find(r"[^/]+\.txt")
        if not chats:
            raise BadSource(f"{location!r} holds no chat", "in WhatsApp, open the chat, then More, Export chat")
        yield from archive.refused
        found = _lines(archive, chats, reading.me, reading.zone)
        yield from own_lines(found, "whatsapp", partial(_nobody, location, chats[0]))


def _lines(archive: Archive, chats: list[str], me: Identity, zone: tzinfo) -> Iterator[Line | Skipped]:
    for name in chats:
        text = archive.text(name, limit=MOST_BYTES)
        if isinstance(text, Skipped):
            yield text
            continue
        found = list(lines(text))
        mine = {author for author in {line.author for line in found} if me.is_me(author)} - {""}
        said: Counter[str] = Counter()
        for line, local in zip(found, times([line.stamp for line in found]), strict=True):
            words = typed(line.text)
            key = digest("whatsapp", name if len(chats) > 1 else "", line.author, line.stamp.written, line.text)
            said[key] += 1
            yield Line(
                key if said[key] == 1 else f"{key}-{said[key]}", line.author, words.text,
                in_utc(local, zone) if local else None, line.author in mine, chat=name,
                unread=words.why if line.author else "a note of WhatsApp's", raw=line.raw,
            )  # fmt: skip


def _nobody(location: str, chat: str, authors: Counter[str]) -> BadSource:
    """Who writes in a chat; of two, the one after whom it is not named is most likely the author."""
    titles = f"{PurePosixPath(chat).stem} {Path(location).stem}".casefold()
    named = {author for author in authors if author.casefold() in titles}
    others = authors.keys() - named
    return nobody_is_me(location, authors, min(others) if len(authors) == 2 and len(others) == 1 else "")
