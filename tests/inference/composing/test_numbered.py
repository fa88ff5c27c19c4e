"""Points of a numbered list are counted 1, 2, 3, unless their numbers say something."""

import pytest

from twin.inference.composing.candidates import fitted
from twin.inference.composing.compose import Grown
from twin.inference.composing.numbered import counted, counted_as
from twin.inference.places import load


@pytest.mark.parametrize(
    ("text", "anew"),
    [
        ("We mend:\n2. Doors.\n1. Sills.\n3. Tracks.\n\n38", "We mend:\n1. Doors.\n2. Sills.\n3. Tracks.\n\n38"),
        ("2) Doors\n\n1) Sills", "1) Doors\n\n2) Sills"),
        (
            "2. Doors\n   1. Oak\n   2. Pine\n1. Sills\n   of oak",
            "1. Doors\n   1. Oak\n   2. Pine\n2. Sills\n   of oak",
        ),
        ("- Doors\n  2. Wood\n  1. Glass", "- Doors\n  1. Wood\n  2. Glass"),
    ],
)
def test_points_in_another_order_are_counted_anew(text: str, anew: str) -> None:
    assert counted(text) == anew
    assert counted(anew) == anew


@pytest.mark.parametrize(
    "text",
    [
        "1. Doors\n1. Sills\n2. Tracks",
        "3. Doors\n2. Sills\n1. Tracks",
        "1. Doors\n3. Sills",
        "2. Doors\n3. Sills",
        "2. Doors\n- Sills\n1. Tracks",
        "2. Doors\nof wood\n1. Tracks",
        "2. Doors\n1) Tracks",
        "2.5 Doors\n1.5 Sills",
        "```\n2. Doors\n1. Sills\n```",
        "In 2. we slept, in 1. we woke.",
    ],
)
def test_numbers_that_say_something_stay(text: str) -> None:
    assert counted(text) == text


@pytest.mark.parametrize(
    ("text", "before", "anew"),
    [
        ("1. Doors\n3. Sills", "1. Doors\n2. Tracks\n3. Sills", "1. Doors\n2. Sills"),
        ("2. Tracks", "1. Doors\n2. Tracks", "1. Tracks"),
        ("2. Tracks\n1. Doors", "1. Doors\n2. Tracks", "1. Tracks\n2. Doors"),
        ("1. Doors\n4. Sills", "1. Doors\n3. Tracks\n4. Sills", "1. Doors\n4. Sills"),
        ("1. Doors\n4. Sills", "1. Doors\n2. Tracks", "1. Doors\n4. Sills"),
        ("1. Doors\n3. Sills", "We slept.", "1. Doors\n3. Sills"),
    ],
)
def test_a_gap_closes_where_there_was_none_before(text: str, before: str, anew: str) -> None:
    assert counted_as(text, before) == anew


def test_a_draft_of_the_model_is_counted() -> None:
    assert fitted(Grown("2. Doors.\n1. Sills.", finished=True), load("linkedin-post"), 0) == "1. Doors.\n2. Sills."
