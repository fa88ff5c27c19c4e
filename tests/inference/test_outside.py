"""Links and files that the user names for one draft: passages of them, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from twin.core.errors import Wall
from twin.core.protocols import Reading
from twin.core.records import Identity, Page
from twin.inference.outside import read_outside

TEXT = "The door was shut again when I came to the hotel at night. " * 12
URL = "https://a.example/doors"
HTML = f"<html><head><title>On doors</title></head><body><nav>Menu</nav><article><p>{TEXT}</p></article></body></html>"


class OnePage:
    def __init__(self, answer: Page | Exception) -> None:
        self.answer = answer

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Page:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def reading(answer: Page | Exception, tmp_path: Path) -> Reading:
    return Reading(Identity("Ada Example"), tmp_path, OnePage(answer))


def test_a_page_gives_its_text_without_the_menu(tmp_path: Path) -> None:
    passages, skipped = read_outside([URL], reading(Page(URL, HTML.encode()), tmp_path))
    assert not skipped and passages[0].title == "On doors" and passages[0].url == URL and passages[0].outside
    assert all("Menu" not in passage.text for passage in passages)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Wall("it shows a login", ""), "it shows a login"),
        (Page(URL, b"<html><body>Sign in</body></html>"), "login wall"),
        (Page(URL, b"%PDF-1.4 broken", "application/pdf"), URL),
        (Page(URL, b"PK", "application/zip"), "not a text"),
    ],
)
def test_what_is_no_text_is_named_with_its_reason(answer: Page | Exception, reason: str, tmp_path: Path) -> None:
    passages, (skipped,) = read_outside([URL], reading(answer, tmp_path))
    assert not passages and reason in skipped.reason


def test_files_of_several_formats_are_read_and_one_that_fails_stops_none(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text(f"# Notes\n\n{TEXT}")
    (tmp_path / "page.html").write_text(HTML)
    (tmp_path / "data.csv").write_text(TEXT)
    (tmp_path / "picture.bin").write_bytes(b"\x00\x01")
    names = ["notes.md", "page.html", "data.csv", "picture.bin", "gone.md"]
    passages, skipped = read_outside([str(tmp_path / name) for name in names], reading(Page(URL, b""), tmp_path))
    assert {passage.title for passage in passages} == {"Notes", "On doors", "data.csv"}
    assert [Path(one.key).name for one in skipped] == ["picture.bin", "gone.md"]
