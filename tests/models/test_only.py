"""What a text may hold of numbers and links: the automaton, and that llama.cpp's grammar is the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.models.gbnf import grammar
from twin.models.only import DEAD, SPELT, Only

LIST = ("£61,200", "41%", "2023-01-12", "v5.5", "24", "twenty-four", "hundred", "https://a.example/x", "13mm")


@pytest.mark.parametrize(
    "text",
    [
        "It cost £61,200.",
        "41% of it (on 2023-01-12), and V5.5; 24 kits",
        "a 24-hour day, mid-24, twenty-four men, a hundred of hundreds",
        "see https://a.example/x, or (https://a.example/x/).",
        "one, two, twelve; an http error; no.",
        "13mm\n- 24\n# 24",
        "",
    ],
)
def test_what_the_list_holds_may_stand_as_it_is_written(text: str) -> None:
    assert Only(LIST).holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "61,200",
        "£61,2",
        "£61,200,000",
        "41",
        "41 %",
        "2023",
        "v5.51",
        "v5",
        "24.5",
        "245",
        "24kits",
        "13 mm",
        "B2B",
        "a2",
        "twenty",
        "twenty-five",
        "Thousand",
        "thirteen",
        "https://a.example/xy",
        "http://a.example/x",
        "see:https://b.example",
        "www.a",
        ".5",
    ],
)
def test_nothing_else_may(text: str) -> None:
    assert not Only(LIST).holds(f"It was {text} then.")
    assert not Only(LIST).holds(text)


def test_an_empty_list_lets_no_number_and_no_link_through() -> None:
    assert Only(()).holds("Nothing is counted here: one or two, http or not - at all…")
    assert not any(Only(()).holds(text) for text in ("1", "a1", "https://x", "www.x", *SPELT))


def test_a_number_is_not_begun_that_cannot_be_finished() -> None:
    rules = Only(("24",))
    assert rules.run("3") == rules.run("25") == rules.run("http:/") == DEAD
    assert rules.run("2") != DEAD
    assert not rules.may_end(rules.run("2"))


def test_what_follows_a_beginning_goes_on_with_its_number() -> None:
    rules = Only(LIST)
    assert rules.run(",200 in all", rules.after("It cost £61")) != DEAD
    assert rules.run("200", rules.after("It cost £61")) == DEAD
    assert rules.run(" and 24", rules.after("Of 99 lifts")) != DEAD
    assert rules.run("9", rules.after("Of 99")) == DEAD


@given(st.lists(st.from_regex(r"\A[£$]?[0-9]{1,3}(,[0-9]{3})?(\.[0-9])?%?\Z"), max_size=5), st.data())
def test_texts_of_words_and_listed_numbers_pass_and_a_strange_number_never_does(
    listed: list[str], data: object
) -> None:
    draw = data.draw  # type: ignore[attr-defined]
    words = st.sampled_from(["we", "paid", "(about", "at", "then,", "Why?", "—", *listed])
    said = draw(st.lists(words, max_size=12))
    rules = Only(tuple(listed))
    assert rules.holds(" ".join(said))
    strange = draw(st.from_regex(r"\A[0-9]{1,4}\Z").filter(lambda one: one not in listed))
    assert not rules.holds(" ".join([*said, strange, "more"]))


RULE = re.compile(r"(s\d+) ::= (.*)")
WAY = re.compile(r'\[(\^?)((?:\\.|[^\]\\])*)\] (s\d+)|""')


def read(text: str, begin: str, only: tuple[str, ...]) -> bool:
    """Reads a text with the grammar's rules, as a reader of GBNF would."""
    first, *lines = grammar(only, begin).splitlines()
    rules = dict(found.groups() for found in map(RULE.fullmatch, lines) if found)
    states = {first.removeprefix("root ::= ")}
    for char in text:
        states = {
            way[3]
            for state in states
            for way in WAY.finditer(rules[state])
            if way[3] and (char in _plain(way[2])) != bool(way[1])
        }
    return any('""' in rules[state] for state in states)


def _plain(escaped: str) -> str:
    signs = {"n": "\n", "r": "\r", "t": "\t", "x5E": "^"}
    return re.sub(r"\\(x5E|.)", lambda one: signs.get(one[1], one[1]), escaped)


@given(st.text(alphabet="£6120,4%v5. twenyhudr-f/\n:az“é", max_size=30), st.sampled_from(["", "It cost £61", "by 24."]))
def test_the_grammar_passes_what_the_automaton_passes(text: str, begin: str) -> None:
    rules = Only(LIST)
    assert read(text, begin, LIST) == rules.may_end(rules.run(text, rules.after(begin)))
