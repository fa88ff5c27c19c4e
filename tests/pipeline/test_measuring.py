"""What `evaluate` refuses before it asks a model for anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.core.errors import NotEnoughData, NotFound
from twin.pipeline import Twin

STORY = (
    "The lift stopped again between two floors, and nobody heard the bell. We opened the door with a spoon, and the "
    "cook asked for it back before lunch. Mabel says that eleven seconds is no time at all, but the tenants count "
    "them aloud. On Friday I shall read the log, oil the rail, and write down what I found there, if anything. "
)


def collected(twin: Twin, folder: Path, texts: list[str]) -> Twin:
    folder.mkdir()
    for i, text in enumerate(texts):
        (folder / f"2024-01-{i + 1:02}-note.md").write_text(text, "utf-8")
    twin.add(str(folder))
    twin.collect()
    return twin


def test_thirty_copies_of_one_text_are_one_text(twin: Twin, tmp_path: Path) -> None:
    collected(twin, tmp_path / "notes", [f"{STORY} Written on day {i}." for i in range(30)])
    assert len(twin.store.documents("train")) == 1
    with pytest.raises(NotEnoughData):
        twin.dataset()
    with pytest.raises(NotEnoughData):
        twin.evaluate()


def test_a_curve_wants_a_twin(twin: Twin, tmp_path: Path) -> None:
    stories = [f"{STORY.replace('lift', f'lift {i}').replace('spoon', f'spoon {i * 7}')}" for i in range(3)]
    collected(twin, tmp_path / "notes", stories)
    held_out = twin.store.documents("evaluate")
    twin.store.set_sides({held_out[0].work: "test"})
    with pytest.raises(NotFound, match="no twin yet"):
        twin.evaluate(curve=True)
