"""Claims: each sentence of a text against its sources, by rules that can be read. Words only: found, or not found.

What the rules can and cannot see: a number, date, name, quotation or link that stands nowhere in passages or request is
never called supported. Wrong relations between things that all stand there are caught only where a source says nearly
the same with another number, date, name or a "not" (EVALUATION.md §4). Nothing here says what is true.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from twin.core.lines import unnumbered, without_code
from twin.core.protocols import Measurement, Sample
from twin.core.records import Claim, Passage
from twin.core.text import sentences
from twin.metrics.truth.altered import exchanged, says_all
from twin.metrics.truth.atoms import Atoms, atoms
from twin.metrics.truth.evidence import Evidence, Line, evidence_of, has_date, has_number, negates
from twin.metrics.truth.linked import linked, nearest
from twin.metrics.truth.mood import acts, event, opinion, told
from twin.metrics.truth.relations import contradiction
from twin.metrics.truth.second import ABSENT, Entailing, reconsidered
from twin.metrics.truth.stems import stems
from twin.metrics.truth.tools import named, works

ENOUGH = 0.7
"""Share of a sentence's content words that must stand in a place of a source for the two to be about the same."""
NEARLY = 0.6
"""A place of a source that says so much of a sentence is shown beside it."""
LEAST_STEMS = 2
TELLING_DIGITS = 3
"""A number of fewer digits without a unit stands in too many places to be said to stand in one."""
MOST_SOURCES = 3
MOST_WORDS_OF_A_TURN = 4


class Claims:
    """`entailment` is a model for a second opinion (`truth/second.py`); without one the rules decide alone.

    Code in Markdown claims nothing: no rule here reads it.
    """

    name = "claims"
    version = "12"

    def __init__(self, entailment: Entailing | None = None) -> None:
        self._entailment = entailment
        self.version = f"{self.version}+{entailment.digest}" if entailment else self.version

    def measure(self, sample: Sample) -> Measurement:
        """A text with passages in; the share of its sentences without a source or against one as value."""
        text = without_code(sample.text) if sample.markdown else sample.text
        found = claims(text, sample.passages, sample.request, self._entailment)
        if not found:
            return Measurement(self.name, self.version, None, "it holds no sentence to check")
        counts = Counter(claim.status for claim in found)
        unsupported = (counts["not_found"] + counts["contradicted"]) / len(found)
        return Measurement(self.name, self.version, unsupported, "", {"counts": dict(counts), "claims": found})


def claims(text: str, passages: Sequence[Passage], request: str, entailment: Entailing | None = None) -> list[Claim]:
    """A text and what it may stand on in, one claim a sentence out, in order. Sentences without words are left out."""
    evidence = evidence_of(tuple(passages), request)
    said = [sentence for sentence in sentences(text) if any(map(str.isalnum, _no_tags(sentence)))]
    found = [replace(_claim(unnumbered(sentence), evidence), sentence=sentence) for sentence in said]
    return reconsidered(found, evidence, entailment) if entailment else found


@lru_cache(maxsize=1024)
def _claim(sentence: str, evidence: Evidence) -> Claim:
    """A text that grows is checked at every step, and its candidates share their beginning."""
    facts, content = atoms(sentence), stems(sentence)
    near = evidence.near(content)
    mood = opinion(sentence, checkable=bool(facts) or not evidence.names.isdisjoint(facts.initials))
    spoken_against = None if mood == "a question" else contradiction(sentence, facts, content, near, evidence.names)
    if spoken_against:
        line, finding = spoken_against
        return Claim(sentence, "contradicted", (line.source,) if line.source else (), finding)
    change = None if mood == "a question" else exchanged(sentence, near)
    if change and change[1] == "contradicted":
        return Claim(sentence, "contradicted", (change[0].source,) if change[0].source else (), change[2])
    missing = _missing(sentence, facts, content, evidence)
    if missing:
        return Claim(sentence, "not_found", (), f"{ABSENT}{', '.join(missing)}")
    if change:
        return Claim(sentence, "not_found", (), change[2])
    if mood in ("a question", "advice"):
        return Claim(sentence, "opinion", (), mood)
    standing = _supported(sentence, facts, content, near, evidence)
    if standing and told(sentence) and evidence.others.issuperset(standing.sources) and standing.sources:
        return Claim(
            sentence, "memory", standing.sources, f"somebody else tells this of themselves: {standing.finding}"
        )
    return standing or _unsupported(sentence, facts, mood, nearest(sentence, content, near))


def _missing(sentence: str, facts: Atoms, content: set[str], evidence: Evidence) -> list[str]:
    """The checkable parts that stand nowhere, or only where something else is spoken of, as they were said."""
    absent = [name for name in facts.initials if acts(sentence, name) and not evidence.says(name)]
    absent += [number.told for number in facts.numbers if not _told(evidence.counting(number), content)]
    absent += [date.said for date in facts.dates if not _told(evidence.dating(date), content)]
    absent += [name for name in facts.names if not evidence.says(name)]
    absent += [f"the quotation “{quote}”" for quote in facts.quotes if not evidence.says(quote)]
    absent += [link for link in facts.links if link not in evidence.links]
    absent += [code for code in facts.codes if not evidence.holds(code)]
    absent += [code for code in named(sentence) if not evidence.names_code(code)]
    return list(dict.fromkeys(absent))


