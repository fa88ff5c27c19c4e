"""A request and its passages in, what a draft may hold of numbers, dates and links out, as the sources write them.

What is listed here is enforced while the model writes (`models/only.py`). Names cannot be: see `strangers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from twin.core.lengths import without_length
from twin.core.records import Passage
from twin.core.text import URL
from twin.metrics.truth.numbers import numbers

_RUN = re.compile(r"[^\s\"“”‘„«»()\[\]{}<>|*_#~≈+=…—;!?→•·]*\d[^\s\"“”‘„«»()\[\]{}<>|*_#~≈+=…—;!?→•·]*")
"""A word with a digit in it: up to the signs after which a word begins anew."""
_ISO = re.compile(r"(\d{4})-\d\d-\d\d")
_COUNTED = re.compile(r"([£$€]?\d+(?:[,.]\d+)*)[-–/'’].*")
_SPELT = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)?")
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_TO_NINETEEN = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()
LIST_MARKS = tuple(f"{i}." for i in range(1, 10))


def allowed(request: str, passages: Sequence[Passage], *, form: str = "story") -> tuple[str, ...]:
    """Numbers as sources and request write them, those below a hundred also in words, and links, sorted.

    The length asked for is none of them; a list may number its points.
    """
    found = set(LIST_MARKS) if form == "list" else set()
    for text in (without_length(request), *(f"{passage.title}\n{passage.text}" for passage in passages)):
        found.update(_held(text))
    return tuple(sorted(found))


def in_their_case(text: str, only: Sequence[str]) -> str:
    """A text in, the same with the links of a list as the list writes them out: what holds to a list minds no case."""
    for link in sorted((one for one in only if URL.fullmatch(one)), key=len):
        text = re.sub(re.escape(link), link.replace("\\", r"\\"), text, flags=re.IGNORECASE)
    return text


def _held(text: str) -> Iterator[str]:
    for match in URL.finditer(text):
        yield match.group().rstrip(".,;:!?)]}'\"”’>")
    plain = URL.sub(" ", text)
    for match in _RUN.finditer(plain):
        word = match.group().strip(".,:'’-–/&@")
        yield word
        if dated := _ISO.fullmatch(word):
            yield dated[1]
        if counted := _COUNTED.fullmatch(word):  # "24-hour" speaks of 24
            yield counted[1]
    for number in numbers(plain):
        if number.said[0].isalpha():
            yield from (word.lower() for word in _SPELT.findall(number.said))
        elif number.said.isdecimal() and int(number.said) < 100:
            yield in_words(int(number.said))


def in_words(number: int) -> str:
    """A number below a hundred in, as it is spelt, out."""
    if number < len(_TO_NINETEEN):
        return _TO_NINETEEN[number]
    ten, one = divmod(number, 10)
    return _TENS[ten - 2] + (f"-{_TO_NINETEEN[one]}" if one else "")
