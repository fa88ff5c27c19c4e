"""Habits: each beside the author's own range, in counts that can be checked by hand."""

from __future__ import annotations

import pytest
from corpora import invented

from twin.core.protocols import Sample
from twin.metrics.habits import HABITS, LEAST_TEXTS, Habits

POST = "Did it shut? It did! You saw it.\n\n- one\n- two #doors 🚪\n\nI wept, and you wept."


@pytest.mark.parametrize(
    ("habit", "value"),
    [("questions", 1), ("exclamation marks", 1), ("lines of a list", 2), ("hashtags", 1), ("emoji", 1)],
)
def test_what_can_be_counted_is_counted(habit: str, value: float) -> None:
    assert HABITS[habit](POST) == value


def test_i_and_you_are_rates_of_words() -> None:
    assert HABITS["“I” in 100 words"]("I saw it and you saw me.") == pytest.approx(100 * 2 / 7)
    assert HABITS["“you” in 100 words"]("I saw it and you saw me.") == pytest.approx(100 / 7)


def test_a_habit_beyond_the_authors_own_range_is_outside() -> None:
    measure = Habits(invented("plain", 20))
    own = measure.measure(Sample(invented("plain", 1, seed=9)[0]))
    shouting = measure.measure(Sample("What? Why? No! Stop! Really? Yes!"))
    assert own.value is not None
    assert shouting.value is not None
    assert own.value > shouting.value
    outside = {row["habit"] for row in shouting.detail["habits"] if not row["within"]}
    assert {"questions", "exclamation marks", "words a sentence"} <= outside


def test_too_few_texts_have_no_range() -> None:
    found = Habits(invented("plain", LEAST_TEXTS - 1)).measure(Sample(POST))
    assert (found.value, found.why) == (None, f"a range needs {LEAST_TEXTS} texts of the author")
