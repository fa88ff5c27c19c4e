"""One file for each vector database; a file's name is what `index.store` calls it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twin.core.errors import BadSettings
from twin.core.protocols import VectorStore
from twin.core.records import Passage

if TYPE_CHECKING:
    from twin.core.protocols import Vectors


def open_vectors(name: str, folder: Path | None, dimensions: int) -> VectorStore:
    """A name and a folder in, what is kept there out; without a folder an empty one in memory, gone with its object.

    Raises: BadSettings for a name that has no file here.
    """
    if name == "lance":
        from twin.vectors.lance import Lance

        return Lance(folder, dimensions)
    raise BadSettings(f"index.store = {name!r} is not a vector database", "choose: lance")


def cosines(store: VectorStore, vector: Vectors, passages: Sequence[Passage]) -> dict[str, float]:
    """A request's vector and passages of a store in, how near each is by its id out."""
    held = store.vectors([passage.id for passage in passages])
    return {name: float(own @ vector) for name, own in held.items()}
