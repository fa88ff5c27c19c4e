"""A sentence in, what can be checked in it out: dates, names, quotations, links, and tokens that hold a digit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from twin.core.brief import STOP
from twin.core.text import URL, words
from twin.metrics.truth.numbers import Number, numbers

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = (
    {name: i for i, name in enumerate(_MONTHS, 1)} | {name[:3]: i for i, name in enumerate(_MONTHS, 1)} | {"sept": 9}
)
_NAMES = "|".join(sorted((name.capitalize() for name in _MONTH), key=len, reverse=True))
_DATE = re.compile(
    rf"\b(?:(?P<y1>\d{{4}})-(?P<m1>\d\d)-(?P<d1>\d\d)"
    rf"|(?:(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+)?(?P<m2>{_NAMES})\b\.?"
    rf"(?:\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[%°:]))?(?:,?\s+(?P<y2>\d{{4}})\b)?)"
)
WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_TITLES = frozenset("mr mrs ms miss dr prof sir lady lord st".split())
_NOT_NAMES = STOP | _TITLES | frozenset({"i", "i'm", "i've", "i'd", "i'll", "ok", "yes", "oh", "dear", "reader"})
_CAPITAL = re.compile(r"(?<![\w@#/.])(?![\da-z_])\w[\w’']*(?:-[A-Z]?[\w’']+)*(?:\.(?=[A-Za-z]\w)\w+)*")
"""What may begin with a capital: letters such as É and Ø are looked at where it is found."""
_INITIAL = re.compile(r"(?:^|[.!?:…\n\"“‘•*]|(?:^|\s)-)[\s\"“‘(\[]*$")
_QUOTED = re.compile(r"\"([^\"\n]{1,400})\"|“([^”\n]{1,400})”")
_CODED = re.compile(r"(?<![\w.])(?=[\w.-]*\d)(?=[\w.-]*[A-Za-z])[\w][\w.-]*\w")
_HASHTAG = re.compile(r"(?<!\w)#\w+")
_HANDLE = re.compile(r"(?<![\w.])@[\w.-]*\w")
LEAST_QUOTE = 3
_LOOKED_BACK = 12


@dataclass(frozen=True, slots=True)
class Date:
    """A date as far as it is said; None for a part that is not."""

    year: int | None
    month: int | None
    day: int | None
    said: str

    def within(self, other: Date) -> bool:
        """Whether the other date says all that this one says."""
        mine, theirs = (self.year, self.month, self.day), (other.year, other.month, other.day)
        return all(own is None or own == there for own, there in zip(mine, theirs, strict=True))


@dataclass(frozen=True, slots=True)
class Atoms:
    """What can be checked. `initials` are capitalised first words, names only if something else says so."""

    numbers: tuple[Number, ...]
    dates: tuple[Date, ...]
    names: tuple[str, ...]
    initials: tuple[str, ...]
    quotes: tuple[str, ...]
    links: tuple[str, ...]
    codes: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.numbers or self.dates or self.names or self.quotes or self.links or self.codes)


def atoms(text: str) -> Atoms:
    """A sentence or passage in, its checkable parts out. Hashtags are no claims."""
    links = tuple(plain_link(match.group()) for match in URL.finditer(text))
    bare = _HASHTAG.sub(lambda match: " " * len(match.group()), URL.sub(lambda match: " " * len(match.group()), text))
    dates = list(_dates(bare))
    undated = bare
    for _, (start, end) in dates:
        undated = undated[:start] + " " * (end - start) + undated[end:]
    counted = numbers(undated)
    uncounted = undated
    for number in counted:
        uncounted = uncounted[: number.start] + " " * (number.end - number.start) + uncounted[number.end :]
    names, initials = _names(undated)
    quotes = (match.group(1) or match.group(2) for match in _QUOTED.finditer(bare))
    codes = [match.group().lower() for match in (*_CODED.finditer(uncounted), *_HANDLE.finditer(uncounted))]
    return Atoms(
        numbers=tuple(counted),
        dates=tuple(date for date, _ in dates),
        names=tuple(dict.fromkeys(names)),
        initials=tuple(initials),
        quotes=tuple(quote for quote in quotes if len(words(quote)) >= LEAST_QUOTE),
        links=links,
        codes=tuple(dict.fromkeys(codes)),
    )


def joined(parts: Sequence[Atoms]) -> Atoms:
    """The parts of neighbouring sentences in, those of all of them out."""
    return Atoms(*(tuple(chain.from_iterable(getattr(part, name) for part in parts)) for name in Atoms.__slots__))


def plain_link(url: str) -> str:
    """A link in, its comparable form out."""
    plain = url.rstrip(".,;:!?)]}'\"”’>").lower()
    return plain.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


def _dates(text: str) -> Iterator[tuple[Date, tuple[int, int]]]:
    for match in _DATE.finditer(text):
        year, day = match["y1"] or match["y2"], match["d1"] or match["d2"] or match["d3"]
        name = match["m2"]
        if name in ("May", "March", "Mar") and not (year or day) and _opens(text, match.start()):
            continue
        if name in ("Mar", "Dec", "Jan", "Jun", "Jul", "Sep", "Oct", "Nov", "Apr", "Aug", "Feb") and not (year or day):
            continue
        month = int(match["m1"]) if match["m1"] else _MONTH[name.lower()]
        said = match.group().strip()
        yield Date(int(year) if year else None, month, int(day) if day else None, said), match.span()


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins here, by the few characters before."""
    return bool(_INITIAL.search(text[max(0, start - _LOOKED_BACK) : start]))


def _names(text: str) -> tuple[list[str], list[str]]:
    """Capitalised runs in: those inside a sentence, and the first words of sentences, which may be no names."""
    names: list[str] = []
    initials: list[str] = []
    run: list[str] = []
    run_end = -1
    for match in _CAPITAL.finditer(text):
        if not match.group()[0].isupper():
            continue
        token = match.group().removesuffix("'s").removesuffix("’s").rstrip("'’")
        initial = _opens(text, match.start())
        touching = run_end >= 0 and text[run_end : match.start()] == " "
        if run and not touching:
            names.append(" ".join(run))
            run = []
        if re.split(r"['’]", token.lower())[0] in _NOT_NAMES or len(token) < 2 or token.lower() in _MONTHS:
            if run:
                names.append(" ".join(run))
            run, run_end = [], -1
        elif token.lower() in WEEKDAYS:
            names.append(token)
        elif any(char.isdigit() for char in token):
            continue
        elif initial and not token.isupper():
            initials.append(token)
        else:
            run.append(token)
            run_end = match.end() if len(token) == len(match.group()) else -2  # a possessive ends the name
    return [*names, *([" ".join(run)] if run else [])], initials
