"""The corpora folder as writing benches use it: an author's own texts in order, and a twin's store filled with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.unheld import ordinary
from twin.core.errors import NotEnoughData
from twin.core.protocols import silent
from twin.core.records import Item, Side
from twin.core.text import word_count
from twin.features.collect import collect
from twin.features.datasets.examples import sections
from twin.features.works import works_of
from twin.metrics.background.build import rows_of
from twin.pipeline import Twin
from twin.sources.folder import split_front_matter

HELD_OUT = 24
SECTION_WORDS = 220
LEAST_WORDS = 60


def oldest_first(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (str(row.get("date", "")), row.get("order", 0)))


def own_rows(corpus: Path) -> list[dict[str, Any]]:
    """An author's rows without what they only passed on, oldest first."""
    return oldest_first(row for row in rows_of(corpus) if row.get("post_type") in (None, "", "original"))


def body(row: Mapping[str, Any]) -> str:
    """The text of a row as its author typed it. A crawler's screen-reader word is undone."""
    return split_front_matter(str(row["text"]).replace("hashtag\n#", "#"))[1].strip()


def usual_words(folder: Path) -> frozenset[str]:
    """The words that the people of the corpora write small: at the head of a sentence they are no names."""
    return ordinary(str(row["text"]) for file in sorted(folder.glob("*.jsonl")) for row in rows_of(file))


def tuned_by(texts: int) -> int:
    """How many texts training stops by where so many are learned from."""
    return max(5, texts // 5)


def filled(twin: Twin, corpus: Path, texts: int) -> None:
    """The home's store gets the newest texts of one author, with sides of their own; a second time nothing changes.

    Of those to learn from some may not be: for a private thing in them, or as a copy. Raises: NotEnoughData.
    """
    rows, tune = own_rows(corpus), tuned_by(texts)
    wanted, found = texts + tune + HELD_OUT, long_enough(rows)
    if len(found) < wanted:
        raise NotEnoughData(
            f"{corpus.stem} has {len(found)} texts of {LEAST_WORDS} words or more; {wanted} are needed to learn from "
            f"{texts}, stop by {tune} and measure on {HELD_OUT}",
            "ask for fewer: --texts",
        )
    twin.init(str(rows[0]["author"]), [])
    items = found[-wanted:]
    source = twin.store.add_source("folder", str(corpus), "mine")
    collect(twin.store, source, items, max_item_bytes=10**6, progress=silent)
    twin.store.set_works(works_of(twin.store.runs))
    works = list(dict.fromkeys(doc.work for doc in twin.store.documents("evaluate")))
    held_out, stopped_by = works[-HELD_OUT:], works[-HELD_OUT - tune : -HELD_OUT]
    sides: dict[str, Side] = {}
    for side, these in (("train", works[: -HELD_OUT - tune]), ("tune", stopped_by), ("test", held_out)):
        sides |= dict.fromkeys(these, side)
    twin.store.set_sides(sides)


def older(corpus: Path, texts: int) -> list[str]:
    """The author's texts that are older than all that `filled` takes: in no home, and learned by nobody."""
    return [one.text for one in long_enough(own_rows(corpus))[: -(texts + tuned_by(texts) + HELD_OUT)]]


def long_enough(rows: Sequence[Mapping[str, Any]]) -> list[Item]:
    return [one for one in items_of(rows) if word_count(one.text) >= LEAST_WORDS]


def items_of(rows: Sequence[Mapping[str, Any]]) -> Iterator[Item]:
    """Rows in, the beginning of each text as the product would have collected it out."""
    for place, row in enumerate(rows):
        day = str(row.get("date") or 2000)
        dated = datetime.fromisoformat(f"{day}-01-01" if len(day) == 4 else day)
        dated = dated if dated.tzinfo else dated.replace(tzinfo=UTC)
        post = row["kind"] == "linkedin_post"
        text = body(row)
        yield Item(
            f"{place:05}-{row['id']}",
            "post" if post else "article",
            "linkedin" if post else "web",
            (sections(text, SECTION_WORDS) or [text])[0],
            title="" if post else str(row.get("title") or ""),
            published=dated.astimezone(UTC) if dated.year >= 1990 else None,
        )
