"""A sentence that no source holds is said anew, left out or marked, and each of these is told."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest

from twin.core.brief import content_words
from twin.core.records import Brief, Message, Passage
from twin.inference.changing.mend import mend
from twin.inference.changing.reword import Again, Begun, Mended, Rewording, drawing
from twin.inference.checking.check import Checked, Desk, check
from twin.inference.checking.seen import as_json
from twin.inference.composing.compose import Sampling
from twin.inference.places import load
from twin.inference.request import Wishes
from twin.metrics.copying import Copying
from twin.models.fake import FakeModel

SOURCE = "Gerald's doors failed 38 times a quarter. We cleaned the tracks with a brush. Then they failed 15 times."
PASSAGE = Passage("p", "d", "Doors", "", SOURCE, "post", "", 0.0)
GOOD, GOOD_TOO = "We cleaned the tracks with a brush.", "Gerald's doors failed 38 times a quarter."
FALSE = "Halvard sold us ninety sensors from Leeds."
REQUEST = "Why we cleaned the tracks"
SAMPLING = Sampling(candidates=4, temperature=0.5, top_p=0.95, min_p=0.05, repeat_penalty=1.1, repeat_run=0, seed=7)


def checked(text: str, *, words: int = 12, own: str = "") -> Checked:
    desk = Desk(None, Copying({"d1": own} if own else {}), 13.0)
    brief = Brief(", ".join(content_words(REQUEST)), words=words)
    return check(text, desk=desk, brief=brief, request=REQUEST, passages=[PASSAGE])


def mended(
    text: str,
    *said: str,
    again: Again | None = None,
    measured: Callable[[str], Checked] = checked,
    most_chars: int = 9999,
) -> tuple[str, list[Mended]]:
    """A text in, what becomes of it where the model goes on with these sentences, whatever it is asked."""
    always = Rewording(measured, again or (lambda begins: [said for _ in begins]), lambda one: len(one) <= most_chars)
    [(draft, changes)] = mend([(measured(text), always)])
    return draft.text, changes


def test_a_sentence_that_stands_in_a_source_takes_the_place_of_one_that_does_not() -> None:
    begins: list[str] = []

    def again(asked: Sequence[Begun]) -> list[list[str]]:
        begins.extend(begin for _, begin in asked)
        return [[FALSE, GOOD_TOO] for _ in asked]

    text, changes = mended(f"{GOOD} {FALSE}", again=again)
    assert text == f"{GOOD} {GOOD_TOO}"
    assert [(one.sentence, one.became) for one in changes] == [(FALSE, GOOD_TOO)]
    assert "said anew" in changes[0].why and "Halvard" in changes[0].why
    assert begins == [f"{GOOD} "]


def test_a_wish_outlives_the_mending() -> None:
    wished, other = "Gerald's doors failed 38 times a quarter.", "Then they failed 15 times."
    for wishes, became in ((Wishes(), other), (Wishes(must=("Gerald",)), wished), (Wishes(avoid=("they",)), wished)):

        def weighed(text: str, wishes: Wishes = wishes) -> Checked:
            found = checked(text)
            liked = replace(found, score=found.score + 0.2 * (other in text))
            return wishes.weighed(liked)

        assert mended(f"{GOOD} {FALSE}", wished, other, measured=weighed)[0] == f"{GOOD} {became}"


def test_private_things_in_a_draft_are_told() -> None:
    text = f"{GOOD} Write to gerald@lifts.example or call 020 7946 0018."
    problems = as_json(checked(text), Desk(None, Copying({}), 13.0))["problems"]
    assert [one for one in problems if "private" in one] == [
        "it shows what looks private (email): gerald@lifts.example",
        "it shows what looks private (phone): 020 7946 0018",
    ]
    assert not [one for one in as_json(checked(GOOD), Desk(None, Copying({}), 13.0))["problems"] if "private" in one]


def test_a_draft_that_stands_on_nothing_says_so() -> None:
    def told(text: str) -> list[str]:
        problems: list[str] = as_json(checked(text), Desk(None, Copying({}), 13.0))["problems"]
        return [one for one in problems if "stands in a source" in one]

    nothing = f"{FALSE} Doors matter. I like them."
    assert told(nothing) == [
        "none of its 3 sentences stands in a source: put what you know into the brief, or link to it"
    ]
    assert told(f"{nothing} {GOOD}") == []
    assert told(FALSE) == []


def test_what_several_drafts_ask_for_is_drawn_in_one_batch() -> None:
    batches: list[list[Begun]] = []

    def again(asked: Sequence[Begun]) -> list[list[str]]:
        batches.append(list(asked))
        return [[GOOD_TOO if begin.startswith(GOOD) else GOOD] for _, begin in asked]

    drafts = [checked(f"{GOOD} {FALSE}"), checked(GOOD), checked(f"{GOOD_TOO} {FALSE}")]
    prompts = [(Message("user", f"prompt {i}"),) for i in range(3)]
    mended_ones = mend(
        [
            (one, Rewording(checked, again, lambda one: True, prompt))
            for one, prompt in zip(drafts, prompts, strict=True)
        ]
    )
    assert [one.text for one, _ in mended_ones][:2] == [f"{GOOD} {GOOD_TOO}", GOOD]
    assert not any(FALSE in one.text for one, _ in mended_ones)
    assert batches[0] == [(prompts[0], f"{GOOD} "), (prompts[2], f"{GOOD_TOO} ")]


def test_where_nothing_better_is_said_it_is_left_out() -> None:
    text, changes = mended(f"{GOOD} {FALSE}", measured=partial(checked, words=4))
    assert text == GOOD
    assert [(one.became, one.why.split(";")[0]) for one in changes] == [("", "left out")]


def making_up_for(text: str) -> tuple[str, list[Mended]]:
    """What becomes of a text whose false sentence is left out, where the model knows another good one."""
    asked: list[str] = []

    def again(begun: Sequence[Begun]) -> list[list[str]]:
        asked.extend(begin for _, begin in begun)
        return [[FALSE, GOOD_TOO] if begin == f"{GOOD} " and len(asked) > 1 else [] for _, begin in begun]

    return mended(text, again=again, measured=partial(checked, words=30))


def test_what_was_left_out_is_made_up_for_where_the_text_becomes_better() -> None:
    text, changes = making_up_for(f"{GOOD} {FALSE}")
    assert text == f"{GOOD} {GOOD_TOO}"
    assert [(one.sentence, one.became) for one in changes] == [(FALSE, ""), ("", GOOD_TOO)]


def test_what_makes_up_for_it_stands_in_running_text_and_not_after_hashtags() -> None:
    assert making_up_for(f"{GOOD} {FALSE}\n\n#doors #lifts")[0] == f"{GOOD} {GOOD_TOO}\n\n#doors #lifts"
    listed = f"- {GOOD}\n- {FALSE}"
    assert making_up_for(listed)[0] == f"- {GOOD}", "a list has no place for it"


@pytest.mark.parametrize("mark", ["- ", "1. "])
def test_a_point_that_loses_a_sentence_keeps_its_mark(mark: str) -> None:
    short = partial(checked, words=4)
    assert mended(f"We mend:\n{mark}{FALSE} {GOOD}", measured=short)[0] == f"We mend:\n{mark}{GOOD}"
    assert mended(f"We mend:\n{mark}{FALSE}\n\n{GOOD}", measured=short)[0] == f"We mend:\n\n{GOOD}"


def test_a_point_that_goes_leaves_no_gap_in_the_numbers() -> None:
    text, _ = mended(f"We mend:\n1. {GOOD}\n2. {FALSE}\n3. {GOOD_TOO}", measured=partial(checked, words=4))
    assert text == f"We mend:\n1. {GOOD}\n2. {GOOD_TOO}"


def test_a_wrong_sentence_goes_also_where_it_stands_twice_or_has_two_spaces_in_it() -> None:
    short = partial(checked, words=4)
    text, changes = mended(f"{FALSE} {GOOD} {FALSE}", measured=short)
    assert (text, len(changes)) == (GOOD, 2)
    assert mended(f"{GOOD} We asked Dr.  Halvard Oslo.", measured=short)[0] == GOOD


def test_nothing_is_said_anew_that_its_place_has_no_room_for() -> None:
    room = len(f"{GOOD} {FALSE}")
    longer = f"{GOOD_TOO[:-1]}, Gerald's doors."
    assert mended(f"{GOOD} {FALSE}", longer, most_chars=room)[0] == GOOD
    assert mended(f"{GOOD} {FALSE}", GOOD_TOO, most_chars=room)[0] == f"{GOOD} {GOOD_TOO}"


def test_a_text_of_nothing_else_is_kept_with_its_marks() -> None:
    text, changes = mended(FALSE, FALSE)
    assert text == FALSE and checked(FALSE).claims[0].status == "not_found"
    assert changes[0].became == FALSE and "marked" in changes[0].why


def test_no_sentence_is_said_twice() -> None:
    text, changes = mended(f"{GOOD} {FALSE}", GOOD)
    assert text.count(GOOD) == 1
    assert changes[0].became == ""


def test_an_invented_name_never_stays_for_the_length_of_a_text_and_other_words_may() -> None:
    short = partial(checked, words=60)
    assert mended(f"{GOOD} {FALSE}", measured=short)[0] == GOOD
    unsaid = "The tracks have been waiting for a warm afternoon of quiet rain and some more rope."
    text, changes = mended(f"{GOOD} {unsaid}", measured=short)
    assert text == f"{GOOD} {unsaid}"
    assert changes[0].why.startswith("marked")


OWN = "I think that good brushes should always be kept where nobody would ever look for them."
"""A text of the author's: an opinion, so that nothing but its words in a row is wrong."""


