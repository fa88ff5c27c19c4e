"""The report of `evaluate` says how well the author's texts are found; what is searched is made in memory only."""

import json
from pathlib import Path

from twin.pipeline import Twin

FLOORS = "attic basement corridor dome entrance foyer gallery hall island junction kitchen lobby mezzanine nook".split()


def write_notes(twin: Twin, folder: Path, count: int) -> None:
    folder.mkdir()
    for i, floor in enumerate(FLOORS[:count]):
        text = (
            f"The {floor} lift stopped again on Tuesday while number {i} was waiting. Nobody near the {floor} had "
            f"heard the bell.\n\nWe opened the {floor} door with a spoon and a prayer. A {floor} is no place to sleep."
        )
        (folder / f"{floor}.md").write_text(f"---\ntitle: What the {floor} taught us\n---\n\n{text}\n", "utf-8")
    twin.add(str(folder))
    twin.collect()
    twin.index()


def test_every_system_has_numbers_and_the_index_stays_as_it_was(twin: Twin, tmp_path: Path) -> None:
    write_notes(twin, tmp_path / "notes", len(FLOORS))
    before = twin.vectors.ids()
    found = twin.retrieval()
    assert found["texts"] == len(FLOORS)
    assert set(found["rows"][0]["systems"]) == {"bm25", "vectors", "rrf", "fusion"}
    assert {row["query"] for row in found["rows"]} == {"all", "title", "sentence", "topic"}
    assert twin.vectors.ids() == before
    assert twin.retrieval() == found
    json.dumps(found, allow_nan=False)


def test_few_texts_get_a_sentence_and_no_numbers(twin: Twin, tmp_path: Path) -> None:
    write_notes(twin, tmp_path / "notes", 5)
    found = twin.retrieval()
    assert found["rows"] == []
    assert "5 texts are too few" in found["sentences"][0]
