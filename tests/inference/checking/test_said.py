"""Sentences by number: one that is said twice, or is a part of another, is itself and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.core.text import sentences, word_count
from twin.inference.checking.said import Said

LINES = st.lists(
    st.lists(st.sampled_from(["We left.", "Dr.  Smith stayed.", "We left. Why?", "1.", "- Doors.", "#tag", "—"])).map(
        " ".join
    )
)


@given(LINES)
def test_a_text_is_its_sentences_and_what_stands_between_them(lines: list[str]) -> None:
    text = "\n".join(lines)
    said = Said.of(text)
    assert said.text == text
    assert list(said.sentences) == sentences(text)
    for number in said.numbers:
        start, end = said.span(number)
        assert text[start:end] == said[number]
        assert (text[:start], text[:end]) == (said.before(number), said.upto(number))


@given(LINES, st.data())
def test_what_is_left_out_is_gone_and_the_rest_keeps_number_line_and_order(
    lines: list[str], data: st.DataObject
) -> None:
    said = Said.of("\n".join(lines))
    if not said.numbers:
        return
    gone = data.draw(st.sampled_from(said.numbers))
    left = said.without(gone)
    assert gone not in left.numbers
    assert all(left[number].endswith(said[number]) for number in left.numbers)
    assert left.text.split() == " ".join(left.sentences).split()
    assert all(not any(map(str.isalpha, said[one])) for one in set(said.numbers) - set(left.numbers) - {gone})
    assert "\n\n\n" not in left.text or "\n\n\n" in said.text


WRAPPED = """\
Notes of a fitter on doors.

The doors of the lift in the north wing did not close
any more. We cleaned their tracks with a brush that took
the grease away. It rained, and the cabin of the lift
was wet.

