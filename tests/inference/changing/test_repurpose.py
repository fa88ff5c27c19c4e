"""From one place to another: what is lost is said, what does not fit is a blocker, and no word is cut in silence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.text import words
from twin.inference.changing.repurpose import repurpose
from twin.inference.places import Finding, load, names

ARTICLE = "# Tracks first\n\nWe **cleaned** the tracks ([log](https://x.example/log)).\n\n## How\n\n- brush\n- oil\n"
POST = "Why tracks?\nThey were * dirty.\n\n- brush\n- oil\n\nThanks @[Ada B](urn:li:person:1).\n\n#doors #tracks"


def turned(text: str, start: str, end: str) -> tuple[str, list[Finding]]:
    return repurpose(text, load(start), load(end))


def test_an_article_becomes_a_post_and_its_headings_are_said() -> None:
    text, said = turned(ARTICLE, "medium-article", "linkedin-post")
    assert text == "We cleaned the tracks (log (https://x.example/log)).\n\n- brush\n- oil"
    assert said == [Finding("advice", "headings were left out: Tracks first; How")]


def test_a_post_becomes_an_article_with_its_lines_and_lists() -> None:
    text, said = turned(POST, "linkedin-post", "medium-article")
    assert text == "Why tracks?\n\nThey were \\* dirty.\n\n- brush\n- oil\n\nThanks Ada B."
    assert [one.message for one in said][:2] == [
        "mentions became plain names",
        "hashtags were left out: #doors #tracks",
    ]
    assert any("no title" in one.message for one in said)


def test_a_post_becomes_one_paragraph() -> None:
    text, said = turned(POST, "linkedin-post", "abstract")
    assert "\n" not in text
    assert Finding("advice", "paragraphs and lists became one paragraph") in said


def test_hashtags_go_along_to_where_they_are_used() -> None:
    assert turned("Doors. #tracks", "linkedin-post", "x-post")[0] == "Doors. #tracks"
    assert turned("Our #doors shut. #tracks", "linkedin-post", "comment")[0] == "Our #doors shut. #tracks"
    assert turned("Our #doors shut. #tracks", "linkedin-post", "message")[0] == "Our #doors shut. #tracks"
    assert turned("#doors", "linkedin-post", "abstract")[0] == "#doors"


def test_what_cannot_fit_is_a_blocker_and_stays_whole() -> None:
    text = "We cleaned the tracks again today. " * 20
    post, said = turned(text, "linkedin-post", "x-post")
    assert post == text
    assert [one.level for one in said] == ["blocker"]
    assert "--place x-thread" in said[0].message
    thread, said = turned(text, "linkedin-post", "x-thread")
    assert "blocker" not in {one.level for one in said}
    assert " ".join(load("x-thread").render(thread)["thread"]).split() == text.split()


@pytest.mark.parametrize("start", names())
@settings(deadline=None)
@given(text=st.text(alphabet="ab .\n-é", max_size=80))
def test_no_word_is_lost_from_a_text_without_marks(start: str, text: str) -> None:
    for end in names():
        assert words(turned(text, start, end)[0]) == words(text)
