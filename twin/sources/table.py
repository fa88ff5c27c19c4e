"""CSV text in, its rows out: whole or named as broken, whatever one bad row does to the ones after it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_ROW_CHARS = 4_000_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")

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


def rows(text: str, dialect: dict[str, Any], *, starts: re.Pattern[str] | None = None) -> Iterator[Row]:
    """A CSV text in, its rows out, the heading first, blank lines left out; every row has as many cells as the first.

    `starts` matches the beginning of a line that begins a row; nothing a person writes in a cell may match. With it, a
    missing quote does not swallow the rows after it: reading goes on at the next such line.
    """
    csv.field_size_limit(max(csv.field_size_limit(), MAX_ROW_CHARS))
    lines = _Lines(text)
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
    """The lines of a text with their ends, for csv.reader; remembers where the row being read began."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = self.row = self.second = 0

    def begin(self) -> None:
        """A row begins here."""
        self.row, self.second = self.at, 0

    def swallowed(self, starts: re.Pattern[str]) -> bool:
        """Whether a line inside the row just read begins another row."""
        return bool(self.second) and self._next_start(starts, self.second, self.at) < self.at

    def resume(self, starts: re.Pattern[str] | None) -> None:
        """Go on at the next line that begins a row, be it inside the row just read."""
        if starts:
            self.at = self._next_start(starts, self.second or self.at, len(self.text))

    def _next_start(self, starts: re.Pattern[str], at: int, end: int) -> int:
        while at < end and not starts.match(self.text, at):
            at = self._end(at)
        return at

    def __next__(self) -> str:
        if self.at >= len(self.text):
            raise StopIteration
        start, self.at = self.at, self._end(self.at)
        self.second = self.second or self.at
        if self.at - self.row > MAX_ROW_CHARS:
            raise _TooLong
        return self.text[start : self.at]

    def _end(self, at: int) -> int:
        found = _LINE.match(self.text, at)
        return found.end() if found else len(self.text)
