"""Whether a text is a person's or the bare model's, so that a small model is not taken for a person it only resembles.

Told from people alone, a small model's text beats other people's in more than half of all pairs: it is like nobody, and
so it is like the author too (EVALUATION.md §2; `python -m bench.impostors`). A few of its texts among hundreds of
people's hardly move a verifier. Here they stand against all people at once, in two linear heads over the same views.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.metrics.voice.heads import GRAMS_C, View, odds, stacked

PENALTY = 8.0
"""What a text costs that is as much the model's as the model's own, in spreads of the others."""
LOWEST = 0.1
"""Share of texts, of people's and of the author's own, that may cost anything: nothing above does."""


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """`scores`: n parts in, [n] log odds out, higher is more a person."""

    chars: Any
    masked: Any

    def scores(self, view: View) -> Any:
        return (odds(self.chars, view.chars) + odds(self.masked, view.masked)) / 2


@dataclass(frozen=True, slots=True)
class Ends:
    """Log odds, out of fold: the mean of the model's texts, and where the lowest `LOWEST` of people's begin.

    Or of the author's, where these lie lower: some write a little like a model, and must not lose themselves for it.
    """

    model: float
    people: float

    @classmethod
    def of(cls, scores: Any, own: int, by_people: int) -> Ends:
        """[n] log odds in, those of the author first, then those of other people, `by_people` with the author's."""
        import numpy as np

        lowest = min(np.quantile(scores[:own], LOWEST), np.quantile(scores[:by_people], LOWEST))
        return cls(float(scores[by_people:].mean()), float(lowest))

    def penalty(self, scores: Any) -> Any:
        """[n] log odds in, [n] penalties in spreads out."""
        import numpy as np

        return PENALTY * np.clip((self.people - scores) / max(1e-9, self.people - self.model), 0.0, 1.5)


def machine(people: View, model: View, *, seed: int) -> Machine:
    """Parts by people and by the bare model in, what tells them apart out."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    both = stacked(people, model)
    target = np.concatenate([np.ones(len(people)), np.zeros(len(model))])

    def on(rows: Any) -> Any:
        head = LogisticRegression(
            C=GRAMS_C, class_weight="balanced", solver="liblinear", dual=True, tol=1e-3, random_state=seed
        )
        return head.fit(rows, target)

    return Machine(on(both.chars), on(both.masked))
