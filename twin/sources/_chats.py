"""What chat exports have in common: messages are private, and only the author's own lines of them are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Item, Kind, Skipped
from twin.sources.archive import broken, each_once

MOST_CONTEXT = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a chat. `own` says whose it is; `unread` names why it holds no words of anybody."""

    key: str
    author: str
    text: str
    when: datetime | None
    own: bool
    kind: Kind = "message"
    answered: str = ""
    unread: str = ""
    raw: str = ""
    url: str = ""


def asked_for(location: str, reading: Reading) -> None:
    """Raises: BadSource unless the user asked for private messages."""
    if not reading.messages:
        raise BadSource(
            f"{location!r} holds private messages", f"if they are to be read too: twin add --messages {location!r}"
        )


def own_lines(lines: Iterable[Line], place: str) -> Iterator[Item | Skipped]:
    """A chat in; its author's lines, each with what it answers beside it, and one skipped item a reason, out."""
    yield from each_once(_own_lines(lines, place))


def _own_lines(lines: Iterable[Line], place: str) -> Iterator[Item | Skipped]:
    left_out: Counter[str] = Counter()
    before = ""
    for line in lines:
        if line.unread:
            left_out[line.unread] += 1
        elif not line.own:
            left_out["written by others"] += 1
            before = line.text[:MOST_CONTEXT]
        elif reason := broken(line.text, line.key) or ("" if line.text.strip() else "no words"):
            left_out[reason] += 1
        else:
            quoted = line.answered or before
            yield Item(
                line.key, line.kind, place, line.text, url=line.url, published=line.when,
                quoted="" if broken(quoted) else quoted, raw=line.raw or line.text, visibility="private",
            )  # fmt: skip
            before = ""
    for reason, count in sorted(left_out.items()):
        yield Skipped(f"{place} messages: {reason}", f"{reason} ({count:,} messages)")


def nobody_is_me(location: str, authors: Counter[str]) -> BadSource:
    """The error of a chat in which the author does not write, naming who does."""
    known = ", ".join(f"{name} ({count:,})" for name, count in authors.most_common(6))
    first = next(iter(authors), "Your Name")
    return BadSource(f"you do not write in {location!r}; these do: {known}", f"if one is you: twin init --me {first!r}")