def _told(lines: Sequence[Line], content: set[str]) -> bool:
    """Whether one of the lines speaks of the same thing: a number alone stands in many places."""
    return any(not content or content & line.stems_around for line in lines)


def _supported(
    sentence: str, facts: Atoms, content: set[str], near: Sequence[Line], evidence: Evidence
) -> Claim | None:
    """A sentence whose facts all stand somewhere in; the claim where its words stand there too, else None."""
    whole = [line for line in near if says_all(sentence, line.text)]
    if whole:
        return _standing_in(sentence, whole)
    if any(not evidence.says(word) and not stems(word) <= evidence.stems for word in facts.initials):
        return None
    if not facts and (len(content) < LEAST_STEMS or not _same_way(sentence, content, near)):
        return None
    if not content and not _telling(facts):
        return None
    counted = bool(facts.dates) or any(number.unit or len(number.value) > 1 for number in facts.numbers)
    near = near if content else [line for line in evidence.lines if _part_of(facts, line)]
    standing = [line for line in near if linked(sentence, line, content, counted=counted)]
    held = [line for line in standing if _all_of(facts, line)]
    if content:  # facts alone, from here and there, say nothing together
        held = held or [line for line in standing if _part_of(facts, line)]
    if not held or not _together(facts, held) or not _bound(facts, content, evidence):
        return None
    return _standing_in(sentence, held)


def _standing_in(sentence: str, lines: Sequence[Line]) -> Claim:
    sources = tuple(dict.fromkeys(line.source for line in lines if line.source))[:MOST_SOURCES]
    finding = f"“{lines[0].text[:160]}”" if lines[0].source else "stated in your request"
    return Claim(sentence, "supported", sources, finding)


def _same_way(sentence: str, content: set[str], near: Sequence[Line]) -> bool:
    """Whether sentence and source agree on "not" before these words, in the first line that holds most of them."""
    alike = [line for line in near if len(content & line.stems_around) >= ENOUGH * len(content)]
    return bool(alike) and negates(sentence, content) == negates(alike[0].around, content)


def _telling(facts: Atoms) -> bool:
    """Whether facts say by themselves which place of a source is meant: "£61,200" does, "two" does not."""
    if facts.dates or facts.names or facts.quotes or facts.links or facts.codes:
        return True
    return any(number.unit or len(number.value) >= TELLING_DIGITS for number in facts.numbers)


def _all_of(facts: Atoms, line: Line) -> bool:
    return _together(facts, [line])


def _part_of(facts: Atoms, line: Line) -> bool:
    """Whether the line and its neighbours hold one of the facts, or there is none to hold."""
    there = line.atoms_around
    held = [has_number(there, number) for number in facts.numbers] + [has_date(there, date) for date in facts.dates]
    held += [name.lower() in line.around.lower() for name in (*facts.names, *facts.codes)]
    return any(held) or not held


def _together(facts: Atoms, lines: Sequence[Line]) -> bool:
    """Whether every number and date stands in one of these lines or beside it."""
    return all(any(has_number(line.atoms_around, number) for line in lines) for number in facts.numbers) and all(
        any(has_date(line.atoms_around, date) for line in lines) for date in facts.dates
    )


def _bound(facts: Atoms, content: set[str], evidence: Evidence) -> bool:
    """Whether every number and date stands in a sentence that speaks of what this one speaks of.

    A sentence of nothing but a number ("Eleven seconds.") speaks of what its neighbours say.
    """
    counted = [evidence.counting(number) for number in facts.numbers] + [evidence.dating(date) for date in facts.dates]
    return not content or all(any(content & _spoken_of(line) for line in lines) for lines in counted if lines)


def _spoken_of(line: Line) -> set[str]:
    return line.stems if len(line.stems) >= LEAST_STEMS else line.stems_around


def _unsupported(sentence: str, facts: Atoms, mood: str, place: tuple[Line | None, float]) -> Claim:
    line, near = place
    if told(sentence) or (not mood and event(sentence)):
        return Claim(sentence, "memory", (), "no text of yours tells this: only you can confirm it", near)
    if mood:
        return Claim(sentence, "opinion", (), mood)
    few = len(sentence.split()) <= MOST_WORDS_OF_A_TURN and not works(sentence)
    if few and not _telling(facts) and not facts.initials[1:]:
        return Claim(sentence, "opinion", (), "a turn of phrase, nothing to check")
    said = "its names and numbers are in your sources, the rest is not" if facts else "no source says this"
    if line and near >= NEARLY:
        said = f"no source says just this; the nearest: “{line.text[:160]}”"
    return Claim(sentence, "not_found", (), said, near)


def _no_tags(sentence: str) -> str:
    return " ".join(word for word in sentence.split() if not word.startswith("#"))
