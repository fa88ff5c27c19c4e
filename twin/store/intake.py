"""What a collection stores: many texts at once, each with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Column, Connection, Row, delete, insert, select, update

from twin.core.records import Item, SourceRef, digest
from twin.store import schema as t

Outcome = Literal["stored", "edited", "unchanged", "duplicates", "skipped"]
Result = tuple[Outcome, str]
"""What became of a text, and the reason where it was skipped."""
FORGOTTEN: Result = ("skipped", "forgotten at your request")
_Words = tuple[str, str, str]
"""Place, kind and fingerprint: texts that are equal in all three are one."""
_Held = tuple[str, datetime | None, datetime]
"""Id, date of publication and time of storing."""
_d = t.documents.c
_KNOWN = (
    _d.id,
    _d.version,
    _d.authorship,
    _d.draft,
    _d.truncated,
    _d.scans,
    _d.place,
    _d.kind,
    _d.fingerprint,
    _d.source,
)
_EQUAL = (_d.fingerprint, _d.id, _d.place, _d.kind, _d.published, _d.stored)


@dataclass(frozen=True, slots=True)
class Scanned:
    """An item with what was found in it. `runs` are the packed hashes of its runs of words."""

    item: Item
    language: str
    words: int
    fingerprint: str
    private: tuple[str, ...]
    runs: bytes

    @property
    def id(self) -> str:
        """A digest of place and native id, so an archive under another file name finds its documents."""
        return digest(self.item.place, self.item.key)

    @property
    def version(self) -> str:
        return digest(self.item.text, self.item.title, self.item.quoted)


class Intake:
    """Puts batches of texts into open transactions. One intake serves one collection of one source."""

    def __init__(self, source: SourceRef, scans: str) -> None:
        self.source = source
        self.scans = scans
        self.begun = datetime.now(UTC)
        self.pending: dict[str, dict[str, Any]] = {}
        self.held: dict[_Words, _Held] = {}

    def put(self, connection: Connection, batch: Sequence[Scanned]) -> list[Result]:
        """Texts in, what became of each out, in order. Of equal texts that one collection finds the oldest stays."""
        ids = [one.id for one in batch]
        words = [(one.item.place, one.item.kind, one.fingerprint) for one in batch]
        copies = [copies_of(*one) for one in words]
        graves = {row.digest for row in _found(connection, [t.tombstones.c.digest], [*ids, *copies])}
        known = {row.id: row for row in _found(connection, _KNOWN, ids)}
        equal = _found(connection, _EQUAL, [one.fingerprint for one in batch])
        self.held = {(row.place, row.kind, row.fingerprint): (row.id, row.published, row.stored) for row in equal}
        done: list[Result] = []
        for one, identity, place, copy in zip(batch, ids, words, copies, strict=True):
            if identity in self.pending:
                self._flush(connection)
                known |= {row.id: row for row in _found(connection, _KNOWN, [identity])}
            if graves & {identity, copy}:
                done.append(FORGOTTEN)
            elif identity in known:
                outcome = self._again(connection, one, known[identity])
                if outcome == "edited":
                    known |= {row.id: row for row in _found(connection, _KNOWN, [identity])}
                done.append((outcome, ""))
            else:
                done.append((self._new(connection, one, identity, place), ""))
        self._flush(connection)
        return done

    def _new(self, connection: Connection, one: Scanned, identity: str, place: _Words) -> Outcome:
        """A text under a key that was never seen: stored, unless its words are stored under another."""
        held = self.held.get(place)
        if held and not (held[2] >= self.begun and _older(one.item.published, held[1])):
            return "duplicates"
        if held:
            self.pending.pop(held[0], None)
            connection.execute(delete(t.documents).where(t.documents.c.id == held[0]))
        values = self._values(one)
        self.pending[identity] = {**values, "id": identity, "work": identity}
        self.held[place] = (identity, one.item.published, values["stored"])
        return "duplicates" if held else "stored"

    def _again(self, connection: Connection, one: Scanned, known: Row[Any]) -> Outcome:
        """A text under a known key: its older wording is kept where it changed.

        It belongs to the newest of the sources that hold it: an export of last year can be taken out.
        """
        item, values = one.item, self._values(one)
        same = t.documents.c.id == known.id
        if item.truncated and not known.truncated:
            return "unchanged"  # a feed's beginning of a text that the export gave whole
        told = (values["version"], item.authorship, item.draft, item.truncated)
        if (known.version, known.authorship, known.draft, known.truncated) == told:
            if known.scans != self.scans:
                found = {
                    name: values[name] for name in ("language", "words", "private", "runs", "fingerprint", "scans")
                }
                connection.execute(update(t.documents).where(same).values(**found))
            if known.source != self.source.id:
                alike = select(t.sources.c.id).where(
                    t.sources.c.consent == self.source.consent, t.sources.c.added <= self.source.added
                )
                newest = update(t.documents).where(same, t.documents.c.source.in_(alike))
                connection.execute(newest.values(source=self.source.id))
            return "unchanged"
        if known.version != values["version"]:
            before = connection.execute(select(t.documents.c.text, t.documents.c.raw).where(same)).one()
            kept = {"document": known.id, "version": known.version, "text": before.text, "raw": before.raw}
            older = (t.versions.c.document == known.id) & (t.versions.c.version == known.version)
            connection.execute(delete(t.versions).where(older))
            connection.execute(insert(t.versions).values(**kept, replaced=datetime.now(UTC)))
        connection.execute(update(t.documents).where(same).values(**values))
        self.held.pop((known.place, known.kind, known.fingerprint), None)
        return "edited"

    def _flush(self, connection: Connection) -> None:
        if self.pending:
            connection.execute(insert(t.documents), list(self.pending.values()))
            self.pending = {}

    def _values(self, one: Scanned) -> dict[str, Any]:
        item = one.item
        return {
            "version": one.version,
            "source": self.source.id,
            "key": item.key,
            "kind": item.kind,
            "place": item.place,
            "title": item.title,
            "text": item.text,
            "fingerprint": one.fingerprint,
            "quoted": item.quoted,
            "url": item.url,
            "published": item.published,
            "language": one.language,
            "words": one.words,
            "authorship": item.authorship,
            "licence": item.licence,
            "draft": item.draft,
            "truncated": item.truncated,
            "visibility": item.visibility,
            "private": list(one.private),
            "runs": one.runs,
            "scans": self.scans,
            "raw": item.raw,
            "raw_type": item.raw_type,
            "stored": datetime.now(UTC),
        }


def copies_of(place: str, kind: str, fingerprint: str) -> str:
    """What all copies of a text within one place share, whatever their native ids."""
    return digest("copies", place, kind, fingerprint)


def _found(connection: Connection, columns: Sequence[Column[Any]], values: Sequence[str]) -> Sequence[Row[Any]]:
    """The rows whose first column is one of these values."""
    return connection.execute(select(*columns).where(columns[0].in_(set(values)))).all()


def _older(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one < other)
