"""Documents in, a dataset version out: a readable folder of examples that only `forget` ever changes."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from twin.core.errors import NotEnoughData
from twin.core.paths import write_whole
from twin.core.prompts import VERSION as PROMPTS
from twin.core.records import Document, Example, Message, Side, digest
from twin.core.text import counted
from twin.features.datasets.card import data_card
from twin.features.datasets.decisions import EXCLUDED_BY_YOU, decided_by, decisions_digest, unmet
from twin.features.datasets.examples import Recipe, Row, examples_of, sections
from twin.features.datasets.parts import BriefFor, by_rule
from twin.features.split import explained, new_sides
from twin.store import Store

FILES: tuple[Side, ...] = ("train", "tune", "test")
EXCLUDED, TEXTS = "excluded", "texts"
"""Beside the sides: the examples that the author excluded, and what is known of each text that was learned from."""
_LINES = (*FILES, EXCLUDED, TEXTS)
_ABOUT = ("id", "version", "work", "kind", "place", "side", "language", "words", "authorship", "consent", "licence")


def decide_sides(store: Store, recipe: Recipe) -> None:
    """Gives every work that may be learned from or measured on its side, once and for all."""
    documents = store.documents("evaluate")
    known = {doc.work: doc.side for doc in documents if doc.side}
    store.set_sides(new_sides(documents, train_share=recipe.train_share, test_share=recipe.test_share, known=known))


def build_dataset(
    store: Store,
    folder: Path,
    *,
    author: str,
    recipe: Recipe,
    brief_for: BriefFor = by_rule,
    neutral: Mapping[str, str] = MappingProxyType({}),
    helper: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """The store in; the manifest `{version train tune test rejected documents ...}` out, with `path` and `preference`.

    The version is a digest of all that the folder says of its texts, of recipe and of the author's decisions: the same
    inputs give the folder that is there already. `helper` says who wrote the briefs and neutral drafts that are not
    made by rule, and is part of the version: its `digest` must stand for their words. What is left out is no part of
    it: the folder keeps what that was when it was built, the answer says what it is now. `preference` is how many pairs
    of choices and edits the author keeps now: they are read when an adapter is trained. Raises: NotEnoughData.
    """
    decide_sides(store, recipe)
    documents = store.documents("train")
    _enough(len(documents), recipe, store)
    texts = texts_of(documents)
    decided = decisions_digest(store)
    version = digest("dataset-5", texts, asdict(recipe), author, PROMPTS, decided, dict(helper))
    path = folder / version
    if not (path / "manifest.json").is_file():
        rows = examples_of(
            documents,
            author=author,
            recipe=recipe,
            decided=decided_by(store),
            brief_for=brief_for,
            neutral=neutral,
        )
        _enough(len({row.example.document for row in rows if not row.part.excluded}), recipe, store)
        about = {"version": version, "author": author, "recipe": asdict(recipe), "helper": dict(helper)}
        _write(path, about | _manifest(store, documents, rows, recipe), texts, rows)
    manifest: dict[str, Any] = json.loads((path / "manifest.json").read_text("utf-8"))
    store.add_dataset(version, path, manifest)
    now = {"rejected": _rejected(store, manifest["decisions"]["excluded"]), "preference": len(store.preferences())}
    return {**manifest, **now, "path": str(path)}


def load_examples(path: Path, side: Side) -> Iterator[Example]:
    """One side of a dataset folder, in its order."""
    names = [field.name for field in fields(Example) if field.name != "prompt"]
    for row in load_rows(path, side):
        prompt = tuple(Message(**message) for message in row["prompt"])
        yield Example(prompt=prompt, **{name: row[name] for name in names})


def load_rows(path: Path, name: str) -> Iterator[dict[str, Any]]:
    """One file of a dataset folder, line by line; none where the folder has no such file."""
    file = path / f"{name}.jsonl"
    if file.is_file():
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def redact(path: Path, documents: set[str]) -> int:
    """Removes the rows that hold words of these documents, as target or as note; how many rows went, out.

    Manifest and data card say what is there afterwards.
    """
    for left in path.glob(".*"):
        left.unlink()  # half a file of a run that was killed
    before = {name: list(load_rows(path, name)) for name in _LINES}
    kept = {name: [row for row in rows if not documents & _documents_in(row)] for name, rows in before.items()}
    if kept == before:
        return 0
    gone = sum(len(before[name]) - len(kept[name]) for name in _LINES if name != TEXTS)
    manifest = json.loads((path / "manifest.json").read_text("utf-8"))
    manifest["redacted"] = manifest.get("redacted", 0) + gone
    manifest["ids"] = [one for one in manifest.get("ids", []) if one not in documents]
    for name, rows in kept.items():
        if len(rows) < len(before[name]):
            write_whole(path / f"{name}.jsonl", _lines(rows))
    if before[TEXTS]:  # a folder of an older form has neither card nor counts
        manifest["decisions"]["unmet"] = [
            one for one in manifest["decisions"]["unmet"] if one["document"] not in documents
        ]
        manifest |= _counts(kept)
        write_whole(path / "data-card.md", data_card(manifest, kept[TEXTS]))
    write_whole(path / "manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False))
    return gone


def _documents_in(row: Mapping[str, Any]) -> set[str]:
    return {row["document"], *row["notes_from"]} if "document" in row else {row["id"]}


def _enough(texts: int, recipe: Recipe, store: Store) -> None:
    if texts < recipe.least_texts:
        left_out = Counter(doc.why for doc in store.documents() if "train" not in doc.use).most_common(2)
        why = "".join(f"; left out, {n}: {reason}" for reason, n in left_out)
        raise NotEnoughData(
            f"{counted(texts, 'text')} to learn from, {recipe.least_texts} are the least that "
            f"training makes sense with{why}",
            "add more of your own writing with: twin add … (without training, `twin write` works from your passages)",
        )


def _manifest(store: Store, documents: Sequence[Document], rows: Sequence[Row], recipe: Recipe) -> dict[str, Any]:
    """What does not change when a text is forgotten; the counts are those of the files."""
    parts = {(row.example.document, row.part.key): row.part for row in rows}.values()
    excluded = sum(part.excluded for part in parts)
    return {
        "rejected": _rejected(store, excluded),
        "decisions": {
            "digest": decisions_digest(store),
            "excluded": excluded,
            "edited": sum(part.edited and not part.excluded for part in parts),
            "unmet": unmet(store, documents, lambda text: sections(text, recipe.section_words)),
        },
        "private": dict(store.private),
        "prompts": PROMPTS,
        "notes": explained(len({doc.work for doc in store.documents("evaluate")})),
        "ids": [doc.id for doc in documents],
    }


def _rejected(store: Store, excluded: int) -> dict[str, int]:
    """How many texts are left out now, by the reason, and how many sections the author excluded."""
    found = Counter(doc.why for doc in store.documents() if "train" not in doc.use)
    return {**found, EXCLUDED_BY_YOU: excluded} if excluded else dict(found)


def _counts(lines: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """The lines of a folder's files in; how many there are, of which shapes and texts, from when to when, out."""
    texts = lines[TEXTS]
    dates = {side: [one["published"] for one in texts if one["side"] == side and one["published"]] for side in FILES}
    return {
        **{name: len(lines[name]) for name in (*FILES, EXCLUDED)},
        "shapes": {side: dict(Counter(row["shape"] for row in lines[side])) for side in FILES},
        "documents": {side: sum(one["side"] == side for one in texts) for side in FILES},
        "dates": {side: [found[0], found[-1]] if found else [] for side, found in dates.items()},
    }


