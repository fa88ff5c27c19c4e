"""A Medium article: Markdown to keep, HTML to paste. Medium has a title and two sizes of headings, and no limit."""

from __future__ import annotations

from twin.inference.places import Finding, Place
from twin.inference.places import _articles as articles
from twin.inference.places import _checks as checks
from twin.inference.places import _markup as markup


def count(text: str) -> int:
    return len(markup.plain(text))


def check(text: str) -> list[Finding]:
    return [
        *checks.fits(text, count, PLACE.limit, PLACE.unit),
        *articles.check_title(text),
        *articles.check_markdown(text),
        *articles.check_headings(text, 3, "Medium"),
    ]


PLACE = Place(
    name="medium-article",
    title="Medium article",
    kind="article",
    site="medium",
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
