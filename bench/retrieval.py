"""Search over the corpora of modern authors: fusion against BM25 and vectors, `python -m bench.retrieval FOLDER`.

FOLDER holds one `<author>.jsonl` a corpus, with id, kind, title and text a line. Searches have a known answer and are
made without a model (twin/evaluation/known_items.py). The speed is that of `retrieve`, the request's embedding
included, over 10,000 and 100,000 chunks on disk, copies of the texts' own with random vectors; `--speed` alone skips
the searches. The load average stands beside it: on a busy machine it is the machine that is measured.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from twin.core.protocols import Embedder, VectorStore, Where
from twin.core.records import Chunk, Document, Kind, digest
from twin.core.settings import IndexSettings
from twin.evaluation.known_items import KnownItem, known_items, named
from twin.evaluation.retrieval import ALL, Search, rows_of, run
from twin.evaluation.words import interval
from twin.features.index import index_chunks
from twin.inference.material.retrieve import DEPTH, fused, retrieve
from twin.models import open_embedder
from twin.vectors import open_vectors

MODERN = """andrew-gerrand-goblog ben-balter-blog joao-goncalves-linkedin josh-branchaud-til matthias-endler-blog
remy-sharp-blog simon-willison-til""".split()
KINDS: dict[str, Kind] = {"linkedin_post": "post", "til": "note", "blog": "article"}
TEXTS_A_CORPUS, SEARCHES_A_KIND, SEED, RESAMPLES = 50, 350, 7, 2000
SIZES, TIMED = (10_000, 100_000), 200
FRONT_MATTER = re.compile(r"\A(---|\+\+\+)\n.*?\n\1\n", re.S)


def documents(folder: Path) -> list[Document]:
    """Texts of every corpus, the same ones each time; what a LinkedIn post has for a title is its first line."""
    found = []
    for name in MODERN:
        lines = (folder / f"{name}.jsonl").read_text("utf-8").splitlines()
        rows = sorted((json.loads(line) for line in lines), key=lambda row: digest(SEED, row["id"]))
        found += [document(row) for row in rows[:TEXTS_A_CORPUS]]
    return found


def document(row: dict[str, Any]) -> Document:
    kind = KINDS[row["kind"]]
    return Document(
        id=digest(row["id"]), version="", source="", key=row["id"], kind=kind, place="", url="",
        title="" if kind == "post" else row["title"], text=FRONT_MATTER.sub("", row["text"]).strip(),
        published=None, language="en", words=0, authorship="own", consent="mine", licence="", draft=False, private=(),
        masks=(), truncated=False, visibility="", work="", side=None, canonical=True, use=(), why="",
    )  # fmt: skip


def timed(embedder: Embedder, texts: list[Document], chunks: list[Chunk], requests: list[str], size: int) -> str:
    """How long `retrieve` takes over `size` chunks, in milliseconds; the first search reads the vectors, once."""
    dice = np.random.default_rng(SEED)
    by_id = {doc.id: doc for doc in texts}
    many = [replace(chunks[i % len(chunks)], id=digest(i)) for i in range(size)]
    vectors = dice.normal(size=(size, embedder.dimensions)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    narrow = Where(kinds=frozenset({"note"}))
    with tempfile.TemporaryDirectory() as folder:
        open_vectors("lance", Path(folder), embedder.dimensions).put(many, by_id, vectors)
        index = open_vectors("lance", Path(folder), embedder.dimensions)
        first, *plain = [retrieved_ms(request, embedder, index, Where()) for request in requests[: TIMED + 1]]
        filtered = [retrieved_ms(request, embedder, index, narrow) for request in requests[:TIMED]]
    alone = [clocked(lambda request=request: embedder.embed([request])) for request in requests[:TIMED]]
    told = {"all": plain, "notes only": filtered, "embedding alone": alone}
    parts = [f"{name} {np.median(one):.1f} / {np.quantile(one, 0.95):.1f} ms" for name, one in told.items()]
    return f"{size:,} chunks, median / p95 of {len(plain)}: {', '.join(parts)}; first search {first:.0f} ms"


def retrieved_ms(request: str, embedder: Embedder, index: VectorStore, where: Where) -> float:
    return clocked(lambda: retrieve(request, embedder=embedder, vectors=index, k=4, where=where))


def clocked(work: Callable[[], Any]) -> float:
    """Milliseconds that a piece of work takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def main() -> None:
    folder, *options = [*sys.argv[1:], ""]
    if not folder or set(options) - {"--speed", ""}:
        sys.exit(__doc__)
    started = time.perf_counter()
    texts, sizes = documents(Path(folder)), IndexSettings()
    embedder = open_embedder(sizes.embedder)
    chunks = index_chunks(
        texts, embedder=embedder, chunk_tokens=sizes.chunk_tokens, overlap_tokens=sizes.overlap_tokens
    )
    items = known_items(texts, most=SEARCHES_A_KIND, seed=SEED)
    if "--speed" not in options:
        found_again(texts, chunks, items, embedder)
    embedder.embed(["the network is loaded"])
    for size in SIZES:
        told = timed(embedder, texts, chunks, [item.text for item in items], size)
        print(f"{told}; load {os.getloadavg()[0]:.1f}")
    print(f"{time.perf_counter() - started:.0f} s in all")


def found_again(texts: list[Document], chunks: list[Chunk], items: list[KnownItem], embedder: Embedder) -> None:
    """Every search by every system, as a table."""
    store = IndexSettings().store
    held = open_vectors(store, None, embedder.dimensions)
    held.put(chunks, {doc.id: doc for doc in texts}, embedder.embed([chunk.searched for chunk in chunks]))
    search = Search(
        embedder=embedder,
        held=held,
        empty=lambda: open_vectors(store, None, embedder.dimensions),
        rankings={"fusion": fused},
        depth=DEPTH * 10,
    )
    rows = rows_of(run([*named(items), *items], texts, chunks, search=search), resamples=RESAMPLES, seed=SEED)
    print(f"{len(texts)} texts, {len(chunks)} chunks, {len(items)} searches, load {os.getloadavg()[0]:.1f}")
    show(rows)


def show(rows: list[dict[str, Any]]) -> None:
    print(f"{'query':9} {'kind':8} {'n':>4}  {'system':8} {'nDCG@10':22} {'recall@10':22} {'recall@1':>8}")
    for row in rows:
        for name, found in row["systems"].items():
            n, first = found["ndcg@10"]["n"], found["recall@1"]["value"]
            told = f"{interval(found['ndcg@10'], digits=3):22} {interval(found['recall@10'], digits=3):22}"
            print(f"{row['query']:9} {row['kind']:8} {n:4}  {name:8} {told} {first:8.3f}")
    print(f"\n{'query':9} {'difference':18} {'nDCG@10':25} {'recall@10':25}")
    for row in rows:
        for name, found in row["differences"].items() if row["kind"] == ALL else ():
            told = [f"{interval(found[one], signed=True, digits=3):25}" for one in ("ndcg@10", "recall@10")]
            print(f"{row['query']:9} {name:18} {' '.join(told)}")


if __name__ == "__main__":
    main()
