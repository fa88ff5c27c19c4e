"""What a model answered becomes a draft: in the form of its place, whole sentences, within the limit; the best stay."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.records import Brief
from twin.core.text import post_text
from twin.inference.checking.check import Desk, check
from twin.inference.composing.candidates import fitted
from twin.inference.composing.compose import Grown
from twin.inference.places import load
from twin.inference.write import Candidate, _different
from twin.metrics.copying import Copying

POST, X, MEDIUM = load("linkedin-post"), load("x-post"), load("medium-article")


@settings(deadline=None)
@given(st.text(alphabet="ab .!?\n*#1", max_size=200), st.booleans())
def test_a_linkedin_post_is_made_as_in_evaluation(answer: str, finished: bool) -> None:
    assert fitted(Grown(answer, finished), POST, 3000) == post_text(answer, unfinished=not finished, max_chars=3000)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["We cleaned it.", "你好" * 40, "https://x.example/" + "a" * 200, "Why?", "w" * 300])))
def test_a_draft_fits_its_place(said: list[str]) -> None:
    answer = " ".join(said)
    draft = fitted(Grown(answer, finished=True), X, X.limit)
    assert X.count(draft) <= X.limit
    assert answer.startswith(draft)


def test_a_draft_is_cut_after_a_whole_sentence() -> None:
    answer = "We cleaned version 1.5 of it. " * 12
    assert fitted(Grown(answer, finished=True), X, 280) == ("We cleaned version 1.5 of it. " * 9).strip()


def test_an_article_keeps_its_markdown() -> None:
    answer = "# Tracks\r\n\r\n**First** things.\n"
    assert fitted(Grown(answer, finished=True), MEDIUM, 0) == "# Tracks\n\n**First** things."


def candidate(text: str, start: int, *, copied: bool = False) -> Candidate:
    found = check(text, desk=Desk(None, Copying({}), 13.0), brief=Brief("ropes", words=4), request="ropes", passages=[])
    return Candidate(Grown(text, finished=True, start=start), replace(found, copied=copied))


def test_the_best_of_each_angle_is_shown_before_a_second_of_one() -> None:
    best, second, other = (
        candidate("Ropes hold the whole lift.", 0),
        candidate("Who cleans these old tracks?", 0),
        candidate("Doors move slowly in winter.", 1),
    )
    assert _different([best, second, other], 2, {}) == [best, other]
    assert _different([best, second, other], 3, {}) == [best, other, second]
    alike = replace(other, drawn=replace(other.drawn, start=0))
    assert _different([best, other, second], 1, {}) == [best]
    assert _different([best, alike, second], 2, {}) == [best, second], "of one angle the other hook"


def test_a_copy_is_not_shown_for_the_sake_of_its_angle() -> None:
    best, second = candidate("Ropes hold the whole lift.", 0), candidate("Tracks need a soft brush.", 0)
    copy = candidate("Doors move slowly in winter.", 1, copied=True)
    assert _different([best, second, copy], 2, {}) == [best, second]


def test_two_angles_that_come_out_alike_are_one_draft() -> None:
    best, same = candidate("Ropes hold the whole lift.", 0), candidate("The whole lift, ropes hold.", 1)
    assert _different([best, same], 2, {}) == [best]


def test_a_bracket_that_the_end_cuts_off_is_closed() -> None:
    assert fitted(Grown("We asked.\n\n(It was May. And then", False), POST, 3000) == "We asked.\n\n(It was May.)"
    for sound in ("We asked (twice).", "(It was May.)", "He was gone :(", "f(x is open."):
        assert fitted(Grown(sound, True), POST, 3000) == sound
    assert fitted(Grown("(It was May.", True), POST, 12) == "(It was May."
