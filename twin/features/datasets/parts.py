"""The sections that examples are made from: as written, edited or excluded by the author, briefed by a helper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twin.core.brief import said_in
from twin.core.records import Brief, Document, digest


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it was written, and what is learned in its place."""

    written: str
    text: str
    excluded: bool = False

    @property
    def key(self) -> str:
        """What decisions on it go by: it stays when prompts, shapes or other settings change."""
        return section_key(self.written)

    @property
    def edited(self) -> bool:
        return self.text != self.written


Cut = Callable[[str], list[str]]
Decided = Callable[[Document, str], Part]
BriefFor = Callable[[Document, str], Brief | None]
"""A document and a section's text in, the brief that a helper model wrote for it out; none where the rule makes it."""


def section_key(written: str) -> str:
    return digest("section", written)


def as_written(_: Document, section: str) -> Part:
    """Without decisions of the author."""
    return Part(section, section)


def by_rule(_: Document, section: str) -> Brief | None:  # noqa: ARG001
    """Without a helper model."""
    return None


def decided_texts(
    documents: Sequence[Document], cut: Cut, decided: Decided
) -> tuple[dict[str, str], dict[str, list[Part]]]:
    """Documents in; by id, what may be read of each after the author's decisions, and its sections, out."""
    clean: dict[str, str] = {}
    parts: dict[str, list[Part]] = {}
    for doc in documents:
        clean[doc.id] = said_in(doc)
        parts[doc.id] = [decided(doc, section) for section in cut(clean[doc.id])]
        if any(part.excluded or part.edited for part in parts[doc.id]):
            clean[doc.id] = "\n\n".join(part.text for part in parts[doc.id] if not part.excluded)
    return clean, parts
