"""A section of a README: Markdown as it stands, code in closed fences, headings that go down one level at a time."""

from __future__ import annotations

import re
from itertools import pairwise

from twin.inference.places import Finding, Forms, Place
from twin.inference.places import _articles as articles
from twin.inference.places import _checks as checks
from twin.inference.places import _markup as markup

_HEADING = re.compile(r"^( {0,3})(#{1,6})(?=\s|$)")


def render(text: str) -> Forms:
    return {"markdown": text, "text": markup.plain(text)}


def check(text: str) -> list[Finding]:
    open_fences = [one for one in articles.check_markdown(text) if one.fix]
    return [
        *checks.fits(text, len, PLACE.limit, PLACE.unit),
        *open_fences,
        *_levels(text),
        *checks.not_too_long(text, PLACE.most_words, "one section"),
    ]


def _levels(text: str) -> list[Finding]:
    """A section begins at level 2, for level 1 is the project's name; a level is not left out."""
    levels = [level for level, _ in markup.headings(text)]
    found = []
    if 1 in levels:
        deeper = deepened(text)
        mends = all(level > 1 for level, _ in markup.headings(deeper))
        said = "level 1 is the project's name: a section begins with ##"
        found.append(Finding("warning", said, deeper if mends else ""))
    if any(below > above + 1 for above, below in pairwise(levels)):
        found.append(Finding("advice", "a heading leaves out a level"))
    return found


def deepened(text: str) -> str:
    """A text in, the same with each heading one level deeper out; code is not touched."""
    made, fence = [], ""
    for line in text.split("\n"):
        if found := markup.FENCE.match(line):
            fence = found[1] if not fence else "" if found[1].startswith(fence) and not found[2].strip() else fence
        heading = not fence and _HEADING.match(line)
        made.append(_HEADING.sub(rf"\1{heading[2][:5]}#", line) if heading else line)
    return "\n".join(made)


PLACE = Place(
    name="readme-section",
    title="README section",
    kind="readme",
    site="github",
    words=120,
    most_words=400,
    limit=0,
    unit="characters",
    count=len,
    render=render,
    check=check,
    tidy=markup.tidy,
    markdown=True,
)
