"""What a user says of where to look in, what a search may see out."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from typing import get_args

from twin.core.errors import BadRequest
from twin.core.protocols import Where
from twin.core.records import Document, Kind

MOST_NAMED = 8
_DAY = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


def where_of(*, kinds: Sequence[str] = (), places: Sequence[str] = (), since: str = "", until: str = "") -> Where:
    """Kinds, the places where texts stand, and days, months or years, both ends included. Raises: BadRequest."""
    known = get_args(Kind)
    for kind in kinds:
        if kind not in known:
            near = difflib.get_close_matches(kind.lower(), known, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise BadRequest(f"there is no kind {kind!r}", f"{hint}choose one of: {', '.join(known)}")
    first, last = _day(since, "-01-01"), _day(until, "-12-31")
    if first and last and first > last:
        raise BadRequest(f"nothing was written since {since} and until {until}", "put the earlier day after --since")
    return Where(kinds=frozenset(kinds), places=frozenset(places), since=first, until=last)


def nothing_there(documents: Sequence[Document], where: Where) -> BadRequest | None:
    """The documents that may be searched, and what a search may see; the error to raise where that is none of them."""
    if any(_seen(doc, where) for doc in documents):
        return None
    there = Counter(f"{doc.kind} from {doc.place}" for doc in documents).most_common(MOST_NAMED)
    named = ", ".join(f"{count} × {what}" for what, count in there)
    return BadRequest(
        f"no text of yours is {_told(where)}", f"there are: {named}" if named else "add a source: twin add LOCATION"
    )


def _seen(doc: Document, where: Where) -> bool:
    day = f"{doc.published or ''}"[:10]
    return (
        doc.id not in where.exclude
        and (not where.kinds or doc.kind in where.kinds)
        and (not where.places or doc.place in where.places)
        and (not where.since or day >= where.since)
        and (not where.until or "" < day <= where.until)
    )


def _told(where: Where) -> str:
    """`of kind article, from medium, since 2024-01-01`"""
    parts = [
        ("of kind", " or ".join(sorted(where.kinds))),
        ("from", " or ".join(sorted(where.places))),
        ("since", where.since),
        ("until", where.until),
    ]
    return ", ".join(f"{word} {value}" for word, value in parts if value)


def _day(said: str, rest: str) -> str:
    """`2024` and `-12-31` in, `2024-12-31` out; a day as it is, nothing for nothing. Raises: BadRequest."""
    if not said:
        return ""
    if not _DAY.fullmatch(said):
        raise BadRequest(f"{said!r} is no day", "write it as 2024-05-06, or as 2024-05 or 2024")
    return said + rest[len(said) - 4 :]
