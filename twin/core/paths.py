"""A path as a person types it."""

from __future__ import annotations

from pathlib import Path


def typed_path(name: str | Path) -> Path:
    """A name in, its path with `~` spelled out; `~nobody`, where there is no such user, stays a name like any other."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)
