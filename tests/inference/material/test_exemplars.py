"""Exemplars of a voice are of the place's register and new; what the facts stand in is not shown a second time."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from written import written

from twin.core.brief import answer_tokens, said_in
from twin.core.records import Brief, Document, Kind, Prompt, Request
from twin.inference.composing.compose import MOST_EXEMPLAR_CHARS
from twin.inference.composing.compose import prompt_for as prompt_for_
from twin.inference.material.exemplars import exemplars_for
from twin.models.llamacpp import LlamaCpp
from twin.models.weights import find_base

TEXT = "The door of the lift will not close, and nobody has asked why. " * 8
LONG = TEXT * 20
TEXTS = [
    written("old post", text=TEXT),
    written("article", "article", "medium", text=LONG),
    written("x post", place="x", text=TEXT),
    written("note", "note", "folder", text=TEXT),
    written("post", text=TEXT),
    written("long post", text=LONG),
    written("new post", text=TEXT),
]


def names(
    kind: str, site: str, most: int = 3, facts: tuple[str, ...] = (), texts: list[Document] | None = None
) -> list[str]:
    learned = TEXTS if texts is None else texts
    found = exemplars_for(learned, kind=kind, site=site, words=120, facts=facts, most=most)
    return [doc.id for doc in found]


def test_the_newest_of_the_same_kind_and_place_come_first_and_those_of_other_lengths_last() -> None:
    assert names("post", "linkedin", 4) == ["new post", "post", "old post", "long post"]
    assert names("post", "x", 2) == ["x post", "new post"]
    assert names("article", "linkedin", 2) == ["article", "new post"]


def test_a_place_that_the_author_never_wrote_for_is_shown_posts() -> None:
    assert names("comment", "linkedin", 2) == ["new post", "post"]


def test_what_the_facts_stand_in_stands_back_within_its_register() -> None:
    assert names("post", "linkedin", facts=("new post", "post")) == ["old post", "long post", "new post"]
    assert names("article", "medium", 1, facts=("article",)) == ["article"]


@given(st.permutations(TEXTS), st.integers(0, 9), st.sets(st.sampled_from([doc.id for doc in TEXTS])))
def test_no_register_goes_before_a_nearer_one(texts: list[Document], most: int, facts: set[str]) -> None:
    found = exemplars_for(texts, kind="post", site="linkedin", words=120, facts=facts, most=most)
    assert len(found) == len({doc.id for doc in found}) == min(most, len(TEXTS))
    distance = [(doc.kind != "post", doc.place != "linkedin") for doc in found]
    assert distance == sorted(distance)


def prompt_for(*, exemplars: list[Document], words: int = 120, context_tokens: int = 4096) -> Prompt:
    brief = Brief("doors", words=words)
    return prompt_for_("Ada", brief, notes=(), exemplars=exemplars, tuned=False, context_tokens=context_tokens)


def test_three_long_texts_leave_room_for_a_draft(tmp_path: Path) -> None:
    long = [written(f"long {i}", "article", text=TEXT * 40) for i in range(3)]
    model = LlamaCpp(find_base("smollm2-135m-instruct", cache=tmp_path), context_tokens=2048, parallel=1, threads=1)
    for words in (40, 120, 600):
        shown = prompt_for(exemplars=long, words=words, context_tokens=2048)
        [answer] = model.generate([Request(shown, max_tokens=1)])
        assert answer.prompt_tokens + answer_tokens(words) <= 2048
        assert [message.role for message in shown[1:]] == ["user", "assistant"] * 3 + ["user"]
    model.close()


def test_where_there_is_no_room_nothing_is_shown() -> None:
    assert len(prompt_for(exemplars=[TEXTS[0]], words=600, context_tokens=1024)) == 2


def test_of_a_long_text_its_beginning_is_shown() -> None:
    prompt = prompt_for(exemplars=[TEXTS[1]])
    shown = next(message.content for message in prompt if message.role == "assistant")
    assert 0 < len(shown) <= MOST_EXEMPLAR_CHARS and shown.endswith("why.")


def test_an_exemplar_shows_no_address_behind_words() -> None:
    linked = written("linked", text=TEXT.replace("lift", "[lift](https://ada.example/2012/lift)"))
    shown = prompt_for(exemplars=[linked])
    assert shown == prompt_for(exemplars=[TEXTS[0]])


def test_a_model_reads_the_words_of_a_link_and_code_as_it_is() -> None:
    linked = "[rows](https://ada.example/rows) are read"
    assert said_in(written("one", "article", text=linked)) == "rows are read"
    assert said_in(written("one", "code", text=linked)) == linked


def test_those_of_a_year_that_is_asked_for_come_before_a_nearer_register() -> None:
    def dated(name: str, year: int, kind: Kind = "post") -> Document:
        return written(name, kind, published=datetime(year, 5, 6, tzinfo=UTC), text=TEXT)

    texts = [dated("young", 2010), dated("note", 2010, "note"), dated("now", 2026), written("undated", text=TEXT)]

    def first(year: int) -> list[str]:
        found = exemplars_for(texts, kind="post", site="linkedin", words=120, facts=(), most=2, year=year)
        return [doc.id for doc in found]

    assert first(2010) == ["young", "note"]
    assert first(0) == ["undated", "now"]
