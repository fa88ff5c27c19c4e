"""What chat exports have in common: messages are private, and only the author's own lines of them are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Item, Kind, Route, Skipped
from twin.core.text import counted
from twin.sources.archive import Archive, Entry, _opened, broken, each_once, open_archive

MOST_CONTEXT = 500
"""Characters of another's message that are kept beside an answer to it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a chat. `own` says whose it is; `unread` names why it holds no words of anybody.

    `answered` are the words of another that it answers; None where it names none, and the line before will do.
    """

    key: str
    author: str
    text: str
    when: datetime | None
    own: bool
    chat: str = ""
    kind: Kind = "message"
    answered: str | None = None
    unread: str = ""
    raw: str = ""


@contextmanager
def open_export(location: str, suffix: str) -> Iterator[Archive]:
    """A zip, a folder or one bare file of this suffix in, an archive out.

    Raises: BadSource when it is none of them.
    """
    path = Path(location)
    if path.suffix.lower() == suffix and path.is_file():
        size = path.stat().st_size
        yield Archive(location, {path.name: Entry(size, size, partial(_opened, path))}, [])
    else:
        with open_archive(location) as archive:
            yield archive


def asked_for(location: str, reading: Reading) -> None:
    """Raises: BadSource unless the user asked for private messages."""
    if not reading.messages:
        raise private(location)


def only_if_asked(taken: str, reading: Reading) -> Route:
    """What is read of private messages in, the way out: without the user's asking for them, none."""
    if reading.messages:
        return Route(taken)
    return Route("private messages, which stay unread", "if they are to be read too, add it again with --messages")


def private(location: str) -> BadSource:
    """The error for private messages that nobody asked for."""
    return BadSource(
        f"{location!r} holds private messages", f"if they are to be read too: twin add --messages {location!r}"
    )


def own_lines(
    lines: Iterable[Line | Skipped], place: str, nobody: Callable[[Counter[str]], BadSource]
) -> Iterator[Item | Skipped]:
    """A chat in; its author's lines, each with what it answers beside it, and one skipped item a reason, out.

    No more than a line is held. Raises: what `nobody` makes of the authors, where no line is the author's own.
    """
    yield from each_once(_own_lines(lines, place, nobody))


def _own_lines(
    lines: Iterable[Line | Skipped], place: str, nobody: Callable[[Counter[str]], BadSource]
) -> Iterator[Item | Skipped]:
    left_out: Counter[str] = Counter()
    authors: Counter[str] = Counter()
    mine = False
    chat = before = ""
    for line in lines:
        if isinstance(line, Skipped):
            yield line
            continue
        if line.chat != chat:
            chat, before = line.chat, ""
        mine = mine or (line.own and not line.unread)
        if line.author and not line.unread:
            authors[line.author] += 1
        if line.unread:
            left_out[line.unread] += 1
        elif not line.own:
            left_out["written by others"] += 1
            before = line.text[:MOST_CONTEXT]
        elif reason := broken(line.text, line.key) or ("" if line.text.strip() else "no words"):
            left_out[reason] += 1
        else:
            quoted = before if line.answered is None else line.answered[:MOST_CONTEXT]
            yield Item(
                line.key, line.kind, place, line.text, published=line.when, quoted="" if broken(quoted) else quoted,
                raw=line.raw or line.text, visibility="" if line.kind == "post" else "private",
            )  # fmt: skip
            before = ""
    if not mine:
        raise nobody(authors)
    for reason, count in sorted(left_out.items()):
        yield Skipped(f"{place} messages: {reason}", f"{reason} ({counted(count, 'message')})")


def nobody_is_me(location: str, authors: Counter[str], guess: str = "") -> BadSource:
    """The error of a chat in which the author does not write, naming who does."""
    most = [(name[:60].encode("utf-8", "replace").decode(), count) for name, count in authors.most_common(6)]
    if not most:
        return BadSource(f"{location!r} holds no messages", "export it again, and not as HTML")
    known = ", ".join(f"{name} ({count:,})" for name, count in most)
    return BadSource(
        f"you do not write in {location!r}; these do: {known}",
        f"if one is you: twin init --me {guess or most[0][0]!r}",
    )


def in_utc(local: datetime, zone: tzinfo) -> datetime | None:
    """A local time and its zone in, the same in UTC out; None at the ends of the calendar."""
    try:
        return local.replace(tzinfo=zone).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
