"""What is known of one author, and the only way to read it. Every read goes through the provenance rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import OperationalError

from twin.core.errors import NotFound, StorageFailed
from twin.core.provenance import Facts, allowed
from twin.core.records import (
    CHOSEN,
    Choice,
    Document,
    Identity,
    Private,
    Side,
    Skipped,
    SourceRef,
    Use,
    digest,
    normal_handle,
)
from twin.store import schema as t
from twin.store.engine import open_engine
from twin.store.intake import copies_of
from twin.store.preferences import Preferences
from twin.store.registry import Registry
from twin.store.reviews import Reviews

Marked = Literal["kind", "language", "authorship", "licence"]
"""What the author may correct: `licence` takes "mine", for a text whose licence forbids others to learn from it."""

MOST_VARIABLES = 10_000
"""Values in one statement: SQLite takes 32,766, PostgreSQL 65,535."""
FAILURES = "failures"


def now() -> datetime:
    return datetime.now(UTC)


class Store(Registry, Reviews, Preferences):
    """Texts with their provenance; what was made from them is in `Registry`, what is said of sections in `Reviews`."""

    def __init__(self, url: str, *, private: Mapping[Private, Choice] | None = None, home: Path | None = None) -> None:
        """`private` is what the author chose for each kind of private thing; one that is not named is masked."""
        self.home = home
        self.engine = open_engine(url)
        self.private = {**CHOSEN, **(private or {})}

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it or nothing. Raises: StorageFailed when the disk is full or read-only."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except OperationalError as bad:
            locked_away = "readonly" in str(bad.orig) or "read-only" in str(bad.orig)
            hint = "choose another folder with --home" if locked_away else "free some disk space, then run it again"
            raise StorageFailed(f"cannot write the database: {bad.orig}", hint) from bad

    # -- the author ------------------------------------------------------------------------------------------

    def identity(self) -> Identity | None:
        with self.engine.connect() as connection:
            name = connection.execute(select(t.author.c.name)).scalar()
            mine = connection.execute(select(t.handles.c.value).order_by(t.handles.c.added)).scalars().all()
        return Identity(name, tuple(mine)) if name is not None else None

    def identify(self, name: str, handles: Iterable[str] = ()) -> Identity:
        """Sets the author's name and adds handles; handles that are known in another spelling are kept once."""
        known = self.identity()
        seen = {normal_handle(mine) for mine in known.handles} if known else set()
        fresh = {normal_handle(value): value.strip() for value in handles if normal_handle(value)}
        with self.writing() as connection:
            connection.execute(delete(t.author))
            connection.execute(insert(t.author).values(id=1, name=name))
            for normal, value in fresh.items():
                if normal not in seen:
                    connection.execute(insert(t.handles).values(value=value, added=now()))
        identity = self.identity()
        assert identity is not None
        return identity

    # -- sources ---------------------------------------------------------------------------------------------

    def add_source(self, kind: str, location: str, consent: str, options: Mapping[str, Any] | None = None) -> SourceRef:
        """The same place added twice is one source; a new consent and new options replace the old ones."""
        source = SourceRef(digest("source", kind, location), kind, location, consent, now(), dict(options or {}))
        chosen = {"consent": consent, "options": dict(source.options)}
        with self.writing() as connection:
            same = t.sources.c.id == source.id
            if not connection.execute(update(t.sources).where(same).values(**chosen)).rowcount:
                values = {"id": source.id, "kind": kind, "location": location, **chosen}
                connection.execute(insert(t.sources).values(**values, added=source.added, counts={}))
        return source

    def sources(self) -> list[SourceRef]:
        query = select(t.sources).order_by(t.sources.c.added, t.sources.c.id)
        with self.engine.connect() as connection:
            return [
                SourceRef(row.id, row.kind, row.location, row.consent, row.added, row.options)
                for row in connection.execute(query)
            ]

    def record_collection(
        self, source: str, counts: dict[str, int], skipped: Sequence[Skipped], *, seen: str = ""
    ) -> None:
        """The outcome of one collection of a source replaces that of the one before; `seen` says what it looked at."""
        with self.writing() as connection:
            values = {"counts": counts, "seen": seen, "collected": now()}
            connection.execute(update(t.sources).where(t.sources.c.id == source).values(**values))
            connection.execute(delete(t.skips).where(t.skips.c.source == source))
            reasons = {_storable(skip.key)[:512]: _storable(skip.reason) for skip in skipped}
            rows = [{"source": source, "key": key, "reason": reason} for key, reason in reasons.items()]
            if rows:
                connection.execute(insert(t.skips), rows)

    def record_failure(self, source: str, message: str = "", hint: str = "") -> None:
        """Why the newest collection of a source came to nothing; without a message it did not."""
        failures = self.failures()
        if message:
            said = {"message": _storable(message), "hint": _storable(hint), "when": now().isoformat(timespec="seconds")}
            self.set(FAILURES, {**failures, source: said})
        elif failures.pop(source, None):
            self.set(FAILURES, failures)

    def failures(self) -> dict[str, dict[str, str]]:
        """By the id of each source whose newest collection failed: `message`, `hint`, and `when` in UTC."""
        return self.get(FAILURES)

    def last_collection(self, source: str) -> tuple[dict[str, int], list[Skipped]]:
        """Counts and skipped items of the newest collection; empty before the first one."""
        with self.engine.connect() as connection:
            counts = connection.execute(select(t.sources.c.counts).where(t.sources.c.id == source)).scalar() or {}
            rows = connection.execute(select(t.skips).where(t.skips.c.source == source).order_by(t.skips.c.key))
            return dict(counts), [Skipped(row.key, row.reason) for row in rows]

    def seen(self, source: str) -> str:
        """What the newest collection of a source looked at, as it said itself; empty before the first."""
        with self.engine.connect() as connection:
            return connection.execute(select(t.sources.c.seen).where(t.sources.c.id == source)).scalar() or ""

    def forgotten(self) -> int:
        """How many tombstones there are."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(t.tombstones)).scalar_one()

    # -- documents -------------------------------------------------------------------------------------------

    def documents(self, use: Use | None = None, *, measuring: bool = False, side: Side | None = None) -> list[Document]:
        """Documents that may be used so, oldest first, undated ones before all.

        `measuring` leaves out the test side, whatever the use: the view that training, retrieval and exemplars
        have while a twin is measured. `side` keeps one side only.
        """
        with self.engine.connect() as connection:
            consents = dict(connection.execute(select(t.sources.c.id, t.sources.c.consent)).tuples().all())
            sides = dict(connection.execute(select(t.sides.c.work, t.sides.c.side)).tuples().all())
            marks: dict[str, dict[str, str]] = {}
            for document, field, value, _ in connection.execute(select(t.marks)):
                marks.setdefault(document, {})[field] = value
            columns = [c for c in t.documents.c if c.name not in ("raw", "quoted", "fingerprint", "runs", "scans")]
            rows = connection.execute(select(*columns)).all()
        found = _with_use([self._document(row, consents, sides, marks.get(row.id, {})) for row in rows], self.private)
        return [
            doc
            for doc in found
            if (use is None or use in doc.use)
            and not (measuring and doc.side == "test")
            and (side is None or doc.side == side)
        ]

    def _document(
        self, row: Row[Any], consents: dict[str, str], sides: dict[str, str], marks: dict[str, Any]
    ) -> Document:
        return Document(
            id=row.id,
            version=row.version,
            source=row.source,
            key=row.key,
            kind=marks.get("kind", row.kind),
            place=row.place,
            title=row.title,
            text=row.text,
            url=row.url,
            published=row.published,
            language=marks.get("language", row.language),
            words=row.words,
            authorship=marks.get("authorship", row.authorship),
            consent=consents.get(row.source, ""),
            licence="" if marks.get("licence") == "mine" else row.licence,
            draft=row.draft,
            private=tuple(row.private),
            masks=tuple(kind for kind in row.private if self.private[kind] == "mask"),
            truncated=row.truncated,
            visibility=row.visibility,
            work=row.work,
            side=sides.get(row.work),  # type: ignore[arg-type]
            canonical=True,
            use=(),
            why="",
        )

    def of_others(self, documents: Sequence[str]) -> set[str]:
        """Those of these documents that the author added as somebody else's."""
        query = (
            select(t.documents.c.id)
            .join(t.sources, t.sources.c.id == t.documents.c.source)
            .where(t.documents.c.id.in_(documents), t.sources.c.consent != "mine")
        )
        with self.engine.connect() as connection:
            return set(connection.execute(query).scalars())

    def document(self, identity: str) -> Document:
        """Raises: NotFound."""
        for doc in self.documents():
            if doc.id == identity:
                return doc
        raise NotFound(f"no document {identity!r}", "list them with: twin documents")

    def raw(self, identity: str) -> tuple[str, str]:
        """The payload a document was read from and its media type. Raises: NotFound."""
        query = select(t.documents.c.raw, t.documents.c.raw_type).where(t.documents.c.id == identity)
        with self.engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound(f"no document {identity!r}", "list them with: twin documents")
        return row.raw, row.raw_type

    def set_works(self, work_of: Mapping[str, str]) -> None:
        """Document ids to the work each belongs to; one that is not named is a work of its own.

        Sides stick: a work that joins a held-out one is held out.
        """
        columns = (t.documents.c.id, t.documents.c.work)
        moved: dict[str, str] = {}
        joined: dict[str, set[str]] = {}
        with self.writing() as connection:
            sides = dict(connection.execute(select(t.sides.c.work, t.sides.c.side)).tuples().all())
            for identity, before in connection.execute(select(*columns).execution_options(yield_per=1000)):
                work = work_of.get(identity, identity)
                if work != before:
                    moved[identity] = work
                if before in sides:
                    joined.setdefault(work, set()).add(sides[before])
            for identity, work in moved.items():
                connection.execute(update(t.documents).where(t.documents.c.id == identity).values(work=work))
            for work, found in joined.items():
                side = next((s for s in ("test", "tune", "train") if s in found), None)
                if side and sides.get(work) != side:
                    connection.execute(delete(t.sides).where(t.sides.c.work == work))
                    connection.execute(insert(t.sides).values(work=work, side=side, decided=now()))

    def set_sides(self, side_of: dict[str, Side]) -> None:
        """Works to sides. A work that has a side keeps it: yesterday's test never becomes training text."""
        with self.writing() as connection:
            known = set(connection.execute(select(t.sides.c.work)).scalars())
            rows = [{"work": w, "side": s, "decided": now()} for w, s in side_of.items() if w not in known]
            if rows:
                connection.execute(insert(t.sides), rows)

    def mark(self, identities: Sequence[str], field: Marked, value: str) -> None:
        """What the author says of documents, which stands above what any source says; empty takes it back."""
        with self.writing() as connection:
            for start in range(0, len(identities), MOST_VARIABLES):
                some = identities[start : start + MOST_VARIABLES]
                held = t.marks.c.document.in_(some) & (t.marks.c.field == field)
                connection.execute(delete(t.marks).where(held))
                if value and some:
                    rows = [{"document": one, "field": field, "value": value, "marked": now()} for one in some]
                    connection.execute(insert(t.marks), rows)

    def runs(self) -> Iterator[tuple[str, bytes]]:
        """Document ids with the packed runs of their words, oldest first, undated ones before all."""
        query = select(t.documents.c.id, t.documents.c.runs).execution_options(yield_per=1000)
        with self.engine.connect() as connection:
            for row in connection.execute(query.order_by(t.documents.c.published.nulls_first(), t.documents.c.id)):
                yield row.id, bytes(row.runs)

    def forget(self, identities: Sequence[str]) -> None:
        """Deletes documents with their payloads and older versions, and leaves tombstones.

        One tombstone stands for the id, one for the words: a duplicate that was never stored must not step in.
        """
        with self.writing() as connection:
            known = set(connection.execute(select(t.tombstones.c.digest)).scalars())
            columns = (t.documents.c.place, t.documents.c.kind, t.documents.c.fingerprint)
            graves = set(identities)
            for start in range(0, len(identities), MOST_VARIABLES):
                some = identities[start : start + MOST_VARIABLES]
                found = connection.execute(select(*columns).where(t.documents.c.id.in_(some))).all()
                graves |= {copies_of(*row) for row in found}
                connection.execute(delete(t.versions).where(t.versions.c.document.in_(some)))
                connection.execute(delete(t.documents).where(t.documents.c.id.in_(some)))
            rows = [{"digest": one, "forgotten": now()} for one in graves - known]
            if rows:
                connection.execute(insert(t.tombstones), rows)

    def forget_source(self, source: str) -> None:
        with self.writing() as connection:
            connection.execute(delete(t.sources).where(t.sources.c.id == source))
        self.record_failure(source)

    def forget_skips(self, source: str) -> None:
        """What was skipped of a source is told by the next collection again."""
        with self.writing() as connection:
            connection.execute(delete(t.skips).where(t.skips.c.source == source))
            connection.execute(update(t.sources).where(t.sources.c.id == source).values(seen=""))

    def clear(self) -> None:
        """Every row of every table, tombstones included."""
        with self.writing() as connection:
            for table in reversed(t.metadata.sorted_tables):
                connection.execute(delete(table))

    def compact(self) -> None:
        """Frees the pages of what was deleted, so that no deleted word stays in the file or its log."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
            if self.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def count(self) -> int:
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(t.documents)).scalar_one()


def _storable(text: str) -> str:
    """Text in, the same without what no database takes: lone surrogates, zero bytes."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "?")


