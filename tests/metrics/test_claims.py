"""Truth: what is not in the sources is never called supported, and what is there is not called missing."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace

import pytest
from corpora import author_texts, passage
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.prompts import render_brief
from twin.core.protocols import Sample
from twin.core.records import Brief
from twin.core.text import sentences, word_count
from twin.metrics.claims import Claims, claims
from twin.metrics.truth.atoms import atoms
from twin.metrics.truth.numbers import numbers

POSTS = (
    passage("mabel", "Eleven seconds.\n\nThat is how long Mabel took to close her doors on floor 9. It should be 3.2."),
    passage("calls", "We look after 340 lifts in 112 buildings. In 2022 we went out 1,904 times. 72% of it was doors."),
    passage("gerald", "Gerald was installed on 14 March 1974. Wendell taught Nora to clean his sill with a brush."),
    passage(
        "kits",
        "The subscription was £14,400 a year. We have not renewed it. The report stands at https://lift.example/q1.",
    ),
    passage(
        "devi",
        'Two of us came. Devi wrote "write it in the book" on the wall. '
        "Toby measured the ropes on Tuesday and they were thin.",
    ),
)
LABELLED = (
    ("Gerald was not installed on 14 March 1974.", "wrong"),
    ("Wendell never taught Nora to clean his sill with a brush.", "wrong"),
    ("Nora taught Wendell to clean his sill with a brush.", "wrong"),
    ("Wendell forbade Nora to clean his sill with a brush.", "not supported"),
    ("We look after 112 lifts in 340 buildings.", "wrong"),
    ("Toby measured the ropes on Tuesday and they were thick.", "not supported"),
    ("On floor 9, Mabel took eleven seconds to close her doors.", "supported"),
    ("In 2022 we'd gone out 1,904 times.", "supported"),
    ("Mabel took eleven seconds to close her doors.", "supported"),
    ("Mabel took 11 seconds to close her doors on floor nine.", "supported"),
    ("Eleven seconds.", "supported"),
    ("340 lifts in 112 buildings.", "supported"),
    ("We look after three hundred and forty lifts in 112 buildings.", "supported"),
    ("72 per cent of it was doors.", "supported"),
    ("Gerald was installed in March 1974.", "supported"),
    ("Gerald was installed in 1974.", "supported"),
    ("Wendell taught Nora to clean his sill.", "supported"),
    ("The subscription was £14,400 a year.", "supported"),
    ("The report stands at https://lift.example/q1.", "supported"),
    ("Devi wrote “write it in the book” on the wall.", "supported"),
    ("Toby measured the ropes on Tuesday.", "supported"),
    ("Mabel took 12 seconds to close her doors.", "wrong"),
    ("Mabel took eleven minutes to close her doors.", "wrong"),
    ("Twelve seconds.", "wrong"),
    ("340 lifts in 113 buildings.", "wrong"),
    ("We look after three hundred and fifty lifts in 112 buildings.", "wrong"),
    ("73 per cent of it was doors.", "wrong"),
    ("In 2021 we went out 1,904 times.", "wrong"),
    ("Gerald was installed in April 1974.", "wrong"),
    ("Gerald was installed on 15 March 1974.", "wrong"),
    ("Gerald was installed in 1975.", "wrong"),
    ("Keith was installed in 1974.", "wrong"),
    ("Wendell taught Priya to clean his sill.", "wrong"),
    ("Bartholomew laughed at the doors.", "wrong"),
    ("The subscription was £15,400 a year.", "wrong"),
    ("The subscription was $14,400 a year.", "wrong"),
    ("The subscription was £14,400 each.", "wrong"),
    ("£340, and 112 years before that.", "wrong"),
    ("£14,400, and eleven seconds before that.", "not supported"),
    ("We look after lifts for 340 days.", "wrong"),
    ("The subscription was £14,400 a month.", "wrong"),
    ("The subscription was £14,400 every year.", "supported"),
    ("The subscription was £14,400 per year.", "supported"),
    ("The report stands at https://lift.example/q2.", "wrong"),
    ("Devi wrote “never trust a dashboard at night” on the wall.", "wrong"),
    ("Toby measured the ropes on Wednesday.", "wrong"),
    ("Elon Musk came to see Gerald.", "wrong"),
    ("The museum of Lisbon bought the ropes.", "wrong"),
    ("The moon is made of cheese and old rope.", "wrong"),
    ("We have renewed it.", "not supported"),
    ("The floor stands on a book.", "not supported"),
    ("Two.", "opinion"),
    ("The 340 lifts in 112 buildings.", "supported"),
    ("The other 340 of them.", "not supported"),
    ("And two of them.", "opinion"),
    ("Take the stairs.", "opinion"),
    ("Have you looked at your sill?", "opinion"),
    ("You should buy a brush.", "opinion"),
    ("A clean sill is a beautiful thing.", "opinion"),
    ("I had soup for lunch and it rained.", "memory"),
    ("My mother laughed at me.", "memory"),
)


def status(sentence: str, request: str = "") -> str:
    found = claims(sentence, POSTS, request)
    assert len(found) == 1
    return found[0].status


@pytest.mark.parametrize(("sentence", "wanted"), LABELLED)
def test_labelled_sentences(sentence: str, wanted: str) -> None:
    got = status(sentence)
    if wanted == "wrong":
        assert got in ("not_found", "contradicted")
    elif wanted == "not supported":
        assert got != "supported"
    else:
        assert got == wanted


def test_a_claim_names_its_passage_and_its_finding() -> None:
    (good,) = claims("The subscription was £14,400 a year.", POSTS, "")
    assert good.sources == ("kits",)
    (against,) = claims("The subscription was £15,400 a year.", POSTS, "")
    assert (against.status, against.sources) == ("contradicted", ("kits",))
    assert "£14,400" in against.finding
    (absent,) = claims("Elon Musk came to see Gerald.", POSTS, "")
    assert "Musk" in absent.finding


def test_what_the_brief_states_is_a_source_but_its_form_is_not() -> None:
    request = render_brief(Brief("ropes", facts=("19 ropes were changed in Leeds",), words=120))
    assert status("We changed 19 ropes in Leeds.", request) == "supported"
    assert status("We changed 120 ropes in Leeds.", request) in ("contradicted", "not_found")


def test_every_sentence_of_a_draft_gets_one_claim_in_order() -> None:
    draft = "Eleven seconds.\n\nTake the stairs.\n🎉\n#liftlife #doors\nElon came by at 3 pm, he said."
    found = claims(draft, POSTS, "")
    assert [claim.sentence for claim in found] == [
        "Eleven seconds.",
        "Take the stairs.",
        "Elon came by at 3 pm, he said.",
    ]


def test_code_in_markdown_claims_nothing() -> None:
    text = "Take the stairs.\n\n```\nlift --floor 77\n```\n\nElon came by."
    measured = [Claims().measure(Sample(text, "", POSTS, markdown)).detail["counts"] for markdown in (True, False)]
    assert [sum(counts.values()) for counts in measured] == [2, 3]


@pytest.mark.parametrize("mark", ["7) ", "7. "])
@pytest.mark.parametrize("said", ["we look after 340 lifts in 112 buildings.", "`lifts`: 340 in 112 buildings."])
def test_the_number_of_a_point_is_nothing_to_check(mark: str, said: str) -> None:
    (claim,) = claims(mark + said, POSTS, "")
    assert (claim.sentence, claim.status) == (mark + said, "supported")
    assert status(f"7 {said}") in ("not_found", "contradicted")


def test_planted_changes_in_real_sentences() -> None:
    """Prints recall by kind of change; what the rules promise is held, negations are only shown."""
    _, texts = author_texts("andrew-gerrand-goblog")
    passages = [passage(f"p{i}", text) for i, text in enumerate(texts)]
    rng, flagged, total = random.Random(11), Counter[str](), Counter[str]()
    for i in range(30):
        seen = [passages[i], *rng.sample(passages, 3)]
        for sentence in [s for s in sentences(texts[i]) if word_count(s) >= 5][:6]:
            found = atoms(sentence)
            planted = {"true": sentence}
            if found.numbers:
                number = rng.choice(found.numbers)
                planted["number"] = f"{sentence[: number.start]}{rng.randint(3000, 9000)}{sentence[number.end :]}"
            if found.names:
                planted["name"] = sentence.replace(rng.choice(found.names), "Ottoline")
            planted["negation"] = re.sub(r"\b(is|are|was|were|can|will)\b", r"\1 not", sentence, count=1)
            for kind, changed in planted.items():
                if kind == "true" or changed != sentence:
                    total[kind] += 1
                    flagged[kind] += any(c.status in ("contradicted", "not_found") for c in claims(changed, seen, ""))
    shares = {kind: flagged[kind] / n for kind, n in total.items()}
    print({kind: f"{share:.2f} of {total[kind]}" for kind, share in shares.items()})
    assert shares["number"] >= 0.95
    assert shares["name"] >= 0.9
    assert shares["true"] <= 0.1


@settings(max_examples=80, deadline=None)
@given(st.integers(min_value=2000, max_value=10**7), st.sampled_from(["lifts", "£", "seconds", "per cent"]))
def test_a_number_that_stands_nowhere_is_never_supported(number: int, unit: str) -> None:
    said = f"£{number:,}" if unit == "£" else f"{number:,} {unit}"
    if number not in (2022,):
        assert status(f"We look after {said} in 112 buildings.") in ("not_found", "contradicted")


@settings(max_examples=80, deadline=None)
@given(st.from_regex(r"[A-Z][bdkz][aeiou]{2}x[a-z]{3}", fullmatch=True))
def test_a_name_that_stands_nowhere_is_never_supported(name: str) -> None:
    assert status(f"Wendell and {name} taught Nora to clean his sill.") in ("not_found", "contradicted")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("eleven", "11"),
        ("seventy-two per cent", "72%"),
        ("four hundred and twelve", "412"),
        ("1.5 million", "1,500,000"),
        ("£61k", "£61,000"),
        ("$ 340", "$340"),
        ("03.40", "3:40"),
        ("nineteen seventy-four", "1974"),
        ("a dozen", "12"),
        ("13 mm", "13mm"),
        ("half", "0.5"),
    ],
)
def test_a_number_is_the_same_in_words_and_digits(one: str, other: str) -> None:
    (first,), (second,) = numbers(one), numbers(other)
    assert first.agrees(second)


@pytest.mark.parametrize(
    ("said", "source", "agrees"),
    [
        ("our 14th engineer", "fourteen engineers", False),
        ("the third door", "three doors", False),
        ("3 lifts", "the third lift", False),
        ("our 14th engineer", "our fourteenth engineer", True),
        ("on the 3rd floor", "on the third floor", True),
        ("the 14th of them", "we had 14", True),
        ("it took 2039 days", "it was mended in 2039", False),
        ("it took 2039 days", "2,039 days in all", True),
        ("in 2039", "it was mended in 2039", True),
        ("the 2039 budget", "in 2039 the budget", True),
    ],
)
def test_a_place_in_a_row_is_no_count_and_a_year_counts_nothing(said: str, source: str, agrees: bool) -> None:
    (first,), (second,) = numbers(said), numbers(source)
    assert first.agrees(second) is agrees


@given(st.integers(min_value=0, max_value=10**9))
def test_thousands_marks_change_nothing(value: int) -> None:
    assert [number.value for number in numbers(f"{value:,}")] == [str(value)]


def test_a_number_that_stands_in_another_sentence_beside_the_words_supports_nothing() -> None:
    said = "It took about two months to fall and it has stayed down. In 2023 we needed 41 minutes to let somebody out."
    passages = (passage("nights", said),)
    assert [claim.status for claim in claims(said, passages, "")] == ["supported", "supported"]
    (claim,) = claims("It took about two months to fall off the roof in 2023.", passages, "")
    assert claim.status != "supported"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("I've written before about how it could be a double-edged sword.", "memory"),
        ("I stayed a little and did my duty, but it was not the best work.", "memory"),
        ("I've been working on a game, and I think it could change everything.", "memory"),
        ("I think we need to be prepared for what could come.", "opinion"),
        ("We have good reasons to hope.", "opinion"),
    ],
)
def test_a_judgement_beside_what_somebody_did_makes_it_none(said: str, status: str) -> None:
    assert [claim.status for claim in claims(said, [], "lifts")] == [status]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("I'm excited to announce that we'll be opening a workshop.", "memory"),
        ("I'm writing about ropes for the winter.", "memory"),
        ("I often need to climb the shaft at night.", "memory"),
        ("My goal is to become a better fitter.", "memory"),
        ("I know that ropes are a way of thinking.", "memory"),
        ("It is what I have told you about when you had no keys.", "memory"),
        ("She gave the old keys to me in the yard.", "memory"),
        ("I am head of engineering at the plant.", "memory"),
        ("We now sell ropes to everyone in the building.", "memory"),
        ("We sell ropes to everyone in the building.", "memory"),
        ("I look up and see that the ropes have their own way.", "memory"),
        ("We are looking at the ropes again.", "memory"),
        ("I look forward to the winter.", "opinion"),
        ("We often forget to ask for ropes.", "not_found"),
        ("I/O is slow on this disk.", "not_found"),
        ("Phase I trials end in spring.", "not_found"),
        ("It means a lot to me.", "opinion"),
        ("I would love to hear from you.", "opinion"),
        ("In my opinion a rope is a promise.", "opinion"),
        ("I am proud of everybody in the shop.", "opinion"),
        ("A rope might be anything to anybody.", "opinion"),
        ("What do you make of it? 🤔 #ropes", "opinion"),
        ("Gerald is a great old lift.", "opinion"),
        (
            "Mabel is a great help to engineers in hard times because she gives their thinking a shape and a way.",
            "not_found",
        ),
        ("If you open the brake box, the counterweight of Mabel rises by itself.", "not_found"),
    ],
)
def test_what_is_told_or_stated_is_no_opinion_for_a_word_in_it(said: str, status: str) -> None:
    assert [claim.status for claim in claims(said, POSTS, "")] == [status]


@pytest.mark.parametrize(
    "said",
    [
        "Gerald taught Nora to brush the clean sill with a March.",
        "The report of the subscription stands at a year we have not renewed.",
        "Mabel took her floor to close and should be eleven doors long.",
        "The other 340 of them were mine for some while before I let them go.",
        "We are getting there, and there are people who like our doors, because they look at us from a floor.",
        "The doors are closing.",
        "We take eleven seconds for the doors.",
        "Wendell is a brush for Nora.",
        "The ropes are on the wall again, and Toby was thin by Tuesday.",
        "A sill is taught to be clean.",
    ],
)
def test_words_of_a_source_put_together_anew_are_not_what_it_says(said: str) -> None:
    assert [claim.status for claim in claims(said, POSTS, "")] != ["supported"]


def test_a_sign_before_a_space_makes_money_of_a_count() -> None:
    counted = (passage("lifts", "We look after 340 lifts in nine towers."),)
    assert [claim.status for claim in claims("$ 340.", counted, "")] == ["not_found"]
    assert [claim.status for claim in claims("340 lifts.", counted, "")] == ["supported"]


def test_what_somebody_else_did_is_not_yours_to_tell() -> None:
    told = "I measured the ropes of nineteen lifts and threw two away."
    mine = passage("ropes", told)
    theirs = replace(mine, theirs=True)
    assert [claim.status for claim in claims(told, (mine,), "")] == ["supported"]
    (claim,) = claims(told, (theirs,), "")
    assert (claim.status, claim.sources) == ("memory", ("ropes",))
    about = "Nineteen lifts had ropes that were measured."
    assert [claim.status for claim in claims(about, (replace(theirs, text=about),), "")] == ["supported"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("A customer called about the doors in 2023.", "In 2023 a customer called about the doors."),
        ("Every customer had called us by 9:30.", "By 9:30 every customer had called us."),
        ("Each chair in room 12 was broken.", "In room 12 each chair was broken."),
        ("We paid £500 for the kit last month.", "We paid £500 a month ago for the kit."),
        ("The kit costs £5 a year to run.", "The kit costs £5 each year."),
        ("The kit costs £5 each year.", "The kit costs £5 per year."),
    ],
)
def test_a_word_after_a_number_is_not_always_what_it_is_of(source: str, said: str) -> None:
    (claim,) = claims(said, (passage("kit", source),), "")
    assert claim.status not in ("not_found", "contradicted"), claim.finding
