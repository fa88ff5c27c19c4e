"""Near copies: what was exchanged, and which exchanges change what is said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.metrics.truth.altered import altered, copied, says_all
from twin.metrics.truth.meanings import alike, opposite, verbal

LINE = "Wendell bought 12 brushes in Lisbon and cleaned the sill before noon."


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        (LINE, ""),
        ("Wendell bought twelve brushes in Lisbon and cleaned the sill before noon.", ""),
        ("Wendell purchased 12 brushes in Lisbon and cleaned the sill before noon.", ""),
        ("Wendell bought 13 brushes in Lisbon and cleaned the sill before noon.", "contradicted"),
        ("Wendell bought 12 brushes in Porto and cleaned the sill before noon.", "contradicted"),
        ("Bartholomew bought 12 brushes in Lisbon and cleaned the sill before noon.", "contradicted"),
        ("Wendell sold 12 brushes in Lisbon and cleaned the sill before noon.", "contradicted"),
        ("Wendell bought 12 brushes in Lisbon and cleaned the sill after noon.", "contradicted"),
        ("Wendell never bought 12 brushes in Lisbon and cleaned the sill before noon.", "contradicted"),
        ("Wendell bought 12 brushes in Lisbon and painted the sill before noon.", "not_found"),
    ],
)
def test_an_exchange_is_judged_by_what_it_changes(sentence: str, status: str) -> None:
    assert copied(sentence, LINE) >= 0.7
    found, why = altered(sentence, LINE)
    assert found == status
    assert bool(why) == bool(status)


def test_another_unit_of_the_same_number_is_another_claim() -> None:
    line = "The backup of the archive took 40 GB of the disk."
    assert altered("The backup of the archive took 40 MB of the disk.", line)[0] == "contradicted"
    assert altered("The backup of the archive took 40 gigabytes of the disk.", line)[0] == ""


def test_a_number_that_counts_something_else_is_said() -> None:
    line = "We look after 340 lifts in 112 buildings of the town."
    assert "of something else" in altered("We look after 112 lifts in 340 buildings of the town.", line)[1]


def test_words_in_order_with_few_left_out_say_the_same() -> None:
    assert says_all("Wendell bought 12 brushes and cleaned the sill before noon.", LINE)
    assert not says_all("The sill cleaned Wendell and bought 12 brushes before noon.", LINE)
    assert not says_all("Wendell bought brushes.", LINE), "too short to be a copy"


def test_opposites_and_words_of_like_meaning_are_listed_in_any_form() -> None:
    assert opposite("opened", "closed")
    assert opposite("happy", "unhappy")
    assert not opposite("door", "window")
    assert alike("bought", "purchased")
    assert opposite("bought", "sold")
    assert not alike("bought", "sold")


@pytest.mark.parametrize(
    ("word", "before", "expected"),
    [
        ("wrote", "he", True),
        ("painted", "", True),
        ("paint", "to", True),
        ("Lisbon", "to", False),
        ("sill", "the", False),
    ],
)
def test_a_verb_is_told_by_its_form_or_the_word_before(word: str, before: str, expected: bool) -> None:
    assert verbal(word, before) == expected


@settings(max_examples=60, deadline=None)
@given(sentence=st.text(max_size=200), line=st.text(max_size=200))
def test_any_two_texts_can_be_aligned(sentence: str, line: str) -> None:
    assert altered(sentence, line)[0] in ("", "contradicted", "not_found")
    assert 0 <= copied(sentence, line) <= 1
