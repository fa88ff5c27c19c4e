"""Briefs by rule: facts are clauses that keep their meaning, and the first sentence never stands in a brief."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.core.brief import FACT_WORDS, NEGATIONS, answer_tokens, brief_of, facts_of, note_of
from twin.core.text import words


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("In 2023 we needed 41 minutes on average.", ["In 2023 we needed 41 minutes on average"]),
        ("I had not seen one with a fish.", ["I had not seen one with a fish"]),
        ("We cleaned them, and 38 doors opened.", ["38 doors opened"]),
        ("It was late and nobody came.", []),
        ("We went to see Gerald (he is 52).", ["We went to see Gerald", "he is 52"]),
        ("New post: https://ada.example/2024/05/doors about 3 lifts", ["about 3 lifts"]),
        ("I wrote [a post](https://ada.example/2012/x-y) on Ada Lovelace.", ["I wrote a post on Ada Lovelace"]),
        ("![Screen 14](https://ada.example/1.png) and www.ada.example/41", []),
        ("Nobody who was there on that very long rainy day in the winter sold 24 kits.", []),
        ("We don’t think that on that very long rainy day in the winter anybody sold 24 kits.", []),
    ],
)
def test_a_fact_is_a_clause_that_keeps_its_not(sentence: str, facts: list[str]) -> None:
    assert facts_of(sentence) == facts


@given(st.lists(st.sampled_from("we not 41 the Gerald never doors of and sold, don't 1973".split()), max_size=30))
def test_a_fact_stands_in_its_sentence_and_loses_no_not(tokens: list[str]) -> None:
    sentence = " ".join(tokens)
    for fact in facts_of(sentence):
        assert fact in sentence
        assert 2 <= len(fact.split()) <= FACT_WORDS
        clauses = [part for part in sentence.replace(" and ", ",").split(",") if fact in part]
        assert any(NEGATIONS & set(words(clause)) == NEGATIONS & set(words(fact)) for clause in clauses)


def test_a_brief_never_holds_the_first_sentence() -> None:
    text = "Gerald had 52 ropes in Leeds. Toby counted 19 of them on Friday."
    brief = brief_of(text, title="", kind="post", place="linkedin", frequency={}, total=1, most_facts=5)
    assert brief.facts == ("Toby counted 19 of them on Friday",)
    assert brief.words == 20


def test_a_note_is_the_run_of_sentences_that_speaks_of_what_is_asked() -> None:
    text = "We had tea. The ropes were thin. " + "It rained a lot. " * 20
    assert note_of(text, {"ropes", "thin"}).startswith(("We had tea. The ropes", "The ropes were thin."))


def test_a_text_has_room_to_end() -> None:
    assert answer_tokens(100) > 150


def test_a_brief_and_a_note_hold_no_address() -> None:
    text = "It rained. [Gerald](https://ada.example/2012/gerald) had 52 ropes, see http://ada.example/41/ropes too."
    brief = brief_of(text, title="", kind="article", place="web", frequency={}, total=1, most_facts=5)
    assert brief.facts == ("Gerald had 52 ropes",)
    assert not {"ada", "example", "2012"} & set(words(brief.topic))
    assert note_of(text, {"gerald"}) == "It rained. Gerald had 52 ropes, see http://ada.example/41/ropes too."


def test_an_address_does_not_join_two_sentences() -> None:
    assert facts_of("Read https://ada.example/c. Doors were open all night.") == []
    assert facts_of("(See https://ada.example/c.) Doors were open all night.") == []
    assert facts_of("See ben.ada.example/2012/10/15/no-verb/ for more.") == []
    assert facts_of("See ada.example/c: Halifax has ~~12~~ 13 doors.") == ["Halifax has 12 13 doors"]
