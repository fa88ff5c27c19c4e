"""Searches with a known answer in, how well each way of searching finds it out: the `retrieval` part of a report.

    {version texts searches seed resamples why
     rows: [{query kind systems: {system: {measure: {value low high n}}}
             differences: {"fusion - bm25": {measure: {value low high n wins}}}}]
     sentences}

`query` is named, title, sentence or topic, `kind` a kind of document; "all" stands for every one of them, but for
`named`, which meets the words of its own title. A work is found at the place of the first passage of any of its
documents. `why` says why there are no rows, and is empty otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from twin.core.protocols import Embedder, VectorStore, Where
from twin.core.records import Chunk, Document, Passage
from twin.core.text import words
from twin.evaluation.intervals import difference_of, mean_of
from twin.evaluation.known_items import KnownItem, known_items, named, searchable
from twin.evaluation.retrieval_page import sentences_on
from twin.vectors import cosines

VERSION = "3"
LEAST_TEXTS = 12
ALL, NAMED, FUSION = "all", "named", "fusion"
NOTHING_TO_ASK = "no title, sentence or topic in the texts makes a search"
RRF_CONSTANT = 60

Ranking = Callable[[Sequence[Passage], Sequence[Passage], Mapping[str, float]], Sequence[Passage]]
"""The passages nearest to a request, those that match its words, both best first, and the cosine of each of the latter
in; one ranking out."""
Measure = Callable[[int | None], float]
"""The place of the right work, counted from 1, or None where it was not found, in; a number from 0 to 1 out."""


def reciprocal_rank_fusion(
    near: Sequence[Passage], match: Sequence[Passage], _nearness: Mapping[str, float]
) -> list[Passage]:
    """Two rankings in, one by the sum of 1 / (60 + place) out (Cormack, Clarke and Büttcher, SIGIR 2009)."""
    sums: dict[str, float] = {}
    for ranking in (near, match):
        for place, passage in enumerate(ranking, 1):
            sums[passage.id] = sums.get(passage.id, 0.0) + 1 / (RRF_CONSTANT + place)
    found = {passage.id: passage for passage in (*match, *near)}
    return [found[one] for one in sorted(sums, key=lambda one: (-sums[one], one))]


RANKINGS: Mapping[str, Ranking] = {
    "bm25": lambda _near, match, _nearness: match,
    "vectors": lambda near, _match, _nearness: near,
    "rrf": reciprocal_rank_fusion,
}
MEASURES: Mapping[str, Measure] = {
    "recall@1": lambda place: float(place == 1),
    "recall@5": lambda place: float(place is not None and place <= 5),
    "recall@10": lambda place: float(place is not None and place <= 10),
    "mrr@10": lambda place: 1 / place if place is not None and place <= 10 else 0.0,
    "ndcg@10": lambda place: 1 / log2(place + 1) if place is not None and place <= 10 else 0.0,
}
PAIRED = ("recall@10", "ndcg@10")


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched and how. `rankings` are compared beside those of `RANKINGS`; the product's is called "fusion".

    `held` is an index that may know the vectors of chunks, `empty` makes a store for the time of one query kind, and
    `depth` is how many passages each list has.
    """

    embedder: Embedder
    held: VectorStore
    empty: Callable[[], VectorStore]
    rankings: Mapping[str, Ranking]
    depth: int


@dataclass(frozen=True, slots=True)
class Found:
    """One search done: the place of the right work by system, None where it is not in the list."""

    item: KnownItem
    places: Mapping[str, int | None]


