"""What a source remembers of the last collection: one small database, whole after a kill at any byte."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


class Memory:
    """Keys with a mark and an answer: the mark says whether the answer still holds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def recall(self, key: str, mark: str = "") -> str | None:
        """The answer kept under a key and this mark, or any mark where none is given; None where there is none."""
        row = self.connection.execute("SELECT mark, answer FROM memory WHERE key = ?", (key,)).fetchone()
        if row is None or (mark and row[0] != mark):
            return None
        try:
            return zlib.decompress(row[1]).decode("utf-8", "surrogatepass")
        except (zlib.error, UnicodeError, TypeError):
            return None

    def keep(self, key: str, mark: str, answer: str) -> None:
        packed = zlib.compress(answer.encode("utf-8", "surrogatepass"))
        with self.connection:
            self.connection.execute("REPLACE INTO memory VALUES (?, ?, ?)", (key, mark, packed))

    def marks(self) -> dict[str, str]:
        return dict(self.connection.execute("SELECT key, mark FROM memory"))


@contextmanager
def remembered(folder: Path) -> Iterator[Memory]:
    """The memory of a source in its cache folder; one that is damaged is begun again."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "memory.db"
    try:
        opened = _opened(path)
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)
        opened = _opened(path)
    with closing(opened):
        yield Memory(opened)


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS memory (key TEXT PRIMARY KEY, mark TEXT, answer BLOB)")
        connection.execute("SELECT count(*) FROM memory").fetchone()
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
