"""The score of a candidate: what stands in the sources earns, what stands nowhere costs, and silence does not win."""

from dataclasses import replace

import pytest

from twin.core.protocols import Measurement, Sample
from twin.core.records import Brief, Claim, Passage
from twin.core.text import sentences
from twin.inference.checking.check import Checked, Desk, check, said_twice, score_of, trimmed
from twin.metrics.copying import Copying
from twin.metrics.coverage import Coverage

DOORS = Passage(
    "p-doors",
    "doc-doors",
    "",
    "",
    "We look after 340 lifts in 112 buildings. In 2022 we went out 1,904 times, and 72% of it was doors.",
    "post",
    "",
    1.0,
)
BRIEF = Brief("lifts, doors", facts=("340 lifts in 112 buildings",), words=20)
DESK = Desk(None, Copying({}), 20.0)
GOOD = "We look after 340 lifts in 112 buildings. Of what we went out for in 2022, 72% was doors."


def checked(text: str, *, finished: bool = True) -> Checked:
    return check(text, desk=DESK, brief=BRIEF, request="lifts and doors", passages=[DOORS], finished=finished)


@pytest.mark.parametrize(
    "worse",
    [
        "We look after 340 lifts in 112 buildings. Of what we went out for in 2022, 75% was doors.",
        "We look after 340 lifts in 112 buildings. The minister of Lisbon bought the whole park and the moon.",
        "We look after 340 lifts in 112 buildings. I had soup with my mother and she laughed at my hat all day.",
        "Doors are fine things, I think, and lifts should have more of them wherever one can be put with care.",
        "Doors.",
        "We look after 340 lifts in 112 buildings. " * 9,
    ],
)
def test_a_sound_draft_beats(worse: str) -> None:
    assert checked(GOOD).score > checked(worse).score


