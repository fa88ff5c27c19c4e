"""What was made from the texts: index state, dataset versions, adapters, drafts, cached generations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from twin.core.errors import NotFound
from twin.core.records import Adapter, AdapterState
from twin.store import schema as t

ACTIVATIONS = "activations"


class Registry:
    """Rows that name their inputs by digest, so that "is it stale?" is an equality test.

    Folders below `home` are kept relative to it, so that a home can be moved or copied; without one they stay absolute.
    """

    engine: Engine
    home: Path | None = None

    def _kept(self, path: Path) -> str:
        return str(path.relative_to(self.home) if self.home and path.is_relative_to(self.home) else path)

    def _found(self, kept: str) -> Path:
        return self.home / kept if self.home else Path(kept)

    def writing(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    # -- small state -----------------------------------------------------------------------------------------

    def get(self, name: str) -> dict[str, Any]:
        """A named record such as the index manifest; empty when there is none."""
        with self.engine.connect() as connection:
            value = connection.execute(select(t.state.c.value).where(t.state.c.name == name)).scalar()
        return dict(value) if value else {}

    def set(self, name: str, value: Mapping[str, Any]) -> None:
        with self.writing() as connection:
            _put(connection, name, value)

    # -- datasets --------------------------------------------------------------------------------------------

    def add_dataset(self, version: str, path: Path, manifest: Mapping[str, Any]) -> None:
        """The newest dataset last; a version that is known again becomes the newest."""
        with self.writing() as connection:
            connection.execute(delete(t.datasets).where(t.datasets.c.version == version))
            row = {
                "version": version,
                "path": self._kept(path),
                "manifest": dict(manifest),
                "created": datetime.now(UTC),
            }
            connection.execute(insert(t.datasets).values(**row))

    def set_manifest(self, version: str, manifest: Mapping[str, Any]) -> None:
        """What a version says of itself after a text was forgotten; its place among the versions stays."""
        with self.writing() as connection:
            same = t.datasets.c.version == version
            connection.execute(update(t.datasets).where(same).values(manifest=dict(manifest)))

    def datasets(self) -> list[tuple[str, Path, dict[str, Any]]]:
        """`(version, folder, manifest)`, oldest first."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(t.datasets).order_by(t.datasets.c.created)).all()
        return [(row.version, self._found(row.path), dict(row.manifest)) for row in rows]

    # -- adapters --------------------------------------------------------------------------------------------

    def add_adapter(self, adapter: Adapter, documents: Sequence[str]) -> None:
        """Registers an adapter with the documents that it was fitted on; the same id replaces."""
        with self.writing() as connection:
            connection.execute(delete(t.adapters).where(t.adapters.c.id == adapter.id))
            connection.execute(
                insert(t.adapters).values(
                    id=adapter.id,
                    dataset=adapter.dataset,
                    base=adapter.base,
                    method=adapter.method,
                    state=adapter.state,
                    path=self._kept(adapter.path),
                    losses=dict(adapter.losses),
                    settings=dict(adapter.settings),
                    gate=dict(adapter.gate),
                    documents=list(documents),
                    refit_of=adapter.refit_of,
                    created=datetime.now(UTC),
                )
            )

    def adapters(self) -> list[Adapter]:
        """Oldest first."""
        with self.engine.connect() as connection:
            return [self._adapter(row) for row in connection.execute(select(t.adapters).order_by(t.adapters.c.created))]

    def adapter(self, identity: str) -> Adapter:
        """Raises: NotFound."""
        for adapter in self.adapters():
            if adapter.id == identity:
                return adapter
        raise NotFound(f"no adapter {identity!r}", "list them with: twin adapters")

    def active_adapter(self) -> Adapter | None:
        return next((adapter for adapter in self.adapters() if adapter.state == "active"), None)

    def learned(self) -> dict[str, frozenset[str]]:
        """The documents that each adapter was fitted on, by its id."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(t.adapters.c.id, t.adapters.c.documents)).all()
        return {row.id: frozenset(row.documents) for row in rows}

    def set_gate(self, identity: str, gate: Mapping[str, Any]) -> None:
        with self.writing() as connection:
            connection.execute(update(t.adapters).where(t.adapters.c.id == identity).values(gate=dict(gate)))

    def set_adapter_state(self, identity: str, state: AdapterState, *, back: bool = False) -> None:
        """One adapter is active at most: the one before it is retired, and remembered by `activations`.

        `back` returns to the last time that it was active: what came after is not remembered. Raises: NotFound.
        """
        self.adapter(identity)
        known = self.activations()
        if back and identity in known:
            known = known[: len(known) - known[::-1].index(identity) - 1]
        with self.writing() as connection:
            if state == "active":
                connection.execute(update(t.adapters).where(t.adapters.c.state == "active").values(state="retired"))
                _put(connection, ACTIVATIONS, {"ids": [*(known[:-1] if known[-1:] == [identity] else known), identity]})
            connection.execute(update(t.adapters).where(t.adapters.c.id == identity).values(state=state))

    def activations(self) -> list[str]:
        """Ids of adapters in the order in which they became active, the newest last.

        Homes of before this was kept have the retired ones in the order in which they were made.
        """
        kept = self.get(ACTIVATIONS)
        if kept:
            return list(kept["ids"])
        ever = [one for one in self.adapters() if one.state in ("retired", "active")]
        return [one.id for one in sorted(ever, key=lambda one: one.state == "active")]

    def taint(self, documents: Sequence[str]) -> list[str]:
        """Documents in; the adapters fitted on any of them, now marked tainted, out."""
        lost = set(documents)
        with self.writing() as connection:
            rows = connection.execute(select(t.adapters.c.id, t.adapters.c.documents)).all()
            tainted = [row.id for row in rows if lost & set(row.documents)]
            connection.execute(update(t.adapters).where(t.adapters.c.id.in_(tainted)).values(state="tainted"))
            connection.execute(delete(t.generations).where(t.generations.c.adapter.in_(tainted)))
        return tainted

    # -- drafts ----------------------------------------------------------------------------------------------

    def add_draft(
        self, identity: str, request: str, text: str, detail: Mapping[str, Any], documents: Sequence[str]
    ) -> None:
        with self.writing() as connection:
            connection.execute(delete(t.drafts).where(t.drafts.c.id == identity))
            row = {"id": identity, "request": request, "text": text, "detail": dict(detail)}
            connection.execute(insert(t.drafts).values(**row, documents=list(documents), created=datetime.now(UTC)))

    def drafts(self) -> list[dict[str, Any]]:
        """Newest first, as `write` returned them."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(t.drafts).order_by(t.drafts.c.created.desc())).all()
        return [{**row.detail, "id": row.id, "request": row.request, "text": row.text} for row in rows]

    def draft(self, identity: str) -> tuple[dict[str, Any], list[str]]:
        """One draft as `write` returned it, and the documents that it stands on. Raises: NotFound."""
        with self.engine.connect() as connection:
            row = connection.execute(select(t.drafts).where(t.drafts.c.id == identity)).first()
        if row is None:
            newest = next((one["id"] for one in self.drafts()), "")
            hint = f"the newest is {newest}" if newest else 'write one first: twin write "what you want to say"'
            raise NotFound(f"no draft {identity!r}", hint)
        return {**row.detail, "id": row.id, "request": row.request, "text": row.text}, list(row.documents)

    def forget_drafts(self, documents: Sequence[str]) -> list[str]:
        """Deletes the drafts that stand on any of the documents; their ids out."""
        lost = set(documents)
        with self.writing() as connection:
            rows = connection.execute(select(t.drafts.c.id, t.drafts.c.documents)).all()
            gone = [row.id for row in rows if lost & set(row.documents)]
            connection.execute(delete(t.drafts).where(t.drafts.c.id.in_(gone)))
        return gone

    # -- generations -----------------------------------------------------------------------------------------

    def generations(self, keys: Sequence[str]) -> dict[str, Any]:
        """Digests of (model, adapter, prompt, sampling) in; what was answered before out."""
        with self.engine.connect() as connection:
            query = select(t.generations).where(t.generations.c.key.in_(list(keys)))
            return {row.key: row.value for row in connection.execute(query)}

    def add_generations(self, adapter: str, values: Mapping[str, Any]) -> None:
        with self.writing() as connection:
            connection.execute(delete(t.generations).where(t.generations.c.key.in_(list(values))))
            rows = [{"key": key, "adapter": adapter, "value": value} for key, value in values.items()]
            if rows:
                connection.execute(insert(t.generations), rows)

    def clear_generations(self) -> None:
        with self.writing() as connection:
            connection.execute(delete(t.generations))

    def _adapter(self, row: Row[Any]) -> Adapter:
        return Adapter(
            id=row.id,
            dataset=row.dataset,
            base=row.base,
            method=row.method,
            state=row.state,
            path=self._found(row.path),
            losses=dict(row.losses),
            settings=dict(row.settings),
            gate=dict(row.gate),
            refit_of=row.refit_of,
            created=row.created,
        )


def _put(connection: Connection, name: str, value: Mapping[str, Any]) -> None:
    connection.execute(delete(t.state).where(t.state.c.name == name))
    connection.execute(insert(t.state).values(name=name, value=dict(value)))
