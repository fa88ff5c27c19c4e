"""A sentence that no source holds is said anew, left out or marked, and each of these is told."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from twin.core.brief import content_words
from twin.core.records import Brief, Message, Passage
from twin.inference.check import Checked, Desk, check
from twin.inference.compose import Sampling
from twin.inference.mend import drawing, mend
from twin.metrics.copying import Copying
from twin.models.fake import FakeModel

SOURCE = "Gerald's doors failed 38 times a quarter. We cleaned the tracks with a brush. Then they failed 15 times."
PASSAGE = Passage("p", "d", "Doors", "", SOURCE, "post", "", 0.0)
GOOD, GOOD_TOO = "We cleaned the tracks with a brush.", "Gerald's doors failed 38 times a quarter."
FALSE = "Halvard sold us ninety sensors from Leeds."
REQUEST = "Why we cleaned the tracks"
SAMPLING = Sampling(candidates=4, temperature=0.5, top_p=0.95, min_p=0.05, repeat_penalty=1.1, repeat_run=0, seed=7)


def checked(text: str, *, words: int = 12) -> Checked:
    desk = Desk(None, Copying({}), 99.0)
    brief = Brief(", ".join(content_words(REQUEST)), words=words)
    return check(text, desk=desk, brief=brief, request=REQUEST, passages=[PASSAGE])


def saying(*said: str, begins: list[str] | None = None) -> object:
    def again(asked: Sequence[str]) -> list[list[str]]:
        if begins is not None:
            begins.extend(asked)
        return [list(said) for _ in asked]

    return again


def test_a_sentence_that_stands_in_a_source_takes_the_place_of_one_that_does_not() -> None:
    begins: list[str] = []
    draft, changes = mend(checked(f"{GOOD} {FALSE}"), checked=checked, again=saying(FALSE, GOOD_TOO, begins=begins))
    assert draft.text == f"{GOOD} {GOOD_TOO}"
    assert [(one.sentence, one.became) for one in changes] == [(FALSE, GOOD_TOO)]
    assert "said anew" in changes[0].why and "Halvard" in changes[0].why
    assert begins == [f"{GOOD} "]


def test_where_nothing_better_is_said_it_is_left_out() -> None:
    draft, changes = mend(checked(f"{GOOD} {FALSE}"), checked=partial(checked, words=4), again=saying())
    assert draft.text == GOOD
    assert [(one.became, one.why.split(";")[0]) for one in changes] == [("", "left out")]


def test_what_was_left_out_is_made_up_for_where_the_text_becomes_better() -> None:
    asked: list[str] = []

    def again(begins: Sequence[str]) -> list[list[str]]:
        asked.extend(begins)
        return [[FALSE, GOOD_TOO] if begin == f"{GOOD} " and len(asked) > 1 else [] for begin in begins]

    draft, changes = mend(checked(f"{GOOD} {FALSE}", words=30), checked=partial(checked, words=30), again=again)
    assert draft.text == f"{GOOD} {GOOD_TOO}"
    assert [(one.sentence, one.became) for one in changes] == [(FALSE, ""), (GOOD_TOO, GOOD_TOO)]


def test_a_text_of_nothing_else_is_kept_with_its_marks() -> None:
    draft, changes = mend(checked(FALSE), checked=checked, again=saying(FALSE))
    assert draft.text == FALSE
    assert draft.claims[0].status == "not_found"
    assert changes[0].became == FALSE and "marked" in changes[0].why


def test_no_sentence_is_said_twice() -> None:
    draft, changes = mend(checked(f"{GOOD} {FALSE}"), checked=checked, again=saying(GOOD))
    assert draft.text.count(GOOD) == 1
    assert changes[0].became == ""


def test_an_invented_name_never_stays_for_the_length_of_a_text_and_other_words_may() -> None:
    short = partial(checked, words=60)
    draft, _ = mend(short(f"{GOOD} {FALSE}"), checked=short, again=saying())
    assert draft.text == GOOD
    unsaid = "The tracks have been waiting for a warm afternoon of quiet rain and some more rope."
    draft, changes = mend(short(f"{GOOD} {unsaid}"), checked=short, again=saying())
    assert draft.text == f"{GOOD} {unsaid}"
    assert changes[0].why.startswith("marked")


def test_a_sound_draft_costs_no_drawing() -> None:
    begins: list[str] = []
    draft, changes = mend(checked(f"{GOOD} {GOOD_TOO}"), checked=checked, again=saying(begins=begins))
    assert (draft.text, changes, begins) == (f"{GOOD} {GOOD_TOO}", [], [])


def test_sentences_are_drawn_bound_and_whole_and_a_server_that_cannot_go_on_draws_none() -> None:
    asked = []

    class FakeWatched(FakeModel):
        def generate(self, requests, *, adapter=None, progress=lambda done, total, note: None):  # type: ignore[no-untyped-def]
            asked.extend(requests)
            return super().generate(requests, adapter=adapter, progress=progress)

    bound = replace(SAMPLING, only=("38",))
    prompt = (Message("user", "doors tracks brush"),)
    model = FakeWatched()
    how = {"sampling": bound, "adapter": None, "progress": lambda done, total, note: None}
    [first, second] = drawing(model, prompt, **how)(["We say. ", ""])  # type: ignore[arg-type]
    assert first and second and all(one.endswith(".") for one in (*first, *second))
    assert {one.only for one in asked} == {("38",)}
    assert {one.begin for one in asked} == {"We say.", ""}
    model.continues = False
    assert drawing(model, prompt, **how)(["We say. "]) == []  # type: ignore[arg-type]
