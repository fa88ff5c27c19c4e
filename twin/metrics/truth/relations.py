"""A sentence and the nearest lines of its sources in; the line that says nearly the same of something else out.

Nearly the same: most content words of the sentence, its names and numbers aside, stand in one line. Then another number
of the same thing, another date, another name, or a "not" on one side only is a contradiction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from twin.metrics.truth.atoms import Atoms
from twin.metrics.truth.evidence import Line, has_date, has_number, negates
from twin.metrics.truth.numbers import Number
from twin.metrics.truth.stems import stem, stems

NEARLY = 0.7
NEARLY_BOTH_WAYS = 0.6
ALMOST = 0.8
LEAST_SHARED = 2
_LOOKED_AT = 20


def contradiction(
    sentence: str, facts: Atoms, content: set[str], near: Sequence[Line], known_names: set[str]
) -> tuple[Line, str] | None:
    """The first near line that the sentence speaks against, with the finding in words; None where there is none."""
    names = _names(facts, known_names)
    core = content - stems(" ".join(names))
    alike = [line for line in near[:_LOOKED_AT] if len(content & line.stems_around) >= NEARLY * len(core)]
    alike = [line for line in alike if _almost_the_same(facts, core, line)] or alike
    if any(_stands(sentence, facts, names, core, line) for line in alike):
        return None
    for line in alike:
        finding = (
            _one_changed(facts, core, line)
            or _other_number(facts, content, line)
            or _other_date(facts, content, line)
            or _other_name(names, core, line, known_names)
            or _other_way(sentence, facts, core, line)
        )
        if finding:
            return line, finding
    return None


def _stands(sentence: str, facts: Atoms, names: set[str], core: set[str], line: Line) -> bool:
    """Whether the line says all that the sentence says."""
    same_way = negates(sentence, core) == negates(line.text, core)
    return same_way and _holds_all(facts, names, line) and not _one_changed(facts, core, line)


def _almost_the_same(facts: Atoms, core: set[str], line: Line) -> bool:
    """Whether the words of both, their names aside, are all but the same."""
    rest, mine = line.stems - stems(" ".join(line.atoms.names)), core - stems(" ".join(facts.names))
    return len(mine) >= LEAST_SHARED and len(mine & rest) >= ALMOST * max(len(mine), len(rest))


def _one_changed(facts: Atoms, core: set[str], line: Line) -> str:
    """For a line that is the sentence but for a word or two: the number or name that was put in another's place."""
    if not _almost_the_same(facts, core, line):
        return ""
    ours, theirs = (Counter(number.value for number in atoms.numbers) for atoms in (facts, line.atoms))
    added, gone = ours - theirs, theirs - ours
    if added and gone:
        shown = {number.value: number.said for number in (*facts.numbers, *line.atoms.numbers)}
        return f"the source says {shown[min(gone)]}, not {shown[min(added)]}: “{line.text[:160]}”"
    new = [name for name in facts.names if name.lower() not in line.text.lower()]
    lost = [name for name in line.atoms.names if not any(name in own or own in name for own in facts.names)]
    return f"the source says {lost[0]}, not {new[0]}: “{line.text[:160]}”" if new and lost else ""


def _holds_all(facts: Atoms, names: set[str], line: Line) -> bool:
    said = line.around.lower()
    return (
        all(has_number(line.atoms_around, number) for number in facts.numbers)
        and all(has_date(line.atoms_around, date) for date in facts.dates)
        and all(name.lower() in said for name in names)
    )


def _other_number(facts: Atoms, content: set[str], line: Line) -> str:
    for number in facts.numbers:
        if has_number(line.atoms_around, number):
            continue
        others = [other for other in line.atoms.numbers if not any(other.agrees(mine) for mine in facts.numbers)]
        for other in others:
            if _same_thing(number, other):
                near_enough = bool(content & line.stems)
            else:
                alone = len(facts.numbers) == len(line.atoms.numbers) == 1 and not _apart(number, other)
                near_enough = alone and len(content & line.stems) >= max(LEAST_SHARED, NEARLY * len(content))
            if near_enough:
                return f"the source says {_shown(other)}, not {_shown(number)}: “{line.text[:160]}”"
    return ""


def _same_thing(number: Number, other: Number) -> bool:
    if _is_year(number) or _is_year(other):
        return _is_year(number) and _is_year(other)
    if number.unit or other.unit:
        return number.unit == other.unit
    return bool(number.noun) and stem(number.noun) == stem(other.noun)


def _apart(number: Number, other: Number) -> bool:
    return _is_year(number) != _is_year(other) or bool(number.unit and other.unit and number.unit != other.unit)


def _is_year(number: Number) -> bool:
    return not number.unit and number.value.isdigit() and 1000 <= int(number.value) <= 2100 and "," not in number.said


def _other_date(facts: Atoms, content: set[str], line: Line) -> str:
    if len(content & line.stems) < max(LEAST_SHARED, NEARLY_BOTH_WAYS * len(content)):
        return ""
    for date in facts.dates:
        for other in line.atoms.dates:
            both = (date.day and other.day) or (date.month and other.month) or (date.year and other.year)
            if both and not has_date(line.atoms_around, date) and not date.within(other):
                return f"the source says {other.said}, not {date.said}: “{line.text[:160]}”"
    return ""


def _other_name(names: set[str], core: set[str], line: Line, known: set[str]) -> str:
    theirs, shared = _names(line.atoms, known), core & line.stems
    there = line.around.lower()
    new = sorted(name for name in names if name.lower() not in there)
    left_out = sorted(name for name in theirs if not any(name.lower() in mine.lower() for mine in names))
    rest = line.stems - stems(" ".join(theirs))
    alike = len(shared) >= max(LEAST_SHARED, NEARLY * len(core), NEARLY_BOTH_WAYS * len(rest))
    if not new or not left_out or not alike:
        return ""
    return f"the source says {left_out[0]}, not {new[0]}: “{line.text[:160]}”"


def _other_way(sentence: str, facts: Atoms, core: set[str], line: Line) -> str:
    shared = core & line.stems
    alike = len(shared) >= max(LEAST_SHARED, NEARLY * max(len(core), len(line.stems)))
    if alike and negates(sentence, shared) != negates(line.text, shared) and _holds_all(facts, set(facts.names), line):
        return f"the source says the opposite: “{line.text[:160]}”"
    return ""


def _names(facts: Atoms, known: set[str]) -> set[str]:
    return {*facts.names, *(word for word in facts.initials if word in known)}


def _shown(number: Number) -> str:
    if number.per:
        return number.told
    return f"{number.said} {number.unit}".strip() if number.unit and number.unit not in number.said else number.said
