"""The author's decisions on sections, as a dataset is built with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from twin.core.brief import said_in
from twin.core.private import private_spans
from twin.core.records import Decision, Document, Private, digest
from twin.core.text import clean_view
from twin.features.datasets.parts import Cut, Decided, Part, section_key
from twin.store import Store

EXCLUDED_BY_YOU = "excluded by you"


def decided_by(store: Store) -> Decided:
    """A store in; a function that says of each section what is learned in its place, out."""
    known = standing(store)

    def decided(doc: Document, written: str) -> Part:
        decision = known.get((doc.id, section_key(written)))
        if decision is None:
            return Part(written, written)
        return Part(written, learned_text(decision) or written, decision.excluded)

    return decided


def standing(store: Store) -> dict[tuple[str, str], Decision]:
    """The decisions as they count now, by document and section.

    What is private was refused when an edit was said. Where the author chose otherwise since, the edit is excluded and
    its private things are masked, as no text that holds any is learned from.
    """
    hidden = [kind for kind, choice in store.private.items() if choice != "keep"]
    return {(one.document, one.section): _standing(one, hidden) for one in store.decisions()}


def _standing(decision: Decision, hidden: Sequence[Private]) -> Decision:
    kinds = sorted({kind for kind, _, _ in private_spans(decision.text, hidden)})
    if not kinds:
        return decision
    why = decision.why or f"your edit holds private things ({', '.join(kinds)})"
    return replace(decision, excluded=True, text=clean_view(decision.text, hidden), why=why)


def learned_text(decision: Decision) -> str:
    """An edit as a dataset holds it; empty where nothing was edited."""
    return clean_view(decision.text, ()).strip()


def decisions_digest(store: Store) -> str:
    """What makes another decision another dataset; the reason for one is the author's note and changes nothing."""
    said = [{**asdict(one), "why": ""} for one in standing(store).values()]
    return digest("decisions", said) if said else ""


def unmet(store: Store, documents: Sequence[Document], cut: Cut) -> list[dict[str, Any]]:
    """The decisions that meet no section of these texts any more, and why not."""
    read = {doc.id: doc for doc in documents}
    keys: dict[str, set[str]] = {}
    found = []
    for one in store.decisions():
        doc = read.get(one.document)
        if doc and doc.id not in keys:
            keys[doc.id] = {section_key(section) for section in cut(said_in(doc))}
        if one.section not in keys.get(one.document, set()):
            why = "its text has changed since" if doc else "its text is not learned from any more"
            said = "excluded" if one.excluded else "edited"
            found.append({"document": one.document, "section": one.section, "said": said, "why": why})
    return found
