"""Two linear heads that tell an author from the others: character n-grams, and the form of sentences.

Method: logistic regression on tf-idf of character 2- to 5-grams (C = 10, classes balanced), EVALUATION.md §2. The form
head sees function words, marks and lengths only: where it disagrees with the first, topic may be taken for voice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CHAR_C = 10.0
FORM_C = 0.1
FORM_CLIP = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """n parts as the heads see them: `chars` is sparse [n x v] counts, `form` is [n x f] rates."""

    chars: Any
    form: Any

    def __getitem__(self, rows: Any) -> View:
        return View(self.chars[rows], self.form[rows])

    def __len__(self) -> int:
        return int(self.chars.shape[0])


def stacked(first: View, second: View) -> View:
    import numpy as np
    from scipy.sparse import vstack

    return View(vstack([first.chars, second.chars]).tocsr(), np.vstack([first.form, second.form]))


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
    """Both heads, fitted on the author's rows against the others' rows."""

    chars: Any
    form: Any
    centre: Any
    spread: Any

    def scores(self, view: View) -> tuple[Any, Any]:
        """n parts in, [n] log odds of the character head and [n] of the form head out; higher is more the author."""
        return self.chars.decision_function(view.chars), self.form.decision_function(self._scaled(view.form))

    def _scaled(self, form: Any) -> Any:
        return _clipped(form, self.centre, self.spread)


def fitted(own: View, others: View, *, seed: int) -> Heads:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    target = np.concatenate([np.ones(len(own)), np.zeros(len(others))])
    both = stacked(own, others)
    chars = LogisticRegression(
        C=CHAR_C, class_weight="balanced", solver="liblinear", dual=True, tol=1e-3, max_iter=2000, random_state=seed
    )
    form = LogisticRegression(C=FORM_C, class_weight="balanced", solver="lbfgs", max_iter=2000)
    centre, spread = others.form.mean(axis=0), others.form.std(axis=0) + 1.0
    form.fit(_clipped(both.form, centre, spread), target)
    return Heads(chars.fit(both.chars, target), form, centre, spread)


def _clipped(form: Any, centre: Any, spread: Any) -> Any:
    """Rates in, distances from the others out; one strange text cannot pull a head beyond `FORM_CLIP`."""
    import numpy as np

    return np.clip((form - centre) / spread, -FORM_CLIP, FORM_CLIP)