def texts_of(documents: Sequence[Document]) -> list[dict[str, Any]]:
    """What is known of each text, none of its words: enough for a card and for telling two versions apart."""
    return [
        {
            **{name: getattr(doc, name) for name in _ABOUT},
            "masks": list(doc.masks),
            "published": f"{doc.published:%Y-%m-%d}" if doc.published else "",
        }
        for doc in documents
    ]


def _write(path: Path, manifest: dict[str, Any], texts: list[dict[str, Any]], rows: Sequence[Row]) -> None:
    """The folder appears whole or not at all; the manifest counts what stands in the files."""
    scratch = path.with_name(path.name + ".new")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    lines: dict[str, list[dict[str, Any]]] = {name: [] for name in _LINES} | {TEXTS: texts}
    for row in rows:
        found = {
            **asdict(row.example),
            "notes_from": list(row.notes_from),
            "section": row.part.key,
            "edited": row.part.edited,
        }
        lines[EXCLUDED if row.part.excluded else row.example.side].append(found)
    manifest |= _counts(lines)
    for name, found_in in lines.items():
        (scratch / f"{name}.jsonl").write_text(_lines(found_in), "utf-8")
    (scratch / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False), "utf-8")
    (scratch / "data-card.md").write_text(data_card(manifest, texts), "utf-8")
    shutil.rmtree(path, ignore_errors=True)
    scratch.rename(path)


def _lines(rows: Sequence[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
