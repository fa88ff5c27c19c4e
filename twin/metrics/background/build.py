"""The corpora folder in, the shipped background out: deterministic, and of marked authors only.

SOURCES.md of the corpora marks with * whose features may be shipped. ShareAlike authors are not among them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from twin.core.errors import BadSource
from twin.core.records import digest
from twin.core.text import word_count
from twin.metrics.background import Background, Person, gathered
from twin.metrics.background.typography import PART_WORDS, parts, prose

MODERN_PARTS = 130
OLD_PARTS = 24
PARTS_A_TEXT = 2


@dataclass(frozen=True, slots=True)
class Corpus:
    """One file of the corpora. `wrapped` says that its line breaks are the editor's and not the writer's."""

    file: str
    register: str
    era: str
    wrapped: bool = True


CORPORA = (
    Corpus("simon-willison-til", "til", "modern"),
    Corpus("josh-branchaud-til", "til", "modern"),
    Corpus("ben-balter-blog", "blog", "modern"),
    Corpus("andrew-gerrand-goblog", "blog", "modern"),
    Corpus("remy-sharp-blog", "blog", "modern"),
    Corpus("joao-goncalves-linkedin", "post", "modern", wrapped=False),
    Corpus("samuel-pepys-diary", "diary", "old"),
    Corpus("ambrose-bierce-fables", "fable", "old"),
    Corpus("mark-twain-sketches", "sketch", "old"),
    Corpus("alexander-hamilton-federalist", "essay", "old"),
    Corpus("james-madison-federalist", "essay", "old"),
    Corpus("essay-passages", "essay", "old"),
)


def build(folder: Path) -> Background:
    """The corpora in, the background out. Raises: BadSource where a file is missing or is not JSON Lines."""
    people: dict[Person, list[str]] = {}
    for corpus in CORPORA:
        rows = sorted(rows_of(folder / f"{corpus.file}.jsonl"), key=lambda row: (str(row["author"]), digest(row["id"])))
        quota = MODERN_PARTS if corpus.era == "modern" else OLD_PARTS
        for author, his in groupby(rows, key=lambda row: str(row["author"])):
            texts = list(his)
            credit = "; ".join(sorted({str(row["attribution"]) for row in texts}))
            person = Person(author, corpus.register, corpus.era, str(texts[0]["license"]), credit)
            people[person] = spread([corpus_parts(row, wrapped=corpus.wrapped) for row in texts], quota)
    return gathered(people)


def corpus_parts(row: dict[str, Any], *, wrapped: bool) -> list[str]:
    """One corpus row in, its parts of 80 to 300 words of prose out. A crawler's screen-reader word is undone."""
    text = str(row["text"]).replace("hashtag\n#", "#")
    return [part for part in parts(prose(text, wrapped=wrapped)) if word_count(part) >= PART_WORDS[0]]


def spread(texts: Sequence[Sequence[str]], quota: int) -> list[str]:
    """The parts of each text in, at most `quota` parts out: the first part of every text before the second of any."""
    ordered = [found[i] for i in range(PARTS_A_TEXT) for found in texts if i < len(found)]
    return ordered[:quota]


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """Texts that their author says were drafted with AI are nobody's voice, and left out."""
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if not row.get("ai_pipeline"):
                    yield row
    except (OSError, ValueError) as bad:
        raise BadSource(
            f"cannot read {str(path)!r} as JSON Lines: {bad}", "name the folder that holds the corpora"
        ) from bad
