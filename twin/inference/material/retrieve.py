"""A request in, the passages of the person's own writing that it can stand on out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import log
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

from twin.core.protocols import Embedder, VectorStore, Where
from twin.core.records import Passage
from twin.core.text import shingles, words
from twin.inference.plan import HEARD
from twin.metrics.truth.stems import stems_in_turn
from twin.vectors import cosines

if TYPE_CHECKING:
    from twin.core.protocols import Vectors

DEPTH = 8
LEAST_COSINE = 0.25
MOST_PER_DOCUMENT = 2
MOST_EMBEDDED = 40
"""Passages from outside, some 15 a second on one core."""
LEAST_OF_EACH = 2
"""So many passages of each text from outside are embedded: a book beside it holds more of any word."""
SAME_WORDS = 0.3
"""Share of a passage's runs of five words that a better one of another text holds, from which it says the same."""


def retrieve(
    request: str,
    *,
    about: Sequence[str] = (),
    embedder: Embedder,
    vectors: VectorStore,
    k: int,
    where: Where | None = None,
) -> list[Passage]:
    """The k best passages by the sum of z-scored cosine and BM25, best first; none when nothing is near.

    `about` are topic words of the post that is answered; both scores for them are added, at `HEARD` of their weight.
    The z-score sum beat reciprocal rank fusion on known-item tests, and both lists alone: nDCG@10 0.861, of BM25 0.826,
    of vectors 0.822 on 967 searches (docs/log.md).
    """
    if k == 0:
        return []
    view = where or Where()
    asked = _asked(request, about, embedder)
    near = vectors.nearest(asked, k=DEPTH * k, where=view)
    match = vectors.matching(request, k=DEPTH * k, where=view)
    if about:
        match = _added(match, vectors.matching(" ".join(about), k=DEPTH * k, where=view))
    if not near or (near[0].score < LEAST_COSINE and not match):
        return []
    return various(fused(near, match, cosines(vectors, asked, match)), k=k)


def various(ranked: Sequence[Passage], *, k: int) -> list[Passage]:
    """A ranking in, its first k passages out: few of one text, and none that repeats the words of another text's."""
    best: list[Passage] = []
    taken: Counter[str] = Counter()
    for passage in ranked:
        if len(best) == k:
            break
        if taken[passage.document] < MOST_PER_DOCUMENT and not any(_repeats(passage, better) for better in best):
            taken[passage.document] += 1
            best.append(passage)
    return best


def _repeats(passage: Passage, better: Passage) -> bool:
    """Whether two passages of different texts tell the same in the same words, the shorter one within the longer."""
    if passage.document == better.document:
        return False
    runs = [shingles(words(one.text)) for one in (passage, better)]
    return len(runs[0] & runs[1]) >= SAME_WORDS * max(1, min(map(len, runs)))


def fused(near: Sequence[Passage], match: Sequence[Passage], nearness: Mapping[str, float]) -> list[Passage]:
    """What was found by cosine and by BM25 in, all of it by the sum of the z-scored scores out, best first.

    A passage that only BM25 found has its own cosine in `nearness`, on the scale of those found by cosine; one that
    only the cosine found gets the lowest z-score of BM25.
    """
    near_z = {**_z_scores(near, nearness), **_z_scores(near)}
    match_z = _z_scores(match)
    floor = min(near_z.values(), default=0.0), min(match_z.values(), default=0.0)
    found = {passage.id: passage for passage in (*match, *near)}
    sums = {one: near_z.get(one, floor[0]) + match_z.get(one, floor[1]) for one in found}
    ranked = sorted(sums, key=lambda one: (-sums[one], one))
    return [replace(found[one], score=round(sums[one], 3)) for one in ranked]


def nearest_outside(
    request: str, passages: Sequence[Passage], *, about: Sequence[str] = (), embedder: Embedder, k: int
) -> list[Passage]:
    """The k passages of the user's links and files that are nearest to the request; all of them stay if few.

    Of many only those are embedded that hold its rarest words: all of a book would take a minute.
    """
    if len(passages) <= k:
        return list(passages)
    passages = likely(request, passages, about=about)
    vectors = embedder.embed([passage.text for passage in passages])
    scores = (vectors @ _asked(request, about, embedder)).tolist()
    ranked = sorted(zip(scores, passages, strict=True), key=lambda one: -one[0])
    return [replace(passage, score=round(score, 3)) for score, passage in ranked[:k]]


def likely(request: str, passages: Sequence[Passage], *, about: Sequence[str] = ()) -> list[Passage]:
    """Passages in, at most `MOST_EMBEDDED` of them out, in their order: those that hold the request's rarest words.

    The best few of each text are among them. What the words leave open is filled evenly from the whole.
    """
    if len(passages) <= MOST_EMBEDDED:
        return list(passages)
    wanted = {**dict.fromkeys(_terms(" ".join(about)), HEARD), **dict.fromkeys(_terms(request), 1.0)}
    said = [Counter(word for word in _terms(passage.text) if word in wanted) for passage in passages]
    seen = Counter(word for one in said for word in one)
    weights = {word: wanted[word] * log(1 + len(said) / n) for word, n in seen.items()}
    scores = [sum(weights[word] * n / (n + 1) for word, n in one.items()) for one in said]
    best = sorted(range(len(passages)), key=lambda i: -scores[i])
    taken: Counter[str] = Counter()
    firsts = []
    for i in best:
        taken[passages[i].document] += 1
        if taken[passages[i].document] <= LEAST_OF_EACH:
            firsts.append(i)
    chosen = dict.fromkeys([*dict.fromkeys([*firsts, *(i for i in best if scores[i])])][:MOST_EMBEDDED])
    left, room = [i for i in range(len(passages)) if i not in chosen], MOST_EMBEDDED - len(chosen)
    chosen |= dict.fromkeys(left[j * len(left) // room] for j in range(room))
    return [passages[i] for i in sorted(chosen)]


def _terms(text: str) -> list[str]:
    """The stems of a text's content words and its numbers, with repeats."""
    return [*stems_in_turn(text), *(word for word in words(text) if any(map(str.isdecimal, word)))]


def _asked(request: str, about: Sequence[str], embedder: Embedder) -> Vectors:
    """[d] The vector of a request, of length 1, turned towards what the answered post is about."""
    import numpy as np

    asked: Vectors = embedder.embed([request])[0]
    if about:
        asked = asked + HEARD * embedder.embed([" ".join(about)])[0]
        asked = asked / np.linalg.norm(asked)
    return asked


def _added(match: Sequence[Passage], heard: Sequence[Passage]) -> list[Passage]:
    """What was found by the request's words and by those of the post in, all by the sum of their BM25, best first."""
    found = {passage.id: passage for passage in (*heard, *match)}
    sums = {passage.id: passage.score for passage in match}
    for passage in heard:
        sums[passage.id] = sums.get(passage.id, 0.0) + HEARD * passage.score
    return [replace(found[one], score=sums[one]) for one in sorted(sums, key=lambda one: (-sums[one], one))]


def _z_scores(found: Sequence[Passage], scores: Mapping[str, float] | None = None) -> dict[str, float]:
    """How far scores lie from the middle of what was found, in its spread: its own scores, or others."""
    own = {passage.id: passage.score for passage in found}
    spread = pstdev(own.values()) if len(own) > 1 else 0.0
    middle = fmean(own.values()) if own else 0.0
    return {one: (score - middle) / spread if spread else 0.0 for one, score in (scores or own).items()}
