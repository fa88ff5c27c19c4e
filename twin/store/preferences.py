"""What the author chose and edited, as pairs to learn from; kept with consent, seen and deleted by the author."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, or_, select

from twin.core.records import digest
from twin.store import schema as t


class Preferences:
    """Pairs go with the documents that their drafts stood on: what is forgotten is not learned from."""

    engine: Engine

    def writing(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def prefer(
        self,
        draft: str,
        prompt: Sequence[dict[str, str]],
        chosen: str,
        rejected: Sequence[str],
        documents: Sequence[str],
        *,
        instead_of: Sequence[str] = (),
    ) -> list[str]:
        """One pair for each rejected text; the same choice twice is kept once. Their ids out.

        Pairs of the drafts that this one is taken `instead_of` go: nobody prefers each of two texts to the other.
        """
        pairs = {digest("preference", prompt, chosen, one): one for one in rejected if one.strip() != chosen.strip()}
        now = datetime.now(UTC)
        about = {"draft": draft, "prompt": list(prompt), "chosen": chosen, "documents": list(documents), "created": now}
        with self.writing() as connection:
            former = or_(t.preferences.c.id.in_(list(pairs)), t.preferences.c.draft.in_([draft, *instead_of]))
            connection.execute(delete(t.preferences).where(former))
            if pairs:
                connection.execute(
                    insert(t.preferences), [{"id": name, "rejected": one, **about} for name, one in pairs.items()]
                )
        return list(pairs)

    def preferences(self) -> list[dict[str, Any]]:
        """`{id draft prompt chosen rejected documents created}`, oldest first; `prompt` is a list of `{role content}`.

        `documents` are those that the draft which was taken stands on.
        """
        query = select(t.preferences).order_by(t.preferences.c.created, t.preferences.c.id)
        with self.engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]

    def forget_preferences(self, *, ids: Sequence[str] = (), documents: Sequence[str] = ()) -> int:
        """Deletes the pairs of these ids, and those whose drafts stood on any of the documents; how many out."""
        lost, named = set(documents), set(ids)
        with self.writing() as connection:
            rows = connection.execute(select(t.preferences.c.id, t.preferences.c.documents)).all()
            gone = [row.id for row in rows if row.id in named or lost & set(row.documents)]
            connection.execute(delete(t.preferences).where(t.preferences.c.id.in_(gone)))
        return len(gone)
