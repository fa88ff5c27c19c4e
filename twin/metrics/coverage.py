"""A text and its brief in, the share of the brief's topic words and facts that the text covers out.

A fact is covered when its numbers, dates and names stand in the text (in any notation) and half of its other words do.
"""

from __future__ import annotations

from collections.abc import Sequence

from twin.core.brief import content_words
from twin.core.protocols import Measurement, Sample
from twin.core.records import Brief
from twin.core.text import sentences, words
from twin.metrics.truth.asked import asked
from twin.metrics.truth.atoms import Atoms, atoms
from twin.metrics.truth.evidence import has_date, has_number
from twin.metrics.truth.stems import stem, stems

LEAST_OF_A_FACT = 0.5


class Coverage:
    """Topic words and facts weigh alike, one each. Without a `brief` the sample's request is read as one."""

    name = "coverage"
    version = "2"

    def __init__(self, brief: Brief | None = None) -> None:
        self._brief = brief

    def measure(self, sample: Sample) -> Measurement:
        """The share covered as value, 0 for a text without words; `detail` lists what is missing."""
        brief = self._brief or asked(sample.request)
        wanted = {stem(word): word for word in content_words(brief.topic)}
        total = len(wanted) + len(brief.facts)
        if total == 0:
            return Measurement(self.name, self.version, None, "the brief has no topic words and no facts")
        there = stems(sample.text)
        left = [word for key, word in wanted.items() if key not in there]
        facts = _missing(brief.facts, sample.text, there)
        detail = {"missing_words": left, "missing_facts": facts, "asked": total}
        return Measurement(self.name, self.version, 1 - (len(left) + len(facts)) / total, "", detail)


def _missing(facts: Sequence[str], text: str, there: set[str]) -> list[str]:
    if not facts:
        return []
    lines = [atoms(sentence) for sentence in sentences(text)]
    spoken = f" {' '.join(words(text))} ".replace("'s ", " ")
    return [fact for fact in facts if not _stands(fact, lines, spoken, there)]


def _stands(fact: str, lines: Sequence[Atoms], spoken: str, there: set[str]) -> bool:
    """Sentence by sentence: what counts for a whole text takes quadratic time in `atoms`."""
    asked_for, content = atoms(fact), stems(fact)
    return (
        len(content & there) >= LEAST_OF_A_FACT * len(content)
        and all(any(has_number(line, number) for line in lines) for number in asked_for.numbers)
        and all(any(has_date(line, date) for line in lines) for date in asked_for.dates)
        and all(f" {' '.join(words(name))} " in spoken for name in (*asked_for.names, *asked_for.codes))
    )
