"""Three linear heads that tell an author from the others: character n-grams, the same without topic, sentence form.

Method: logistic regression on tf-idf of character 2- to 5-grams (C = 10, classes balanced), on the same of the text
with topic words masked, and on function words, marks and lengths, EVALUATION.md §2. Where the heads disagree, topic may
be taken for voice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from twin.metrics.background import Background
from twin.metrics.background.features import form_rates

HEADS = ("chars", "masked", "form")
GRAMS_C = 10.0
FORM_C = 0.1
FORM_CLIP = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """n parts as the heads see them: `chars` and `masked` sparse [n x v], rows of length 1, `form` [n x f] rates."""

    chars: Any
    masked: Any
    form: Any

    def __getitem__(self, rows: Any) -> View:
        return View(self.chars[rows], self.masked[rows], self.form[rows])

    def __len__(self) -> int:
        return int(self.chars.shape[0])


class Lens:
    """What turns texts, and the background itself, into views: the rarity of each n-gram is that among the others."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._chars, self._masked = rarity(background.chars.counts), rarity(background.masked.counts)

    def others(self) -> View:
        background = self._background
        return self._view(background.chars.counts, background.masked.counts, background.form)

    def view(self, texts: Sequence[str]) -> View:
        return self._view(*self._background.columns(texts), form_rates(texts))

    def _view(self, chars: Any, masked: Any, form: Any) -> View:
        return View(weighed(chars, self._chars), weighed(masked, self._masked), form.astype(float))


def stacked(first: View, second: View) -> View:
    import numpy as np
    from scipy.sparse import vstack

    chars, masked = (vstack([a, b]).tocsr() for a, b in ((first.chars, second.chars), (first.masked, second.masked)))
    return View(chars, masked, np.vstack([first.form, second.form]))


def rarity(counts: Any) -> Any:
    """[n x v] counts of the others in, the weight of each n-gram out: log of how few parts hold it."""
    import numpy as np

    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.log((1 + counts.shape[0]) / (1 + frequency)) + 1


def weighed(counts: Any, weight: Any) -> Any:
    """[n x v] counts in, rows of length 1 out: (1 + log count) x weight."""
    import numpy as np
    from sklearn.preprocessing import normalize

    weighted = counts.astype(np.float64)
    weighted.data = 1 + np.log(weighted.data)
    return normalize(weighted.multiply(weight).tocsr())


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """The heads of `HEADS`, fitted on the author's rows against the others' rows."""

    chars: Any
    masked: Any
    form: Any
    centre: Any
    spread: Any

    def scores(self, view: View) -> Any:
        """n parts in, [3 x n] log odds out, a row for each head; higher is more the author."""
        import numpy as np

        return np.stack(
            [
                odds(self.chars, view.chars),
                odds(self.masked, view.masked),
                odds(self.form, _clipped(view.form, self.centre, self.spread)),
            ]
        )


def odds(head: Any, rows: Any) -> Any:
    """[n x v] rows in, [n] log odds of a fitted head out: its `decision_function`, whose checks take longer."""
    return rows @ head.coef_[0] + head.intercept_[0]


def fitted(own: View, others: View, *, seed: int) -> Heads:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    target = np.concatenate([np.ones(len(own)), np.zeros(len(others))])
    both = stacked(own, others)

    def on_grams(rows: Any) -> Any:
        head = LogisticRegression(
            C=GRAMS_C,
            class_weight="balanced",
            solver="liblinear",
            dual=True,
            tol=1e-3,
            max_iter=2000,
            random_state=seed,
        )
        return head.fit(rows, target)

    form = LogisticRegression(C=FORM_C, class_weight="balanced", solver="lbfgs", max_iter=2000)
    centre, spread = others.form.mean(axis=0), others.form.std(axis=0) + 1.0
    form.fit(_clipped(both.form, centre, spread), target)
    return Heads(on_grams(both.chars), on_grams(both.masked), form, centre, spread)


def _clipped(form: Any, centre: Any, spread: Any) -> Any:
    """Rates in, distances from the others out; one strange text cannot pull a head beyond `FORM_CLIP`."""
    import numpy as np

    return np.clip((form - centre) / spread, -FORM_CLIP, FORM_CLIP)