def copying(text: str) -> Checked:
    return checked(text, own=OWN)


def test_a_copied_sentence_is_said_anew_or_left_out() -> None:
    assert copying(f"{GOOD} {OWN}").copied
    text, changes = mended(f"{GOOD} {OWN}", OWN, GOOD_TOO, measured=copying)
    assert text == f"{GOOD} {GOOD_TOO}"
    assert [(one.sentence, one.became) for one in changes] == [(OWN, GOOD_TOO)]
    assert "16 words in a row" in changes[0].why
    assert mended(f"{GOOD} {OWN}", measured=copying)[0] == GOOD


def test_of_a_run_over_several_sentences_one_is_enough() -> None:
    own = "Brushes are cheap. Rope is dear. I like brushes more than rope. And both more than sensors of any kind."
    text, _ = mended(f"{GOOD} {own}", measured=partial(checked, own=own))
    assert not checked(text, own=own).copied
    assert len(text) > len(GOOD) + len(own) / 2


def test_a_text_that_is_nothing_but_a_copy_stays_and_says_so() -> None:
    text, _ = mended(OWN, OWN, measured=copying)
    assert text == OWN
    desk = Desk(None, Copying({"d1": OWN}), 13.0)
    [problem] = [one for one in as_json(copying(OWN), desk)["problems"] if "in a row" in one]
    assert "16 words" in problem and "12 are the most" in problem
    assert not [one for one in as_json(copying(GOOD), desk)["problems"] if "in a row" in one]