def _with_use(documents: list[Document], private: Mapping[Private, Choice]) -> list[Document]:
    """Documents in, the same with canonical copy and use decided, oldest first, out.

    The canonical copy of a work is the longest one that may be learned from; ties go to the oldest.
    """
    oldest_first = sorted(documents, key=lambda doc: (doc.published or datetime.min.replace(tzinfo=UTC), doc.id))
    alone = {doc.id: allowed(_facts(doc, private)) for doc in oldest_first}
    best: dict[str, Document] = {}
    for doc in oldest_first:
        held = best.get(doc.work)
        if held is None or _weight(doc, alone) > _weight(held, alone):
            best[doc.work] = doc
    final = []
    for doc in oldest_first:
        canonical = best[doc.work].id == doc.id
        use, why = alone[doc.id] if canonical else allowed(_facts(replace(doc, canonical=False), private))
        final.append(replace(doc, canonical=canonical, use=use, why=why))
    return final


def _weight(doc: Document, alone: dict[str, tuple[tuple[Use, ...], str]]) -> tuple[int, int]:
    return len(alone[doc.id][0]), doc.words


def _facts(doc: Document, private: Mapping[Private, Choice]) -> Facts:
    return Facts(
        kind=doc.kind,
        authorship=doc.authorship,
        consent=doc.consent,
        draft=doc.draft,
        dropped=tuple(kind for kind in doc.private if private[kind] == "drop"),
        masked=doc.masks,
        truncated=doc.truncated,
        licence=doc.licence,
        canonical=doc.canonical,
        words=doc.words,
    )
