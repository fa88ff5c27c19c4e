"""What links gave is held for an hour in one home: asked for once, bounded, and never what failed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fakes import FakeWeb, reading

from twin.core.errors import BadSource
from twin.core.paths import HELD_LINKS
from twin.core.records import Page
from twin.inference.material import held
from twin.inference.material.held import Gave, hold, recall, sweep
from twin.inference.material.outside import read_outside

URL = "https://a.example/doors"
HTML = f"<article><p>{'The door was shut again when I came to the hotel at night. ' * 12}</p></article>"


def web() -> FakeWeb:
    return FakeWeb({URL: Page(URL, HTML.encode())})


def aged(folder: Path, seconds: float) -> None:
    for file in folder.rglob("*.json"):
        at = file.stat().st_mtime - seconds
        os.utime(file, (at, at))


def test_several_drafts_from_one_link_ask_for_it_once_an_hour(tmp_path: Path) -> None:
    there = web()
    found = [read_outside([URL], reading(tmp_path, web=there)) for _ in range(3)]
    assert found[0][0] and found[0] == found[1] == found[2] and there.asked == [URL]
    aged(tmp_path, held.HOLD_S - 60)
    read_outside([URL], reading(tmp_path, web=there))
    assert there.asked == [URL]
    aged(tmp_path, 120)
    read_outside([URL], reading(tmp_path, web=there))
    assert there.asked == [URL, URL]


def test_what_is_older_than_an_hour_is_gone_at_the_next_draft_whatever_that_reads(tmp_path: Path) -> None:
    read_outside([URL], reading(tmp_path, web=web()))
    assert len(list(tmp_path.rglob("*.json"))) == 1
    aged(tmp_path, held.HOLD_S + 1)
    read_outside([], reading(tmp_path, web=web()))
    assert not list(tmp_path.rglob("*.json"))


def test_one_home_is_not_served_from_another(tmp_path: Path) -> None:
    there = web()
    for home in ("one", "two"):
        read_outside([URL], reading(tmp_path / home, web=there))
    assert there.asked == [URL, URL]


def test_what_failed_is_asked_for_again_and_a_file_is_read_anew(tmp_path: Path) -> None:
    there = FakeWeb({URL: BadSource("it is down")})
    for _ in range(2):
        read_outside([URL], reading(tmp_path, web=there))
    assert there.asked == [URL, URL]
    note = tmp_path / "note.md"
    for said in ("The door was shut.", "The door was open."):
        note.write_text(said)
        assert read_outside([str(note)], reading(tmp_path, web=there))[0][0].text == said


def test_what_is_held_is_bounded_the_oldest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "MOST_BYTES", 2_500)
    for number in range(4):
        aged(tmp_path, 10)
        hold(tmp_path, Gave(URL, "", "x" * 1_000), f"{URL}/{number}")
    there = [number for number in range(4) if recall(tmp_path, f"{URL}/{number}")]
    assert there == [2, 3] and sum(file.stat().st_size for file in tmp_path.iterdir()) <= 2_500


def test_nothing_but_its_own_files_is_swept(tmp_path: Path) -> None:
    folder = reading(tmp_path, web=web()).cache / HELD_LINKS
    hold(folder, Gave(URL, "", "x"), URL)
    (folder / "mine.json").write_text("{}")
    aged(folder, held.HOLD_S + 1)
    read_outside([], reading(tmp_path, web=web()))
    assert [file.name for file in folder.iterdir()] == ["mine.json"]
    sweep(tmp_path / "gone")


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"link": "https://a.example/doors"}', '{"link": "other"}'])
def test_what_is_damaged_is_asked_for_again(tmp_path: Path, damage: str) -> None:
    hold(tmp_path, Gave(URL, "On doors", "The door was shut."), URL)
    assert recall(tmp_path, URL) == Gave(URL, "On doors", "The door was shut.")
    (file,) = tmp_path.iterdir()
    file.write_text(damage)
    assert recall(tmp_path, URL) is None
