"""Would a reranker fitted on known items pay? `python -m bench.reranking FOLDER`, over the corpora of bench.retrieval.

A logistic regression over differences between the passage that was asked for and the others of one search, on ten
numbers a passage. It is fitted on half of the authors and judged on the others, and on half of each author's own works
and judged on the other half, against the fusion of the same lists. A title search never sees a title.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from bench.retrieval import RESAMPLES, SEARCHES_A_KIND, SEED, documents
from twin.core.brief import content_words, document_frequency
from twin.core.records import Document, Passage, digest
from twin.core.settings import IndexSettings
from twin.core.text import words
from twin.evaluation.intervals import difference_of
from twin.evaluation.known_items import KnownItem, known_items
from twin.evaluation.retrieval import MEASURES, Search, place_of, run
from twin.evaluation.words import interval
from twin.features.index import index_chunks
from twin.inference.material.retrieve import fused
from twin.models import open_embedder
from twin.vectors import open_vectors

FEATURES = "cosine bm25 in_bm25 fusion overlap title pairs length siblings place_in_list".split()
DEPTH = 32


@dataclass(frozen=True)
class Searched:
    """One search: its candidates in the order of the fusion, their numbers, and which of them are of the right work."""

    item: KnownItem
    ranked: list[Passage]
    numbers: Any
    right: Any


def searched(item: KnownItem, lists: tuple[Any, ...], rare: Mapping[str, float]) -> Searched:
    near, match, nearness = lists
    near, match = near[:DEPTH], match[:DEPTH]
    ranked = fused(near, match, {one.id: nearness[one.id] for one in match})
    cosine = {**nearness, **{one.id: one.score for one in near}}
    bm25 = {one.id: one.score for one in match}
    texts = Counter(one.document for one in ranked)
    asked, run_on = set(content_words(item.text)), words(item.text)
    wanted = set(pairwise(run_on))
    weight = sum(rare.get(word, 1.0) for word in asked) or 1.0

    def numbers(place: int, one: Passage) -> list[float]:
        said = words(one.text)
        title = set(content_words(one.title)) if item.query != "title" else set()
        return [
            cosine[one.id],
            bm25.get(one.id, 0.0),
            float(one.id in bm25),
            one.score,
            sum(rare.get(word, 1.0) for word in asked & set(content_words(one.text))) / weight,
            sum(rare.get(word, 1.0) for word in asked & title) / weight,
            len(wanted & set(pairwise(said))) / max(1, len(wanted)),
            log(1 + len(said)),
            log(texts[one.document]),
            log(1 + place),
        ]

    table = np.array([numbers(place, one) for place, one in enumerate(ranked)])
    return Searched(item, ranked, table, np.array([one.document == item.work for one in ranked]))


def fitted(learned: Sequence[Searched]) -> Any:
    """A scaler and a regression over differences, each difference once in either direction by turns."""
    scale = StandardScaler().fit(np.concatenate([one.numbers for one in learned]))
    apart, signs = [], []
    for one in learned:
        if one.right.any() and not one.right.all():
            table = scale.transform(one.numbers)
            away = table[np.argmax(one.right)] - table[~one.right]
            sign = np.where(np.arange(len(away)) % 2, 1, -1)
            apart.append(away * sign[:, None])
            signs.append(sign)
    model = LogisticRegression(max_iter=500, fit_intercept=False)
    return scale, model.fit(np.concatenate(apart), np.concatenate(signs))


def judged(one: Searched, fit: Any) -> float:
    """nDCG@10 of a search whose candidates are put in the order of the regression."""
    scale, model = fit
    order = np.argsort(-model.decision_function(scale.transform(one.numbers)), kind="stable")
    return ndcg(one, [one.ranked[i] for i in order])


def ndcg(one: Searched, ranked: Sequence[Passage]) -> float:
    works = {passage.document: passage.document for passage in ranked}
    return MEASURES["ndcg@10"](place_of(one.item.work, ranked, works))


def crossed(every: Sequence[Searched], half: Mapping[int, int]) -> dict[int, float]:
    """Searches by position, each with its half, 0 or 1, in; each judged by what the other half taught, out."""
    found: dict[int, float] = {}
    for side in (0, 1):
        fit = fitted([every[i] for i in half if half[i] != side])
        found.update({i: judged(every[i], fit) for i in half if half[i] == side})
    return found


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    texts, every = documents(Path(sys.argv[1])), []
    author = {doc.id: doc.key.split("/")[0] for doc in texts}
    rare = rarity(texts)
    for item, lists in everything(texts):
        every.append(searched(item, lists, rare))
    base = [ndcg(one, one.ranked) for one in every]
    names = sorted(set(author.values()))
    by_author = crossed(every, {i: names.index(author[one.item.work]) % 2 for i, one in enumerate(every)})
    own: dict[int, float] = {}
    for name in names:
        mine = [i for i, one in enumerate(every) if author[one.item.work] == name]
        own.update(crossed(every, {i: int(digest(SEED, every[i].item.work), 16) % 2 for i in mine}))
    print(f"{len(every)} searches; nDCG@10 of the fusion {np.mean(base):.3f}")
    for told, found in (("fitted on other authors", by_author), ("fitted on the author's own", own)):
        values = [found[i] for i in range(len(every))]
        row = difference_of(values, base, resamples=RESAMPLES, seed=SEED, lower_is_better=False)
        print(f"{told:27} {np.mean(values):.3f}, less the fusion {interval(row, signed=True, digits=3)}")
    weights = fitted(every)[1].coef_[0]
    print("weights:", ", ".join(f"{name} {weight:+.2f}" for name, weight in zip(FEATURES, weights, strict=True)))


def rarity(texts: Sequence[Document]) -> dict[str, float]:
    frequency = document_frequency([doc.text for doc in texts])
    return {word: log((1 + len(texts)) / (1 + count)) for word, count in frequency.items()}


def everything(texts: list[Document]) -> list[tuple[KnownItem, tuple[Any, ...]]]:
    """Every search with the two lists that it found, as the instrument of `evaluate` makes them."""
    sizes = IndexSettings()
    embedder = open_embedder(sizes.embedder)
    chunks = index_chunks(
        texts, embedder=embedder, chunk_tokens=sizes.chunk_tokens, overlap_tokens=sizes.overlap_tokens
    )
    held = open_vectors(sizes.store, None, embedder.dimensions)
    held.put(chunks, {doc.id: doc for doc in texts}, embedder.embed([chunk.searched for chunk in chunks]))
    lists: list[tuple[Any, ...]] = []

    def noted(near: Any, match: Any, nearness: Any) -> Any:
        lists.append((near, match, nearness))
        return near

    empty = lambda: open_vectors(sizes.store, None, embedder.dimensions)  # noqa: E731
    search = Search(embedder=embedder, held=held, empty=empty, rankings={"noted": noted}, depth=DEPTH)
    found = run(known_items(texts, most=SEARCHES_A_KIND, seed=SEED), texts, chunks, search=search)
    return list(zip((one.item for one in found), lists, strict=True))


if __name__ == "__main__":
    main()
