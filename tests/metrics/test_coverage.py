"""Coverage: what a brief asks for is found in any notation, and what is left out is listed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.core.protocols import Sample
from twin.core.records import Brief
from twin.metrics.coverage import Coverage

BRIEF = Brief("doors, cleaning, Mabel", ("11 seconds to close her doors", "callouts fell by 72%", "installed in 1974"))
FULL = (
    "Mabel took eleven seconds to close her doors. After the cleaning the callouts fell by 72 per cent. "
    "She was installed in 1974, and nobody has thanked her since."
)


def test_a_text_that_says_it_all_covers_it_all() -> None:
    found = Coverage(BRIEF).measure(Sample(FULL))
    assert found.value == 1.0
    assert found.detail["asked"] == 6


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ("eleven seconds", "twelve seconds", "11 seconds to close her doors"),
        ("eleven seconds", "eleven minutes", "11 seconds to close her doors"),
        ("72 per cent", "71 per cent", "callouts fell by 72%"),
        ("in 1974", "in 1984", "installed in 1974"),
    ],
)
def test_another_number_does_not_cover_a_fact(old: str, new: str, fact: str) -> None:
    found = Coverage(BRIEF).measure(Sample(FULL.replace(old, new)))
    assert found.detail["missing_facts"] == [fact]
    assert found.value == pytest.approx(5 / 6)


def test_a_number_alone_does_not_cover_a_fact() -> None:
    found = Coverage(Brief("", ("11 seconds to close her doors",))).measure(Sample("I waited 11 seconds for tea."))
    assert found.value == 0.0


def test_missing_words_are_listed_as_they_were_asked() -> None:
    found = Coverage(Brief("doors, cleaning, ropes")).measure(Sample("We cleaned every door."))
    assert found.detail["missing_words"] == ["ropes"]
    assert found.value == pytest.approx(2 / 3)


def test_without_a_brief_the_request_is_read_as_one() -> None:
    request = "Write a LinkedIn post of about 120 words.\nTopic: doors\nFacts:\n- installed in 1974"
    assert Coverage().measure(Sample("The doors were installed in 1974.", request)).value == 1.0
    assert Coverage().measure(Sample("The doors were new.", request)).detail["missing_facts"] == ["installed in 1974"]


def test_an_empty_brief_is_refused_and_an_empty_text_covers_nothing() -> None:
    refused = Coverage(Brief("the of and")).measure(Sample(FULL))
    assert refused.value is None
    assert refused.why
    assert Coverage(BRIEF).measure(Sample("")).value == 0.0


@given(st.text(max_size=200), st.text(max_size=200))
def test_more_text_never_covers_less(text: str, more: str) -> None:
    coverage = Coverage(Brief("doors, cleaning, Mabel"))
    before, after = (coverage.measure(Sample(one)).value for one in (text, f"{text}\n{more}"))
    assert before is not None
    assert after is not None
    assert 0 <= before <= after <= 1
