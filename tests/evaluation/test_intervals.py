"""Intervals: they hold their value, shrink with n, are the same for the same seed, and are never NaN."""

from __future__ import annotations

from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.evaluation.intervals import difference_of, mean_of, rate_of

VALUES = st.lists(st.none() | st.floats(allow_infinity=True, allow_nan=True) | st.floats(-5, 5), max_size=40)


@given(VALUES)
def test_a_mean_is_finite_or_absent_and_lies_in_its_interval(values: list[float | None]) -> None:
    values = [None if value is not None and isfinite(value) and abs(value) > 1e6 else value for value in values]
    row = mean_of(values, resamples=50, seed=1)
    assert (row["value"] is None) == (row["n"] == 0)
    if row["n"] > 1:
        assert all(isfinite(row[key]) for key in ("value", "low", "high"))
        assert row["low"] <= row["high"]
        kept = [value for value in values if value is not None and isfinite(value)]
        assert min(kept) - 1e-5 <= row["low"] <= row["high"] <= max(kept) + 1e-5


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_rate_lies_in_its_interval(hits: int, more: int) -> None:
    row = rate_of(hits, hits + more)
    if hits + more:
        assert 0 <= row["low"] <= row["value"] <= row["high"] <= 1
    else:
        assert row["value"] is None


def test_wilson_at_nought_of_ten_is_what_the_books_say() -> None:
    assert rate_of(0, 10)["high"] == pytest.approx(0.2775, abs=1e-4)
    assert rate_of(5, 10)["low"] == pytest.approx(0.2366, abs=1e-4)


def test_the_bootstrap_covers_the_truth_about_95_times_in_100() -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    rows = [mean_of(list(rng.normal(1.0, 1.0, 30)), resamples=400, seed=i) for i in range(300)]
    assert 0.88 <= sum(row["low"] <= 1.0 <= row["high"] for row in rows) / len(rows) <= 0.98


def test_a_difference_is_paired_and_counts_wins() -> None:
    left, right = [1.0, 5.0, 9.0, None, 3.0], [0.5, 4.5, 8.5, 7.0, None]
    row = difference_of(left, right, resamples=200, seed=1, lower_is_better=False)
    assert (row["value"], row["low"], row["high"], row["n"], row["wins"]) == (0.5, 0.5, 0.5, 3, 3)
    assert difference_of(left, right, resamples=200, seed=1, lower_is_better=True)["wins"] == 0


def test_the_same_seed_gives_the_same_interval() -> None:
    values = [0.1 * i for i in range(20)]
    assert mean_of(values, resamples=300, seed=5) == mean_of(values, resamples=300, seed=5)
    assert mean_of(values, resamples=300, seed=5) != mean_of(values, resamples=300, seed=6)
