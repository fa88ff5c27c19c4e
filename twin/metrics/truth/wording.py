"""A sentence in, its words in one spelling out: contractions in full, numbers as values; so two can be aligned."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from twin.core.text import URL, WORD
from twin.metrics.truth.numbers import UNIT, numbers
from twin.metrics.truth.stems import in_full, stem


@dataclass(frozen=True, slots=True)
class Token:
    """One word: `key` is what two texts are compared by, `said` how it was written, `start` where."""

    key: str
    said: str
    start: int
    number: bool = False


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """A sentence in, its words out, links left out; a number is one word whose key is its value."""
    plain = URL.sub(lambda match: " " * len(match.group()), in_full(text))
    found: list[Token] = []
    counted = numbers(plain)
    taken = [(number.start, number.end) for number in counted]
    for number in counted:
        found.append(Token(number.value, number.said, number.start, number=True))
        if number.unit and not _named_after(plain, number.end):
            found.append(Token(number.unit, number.said, number.end))
    for match in WORD.finditer(plain):
        if not taken or not any(start < match.end() and match.start() < end for start, end in taken):
            found.append(Token(_key(match.group()), match.group(), match.start()))
    return tuple(sorted(found, key=lambda token: token.start))


def _named_after(text: str, end: int) -> bool:
    """Whether a number's unit is a word of its own, which is then found as one."""
    match = re.match(r"[ \t-]*([A-Za-z]+)", text[end:])
    return match is not None and match.group(1).lower() in UNIT


def _key(word: str) -> str:
    low = word.lower()
    return UNIT.get(low, "") or stem(low)
