"""The people of the corpora, with the parts of their texts, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.corpora import oldest_first
from twin.metrics.background import Person
from twin.metrics.background.build import CORPORA, MODERN_PARTS, OLD_PARTS, Corpus, corpus_parts, rows_of, spread

NOT_SHIPPED = (
    Corpus("matthias-endler-blog", "blog", "modern"),
    Corpus("john-jay-federalist", "essay", "old"),
)


@dataclass(frozen=True, slots=True)
class Writer:
    """One person with the parts of 80 to 300 words of each text, oldest text first."""

    person: Person
    texts: list[list[str]]

    def background(self) -> list[str]:
        """As much of it as the shipped pack takes of one person."""
        return spread(self.texts, MODERN_PARTS if self.person.era == "modern" else OLD_PARTS)


def writers(folder: Path) -> dict[str, Writer]:
    """The corpora in, everybody in them by name out. Raises: BadSource where a file is missing."""
    found: dict[str, Writer] = {}
    for corpus in (*CORPORA, *NOT_SHIPPED):
        rows = oldest_first(rows_of(folder / f"{corpus.file}.jsonl"))
        for name in sorted({str(row["author"]) for row in rows}):
            person = Person(name, corpus.register, corpus.era, "", "")
            parts = [corpus_parts(row, wrapped=corpus.wrapped) for row in rows if row["author"] == name]
            found[name] = Writer(person, [one for one in parts if one])
    return found