def test_a_first_word_that_names_a_stranger_is_marked_and_a_usual_one_is_not() -> None:
    usual = frozenset({"wonder", *(f"word{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(200))})
    said = "Kubernetes should be boring. Wonders should be boring. Lifts should be boring."
    found = check(said, desk=replace(DESK, usual=usual), brief=BRIEF, request="lifts and doors", passages=[DOORS])
    assert [claim.status for claim in found.claims] == ["not_found", "opinion", "opinion"]
    assert found.claims[0].finding == "not in your sources: Kubernetes"
    assert checked(said).claims[0].status == "opinion", "who wrote little has no usual words to tell by"


def test_the_number_of_a_point_is_no_claim_and_stays_with_the_point() -> None:
    good, false = "We look after 340 lifts in 112 buildings.", "Halvard sold us ninety sensors."
    found = checked(f"1. {false} {good}\n2. {false}\n3. {good}\n4.")
    assert [claim.sentence for claim in found.claims] == [false, good, false, good, "4."]
    assert trimmed(found) == f"1. {good}\n3. {good}"


def test_a_sentence_that_an_editor_broke_is_one_claim_and_stands_where_it_stands() -> None:
    first = "In 2022 we went out 1,904 times, and 72%\nof it was doors."
    text = f"{first} In the end the minister\nof Halvard bought 340 lifts in 112 buildings of\nLisbon."
    found = checked(text)
    assert [claim.status for claim in found.claims] == ["supported", "not_found"]
    assert "Lisbon" in found.claims[1].finding, "a capital at the beginning of a line may name somebody"
    assert [text[slice(*span)] for span, _ in found.standing()] == [first, text.removeprefix(f"{first} ")]
    assert trimmed(found) == first.replace("\n", " ")


def test_code_in_markdown_is_no_claim_and_is_counted() -> None:
    text = f"{GOOD}\n\n```sh\nlift doors\nlift floor 77\n```\n\n    lift close\n\nThe minister slept."

    def found(**how: bool) -> Checked:
        return check(text, desk=DESK, brief=BRIEF, request="lifts and doors", passages=[DOORS], **how)

    plain, coded = found(), found(markdown=True)
    assert [claim.sentence for claim in coded.claims] == [*sentences(GOOD), "The minister slept."]
    assert coded.code.lines == 3
    assert [(one.sentence, one.finding) for one in coded.code.absent] == [("lift floor 77", "not in your sources: 77")]
    assert [text[slice(*span)] for span, _ in coded.standing()] == [claim.sentence for claim in coded.claims]
    assert "```sh" in [claim.sentence for claim in plain.claims], "a place without Markdown has no code"
    assert plain.code.lines == 0
    assert checked(GOOD) == check(
        GOOD, desk=DESK, brief=BRIEF, request="lifts and doors", passages=[DOORS], markdown=True
    )


def test_a_number_in_code_that_stands_nowhere_costs_as_it_does_elsewhere() -> None:
    def score(said: str) -> float:
        text = f"{GOOD}\n\n```\n{said}\n```"
        return check(text, desk=DESK, brief=BRIEF, request="lifts and doors", passages=[DOORS], markdown=True).score

    assert score("lift floor 340") == score("lift floor")
    assert score("lift floor 77") < score("lift floor 340")


def test_what_a_source_says_over_two_lines_is_one_sentence_of_it() -> None:
    broken = replace(DOORS, text="Of all the lifts that we look after in the north the\noldest is Gerald's, from 1974.")
    said = "Gerald's is the oldest of all the lifts that we look after, from 1974."
    (claim,) = check(said, desk=DESK, brief=BRIEF, request="lifts", passages=[broken]).claims
    assert claim.status == "supported"
    assert "\n" not in claim.finding


def test_an_unfinished_text_is_not_blamed_for_its_length() -> None:
    begun = "We look after 340 lifts in 112 buildings."
    assert checked(begun, finished=False).score > checked(begun).score


def test_voice_counts_up_to_the_authors_median_and_no_further() -> None:
    def score(percentile: int) -> float:
        style = Measurement("style", "1", 0.5, "", {"percentile": percentile, "verdict": "unclear"})
        covered = Measurement("coverage", "1", 1.0, "")
        return score_of(style, (), covered, short=0.0, copied=False, broken=False)

    assert score(10) < score(50) == score(99)


def test_what_a_source_nearly_says_is_better_than_what_is_invented_and_worse_than_what_it_says() -> None:
    held, nearly, far = (
        checked(said, finished=False)
        for said in (
            "We look after 340 lifts in 112 buildings.",
            "We look after 340 old lifts in 112 nice buildings.",
            "Buildings are 340 ways after lifts, in 112 nice looks.",
        )
    )
    assert [one.claims[0].status for one in (nearly, far)] == ["not_found", "not_found"]
    assert "340 lifts in 112 buildings" in nearly.claims[0].finding
    assert held.score > nearly.score > far.score


def test_what_is_said_twice_earns_once() -> None:
    once = "We cleaned the tracks with a brush in May. It took 41 minutes."
    assert said_twice(sentences(f"{once} In May we cleaned tracks with the brush. It took 34 minutes.")) == [2]
    assert said_twice(["Take it.", "Take it.", "Doors failed.", "Doors failed."]) == [3]
    source, covered = "We cleaned the tracks.", Coverage(Brief("tracks")).measure(Sample("tracks"))

    def score(*said: str) -> float:
        found = [Claim(sentence, "supported", ("p",), source) for sentence in said]
        return score_of(None, found, covered, short=0.0, copied=False, broken=False)

    assert score(source, "The doors failed.") == score(source) > score(source, "The tracks: we cleaned them.")


def test_a_copied_or_broken_text_ranks_below_every_other() -> None:
    nothing = Measurement("coverage", "1", 0.0, "")
    whole = Measurement("coverage", "1", 1.0, "")
    worst = score_of(
        None, checked("The minister of Lisbon bought it.").claims, nothing, short=1.0, copied=False, broken=False
    )
    assert score_of(None, (), whole, short=0.0, copied=True, broken=False) < worst
    assert score_of(None, (), whole, short=0.0, copied=False, broken=True) < worst


def test_trimming_takes_out_what_no_source_holds_and_nothing_else() -> None:
    kept = "We look after 340 lifts in 112 buildings."
    text = f"{kept} The minister of Lisbon bought 77 of them.\n\nElon Musk came.\n\nTake the stairs."
    assert trimmed(checked(text)) == f"{kept}\n\nTake the stairs."


def test_trimming_takes_out_a_sentence_with_two_spaces_in_it() -> None:
    kept = "We look after 340 lifts in 112 buildings."
    assert trimmed(checked(f"{kept} Then Dr.  Halvard of Lisbon bought 77 of them.")) == kept