def retrieval_of(
    documents: Sequence[Document],
    chunks: Sequence[Chunk],
    *,
    search: Search,
    most: int,
    seed: int,
    resamples: int,
) -> dict[str, Any]:
    """Documents and the chunks of their index in, the `retrieval` part of a report out; see the module."""
    texts = len({doc.work or doc.id for doc in documents if words(doc.text)})
    report = {"version": VERSION, "texts": texts, "searches": 0, "seed": seed, "resamples": resamples, "rows": []}
    items = known_items(documents, most=most, seed=seed) if texts >= LEAST_TEXTS else []
    if not items:
        why = f"{texts} texts are too few, {LEAST_TEXTS} are needed" if texts < LEAST_TEXTS else NOTHING_TO_ASK
        return {**report, "why": why, "sentences": [f"Search was not measured: {why}."]}
    rows = rows_of(run([*named(items), *items], documents, chunks, search=search), resamples=resamples, seed=seed)
    return {**report, "searches": len(items), "why": "", "rows": rows, "sentences": sentences_on(rows)}


def run(
    items: Sequence[KnownItem], documents: Sequence[Document], chunks: Sequence[Chunk], *, search: Search
) -> list[Found]:
    """Every item searched by every system, in an index in which what the item hides is cut out."""
    import numpy as np

    by_id = {doc.id: doc for doc in documents}
    work_of = {doc.id: doc.work or doc.id for doc in documents}
    known = dict(search.held.vectors([chunk.id for chunk in chunks]))
    found: list[Found] = []
    for query in dict.fromkeys(item.query for item in items):
        asked = [item for item in items if item.query == query]
        view = searchable(chunks, asked)
        new = [chunk for chunk in view if chunk.id not in known]
        made = search.embedder.embed([*(chunk.searched for chunk in new), *(item.text for item in asked)])
        known.update(zip((chunk.id for chunk in new), made, strict=False))
        index = search.empty()
        index.put(view, by_id, np.stack([known[chunk.id] for chunk in view]))
        for item, vector in zip(asked, made[len(new) :], strict=True):
            near = index.nearest(vector, k=search.depth, where=Where())
            match = index.matching(item.text, k=search.depth, where=Where())
            ways = {**RANKINGS, **search.rankings}
            nearness = cosines(index, vector, match)
            ranked = {name: rank(near, match, nearness) for name, rank in ways.items()}
            places = {name: place_of(item.work, passages, work_of) for name, passages in ranked.items()}
            found.append(Found(item, places))
    return found


def place_of(work: str, passages: Sequence[Passage], work_of: Mapping[str, str]) -> int | None:
    """A ranking of passages in, the place of a work among the works in it out, from 1; None where it is not there."""
    works = list(dict.fromkeys(work_of[passage.document] for passage in passages))
    return works.index(work) + 1 if work in works else None


def rows_of(found: Sequence[Found], *, resamples: int, seed: int) -> list[dict[str, Any]]:
    """Searches done in, a row for each kind of query and of document out, the sums over all but `named` first."""
    queries = list(dict.fromkeys(one.item.query for one in found))
    kinds = sorted({one.item.kind for one in found})
    rows = []
    for query in (ALL, *queries):
        for kind in (ALL, *(kinds if len(kinds) > 1 else ())):
            of_query = [one for one in found if one.item.query == query or (query == ALL and one.item.query != NAMED)]
            chosen = [one for one in of_query if kind in (ALL, one.item.kind)]
            if chosen:
                rows.append({"query": query, "kind": kind, **_row(chosen, resamples=resamples, seed=seed)})
    return rows


def _row(found: Sequence[Found], *, resamples: int, seed: int) -> dict[str, Any]:
    def values(name: str, measure: str) -> list[float | None]:
        return [MEASURES[measure](one.places[name]) for one in found]

    names = list(found[0].places)
    return {
        "systems": {
            name: {measure: mean_of(values(name, measure), resamples=resamples, seed=seed) for measure in MEASURES}
            for name in names
        },
        "differences": {
            f"{FUSION} - {name}": {
                measure: difference_of(
                    values(FUSION, measure),
                    values(name, measure),
                    resamples=resamples,
                    seed=seed,
                    lower_is_better=False,
                )
                for measure in PAIRED
            }
            for name in names
            if FUSION in names and name != FUSION
        },
    }
