"""A message on LinkedIn: plain text, 8,000 characters to a connection, fewer to anyone else (guides of 2024)."""

from __future__ import annotations

from twin.core.text import plain_post
from twin.inference.places import Finding, Forms, Place
from twin.inference.places import _checks as checks

LIMIT, UNIT = 8_000, "characters"
TO_STRANGERS = 1_900
MOST_WORDS = 150


def render(text: str) -> Forms:
    return {"text": plain_post(text)}


def check(text: str) -> list[Finding]:
    size = checks.utf16(text)
    strange = Finding(
        "warning", f"{size:,} characters: to people you are not connected with {TO_STRANGERS:,} can be sent"
    )
    return [
        *checks.fits(text, checks.utf16, LIMIT, UNIT),
        *([strange] if TO_STRANGERS < size <= LIMIT else []),
        *checks.no_markdown(text),
        *checks.no_styled_letters(text),
        *checks.few_hashtags(text, 0),
        *checks.not_too_long(text, MOST_WORDS, "a message"),
    ]


PLACE = Place(
    name="message",
    title="message",
    kind="message",
    site="linkedin",
    words=70,
    most_words=MOST_WORDS,
    limit=LIMIT,
    unit=UNIT,
    count=checks.utf16,
    render=render,
    check=check,
)
