"""Paths as people type them, and files that no killed process leaves half-written."""

import os
from pathlib import Path

import pytest

from twin.core.errors import StorageFailed
from twin.core.paths import typed_path, write_whole


def test_a_home_is_spelled_out_and_that_of_nobody_is_a_name() -> None:
    assert typed_path("~/notes") == Path.home() / "notes"
    assert typed_path("~.11") == Path("~.11")


def test_a_file_that_cannot_be_written_to_its_end_is_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "deep" / "twin.toml"
    write_whole(file, "first\n")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(StorageFailed, match="No space left"):
        write_whole(file, "second\n")
    assert file.read_text() == "first\n"
    assert list(file.parent.iterdir()) == [file]


def test_who_may_read_a_file_stays_so(tmp_path: Path) -> None:
    """A twin.toml may hold the password of a store."""
    file = tmp_path / "twin.toml"
    write_whole(file, "one")
    assert file.stat().st_mode & 0o777 == 0o644
    file.chmod(0o600)
    write_whole(file, "two")
    assert file.stat().st_mode & 0o777 == 0o600
