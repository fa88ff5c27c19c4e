"""An abstract: one paragraph of 150 to 250 words that stands alone, without citations or links."""

from __future__ import annotations

import re

from twin.core.text import plain_post, word_count
from twin.inference.places import Finding, Forms, Place
from twin.inference.places import _checks as checks

LEAST, LIMIT, UNIT = 150, 250, "words"
_CITATION = re.compile(r"\[\d+(?:\s*[,–-]\s*\d+)*\]|\([^()]+(?:et al\.|,)\s+(?:19|20)\d\d[a-z]?\)|et al\. \(\d{4}\)")
_FIRST_PERSON = re.compile(r"\b(?:I|[Mm]e|[Mm]y|[Mm]ine|[Ww]e|[Oo]urs?|us)\b")


def tidy(answer: str) -> str:
    return one_paragraph(plain_post(answer))


def one_paragraph(text: str) -> str:
    return " ".join(text.split())


def render(text: str) -> Forms:
    return {"text": tidy(text)}


def check(text: str) -> list[Finding]:
    found = checks.fits(text, word_count, LIMIT, UNIT)
    if 0 < word_count(text) < LEAST:
        found.append(Finding("warning", f"{word_count(text)} words: an abstract has {LEAST} to {LIMIT}"))
    if "\n" in text.strip():
        found.append(Finding("warning", "an abstract is one paragraph", one_paragraph(text)))
    found += checks.no_markdown(text)
    if cited := _CITATION.search(text):
        found.append(Finding("advice", f"{cited[0]} is a citation: an abstract stands alone"))
    if checks.LINK.search(text):
        found.append(Finding("advice", "it has a link: an abstract stands alone"))
    if said := _FIRST_PERSON.search(text):
        found.append(Finding("advice", f"“{said[0]}”: many journals ask for no first person"))
    return found


PLACE = Place(
    name="abstract",
    title="abstract",
    kind="paper",
    site="abstract",
    words=180,
    most_words=LIMIT,
    limit=LIMIT,
    unit=UNIT,
    count=word_count,
    render=render,
    check=check,
    tidy=tidy,
)
