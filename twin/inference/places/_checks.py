"""What several places mind. Each takes a text and gives the findings, none where all is well."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from twin.core.text import plain_post, word_count
from twin.inference.places import Finding, Fold

HASHTAG = re.compile(r"(?<![\w#&/])#(?=\w*[^\W\d_])\w+")
LINK = re.compile(r"(?:https?://|www\.)[^\s<>]+", re.IGNORECASE)
_STYLED = re.compile("[\U0001d400-\U0001d7ff]+")
"""Letters made for mathematics, which pass for bold and italic where a place has neither."""


def utf16(text: str) -> int:
    """How LinkedIn counts, as most pages do: a sign beyond the first 65,536, such as an emoji, counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fits(text: str, count: Callable[[str], int], limit: int, unit: str, *, hint: str = "") -> list[Finding]:
    """A blocker for no text at all, and for one beyond the limit, where there is one."""
    if not text.strip():
        return [Finding("blocker", "there is no text")]
    over = count(text) - limit
    if not limit or over <= 0:
        return []
    return [Finding("blocker", f"{count(text):,} of {limit:,} {unit}: {over:,} too many{hint and '; '}{hint}")]


def not_too_long(text: str, most_words: int, where: str) -> list[Finding]:
    words = word_count(text)
    return [Finding("advice", f"{words} words are long for {where}: up to {most_words} is usual")] * (
        words > most_words
    )


def no_markdown(text: str) -> list[Finding]:
    """Marks that would be shown as they stand."""
    plain = plain_post(text)
    if plain.split() == text.split():
        return []
    return [Finding("warning", "Markdown marks are shown as they stand", plain)]


def no_styled_letters(text: str) -> list[Finding]:
    """Some signs of that range stand for no letter: they are left as they are."""
    plain = _STYLED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    if plain == text:
        return []
    return [Finding("warning", "letters made bold by Unicode: screen readers skip them or spell them out", plain)]


def few_hashtags(text: str, most: int) -> list[Finding]:
    tags = len(HASHTAG.findall(LINK.sub(" ", text)))
    usual = f"up to {most} are usual" if most else "none are usual here"
    return [Finding("advice", f"{tags} hashtag{'s' * (tags > 1)}: {usual}")] if tags > most else []


def opening_is_shown(text: str, folds: tuple[Fold, ...]) -> list[Finding]:
    """Advice where the first line does not fit above the fold."""
    first = text.strip().split("\n")[0]
    hidden = [fold.where for fold in folds if fold.at(first) is not None]
    where = " and on a ".join(hidden)
    return [Finding("advice", f"the first line is not shown whole above the fold on a {where}")] if hidden else []
