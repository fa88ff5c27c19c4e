"""Two versions told apart in words: what changed is named, what did not is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lift_posts import RECIPE, post

from twin.core.errors import BadRequest, NotFound
from twin.core.protocols import silent
from twin.features.collect import collect
from twin.features.datasets.build import build_dataset
from twin.features.datasets.examples import sections
from twin.features.datasets.review import edit, exclude, listed
from twin.features.datasets.versions import difference, pair
from twin.store import Store

POSTS = [post(i) for i in range(12)]


def build(store: Store, folder: Path, **changes: Any) -> Path:
    recipe = replace(RECIPE, **changes)
    return Path(build_dataset(store, folder, author="Ada Example", recipe=recipe)["path"])


def told(store: Store) -> dict[str, Any]:
    return difference(*pair(store))


@pytest.fixture
def store(filled: Callable[..., Store], tmp_path: Path) -> Store:
    made = filled(*POSTS)
    build(made, tmp_path)
    return made


def test_texts_that_came_went_and_changed_are_named(store: Store, tmp_path: Path) -> None:
    documents = store.documents("train")
    source = store.sources()[0]
    changed = replace(POSTS[3], text=POSTS[3].text + "\n\nP.S. The brush was new.")
    collect(store, source, [changed, post(30)], max_item_bytes=100_000, progress=silent)
    store.mark([documents[5].id], "kind", "comment")
    build(store, tmp_path)
    found = told(store)
    assert [one["published"] for one in found["texts"]["added"]] == ["2023-01-31"]
    assert [one["id"] for one in found["texts"]["removed"]] == [documents[5].id]
    assert [one["id"] for one in found["texts"]["edited"]] == [documents[3].id]
    assert not found["texts"]["moved"] and not found["settings"]
    words = "\n".join(found["sentences"])
    assert f"texts no longer learned from: 1: post of 2023-01-06 ({documents[5].id}, train)" in words
    assert "new texts: 1: post of 2023-01-31" in words and "texts edited at their source: 1" in words
    assert "used for facts, not for the voice of posts: 0 -> 1" in words


def test_a_text_of_another_kind_is_named(store: Store, tmp_path: Path) -> None:
    doc = store.documents("train")[4]
    store.mark([doc.id], "kind", "article")
    build(store, tmp_path)
    found = told(store)
    assert [one["id"] for one in found["texts"]["told"]] == [doc.id]
    assert not found["texts"]["edited"] and not found["texts"]["moved"]
    assert f"work or rights): 1: article of 2023-01-05 ({doc.id}, {doc.side})" in "\n".join(found["sentences"])


def test_settings_and_decisions_are_named(store: Store, tmp_path: Path) -> None:
    rows = listed(store, store.datasets()[-1][1])
    exclude(store, rows[0]["id"], "")
    edit(store, rows[1]["id"], "A short text on lifts.", lambda text: sections(text, RECIPE.section_words))
    build(store, tmp_path, seed=9)
    found = told(store)
    assert found["settings"] == {"dataset.seed": [7, 9]}
    assert [one["document"] for one in found["decisions"]["excluded"]] == [rows[0]["document"]]
    assert [one["document"] for one in found["decisions"]["edited"]] == [rows[1]["document"]]
    wanted = {"dataset.seed: 7 -> 9", "sections excluded by you: 1", "left out, excluded by you: 0 -> 1"}
    assert wanted <= set(found["sentences"])
    assert found["examples"]["train"][0] == found["examples"]["train"][1] + 1
    back = difference(*reversed(pair(store)))
    assert len(back["decisions"]["taken back"]) == 2 and back["settings"] == {"dataset.seed": [9, 7]}


def test_the_same_version_differs_in_nothing(store: Store) -> None:
    name = store.datasets()[0][0]
    assert difference(*pair(store, name, name))["sentences"] == []


def test_versions_are_found_by_how_they_begin(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="1 dataset version"):
        pair(store)
    build(store, tmp_path, seed=8)
    first, last = (one[0] for one in store.datasets())
    assert [one[0] for one in pair(store, first[:9])] == [first, last]
    assert [one[0] for one in pair(store)] == [first, last]
    for name in ("same-1", "same-2"):
        store.add_dataset(name, tmp_path / first, store.datasets()[0][2])
    with pytest.raises(BadRequest, match="several"):
        pair(store, "same")
    with pytest.raises(NotFound) as bad:
        pair(store, "nowhere")
    assert first in bad.value.hint
