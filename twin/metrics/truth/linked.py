"""A sentence and a line of a source in, whether the line says the sentence out: nearly its words, nearly in its order.

Words that all stand somewhere in a passage can be put together to anything, and a small model puts them together to
anything. What a source says, it says in one stretch; a clause may have moved, and one word may have been added.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from twin.metrics.truth.evidence import Line
from twin.metrics.truth.meanings import kin
from twin.metrics.truth.stems import UNIT_WORDS
from twin.metrics.truth.wording import tokens

ENOUGH, FEW, ENOUGH_OF_FEW = 0.65, 4, 0.8
"""Share of the sentence's words that must stand so, and where it has at most `FEW` content words, no date and no
number beyond nine: of "the King does it" three quarters stand in a row wherever a king is spoken of."""
MOST_ADDED = 1
"""Content words of the sentence that may stand nowhere in the line."""
STRETCH, SLACK = 2, 4
"""The stretch of the line is at most so many times as long as the sentence, and so many words more."""
_LOOKED_AT = 6
MOVED = 3
"""Words in a row that count wherever they stand in the stretch: a clause that moved."""


def linked(sentence: str, line: Line, content: set[str], *, counted: bool) -> bool:
    """Whether the line, or the line with its neighbours, says the sentence, given its stems and if it is `counted`."""
    few = len(content) <= FEW and not counted
    text, held = (line.text, line.stems) if few else (line.around, line.stems_around)
    added = {kin(one) for one in content} - {kin(one) for one in held}
    enough, most = (ENOUGH_OF_FEW, 0) if few else (ENOUGH, MOST_ADDED)
    return len(added) <= most and said_in(_keys(sentence), _keys(text)) >= enough


def nearly_said(fragment: str, sentence: str) -> bool:
    """Whether a sentence says nearly the words of a fragment, in nearly their order."""
    return said_in(_keys(fragment), _keys(sentence)) >= ENOUGH


def nearest(sentence: str, content: set[str], lines: Sequence[Line]) -> tuple[Line | None, float]:
    """Of these lines the one that says most of the sentence, and how nearly it and its neighbours do, from 0 to 1."""
    mine, wanted = _keys(sentence), {kin(one) for one in content}

    def nearly(line: Line) -> float:
        held = len(wanted & {kin(one) for one in line.stems_around}) / max(1, len(wanted))
        return min(1.0, held * said_in(mine, _keys(line.around)) / ENOUGH)

    near, _, line = max(((nearly(line), -i, line) for i, line in enumerate(lines[:_LOOKED_AT])), default=(0.0, 0, None))
    beside = (line.beside or [line]) if line else []
    return max(beside, key=lambda one: said_in(mine, _keys(one.text)), default=None), near


def said_in(mine: Sequence[str], theirs: Sequence[str]) -> float:
    """Words in, the share of the first that stand in one stretch of the second, in order or in runs of `MOVED`."""
    size = STRETCH * len(mine) + SLACK
    starts = range(0, max(1, len(theirs) - size // 2), max(1, size // 2))
    return max((_shared(mine, theirs[start : start + size]) for start in starts), default=0.0) / max(1, len(mine))


def _shared(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """Ratcliff and Obershelp's matching blocks, and once more among what they leave over."""
    blocks = SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
    here = {block.a + i for block in blocks for i in range(block.size)}
    there = {block.b + i for block in blocks for i in range(block.size)}
    rest = [word if i not in here else "" for i, word in enumerate(mine)]
    left = [word if i not in there else " " for i, word in enumerate(theirs)]
    again = SequenceMatcher(None, rest, left, autojunk=False).get_matching_blocks()
    return len(here) + sum(block.size for block in again if block.size >= MOVED)


@lru_cache(maxsize=4096)
def _keys(text: str) -> tuple[str, ...]:
    """Words in one spelling, each as the first of those that mean nearly the same."""
    return tuple(token.key if token.number else kin(token.key) for token in tokens(text) if token.key not in UNIT_WORDS)
