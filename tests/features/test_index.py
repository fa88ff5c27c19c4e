"""The index follows the store: what is new is embedded, what is gone is removed, the rest is left alone."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from lift_posts import post

from twin.core.protocols import Where, silent
from twin.features.collect import collect
from twin.features.index import build_index
from twin.store import Store
from twin.vectors import open_vectors


class Letters:
    """An embedder by the counts of letters; it remembers what it was asked."""

    name, digest, dimensions, max_tokens = "letters", "letters-1", 26, 256

    def __init__(self) -> None:
        self.seen: list[str] = []

    def embed(self, texts: Sequence[str], *, progress: Any = silent) -> Any:
        self.seen += texts
        rows = np.array([[text.lower().count(chr(97 + i)) + 0.01 for i in range(26)] for text in texts], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        return [(i, min(i + 4, len(text))) for i in range(0, len(text), 4)]


def index(store: Store, vectors: Any, embedder: Letters) -> dict[str, Any]:
    return build_index(store, vectors, embedder, chunk_tokens=60, overlap_tokens=8, progress=silent)


def test_only_what_is_new_is_embedded_and_what_is_gone_is_removed(filled: Any, tmp_path: Path) -> None:
    store, vectors, embedder = (
        filled(*(post(i) for i in range(6))),
        open_vectors("lance", tmp_path / "v", 26),
        Letters(),
    )
    first = index(store, vectors, embedder)
    assert first["embedded"] == first["chunks"] == len(embedder.seen) == len(vectors.ids()) > 6
    again = index(store, vectors, embedder)
    assert (again["embedded"], again["unchanged"], again["version"]) == (0, first["chunks"], first["version"])
    gone = store.documents()[0]
    store.forget([gone.id])
    after = index(store, vectors, embedder)
    assert (after["embedded"], after["removed"]) == (0, first["chunks"] - after["chunks"])
    assert after["removed"] > 0
    assert not vectors.ids([gone.id])
    assert after["version"] != first["version"]


def test_an_edited_text_is_embedded_again(filled: Any, tmp_path: Path) -> None:
    store, vectors, embedder = filled(post(1), post(2)), open_vectors("lance", tmp_path / "v", 26), Letters()
    index(store, vectors, embedder)
    collect(store, store.sources()[0], [replace(post(1), text="Zebra zoo.")], max_item_bytes=1_000, progress=silent)
    assert index(store, vectors, embedder)["embedded"] == 1
    found = vectors.nearest(embedder.embed(["Zebra zoo."])[0], k=1, where=Where())
    assert [passage.text for passage in found] == ["Zebra zoo."]


def test_a_title_is_embedded_with_the_text_and_an_untitled_text_alone(filled: Any, tmp_path: Path) -> None:
    plain, embedder = replace(post(1), text="Zebra zoo."), Letters()
    store = filled(plain, replace(plain, key="2", text="Quiet halls.", title="On lifts"))
    index(store, open_vectors("lance", tmp_path / "v", 26), embedder)
    assert sorted(embedder.seen) == ["On lifts\n\nQuiet halls.", "Zebra zoo."]


def test_a_killed_run_goes_on_where_it_stopped(filled: Any, tmp_path: Path) -> None:
    store, vectors, embedder = (
        filled(*(post(i) for i in range(40))),
        open_vectors("lance", tmp_path / "v", 26),
        Letters(),
    )

    told: list[tuple[int, str]] = []

    def killed(done: int, total: int, note: str) -> None:
        told.append((done, note))
        if done:
            raise KeyboardInterrupt

    try:
        build_index(store, vectors, embedder, chunk_tokens=60, overlap_tokens=8, progress=killed)
    except KeyboardInterrupt:
        half = len(vectors.ids())
    assert half > 0
    assert told[0] == (0, "embedding"), "what is done is told before the first part of it is"
    rest = index(store, vectors, embedder)
    assert (rest["unchanged"], rest["embedded"]) == (half, rest["chunks"] - half)
    assert len(embedder.seen) == rest["chunks"]
