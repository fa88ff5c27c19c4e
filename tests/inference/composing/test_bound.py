"""What a draft may hold of numbers and links is what its sources write."""

import re

import pytest

from twin.core.records import Passage
from twin.inference.composing.bound import allowed, in_their_case, in_words
from twin.metrics.truth.numbers import numbers
from twin.models.only import Only


def passage(text: str, title: str = "") -> Passage:
    return Passage("p", "d", title, "", text, "post", "", 0.0)


SOURCE = passage(
    "Gerald had 412 alerts in 18 months: 331 were dirt. We paid £61,200, or £2,550 each, 72% of it by 2023-01-12. "
    "A 35-minute clean, twenty-four kits, v5.5 and https://a.example/x?y=1.",
    "Ninety-six of 118",
)


@pytest.mark.parametrize(
    "said",
    [
        "£61,200, £2,550 each; 72%.",
        "412 alerts in 18 or eighteen months (331 of them)",
        "on 2023-01-12, in 2023",
        "a 35-minute clean of 35 minutes",
        "twenty-four kits, eighteen of them",
        "Ninety-six of 118",
        "V5.5, see https://a.example/x?y=1.",
        "seven doors and 9 brushes",
    ],
)
def test_what_source_and_brief_write_may_be_said(said: str) -> None:
    assert Only(allowed("seven doors, 9 brushes", [SOURCE])).holds(said)


@pytest.mark.parametrize(
    "said", ["£61,300", "£72", "24 kits", "61,200", "2022", "thirty", "19 months", "https://a.example", "1. one"]
)
def test_what_none_writes_may_not(said: str) -> None:
    assert not Only(allowed("seven doors, 9 brushes", [SOURCE])).holds(said)


def test_a_list_may_number_its_points() -> None:
    assert Only(allowed("", [], form="list")).holds("1. First.\n2. Then.")
    assert not Only(allowed("", [], form="list")).holds("1 in all")


def test_every_sentence_of_a_source_may_be_said_again() -> None:
    rules = Only(allowed("", [SOURCE]))
    for sentence in re.split(r"(?<=\.) ", SOURCE.text):
        assert rules.holds(sentence)


def test_numbers_are_spelt_as_they_are_read() -> None:
    for number in range(2, 100):
        assert [found.value for found in numbers(in_words(number) + " doors")] == [str(number)]


def test_a_link_is_written_as_its_source_writes_it() -> None:
    only = allowed("", [passage("See https://a.example/Talk and https://a.example/Talk/Two.")])
    said = "READ HTTPS://A.example/tALK, then https://a.EXAMPLE/talk/two."
    assert in_their_case(said, only) == "READ https://a.example/Talk, then https://a.example/Talk/Two."
    assert in_their_case("No link, 412 alerts.", only) == "No link, 412 alerts."
