"""What a user is promised of their texts: kept verbatim, counted, versioned, forgotten, held out for good."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from texts import DAY, POST, WORDS, identity, put, scanned

from twin.core.errors import NotFound
from twin.core.records import Side, Skipped
from twin.store import Intake, Store
from twin.store import schema as t


def test_a_text_comes_back_verbatim_with_its_payload(store: Store) -> None:
    assert put(store, POST) == ["stored"]
    (doc,) = store.documents()
    assert (doc.text, doc.published, doc.consent, doc.use) == (
        POST.text,
        DAY,
        "mine",
        ("train", "retrieve", "evaluate"),
    )
    assert store.raw(doc.id) == ("<p>raw</p>", "text/plain")
    assert store.document(doc.id) == doc


def test_times_are_utc_whatever_zone_they_came_in(store: Store) -> None:
    zone = datetime.fromisoformat("2024-01-01T14:00:00+02:00")
    put(store, replace(POST, published=zone))
    (doc,) = store.documents()
    assert doc.published == DAY
    assert doc.published.utcoffset() == timedelta(0)


def test_each_put_says_what_became_of_it(store: Store) -> None:
    edited = replace(POST, text=POST.text + " Still.")
    again = replace(POST, key="2", published=DAY + timedelta(days=9))
    assert put(store, POST, POST, again, edited) == ["stored", "unchanged", "duplicates", "edited"]
    assert store.count() == 1


def test_the_same_words_elsewhere_are_a_copy_and_no_duplicate(store: Store) -> None:
    assert put(store, POST, replace(POST, place="medium", kind="article")) == ["stored", "stored"]


def test_an_edit_keeps_the_id_and_the_older_version(store: Store) -> None:
    put(store, POST)
    put(store, replace(POST, text="Another text altogether."))
    (doc,) = store.documents()
    assert (doc.id, doc.text) == (identity(POST), "Another text altogether.")
    with store.engine.connect() as connection:
        assert connection.execute(select(t.versions.c.text, t.versions.c.raw)).all() == [(POST.text, POST.raw)]


def test_editing_back_and_forth_keeps_both(store: Store) -> None:
    other = replace(POST, text="Another text altogether.")
    assert put(store, POST, other, POST, other) == ["stored", "edited", "edited", "edited"]
    with store.engine.connect() as connection:
        assert set(connection.execute(select(t.versions.c.text)).scalars()) == {POST.text, other.text}


def test_what_was_forgotten_does_not_come_back(store: Store) -> None:
    put(store, POST, replace(POST, text="Edited."))
    store.forget([identity(POST)])
    assert put(store, POST) == ["skipped"]
    assert store.documents() == []
    with pytest.raises(NotFound):
        store.raw(identity(POST))
    with store.engine.connect() as connection:
        assert connection.execute(select(t.versions)).all() == []


def test_what_was_forgotten_does_not_come_back_by_its_duplicate(store: Store) -> None:
    again = replace(POST, key="2")
    put(store, POST, again)
    store.forget([identity(POST)])
    assert put(store, POST, again) == ["skipped", "skipped"]
    assert store.count() == 0


def test_a_whole_archive_can_be_forgotten_at_once(store: Store) -> None:
    put(store, POST)
    store.forget([*(f"{i:016x}" for i in range(70_000)), identity(POST)])
    assert store.count() == 0


def test_forgetting_twice_is_no_error(store: Store) -> None:
    put(store, POST)
    store.forget([identity(POST)])
    store.forget([identity(POST), "0" * 16])
    assert store.count() == 0


def test_a_failed_batch_leaves_nothing(store: Store) -> None:
    source = store.add_source("linkedin", "export.zip", "mine")
    with pytest.raises(RuntimeError), store.writing() as connection:
        Intake(source, "1").put(connection, [scanned(POST)])
        raise RuntimeError
    assert store.count() == 0


def test_one_copy_of_a_work_is_learned_from(store: Store) -> None:
    teaser = replace(POST, key="t", text=WORDS)
    article = replace(
        POST, key="a", kind="article", place="medium", text=f"{WORDS} {WORDS} And more.", published=DAY + timedelta(1)
    )
    draft = replace(article, key="d", place="substack", text=f"{WORDS} {WORDS} {WORDS} Never shown.", draft=True)
    put(store, teaser, article, draft)
    store.set_works({identity(one): identity(teaser) for one in (teaser, article, draft)})
    assert [doc.key for doc in store.documents("train")] == ["a"]
    copies = {doc.key: (doc.canonical, doc.use) for doc in store.documents()}
    assert copies == {"t": (False, ()), "a": (True, ("train", "retrieve", "evaluate")), "d": (False, ())}


def test_consent_is_asked_at_every_read(store: Store) -> None:
    put(store, POST)
    put(store, consent="theirs")
    assert [doc.use for doc in store.documents()] == [("retrieve",)]
    assert store.documents("train") == []


@pytest.mark.parametrize("use", [None, "train", "retrieve", "evaluate"])
def test_measuring_never_shows_the_test_side(store: Store, use: Any) -> None:
    posts = [replace(POST, key=str(i), text=f"{WORDS} {i}") for i in range(6)]
    put(store, *posts)
    sides: list[Side] = ["train", "train", "tune", "test", "test", "train"]
    store.set_sides({identity(post): side for post, side in zip(posts, sides, strict=True)})
    assert {doc.key for doc in store.documents(use, measuring=True)} == {"0", "1", "2", "5"}
    assert {doc.key for doc in store.documents(use)} == set("012345")
    assert {doc.key for doc in store.documents(use, side="test")} == {"3", "4"}


SIDES = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["train", "tune", "test"]), min_size=1)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(SIDES, min_size=1, max_size=4))
def test_a_side_once_given_stays(store: Store, rounds: list[dict[str, Side]]) -> None:
    with store.writing() as connection:
        connection.execute(t.sides.delete())
    expected: dict[str, Side] = {}
    for given_now in rounds:
        store.set_sides(given_now)
        expected = {**given_now, **expected}
        with store.engine.connect() as connection:
            assert dict(connection.execute(select(t.sides.c.work, t.sides.c.side)).tuples().all()) == expected


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sides=st.fixed_dictionaries({key: st.sampled_from(["train", "tune", "test"]) for key in "012345"}),
    groupings=st.lists(st.fixed_dictionaries({key: st.sampled_from("012345") for key in "012345"}), max_size=3),
)
def test_a_held_out_text_stays_held_out_however_works_are_joined(
    store: Store, sides: dict[str, Side], groupings: list[dict[str, str]]
) -> None:
    """Works may join and part again as texts come and go: no text moves from measuring to learning."""
    posts = {key: replace(POST, key=key, text=f"{WORDS} {key}") for key in "012345"}
    with store.writing() as connection:
        connection.execute(t.documents.delete())
        connection.execute(t.sides.delete())
    put(store, *posts.values())
    store.set_sides({identity(posts[key]): side for key, side in sides.items()})
    held = {key for key, side in sides.items() if side == "test"}
    for grouping in groupings:
        store.set_works({identity(posts[key]): identity(posts[work]) for key, work in grouping.items()})
        now = {doc.key for doc in store.documents() if doc.side == "test"}
        assert now >= held
        held = now


def test_counts_and_skips_of_the_newest_collection(store: Store) -> None:
    source = store.add_source("linkedin", "export.zip", "mine")
    assert store.last_collection(source.id) == ({}, [])
    store.record_collection(source.id, {"found": 1}, [Skipped("a", "no text"), Skipped("k" * 600, "a long key")])
    store.record_collection(source.id, {"found": 2}, [Skipped("b", "no text")])
    assert store.last_collection(source.id) == ({"found": 2}, [Skipped("b", "no text")])


def test_a_skip_with_a_broken_key_is_still_shown(store: Store) -> None:
    source = store.add_source("linkedin", "export.zip", "mine")
    store.record_collection(source.id, {"found": 1}, [Skipped("a\ud800\x00b", "broken characters")])
    assert store.last_collection(source.id)[1] == [Skipped("a??b", "broken characters")]


def test_a_place_added_twice_is_one_source_and_leaves_with_its_texts(store: Store) -> None:
    first = store.add_source("linkedin", "export.zip", "mine")
    assert store.add_source("linkedin", "export.zip", "mine").id == first.id
    put(store, POST, replace(POST, text="Edited."))
    store.record_collection(first.id, {"found": 1}, [Skipped("a", "no text")])
    store.forget_source(first.id)
    assert (store.sources(), store.count()) == ([], 0)


def test_the_author_is_one_record_and_handles_are_kept_once(store: Store) -> None:
    assert store.identity() is None
    store.identify("Ada", ["ada@example.org", "https://www.linkedin.com/in/ada/"])
    me = store.identify("Ada Example", ["ADA@example.org", "linkedin.com/in/ada", "@ada"])
    assert (me.name, len(me.handles)) == ("Ada Example", 3)
    assert all(me.is_me(value) for value in ("ada@example.org", "http://linkedin.com/in/ada", "ada", "ada example"))


def test_a_beginning_never_replaces_a_whole_text_and_a_whole_text_replaces_a_beginning(store: Store) -> None:
    whole = replace(POST, text=f"{WORDS} And so on to the end.")
    teaser = replace(POST, text=WORDS, truncated=True)
    assert put(store, whole, teaser) == ["stored", "unchanged"]
    assert [doc.text for doc in store.documents()] == [whole.text]
    elsewhere = [replace(item, place="medium") for item in (teaser, whole)]
    assert put(store, *elsewhere) == ["stored", "edited"]
    assert not any(doc.truncated for doc in store.documents())
