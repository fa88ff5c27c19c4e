"""Links and files that the user names in, passages of added knowledge out. What they say is data, never orders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from twin.core.errors import BadRequest, BadSource, MissingPart
from twin.core.paths import typed_path
from twin.core.protocols import Reading
from twin.core.records import Item, Passage, Skipped, digest
from twin.core.text import clean_view, sentences, word_count
from twin.sources import folder
from twin.sources._files import html, pdf
from twin.sources.archive import decoded

MOST_BYTES = 20_000_000
MOST_PASSAGES = 40
PASSAGE_WORDS = 120
LEAST_WORDS = 40
TEXT_TYPES = ("text/", "application/xhtml", "application/xml", "application/json")


def read_outside(locations: Sequence[str], reading: Reading) -> tuple[list[Passage], list[Skipped]]:
    """Links and paths in; their passages, and what could not be read with its reason, out. One failure stops none."""
    passages: list[Passage] = []
    skipped: list[Skipped] = []
    for location in locations:
        try:
            title, text = _page(location, reading) if is_link(location) else _file(typed_path(location), reading)
        except (BadRequest, BadSource, MissingPart) as bad:
            skipped.append(Skipped(location, bad.message))
            continue
        found = passages_of(location, title, text)
        if found:
            passages += found
        else:
            skipped.append(Skipped(location, "no text in it"))
    return passages, skipped


def is_link(location: str) -> bool:
    return bool(re.match(r"https?://", location, re.IGNORECASE))


def passages_of(location: str, title: str, text: str) -> list[Passage]:
    """A text in, runs of whole sentences of about `PASSAGE_WORDS` words out, at most `MOST_PASSAGES`."""
    runs: list[str] = []
    for sentence in sentences(clean_view(text)):
        if runs and word_count(runs[-1]) + word_count(sentence) <= PASSAGE_WORDS:
            runs[-1] += " " + sentence
        else:
            runs.append(" ".join(sentence.split()[:PASSAGE_WORDS]))
    source, theirs = digest("outside", location), is_link(location)
    return [
        Passage(digest(source, i), source, title, location, run, "other", "", 0.0, outside=True, theirs=theirs)
        for i, run in enumerate(runs[:MOST_PASSAGES])
    ]


def _file(path: Path, reading: Reading) -> tuple[str, str]:
    """A file in any format that a folder of documents is read in."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadRequest(f"{path.name!r} is larger than {MOST_BYTES:,} bytes")
        payload = path.read_bytes()
    except OSError as bad:
        raise BadRequest(f"cannot read {str(path)!r}: {bad.strerror}") from bad
    if not folder.recognises(str(path)):
        if b"\x00" in payload[:4096]:
            raise BadRequest(f"{path.name!r} is not a text")
        return path.name, decoded(payload)
    found = list(folder.read(str(path), reading))
    items = [one for one in found if isinstance(one, Item)]
    if not items:
        raise BadRequest(f"{path.name!r}: {found[0].reason if isinstance(found[0], Skipped) else 'no text in it'}")
    return items[0].title or path.name, "\n\n".join(item.text for item in items)


def _page(url: str, reading: Reading) -> tuple[str, str]:
    """A link in, its title and main text out. Raises: BadRequest, BadSource for walls and whatever else is no text."""
    page = reading.web.get(url)
    if "application/pdf" in page.kind or page.content.startswith(b"%PDF"):
        found = pdf.read(page.content)
    elif "html" in page.kind:
        found = html.read(page.content)
    elif page.kind.startswith(TEXT_TYPES):
        return url, decoded(page.content)
    else:
        raise BadRequest(f"{url!r} is {page.kind}, not a text")
    if isinstance(found, str):
        raise BadRequest(f"{url!r}: {found}")
    if "html" in page.kind and word_count(found.text) < LEAST_WORDS:
        raise BadRequest(f"{url!r} shows no article text (a login wall or a page made by script)")
    return found.title or url, found.text
