"""A LinkedIn article: a headline of up to 150 characters, of which 100 are safe, and a body of about 110,000."""

from __future__ import annotations

from twin.inference.places import Finding, Place
from twin.inference.places import _articles as articles
from twin.inference.places import _checks as checks
from twin.inference.places import _markup as markup

LIMIT, UNIT = 110_000, "characters"
SAFE_HEADLINE, MOST_HEADLINE = 100, 150


def count(text: str) -> int:
    """The body as it is shown; the headline has a limit of its own."""
    return checks.utf16(markup.plain(articles.parted(text)[1]))


def check(text: str) -> list[Finding]:
    return [
        *checks.fits(text, count, LIMIT, UNIT),
        *articles.check_title(text),
        *_headline(articles.parted(text)[0]),
        *articles.check_markdown(text),
        *articles.check_headings(text, 3, "LinkedIn's editor"),
    ]


def _headline(title: str) -> list[Finding]:
    size = checks.utf16(title)
    if size > MOST_HEADLINE:
        return [Finding("blocker", f"the headline has {size} of {MOST_HEADLINE} characters")]
    if size > SAFE_HEADLINE:
        return [Finding("warning", f"the headline has {size} characters: beyond {SAFE_HEADLINE} it may be cut")]
    return []


PLACE = Place(
    name="linkedin-article",
    title="LinkedIn article",
    kind="article",
    site="linkedin",
    words=500,
    most_words=2_000,
    limit=LIMIT,
    unit=UNIT,
    count=count,
    render=articles.render,
    check=check,
    tidy=markup.tidy,
    markdown=True,
)
