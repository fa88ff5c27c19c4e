"""Degenerate: every kind of broken text is named; an author's real texts, fragments and refrains pass."""

from __future__ import annotations

import pytest
from corpora import author_texts
from hypothesis import given
from hypothesis import strategies as st

from twin.core.protocols import Sample
from twin.core.text import words
from twin.metrics.degenerate import Degenerate, distinct_3

SOUND = (
    "Eleven seconds.\n\nThat is how long Mabel took to close her doors this morning. It should be 3.2.\n\n"
    "I knelt down with a torch and found one sachet of soy sauce, flat as a stamp. We removed it.\n\nTake the stairs."
)
REQUEST = "Write about the eleven seconds that Mabel took to close her doors, and the sachet of soy sauce in the sill."
BROKEN = {
    "": "empty",
    " \n": "empty",
    "🎉🎉🚀": "no words",
    "a" * 300: "one letter",
    "Sooooooooooooooo good, the lift works again today.": "one letter",
    "a b " * 100: "again and again",
    SOUND + " " + SOUND: "stand twice",
    REQUEST: "repeats the request",
    "Это совсем другой язык, и здесь достаточно слов.": "another script (cyrillic)",
    "电梯的门是整个工作。我们清洁了门槛。": "another script (cjk)",
    f"{SOUND}<|im_end|>": "prompt template",
}


@pytest.mark.parametrize(("text", "reason"), BROKEN.items())
def test_a_broken_text_is_named(text: str, reason: str) -> None:
    found = Degenerate().measure(Sample(text, REQUEST))
    assert found.value == 1.0
    assert reason in found.why


def test_a_short_dry_post_is_sound() -> None:
    found = Degenerate(words_range=(40, 200)).measure(Sample(SOUND, REQUEST))
    assert (found.value, found.why) == (0.0, "")


@pytest.mark.parametrize(
    "text",
    ["Take the stairs.", "Eleven.\n\nEleven seconds.", "-----------------\n\nDoors. Then doors. Then, reader, doors."],
)
def test_fragments_rules_and_refrains_are_sound(text: str) -> None:
    assert Degenerate().measure(Sample(text)).value == 0.0


def test_a_heading_may_be_said_again_but_not_for_ever() -> None:
    said = "find and remove files that match a name"
    assert not Degenerate().measure(Sample(f"# {said}\n\nYou can {said}, and then look at what is left of them.")).value
    assert Degenerate().measure(Sample(f"You can {said}. Then {said}.")).value
    loop = "# Doors\n# Tracks\n# Doors\n# Tracks\n# Doors\n# Tracks\n# Doors\n# Tracks\n# Doors\n# Tracks\n# Doors\n"
    assert Degenerate().measure(Sample(f"{loop}We look at them.")).value


def test_code_may_say_the_same_twice_but_not_for_ever() -> None:
    shown = "```ruby\nredirect_to sign_in_path and return if current_user.blank?\nrender book\n```"
    note = f"A word on early returns.\n\n{shown}\n\nWith the wrong operator it does another thing:\n\n{shown}\n"
    assert Degenerate().measure(Sample(note)).value == 0.0
    assert "stand twice" in Degenerate().measure(Sample(note.replace("```", ""))).why
    for ending in ("\n```", ""):
        loop = "Do this:\n\n```ruby\n" + "redirect_to sign_in_path and return if blank?\n" * 20 + ending
        assert "code or headings in a loop" in Degenerate().measure(Sample(loop)).why


def test_length_is_judged_only_against_a_range() -> None:
    long = " ".join(f"word{i} stands here" for i in range(300))
    assert Degenerate().measure(Sample(long)).value == 0.0
    assert "far too long" in Degenerate(words_range=(50, 200)).measure(Sample(long)).why
    assert "far too short" in Degenerate(words_range=(50, 200)).measure(Sample("Take the stairs.")).why


def test_an_author_in_another_script_says_so() -> None:
    text = "Это совсем другой язык, и здесь достаточно слов."
    assert Degenerate(script="CYRILLIC").measure(Sample(text)).value == 0.0


def test_real_posts_are_hardly_ever_called_broken() -> None:
    _, texts = author_texts("remy-sharp-blog")
    found = [Degenerate().measure(Sample(text)) for text in texts[:200]]
    assert len(found) >= 100
    assert sum(one.value or 0 for one in found) <= 0.05 * len(found), [one.why for one in found if one.value]


@given(st.lists(st.sampled_from("abcdefgh"), max_size=200))
def test_distinct_3_is_a_share(tokens: list[str]) -> None:
    share = distinct_3(tokens)
    assert (share is None) == (len(tokens) < 7)
    assert share is None or 0 < share <= 1


@given(st.text(max_size=200))
def test_a_text_told_twice_is_broken(text: str) -> None:
    if len(words(text)) >= 8 and len(words(f"{text}\n{text}")) == 2 * len(words(text)):
        assert Degenerate().measure(Sample(f"{text}\n{text}")).value == 1.0


def test_a_line_of_the_prompt_is_no_text_of_anybodys() -> None:
    said = "We cleaned the tracks with a brush in May and nobody had asked us why.\nNotes that may help:"
    assert "a line of the prompt" in Degenerate().measure(Sample(said)).why
    assert (
        not Degenerate()
        .measure(Sample(said.replace("Notes that may help:", "Here are notes that may help: two.")))
        .value
    )
