"""A path as a person types it; a file that is there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from twin.core.errors import StorageFailed

HELD_LINKS = "links"
"""Folder of a home's cache with what links gave: one of them may be of the author's own text."""


def typed_path(name: str | Path) -> Path:
    """A name in, its path with `~` spelled out; `~nobody`, where there is no such user, stays a name like any other."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def write_whole(path: Path, text: str) -> None:
    """A file that is there as a whole or not at all. Raises: StorageFailed."""
    try:
        whole = path.resolve()  # a link stays one, and what it leads to is written
        whole.parent.mkdir(parents=True, exist_ok=True)
        _replace(whole, text)
    except OSError as bad:
        raise StorageFailed(
            f"cannot write to {str(path.parent)!r}: {bad.strerror}", "make room there, or choose another folder"
        ) from bad


def _replace(path: Path, text: str) -> None:
    """The file as a whole: written beside it, then renamed over it, as readable as it was; a new one as any other is.

    A lone surrogate of a text becomes "?".
    """
    mode = path.stat().st_mode & 0o777 if path.exists() else None
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
        if mode is not None:
            beside.chmod(mode)  # what the umask took away
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
