"""A user's words in, the length that they ask for out; that number is no fact, and no draft may say it for one."""

from __future__ import annotations

import re

LEAST_WORDS, MOST_WORDS = 20, 600
_LENGTH = re.compile(
    r"(?:(?:^|(?<!\d)[.,;:!?(–—]|\b(?:in|of|at|up\s+to|than|about|around|roughly|some|under|within|exactly|max(?:imum)?"
    r"|most|least|length|write|post|article|thread|comment|reply|answer|message|draft|text|piece|note|summary|abstract))\s*"
    r"(?:\d{2,4}\s?(?:[-–]|to)\s?)?(\d{1,2},\d{3}|\d{2,4})[ \t]+words"
    r"|(?<![\d,.])(\d{1,2},\d{3}|\d{2,4})-words?)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""As in "in 80 words", "500-600 words on …" or "a 1,200-word article"; not as in "the 42 words on a sign"."""


def asked_length(request: str) -> int | None:
    """The words asked for, within what a small model can write at a stretch; None where none are."""
    asked = _LENGTH.search(request)
    return min(MOST_WORDS, max(LEAST_WORDS, int((asked[1] or asked[2]).replace(",", "")))) if asked else None


def without_length(request: str) -> str:
    """The rest of the request."""
    return _LENGTH.sub("", request)
