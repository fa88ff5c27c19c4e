"""Repetition: a story told again in other words is found, with the text that told it; a new story is left alone."""

from __future__ import annotations

import pytest
from corpora import author_texts

from twin.core.protocols import Sample
from twin.metrics.repetition import LEAST_GATE, Repetition

HISTORY = {
    "mabel": "Mabel, our oldest lift, kept opening her doors on floor nine: a sachet of soy sauce lay in the track.",
    "rope": "We changed the hoist rope of the hospital lift at night, with two fitters, a crane and a thermos of tea.",
    "bill": "A tenant sent the invoice back because the inspection took eleven minutes and he had counted nine.",
}
AGAIN = "Soy sauce again: a sachet lay in the track of floor nine, and Mabel our oldest lift kept opening her doors."
NEW = "Our apprentice built a scale model of a paternoster from plywood and showed it to forty pupils in Bremen."


def test_a_story_told_again_is_found_and_named() -> None:
    found = Repetition(HISTORY).measure(Sample(AGAIN))
    assert found.detail["document"] == "mabel"
    assert found.detail["repeated"]
    assert {"soy", "sachet", "mabel"} <= {
        stem.rstrip("e") if stem == "mabele" else stem for stem in found.detail["shared"]
    }


def test_a_new_story_is_left_alone() -> None:
    found = Repetition(HISTORY).measure(Sample(NEW))
    assert not found.detail["repeated"]
    assert (found.value or 0) < 0.2


def test_the_same_opening_is_named() -> None:
    found = Repetition(HISTORY).measure(
        Sample(
            "We changed the hoist of a school, by day this time, with a young colleague, two ladders and borrowed keys."
        )
    )
    assert found.detail["opening"] == ["rope"]


def test_too_short_is_no_repetition() -> None:
    assert Repetition(HISTORY).measure(Sample("Soy sauce.")).value is None


def test_no_history_repeats_nothing() -> None:
    found = Repetition({}).measure(Sample(AGAIN))
    assert (found.value, found.detail["repeated"]) == (0.0, False)


def test_stories_told_twice_by_the_author_do_not_open_the_gate() -> None:
    twice = {f"{id_}{i}": f"{text} Number {i}." for id_, text in HISTORY.items() for i in range(5)}
    assert Repetition(twice).gate == LEAST_GATE


@pytest.mark.parametrize("name", ["joao-goncalves-linkedin", "simon-willison-til"])
def test_newer_texts_of_real_authors_rarely_repeat_older_ones(name: str) -> None:
    _, texts = author_texts(name)
    cut = len(texts) * 4 // 5
    repetition = Repetition({str(i): text for i, text in enumerate(texts[:cut])})
    found = [repetition.measure(Sample(text)).detail.get("repeated", False) for text in texts[cut:]]
    assert sum(found) <= 0.05 * len(found)
    shuffled = [" ".join(reversed(text.split(". "))) for text in texts[:cut:7]]
    caught = [repetition.measure(Sample(text)).detail.get("repeated", False) for text in shuffled]
    assert sum(caught) >= 0.95 * len(caught)
