"""Closed-set attribution: of the author, the others and the bare model, whom does a text look most like?

One linear classifier over character n-grams (ridge regression on one-hot labels). It answers another question than the
verifier: not "is it the author", but "who of these", with the bare model among them (EVALUATION.md §3).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twin.metrics.background import Background
from twin.metrics.background.typography import spoken
from twin.metrics.voice.heads import Lens

AUTHOR, MODEL = "the author", "the bare model"
MOST_OF_ONE = 60
LEAST_OF_ONE = 10
FOLDS = 3


class Attribution:
    """Fitted on the author's texts, modern people of the background, and texts of the bare model where there are any.

    `own` is the share of the author's own texts that are called theirs by folds that did not see them; `names` are
    the classes. `model_like` is the share of the author's own texts called the bare model's.
    """

    version = "2"

    def __init__(self, author_texts: Sequence[str], background: Background, *, negatives: Sequence[str] = ()) -> None:
        import numpy as np

        self._lens = Lens(background)
        own = self._rows(author_texts[-MOST_OF_ONE:])
        blocks, labels = [own], [AUTHOR] * own.shape[0]
        if negatives:
            blocks, labels = [*blocks, self._rows(negatives)], labels + [MODEL] * len(negatives)
        everybody = self._lens.others().chars
        for i, person in enumerate(background.people):
            rows = np.flatnonzero(background.person == i)[:MOST_OF_ONE]
            if person.era == "modern" and len(rows) >= LEAST_OF_ONE:
                blocks, labels = [*blocks, everybody[rows]], labels + [person.name] * len(rows)
        self.names = tuple(dict.fromkeys(labels))
        self._fit(blocks, np.array(labels), own.shape[0])

    def _fit(self, blocks: Sequence[Any], labels: Any, own: int) -> None:
        import numpy as np
        from scipy.sparse import vstack

        rows = vstack(blocks).tocsr()
        fold = np.where(np.arange(len(labels)) < own, np.arange(len(labels)) * FOLDS // max(1, own), -1)
        called = [
            name
            for i in range(FOLDS)
            if (fold == i).any()
            for name in self._ridge(rows, labels, fold != i)(rows[fold == i])
        ]
        self.own = sum(name == AUTHOR for name in called) / max(1, len(called))
        self.model_like = sum(name == MODEL for name in called) / max(1, len(called))
        self._who = self._ridge(rows, labels, fold > -2)

    @staticmethod
    def _ridge(rows: Any, labels: Any, seen: Any) -> Any:
        from sklearn.linear_model import RidgeClassifier

        return (
            RidgeClassifier(alpha=0.3, class_weight="balanced", solver="sparse_cg")
            .fit(rows[seen], labels[seen])
            .predict
        )

    def _rows(self, texts: Sequence[str]) -> Any:
        return self._lens.view([spoken(text) for text in texts]).chars

    def of(self, texts: Sequence[str]) -> list[str]:
        """Texts in, the name that each is called by out."""
        return [str(name) for name in self._who(self._rows(texts))] if texts else []
