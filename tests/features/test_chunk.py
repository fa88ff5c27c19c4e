"""Chunks hold every character of a text, in order, and none is longer than the embedder can see."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.records import Chunk, Document
from twin.core.text import clean_view
from twin.features.chunk import TITLE_TOKENS, chunks_of
from twin.models.minilm import MiniLM

DOCUMENT = Document(
    "d",
    "v",
    "s",
    "k",
    "post",
    "linkedin",
    "",
    "",
    "",
    None,
    "en",
    0,
    "own",
    "mine",
    "",
    False,
    (),
    ("email", "key", "phone"),
    False,
    "",
    "d",
    None,
    True,
    (),
    "",
)
TEXTS = st.one_of(
    st.text(max_size=400),
    st.lists(
        st.sampled_from(["word", "two words.", "\n", "\n\n", " ", "Ünï — 🚪!", "a@b.example", "x" * 60, "No. 5"]),
        max_size=120,
    ).map(" ".join),
)


def simple_spans(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


def cut(
    text: str,
    size: int,
    overlap: int,
    spans: Callable[[str], list[tuple[int, int]]] = simple_spans,
    *,
    title: str = "",
    window: int = 254,
) -> list[Chunk]:
    document = replace(DOCUMENT, text=text, title=title)
    return chunks_of(
        document, spans=spans, size_tokens=size, overlap_tokens=overlap, window_tokens=window, embedder="e"
    )


def check(text: str, chunks: list[Chunk], size: int, spans=simple_spans) -> None:  # type: ignore[no-untyped-def]
    clean = clean_view(text)
    assert all(clean[chunk.start : chunk.end] == chunk.text for chunk in chunks)
    assert (chunks[0].start, chunks[-1].end) == (0, len(clean))
    for before, after in pairwise(chunks):
        assert before.start < after.start <= before.end < after.end
    assert all(len(spans(chunk.text)) <= size for chunk in chunks)
    assert len({chunk.id for chunk in chunks}) == len(chunks)


@settings(deadline=None)
@given(text=TEXTS, size=st.integers(4, 40), overlap=st.integers(0, 40))
def test_chunks_cover_the_text_within_the_limit(text: str, size: int, overlap: int) -> None:
    check(text, cut(text, size, overlap), size)


@pytest.mark.model
@settings(deadline=None, max_examples=60)
@given(text=TEXTS, size=st.integers(16, 60), overlap=st.integers(0, 30))
def test_chunks_cover_the_text_within_the_limit_of_the_real_tokenizer(text: str, size: int, overlap: int) -> None:
    chunks = cut(text, size, overlap, EMBEDDER.token_spans)
    clean = clean_view(text)
    assert (chunks[0].start, chunks[-1].end) == (0, len(clean))
    assert all(clean[chunk.start : chunk.end] == chunk.text for chunk in chunks)
    assert all(after.start <= before.end for before, after in pairwise(chunks))
    assert all(len(EMBEDDER.token_spans(chunk.text)) <= size for chunk in chunks)


EMBEDDER = MiniLM()


def test_blanks_after_a_cut_are_held_by_the_next_chunk() -> None:
    text = "0 0 0 0\n   0"
    assert [chunk.text for chunk in cut(text, 4, 0)] == ["0 0 0 0\n", "   0"]


def test_a_text_that_fits_is_one_chunk() -> None:
    (chunk,) = cut("Short.\n\nBut two paragraphs.", 16, 4)
    assert chunk.text == "Short.\n\nBut two paragraphs."


def test_a_long_text_is_cut_between_paragraphs_before_anything_smaller() -> None:
    first, second = "One two three four five six. Seven eight.\n\n", "Nine ten eleven twelve thirteen."
    assert [chunk.text for chunk in cut(first + second, 14, 0)] == [first, second]


def test_neighbours_repeat_the_overlap() -> None:
    words = " ".join(f"w{i}" for i in range(60))
    before, after = cut(words, 20, 5)[:2]
    assert after.text.startswith(" ".join(before.text.split()[-5:]))


def test_private_things_are_masked_before_they_are_embedded() -> None:
    (chunk,) = cut("Write to ada@example.org today.", 16, 0)
    assert chunk.text == "Write to [email] today."


def test_a_chunk_of_another_embedder_or_document_has_another_id() -> None:
    document = replace(DOCUMENT, text="Text.")
    ids = {
        chunks_of(doc, spans=simple_spans, size_tokens=16, overlap_tokens=0, window_tokens=254, embedder=embedder)[0].id
        for doc in (document, replace(document, id="other"))
        for embedder in ("a", "b")
    }
    assert len(ids) == 4


def test_every_chunk_that_does_not_say_the_title_is_searched_with_it() -> None:
    text = "One two three four five six. Seven eight.\n\nNine ten eleven twelve thirteen."
    chunks = cut(text, 14, 0, title="  The doors\nare slow ")
    assert [chunk.title for chunk in chunks] == ["The doors are slow"] * 2
    assert chunks[1].searched == "The doors are slow\n\nNine ten eleven twelve thirteen."
    assert "".join(chunk.text for chunk in chunks) == text


def test_a_title_that_stands_in_the_text_is_not_searched_twice() -> None:
    text = "# *The doors* are slow!\n\nOne two three four five six.\n\nNine ten eleven twelve."
    first, second = cut(text, 17, 0, title="The doors are slow")
    assert (first.title, first.searched) == ("", first.text)
    assert second.title == "The doors are slow"
    assert cut("We keep doors. Are slow ones bad?", 16, 0, title="The doors are slow")[0].title


@pytest.mark.parametrize("title", ["", "  ", "🚪🚪", "https://a.example/b"])
def test_a_title_without_words_is_none(title: str) -> None:
    (chunk,) = cut("Text.", 16, 0, title=title)
    assert (chunk.searched, chunk.id) == ("Text.", cut("Text.", 16, 0)[0].id)


@settings(deadline=None)
@given(text=TEXTS, title=TEXTS, size=st.integers(16, 60))
def test_title_and_chunk_fit_into_what_the_embedder_sees(text: str, title: str, size: int) -> None:
    chunks = cut(text, size, 8, title=title, window=60)
    check(text, chunks, size)
    assert all(len(simple_spans(chunk.searched)) <= 60 for chunk in chunks)
    long = cut("so " * 90, size, 8, title="why " * 30, window=60)
    assert max(len(simple_spans(chunk.searched)) for chunk in long) == min(size + 30, 60)


def test_a_long_title_is_searched_by_its_first_words() -> None:
    said = " ".join(f"w{i}" for i in range(200))
    (chunk,) = cut("Short.", 200, 0, title=said)
    assert chunk.title == " ".join(f"w{i}" for i in range(TITLE_TOKENS))


def test_private_things_in_a_title_are_masked_before_they_are_embedded() -> None:
    (chunk,) = cut("Text.", 16, 0, title="Ask ada@example.org")
    assert chunk.title == "Ask [email]"


def test_a_chunk_with_another_title_has_another_id() -> None:
    assert len({cut("Text.", 16, 0, title=title)[0].id for title in ("", "One title", "Another title")}) == 3
