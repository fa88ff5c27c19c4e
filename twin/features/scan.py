"""Collected texts in, what the store keeps beside them out: language, length, private things, runs of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from twin.core.language import languages
from twin.core.private import private_kinds
from twin.core.records import Item, digest
from twin.core.text import words
from twin.features.runs import packed, run_hashes
from twin.store import Scanned

if TYPE_CHECKING:
    from twin.features.runs import Hashes

VERSION = "2"
"""Of all the scans here: texts stored under another one are looked at again."""


def scan(items: Sequence[Item]) -> list[tuple[Scanned, Hashes]]:
    """Items in; each as it is stored, and the hashes of all its runs of words, out."""
    return [_one(item, code) for item, code in zip(items, languages([item.text for item in items]), strict=True)]


def _one(item: Item, language: str) -> tuple[Scanned, Hashes]:
    tokens = words(item.text)
    hashes = run_hashes(tokens)
    fingerprint, private = digest(tokens or item.text), private_kinds(item.text)
    return Scanned(item, language, len(tokens), fingerprint, private, packed(hashes)), hashes
