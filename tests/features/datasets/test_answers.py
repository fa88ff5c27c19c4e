"""What a helper answers is believed only where it says what the text says, and not how."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.core.text import words
from twin.features.datasets.answers import Refused, read_answer

TEXT = (
    "Gerald turned fifty on Tuesday.\n\nHe is the lift at the Corn Exchange, and he has 61 relays. I cleaned nine of "
    "them with a brush. There was a cake, and nobody from Vantrellis came to eat it."
)
GOOD = {"topic": "a birthday of an old lift", "facts": ["61 relays", "lift at the Corn Exchange"], "form": "story"}
FLAT = "An old lift in a corn exchange had its birthday. It has 61 relays. Some were cleaned. A cake was offered."


def read(*, cut_off: bool = False, **changes: Any) -> dict[str, Any]:
    return read_answer(json.dumps({**GOOD, **changes}), TEXT, neutral=False, cut_off=cut_off)


def test_a_good_answer_is_taken_also_with_talk_around_it() -> None:
    assert read() == {**GOOD, "neutral": ""}
    fenced = f"Sure! Here it is:\n```json\n{json.dumps(GOOD)}\n```\nAnything else?"
    assert read_answer(fenced, TEXT, neutral=False, cut_off=False)["topic"] == GOOD["topic"]
    assert read_answer(json.dumps({**GOOD, "neutral": FLAT}), TEXT, neutral=True, cut_off=False)["neutral"] == FLAT


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "no JSON"),
        ("I would rather not.", "no JSON"),
        ('{"topic": "a lift", "facts": [', "no JSON"),
        ("[1, 2]", "no JSON"),
        ('{"topic": "a lift"}', "another form"),
        (json.dumps({**GOOD, "form": "sonnet"}), "another form"),
        (json.dumps({**GOOD, "facts": "61 relays"}), "another form"),
        (json.dumps({**GOOD, "facts": ["x " * 30]}), "too long"),
        (json.dumps({**GOOD, "topic": "Why I cleaned nine of them"}), "repeats the text"),
        (json.dumps({**GOOD, "facts": ["Gerald turned fifty on Tuesday"]}), "repeats the opening"),
        (json.dumps({**GOOD, "facts": ["62 relays"]}), "a number of its own"),
    ],
)
def test_an_answer_of_no_use_is_refused_with_its_reason(answer: str, reason: str) -> None:
    with pytest.raises(Refused) as bad:
        read_answer(answer, TEXT, neutral=False, cut_off=False)
    assert bad.value.reason == reason and bad.value.problem and bad.value.usable is None


def test_half_an_answer_is_none() -> None:
    with pytest.raises(Refused, match="shorter"):
        read(cut_off=True)


@pytest.mark.parametrize("neutral", ["", "A cake.", TEXT, FLAT.replace("61", "71")])
def test_a_neutral_draft_of_no_use_leaves_the_brief(neutral: str) -> None:
    with pytest.raises(Refused) as bad:
        read_answer(json.dumps({**GOOD, "neutral": neutral}), TEXT, neutral=True, cut_off=False)
    assert bad.value.reason == "no neutral draft"
    assert bad.value.usable == {**GOOD, "neutral": ""}


@given(start=st.integers(0, 30), size=st.integers(4, 12))
def test_no_run_of_four_words_comes_through_in_a_topic(start: int, size: int) -> None:
    tokens = words(TEXT)
    run = tokens[start : start + size]
    if len(run) >= 4:
        with pytest.raises(Refused):
            read(topic=f"about {' '.join(run)} and more")
