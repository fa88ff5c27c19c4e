"""A long article is led section by section: each stands on a text of its own, and says what was not said before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.core.records import Brief, Passage
from twin.core.text import word_count
from twin.inference.composing.compose import Drawn, Grown
from twin.inference.composing.sections import MOST_TITLE_WORDS, heading_of, led, outlined, repeated, title_of, under

ARTICLE = Brief("sensors, tracks", words=450, kind="article", place="medium")


def passage(document: str, text: str) -> Passage:
    return Passage(f"p-{document}-{len(text)}", document, "", "", text, "post", "", 1.0)


PASSAGES = [
    passage("alerts", "In 2023 the 412 alerts were read by nobody. Gerald counted 38 alerts a quarter."),
    passage("brushes", "A brush costs 9 pounds in Leeds. The brush cleans 24 tracks a day."),
    passage("opinions", "Ask sooner. Be kind."),
    passage("ropes", "Toby measured 44 ropes last May. The ropes were older than Toby."),
    passage("brushes", "Mabel has 3 brushes by the door."),
]
REQUEST = "Write an article about why we stopped buying predictive sensors, in 450 words. We had bought 90 of them."


def test_each_text_with_facts_is_a_section_and_what_the_user_states_opens() -> None:
    title, sections = outlined(REQUEST, ARTICLE, PASSAGES)
    assert title == "Why we stopped buying predictive sensors"
    assert [one.brief.words for one in sections] == [150, 150, 150]
    assert [one.heading for one in sections] == ["", "Brush", "Toby and ropes"]
    first, brushes, ropes = (one.brief for one in sections)
    assert first.facts[0] == "We had bought 90" and any("412 alerts" in fact for fact in first.facts)
    assert any("3 brushes" in fact for fact in brushes.facts) and not any("ropes" in fact for fact in brushes.facts)
    assert any("44 ropes" in fact for fact in ropes.facts)
    assert all(one.brief.topic.startswith(f"{title}: ") for one in sections)
    assert "Toby" in sections[2].notes[0]


def test_what_one_section_holds_is_written_in_one() -> None:
    assert outlined(REQUEST, ARTICLE, PASSAGES[:1]) == ("", [])
    assert outlined(REQUEST, Brief("sensors", words=200, kind="article"), PASSAGES) == ("", [])
    assert outlined(REQUEST, Brief("sensors", words=450), PASSAGES) == ("", []), "a post is no article"
    assert outlined("w " * 40, ARTICLE, PASSAGES) == ("", []), "no title"


def test_a_section_that_says_what_stands_there_already_is_not_taken() -> None:
    _, sections = outlined(REQUEST, ARTICLE, PASSAGES)
    opening, again, other = "Ninety sensors came in one big box.", "Ninety sensors came in one big box.", "Ropes hold."
    drawn = {0: [opening], 1: [again, other], 2: [""]}
    found = led(
        "Sensors",
        sections,
        lines=1,
        draw=lambda place, lines, article: Drawn(tuple(Grown(one, finished=True) for one in drawn[place]), 5),
        worth=lambda place, text: float(len(text)) / 100,
        usual={},
    )
    assert [one.text for one in found.texts] == [f"# Sensors\n\n{opening}\n\n## {sections[1].heading}\n\n{other}"]
    assert found.tokens == 15


def test_as_many_articles_as_lines_each_with_sections_of_its_own() -> None:
    _, sections = outlined(REQUEST, ARTICLE, PASSAGES)

    def draw(place: int, lines: int, article: int) -> Drawn:
        said = ["Who knew?", "We bought ninety."] if not place else [f"Section {place} of article {article}."]
        return Drawn(tuple(Grown(one, finished=True) for one in said), 1)

    found = led("Sensors", sections, lines=2, draw=draw, worth=lambda place, text: 0.0, usual={})
    assert len(found.texts) == 2
    assert all(f"Section 2 of article {i}." in one.text for i, one in enumerate(found.texts))


def test_a_heading_of_its_own_takes_the_place_of_ours() -> None:
    assert under("Ropes", "## Wires\n\nThey hold.") == "## Wires\n\nThey hold."
    assert under("Ropes", "They hold.", level=1) == "# Ropes\n\nThey hold."
    assert under("Ropes", "## Wires\n\nThey hold.", level=1) == "# Ropes\n\n## Wires\n\nThey hold."
    assert under("Ropes", "# Wires\n\nThey hold.", level=1) == "# Wires\n\nThey hold."


def test_a_heading_is_written_as_the_text_writes_it() -> None:
    assert heading_of("gerald, tracks", "Tracks are long. Gerald has tracks. Clean tracks.") == "Tracks"


@pytest.mark.parametrize(
    "request_",
    [
        "Why we moved off Kafka, see https://a.example and notes.md",
        "Write a 600-word article about why we moved off Kafka. It was May.",
        "I want a 600-word article about why we moved off Kafka",
        "why we moved off Kafka (from notes.md)",
    ],
)
def test_a_title_is_what_is_asked_about(request_: str) -> None:
    assert title_of(request_) == "Why we moved off Kafka"


@given(st.text(max_size=200))
def test_a_title_is_short_and_has_no_mark(request: str) -> None:
    title = title_of(request)
    assert title == title.strip(" .:;,–—-#") and "\n" not in title and word_count(title) <= MOST_TITLE_WORDS


@given(st.text(alphabet="ab ", max_size=60))
def test_all_of_a_text_is_repeated_by_itself(text: str) -> None:
    assert repeated(text, text) == (7.0 if text.split() else 0.0)
    assert repeated(text, "") == 0.0
