"""A text in, the same with the points of its numbered lists counted 1, 2, 3 out, where their numbers are marks alone.

A model may write its points in another order, and a point that is left out leaves a gap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from twin.core.lines import code_of

_POINT = re.compile(r"(\s*)(\d{1,2})([.)])(?=\s+\S)")
LEAST_COUNTED_DOWN = 3
"""A list of so many points that ends with 1 may count down."""


def counted(text: str) -> str:
    """For a text as it was written: a list that has each number from 1 on once, and does not count down."""

    def out_of_order(numbers: Sequence[int]) -> bool:
        down = len(numbers) >= LEAST_COUNTED_DOWN and list(numbers) == sorted(numbers, reverse=True)
        return sorted(numbers) == _in_order(numbers) and not down

    return _renumbered(text, out_of_order)


def counted_as(text: str, before: str) -> str:
    """For what became of a text: a list that has no other numbers than one of it that was in order."""
    whole = [set(numbers) for one in _lists(before) if (numbers := _numbers(before, one)) == _in_order(numbers)]
    return _renumbered(text, lambda numbers: any(set(numbers) <= one for one in whole))


def _renumbered(text: str, may_be: Callable[[Sequence[int]], bool]) -> str:
    """With each list counted anew that has no number twice and whose numbers may be."""
    lines = text.split("\n")
    for points in _lists(text):
        numbers = _numbers(text, points)
        if len(set(numbers)) == len(numbers) and may_be(numbers):
            for number, i in enumerate(points, 1):
                lines[i] = _POINT.sub(rf"\g<1>{number}\3", lines[i], count=1)
    return "\n".join(lines)


def _lists(text: str) -> Iterator[list[int]]:
    """The lines of each list that begin a point of it; what stands further in belongs to the point above."""
    code, at = {start for start, _ in code_of(text)}, 0
    held: dict[int, list[int]] = {}
    signs: dict[int, str] = {}
    for i, line in enumerate(text.split("\n")):
        point = None if at in code else _POINT.match(line)
        at += len(line) + 1
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        goes_on = point and signs.get(indent) == point[3]
        for ended in [one for one in held if one > indent or (one == indent and not goes_on)]:
            yield held.pop(ended)
            signs.pop(ended)
        if point:
            held.setdefault(indent, []).append(i)
            signs[indent] = point[3]
    yield from held.values()


def _numbers(text: str, points: Sequence[int]) -> list[int]:
    lines = text.split("\n")
    return [int(match[2]) for i in points if (match := _POINT.match(lines[i]))]


def _in_order(numbers: Sequence[int]) -> list[int]:
    return list(range(1, len(numbers) + 1))
