"""A text in, its lines as they are read out: those that an editor broke, to fit its window, are one.

A person's own line ends where they ended it: a post is made of such lines. An editor breaks a long line in the middle
of a sentence, and what shows it is that the next one goes on in small letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

Span = tuple[int, int]
"""Where a part of a text begins and ends: `text[start:end]`."""

MARK = re.compile(r"(?:[-*•–+→▪✔✅👉]\ufe0f?|#{1,6}|>+|\d{1,2}[.)])\s+|\|\s*")
"""How a line begins that is a point of a list, a heading, a quote or a row of a table."""
FENCE = re.compile(r"\s*(?:```|~~~)")
WIDTH = 40
"""Characters that a window is wide at least: a line that the next word had room in was ended by a person."""
_POINT = re.compile(r"\s*(?:[-*•–+]|\d{1,2}[.)])\s+")
_RUNNING = re.compile(r"[^\W_]|[\"“‘(\[*_`].*[^\W_]")
_NO_PROSE = re.compile(r"https?://|www\.|\[[^\]]*\]:|(?:[A-Za-z]|[ivx]+)[.)]\s")
"""Links, and points that count in letters."""
_ENDED = re.compile(r"[.!?…:][^\w`]*$|\s\s$|\\$")
"""An end mark, perhaps with signs after it, or how Markdown breaks a line for good."""
_TAIL = 20
"""Characters at the end of a line that an end mark is looked for in."""
_INDENTED = re.compile(r" {4}|\t")


def lines_of(text: str) -> list[Span]:
    """Where each line begins and ends, blank ones too.

    A paragraph of running text was broken by an editor where every line of it but the last ends a sentence or has no
    room for the next word, one of those without an end mark is followed by a small letter, and it does not itself begin
    with one. Its lines without an end mark go on.
    """
    found: list[Span] = []
    for paragraph in _paragraphs(text):
        lines = [text[slice(*span)] for span in paragraph]
        goes_on = [not _ends(line) for line in lines[:-1]] if _broken(lines) else [False] * len(lines[:-1])
        found.append(paragraph[0])
        for on, (start, end) in zip(goes_on, paragraph[1:], strict=True):
            found.append((found.pop()[0], end) if on else (start, end))
    return found


def _broken(lines: list[str]) -> bool:
    """Whether an editor broke these lines of one paragraph."""
    breaks = [(line, following) for line, following in pairwise(lines) if not _ends(line)]
    full = all(len(line) + 1 + len(following.split()[0]) >= WIDTH for line, following in breaks)
    return full and not lines[0].lstrip()[:1].islower() and any(_is_small(following) for _, following in breaks)


def _paragraphs(text: str) -> Iterator[list[Span]]:
    """Lines that may belong together: one that runs, or a point of a list, and those that run below it.

    All others are alone, and so are lines of code.
    """
    held: list[Span] = []
    fenced, at = False, 0
    for line in text.split("\n"):
        fence = bool(FENCE.match(line))
        coded = fenced or fence
        if held and (coded or not _runs(line)):
            yield held
            held = []
        held.append((at, at + len(line)))
        if coded or (len(held) == 1 and not _opens(line)):
            yield held
            held = []
        fenced, at = fenced ^ fence, at + len(line) + 1
    if held:
        yield held


def _opens(line: str) -> bool:
    """Whether others may belong to a line: not to an indented one, which is code or verse."""
    point = _POINT.match(line)
    return _runs(line[point.end() :]) if point else _runs(line) and not _INDENTED.match(line)


def _runs(line: str) -> bool:
    """Whether a line is running text: no point, heading, quote, row of a table, link or hashtag."""
    said = line.strip()
    return bool(_RUNNING.match(said)) and not MARK.match(said) and not _NO_PROSE.match(said)


def _ends(line: str) -> bool:
    return bool(_ENDED.search(line[-_TAIL:]))


def _is_small(line: str) -> bool:
    letter = re.search(r"\w", line)
    return letter is not None and letter.group().islower()
