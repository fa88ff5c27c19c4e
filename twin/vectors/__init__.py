"""One file for each vector database; a file's name is what `index.store` calls it."""

from __future__ import annotations

from pathlib import Path

from twin.core.errors import BadSettings
from twin.core.protocols import VectorStore


def open_vectors(name: str, folder: Path | None, dimensions: int) -> VectorStore:
    """A name and a folder in, what is kept there out; without a folder an empty one in memory, gone with its object.

    Raises: BadSettings for a name that has no file here.
    """
    if name == "lance":
        from twin.vectors.lance import Lance

        return Lance(folder, dimensions)
    raise BadSettings(f"index.store = {name!r} is not a vector database", "choose: lance")
