"""A LinkedIn post: plain text, 3,000 characters, folded in the feed.

Limits and folds as several tools have them (2026-02); the fold is unofficial and approximate.
"""

from __future__ import annotations

from twin.core.text import plain_post
from twin.inference.places import Finding, Fold, Forms, Place
from twin.inference.places import _checks as checks
from twin.inference.places import _little as little

LIMIT, UNIT = 3_000, "characters"
MOST_WORDS = 350
FOLDS = (Fold(140, "phone"), Fold(210, "desktop"))


def render(text: str) -> Forms:
    """`text` is pasted; `api` is the commentary of the Posts API."""
    plain = plain_post(text)
    return {"text": little.without_mentions(plain), "api": little.escape(plain)}


def count(text: str) -> int:
    """A mention counts as the name that is shown."""
    return checks.utf16(little.without_mentions(text))


def check(text: str) -> list[Finding]:
    return [
        *checks.fits(text, count, LIMIT, UNIT, hint="longer ones are for: --place linkedin-article"),
        *checks.no_markdown(text),
        *checks.no_styled_letters(text),
        *checks.opening_is_shown(little.without_mentions(text), FOLDS),
        *checks.few_hashtags(text, 3),
        *checks.not_too_long(text, MOST_WORDS, "a post"),
    ]


PLACE = Place(
    name="linkedin-post",
    title="LinkedIn post",
    kind="post",
    site="linkedin",
    words=120,
    most_words=MOST_WORDS,
    limit=LIMIT,
    unit=UNIT,
    count=count,
    render=render,
    check=check,
    folds=FOLDS,
)
