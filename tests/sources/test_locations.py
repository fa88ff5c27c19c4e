"""What a user may type for a location, and what becomes of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from twin import sources
from twin.core.errors import UnknownSource


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("medium.com/@ada", "https://medium.com/@ada"),
        (" www.example.org/blog ", "https://www.example.org/blog"),
        ("HTTPS://Example.org/a", "HTTPS://Example.org/a"),
        ("arxiv:2004.14974", "https://arxiv.org/abs/2004.14974"),
        ("10.1000/xyz", "https://doi.org/10.1000/xyz"),
        ("git@github.com:ada/notes.git", "https://github.com/ada/notes"),
        ("ssh://git@github.com/ada/notes", "https://github.com/ada/notes"),
    ],
)
def test_a_link_is_understood_in_any_spelling(typed: str, address: str) -> None:
    assert sources.address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "https://[bad",
            "https://[::1",
            "http://",
            "https:///a",
            "https://a b/",
            "http://a:99999/",
            "https://a:port/",
        ),
        *(
            "ftp://example.org",
            "javascript://x",
            "file:///etc/passwd",
            "https://a.org/\nb",
            "https://a.org/\x00",
            "a.org:0/",
        ),
    ],
)
def test_a_broken_link_is_refused_in_words(typed: str) -> None:
    with pytest.raises(UnknownSource, match="is no link to a page"):
        sources.which(typed)


def test_a_link_with_a_password_is_refused_without_repeating_it() -> None:
    with pytest.raises(UnknownSource) as refused:
        sources.which("https://ada:secret@example.org/feed")
    assert "secret" not in str(refused.value)


def test_a_file_that_is_there_comes_before_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "example.org").write_text("Doors shut.")
    assert sources.address("example.org") == str(tmp_path / "example.org")


def test_a_name_that_is_not_utf8_is_refused_before_a_database_is_asked(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"caf\xe9.md")
    try:
        file.write_text("words", "utf-8")
    except OSError:
        pytest.skip("this file system takes no such name")
    with pytest.raises(UnknownSource, match="not UTF-8"):
        sources.address(str(file))
