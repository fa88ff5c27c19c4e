"""How well the author's own texts are found again, by searches whose answer is known."""

from __future__ import annotations

from typing import Any

from twin.pipeline.parts import Parts


class Searching(Parts):
    """The instrument behind the `retrieval` part of a report."""

    def retrieval(self) -> dict[str, Any]:
        """Every text that may be retrieved, searched by title, by a sentence taken out, by topic words; in memory.

        The shape is told in `twin/evaluation/retrieval.py`. Vectors that the index has are not made again.
        """
        from twin.evaluation.retrieval import Search, retrieval_of
        from twin.features.index import index_chunks
        from twin.inference.retrieve import DEPTH, fused
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
