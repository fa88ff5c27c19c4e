"""What is said of single sections of texts: the author's decisions, and the answers of a helper model.

Both go with their document: the database deletes them when it is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select

from twin.core.records import Decision
from twin.store import schema as t


class Reviews:
    """Rows by document and section. A section goes by the digest of its words as the author wrote them."""

    engine: Engine

    def writing(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def decide(self, decision: Decision) -> None:
        """The newest decision on a section replaces the one before; one that changes nothing takes it back."""
        same = (t.decisions.c.document == decision.document) & (t.decisions.c.section == decision.section)
        with self.writing() as connection:
            connection.execute(delete(t.decisions).where(same))
            if decision.excluded or decision.text:
                connection.execute(
                    insert(t.decisions).values(
                        document=decision.document,
                        section=decision.section,
                        excluded=decision.excluded,
                        text=decision.text,
                        why=decision.why,
                        decided=datetime.now(UTC),
                    )
                )

    def decisions(self) -> list[Decision]:
        """In an order that only their content decides."""
        columns = (t.decisions.c[name] for name in ("document", "section", "excluded", "text", "why"))
        query = select(*columns).order_by(t.decisions.c.document, t.decisions.c.section)
        with self.engine.connect() as connection:
            return [Decision(*row) for row in connection.execute(query)]

    def helped(self) -> dict[str, Any]:
        """Every answer of a helper model that is kept, by the digest of (model, prompt, section)."""
        with self.engine.connect() as connection:
            return dict(connection.execute(select(t.helped.c.key, t.helped.c.value)).tuples().all())

    def add_helped(self, key: str, documents: Iterable[str], value: Mapping[str, Any]) -> None:
        """One answer, kept for each document that holds the section: the last one forgotten takes it along."""
        with self.writing() as connection:
            connection.execute(delete(t.helped).where(t.helped.c.key == key))
            rows = [{"key": key, "document": one, "value": dict(value)} for one in sorted(set(documents))]
            connection.execute(insert(t.helped), rows)
