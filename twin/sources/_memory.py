"""What a source remembers of the last collection: one small database, whole after a kill at any byte."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DAMAGED = (sqlite3.DatabaseError, UnicodeDecodeError)


class Memory:
    """Keys with a mark and an answer: the mark says whether the answer still holds. What is damaged is not there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.connection = _opened(path)
        except _DAMAGED:
            path.unlink(missing_ok=True)
            self.connection = _opened(path)

    def recall(self, key: str, mark: str = "") -> str | None:
        """The answer kept under a key and this mark, or any mark where none is given; None where there is none."""
        try:
            row = self.connection.execute("SELECT mark, answer FROM memory WHERE key = ?", (key,)).fetchone()
        except _DAMAGED:
            return None
        if row is None or (mark and row[0] != mark):
            return None
        try:
            return zlib.decompress(row[1]).decode("utf-8", "surrogatepass")
        except (zlib.error, UnicodeError, TypeError):
            return None

    def keep(self, key: str, mark: str, answer: str) -> None:
        packed = zlib.compress(answer.encode("utf-8", "surrogatepass"))
        try:
            self._put(key, mark, packed)
        except _DAMAGED as bad:
            if isinstance(bad, sqlite3.OperationalError):  # a full disk, a lock; the file itself is whole
                raise
            self.connection.close()
            self.path.unlink(missing_ok=True)
            self.connection = _opened(self.path)
            self._put(key, mark, packed)

    def _put(self, key: str, mark: str, packed: bytes) -> None:
        with self.connection:
            self.connection.execute("REPLACE INTO memory VALUES (?, ?, ?)", (key, mark, packed))

    def marks(self) -> dict[str, str]:
        try:
            whole = "typeof(key) = 'text' AND typeof(mark) = 'text'"
            return dict(self.connection.execute(f"SELECT key, mark FROM memory WHERE {whole}"))  # noqa: S608
        except _DAMAGED:
            return {}


@contextmanager
def remembered(folder: Path) -> Iterator[Memory]:
    """The memory of a source in its cache folder; one that is damaged is begun again."""
    folder.mkdir(parents=True, exist_ok=True)
    memory = Memory(folder / "memory.db")
    try:
        yield memory
    finally:
        memory.connection.close()


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS memory (key TEXT PRIMARY KEY, mark TEXT, answer BLOB)")
        connection.execute("SELECT count(*) FROM memory").fetchone()
    except _DAMAGED:
        connection.close()
        raise
    return connection
