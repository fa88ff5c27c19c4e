"""A JSON file of any size in, the values at wanted places of it one at a time out.

The libraries for this stop at the first broken value, and the fastest (ijson 3.6) crashes the process on a number of
6,000 digits and turns half an emoji into "?". Here the standard decoder reads each value, and one that is broken is
stepped over.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from twin.core.records import Skipped
from twin.sources.archive import DAMAGE, MAX_RATIO, MAX_TABLE_BYTES, RATIO_FLOOR_BYTES, Archive, broken

MAX_VALUE = 1 << 20
"""Characters of one value; the longest tweet, message or article is far below."""

Path = tuple[str, ...]
"""The names that lead to a value; `*` stands for any place in a list."""

_SPACE = re.compile(r"[\s,]*")
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_PLAIN = re.compile(r'[^\s,:\[\]{}"]+')
_UNQUOTED = re.compile(r'[^"\[\]{}]*+')
_QUOTED = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Broken:
    """A value that is not JSON, or that is too long."""

    reason: str


def elements(archive: Archive, name: str, *wanted: Path, after: str = "") -> Iterator[tuple[Path, Any] | Skipped]:
    """An entry of an archive in, the path and value of all that stands at a wanted path out, in the file's order.

    A value that cannot be read is a `Broken`. What ends the reading early is one `Skipped`, at the end. `after` is
    a mark before which nothing is JSON.
    """
    entry = archive.entries[name]
    if entry.size > MAX_TABLE_BYTES:
        yield Skipped(name, f"larger than {MAX_TABLE_BYTES:,} bytes")
        return
    if entry.size > max(RATIO_FLOOR_BYTES, entry.packed * MAX_RATIO):
        yield Skipped(name, f"unpacks to more than {MAX_RATIO} times its size")
        return
    try:
        with entry.open() as stream:
            yield from _values(_Text(stream, after), frozenset(wanted))
    except _Unreadable as bad:
        yield Skipped(name, f"damaged, what stands before is kept: {bad}")
    except DAMAGE as bad:
        yield Skipped(name, f"damaged in the archive, what stands before is kept: {bad}")


def payload(*values: object) -> str:
    """JSON values in, them as JSON out, one a line; in ASCII where they hold broken characters."""
    try:
        text = "\n".join(json.dumps(value, ensure_ascii=False) for value in values)
        return "\n".join(map(json.dumps, values)) if broken(text) else text
    except (RecursionError, ValueError):
        return ""


class _Unreadable(Exception):
    """What stands here is not JSON, and where it would go on cannot be told."""


class _Text:
    """A stream as text, seen through a window: `ahead` is filled up to `MAX_VALUE` characters from `at` on."""

    def __init__(self, stream: IO[bytes], after: str) -> None:
        self.stream = stream
        self.ahead, self.at, self.ended = "", 0, False
        start = stream.read(1 << 16)
        wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self.decoder = codecs.getincrementaldecoder("utf-16" if wide else "utf-8-sig")(
            "replace" if wide else "surrogateescape"
        )
        self.ahead = self.decoder.decode(start, final=not start)
        if after and not self.ahead.lstrip().startswith(("[", "{")):
            self.at = self.ahead.find(after) + len(after)

    def fill(self) -> None:
        if self.ended or len(self.ahead) - self.at >= MAX_VALUE:
            return
        pieces, size = [self.ahead[self.at :]], len(self.ahead) - self.at
        while not self.ended and size < 2 * MAX_VALUE:
            read = self.stream.read(1 << 18)
            pieces.append(self.decoder.decode(read, final=not read))
            size += len(pieces[-1])
            self.ended = not read
        self.ahead, self.at = "".join(pieces), 0

    def peek(self) -> str:
        """The next character that is neither white space nor a comma; empty at the end."""
        while True:
            self.fill()
            match = _SPACE.match(self.ahead, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.ahead) or self.ended:
                return self.ahead[self.at : self.at + 1]

    def name(self) -> str:
        """The name that stands before a value, with its colon."""
        match = _STRING.match(self.ahead, self.at)
        if match is None:
            raise _Unreadable("it is damaged or cut off")
        self.at = match.end()
        if self.peek() != ":":
            raise _Unreadable("it is damaged or cut off")
        self.at += 1
        try:
            return str(json.loads(match[0]))
        except ValueError:
            return match[0]

    def value(self) -> Any:
        """The value that begins here, or a Broken; either way it is passed."""
        self.fill()
        try:
            found, end = _DECODER.raw_decode(self.ahead, self.at)
        except (ValueError, RecursionError):
            return Broken("too long to be a text" if self.skip() > MAX_VALUE else "broken in the file")
        length, self.at = end - self.at, end
        return found if length <= MAX_VALUE else Broken("too long to be a text")

    def skip(self) -> int:
        """Passes the value that begins here, however long it is, and returns its length in characters."""
        if self.peek() not in ('"', "[", "{"):
            match = _PLAIN.match(self.ahead, self.at)
            if match is None:
                raise _Unreadable("it is damaged or cut off")
            self.at = match.end()
            return len(match[0])
        depth, quoted, length = 0, False, 0
        while True:
            self.fill()
            run = (_QUOTED if quoted else _UNQUOTED).match(self.ahead, self.at)
            end = run.end() if run else self.at
            length, self.at, mark = length + end - self.at + 1, end + 1, self.ahead[end : end + 1]
            if mark not in ('"', "[", "]", "{", "}"):  # the window ends here, perhaps inside an escape
                if self.ended:
                    raise _Unreadable("it is cut off")
                length, self.at = length - 1, end
            elif mark == '"':
                quoted = not quoted
            else:
                depth += 1 if mark in "[{" else -1
            if depth <= 0 and not quoted:
                return length


_DECODER = json.JSONDecoder()


def _values(text: _Text, wanted: frozenset[Path]) -> Iterator[tuple[Path, Any]]:
    within = {path[:length] for path in wanted for length in range(len(path))}
    path: list[str] = []
    closing: list[str] = []
    while True:
        mark = text.peek()
        if not mark:
            raise _Unreadable("it is cut off" if closing else "it is empty")
        if closing and mark in "}]":
            if closing.pop() != mark:
                raise _Unreadable("its brackets do not match")
            text.at += 1
            path.pop()
            if not closing:
                return
            continue
        if closing and closing[-1] == "}":
            path[-1] = text.name()
            mark = text.peek()
        here = tuple(path)
        if here in wanted:
            yield here, text.value()
        elif mark and mark in "[{" and here in within:
            text.at += 1
            closing.append("]" if mark == "[" else "}")
            path.append("*")
        else:
            text.skip()
        if not closing:
            return