- The doors of the lift in the south wing did not close
  either."""


def test_a_sentence_over_several_lines_stands_in_the_text_as_it_is_and_is_said_on_one() -> None:
    said = Said.of(WRAPPED)
    assert said.text == WRAPPED and len(said.numbers) == 5
    start, end = said.span(3)
    assert WRAPPED[start:end] == "We cleaned their tracks with a brush that took\nthe grease away."
    assert said[3] == "We cleaned their tracks with a brush that took the grease away."
    assert said.upto(3) == WRAPPED[:end] and said.before(3) == WRAPPED[:start]
    assert said.within(WRAPPED.index("the grease"), WRAPPED.index("grease")) == [3]


@given(st.data())
def test_in_a_paragraph_that_changes_no_sentence_is_cut_at_the_lines_that_were(data: st.DataObject) -> None:
    said = Said.of(WRAPPED)
    for _ in range(3):
        number = data.draw(st.sampled_from(said.numbers))
        changed = (said.without(number), said.instead(number, "So it was."), said.followed(number, "So it was."))
        said = data.draw(st.sampled_from(changed))
        assert sentences(said.text) == [said[one] for one in said.numbers]
        if not said.numbers:
            break


def test_a_paragraph_that_does_not_change_keeps_its_lines() -> None:
    assert Said.of(WRAPPED).instead(5, "So it was.").text == WRAPPED.rpartition("\n\n")[0] + "\n\n- So it was."
    assert Said.of(WRAPPED).without(3).text.split("\n")[2:4] == [
        "The doors of the lift in the north wing did not close any more. It rained, and the cabin of the lift was wet.",
        "",
    ]


def test_the_second_of_two_that_are_alike_is_the_second() -> None:
    said = Said.of("We left. It rained. We left. We left the town.")
    assert said.instead(3, "We stayed.").text == "We left. It rained. We stayed. We left the town."
    assert said.without(3).text == "We left. It rained. We left the town."
    assert said.without(1).instead(3, "So we did.").text == "It rained. So we did. We left the town."


def test_another_follows_where_it_is_told_to() -> None:
    said = Said.of("We left.\n\nIt rained.")
    assert said.followed(1, "Then we slept.").text == "We left. Then we slept.\n\nIt rained."
    assert said.followed(2, "We slept.", "\n\n").text == "We left.\n\nIt rained.\n\nWe slept."
    assert said.followed(1, "We slept.").without(1).instead(3, "So did they.").text == "So did they.\n\nIt rained."


@pytest.mark.parametrize(
    ("text", "gone", "left"),
    [
        ("We mend:\n1. Doors.\n2. Sills.\n\n38", [5], "We mend:\n1. Doors.\n\n38"),
        ("We mend.\n\nDoors.\n\nTake the stairs.", [2], "We mend.\n\nTake the stairs."),
        ("We mend.\n- Doors.\n  - Sills.\n- Tracks.", [2], "We mend.\n  - Sills.\n- Tracks."),
        ("We mend. Doors.\n\nStairs.", [2], "We mend.\n\nStairs."),
        ("Doors.\n\nStairs. And sills.", [1, 3], "Stairs."),
        ("---\n\nDoors.\n\n---", [2], "---\n\n---"),
        ("We mend:\n- Doors. Sills.\n- Tracks.", [2], "We mend:\n- Sills.\n- Tracks."),
        ("We mend:\n  • Doors. Sills. Stairs.", [2, 3], "We mend:\n  • Stairs."),
        ("- Doors. Sills.\n- Tracks.", [1, 2], "- Tracks."),
        ("- Doors. Sills.", [2], "- Doors."),
        ("1. Doors. Sills.", [2], "1. Sills."),
        ("1) Doors. Sills.", [1], "1) Sills."),
        ("| Doors. Sills. | 2 |", [1], "| Sills. | 2 |"),
        ("- Doors. —\n- Tracks.", [1], "- Tracks."),
        ("- Doors.\nSills.", [1], "Sills."),
    ],
)
def test_what_stood_around_a_sentence_that_is_gone_closes(text: str, gone: list[int], left: str) -> None:
    assert Said.of(text).without(*gone).text == left


@pytest.mark.parametrize(
    ("text", "said", "left"),
    [
        ("- Doors. Sills.", "Stairs.", "- Stairs. Sills."),
        ("- Doors. Sills.", "• Stairs.", "• Stairs. Sills."),
        ("2) Doors.", "Stairs.", "2) Stairs."),
    ],
)
def test_a_point_that_is_said_otherwise_keeps_its_mark(text: str, said: str, left: str) -> None:
    assert Said.of(text).instead(1, said).text == left


@pytest.mark.parametrize(
    ("text", "points"),
    [("We mend:\n1. Doors. Sills.\n2. Why", [2, 5]), ("Who won? 1. So. 2.\n3.", []), ("1. A", [1]), ("", [])],
)
def test_a_number_is_that_of_a_point_where_it_begins_a_line_that_goes_on(text: str, points: list[int]) -> None:
    assert Said.of(text).points() == points


def test_a_text_without_a_word_says_nothing() -> None:
    assert Said.of("---\n\nDoors.\n\n---").without(2).says_nothing()
    assert not Said.of("Doors.").says_nothing()


@pytest.mark.parametrize(
    "text",
    [
        "We left. HERE\n\n#lifts #doors",
        "We left. HERE\n#lifts",
        "We left. HERE\n\nhttps://x.example/a",
        "We left. HERE\n\nRead it all: https://x.example/a",
        "We left. “Why?” HERE\n\n—",
        "We left. HERE\n\nWe mend doors.\n- Sills.\n- Tracks.",
        "We left. HERE\n\nRun this.\n\n```\nx = 1.\nWe ran. It ended.\n```",
        "# Doors\n\nWe left. HERE",
        "- We left.\n\nIt rained. HERE\n\n#doors",
        "We left.\n\n🚀 It went up on Monday. HERE\n\n#lifts",
        "£61,200 went on doors. That was all. HERE",
    ],
)
def test_a_sentence_is_added_to_running_text(text: str) -> None:
    said = Said.of(text.replace(" HERE", ""))
    last = said.last_of_prose()
    assert last is not None
    assert said.followed(last, "HERE").text == text


@pytest.mark.parametrize(
    "text", ["", "#lifts", "- Doors.\n- Sills.", "```\nWe left. It ran.\n```", "Read https://x.y/a"]
)
def test_where_there_is_no_running_text_none_is_added(text: str) -> None:
    assert Said.of(text).last_of_prose() is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("We mend:\n- Doors.\n\n#lifts", 2), ("We left.\nhttps://x.example", 1), ("#lifts #doors", None), ("We left.", 1)],
)
def test_a_paragraph_is_added_before_what_closes_the_text(text: str, number: int | None) -> None:
    assert Said.of(text).last_of_body() == number


def test_no_sentence_is_taken_for_one_that_it_is_a_part_of() -> None:
    said = Said.of("We left the town. It rained!")
    assert "It rained." in said
    assert "We left." not in said
    assert word_count(said.text) == 6
