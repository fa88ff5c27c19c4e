"""A mailbox: an .mbox file, Gmail's Takeout as zip or folder, a Maildir, .eml files. Private, so only when asked for.

Read are the mails whose From is one of the author's addresses; of each, what the author typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Item, Route, Skipped
from twin.core.text import counted
from twin.sources._chats import only_if_asked
from twin.sources.archive import each_once
from twin.sources.mail.boxes import Mail, mails, recognises
from twin.sources.mail.message import item_of, owner_signs, sender
from twin.sources.mail.tails import Tails

__all__ = ["owner", "read", "recognises", "route"]

LOOKED_AT = 1000
"""Mails that the owner is told from."""
HEAD = 1 << 16


def owner(location: str) -> list[str]:
    """The address that most of the first mails were delivered to; else the one that all of them are from."""
    delivered: Counter[str] = Counter()
    written: Counter[str] = Counter()
    seen = 0
    for mail in islice(mails(location), LOOKED_AT):
        if isinstance(mail, Mail):
            seen += 1
            delivered.update(set(owner_signs(mail.data[:HEAD])))
            written.update(set(sender(mail.data[:HEAD])))
    for counts, share in ((delivered, 0.5), (written, 0.9)):
        for address, count in counts.most_common(1):
            if count > share * seen:
                return [address]
    return []


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    return only_if_asked(
        "the mails that you wrote, read from your disk without what they quote, forward or are signed with", reading
    )


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource where messages were not asked for, and when no mail is the author's.

    The box is read twice, to know by the second time what stands under many of the author's mails.
    """
    if not reading.messages:
        raise BadSource(f"{location!r} holds private messages", "add it with --messages if you want them to be read")
    tails = Tails()
    total = mine = 0
    for mail in mails(location):
        if isinstance(mail, Mail):
            total += 1
            if _is_mine(mail, reading):
                mine += 1
                read_once = item_of(mail, tail=tails.seen)
                del read_once
    if not total:
        raise BadSource(f"{location!r} holds no mails", "give an .mbox or .eml file, a Maildir, or Takeout's zip")
    if not mine:
        raise BadSource(
            f"none of the {total:,} mails in {location!r} is from {reading.me.name or 'you'}",
            "name your addresses with: twin init --me you@example.org",
        )
    yield from each_once(_read(location, reading, tails))


def _read(location: str, reading: Reading, tails: Tails) -> Iterator[Item | Skipped]:
    others: Counter[str] = Counter()
    for mail in mails(location):
        if isinstance(mail, Skipped):
            yield mail
        elif _is_mine(mail, reading):
            yield item_of(mail, tail=tails.without)
        else:
            others[mail.name] += 1
    for name, count in others.items():
        yield Skipped(f"{name} mails by others", f"written by others ({counted(count, 'mail')})")


def _is_mine(mail: Mail, reading: Reading) -> bool:
    return any(reading.me.is_me(address) for address in sender(mail.data[:HEAD]))
