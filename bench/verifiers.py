"""The usual ways to tell an author from others, on the same texts: what the product's verifier is compared with.

Each takes the author's texts and the others' texts, a list for each person, and returns what scores new texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import log2
from typing import Any

import numpy as np

from twin.core.text import words
from twin.metrics.background.typography import normalise

Scorer = Callable[[Sequence[str]], Any]
Verifier = Callable[[Sequence[str], Sequence[Sequence[str]]], Scorer]

FREQUENT_WORDS = 300
IMPOSTOR_ROUNDS = 100
PPM_ORDER = 5


def centroid(own: Sequence[str], others: Sequence[Sequence[str]]) -> Scorer:
    """Cosine to the author's centroid on character 4-grams: the baseline of PAN 2020."""
    vectors = _char_grams([*own, *_flat(others)], (4, 4))
    mean = np.asarray(vectors.transform(list(own)).mean(axis=0)).ravel()
    return lambda texts: vectors.transform(list(texts)) @ (mean / np.linalg.norm(mean))


def contrasted(own: Sequence[str], others: Sequence[Sequence[str]]) -> Scorer:
    """The same less the cosine to the centroid of the others."""
    vectors = _char_grams([*own, *_flat(others)], (4, 4))
    means = [np.asarray(vectors.transform(list(texts)).mean(axis=0)).ravel() for texts in (own, _flat(others))]
    first, second = (mean / np.linalg.norm(mean) for mean in means)
    return lambda texts: vectors.transform(list(texts)) @ (first - second)


def cosine_delta(own: Sequence[str], others: Sequence[Sequence[str]]) -> Scorer:
    """Cosine Delta (Smith and Aldridge 2011): z-scores of the most frequent words, cosine to the author's mean."""
    known = [*own, *_flat(others)]
    counts = Counter(word for text in known for word in words(normalise(text)))
    frequent = [word for word, _ in counts.most_common(FREQUENT_WORDS)]
    rates = _rates(known, frequent)
    centre, spread = rates.mean(axis=0), rates.std(axis=0) + 1e-9
    mean = ((rates[: len(own)] - centre) / spread).mean(axis=0)

    def score(texts: Sequence[str]) -> Any:
        z = (_rates(texts, frequent) - centre) / spread
        return z @ mean / (np.linalg.norm(z, axis=1) * np.linalg.norm(mean) + 1e-9)

    return score


def impostors(own: Sequence[str], others: Sequence[Sequence[str]]) -> Scorer:
    """General Impostors (Koppel and Winter 2014): how often the author is nearer than every other, on random thirds."""
    vectors = _char_grams([*own, *_flat(others)], (4, 4))
    profiles = np.vstack([np.asarray(vectors.transform(list(person)).mean(axis=0)) for person in (own, *others)])
    rng = np.random.default_rng(7)
    size = profiles.shape[1]
    masks = np.stack([rng.permutation(size) < size // 3 for _ in range(IMPOSTOR_ROUNDS)])
    lengths = np.sqrt((profiles**2) @ masks.T)

    def score(texts: Sequence[str]) -> Any:
        found = []
        for row in vectors.transform(list(texts)):
            shared = (profiles[:, row.indices] * row.data) @ masks[:, row.indices].T / (lengths + 1e-9)
            margin = shared[0] - shared[1:].max(axis=0)
            found.append((margin > 0).mean() + 1e-3 * margin.mean())
        return np.array(found)

    return score


def ppm(own: Sequence[str], others: Sequence[Sequence[str]]) -> Scorer:
    """Bits a character that a model of the author saves against a model of the others, backing off from order 5."""
    mine, theirs = _CharModel(own), _CharModel(_flat(others))
    return lambda texts: np.array([theirs.bits(text) - mine.bits(text) for text in texts])


class _CharModel:
    """Witten-Bell interpolation over the last 0 to `PPM_ORDER` characters."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._next: dict[str, Counter[str]] = {}
        for text in texts:
            plain = normalise(text)
            for i, char in enumerate(plain):
                for order in range(min(i, PPM_ORDER) + 1):
                    self._next.setdefault(plain[i - order : i], Counter())[char] += 1
        self._sums = {context: (sum(found.values()), len(found)) for context, found in self._next.items()}

    def bits(self, text: str) -> float:
        plain = normalise(text)
        return sum(-log2(self._chance(plain[max(0, i - PPM_ORDER) : i], char)) for i, char in enumerate(plain)) / max(
            1, len(plain)
        )

    def _chance(self, context: str, char: str) -> float:
        chance = 1 / 256
        for order in range(len(context) + 1):
            known = context[len(context) - order :]
            if known not in self._next:
                break
            total, kinds = self._sums[known]
            chance = (self._next[known][char] + kinds * chance) / (total + kinds)
        return chance


def _char_grams(texts: Sequence[str], size: tuple[int, int]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(
        analyzer="char", ngram_range=size, lowercase=False, sublinear_tf=True, min_df=3, preprocessor=normalise
    )
    return vectors.fit(texts)


def _rates(texts: Sequence[str], frequent: Sequence[str]) -> Any:
    place = {word: i for i, word in enumerate(frequent)}
    rates = np.zeros((len(texts), len(frequent)))
    for row, text in zip(rates, texts, strict=True):
        found = words(normalise(text))
        for word in found:
            if word in place:
                row[place[word]] += 1 / len(found)
    return rates


def _flat(people: Sequence[Sequence[str]]) -> list[str]:
    return [text for person in people for text in person]


PEERS: dict[str, Verifier] = {
    "cosine": centroid,
    "cosine - others": contrasted,
    "Cosine Delta": cosine_delta,
    "General Impostors": impostors,
    "PPM-like": ppm,
}
