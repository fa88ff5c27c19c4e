"""Documents in, a dataset version out: a readable folder of examples that only `forget` ever changes."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from twin.core.errors import NotEnoughData
from twin.core.prompts import VERSION as PROMPTS
from twin.core.records import Document, Example, Message, Side, digest
from twin.features.examples import Recipe, Row, examples_of
from twin.features.split import explained, new_sides
from twin.store import Store

FILES: tuple[Side, ...] = ("train", "tune", "test")


def decide_sides(store: Store, recipe: Recipe) -> None:
    """Gives every work that may be learned from or measured on its side, once and for all."""
    documents = store.documents("evaluate")
    known = {doc.work: doc.side for doc in documents if doc.side}
    store.set_sides(new_sides(documents, train_share=recipe.train_share, test_share=recipe.test_share, known=known))


def build_dataset(store: Store, folder: Path, *, author: str, recipe: Recipe) -> dict[str, Any]:
    """The store in; the manifest `{version train tune test preference rejected documents ...}` out.

    The version is a digest of texts, sides and recipe: the same inputs give the folder that is there already.
    Raises: NotEnoughData.
    """
    decide_sides(store, recipe)
    documents = store.documents("train")
    if len(documents) < recipe.least_texts:
        raise NotEnoughData(
            f"{len(documents)} texts to learn from, {recipe.least_texts} are the least that training makes sense with",
            "add more of your own writing with: twin add … (without training, `twin write` works from your passages)",
        )
    texts = [(doc.id, doc.version, doc.side, *doc.masks) for doc in documents]
    version = digest("dataset-2", texts, asdict(recipe), author, PROMPTS)
    path = folder / version
    if not (path / "manifest.json").is_file():
        _write(path, _manifest(version, store, documents, recipe), examples_of(documents, author=author, recipe=recipe))
    manifest: dict[str, Any] = json.loads((path / "manifest.json").read_text("utf-8"))
    store.add_dataset(version, path, manifest)
    return {**manifest, "path": str(path)}


def load_examples(path: Path, side: Side) -> Iterator[Example]:
    """One side of a dataset folder, in its order."""
    with (path / f"{side}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            row.pop("notes_from")
            prompt = tuple(Message(**message) for message in row.pop("prompt"))
            yield replace(Example(prompt=prompt, **row))


def redact(path: Path, documents: set[str]) -> int:
    """Removes the rows that hold words of these documents, as target or as note; how many rows went, out."""
    gone = 0
    for side in FILES:
        file = path / f"{side}.jsonl"
        lines = file.read_text("utf-8").splitlines() if file.is_file() else []
        kept = [line for line in lines if not documents & _documents_in(json.loads(line))]
        gone += len(lines) - len(kept)
        if len(kept) < len(lines):
            _replace(file, "".join(line + "\n" for line in kept))
    if gone:
        manifest = json.loads((path / "manifest.json").read_text("utf-8"))
        manifest["redacted"] = manifest.get("redacted", 0) + gone
        manifest["ids"] = [one for one in manifest.get("ids", []) if one not in documents]
        _replace(path / "manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False))
    return gone


def _documents_in(row: Mapping[str, Any]) -> set[str]:
    return {row["document"], *row["notes_from"]}


def _manifest(version: str, store: Store, documents: list[Document], recipe: Recipe) -> dict[str, Any]:
    sides = Counter(doc.side for doc in documents)
    everything = store.documents()
    dates = {
        side: [f"{doc.published:%Y-%m-%d}" for doc in documents if doc.side == side and doc.published] for side in FILES
    }
    return {
        "version": version,
        "preference": 0,
        "rejected": dict(Counter(doc.why for doc in everything if "train" not in doc.use)),
        "documents": {side: sides[side] for side in FILES},
        "dates": {side: [found[0], found[-1]] if found else [] for side, found in dates.items()},
        "recipe": asdict(recipe),
        "prompts": PROMPTS,
        "notes": explained(len({doc.work for doc in store.documents("evaluate")})),
        "ids": [doc.id for doc in documents],
    }


def _write(path: Path, manifest: dict[str, Any], rows: list[Row]) -> None:
    """The folder appears whole or not at all; the manifest counts what stands in the files."""
    scratch = path.with_name(path.name + ".new")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    for side in FILES:
        found = [{**asdict(row.example), "notes_from": row.notes_from} for row in rows if row.example.side == side]
        lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in found]
        (scratch / f"{side}.jsonl").write_text("".join(lines), "utf-8")
        manifest[side] = len(lines)
    (scratch / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False), "utf-8")
    shutil.rmtree(path, ignore_errors=True)
    scratch.rename(path)


def _replace(file: Path, text: str) -> None:
    scratch = file.with_suffix(".new")
    scratch.write_text(text, "utf-8")
    scratch.rename(file)
