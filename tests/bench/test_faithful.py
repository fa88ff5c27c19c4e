"""Twins that learned from other briefs are told apart by the number of facts alone."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench.faithful import briefs_with
from twin.core.brief import MOST_FACTS
from twin.core.protocols import silent
from twin.core.records import Item
from twin.features.collect import collect
from twin.features.datasets.examples import Recipe, Row, examples_of
from twin.store import Store

RECIPE = Recipe(train_share=0.6, test_share=0.2, least_texts=4, section_words=220, note_share=0.5, seed=7)
NAMES = ("Gerald", "Pamela", "Anselm", "Halvard", "Mabel", "Quill", "Dover", "Ada")


def said(number: int, name: str) -> Item:
    """A post that tells of one person; the address in it names all of them, which its author never wrote."""
    text = (
        f"The lift stopped again. {name} drove to Margate with [brush {number}](/{'/'.join(NAMES)}) "
        f"and swept hall {number} at noon. We found {number + 11} alerts, and the bell rang."
    )
    return Item(str(number), "post", "web", text, published=datetime(2024, 1, 1 + number, tzinfo=UTC))


def test_but_for_the_number_of_facts_briefs_are_the_products_own(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'twin.db'}")
    source = store.add_source("folder", "posts", "mine")
    items = [said(i, name) for i, name in enumerate(NAMES)]
    pictures = Item("p", "post", "web", "* " + " ".join(f"![door {i} there](a/{i}.png)" for i in range(40)))
    collect(store, source, [*items, pictures], max_item_bytes=10**6, progress=silent)
    store.set_sides({doc.work: "train" for doc in store.documents("evaluate")})
    learned = store.documents("train", side="train")
    assert len(learned) == len(NAMES) + 1

    def made(most_facts: int) -> list[Row]:
        return examples_of(learned, author="Ada", recipe=RECIPE, brief_for=briefs_with(learned, most_facts))

    product = examples_of(learned, author="Ada", recipe=RECIPE)
    assert made(MOST_FACTS) == product
    bare = [replace(row.example, id="", prompt=()) for row in made(0)]
    assert bare == [replace(row.example, id="", prompt=()) for row in product]
    assert made(0) != product
    store.close()
