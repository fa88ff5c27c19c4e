"""Forgetting: after it no word of a text is left anywhere in the home, however it was packed."""

from __future__ import annotations

import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from twin.core.errors import BadRequest
from twin.inference.material.held import Gave, hold
from twin.pipeline import Twin

CANARY = "quillfeather"
HEADING = "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility"
LINK = "https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A{}"


def archive(folder: Path, canary: str) -> Path:
    """Thirty posts, of which one holds the canary, and one more that opens with it."""
    rows = [HEADING]
    for day in range(1, 31):
        word = canary if day in (3, 4) else "lift"
        text = (
            f"The {word} number {day} stops on floor {day} again. I wrote {day * 37} letters about the {word} and more."
        )
        rows.append(f"2024-01-{day:02} 10:00:00,{LINK.format(7019205082715996752 + day)},{text},,,MEMBER_NETWORK")
    path = folder / "Complete_LinkedInDataExport.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("Shares.csv", "\n".join(rows))
    return path


def everything(home: Path) -> str:
    """Every byte of every file, every value of every table, and all that unpacks anywhere inside."""
    found = []
    for file in sorted(path for path in home.rglob("*") if path.is_file()):
        data = file.read_bytes()
        found += [str(file).encode(), data]
        at = -1
        while (at := data.find(b"\x78", at + 1)) >= 0:
            if at + 1 < len(data) and (0x7800 + data[at + 1]) % 31 == 0:
                try:
                    found.append(zlib.decompressobj().decompress(data[at:], 1 << 20))
                except zlib.error:
                    continue
        if file.suffix == ".db":
            found += tables(file)
    return b"\n".join(found).decode("utf-8", "replace")


def tables(database: Path) -> Iterator[bytes]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f"SELECT * FROM {name}"):
                for value in row:
                    packed = value if isinstance(value, bytes) else str(value).encode()
                    try:
                        yield zlib.decompress(packed)
                    except zlib.error:
                        yield packed


def vectors(twin: Twin) -> str:
    """Every row of every version of the vector tables that is still on disk."""
    import lancedb

    found = []
    for folder in (twin.home / "vectors").iterdir():
        opened: Any = lancedb.connect(folder)
        for name in opened.table_names():
            table = opened.open_table(name)
            for version in table.list_versions():
                table.checkout(version["version"])
                found.append(str(table.to_arrow().to_pylist()))
    return "".join(found)


@pytest.mark.parametrize("whole_source", [False, True])
def test_nothing_of_a_forgotten_text_is_left_in_the_home(twin: Twin, tmp_path: Path, whole_source: bool) -> None:
    source = twin.add(str(archive(tmp_path, CANARY)))["id"]
    twin.collect()
    twin.index()
    twin.dataset()
    twin.write(f"Why the {CANARY} stops")
    assert CANARY in everything(twin.home) and CANARY in vectors(twin)
    names = [source] if whole_source else [doc.id for doc in twin.store.documents() if CANARY in doc.text]
    for name in names:
        told = twin.forget(name)
    assert str(tmp_path / "Complete_LinkedInDataExport.zip") in told["still_in"]
    assert CANARY not in everything(twin.home)
    assert CANARY not in vectors(twin)
    if whole_source:
        twin.add(str(tmp_path / "Complete_LinkedInDataExport.zip"))
    (again,) = twin.collect()["sources"]
    assert again["stored"] == 0
    assert sum(skip["reason"] == "forgotten at your request" for skip in again["skipped"]) == (
        30 if whole_source else 2
    )
    twin.index()
    twin.close()
    assert CANARY not in everything(twin.home)


@pytest.mark.parametrize("what", ["text", "source"])
def test_what_a_link_gave_to_a_draft_goes_with_any_text_and_any_source(twin: Twin, tmp_path: Path, what: str) -> None:
    twin.note("A lift is no door, and I have said so.")
    twin.collect()
    empty = twin.add(str(texts_in(tmp_path / "other", "doors")))["id"]
    links = twin.home / "cache" / "links"
    hold(links, Gave("https://a.example/x", "A page", f"The {CANARY} stops."), "https://a.example/x")
    assert CANARY in everything(twin.home)
    twin.forget(empty if what == "source" else twin.store.documents()[0].id)
    assert CANARY not in everything(twin.home) and not links.exists()


def test_an_upload_goes_with_the_text_that_was_in_it(twin: Twin, tmp_path: Path) -> None:
    uploads = twin.home / "uploads"
    uploads.mkdir(parents=True)
    export = archive(uploads, CANARY)
    twin.add(str(export.rename(export.with_stem(f"{export.stem}-01234567"))))
    twin.collect()
    told = twin.forget(next(doc.id for doc in twin.store.documents() if CANARY in doc.text))
    assert told["still_in"] == [] and not list(uploads.iterdir())
    (again,) = twin.collect()["sources"]
    assert (again["stored"], again["unchanged"]) == (0, 30)


