"""Reading a dataset's examples one by one, and deciding on them: decisions go into the next version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from twin.core.brief import said_in
from twin.core.errors import BadRequest, NotFound
from twin.core.links import unlinked
from twin.core.private import private_spans
from twin.core.records import Decision
from twin.core.text import sentences, word_count
from twin.features.datasets.build import EXCLUDED, FILES, TEXTS, load_rows
from twin.features.datasets.decisions import learned_text, standing
from twin.features.datasets.parts import Cut, section_key
from twin.store import Store

LIST_THEM = "list them with: twin dataset list"


def listed(store: Store, path: Path) -> list[dict[str, Any]]:
    """Every example of a version with what was decided of it since: `decision` is "", "excluded" or "edited".

    `waiting` says that this version was built before the decision.
    """
    texts = {one["id"]: one for one in load_rows(path, TEXTS)}
    known = standing(store)
    rows = []
    for name, row in _rows(path):
        text, decision = texts[row["document"]], known.get((row["document"], row["section"]))
        learned = (learned_text(decision) if decision else "") or row["completion"]
        rows.append(
            {
                "id": row["id"],
                "document": row["document"],
                "side": row["side"],
                "shape": row["shape"],
                "words": word_count(learned),
                "kind": text["kind"],
                "place": text["place"],
                "published": text["published"],
                "opening": (sentences(learned) or [""])[0],
                "completion": learned,
                "decision": _said(decision),
                "why": decision.why if decision else "",
                "waiting": _waiting(name, row, decision),
            }
        )
    return rows


def shown(store: Store, example: str, cut: Cut) -> dict[str, Any]:
    """One example whole: its prompt, what is learned from it now, and the section as it was written.

    Where a newer version has that section in the same shape, its example is the one that is shown.
    """
    path, name, row = _newest(store, *_found(store, example))
    decision = standing(store).get((row["document"], row["section"]))
    written = _written(store, row, cut)
    edited = learned_text(decision) if decision else ""
    about = next(one for one in listed(store, path) if one["id"] == row["id"])
    learned = edited or written or row["completion"]
    return {
        **about,
        "dataset": path.name,
        "prompt": row["prompt"],
        "completion": learned,
        "words": word_count(learned),
        "written": written,
        "notes_from": row["notes_from"],
        "waiting": _waiting(name, row, decision),
    }


def exclude(store: Store, example: str, why: str) -> int:
    """Nothing is learned from this section any more; how many examples were made from it, out."""
    decision, shared = _decision(store, example)
    store.decide(replace(decision, excluded=True, why=why.strip()))
    return shared


def include(store: Store, example: str) -> int:
    """Takes an exclusion back; an edit stays."""
    decision, shared = _decision(store, example)
    store.decide(replace(decision, excluded=False, why=""))
    return shared


def edit(store: Store, example: str, text: str | None, cut: Cut) -> int:
    """Other words to learn in place of the section; None, or the section's own words, take an edit back.

    The document stays as it was written. Raises: BadRequest for a text that may not be learned from.
    """
    decision, shared = _decision(store, example)
    if text is None:
        store.decide(replace(decision, text=""))
        return shared
    said = text.replace("\r\n", "\n").strip()
    if store.document(decision.document).kind != "code":
        said = unlinked(said)
    if not word_count(said):
        raise BadRequest("the edited text has no words", f"to leave it out: twin dataset exclude {example}")
    for kind, choice in store.private.items():
        if choice != "keep" and any(private_spans(said, (kind,))):
            hint = f"take it out, or allow it everywhere: twin config privacy.{kind} keep"
            raise BadRequest(f"the edited text holds private things ({kind}), which are not learned", hint)
    written = _written(store, _found(store, example)[2], cut)
    store.decide(replace(decision, text="" if said == written else said))
    return shared


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in (*FILES, EXCLUDED):
        for row in load_rows(path, name):
            yield name, row


def _newest(store: Store, path: Path, name: str, row: dict[str, Any]) -> tuple[Path, str, dict[str, Any]]:
    newest = store.datasets()[-1][1]
    wanted = [row[part] for part in ("document", "section", "shape")]
    for now, one in _rows(newest) if newest != path else ():
        if [one.get(part) for part in ("document", "section", "shape")] == wanted:
            return newest, now, one
    return path, name, row


def _found(store: Store, example: str) -> tuple[Path, str, dict[str, Any]]:
    """An id in; the folder of the newest version that has it, the file and the row out. Raises: NotFound."""
    for _, path, _ in reversed(store.datasets()):
        for name, row in _rows(path):
            if row["id"] == example and "section" in row:
                return path, name, row
    raise NotFound(f"no example {example!r} in any dataset version", LIST_THEM)


def _decision(store: Store, example: str) -> tuple[Decision, int]:
    """What is decided of an example's section, and how many examples of its version share it. Raises: NotFound."""
    path, _, row = _found(store, example)
    key = row["document"], row["section"]
    store.document(row["document"])
    said = {(one.document, one.section): one for one in store.decisions()}
    return said.get(key, Decision(*key)), sum((one["document"], one["section"]) == key for _, one in _rows(path))


def _written(store: Store, row: Mapping[str, Any], cut: Cut) -> str:
    """The section as it stands in its document now; empty where the document has changed."""
    doc = store.document(row["document"])
    parts = cut(said_in(doc))
    return next((part for part in parts if section_key(part) == row["section"]), "")


def _said(decision: Decision | None) -> str:
    if decision is None:
        return ""
    return "excluded" if decision.excluded else "edited"


def _waiting(name: str, row: Mapping[str, Any], decision: Decision | None) -> bool:
    """Whether a version was built before what is decided now."""
    if bool(decision and decision.excluded) != (name == EXCLUDED):
        return True
    edited = learned_text(decision) if decision else ""
    return edited != (row["completion"] if row["edited"] else "")