def test_a_sound_draft_costs_no_drawing() -> None:
    begins: list[str] = []

    def again(asked: Sequence[Begun]) -> list[list[str]]:
        begins.extend(begin for _, begin in asked)
        return []

    assert (*mended(f"{GOOD} {GOOD_TOO}", again=again), begins) == (f"{GOOD} {GOOD_TOO}", [], [])


def test_sentences_are_drawn_bound_and_whole_and_a_server_that_cannot_go_on_draws_none() -> None:
    asked = []

    class FakeWatched(FakeModel):
        def generate(self, requests, *, adapter=None, progress=lambda done, total, note: None):  # type: ignore[no-untyped-def]
            asked.extend(requests)
            return super().generate(requests, adapter=adapter, progress=progress)

    bound = replace(SAMPLING, only=("38",))
    prompt = (Message("user", "doors tracks brush"),)
    model = FakeWatched()
    how = {"sampling": bound, "adapter": None, "place": load("x-post"), "progress": lambda done, total, note: None}
    [first, second] = drawing(model, **how)([(prompt, "We say. "), (prompt, "")])  # type: ignore[arg-type]
    assert first and second and all(one.endswith(".") for one in (*first, *second))
    assert {(one.only, one.one_sentence) for one in asked} == {(("38",), True)}
    assert {one.begin for one in asked} == {"We say.", ""}
    model.continues = False
    assert drawing(model, **how)([(prompt, "We say. ")]) == []  # type: ignore[arg-type]
