"""One document's bytes in, what it says and who is named as its author out: one module for each format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A document's own text, verbatim, and what it says of itself; `quoted` holds words of others in it.

    `paper` is true for what has the form of a scientific paper, `truncated` where a bound cut the text off.
    """

    text: str
    title: str = ""
    published: datetime | None = None
    authors: tuple[str, ...] = ()
    quoted: str = ""
    raw: str = ""
    raw_type: str = "text/plain"
    url: str = ""
    licence: str = ""
    draft: bool = False
    paper: bool = False
    truncated: bool = False


Outcome = Found | str
"""A document, or in a short sentence why there is none."""
