"""A text and its brief in, the share of the brief's topic words and facts that the text covers out.

A fact is covered when its numbers, dates and names stand in the text (in any notation) and half of its other words do.
"""

from __future__ import annotations

from collections.abc import Sequence

from twin.core.brief import content_words
from twin.core.protocols import Measurement, Sample
from twin.core.records import Brief, Passage
from twin.metrics.truth.asked import asked
from twin.metrics.truth.atoms import atoms
from twin.metrics.truth.evidence import Evidence
from twin.metrics.truth.stems import stem, stems

LEAST_OF_A_FACT = 0.5


class Coverage:
    """Topic words and facts weigh alike, one each. Without a `brief` the sample's request is read as one."""

    name = "coverage"
    version = "1"

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
        words = [word for key, word in wanted.items() if key not in there]
        facts = _missing(brief.facts, sample.text, there)
        detail = {"missing_words": words, "missing_facts": facts, "asked": total}
        return Measurement(self.name, self.version, 1 - (len(words) + len(facts)) / total, "", detail)


def _missing(facts: Sequence[str], text: str, there: set[str]) -> list[str]:
    if not facts:
        return []
    evidence = Evidence([Passage("", "", "", "", text, "other", "", 0.0)], "")
    return [fact for fact in facts if not _stands(fact, evidence, there)]


def _stands(fact: str, evidence: Evidence, there: set[str]) -> bool:
    checkable = atoms(fact)
    content = stems(fact)
    return (
        len(content & there) >= LEAST_OF_A_FACT * len(content)
        and all(evidence.counting(number) for number in checkable.numbers)
        and all(evidence.dating(date) for date in checkable.dates)
        and all(evidence.says(name) for name in checkable.names)
        and all(evidence.holds(code) for code in checkable.codes)
    )