def test_a_whole_twin_leaves_its_settings_and_nothing_else(twin: Twin, tmp_path: Path) -> None:
    twin.add(str(archive(tmp_path, CANARY)))
    twin.collect()
    twin.index()
    (twin.home / "twin.toml").write_text("[write]\nwords = 90\n")
    told = twin.forget("everything")
    assert told["documents"] == 30
    assert {path.name for path in twin.home.iterdir()} <= {"twin.toml", "lock"}
    assert twin.store.count() == 0
    assert twin.store.identity() is None


def test_a_pasted_note_is_collected_and_its_file_goes_with_it(twin: Twin) -> None:
    twin.note(f"The {CANARY} stops on every floor, and I told them so.")
    twin.note("Another note about doors that stay, which nobody forgets so soon.")
    twin.collect()
    (noted,) = [doc for doc in twin.store.documents() if CANARY in doc.text]
    assert noted.kind == "note" and noted.published and "train" in noted.use
    assert twin.forget(noted.id)["still_in"] == []
    assert CANARY not in everything(twin.home)
    assert twin.collect()["sources"][0]["unchanged"] == 1
    with pytest.raises(BadRequest, match="empty"):
        twin.note("  ")


def texts_in(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.md").write_text(f"# {name}\n\nWhat I know of {name} I know from the lift.\n", "utf-8")
    return folder


def test_a_source_goes_with_what_the_home_kept_of_it_also_where_nothing_was_stored(twin: Twin, tmp_path: Path) -> None:
    upload = twin.home / "uploads" / "wrong-01234567.md"
    upload.parent.mkdir()
    upload.write_text(CANARY, "utf-8")
    source = twin.add(str(upload))["id"]
    assert twin.forget(source)["documents"] == 0
    assert not upload.exists() and twin.sources() == []


def test_a_pasted_note_goes_with_the_source_of_notes_and_a_file_beside_it_stays(twin: Twin) -> None:
    source = twin.note(f"A {CANARY} is no lift, and I have said so.")["id"]
    [note] = (twin.home / "notes").iterdir()
    beside = note.with_name("mine.txt")
    beside.write_text("mine", "utf-8")
    twin.forget(source)
    assert beside.exists() and not note.exists()


def test_an_adapter_whose_training_did_not_end_goes_with_any_text(twin: Twin) -> None:
    twin.note(f"A {CANARY} is no lift, and I have said so.")
    twin.collect()
    cut = twin.home / "adapters" / "0123456789abcdef" / "passes"
    cut.mkdir(parents=True)
    twin.forget(twin.store.documents()[0].id)
    assert not cut.parent.exists()


@pytest.mark.parametrize("place", ["posts", "notes", "uploads/mine", "uploads/../mine"])
def test_what_an_author_keeps_in_the_folder_of_a_home_is_never_deleted(twin: Twin, place: str) -> None:
    (twin.home / "uploads").mkdir()
    own = texts_in(twin.home / place, "doors", "ropes")
    source = twin.add(str(own))["id"]
    twin.collect()
    assert twin.forget(source)["documents"] == 2
    assert sorted(file.name for file in own.iterdir()) == ["doors.md", "ropes.md"]


def test_a_text_belongs_to_the_newest_source_that_holds_it(twin: Twin, tmp_path: Path) -> None:
    old = tmp_path / "Complete_LinkedInDataExport.zip"
    archive(tmp_path, CANARY)
    newer = old.rename(tmp_path / "Complete_2.zip")
    archive(tmp_path, CANARY)
    first = twin.add(str(old))["id"]
    twin.collect()
    stored = twin.store.count()
    second = twin.add(str(newer))["id"]
    twin.collect()
    assert {doc.source for doc in twin.store.documents()} == {second}
    assert twin.forget(first)["documents"] == 0
    assert twin.store.count() == stored > 0
    third = twin.add(str(old), mine=False)["id"]
    twin.collect()
    assert {doc.source for doc in twin.store.documents()} == {second} != {third}  # somebody else's do not take it


def test_an_older_source_that_is_read_again_takes_no_text_from_a_newer_one(twin: Twin, tmp_path: Path) -> None:
    older, newer = (archive(tmp_path, CANARY).rename(tmp_path / f"Complete_{i}.zip") for i in (1, 2))
    twin.add(str(older))
    second = twin.add(str(newer))["id"]
    twin.collect()
    with zipfile.ZipFile(older, "a") as changed:
        changed.writestr("Other.csv", "a,b")
    first = twin.collect()["sources"][0]
    assert first["unchanged"] == 30 and not first.get("same")
    assert {doc.source for doc in twin.store.documents()} == {second}


def test_an_upload_that_another_source_reads_too_stays(twin: Twin) -> None:
    upload = twin.home / "uploads" / "paper-01234567.md"
    upload.parent.mkdir()
    upload.write_text("# Doors\n\nA door is a door.\n", "utf-8")
    source = twin.add(str(upload))["id"]
    other = twin.store.add_source("paper", str(upload), "mine", {})
    twin.forget(source)
    assert upload.exists()
    twin.forget(other.id)
    assert not upload.exists()
