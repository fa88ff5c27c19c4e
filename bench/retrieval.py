"""Search over the corpora of modern authors: fusion against BM25 and vectors, `python -m bench.retrieval FOLDER`.

FOLDER holds one `<author>.jsonl` a corpus, with id, kind, title and text a line. Searches have a known answer and are
made without a model (twin/evaluation/known_items.py). The speed is that of `retrieve`, the request's embedding
included, over 10,000 chunks on disk, copies of the texts' own with random vectors.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from twin.core.protocols import Embedder
from twin.core.records import Chunk, Document, Kind, digest
from twin.core.settings import IndexSettings
from twin.evaluation.known_items import known_items
from twin.evaluation.retrieval import ALL, Search, rows_of, run
from twin.evaluation.words import interval
from twin.features.index import index_chunks
from twin.inference.retrieve import DEPTH, fused, retrieve
from twin.models import open_embedder
from twin.vectors import open_vectors

MODERN = """andrew-gerrand-goblog ben-balter-blog joao-goncalves-linkedin josh-branchaud-til matthias-endler-blog
remy-sharp-blog simon-willison-til""".split()
KINDS: dict[str, Kind] = {"linkedin_post": "post", "til": "note", "blog": "article"}
TEXTS_A_CORPUS, SEARCHES_A_KIND, SEED, RESAMPLES = 50, 115, 7, 2000
CHUNKS, TIMED = 10_000, 200
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


def p95_ms(embedder: Embedder, texts: list[Document], chunks: list[Chunk], requests: list[str]) -> tuple[float, float]:
    """The median and the 95th percentile of `retrieve` over `CHUNKS` chunks, in milliseconds."""
    dice = np.random.default_rng(SEED)
    by_id = {doc.id: doc for doc in texts}
    many = [replace(chunks[i % len(chunks)], id=digest(i)) for i in range(CHUNKS)]
    vectors = dice.normal(size=(CHUNKS, embedder.dimensions)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with tempfile.TemporaryDirectory() as folder:
        index = open_vectors("lance", Path(folder), embedder.dimensions)
        index.put(many, by_id, vectors)
        seconds = []
        for request in requests[:TIMED]:
            started = time.perf_counter()
            retrieve(request, embedder=embedder, vectors=index, k=4)
            seconds.append(time.perf_counter() - started)
    return float(np.median(seconds)) * 1000, float(np.quantile(seconds, 0.95)) * 1000


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    started = time.perf_counter()
    texts, sizes = documents(Path(sys.argv[1])), IndexSettings()
    embedder = open_embedder(sizes.embedder)
    chunks = index_chunks(
        texts, embedder=embedder, chunk_tokens=sizes.chunk_tokens, overlap_tokens=sizes.overlap_tokens
    )
    held = open_vectors(sizes.store, None, embedder.dimensions)
    held.put(chunks, {doc.id: doc for doc in texts}, embedder.embed([chunk.text for chunk in chunks]))
    search = Search(
        embedder=embedder,
        held=held,
        empty=lambda: open_vectors(sizes.store, None, embedder.dimensions),
        rankings={"fusion": lambda _request, near, match: fused(near, match)},
        depth=DEPTH * 10,
    )
    items = known_items(texts, most=SEARCHES_A_KIND, seed=SEED)
    rows = rows_of(run(items, texts, chunks, search=search), resamples=RESAMPLES, seed=SEED)
    print(f"{len(texts)} texts, {len(chunks)} chunks, {len(items)} searches, load {os.getloadavg()[0]:.1f}")
    show(rows)
    middle, slow = p95_ms(embedder, texts, chunks, [item.text for item in items])
    print(f"retrieve over {CHUNKS} chunks: median {middle:.1f} ms, p95 {slow:.1f} ms, n {min(TIMED, len(items))}")
    print(f"{time.perf_counter() - started:.0f} s in all")


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
