"""Values by brief in, means with intervals out. The unit is the brief; nothing here ever returns NaN.

Means and differences: percentile bootstrap over briefs with a fixed seed. Rates: Wilson's interval, which stays honest
at 0 of n. No interval under two values.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, sqrt
from typing import Any

Z_95 = 1.959964
Row = dict[str, Any]


def mean_of(values: Sequence[float | None], *, resamples: int, seed: int) -> Row:
    """One value a brief, None where there is none, in; `{value, low, high, n}` of their mean out (95%)."""
    found = [value for value in values if value is not None and isfinite(value)]
    if not found:
        return {"value": None, "low": None, "high": None, "n": 0}
    low, high = _bootstrap(found, resamples, seed) if len(found) > 1 else (None, None)
    return {"value": _rounded(sum(found) / len(found)), "low": low, "high": high, "n": len(found)}


def rate_of(hits: int, n: int) -> Row:
    """`hits` of `n` in, the share with Wilson's 95% interval out."""
    if n == 0:
        return {"value": None, "low": None, "high": None, "n": 0}
    share, z2 = hits / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return {
        "value": _rounded(share),
        "low": _rounded(min(share, max(0.0, middle - half))),
        "high": _rounded(max(share, min(1.0, middle + half))),
        "n": n,
    }


def difference_of(
    left: Sequence[float | None], right: Sequence[float | None], *, resamples: int, seed: int, lower_is_better: bool
) -> Row:
    """Two systems' values for the same briefs in, `left - right` over the briefs that both have out, with the wins."""
    pairs = [(one, other) for one, other in zip(left, right, strict=True) if one is not None and other is not None]
    row = mean_of([one - other for one, other in pairs], resamples=resamples, seed=seed)
    row["wins"] = sum((one < other) if lower_is_better else (one > other) for one, other in pairs)
    return row


def apart_of(left: Sequence[float], right: Sequence[float], *, resamples: int, seed: int) -> Row:
    """Values of different texts in, the difference of their means out: either side is drawn for itself."""
    if not left or not right:
        return {"value": None, "low": None, "high": None, "n": 0}
    value = _rounded(sum(left) / len(left) - sum(right) / len(right))
    ends = _quantiles(_drawn(left, resamples, seed) - _drawn(right, resamples, seed + 1))
    return {"value": value, "low": ends[0], "high": ends[1], "n": min(len(left), len(right))}


def _bootstrap(values: Sequence[float], resamples: int, seed: int) -> tuple[float, float]:
    return _quantiles(_drawn(values, resamples, seed))


def _drawn(values: Sequence[float], resamples: int, seed: int) -> Any:
    """[resamples] means of as many values, drawn with replacement."""
    import numpy as np

    drawn = np.random.default_rng(seed).integers(0, len(values), size=(max(1, resamples), len(values)))
    return np.asarray(values, dtype=np.float64)[drawn].mean(axis=1)


def _quantiles(means: Any) -> tuple[float, float]:
    import numpy as np

    low, high = np.quantile(means, (0.025, 0.975))
    return _rounded(float(low)), _rounded(float(high))


def _rounded(value: float) -> float:
    return round(value, 6) + 0.0
