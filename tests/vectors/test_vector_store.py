"""The contract of a vector store, run over every one by name: put, search, leave out, forget."""

import pkgutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import twin.vectors
from twin.core.errors import BadSettings, StorageFailed
from twin.core.protocols import VectorStore, Where
from twin.core.records import Chunk, Document, Kind, Passage
from twin.vectors import open_vectors

NAMES = sorted(module.name for module in pkgutil.iter_modules(twin.vectors.__path__))
AXES = np.eye(4, dtype=np.float32)
MAY = datetime(2024, 5, 6, tzinfo=UTC)
Open = Callable[[], VectorStore]


def document(identity: str, kind: Kind = "post", place: str = "linkedin", published: datetime | None = MAY) -> Document:
    return Document(
        identity, "v", "s", identity, kind, place, f"Title {identity}", "", f"https://x.example/{identity}",
        published, "en", 5, "own", "mine", "",
        False, (), (), False, "", identity, None, True, (), "",
    )  # fmt: skip


def chunk(identity: str, text: str, of: str) -> Chunk:
    return Chunk(identity, of, 0, len(text), text)


TEXTS = {
    "c1": chunk("c1", "The brushes of the lift door wear out.", "d1"),
    "c2": chunk("c2", "Gerald repaired a motor in Margate.", "d2"),
    "c3": chunk("c3", "A quiet hall, and a door that will not close.", "d3"),
}
DOCUMENTS = {"d1": document("d1"), "d2": document("d2", "article"), "d3": document("d3")}


@pytest.fixture(params=NAMES)
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    return lambda: open_vectors(request.param, tmp_path / "vectors", 4)


@pytest.fixture(params=["held in memory", "searched in its files"])
def vectors(request: pytest.FixtureRequest, reopen: Open, monkeypatch: pytest.MonkeyPatch) -> VectorStore:
    if request.param == "searched in its files":
        monkeypatch.setattr("twin.vectors.lance.MOST_HELD", 0)
    store = reopen()
    store.put(list(TEXTS.values()), DOCUMENTS, AXES[:3])
    return store


def found(passages: list[Passage]) -> list[str]:
    return [passage.id for passage in passages]


def test_every_file_is_covered_and_an_unknown_name_is_refused(tmp_path: Path) -> None:
    assert NAMES == ["lance"]
    with pytest.raises(BadSettings, match="'pinecone'"):
        open_vectors("pinecone", tmp_path, 4)


def test_an_empty_store_answers_everything_with_nothing(reopen: Open) -> None:
    store = reopen()
    assert store.ids() == set()
    assert dict(store.vectors(["unknown"])) == {}
    assert store.nearest(AXES[0], k=3, where=Where()) == []
    assert store.matching("door", k=3, where=Where()) == []
    store.put([], {}, AXES[:0])
    store.remove([])
    store.remove(["unknown"])


def test_nearest_is_best_first_with_the_cosine_as_score(vectors: VectorStore) -> None:
    query = np.array([0.8, 0.6, 0, 0], np.float32)
    passages = vectors.nearest(query, k=2, where=Where())
    assert found(passages) == ["c1", "c2"]
    assert [round(passage.score, 3) for passage in passages] == [0.8, 0.6]


def test_a_passage_says_where_it_stands(vectors: VectorStore) -> None:
    (passage,) = vectors.nearest(AXES[0], k=1, where=Where())
    assert passage == Passage(
        "c1", "d1", "Title d1", "https://x.example/d1", TEXTS["c1"].text, "post", "2024-05-06", passage.score,
        place="linkedin",
    )  # fmt: skip


def test_matching_finds_words_in_any_inflection_and_never_fails_on_syntax(vectors: VectorStore) -> None:
    assert found(vectors.matching("brush", k=3, where=Where())) == ["c1"]
    assert set(found(vectors.matching("DOORS?", k=3, where=Where()))) == {"c1", "c3"}
    assert vectors.matching("zeppelin", k=3, where=Where()) == []
    for query in ("", "?!", '"unclosed AND (', "motor' OR 1=1 --", "a:b^2~*"):
        vectors.matching(query, k=3, where=Where())


def test_a_title_is_searched_with_a_text_and_shown_apart_from_it(vectors: VectorStore) -> None:
    titled = replace(TEXTS["c1"], title="Twelve “zebras” 🚪")
    vectors.put([titled], DOCUMENTS, AXES[:1])
    (match,), (near,) = vectors.matching("zebra", k=3, where=Where()), vectors.nearest(AXES[0], k=1, where=Where())
    assert match.id == near.id == "c1"
    assert match.text == near.text == TEXTS["c1"].text
    assert found(vectors.matching("zebra brush", k=3, where=Where())) == ["c1"]
    vectors.put([TEXTS["c1"]], DOCUMENTS, AXES[:1])
    assert vectors.matching("zebra", k=3, where=Where()) == []


