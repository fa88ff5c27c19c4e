"""Searches with a known answer: made from the texts, nothing of them left where they search, and counted right."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import log2
from typing import Any

import pytest

from twin.core.records import Chunk, Document, Passage, digest
from twin.core.text import sentences
from twin.evaluation.known_items import KnownItem, known_items, named, searchable
from twin.evaluation.retrieval import (
    LEAST_TEXTS,
    MEASURES,
    Ranking,
    Search,
    place_of,
    reciprocal_rank_fusion,
    retrieval_of,
    run,
)
from twin.features.index import index_chunks
from twin.models.fake import FakeEmbedder
from twin.vectors import open_vectors

VOCABULARY = [
    f"{head}{tail}" for head in "ba ke li mo ru ta ve zo shi pra".split() for tail in "ston mer lin dor gan".split()
]
CODE = "```\nfor (i=0;i<10;i++) { a[i]=b[i]; }\nx += 1; y -= 2; z *= {3: 4}[5]\n```"
EMOJI = "🚪🚪🚪 🎉 👏👏"


def document(name: str, text: str, **known: Any) -> Document:
    plain = Document(
        id=digest(name), version="", source="", key=name, kind="post", place="", title="", text=text, url="",
        published=None, language="en", words=0, authorship="own", consent="mine", licence="", draft=False, private=(),
        masks=(), truncated=False, visibility="", work=f"work-{name}", side=None, canonical=True, use=(), why="",
    )  # fmt: skip
    return replace(plain, **known)


def told(i: int) -> Document:
    """A text of five sentences with words of its own; every other one has a title that stands in its text."""
    dice = random.Random(i)
    lines = [" ".join(dice.sample(VOCABULARY, 9)).capitalize() + "." for _ in range(5)]
    title = f"Lift {VOCABULARY[i % 50]} {VOCABULARY[(i * 7 + 3) % 50]} {i}"
    text = f"# {title.upper()}\n\n" * (i % 2) + " ".join(lines)
    return document(f"t{i}", text, title=title * (i % 2), kind="article" if i % 2 else "post")


TEXTS = [told(i) for i in range(40)]
EMBEDDER = FakeEmbedder()
SEARCH = Search(
    embedder=EMBEDDER,
    held=open_vectors("lance", None, EMBEDDER.dimensions),
    empty=lambda: open_vectors("lance", None, EMBEDDER.dimensions),
    rankings={"fusion": reciprocal_rank_fusion},
    depth=1000,
)


def chunks_of(documents: Sequence[Document], size: int = 30) -> list[Chunk]:
    return index_chunks(documents, embedder=EMBEDDER, chunk_tokens=size, overlap_tokens=6)


def report_of(
    documents: Sequence[Document], rankings: Mapping[str, Ranking] | None = None, most: int = 20
) -> dict[str, Any]:
    search = replace(SEARCH, rankings=SEARCH.rankings if rankings is None else rankings)
    return retrieval_of(documents, chunks_of(documents), search=search, most=most, seed=7, resamples=200)


def of(items: Sequence[KnownItem], query: str) -> list[KnownItem]:
    return [item for item in items if item.query == query]


def test_every_kind_of_query_is_made_and_the_seed_decides_which() -> None:
    items = known_items(TEXTS, most=15, seed=7)
    assert [len(of(items, query)) for query in ("title", "sentence", "topic")] == [15, 15, 15]
    assert known_items(TEXTS[::-1], most=15, seed=7) == items
    assert known_items(TEXTS, most=15, seed=8) != items
    assert len({(item.query, item.work) for item in items}) == len(items)
    assert {item.kind for item in of(items, "title")} == {"article"}


@pytest.mark.parametrize("size", [16, 30, 200])
@pytest.mark.parametrize("query", ["title", "sentence"])
def test_what_a_search_is_made_of_is_nowhere_in_what_it_searches(query: str, size: int) -> None:
    items = of(known_items(TEXTS, most=40, seed=1), query)
    chunks = chunks_of(TEXTS, size)
    views = searchable(chunks, items)
    assert len(items) >= 20
    for item in items:
        whole = " ".join(
            chunk.searched for chunk in chunks if digest(item.work.removeprefix("work-")) == chunk.document
        )
        seen = " ".join(chunk.searched for chunk in views if digest(item.work.removeprefix("work-")) == chunk.document)
        assert item.text.lower() not in seen.lower()
        others = [one for one in sentences(whole) if one in told(int(item.work[6:])).text and item.text not in one]
        assert all(one in seen for one in others if query == "sentence" and size == 200)


def test_a_sentence_that_stands_across_two_chunks_is_cut_out_of_both() -> None:
    chunks = [Chunk("a", "d", 0, 12, "one two thre"), Chunk("b", "d", 8, 22, "three four five")]
    item = KnownItem("sentence", "three four", "w", "post", {"d": [(8, 18)]})
    assert [chunk.text for chunk in searchable(chunks, [item])] == ["one two ", " five"]
    whole = KnownItem("sentence", "", "w", "post", {"d": [(0, 12)]})
    assert [chunk.text for chunk in searchable(chunks[:1], [whole])] == []


def test_a_search_by_title_looks_where_no_text_has_one_and_a_topic_where_all_have_theirs() -> None:
    chunks = chunks_of([replace(doc, text=doc.text.split("\n\n")[-1]) for doc in TEXTS])
    items = known_items(TEXTS, most=3, seed=1)
    assert sum(bool(chunk.title) for chunk in chunks) > 3
    assert not any(chunk.title for chunk in searchable(chunks, of(items, "title")))
    assert searchable(chunks, of(items, "topic")) == chunks
    assert searchable(chunks, named(items)) == chunks


@pytest.mark.parametrize(
    ("title", "hidden"),
    [("Six slow doors", True), ("Slow doors", True), ("Now: six slow DOORS in Ely", True), ("Slow doors, six", False)],
)
def test_a_title_that_says_the_sentence_is_hidden_with_it(title: str, hidden: bool) -> None:
    chunk = Chunk("a", "d", 20, 32, "one two thre", title)
    item = KnownItem("sentence", "Six slow doors.", "w", "post", {"d": [(0, 15)]})
    (seen,) = searchable([chunk], [item])
    assert seen.title == ("" if hidden else title)
    assert (seen.id == chunk.id) is not hidden
    assert searchable([replace(chunk, document="e")], [item])[0].title == title


def test_titles_are_found_by_meaning_and_by_words_where_they_are_left_in() -> None:
    documents = [replace(doc, text=doc.text.split("\n\n")[-1]) for doc in TEXTS]
    items = of(known_items(documents, most=20, seed=1), "title")

    def first(asked: Sequence[KnownItem], system: str) -> int:
        return sum(one.places[system] == 1 for one in run(asked, documents, chunks_of(documents), search=SEARCH))

    for system in ("vectors", "bm25"):
        assert first(items, system) < first(named(items), system)


def test_what_two_works_share_is_no_query() -> None:
    sign_off = "Please remember to send your photographs of every lift to our office."
    signed = [replace(doc, text=f"{doc.text}\n\n{sign_off}", title="Letter from Margate") for doc in TEXTS]
    items = known_items(signed, most=40, seed=3)
    assert of(items, "title") == []
    assert len(of(items, "sentence")) == 40
    assert sign_off not in {item.text for item in items}


def test_a_copy_of_the_same_work_counts_as_found_and_hides_the_sentence_too() -> None:
    copies = [replace(doc, id=f"copy-{doc.id}", canonical=False) for doc in TEXTS]
    items = known_items([*TEXTS, *copies], most=40, seed=3)
    assert {len(item.hidden) for item in of(items, "sentence")} == {2}
    passages = [passage(copies[0].id), passage(TEXTS[0].id), passage(TEXTS[1].id)]
    work_of = {doc.id: doc.work for doc in (*TEXTS, *copies)}
    assert [place_of(TEXTS[i].work, passages, work_of) for i in (0, 1, 2)] == [1, 2, None]


def passage(name: str, score: float = 1.0) -> Passage:
    return Passage(name, name, "", "", "text", "post", "", score)


def test_emoji_code_and_bare_texts_break_nothing_and_ask_nothing() -> None:
    strange = [EMOJI, CODE, "", "Yes.", "https://x.example/a/b", "\n\n", "\ud83d half", "今日は良い天気です。"]
    documents = [document(f"s{i}", text, title=EMOJI * (i % 2)) for i, text in enumerate(strange)]
    assert of(known_items(documents, most=9, seed=1), "sentence") == []
    assert of(known_items(documents, most=9, seed=1), "title") == []
    report = report_of([*documents[:6], documents[7], *TEXTS[:12]])
    assert report["searches"] > 12
    assert report["why"] == ""


def test_only_emoji_and_code_says_that_there_is_nothing_to_ask() -> None:
    report = report_of([document(f"s{i}", f"{EMOJI} {'go' * (i + 1)}") for i in range(20)])
    assert report["rows"] == []
    assert "no title, sentence or topic" in report["why"]


def test_too_few_texts_give_words_and_no_numbers() -> None:
    report = report_of(TEXTS[: LEAST_TEXTS - 1])
    assert (report["rows"], report["searches"]) == ([], 0)
    assert "11 texts are too few, 12 are needed" in report["why"]
    assert report["sentences"] == [f"Search was not measured: {report['why']}."]
    assert report_of(TEXTS[:LEAST_TEXTS])["rows"]


def test_a_perfect_ranking_gets_one_and_a_blind_one_gets_chance() -> None:
    items = known_items(TEXTS, most=40, seed=7)
    in_turn = [item for query in dict.fromkeys(one.query for one in items) for item in of(items, query)]
    answers = (digest(item.work.removeprefix("work-")) for item in [*named(items), *in_turn])
    dice = random.Random(7)

    def perfect(near: Sequence[Passage], *_: object) -> list[Passage]:
        right = next(answers)
        return sorted(near, key=lambda one: one.document != right)

    def blind(near: Sequence[Passage], *_: object) -> list[Passage]:
        works = {one: dice.random() for one in sorted({one.document for one in near})}
        return sorted(near, key=lambda one: works[one.document])

    report = report_of(TEXTS, {"fusion": perfect, "blind": blind}, most=40)
    for row in report["rows"]:
        assert {one["value"] for one in row["systems"]["fusion"].values()} == {1.0}
    overall = report["rows"][0]
    assert (overall["query"], overall["kind"], report["searches"]) == ("all", "all", 100)
    assert overall["systems"]["blind"]["recall@10"]["value"] == pytest.approx(10 / len(TEXTS), abs=0.12)
    chance = sum(1 / log2(place + 1) for place in range(1, 11)) / len(TEXTS)
    assert overall["systems"]["blind"]["ndcg@10"]["value"] == pytest.approx(chance, abs=0.06)
    paired = overall["differences"]["fusion - blind"]["ndcg@10"]
    assert paired["low"] > 0.7
    assert paired["n"] == 100
    assert (
        "first by title in 20 of 20 searches, by a title that is hidden from search in 20 of 20 searches"
        in report["sentences"][0]
    )


def test_the_report_has_a_row_for_each_kind_of_query_and_text() -> None:
    report = report_of(TEXTS)
    rows = {(row["query"], row["kind"]): row for row in report["rows"]}
    assert set(rows) == {
        *(("all", kind) for kind in ("all", "article", "post")),
        *((query, "all") for query in ("named", "title")), *((query, "article") for query in ("named", "title")),
        *((query, kind) for query in ("sentence", "topic") for kind in ("all", "article", "post")),
    }  # fmt: skip
    assert set(rows["topic", "all"]["systems"]) == {"bm25", "vectors", "rrf", "fusion"}
    assert set(rows["topic", "all"]["systems"]["bm25"]) == set(MEASURES)
    assert rows["topic", "all"]["systems"]["bm25"]["ndcg@10"]["value"] > 0.9
    assert report_of(TEXTS) == report


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (1, (1, 1, 1, 1, 1)),
        (3, (0, 1, 1, 1 / 3, 0.5)),
        (10, (0, 0, 1, 0.1, 1 / log2(11))),
        (11, (0,) * 5),
        (None, (0,) * 5),
    ],
)
def test_measures_by_hand(place: int | None, expected: tuple[float, ...]) -> None:
    assert [measure(place) for measure in MEASURES.values()] == pytest.approx(list(expected))


def test_reciprocal_rank_fusion_prefers_what_both_lists_have() -> None:
    near = [passage("a"), passage("b"), passage("c")]
    match = [passage("d"), passage("b")]
    assert [one.id for one in reciprocal_rank_fusion(near, match, {})] == ["b", "a", "d", "c"]
    assert reciprocal_rank_fusion([], [], {}) == []
