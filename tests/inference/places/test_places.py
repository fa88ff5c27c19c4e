"""What every place promises, run over each by name."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from twin.core.errors import BadRequest
from twin.core.prompts import PLACES
from twin.evaluation.rows import PLAIN
from twin.inference import places
from twin.inference.places import Fold, Place

NAMES = places.names()
TEXTS = st.text(alphabet="ab #*_`@[](){}<>~|\\-1.!?\n\t/:😀é𝐁", max_size=120) | st.text(max_size=60)


@pytest.fixture(params=NAMES)
def place(request: pytest.FixtureRequest) -> Place:
    return places.load(request.param)


def test_every_place_is_a_file_of_its_own() -> None:
    assert NAMES == [
        "abstract", "comment", "linkedin-article", "linkedin-post", "medium-article", "message", "readme-section",
        "substack-article", "x-post", "x-thread",
    ]  # fmt: skip


def test_a_place_is_what_its_file_says(place: Place) -> None:
    assert place.name in NAMES
    assert 20 <= place.words <= place.most_words
    assert (place.kind, place.site) in PLACES, "the model is told what to write"


def test_a_kind_that_evaluation_reads_as_plain_has_no_place_that_takes_markdown() -> None:
    every = [places.load(name) for name in NAMES]
    assert {one.kind for one in every} & PLAIN == {"post", "comment", "message"}
    assert not {one.kind for one in every if one.markdown} & PLAIN


def test_each_name_opens_its_own_place() -> None:
    assert [places.load(name).name for name in NAMES] == NAMES


@pytest.mark.parametrize(
    ("typed", "meant"), [("linkedin", "linkedin-"), ("X Thread", "x-thread"), ("medium", "medium-article")]
)
def test_an_unknown_place_has_a_suggestion(typed: str, meant: str) -> None:
    with pytest.raises(BadRequest) as caught:
        places.load(typed)
    assert f"did you mean {meant}" in caught.value.hint
    assert "twin places" in caught.value.hint


def test_nothing_can_be_posted_nowhere(place: Place) -> None:
    assert [one.message for one in place.check(" \n") if one.level == "blocker"] == ["there is no text"]


def test_what_is_beyond_the_limit_is_a_blocker(place: Place) -> None:
    if not place.limit:
        pytest.skip("this place takes any length")
    exact = " ".join("w" * place.limit) if place.unit == "words" else "w" * place.limit
    over = f"{exact} w"
    assert place.count(exact) == place.limit
    assert "blocker" not in {one.level for one in place.check(exact)}
    assert any("too many" in one.message for one in place.check(over) if one.level == "blocker")


@settings(deadline=None)
@given(TEXTS)
def test_any_text_is_counted_rendered_and_checked(text: str) -> None:
    for name in NAMES:
        place = places.load(name)
        said = places.as_json(text, place)
        assert said["characters"] == place.count(text) >= 0
        assert text not in said["rendered"].values()


@settings(deadline=None)
@given(TEXTS)
@example("\U0001d545")  # a sign between styled letters that is none
def test_a_fix_mends_what_it_is_for(text: str) -> None:
    for name in NAMES:
        place = places.load(name)
        for finding in place.check(text):
            if finding.fix:
                assert finding.message not in {one.message for one in place.check(finding.fix)}


def test_a_place_that_takes_plain_text_minds_markdown_and_one_that_takes_it_does_not(place: Place) -> None:
    said = [one.fix for one in place.check("We cleaned **the** tracks.") if "Markdown" in one.message]
    assert said == ([] if place.markdown else ["We cleaned the tracks."])


def test_letters_that_are_bold_by_unicode_have_a_plain_fix() -> None:
    found = places.load("linkedin-post").check("We \U0001d5d6lean 𝐝oors.")
    assert [one.fix for one in found if "screen readers" in one.message] == ["We Clean doors."]


def test_a_line_break_takes_the_rest_of_its_line() -> None:
    phone = Fold(140, "phone")
    assert phone.at("a" * 140) is None
    assert phone.at("a" * 141) == 140
    assert phone.at("One.\n\nTwo.\n\nThree.") == len("One.\n\nTwo.\n")
    assert Fold(210, "desktop").at("a" * 150) is None


def test_the_list_for_programs_has_limits_and_forms() -> None:
    rows = {row["name"]: row for row in places.listed()}
    assert rows["x-post"]["limit"] == 280
    assert rows["linkedin-post"]["folds"][0] == {"characters": 140, "where": "phone", "lines": 3}
    assert rows["x-thread"]["forms"] == ["text", "thread", "numbered"]
