"""The real corpora, read where they are, and an invented pair of writers for tests that need no corpora."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path

import pytest

from twin.core.records import Passage
from twin.metrics.background import Background, Person, gathered

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
_WORDS = {
    "plain": "the door was shut again and we went up to look at it because nobody else would go".split(),
    "grand": "one must indeed consider whether such arrangements shall ever prove wholly satisfactory".split(),
    "chatty": "so yeah I just think it's kinda cool how you can totally do that stuff now right".split(),
    "clipped": "rope fixed brake tested. oil changed. nothing more to say about lifts today. stairs".split(),
}


def need_corpora() -> None:
    if not CORPORA.is_dir():
        pytest.skip(f"the corpora are not at {CORPORA}")


@cache
def author_texts(name: str, author: str = "") -> tuple[str, tuple[str, ...]]:
    """A corpus file in; the author's name and the first part of each text, oldest first, out."""
    from twin.metrics.background.build import CORPORA as KNOWN
    from twin.metrics.background.build import corpus_parts

    need_corpora()
    rows = [json.loads(line) for line in (CORPORA / f"{name}.jsonl").read_text(encoding="utf-8").split("\n") if line]
    rows = [row for row in rows if not row.get("ai_pipeline") and author in ("", row["author"])]
    rows.sort(key=lambda row: (str(row.get("date", "")), row.get("order", 0)))
    wrapped = {corpus.file: corpus.wrapped for corpus in KNOWN}.get(name, True)
    parts = [corpus_parts(row, wrapped=wrapped) for row in rows]
    return rows[0]["author"], tuple(found[0] for found in parts if found)


def invented(style: str, n: int, *, words: int = 90, seed: int = 0) -> list[str]:
    """n texts of a writer with a small fixed vocabulary, told from the others by any verifier."""
    rng = random.Random(f"{style}{seed}")
    return [
        ". ".join(" ".join(rng.choices(_WORDS[style], k=9)).capitalize() for _ in range(words // 9)) + "."
        for _ in range(n)
    ]


def invented_background() -> Background:
    people = {
        Person(name, "post", "modern", "invented", "written by this test"): invented(style, 30, seed=i)
        for i, (name, style) in enumerate((("A", "grand"), ("B", "chatty"), ("C", "clipped"), ("D", "grand")))
    }
    return gathered(people)


def passage(id_: str, text: str, *, title: str = "") -> Passage:
    return Passage(id_, f"doc-{id_}", title, "", text, "post", "", 1.0)
