"""What a model answered becomes a draft: in the form of its place, whole sentences, within the limit."""

from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.text import post_text
from twin.inference.composing.candidates import fitted
from twin.inference.composing.compose import Grown
from twin.inference.places import load

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
