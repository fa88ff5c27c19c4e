"""Documents in, their chunks in the vector database out: only what is new is embedded, what is gone is removed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from twin.core.protocols import Embedder, Progress, VectorStore
from twin.core.records import Chunk, Document, digest
from twin.features.chunk import chunks_of
from twin.store import Store

BATCH = 64
FRAME_TOKENS = 2
"""What an embedder sets before and after a text."""


def index_version(documents: list[Document], *, embedder: Embedder, chunk_tokens: int, overlap_tokens: int) -> str:
    """A digest of everything the index is made from."""
    texts = sorted((doc.id, doc.version, _shown_with(doc), *doc.masks) for doc in documents)
    return digest("index-3", texts, embedder.digest, chunk_tokens, overlap_tokens)


def index_chunks(
    documents: Sequence[Document], *, embedder: Embedder, chunk_tokens: int, overlap_tokens: int
) -> list[Chunk]:
    """Documents in, the chunks that an index of them holds out."""
    return [
        chunk
        for doc in documents
        for chunk in chunks_of(
            doc,
            spans=embedder.token_spans,
            size_tokens=chunk_tokens,
            overlap_tokens=overlap_tokens,
            window_tokens=embedder.max_tokens - FRAME_TOKENS,
            embedder=digest(embedder.digest, _shown_with(doc)),
        )
    ]


def _shown_with(doc: Document) -> str:
    """A digest of what the index holds of a document beside its text: a chunk is written anew where it changes."""
    return digest(doc.title, doc.url, doc.kind, doc.place, doc.published)


def build_index(
    store: Store,
    vectors: VectorStore,
    embedder: Embedder,
    *,
    chunk_tokens: int,
    overlap_tokens: int,
    progress: Progress,
) -> dict[str, Any]:
    """The store in; `{version chunks embedded unchanged removed seconds}` out.

    A chunk's id is a digest of what is embedded, so a killed run goes on where it stopped.
    """
    started = time.perf_counter()
    documents = store.documents("retrieve")
    version = index_version(documents, embedder=embedder, chunk_tokens=chunk_tokens, overlap_tokens=overlap_tokens)
    there = vectors.ids()
    held = store.get("index")
    if held.get("version") == version and len(there) == held.get("chunks"):
        return {**held, "embedded": 0, "unchanged": len(there), "removed": 0, "seconds": _since(started)}
    by_id = {doc.id: doc for doc in documents}
    wanted = index_chunks(documents, embedder=embedder, chunk_tokens=chunk_tokens, overlap_tokens=overlap_tokens)
    gone = there - {chunk.id for chunk in wanted}
    new = [chunk for chunk in wanted if chunk.id not in there]
    vectors.remove(sorted(gone))
    if new:
        progress(0, len(new), "embedding")
    for start in range(0, len(new), BATCH):
        batch = new[start : start + BATCH]
        vectors.put(batch, by_id, embedder.embed([chunk.searched for chunk in batch]))
        progress(min(start + BATCH, len(new)), len(new), "embedding")
    manifest = {"version": version, "chunks": len(wanted), "embedder": embedder.name, "documents": len(documents)}
    store.set("index", manifest)
    counts = {"embedded": len(new), "unchanged": len(wanted) - len(new), "removed": len(gone)}
    return {**manifest, **counts, "seconds": _since(started)}


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 2)
