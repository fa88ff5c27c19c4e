"""What stands under many of a person's mails: the signature that no client marks as one."""

from __future__ import annotations

import re
from collections import Counter

from twin.core.records import digest

OFTEN = 3
BLOCKS = 3
"""A signature is at most so many blocks."""
WIDEST, LONGEST = 90, 800
_CONTACT = re.compile(r"@|https?://|www\.|\+?\d[\d ()/.-]{6,}|\|")


class Tails:
    """Counts the last blocks of mails, then takes off those that came often. A sign-off ("Best,⏎Ada") stays."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def seen(self, text: str) -> str:
        """A mail's text in and counted, the same text out."""
        self.counts.update({key for _, key in _ends(text)})
        return text

    def without(self, text: str) -> str:
        """A mail's text in, without the longest end that stands under at least `OFTEN` mails out."""
        for start, key in _ends(text):
            if self.counts[key] >= OFTEN:
                return text[:start].rstrip()
        return text


def _ends(text: str) -> list[tuple[int, str]]:
    """The ends of a text that look like a signature, longest first: where each begins, and its digest."""
    starts = [0, *(gap.end() for gap in re.finditer(r"\n[ \t\xa0]*\n+", text[-4 * LONGEST :]))]
    offset = max(0, len(text) - 4 * LONGEST)
    found = []
    for start in starts[-BLOCKS:]:
        end = text[offset + start :]
        first = re.split(r"\n[ \t\xa0]*\n", end, maxsplit=1)[0]
        if (start or offset) and len(end) <= LONGEST and _like_a_card(first):
            found.append((offset + start, digest(" ".join(end.split()))))
    return found


def _like_a_card(block: str) -> bool:
    lines = [line for line in block.split("\n") if line.strip()]
    if any(len(line) > WIDEST for line in lines):
        return False
    return len(lines) >= 3 or bool(_CONTACT.search(block))
