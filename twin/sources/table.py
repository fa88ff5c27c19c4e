"""A stream of CSV in, its rows out: whole or named as broken, whatever one bad row does to the ones after it."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

MAX_ROW_CHARS = 4_000_000

RFC4180: dict[str, Any] = {"strict": True}
BACKSLASH: dict[str, Any] = {"escapechar": "\\", "doublequote": False, "strict": True}
TABS: dict[str, Any] = {"delimiter": "\t", "skipinitialspace": True, "strict": True}


@dataclass(frozen=True, slots=True)
class Row:
    """One row by its number in the file, the heading being 0. `why` says what is wrong with it, if anything."""

    number: int
    cells: tuple[str, ...]
    why: str = ""


class _TooLong(Exception):
    """A row that has grown beyond MAX_ROW_CHARS, thrown through csv.reader to the loop that reads from it."""


def rows(stream: TextIO, dialect: dict[str, Any], *, starts: re.Pattern[str] | None = None) -> Iterator[Row]:
    """A stream opened with `newline=""` in, its rows out, the heading first, blank lines left out.

    Every row has as many cells as the first, and no more of the stream than one row is held. `starts` matches the
    beginning of a line that begins a row; nothing a person writes in a cell may match. With it, a missing quote does
    not swallow the rows after it: reading goes on at the next such line.
    """
    csv.field_size_limit(max(csv.field_size_limit(), MAX_ROW_CHARS))
    lines = _Lines(stream)
    reader = csv.reader(lines, **dialect)
    number = columns = 0
    while True:
        lines.begin()
        try:
            cells = tuple(next(reader))
            why = _misfit(cells, columns)
            if starts and number and lines.swallowed(starts):
                why = why or "a broken row: a quote is missing"
        except StopIteration:
            return
        except _TooLong:
            cells, why = (), f"row larger than {MAX_ROW_CHARS:,} characters"
        except csv.Error as bad:
            cells, why = (), f"a broken row: {bad}"
        if why:
            lines.resume(starts)
        if cells or why:
            columns = columns or len(cells)
            yield Row(number, cells[:columns], why)
            number += 1


def _misfit(cells: tuple[str, ...], columns: int) -> str:
    if not cells or not columns or (len(cells) >= columns and not any(cells[columns:])):
        return ""
    return f"a broken row: {len(cells)} columns where {columns} were expected"


class _Lines(Iterator[str]):
    """The lines of a stream with their ends, for csv.reader; keeps those of the row being read, to go back to.

    A line longer than a row may be comes in pieces, of which none but the first can begin a row.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.row: list[str] = []
        self.held = 0
        self.again: deque[str] = deque()
        self.inside = self.piece = False

    def begin(self) -> None:
        """A row begins here."""
        self.row, self.held = [], 0

    def swallowed(self, starts: re.Pattern[str]) -> bool:
        """Whether a line inside the row just read begins another row."""
        return len(self.row) > 1 and any(map(starts.match, self.row[1:]))

    def resume(self, starts: re.Pattern[str] | None) -> None:
        """Go on at the next line that begins a row, be it inside the row just read."""
        if starts is None:
            return
        begins = next((i for i, line in enumerate(self.row) if i and starts.match(line)), 0)
        if begins:
            self.again.extendleft(reversed(self.row[begins:]))
            return
        while line := self._line():
            if not self.piece and starts.match(line):
                self.again.appendleft(line)
                return

    def __next__(self) -> str:
        line = self._line()
        if not line:
            raise StopIteration
        self.held += len(line)
        if self.held > MAX_ROW_CHARS:
            if not self.piece and self.row:
                self.again.appendleft(line)
            raise _TooLong
        self.row.append(line)
        return line

    def _line(self) -> str:
        """The next line or piece of one; empty at the end."""
        if self.again:
            self.piece = False
            return self.again.popleft()
        self.piece = self.inside
        line = self.stream.readline(MAX_ROW_CHARS + 1)
        self.inside = bool(line) and line[-1] not in "\r\n"
        return line