@pytest.mark.parametrize("search", ["nearest", "matching"])
def test_what_is_left_out_does_not_use_up_a_place(vectors: VectorStore, search: str) -> None:
    def ask(where: Where, k: int) -> set[str]:
        if search == "nearest":
            return set(found(vectors.nearest(np.array([1, 0.5, 0.2, 0], np.float32), k=k, where=where)))
        return set(found(vectors.matching("door motor", k=k, where=where)))

    assert ask(Where(), 3) == {"c1", "c2", "c3"}
    assert ask(Where(exclude=frozenset({"d1", "d3"})), 1) == {"c2"}
    assert ask(Where(kinds=frozenset({"article"})), 1) == {"c2"}
    assert ask(Where(exclude=frozenset({"d1"}), kinds=frozenset({"post"})), 3) == {"c3"}
    assert ask(Where(exclude=frozenset(DOCUMENTS)), 3) == set()


@pytest.mark.parametrize("search", ["nearest", "matching"])
def test_a_search_sees_only_the_kinds_places_and_days_it_is_given(vectors: VectorStore, search: str) -> None:
    away = {
        "d4": document("d4", "article", "o'brien.example", datetime(2025, 1, 31, tzinfo=UTC)),
        "d5": document("d5", published=None),
    }
    vectors.put([chunk(f"c{of[1]}", "The door of a motor room.", of) for of in away], away, AXES[[0, 0]])

    def ask(where: Where) -> set[str]:
        if search == "nearest":
            return set(found(vectors.nearest(np.array([1, 0.5, 0.2, 0], np.float32), k=5, where=where)))
        return set(found(vectors.matching("door motor", k=5, where=where)))

    assert ask(Where()) == {"c1", "c2", "c3", "c4", "c5"}
    assert ask(Where(places=frozenset({"o'brien.example"}))) == {"c4"}
    assert ask(Where(places=frozenset({"linkedin"}), kinds=frozenset({"article"}))) == {"c2"}
    assert ask(Where(since="2024-05-06")) == {"c1", "c2", "c3", "c4"}
    assert ask(Where(since="2024-05-07")) == {"c4"}
    assert ask(Where(until="2024-05-06")) == {"c1", "c2", "c3"}
    assert ask(Where(since="2025-01-01", until="2025-01-30")) == set()


def test_the_same_id_is_replaced(vectors: VectorStore) -> None:
    vectors.put([chunk("c1", "Now about cables.", "d1")], DOCUMENTS, AXES[3:4])
    assert vectors.ids() == {"c1", "c2", "c3"}
    assert vectors.nearest(AXES[3], k=1, where=Where())[0].text == "Now about cables."
    assert found(vectors.matching("cable", k=3, where=Where())) == ["c1"]
    assert vectors.matching("brush", k=3, where=Where()) == []


def test_ids_of_some_documents(vectors: VectorStore) -> None:
    assert vectors.ids(["d1", "d3"]) == {"c1", "c3"}
    assert vectors.ids(["unknown"]) == set()


def test_vectors_come_back_as_they_were_put(vectors: VectorStore) -> None:
    found = vectors.vectors(["c3", "c1", "unknown"])
    assert {name: vector.tolist() for name, vector in found.items()} == {"c1": [1, 0, 0, 0], "c3": [0, 0, 1, 0]}
    assert dict(vectors.vectors([])) == {}


def test_what_was_put_is_there_after_opening_again(vectors: VectorStore, reopen: Open) -> None:
    again = reopen()
    assert again.ids() == {"c1", "c2", "c3"}
    assert found(again.matching("Margate", k=1, where=Where())) == ["c2"]


def test_what_another_process_puts_and_removes_is_seen_without_opening_again(
    vectors: VectorStore, reopen: Open
) -> None:
    """`twin serve` reads on while `twin index` or `twin forget` runs beside it, which leaves no older file."""
    other = reopen()
    held = vectors.nearest(AXES[0], k=1, where=Where()), vectors.matching("brush", k=1, where=Where())
    assert [found(one) for one in held] == [["c1"], ["c1"]]
    other.remove(["c1"])
    other.put([chunk("c4", "A brush for the cables.", "d3")], DOCUMENTS, AXES[3:4])
    assert vectors.ids() == {"c2", "c3", "c4"}
    assert vectors.vectors(["c1", "c4"]).keys() == {"c4"}
    assert found(vectors.nearest(AXES[3], k=1, where=Where())) == ["c4"]
    assert found(vectors.nearest(AXES[3], k=4, where=Where(kinds=frozenset({"post"})))) == ["c4", "c3"]
    assert found(vectors.matching("brush", k=3, where=Where())) == ["c4"]


