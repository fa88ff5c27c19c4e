"""What a source remembers of the last collection: one small database, whole after a kill at any byte."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from twin.core.errors import StorageFailed

_DAMAGED = (sqlite3.DatabaseError, UnicodeDecodeError)
_OF_THE_DISK = tuple(f"SQLITE_{why}" for why in ("FULL", "READONLY", "CANTOPEN", "IOERR", "BUSY", "LOCKED", "PERM"))


class Memory:
    """Keys with a mark and an answer: the mark says whether the answer still holds.

    One that is damaged, wherever that shows, is begun again. Raises: StorageFailed where the disk is full or closed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection: sqlite3.Connection | None = None

    def recall(self, key: str, mark: str = "") -> str | None:
        """The answer kept under a key and this mark, or any mark where none is given; None where there is none."""
        rows = self._rows("SELECT mark, answer FROM memory WHERE key = ?", key)
        if not rows or (mark and rows[0][0] != mark):
            return None
        try:
            return zlib.decompress(rows[0][1]).decode("utf-8", "surrogatepass")
        except (zlib.error, UnicodeError, TypeError):
            return None

    def keep(self, key: str, mark: str, answer: str) -> None:
        packed = zlib.compress(answer.encode("utf-8", "surrogatepass"))
        self._rows("REPLACE INTO memory VALUES (?, ?, ?)", key, mark, packed)

    def marks(self) -> dict[str, str]:
        return dict(self._rows("SELECT key, mark FROM memory WHERE typeof(key) = 'text' AND typeof(mark) = 'text'"))

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _rows(self, query: str, *values: str | bytes) -> list[Any]:
        try:
            return self._asked(query, values)
        except _DAMAGED as bad:
            if getattr(bad, "sqlite_errorname", "").startswith(_OF_THE_DISK):
                hint = "make room on the disk, or allow it"
                raise StorageFailed(f"cannot use {str(self.path)!r}: {bad}", hint) from bad
            self.close()
            self.path.unlink(missing_ok=True)
            self.path.with_name(f"{self.path.name}-journal").unlink(missing_ok=True)
            return self._asked(query, values)

    def _asked(self, query: str, values: tuple[str | bytes, ...]) -> list[Any]:
        if self.connection is None:
            self.connection = sqlite3.connect(self.path)
            with self.connection:
                self.connection.execute(
                    "CREATE TABLE IF NOT EXISTS memory (key TEXT PRIMARY KEY, mark TEXT, answer BLOB)"
                )
        with self.connection:
            return self.connection.execute(query, values).fetchall()


@contextmanager
def remembered(folder: Path) -> Iterator[Memory]:
    """The memory of a source in its cache folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as bad:
        raise StorageFailed(f"cannot use {str(folder)!r}: {bad.strerror}", "allow it, or choose another home") from bad
    with closing(Memory(folder / "memory.db")) as memory:
        yield memory
