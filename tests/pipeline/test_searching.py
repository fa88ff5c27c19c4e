"""The report of `evaluate` says how well the author's texts are found; what is searched is made in memory only."""

import json
from pathlib import Path

import pytest

from twin.core.records import digest
from twin.core.settings import IndexSettings
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
    assert {row["query"] for row in found["rows"]} == {"all", "named", "title", "sentence", "topic"}
    assert twin.vectors.ids() == before
    assert twin.retrieval() == found
    json.dumps(found, allow_nan=False)


def test_few_texts_get_a_sentence_and_no_numbers(twin: Twin, tmp_path: Path) -> None:
    write_notes(twin, tmp_path / "notes", 5)
    found = twin.retrieval()
    assert found["rows"] == []
    assert "5 texts are too few" in found["sentences"][0]


PARTS = {
    "Our Kafka migration": (
        "It began on a Monday, and nobody had slept. The coffee was cold and the plan was old enough to vote.",
        "Every broker wanted a week of its own. We moved three of them by night, and the fourth by hand.",
        "The disks filled up on Thursday. We threw old logs away until there was room to think once more.",
    ),
    "Leaving Postgres behind": (
        "Spring had come early that year, so the garden got more of us than the office did. It showed.",
        "Pamela counted tables with a pencil, row by row. Half of them were empty, and one was a joke.",
        "What surprised everyone were the disks. By Thursday two had failed, and neither was the one we feared.",
    ),
}


@pytest.fixture
def read(twin: Twin, tmp_path: Path) -> Twin:
    """A twin with two articles of several chunks among notes; neither says its title."""
    write_notes(twin, tmp_path / "notes", 8)
    twin.settings = twin.settings.model_copy(update={"index": IndexSettings(embedder="fake", chunk_tokens=40)})
    (tmp_path / "articles").mkdir()
    for i, (title, parts) in enumerate(PARTS.items()):
        text = "\n\n".join(parts)
        (tmp_path / "articles" / f"{i}.md").write_text(f"---\ntitle: {title}\n---\n\n{text}\n", "utf-8")
    twin.add(str(tmp_path / "articles"))
    twin.collect()
    return twin


def first(twin: Twin, query: str) -> tuple[str, str]:
    passage = twin.search(query)["passages"][0]
    return passage["title"], passage["text"]


def test_a_text_is_found_by_the_title_that_it_does_not_say_and_shown_without_it(read: Twin) -> None:
    for title in PARTS:
        assert first(read, title)[0] == title
    shown = [passage["text"] for passage in read.search("Our Kafka migration")["passages"]]
    texts = [doc.text for doc in read.store.documents()]
    assert all(any(text in whole for whole in texts) for text in shown)


@pytest.mark.parametrize("name", PARTS)
def test_words_of_a_title_and_of_one_part_find_that_part_of_that_text(read: Twin, name: str) -> None:
    title, text = first(read, f"{name.lower()}: what did the disks do on Thursday")
    assert title == name
    assert "disks" in text


def test_an_index_of_an_earlier_release_is_noticed_and_made_anew(read: Twin) -> None:
    """Its chunks were embedded without a title, and its table says of none where it begins."""
    read.index()
    table = read.vectors._table  # type: ignore[attr-defined]
    table.update(where="begins > 0", values={"text": "as it was"})
    table.drop_columns(["begins"])
    held, documents = read.store.get("index"), read.store.documents("retrieve")
    told = [(one.id, one.version, digest(one.title, one.url, one.kind, one.place, one.published)) for one in documents]
    texts = sorted((*known, *one.masks) for known, one in zip(told, documents, strict=True))
    read.store.set("index", {**held, "version": digest("index-2", texts, read.embedder.digest, 40, 30)})
    again = Twin(read.settings)
    assert "index" in again.status()["stale"]
    assert first(again, "Our Kafka migration")[0] == "Our Kafka migration"
    assert len(again.vectors.ids()) == held["chunks"]
    assert "index" not in again.status()["stale"]
    again.close()
