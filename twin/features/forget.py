"""Documents in, nothing of them left out: store, payloads, index, datasets, drafts; adapters are marked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from twin.core.protocols import VectorStore
from twin.features.dataset import redact
from twin.store import Store


def forget(store: Store, vectors: VectorStore, chunk_ids: Sequence[str], identities: Sequence[str]) -> dict[str, Any]:
    """Document ids and their chunks in; `{documents chunks datasets adapters drafts}` out.

    Cached generations go whole: a prompt may have held a passage. The tombstone keeps the next collect from
    bringing a text back. What a tainted adapter learned stays in it until it is trained again.
    """
    gone = set(identities)
    store.forget(list(gone))
    vectors.remove(list(chunk_ids))
    index = store.get("index")
    if index and chunk_ids:
        store.set("index", {**index, "version": "", "chunks": len(vectors.ids())})
    redacted = []
    for version, path, _ in store.datasets():
        if path.is_dir() and redact(path, gone):
            redacted.append(version)
            store.add_dataset(version, path, json.loads((path / "manifest.json").read_text("utf-8")))
    store.clear_generations()
    drafts = store.forget_drafts(list(gone))
    adapters = store.taint(list(gone))
    store.compact()
    return {
        "documents": len(gone),
        "chunks": len(chunk_ids),
        "datasets": redacted,
        "adapters": adapters,
        "drafts": len(drafts),
    }
