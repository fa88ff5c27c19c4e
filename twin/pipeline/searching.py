"""What stands near a request, and how well the author's own texts are found again by searches with a known answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from twin.core.protocols import Where
from twin.core.records import Passage
from twin.pipeline.parts import Parts


class Searching(Parts):
    """What drafts and held-out texts are given to stand on, and the instrument behind a report's `retrieval`."""

    def _near(self, request: str, most: int, where: Where | None, *, about: Sequence[str] = ()) -> list[Passage]:
        """The nearest passages of what a search may see; those that somebody else wrote say so."""
        from twin.inference.material.retrieve import retrieve

        found = retrieve(request, about=about, embedder=self.embedder, vectors=self.vectors, k=most, where=where)
        theirs = self.store.of_others([passage.document for passage in found])
        return [replace(passage, theirs=passage.document in theirs) for passage in found]

    def retrieval(self) -> dict[str, Any]:
        """Every text that may be retrieved, searched by title, by a sentence taken out, by topic words; in memory.

        The shape is told in `twin/evaluation/retrieval.py`. Vectors that the index has are not made again.
        """
        from twin.evaluation.retrieval import Search, retrieval_of
        from twin.features.index import index_chunks
        from twin.inference.material.retrieve import DEPTH, fused
        from twin.vectors import open_vectors

        documents, chosen, sizes = self.store.documents("retrieve"), self.settings.evaluate, self.settings.index
        chunks = index_chunks(
            documents, embedder=self.embedder, chunk_tokens=sizes.chunk_tokens, overlap_tokens=sizes.overlap_tokens
        )
        search = Search(
            embedder=self.embedder,
            held=self.vectors,
            empty=lambda: open_vectors(sizes.store, None, self.embedder.dimensions),
            rankings={"fusion": fused},
            depth=DEPTH * 10,
        )
        return retrieval_of(
            documents, chunks, search=search, most=chosen.searches, seed=chosen.seed, resamples=chosen.resamples
        )
