"""Passages are ranked by both lists, no document fills the answer, and nothing near gives nothing."""

from dataclasses import replace

import numpy as np
import pytest

from twin.core.protocols import VectorStore
from twin.core.records import Chunk, Document, Passage
from twin.inference.material.retrieve import MOST_EMBEDDED, fused, likely, nearest_outside, retrieve, various
from twin.models.fake import FakeEmbedder
from twin.vectors import open_vectors

EMBEDDER = FakeEmbedder()
TEXTS = {
    "d1": ["The door of the lift will not close.", "A door needs oil.", "Every door tells of its house."],
    "d2": ["Gerald repaired a motor in Margate."],
    "d3": ["The motor room has a door that nobody opens."],
}


def passage(name: str, score: float) -> Passage:
    return Passage(name, name, "", "", "text", "post", "", score)


@pytest.fixture(scope="module")
def vectors() -> VectorStore:
    chunks = [
        Chunk(f"{name}-{i}", name, 0, len(text), text) for name, texts in TEXTS.items() for i, text in enumerate(texts)
    ]
    documents = {
        name: Document(
            id=name, version="", source="", key=name, kind="post", place="", title="", text="", url="",
            published=None, language="en", words=0, authorship="own", consent="mine", licence="", draft=False,
            private=(), masks=(), truncated=False, visibility="", work=name, side=None, canonical=True, use=(), why="",
        )
        for name in TEXTS
    }  # fmt: skip
    store = open_vectors("lance", None, EMBEDDER.dimensions)
    store.put(chunks, documents, EMBEDDER.embed([chunk.text for chunk in chunks]))
    return store


def test_what_both_lists_have_comes_first() -> None:
    near = [passage("a", 0.9), passage("b", 0.8), passage("c", 0.1)]
    match = [passage("b", 12.0), passage("d", 3.0), passage("c", 1.0)]
    assert fused(near, match, {})[0].id == "b"
    assert {one.id for one in fused(near, match, {})} == {"a", "b", "c", "d"}
    assert [one.id for one in fused(near, [], {})] == ["a", "b", "c"]
    assert [one.id for one in fused([], match, {})] == ["b", "d", "c"]
    assert fused([], [], {}) == []


def test_what_only_words_found_is_placed_by_its_own_cosine() -> None:
    near = [passage("a", 0.9), passage("b", 0.8), passage("c", 0.7)]
    match = [passage("a", 3.0), passage("d", 2.9), passage("e", 2.8)]
    assert [one.id for one in fused(near, match, {"a": 0.9, "d": 0.79, "e": 0.1})] == ["a", "d", "b", "c", "e"]
    assert [one.id for one in fused(near, match, {"a": 0.9, "d": 0.1, "e": 0.79})] == ["a", "b", "e", "c", "d"]


def test_no_document_gives_more_than_two_passages(vectors: VectorStore) -> None:
    found = retrieve("the door", embedder=EMBEDDER, vectors=vectors, k=5)
    documents = [one.document for one in found]
    assert documents.count("d1") == 2
    assert "d3" in documents
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def found_for(request: str, about: tuple[str, ...], vectors: VectorStore) -> str:
    return retrieve(request, about=about, embedder=EMBEDDER, vectors=vectors, k=1)[0].document


def test_what_an_answered_post_is_about_is_searched_for_beside_the_users_words(vectors: VectorStore) -> None:
    assert found_for("I see it otherwise", ("gerald", "motor", "margate"), vectors) == "d2"
    assert found_for("The door of the lift will not close", ("gerald", "motor"), vectors) == "d1"


def test_of_many_passages_from_outside_those_stay_that_the_answered_post_is_about() -> None:
    texts = ["Gerald repaired a motor.", "It is otherwise here.", "I see the sea."]
    outside = [Passage(text, "o", "", "", text, "other", "", 0.0, outside=True) for text in texts]
    [best] = nearest_outside("So be it then", outside, about=("gerald", "motor", "repaired"), embedder=EMBEDDER, k=1)
    assert best.text == texts[0]


def book(of: str, *texts: str) -> list[Passage]:
    return [Passage(f"{of}{i}", of, "", "", text, "other", "", 0.0, outside=True) for i, text in enumerate(texts)]


def test_of_a_book_the_passages_that_hold_the_rarest_words_are_chosen_without_embedding_it() -> None:
    pages = book("a", *(f"The lift of house {n} stood still. Its door was shut." for n in range(300)))
    pages[288] = replace(pages[288], text="A governor was sold, and its door went too.")
    pages[299] = replace(pages[299], text="In 1987 the lift was sold.")
    chosen = likely("The governor and the door of the lift", pages)
    assert len(chosen) == MOST_EMBEDDED and pages[288] in chosen and chosen == sorted(chosen, key=pages.index)
    assert pages[299] in likely("What came of it in 1987?", pages), "a number is a word too"
    assert likely("governor", pages[:MOST_EMBEDDED]) == pages[:MOST_EMBEDDED], "few are all embedded"
    told = likely("I see it otherwise", pages, about=("governor",))
    assert pages[288] in told, "and what the answered post is about counts"


def test_a_book_leaves_room_for_a_short_text_beside_it_and_words_that_stand_nowhere_for_all_of_it() -> None:
    pages = book("a", *(f"The door of lift {n} was shut." for n in range(300)))
    note = book("b", "Nothing here.", "Nor here.")
    assert {one.document for one in likely("Why the door was shut", [*pages, *note])} == {"a", "b"}
    many = [passage for n in range(90) for passage in book(f"c{n}", "A.", "B.", "The door.")]
    assert sum(passage.text == "The door." for passage in likely("The door", many)) == MOST_EMBEDDED
    spread = [pages.index(one) for one in likely("quantum chromodynamics", pages)]
    assert len(set(spread)) == MOST_EMBEDDED and spread[-1] > 280 and spread[len(spread) // 2] > 100


def test_no_place_or_nothing_near_gives_nothing(vectors: VectorStore) -> None:
    assert retrieve("the door", embedder=EMBEDDER, vectors=vectors, k=0) == []
    empty = open_vectors("lance", None, EMBEDDER.dimensions)
    assert retrieve("the door", embedder=EMBEDDER, vectors=empty, k=3) == []


def test_stores_in_memory_share_nothing(vectors: VectorStore) -> None:
    assert open_vectors("lance", None, EMBEDDER.dimensions).ids() == set()
    assert len(vectors.ids()) == 5
    assert np.isclose(np.linalg.norm(vectors.vectors(["d2-0"])["d2-0"]), 1.0)


def test_the_same_words_in_another_text_are_shown_once() -> None:
    story = "We bought 24 kits before anybody had cleaned a single door track, and nine of them were useful in the end."

    def told(name: str, text: str, of: str) -> Passage:
        return Passage(name, of, "", "", text, "post", "", 1.0)

    ranked = [
        told("a", story, "post"),
        told("b", f"As I said elsewhere. {story} That was the whole of it, and the rest is in the log.", "article"),
        told("c", story + " Really.", "post"),
        told("d", "Nobody had cleaned a door track, so the kits told us nothing.", "note"),
    ]
    assert [one.id for one in various(ranked, k=4)] == ["a", "c", "d"]
    assert [one.id for one in various(ranked[1:], k=4)] == ["b", "d"]
    assert [one.id for one in various(ranked, k=1)] == ["a"]
    assert various([told("e", "", "one"), told("f", "", "two")], k=2) != []
