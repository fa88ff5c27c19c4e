"""How a text opens, and that variants open apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.inference.composing.hooks import habit, hook_of, led_apart

OPENINGS = {
    "question": "Who reads the log? Nobody.",
    "number": "We had 412 alerts. Nine were useful.",
    "scene": "Gerald went up with a brush. It rained.",
    "claim": "A brush is cheaper than a sensor. Always.",
}


@pytest.mark.parametrize(("hook", "text"), OPENINGS.items())
def test_a_hook_is_told_by_the_first_sentence(hook: str, text: str) -> None:
    assert hook_of(text) == hook


def test_the_habit_is_in_shares() -> None:
    assert habit([OPENINGS["scene"], OPENINGS["scene"], OPENINGS["number"], OPENINGS["claim"]]) == {
        "scene": 0.5,
        "number": 0.25,
        "claim": 0.25,
    }
    assert habit([]) == {}


def test_the_best_leads_then_the_persons_usual_hooks_then_what_is_left() -> None:
    ranked = [(OPENINGS[hook], i) for i, hook in enumerate(["claim", "claim", "number", "scene", "claim"])]
    assert led_apart(ranked, 3, {"scene": 0.6, "number": 0.1}) == [0, 3, 2]
    assert led_apart(ranked, 5, {}) == [0, 2, 3, 1, 4]
    assert led_apart(ranked, 1, {"scene": 1.0}) == [0]
    assert led_apart([], 3, {}) == []


@given(st.lists(st.sampled_from(list(OPENINGS.values()))), st.integers(0, 6))
def test_nothing_is_lost_or_twice(texts: list[str], most: int) -> None:
    chosen = led_apart([(text, i) for i, text in enumerate(texts)], most, {})
    assert len(chosen) == len(set(chosen)) == min(most, len(texts))


def test_where_all_open_alike_they_lead_with_other_things() -> None:
    said = ["We had 24 kits from Vantrellis.", "We had 24 kits from Vantrellis in May.", "The 412 alerts were dust."]
    assert led_apart([(one, one) for one in said], 2, {}) == [said[0], said[2]]
    assert led_apart([(one, one) for one in said], 3, {}) == [said[0], said[2], said[1]]
