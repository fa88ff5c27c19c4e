"""Copying: a planted sentence is always found, and named; what may be repeated is left alone."""

from __future__ import annotations

import random

from corpora import author_texts, passage
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.protocols import Sample
from twin.core.text import sentences, word_count, words
from twin.metrics.copying import Copying

OWN = {
    "a": "Then the old lift stopped between two floors and a man sang until we came. Take the stairs today please.",
    "b": "We cleaned every sill in the building with a brush and a bucket of water. Take the stairs today please.",
}


def brute(text: list[str], document: list[str]) -> int:
    """The longest shared run by trying every pair of places."""
    best = 0
    for i in range(len(text)):
        for j in range(len(document)):
            run = 0
            while i + run < len(text) and j + run < len(document) and text[i + run] == document[j + run]:
                run += 1
            best = max(best, run)
    return best


@settings(max_examples=150)
@given(st.lists(st.sampled_from("abcd"), max_size=25), st.lists(st.sampled_from("abcd"), max_size=25))
def test_the_longest_run_is_the_longest(text: list[str], document: list[str]) -> None:
    found = Copying({}, outside={"d": " ".join(document)}).measure(Sample(" ".join(text))).value
    longest = brute(text, document)
    assert found == (longest if longest >= 3 else 0)


def test_a_copied_sentence_is_named_with_its_document() -> None:
    found = Copying(OWN).measure(Sample("Well, so. The old lift stopped between two floors AND a man sang! Then tea."))
    assert found.detail["copied"]
    assert found.detail["document"] == "a"
    assert found.detail["run"] == "The old lift stopped between two floors AND a man sang"
    assert found.value == 11


def test_stock_phrases_quotations_and_what_was_asked_for_are_allowed() -> None:
    copying = Copying(OWN)
    for text, request in (
        ("I say it every time, take the stairs today please.", ""),
        ("He wrote “we cleaned every sill in the building with a brush” and left.", ""),
        (
            "We cleaned every sill in the building with a brush, he said.",
            "we cleaned every sill in the building with a brush",
        ),
    ):
        assert not copying.measure(Sample(text, request)).detail["copied"], text


def test_what_is_said_in_two_texts_and_longer_than_a_stock_phrase_is_a_copy_all_the_same() -> None:
    habit = "if you read this far you may as well read the other nine posts too"
    copying = Copying({name: f"{text} {habit}." for name, text in OWN.items()})
    assert copying.measure(Sample(f"So there. {habit}.")).value == 15
    assert copying.measure(Sample("You may as well read the other nine posts too.")).value == 0


def test_a_linked_page_is_a_source_too() -> None:
    page = passage("p9", "The committee found that unattended elevators account for most of the reported delays.")
    found = Copying(OWN).measure(Sample("Unattended elevators account for most of the reported delays.", "", (page,)))
    assert (found.detail["document"], found.detail["copied"]) == ("p9", True)


def test_every_spliced_sentence_is_caught_and_real_texts_are_not() -> None:
    _, texts = author_texts("remy-sharp-blog")
    train, held_out = texts[:150], texts[-40:]
    copying = Copying({str(i): text for i, text in enumerate(train)})
    long = [(i, s) for i, text in enumerate(train) for s in sentences(text) if word_count(s) >= copying.gate + 1]
    rng = random.Random(4)
    caught = clean = 0
    for text in held_out:
        clean += not copying.measure(Sample(text)).detail["copied"]
        where, planted = rng.choice(long)
        spliced = sentences(text)
        spliced.insert(len(spliced) // 2, planted.replace('"', ""))
        found = copying.measure(Sample("\n".join(spliced)))
        caught += bool(found.detail["copied"]) and found.detail["document"] == str(where)
    assert caught == len(held_out)
    assert clean >= len(held_out) - 1


def test_one_word_for_ever_does_not_take_for_ever() -> None:
    copying = Copying({"a": "no " * 3000, "b": "no " * 10})
    assert copying.measure(Sample("no " * 20_000)).value is not None


@given(st.text(max_size=300))
def test_a_text_copied_whole_is_all_run(text: str) -> None:
    found = Copying({}, outside={"d": text}).measure(Sample(text.replace('"', "").replace("“", "")))
    tokens = words(text)
    if len(tokens) >= 3 and '"' not in text and "“" not in text:
        assert found.value == len(tokens)


def test_a_repost_does_not_open_the_gate() -> None:
    story = " ".join(f"word{i}" for i in range(60))
    own = {str(i): f"unlike{i} every{i} other{i} text{i} there{i} is{i}" for i in range(30)} | {"x": story, "y": story}
    assert Copying(own).gate == 8


def test_a_copy_of_a_linked_text_is_one_with_its_links_and_without() -> None:
    linked = (
        "We moved [the stand-up](/2012/05/doors/) to the afternoon because "
        "[nobody came](/2012/06/x/ 'a longer title here') at nine in the morning."
    )
    plain = "We moved the stand-up to the afternoon because nobody came at nine in the morning."
    for text in (linked, plain):
        found = Copying({"a": linked}).measure(Sample(text)).detail
        assert found["copied"] and found["longest_run_words"] == 15, text
        assert found["run"].startswith("We moved") and found["run"].endswith("morning")
