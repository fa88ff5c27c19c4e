"""A post on X: plain text that weighs 280 at most (`_weights.py` says how it is weighed)."""

from __future__ import annotations

from twin.core.text import plain_post
from twin.inference.places import Finding, Forms, Place
from twin.inference.places import _checks as checks
from twin.inference.places._weights import LIMIT, weight

UNIT = "weighted characters"


def render(text: str) -> Forms:
    return {"text": plain_post(text)}


def check(text: str) -> list[Finding]:
    return [
        *checks.fits(text, weight, LIMIT, UNIT, hint="more goes into: --place x-thread"),
        *checks.no_markdown(text),
        *checks.no_styled_letters(text),
        *checks.few_hashtags(text, 2),
        *([Finding("advice", "a post that begins with a name is shown as a reply to it")] if text[:1] == "@" else []),
    ]


PLACE = Place(
    name="x-post",
    title="X post",
    kind="post",
    site="x",
    words=35,
    most_words=50,
    limit=LIMIT,
    unit=UNIT,
    count=weight,
    render=render,
    check=check,
)
