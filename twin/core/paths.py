"""A path as a person types it; a file that is there as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from twin.core.errors import StorageFailed


def typed_path(name: str | Path) -> Path:
    """A name in, its path with `~` spelled out; `~nobody`, where there is no such user, stays a name like any other."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def write_whole(path: Path, text: str) -> None:
    """A file that is there as a whole or not at all. Raises: StorageFailed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
    except OSError as bad:
        raise StorageFailed(
            f"cannot write to {str(path.parent)!r}: {bad.strerror}", "make room there, or choose another folder"
        ) from bad


def _replace(path: Path, text: str) -> None:
    """The file as a whole: written beside it, then renamed over it, as readable as it was.

    A lone surrogate of a text becomes "?".
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
        beside.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
