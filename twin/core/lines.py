"""A text in, its lines as they are read out: those that an editor broke, to fit its window, are one; code is none.

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
FENCE = re.compile(r"\s*(`{3,}|~{3,})([^`]*)$")
"""Where code begins in Markdown or ends: the fence and what stands after it."""
_NUMBER = re.compile(r"\d{1,2}[.)]\s+(?=\S)")
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


def unnumbered(sentence: str) -> str:
    """A sentence in, the same without the number that it begins with as a point of a list out."""
    return _NUMBER.sub("", sentence, count=1) if _NUMBER.match(sentence) else sentence


def code_of(markdown: str) -> list[Span]:
    """Where each line of the code blocks stands, and those of their fences: fenced, or indented, in no list."""
    found: list[Span] = []
    fence, listed, coded, above, at = "", False, False, "", 0
    for line in markdown.split("\n"):
        mark = FENCE.match(line)
        closed = mark and mark[1].startswith(fence) and not mark[2].strip()
        indented = bool(_INDENTED.match(line) and line.strip()) and not listed and (coded or not above.strip())
        coded = bool(fence or mark) or indented
        if coded:
            found.append((at, at + len(line)))
        elif line.strip():
            listed = bool(_POINT.match(line)) or (listed and (line[:1].isspace() or bool(above.strip())))
        fence = ("" if closed else fence) if fence else mark[1] if mark else ""
        above, at = line, at + len(line) + 1
    return found


def without_code(markdown: str) -> str:
    """Markdown in, the same with blanks in place of its code out: all else stands where it stood."""
    parts, done = [], 0
    for start, end in code_of(markdown):
        parts += [markdown[done:start], " " * (end - start)]
        done = end
    return "".join([*parts, markdown[done:]])


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
    code, at = set(code_of(text)), 0
    for line in text.split("\n"):
        span = (at, at + len(line))
        if held and (span in code or not _runs(line)):
            yield held
            held = []
        held.append(span)
        if span in code or (len(held) == 1 and not _opens(line)):
            yield held
            held = []
        at = span[1] + 1
    if held:
        yield held


def _opens(line: str) -> bool:
    """Whether others may belong to a line: one that runs, or a point."""
    point = _POINT.match(line)
    return _runs(line[point.end() :] if point else line)


def _runs(line: str) -> bool:
    """Whether a line is running text: no point, heading, quote, row of a table, link or hashtag."""
    said = line.strip()
    return bool(_RUNNING.match(said)) and not MARK.match(said) and not _NO_PROSE.match(said)


def _ends(line: str) -> bool:
    return bool(_ENDED.search(line[-_TAIL:]))


def _is_small(line: str) -> bool:
    letter = re.search(r"\w", line)
    return letter is not None and letter.group().islower()
