"""Collecting: counts that add up, a second run that changes nothing, and no text that teaches what it must not."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lift_posts import post

from twin.core.language import ENOUGH_CHARS, languages
from twin.core.protocols import silent
from twin.core.records import Item, Skipped
from twin.features.collect import OUTCOMES, collect
from twin.store import Store

ANYTHING = st.lists(
    st.one_of(
        st.builds(Skipped, key=st.sampled_from("xyz"), reason=st.just("a reshare")),
        st.builds(
            Item,
            key=st.integers(0, 12).map(str),
            kind=st.sampled_from(["post", "comment"]),
            place=st.just("linkedin"),
            text=st.one_of(st.text(max_size=30), st.sampled_from(["", "  ", "Same words.", "x" * 1200, "\ud800"])),
            title=st.sampled_from(["", "Title", "\udfff", "\x00"]),
            published=st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))),
        ),
    ),
    max_size=12,
)


def gather(store: Store, *found: Item | Skipped) -> dict[str, Any]:
    source = store.add_source("linkedin", "export.zip", "mine")
    return collect(store, source, found, max_item_bytes=1_000, progress=silent)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=ANYTHING)
def test_whatever_is_found_is_counted_once(emptied: Any, found: list[Item | Skipped]) -> None:
    store = emptied()
    counts = gather(store, *found)
    assert counts["found"] == len(found) == sum(counts[name] for name in OUTCOMES) + len(counts["skipped"])
    assert counts["stored"] == store.count()
    assert store.last_collection(store.sources()[0].id)[0]["found"] == len(found)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    found=st.lists(
        st.builds(Item, st.integers(0, 99).map(str), st.just("post"), st.just("linkedin"), st.text(min_size=1)),
        unique_by=lambda item: item.key,
    )
)
def test_a_second_run_changes_nothing(emptied: Any, found: list[Item]) -> None:
    store = emptied()
    first = gather(store, *found)
    before = store.documents()
    again = gather(store, *reversed(found))
    assert store.documents() == before
    assert (again["stored"], again["edited"], again["unchanged"]) == (0, 0, first["stored"])
    assert (again["duplicates"], len(again["skipped"])) == (first["duplicates"], len(first["skipped"]))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text": " \n "}, "no text"),
        ({"text": "x" * 1_001}, "larger than collect.max_item_bytes (1,001 bytes)"),
        ({"text": "a\ud800b"}, "broken characters"),
        ({"text": "a\x00b"}, "broken characters"),
        ({"title": "a\x00b"}, "broken characters"),
        ({"published": datetime(1970, 1, 1, tzinfo=UTC)}, "a date that cannot be (1970-01-01)"),
    ],
)
def test_what_cannot_be_stored_is_skipped_with_its_reason(filled: Any, change: dict[str, Any], reason: str) -> None:
    counts = gather(filled(), replace(post(1, words=20), **change))
    (skip,) = counts["skipped"]
    assert skip["reason"].startswith(reason)


def test_of_equal_posts_the_oldest_stays(filled: Any) -> None:
    store = filled()
    older, newer = post(1, words=20), replace(post(2), text=post(1, words=20).text)
    assert gather(store, newer, older)["duplicates"] == 1
    assert [doc.key for doc in store.documents()] == ["1"]


def test_a_published_draft_of_this_program_teaches_nothing(filled: Any) -> None:
    store = filled()
    text = post(1, words=30).text
    store.add_draft("d", "Write about doors", text, {}, [])
    gather(store, replace(post(2), text=f"{text}\n\n#doors"), post(3))
    assert {doc.key: doc.authorship for doc in store.documents()} == {"2": "twin-draft", "3": "own"}
    assert [doc.key for doc in store.documents("retrieve")] == ["3"]


def test_the_language_is_told_from_the_text() -> None:
    told = {
        "The doors are the whole job, and nobody tells you so.": "en",
        "Die Türen sind die ganze Arbeit, und niemand sagt es einem.": "de",
        "ドアがすべてだとは、誰も教えてくれません。": "ja",
        "Doors!": "und",
        "": "und",
    }
    assert languages(list(told)) == list(told.values())
    assert languages([]) == []


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text().map("a b c {} d e ".format), min_size=1, max_size=8))
def test_many_texts_at_once_are_told_as_the_library_tells_one(texts: list[str]) -> None:
    py3langid = pytest.importorskip("py3langid")
    assert languages(texts) == [py3langid.classify(text[:ENOUGH_CHARS])[0] for text in texts]
