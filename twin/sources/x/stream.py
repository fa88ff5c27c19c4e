"""A data file of the archive (`window.YTD.tweets.part0 = [...]`) in, its objects one at a time out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from twin.sources.archive import DAMAGE, MAX_RATIO, MAX_TABLE_BYTES, RATIO_FLOOR_BYTES, Archive

_HEAD = 4096
MAX_OBJECT_CHARS = 1_000_000


class Damaged(dict[str, Any]):
    """Where a file breaks off: what stood before was yielded."""

    reason = "damaged, what stands before is kept"


def objects(archive: Archive, name: str) -> Iterator[dict[str, Any]]:
    """Each object of the file's list, without the name it is wrapped in; a `Damaged` where it breaks off."""
    import ijson

    entry = archive.entries[name]
    if entry.size > MAX_TABLE_BYTES or entry.size > max(RATIO_FLOOR_BYTES, entry.packed * MAX_RATIO):
        yield Damaged()
        return
    try:
        with entry.open() as stream:
            for one in ijson.items(_AfterName(stream), "item", use_float=True):
                inner = one.get("tweet", one) if isinstance(one, dict) else None
                if isinstance(inner, dict):
                    yield inner
    except (ijson.JSONError, *DAMAGE, RecursionError):
        yield Damaged()


class _AfterName:
    """A stream from its first bracket on: before it stands JavaScript, which is no JSON."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        head = stream.read(_HEAD)
        self.begun = head[max(0, head.find(b"[")) :]

    def read(self, size: int = -1) -> bytes:
        if self.begun and size:
            part, self.begun = self.begun, b""
            return part
        return self.stream.read(size)