class WhileAnotherAsks(Where):
    """A limit that is compared with another just when somebody else searches with a limit of their own."""

    asks: Any = staticmethod(lambda: None)

    def __eq__(self, other: object) -> bool:
        type(self).asks()
        return isinstance(other, WhileAnotherAsks) and self.kinds == other.kinds

    __hash__ = Where.__hash__


def test_two_who_search_at_once_see_what_each_may_see(vectors: VectorStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads of a server, with the change from one to the other put where it hurt."""

    def posts() -> list[str]:
        return sorted(found(vectors.nearest(AXES[0], k=3, where=WhileAnotherAsks(kinds=frozenset({"post"})))))

    def another() -> None:
        monkeypatch.setattr(WhileAnotherAsks, "asks", staticmethod(lambda: None))
        vectors.nearest(AXES[0], k=3, where=Where(kinds=frozenset({"article"})))

    assert posts() == ["c1", "c3"]
    monkeypatch.setattr(WhileAnotherAsks, "asks", staticmethod(another))
    assert posts() == ["c1", "c3"]


def test_a_search_that_another_process_changes_under_its_feet_is_made_again(
    reopen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors, other, where = reopen(), reopen(), WhileAnotherAsks(kinds=frozenset({"post"}))
    vectors.put(list(TEXTS.values()), DOCUMENTS, AXES[:3])

    def removed() -> None:
        monkeypatch.setattr(WhileAnotherAsks, "asks", staticmethod(lambda: None))
        other.remove(["c1"])

    assert found(vectors.nearest(AXES[0], k=1, where=where)) == ["c1"]
    monkeypatch.setattr(WhileAnotherAsks, "asks", staticmethod(removed))
    assert found(vectors.nearest(AXES[0], k=1, where=replace(where))) == ["c3"]


def test_what_was_removed_is_found_no_more_and_leaves_no_byte(vectors: VectorStore, tmp_path: Path) -> None:
    canary = "canary4f1c9"
    vectors.put([chunk("c4", f"The {canary} sings.", "d3")], DOCUMENTS, AXES[3:4])
    assert held(tmp_path, canary)
    vectors.remove(["c4"])
    assert vectors.ids() == {"c1", "c2", "c3"}
    assert vectors.matching(canary, k=3, where=Where()) == []
    assert "c4" not in found(vectors.nearest(AXES[3], k=4, where=Where()))
    assert not held(tmp_path, canary)


def test_removing_everything_leaves_a_store_that_can_be_filled_again(vectors: VectorStore, tmp_path: Path) -> None:
    vectors.remove(sorted(TEXTS))
    assert vectors.ids() == set()
    assert vectors.matching("door", k=3, where=Where()) == []
    assert not held(tmp_path, "Margate")
    vectors.put([TEXTS["c2"]], DOCUMENTS, AXES[1:2])
    assert found(vectors.matching("Margate", k=3, where=Where())) == ["c2"]


def test_a_folder_of_an_earlier_release_is_empty_until_it_is_filled_again(tmp_path: Path) -> None:
    import lancedb

    lancedb.connect(tmp_path).create_table("chunks", [{"id": "c1", "text": "old", "vector": AXES[0].tolist()}])
    store = open_vectors("lance", tmp_path, 4)
    assert store.ids() == set()
    store.put([TEXTS["c2"]], DOCUMENTS, AXES[1:2])
    assert found(store.nearest(AXES[1], k=1, where=Where())) == ["c2"]


def held(folder: Path, canary: str) -> list[str]:
    """The files that hold a word in clear."""
    return [file.name for file in folder.rglob("*") if file.is_file() and canary.encode() in file.read_bytes()]


def test_a_place_that_cannot_hold_a_store_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageFailed, match="file") as bad:
        open_vectors("lance", tmp_path / "file", 4).ids()
    assert "twin index" in bad.value.hint


def test_ids_cannot_carry_sql(vectors: VectorStore) -> None:
    where: Any = Where(exclude=frozenset({"x') OR ('1'='1", "d1"}))
    assert set(found(vectors.nearest(AXES[0], k=3, where=where))) == {"c2", "c3"}
    vectors.remove(["x') OR ('1'='1"])
    assert vectors.ids() == {"c1", "c2", "c3"}
