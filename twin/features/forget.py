"""Documents in, nothing of them left out: store, payloads, index, datasets, drafts, reports; adapters are marked."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twin.core.paths import HELD_LINKS
from twin.core.protocols import VectorStore
from twin.core.records import Document, SourceRef
from twin.features.datasets.build import redact
from twin.store import Store

LINKS = f"cache/{HELD_LINKS}"
MADE_OF_TEXTS = ("reports", "blind", "curve", LINKS)
"""Folders of a home that can be made again, and hold texts or what was learned from them.

So do the stages of a training that was cut short, which lie beside the adapters as `<id>.<stage>`, and an adapter
without a card, whose training did not end.
"""
NOTES, UPLOADS = "notes", "uploads"
_NOTE, _UPLOAD = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{16}\.txt"), re.compile(r".+-[0-9a-f]{8}(?:\.\w+)*")
"""How pasted notes and files that were dropped into the studio are named."""
KEPT = ("twin.toml", "lock")
"""What stays of a home whose twin was forgotten: settings, and the lock of the run that forgets."""


def forget(store: Store, vectors: VectorStore, home: Path, documents: Sequence[Document]) -> dict[str, Any]:
    """Documents in; `{documents chunks datasets adapters drafts still_in}` out.

    What a source keeps (clones, pages of the web, uploaded files) goes whole, and so do cached generations and reports:
    any of them may hold a passage, and all but uploads can be made again. The tombstone keeps the next collect from
    bringing a text back. What a tainted adapter learned stays in it until it is trained again. `still_in` names the
    author's own files, which are never touched.
    """
    gone = {doc.id for doc in documents}
    chunks = sorted(vectors.ids(sorted(gone))) if gone else []
    store.forget(sorted(gone))
    vectors.remove(chunks)
    index = store.get("index")
    if index and chunks:
        store.set("index", {**index, "version": "", "chunks": len(vectors.ids())})
    redacted = []
    for version, path, told in store.datasets():
        if (path / "manifest.json").is_file():
            redact(path, gone)
            manifest = json.loads((path / "manifest.json").read_text("utf-8"))
            if manifest != told:
                redacted.append(version)
                store.set_manifest(version, manifest)
    store.clear_generations()
    drafts = store.forget_drafts(sorted(gone))
    store.forget_preferences(documents=sorted(gone))
    adapters = store.taint(sorted(gone))
    still_in = _forget_payloads(store, home, documents)
    if gone:
        for left in (*(home / name for name in MADE_OF_TEXTS), *(home / "adapters").glob("*.*")):
            shutil.rmtree(left, ignore_errors=True)
        for unfinished in (home / "adapters").glob("*"):
            if not (unfinished / "adapter.json").is_file():
                shutil.rmtree(unfinished, ignore_errors=True)
    store.compact()
    return {
        "documents": len(gone),
        "chunks": len(chunks),
        "datasets": redacted,
        "adapters": adapters,
        "drafts": len(drafts),
        "still_in": still_in,
    }


def _forget_payloads(store: Store, home: Path, documents: Sequence[Document]) -> list[str]:
    """Documents whose payloads go in; the places outside the home that still hold them out."""
    outside = []
    for source in store.sources():
        of_source = [doc for doc in documents if doc.source == source.id]
        if not of_source:
            continue
        shutil.rmtree(home / "cache" / source.id, ignore_errors=True)
        payloads = payloads_of(store, home, source)
        if source.location == str(home / NOTES):
            for path in {home / NOTES / Path(doc.key).name for doc in of_source} & set(payloads):
                path.unlink(missing_ok=True)
        elif payloads:
            payloads[0].unlink(missing_ok=True)
            store.add_source(source.kind, source.location, source.consent, {**source.options, "payload": "forgotten"})
        else:
            outside.append(source.location)
        store.forget_skips(source.id)
    return outside


def forget_source(store: Store, home: Path, source: SourceRef) -> None:
    """The source itself, after its texts: what the home kept of it goes, also where none of its texts was stored."""
    for kept in (home / "cache" / source.id, home / LINKS):
        shutil.rmtree(kept, ignore_errors=True)
    for path in payloads_of(store, home, source):
        path.unlink(missing_ok=True)
    store.forget_source(source.id)
    store.compact()


def payloads_of(store: Store, home: Path, source: SourceRef) -> list[Path]:
    """The files that this program itself put into the home for this source and no other one, by place and name.

    What an author keeps in the folder of a home is theirs, also below `uploads` and `notes`.
    """
    if any(other.location == source.location and other.id != source.id for other in store.sources()):
        return []
    path = Path(source.location)
    if path == home / NOTES:
        return [one for one in path.glob("*.txt") if _NOTE.fullmatch(one.name)]
    return [path] if path.parent == home / UPLOADS and _UPLOAD.fullmatch(path.name) else []


def forget_everything(store: Store, home: Path) -> dict[str, Any]:
    """A whole twin: every row of its database and every file of its home but the settings."""
    counts = {"documents": store.count(), "drafts": len(store.drafts()), "adapters": [], "datasets": [], "chunks": 0}
    store.clear()
    store.compact()
    store.close()
    for path in home.iterdir():
        if path.name in KEPT:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    return {**counts, "still_in": []}
