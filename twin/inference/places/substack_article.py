"""A Substack post, which is a letter too: Markdown to keep, HTML to paste. Mail programs cut long letters."""

from __future__ import annotations

from twin.inference.places import Finding, Place
from twin.inference.places import _articles as articles
from twin.inference.places import _checks as checks
from twin.inference.places import _markup as markup

MAIL_BYTES = 102_000
"""From about here Gmail shows "message clipped"; what Substack puts around a letter takes part of it."""


def count(text: str) -> int:
    return len(markup.plain(text))


def check(text: str) -> list[Finding]:
    size = len(markup.html(text).encode("utf-8", "replace"))
    return [
        *checks.fits(text, count, PLACE.limit, PLACE.unit),
        *articles.check_title(text),
        *articles.check_markdown(text),
        *([Finding("advice", f"{size:,} bytes as a letter: some mail programs will cut it")] * (size > MAIL_BYTES)),
    ]


PLACE = Place(
    name="substack-article",
    title="Substack article",
    kind="article",
    site="substack",
    words=500,
    most_words=2_500,
    limit=0,
    unit="characters",
    count=count,
    render=articles.render,
    check=check,
    tidy=markup.tidy,
    markdown=True,
)
