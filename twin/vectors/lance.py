"""LanceDB: vectors and a BM25 index in one folder of files; what is searched by cosine is held in memory, so exactly.

Lance's own exact search reads its files anew each time; a product with a matrix in memory takes a fifth of it, and no
approximate index is needed up to 100,000 chunks (docs/log.md).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
SHOWN = ["id", "document", "title", "url", "text", "kind", "place", "published"]
BEGINS = "begins"
"""Where the chunk begins in `text`, in characters: its document's title may stand before it, to be searched."""
MOST_HELD = 400_000
"""Chunks whose vectors are held in memory, 600 MB of 384 dimensions; a larger table is searched in its files."""


@dataclass(frozen=True, slots=True)
class _Held:
    """The vectors of one version of the table, [n x d] of length 1, with row ids; `at` is where a chunk's stands."""

    version: int
    rows: Any
    matrix: Vectors
    at: Mapping[str, int]


class Lance:
    """A table of chunks in `folder`, or in memory without one; opened at first use."""

    def __init__(self, folder: Path | None, dimensions: int) -> None:
        self.folder = folder
        self.dimensions = dimensions
        self._kept: _Held | None = None
        self._seen: tuple[int, Where, Any] | None = None

    @cached_property
    def _table(self) -> Any:
        import lancedb
        import pyarrow as pa

        text = [pa.field(name, pa.string()) for name in SHOWN]
        vector = pa.field("vector", pa.list_(pa.float32(), self.dimensions))
        schema = pa.schema([*text, pa.field(BEGINS, pa.int32()), vector])
        try:
            # Looks for a newer version at each question: another process may have indexed, and the old files are gone.
            database = lancedb.connect(self.folder or "memory://", read_consistency_interval=timedelta(0))
            if TABLE in database.list_tables().tables and database.open_table(TABLE).schema.names != schema.names:
                database.drop_table(TABLE)  # a folder of an earlier release: `index` fills it again
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
                "text": chunk.searched,
                "kind": documents[chunk.document].kind,
                "place": documents[chunk.document].place,
                "published": f"{documents[chunk.document].published or ''}"[:10],
                BEGINS: len(chunk.searched) - len(chunk.text),
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
            # The home's lock lets in one writer at a time; readers look for the newest version at each question.
            warnings.filterwarnings("ignore", message="optimize")
            self._table.optimize(cleanup_older_than=timedelta(0), delete_unverified=True)

    def ids(self, documents: Sequence[str] = ()) -> set[str]:
        query = self._table.search().select(["id"]).limit(None)
        if documents:
            query = query.where(f"document IN ({_quoted(documents)})")
        return set(query.to_arrow()["id"].to_pylist())

    def vectors(self, chunk_ids: Sequence[str]) -> dict[str, Vectors]:
        if self._table.count_rows() <= MOST_HELD:
            held = self._held()
            return {one: held.matrix[held.at[one]] for one in chunk_ids if one in held.at}
        found: dict[str, Vectors] = {}
        for start in range(0, len(chunk_ids), 500):
            wanted = f"id IN ({_quoted(chunk_ids[start : start + 500])})"
            rows = self._table.search().where(wanted).select(["id", "vector"]).limit(None).to_arrow()
            flat = rows["vector"].combine_chunks().flatten().to_numpy()
            found.update(zip(rows["id"].to_pylist(), flat.reshape(-1, self.dimensions), strict=True))
        return found

    def nearest(self, vector: Vectors, *, k: int, where: Where) -> list[Passage]:
        import numpy as np

        if self._table.count_rows() > MOST_HELD:
            query = self._table.search(vector.tolist(), vector_column_name="vector").distance_type("cosine")
            return [_passage(row, 1.0 - row["_distance"]) for row in self._rows(query, "_distance", k, where)]
        held = self._held()
        scores = held.matrix @ (vector / (np.linalg.norm(vector) or 1.0))
        if _clauses(where):
            scores[self._hidden(held, where)] = -np.inf
        best = np.arange(len(scores)) if k >= len(scores) else np.argpartition(-scores, k)[:k]
        first = sorted(best.tolist(), key=lambda one: (-scores[one], one))
        ranked = [one for one in first if scores[one] > -np.inf]
        rows = held.rows[ranked].tolist()
        by_row = self._rows_of(rows)
        if len(by_row) < len(rows) and self._table.version != held.version:
            return self.nearest(vector, k=k, where=where)  # another process wrote in between: rows have other ids now
        return [_passage(by_row[row], score) for row, score in zip(rows, scores[ranked].tolist(), strict=True)]

    def matching(self, query: str, *, k: int, where: Where) -> list[Passage]:
        plain = " ".join(WORD.findall(query))
        if not plain or not self._table.count_rows():
            return []
        found = self._rows(self._table.search(plain, query_type="fts"), "_score", k, where)
        return [_passage(row, row["_score"]) for row in found]

    def _held(self) -> _Held:
        """The vectors of the table as it is now, read again where it changed."""
        held, version = self._kept, self._table.version
        if held is None or held.version != version:
            held = self._kept = None  # the old matrix goes before the new one is read
            read = self._table.search().select(["id", "vector"]).with_row_id(True).limit(None).to_arrow()
            matrix = read["vector"].combine_chunks().flatten().to_numpy().reshape(-1, self.dimensions)
            at = {one: place for place, one in enumerate(read["id"].to_pylist())}
            held = self._kept = _Held(version, read["_rowid"].to_numpy(), matrix, at)
        return held

    def _hidden(self, held: _Held, where: Where) -> Any:
        """[n] whether a chunk may not be seen; kept, as one question after the other looks in the same place."""
        import numpy as np

        kept = self._seen  # another thread may put its own there at any time
        if kept is None or kept[:2] != (held.version, where):
            seen = self._table.search().where(_clauses(where)).select([]).with_row_id(True).limit(None).to_arrow()
            kept = self._seen = held.version, where, ~np.isin(held.rows, seen["_rowid"].to_numpy())
        return kept[2]

    def _rows_of(self, ids: list[int]) -> dict[int, dict[str, Any]]:
        """Row ids in, by each what is shown of its chunk out; one that is gone is left out."""
        found = self._table.take_row_ids(ids).select([*SHOWN, BEGINS]).with_row_id().to_list() if ids else []
        return {row["_rowid"]: row for row in found}

    def _rows(self, query: Any, score: str, k: int, where: Where) -> list[dict[str, Any]]:
        if clauses := _clauses(where):
            query = query.where(clauses, prefilter=True)
        rows: list[dict[str, Any]] = query.select([*SHOWN, BEGINS, score]).limit(k).to_list()
        return rows


def _clauses(where: Where) -> str:
    """What a search may see as an SQL condition, empty where it may see everything."""
    clauses = []
    if where.exclude:
        clauses.append(f"document NOT IN ({_quoted(where.exclude)})")
    if where.kinds:
        clauses.append(f"kind IN ({_quoted(where.kinds)})")
    if where.places:
        clauses.append(f"place IN ({_quoted(where.places)})")
    if where.since:
        clauses.append(f"published >= {_quoted([where.since])}")
    if where.until:
        clauses.append(f"published <= {_quoted([where.until])} AND published <> ''")
    return " AND ".join(clauses)


def _passage(row: dict[str, Any], score: float) -> Passage:
    known = {name: row[name] for name in SHOWN}
    return Passage(**{**known, "text": row["text"][row[BEGINS] :]}, score=float(score))


def _quoted(values: Sequence[str] | frozenset[str]) -> str:
    """Values as an SQL list; a quotation mark within one is doubled, so none ends before its end."""
    return ", ".join("'{}'".format(value.replace("'", "''")) for value in sorted(values))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
