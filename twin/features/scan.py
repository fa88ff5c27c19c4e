"""A collected text in, what the store keeps beside it out: language, length, private things, runs of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.core.private import private_kinds
from twin.core.records import Item, digest
from twin.core.text import words
from twin.features.language import language
from twin.features.runs import packed, run_hashes
from twin.store import Scanned

if TYPE_CHECKING:
    from twin.features.runs import Hashes

VERSION = "1"
"""Of all the scans here: texts stored under another one are looked at again."""


def scan(item: Item) -> tuple[Scanned, Hashes]:
    """An item in; the item as it is stored, and the hashes of all its runs of words, out."""
    tokens = words(item.text)
    hashes = run_hashes(tokens)
    return (
        Scanned(
            item=item,
            language=language(item.text),
            words=len(tokens),
            fingerprint=digest(tokens or item.text),
            private=private_kinds(item.text),
            runs=packed(hashes),
        ),
        hashes,
    )
