"""A stored draft in, its next version out; and what the author chose of the versions that there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from twin.core.errors import BadRequest, NotFound
from twin.core.records import Passage
from twin.core.text import sentences
from twin.pipeline.parts import Parts

if TYPE_CHECKING:
    from twin.inference.drafted import Writing
    from twin.inference.places import Place


class Refining(Parts):
    """Every version is a draft of its own that names the one before in `from`: nothing is overwritten."""

    def how(self, passages: Sequence[Passage], place: Place, words: int) -> Writing:
        raise NotImplementedError

    def refine(self, draft: str, ask: str, *, sentence: int = 0, keep: Collection[int] = ()) -> dict[str, Any]:
        """A draft's id and what to do with it in, `{draft changes}` out. Raises: NotFound, BadRequest.

        `sentence` is the one to change, counted from 1, and 0 for all; those of `keep` stay.
        """
        from twin.inference.refine import known_ask, refine

        ask = known_ask(ask)
        first, documents, how = self._opened(draft)
        made = refine(first, ask, how, sentence=sentence, keep=keep)
        if made["text"] == first["text"]:
            raise BadRequest(f"nothing better was found for {ask!r}: the draft stays", "try again with another --seed")
        return {"draft": self._kept(made, first["request"], documents), "changes": made["mended"]}

    def undo(self, draft: str) -> dict[str, Any]:
        """A draft's id in, `{draft changes}` with the version before it out; both stay. Raises: NotFound."""
        first, _ = self.store.draft(draft)
        if "from" not in first:
            raise NotFound(f"draft {draft!r} is the first of its versions", "there is nothing to take back")
        before, documents = self.store.draft(first["from"]["draft"])
        return {"draft": self._kept(before, before["request"], documents), "changes": []}

    def numbered(self, draft: str) -> list[str]:
        """The sentences of a draft, the first of them number 1."""
        return sentences(self.store.draft(draft)[0]["text"])

    def choose(self, draft: str, *, edited: str = "") -> dict[str, Any]:
        """The draft that the author takes, as it is or `edited`, in; `{draft pairs}` out: what may be learned from it.

        The text taken is preferred to what it was edited from, to the version before, and to the other drafts of the
        same prompt. Raises: BadRequest without consent (`write.learn`), NotFound.
        """
        from twin.inference.refine import edited as as_edited

        if not self.settings.write.learn:
            raise BadRequest("nothing is learned from your choices yet", "allow it with: twin config write.learn true")
        first, documents, how = self._opened(draft)
        rejected = [other["text"] for other in self.store.drafts() if self._rivals(first, other)]
        taken = first
        if edited.strip() and edited.strip() != first["text"].strip():
            taken = self._kept(as_edited(first, edited, how), first["request"], documents)
            rejected.insert(0, first["text"])
        pairs = self.store.prefer(taken["id"], first["made"]["prompt"], taken["text"], rejected, documents)
        return {"draft": taken, "pairs": pairs}

    def preferences(self) -> list[dict[str, Any]]:
        """Every pair that may be learned from."""
        return [{**one, "created": one["created"].isoformat()} for one in self.store.preferences()]

    def forget_preferences(self, ids: Sequence[str]) -> dict[str, Any]:
        """Pairs by id, or `all`, in; how many are gone out. Raises: NotFound."""
        known = [one["id"] for one in self.store.preferences()]
        missing = set(ids) - set(known) - {"all"}
        if missing:
            raise NotFound(f"no pair {min(missing)!r}", "list them with: twin preferences")
        return {"forgotten": self.store.forget_preferences(ids=known if "all" in ids else ids)}

    def _opened(self, draft: str) -> tuple[dict[str, Any], list[str], Writing]:
        from twin.inference import places

        first, documents = self.store.draft(draft)
        if "made" not in first:
            raise BadRequest(f"draft {draft!r} was written before drafts could be refined", "write it again")
        passages = [Passage(**one) for one in first["made"]["passages"]]
        words = first["made"]["brief"]["words"]
        return first, documents, self.how(passages, places.load(first["place"]), words)

    def _kept(self, made: dict[str, Any], request: str, documents: Sequence[str]) -> dict[str, Any]:
        """Stored as the newest; what it was made with is not shown."""
        detail = {key: value for key, value in made.items() if key not in ("id", "request", "text")}
        self.store.add_draft(made["id"], request, made["text"], detail, documents)
        return {key: value for key, value in made.items() if key != "made"} | {"request": request}

    def _rivals(self, first: dict[str, Any], other: dict[str, Any]) -> bool:
        """Whether another draft was written to the same prompt for the same place."""
        there = other.get("made", {}).get("prompt") == first["made"]["prompt"]
        return there and other["id"] != first["id"] and other.get("place") == first.get("place")
