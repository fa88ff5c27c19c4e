"""Passages and a request in, an index out that says what stands where: each sentence with its neighbours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from twin.core.brief import NEGATIONS
from twin.core.records import Passage
from twin.core.text import URL, sentences, words
from twin.metrics.truth.asked import asked
from twin.metrics.truth.atoms import Atoms, Date, atoms, joined, plain_link
from twin.metrics.truth.numbers import Number
from twin.metrics.truth.stems import stem, stems

NEGATION_REACH = 3
_CLAUSE = re.compile(r"[,;:()](?!\d)")


@dataclass(frozen=True, eq=False)
class Line:
    """One sentence of a passage. `source` is the passage's id, empty for the request; `around` is with neighbours."""

    source: str
    text: str
    beside: list[Line] = field(default_factory=list, repr=False)

    @cached_property
    def around(self) -> str:
        return "\n".join(line.text for line in self.beside) or self.text

    @cached_property
    def stems(self) -> set[str]:
        return stems(self.text)

    @cached_property
    def stems_around(self) -> set[str]:
        return self.stems.union(*(line.stems for line in self.beside))

    @cached_property
    def atoms(self) -> Atoms:
        return atoms(self.text)

    @cached_property
    def atoms_around(self) -> Atoms:
        return joined([line.atoms for line in self.beside or (self,)])


class Evidence:
    """All that a text may stand on."""

    def __init__(self, passages: Sequence[Passage], request: str) -> None:
        self.lines = [line for passage in passages for line in _lines(passage.id, passage.title, passage.text)]
        self.lines += [Line("", stated) for stated in asked(request).lines]
        self.others = {passage.id for passage in passages if passage.theirs}
        whole = "\n".join([*(f"{passage.title}\n{passage.text}" for passage in passages), *asked(request).lines])
        self._words = f" {' '.join(words(whole))} "
        self._raw = whole.lower()
        self.links = {plain_link(match.group()) for match in URL.finditer(whole)}
        self.stems = set().union(*(line.stems for line in self.lines))
        self.names = {name for line in self.lines for name in line.atoms.names}
        self._by_stem: dict[str, list[int]] = {}
        for i, line in enumerate(self.lines):
            for held in line.stems_around:
                self._by_stem.setdefault(held, []).append(i)

    def says(self, phrase: str) -> bool:
        """Whether these words stand in a row somewhere, in any case."""
        wanted = " ".join(words(phrase))
        return bool(wanted) and (f" {wanted} " in self._words or f" {wanted}'s " in self._words)

    def holds(self, code: str) -> bool:
        return code in self._raw

    def names_code(self, code: str) -> bool:
        """Whether this command, flag, function or file stands somewhere, and not within a longer one."""
        flag = "-" if code.startswith("-") else ""
        return bool(re.search(rf"(?<![\w{flag}]){re.escape(code)}(?![\w{flag}])", self._raw))

    def near(self, wanted: set[str], *, most: int = 40) -> list[Line]:
        """Stems in, the lines that share most of them out, best first."""
        shared: dict[int, int] = {}
        for asked_for in wanted:
            for i in self._by_stem.get(asked_for, ()):
                shared[i] = shared.get(i, 0) + 1
        best = sorted(shared, key=lambda i: (-shared[i], -len(self.lines[i].stems & wanted), i))[:most]
        return [self.lines[i] for i in best]

    def counting(self, number: Number) -> list[Line]:
        return [line for line in self.lines if has_number(line.atoms, number)]

    def dating(self, date: Date) -> list[Line]:
        return [line for line in self.lines if has_date(line.atoms, date)]


@lru_cache(maxsize=4)
def evidence_of(passages: tuple[Passage, ...], request: str) -> Evidence:
    """Several candidates stand on the same passages."""
    return Evidence(passages, request)


def has_number(there: Atoms, number: Number) -> bool:
    years = (str(date.year) for date in there.dates if date.year)
    return any(number.agrees(other) for other in there.numbers) or (not number.unit and number.value in years)


def has_date(there: Atoms, date: Date) -> bool:
    return any(date.within(other) for other in there.dates)


def negates(text: str, content: set[str]) -> bool:
    """Whether a "not" stands within `NEGATION_REACH` words before one of these stems, in one clause."""
    return any(_negates(words(clause), content) for clause in _CLAUSE.split(text))


def _negates(clause: list[str], content: set[str]) -> bool:
    reached = (clause[i + 1 : i + 1 + NEGATION_REACH] for i, word in enumerate(clause) if word in NEGATIONS)
    return any(stem(word) in content for reach in reached for word in reach)


@lru_cache(maxsize=256)
def _lines(source: str, title: str, text: str) -> tuple[Line, ...]:
    """The lines of a passage; several drafts stand on the same passages."""
    found = [Line(source, sentence) for sentence in sentences(text)]
    for i, line in enumerate(found):
        line.beside.extend(found[max(0, i - 1) : i + 2])
    return (*([Line(source, title)] if title and not text.startswith(title) else []), *found)
