"""Repetition: how much of a text its author has told before, and which of their texts told it.

A post may repeat a story without copying a word. Two texts tell the same where their content words are the same:
cosine of tf-idf over stems, how rare each is taken from the author's own texts. What is much for this author is read
off their own history: each text against all the older ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import islice
from math import ceil
from typing import Any

from twin.core.brief import content_words
from twin.core.links import unlinked
from twin.core.protocols import Measurement, Sample
from twin.core.text import words
from twin.metrics.truth.stems import in_full, stem

LEAST_GATE = 0.5
RETOLD = 0.8
"""From here on two of the author's own texts are one story told twice: it is no habit and sets no gate."""
LEAST_STEMS = 8
OPENING_WORDS = 4
LEAST_TO_CALIBRATE = 8
_CALIBRATED_ON = 2000


class Repetition:
    """`history` are the author's texts by id, oldest first. From `gate` on a text repeats one of them.

    `value` is the cosine with the nearest text, 0 to 1; `detail` names that `document`, the content words that both
    hold (`shared`), the texts that begin with the same words (`opening`), and says whether it is `repeated`, which is
    from the `gate` on.
    """

    name = "repetition"
    version = "2"

    def __init__(self, history: Mapping[str, str]) -> None:
        history = {id_: unlinked(text) for id_, text in history.items()}
        self._told = {id_: text for id_, text in history.items() if len(_stems(text)) >= LEAST_STEMS}
        self._openings: dict[tuple[str, ...], list[str]] = {}
        for id_, text in history.items():
            self._openings.setdefault(_opening(text), []).append(id_)

    def measure(self, sample: Sample) -> Measurement:
        mine = _stems(sample.text)
        if len(mine) < LEAST_STEMS:
            return Measurement(self.name, self.version, None, f"fewer than {LEAST_STEMS} content words")
        opening = self._openings.get(_opening(sample.text), [])
        if not self._told:
            return Measurement(self.name, self.version, 0.0, "", self._detail("", [], opening, value=0.0))
        vectorizer, matrix = self._fitted
        near = (matrix @ vectorizer.transform([sample.text]).T).toarray()[:, 0]
        best = int(near.argmax())
        value = min(1.0, float(near[best]))
        id_ = list(self._told)[best] if value > 0 else ""
        shared = sorted(set(mine) & set(_stems(self._told[id_]))) if id_ else []
        detail = self._detail(id_, shared, opening, value=value)
        return Measurement(self.name, self.version, round(value, 4), "", detail)

    def _detail(self, document: str, shared: Sequence[str], opening: Sequence[str], *, value: float) -> dict[str, Any]:
        again = {"gate": self.gate, "repeated": bool(self._told) and value >= self.gate}
        return {"document": document, "shared": list(shared), "opening": list(opening), **again}

    @cached_property
    def gate(self) -> float:
        """The 99th percentile of the author's own texts against their older ones, at least `LEAST_GATE`."""
        own = sorted(value for value in self._own() if value < RETOLD)
        if len(own) < LEAST_TO_CALIBRATE:
            return LEAST_GATE
        return max(LEAST_GATE, own[ceil(0.99 * len(own)) - 1])

    def _own(self) -> list[float]:
        """Each of the newest texts against all that came before it."""
        if len(self._told) < 2:
            return []
        _, matrix = self._fitted
        first = max(1, len(self._told) - _CALIBRATED_ON)
        return [float((matrix[:i] @ matrix[i].T).max()) for i in range(first, len(self._told))]

    @cached_property
    def _fitted(self) -> tuple[Any, Any]:
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(analyzer=_stems, sublinear_tf=True)
        return vectorizer, vectorizer.fit_transform(self._told.values()).tocsr()


def _stems(text: str) -> list[str]:
    return [stem(word) for word in content_words(in_full(text))]


def _opening(text: str) -> tuple[str, ...]:
    return tuple(islice(words(text[:400]), OPENING_WORDS))
