"""A text for one place in, the same for another out, by rule: what is lost on the way is said, nothing is cut."""

from __future__ import annotations

import re

from twin.inference.places import Finding, Place
from twin.inference.places import _markup as markup
from twin.inference.places._checks import HASHTAG
from twin.inference.places._little import MENTION, without_mentions

WITH_HASHTAGS = ("linkedin", "x")
_TAGS_AT_END = re.compile(rf"(?:\s*{HASHTAG.pattern})+\s*\Z")


def repurpose(text: str, from_place: Place, to_place: Place) -> tuple[str, list[Finding]]:
    """The text in the form that the other place takes; what was changed, then what that place still minds."""
    said: list[Finding] = []
    if from_place.markdown and not to_place.markdown:
        text = _to_plain(text, said)
    if MENTION.search(text) and to_place.site != "linkedin":
        text = without_mentions(text)
        said.append(Finding("advice", "mentions became plain names"))
    if to_place.site not in WITH_HASHTAGS or to_place.markdown:
        text = _without_tags(text, said)
    if to_place.markdown and not from_place.markdown:
        text = markup.from_plain(text)
    if "\n" in text.strip() and "\n" not in to_place.tidy(text):
        text = to_place.tidy(text)
        said.append(Finding("advice", "paragraphs and lists became one paragraph"))
    return text, [*said, *to_place.check(text)]


def _to_plain(text: str, said: list[Finding]) -> str:
    dropped = [words for _, words in markup.headings(text)]
    if dropped:
        said.append(Finding("advice", f"headings were left out: {'; '.join(dropped)}"))
    return markup.plain(text, headings=False)


def _without_tags(text: str, said: list[Finding]) -> str:
    """Hashtags at the end go; one inside a sentence is a word of it and stays."""
    found = _TAGS_AT_END.search(text)
    if not found or not text[: found.start()].strip():
        return text
    said.append(Finding("advice", f"hashtags were left out: {' '.join(found[0].split())}"))
    return text[: found.start()].rstrip()
