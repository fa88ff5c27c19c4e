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
    for mode in (0o600, 0o664, 0o444):
        file.chmod(mode)
        write_whole(file, "two")
        assert file.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_is_as_readable_as_its_user_has_files(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write_whole(tmp_path / "twin.toml", "one")
    finally:
        os.umask(before)
    assert (tmp_path / "twin.toml").stat().st_mode & 0o777 == mode


def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    """People keep their settings in a folder of their own and link to them."""
    real, link, early = tmp_path / "dotfiles" / "twin.toml", tmp_path / "twin.toml", tmp_path / "early.toml"
    write_whole(real, "one")
    link.symlink_to(real)
    early.symlink_to(Path("later") / "twin.toml")
    write_whole(link, "two")
    write_whole(early, "three")
    assert link.is_symlink() and real.read_text() == "two"
    assert early.is_symlink() and (tmp_path / "later" / "twin.toml").read_text() == "three"
