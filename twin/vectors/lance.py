"""LanceDB: vectors and a BM25 index in one folder of files."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.core.errors import StorageFailed
from twin.core.protocols import Where
from twin.core.records import Chunk, Document, Passage
from twin.core.text import WORD

if TYPE_CHECKING:
    from twin.core.protocols import Vectors

TABLE = "chunks"


class Lance:
    """A table of chunks in `folder`, or in memory without one; opened at first use, searched flat, so exactly."""

    def __init__(self, folder: Path | None, dimensions: int) -> None:
        self.folder = folder
        self.dimensions = dimensions

    @cached_property
    def _table(self) -> Any:
        import lancedb
        import pyarrow as pa

        text = [pa.field(name, pa.string()) for name in ("id", "document", "title", "url", "text", "kind", "published")]
        schema = pa.schema([*text, pa.field("vector", pa.list_(pa.float32(), self.dimensions))])
        try:
            database = lancedb.connect(self.folder or "memory://")
            table = database.create_table(TABLE, schema=schema, exist_ok=True)
        except (OSError, ValueError, RuntimeError) as bad:
            raise StorageFailed(
                f"cannot open the vectors in {str(self.folder)!r}: {_first_line(bad)}",
                "delete that folder and build it again with: twin index",
            ) from bad
        return table

    def put(self, chunks: Sequence[Chunk], documents: Mapping[str, Document], vectors: Vectors) -> None:
        if not chunks:
            return
        rows = [
            {
                "id": chunk.id,
                "document": chunk.document,
                "title": documents[chunk.document].title,
                "url": documents[chunk.document].url,
                "text": chunk.text,
                "kind": documents[chunk.document].kind,
                "published": f"{documents[chunk.document].published or ''}"[:10],
                "vector": vector.tolist(),
            }
            for chunk, vector in zip(chunks, vectors, strict=True)
        ]
        try:
            self._table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all().execute(rows)
            self._make_searchable()
        except (OSError, RuntimeError) as bad:
            raise StorageFailed(
                f"cannot write the vectors: {_first_line(bad)}", "free some disk space, then run: twin index"
            ) from bad

    def remove(self, chunk_ids: Sequence[str]) -> None:
        if not chunk_ids:
            return
        for start in range(0, len(chunk_ids), 500):
            self._table.delete(f"id IN ({_quoted(chunk_ids[start : start + 500])})")
        # A deleted row is only marked and stays in its file, and its words in the full-text index: both are made anew.
        self._table.update(values_sql={"kind": "kind"})
        self._make_searchable(again=True)

    def _make_searchable(self, *, again: bool = False) -> None:
        """Brings the full-text index up to date, or makes it again, and drops older versions of the files at once."""
        if again or (self._table.count_rows() and not self._table.list_indices()):
            from lancedb.index import FTS

            words = FTS(with_position=False, stem=True, remove_stop_words=True)
            self._table.create_index("text", config=words, replace=True)
        with warnings.catch_warnings():
            # Other readers of an old version would fail; the home's lock lets in one process at a time.
            warnings.filterwarnings("ignore", message="optimize")
            self._table.optimize(cleanup_older_than=timedelta(0), delete_unverified=True)

    def ids(self, documents: Sequence[str] = ()) -> set[str]:
        query = self._table.search().select(["id"]).limit(None)
        if documents:
            query = query.where(f"document IN ({_quoted(documents)})")
        return set(query.to_arrow()["id"].to_pylist())

    def vectors(self, chunk_ids: Sequence[str]) -> dict[str, Vectors]:
        found: dict[str, Vectors] = {}
        for start in range(0, len(chunk_ids), 500):
            wanted = f"id IN ({_quoted(chunk_ids[start : start + 500])})"
            rows = self._table.search().where(wanted).select(["id", "vector"]).limit(None).to_arrow()
            flat = rows["vector"].combine_chunks().flatten().to_numpy()
            found.update(zip(rows["id"].to_pylist(), flat.reshape(-1, self.dimensions), strict=True))
        return found

    def nearest(self, vector: Vectors, *, k: int, where: Where) -> list[Passage]:
        query = self._table.search(vector.tolist(), vector_column_name="vector").distance_type("cosine")
        return [_passage(row, 1.0 - row["_distance"]) for row in self._rows(query, k, where)]

    def matching(self, query: str, *, k: int, where: Where) -> list[Passage]:
        plain = " ".join(WORD.findall(query))
        if not plain or not self._table.count_rows():
            return []
        found = self._rows(self._table.search(plain, query_type="fts"), k, where)
        return [_passage(row, row["_score"]) for row in found]

    def _rows(self, query: Any, k: int, where: Where) -> list[dict[str, Any]]:
        clauses = []
        if where.exclude:
            clauses.append(f"document NOT IN ({_quoted(where.exclude)})")
        if where.kinds:
            clauses.append(f"kind IN ({_quoted(where.kinds)})")
        if clauses:
            query = query.where(" AND ".join(clauses), prefilter=True)
        rows: list[dict[str, Any]] = query.limit(k).to_list()
        return rows


def _passage(row: dict[str, Any], score: float) -> Passage:
    return Passage(
        row["id"], row["document"], row["title"], row["url"], row["text"], row["kind"], row["published"], float(score)
    )


def _quoted(values: Sequence[str] | frozenset[str]) -> str:
    """Ids as an SQL list; only the characters of our own digests and kinds get through."""
    return ", ".join(f"'{value}'" for value in sorted(values) if re.fullmatch(r"[\w:-]+", value)) or "''"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
