"""A comment or reply on LinkedIn: plain text, 1,250 characters."""

from __future__ import annotations

from twin.core.text import plain_post
from twin.inference.places import Finding, Forms, Place
from twin.inference.places import _checks as checks
from twin.inference.places import _little as little
from twin.inference.places.linkedin_post import count

LIMIT, UNIT = 1_250, "characters"
MOST_WORDS = 90


def render(text: str) -> Forms:
    return {"text": little.without_mentions(plain_post(text))}


def check(text: str) -> list[Finding]:
    return [
        *checks.fits(text, count, LIMIT, UNIT),
        *checks.no_markdown(text),
        *checks.no_styled_letters(text),
        *checks.few_hashtags(text, 0),
        *checks.not_too_long(text, MOST_WORDS, "a comment"),
    ]


PLACE = Place(
    name="comment",
    title="LinkedIn comment",
    kind="comment",
    site="linkedin",
    words=40,
    most_words=MOST_WORDS,
    limit=LIMIT,
    unit=UNIT,
    count=count,
    render=render,
    check=check,
)
