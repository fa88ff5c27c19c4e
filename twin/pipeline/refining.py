"""A stored draft in, its next version out; and what the author chose of the versions that there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from twin.core.errors import BadRequest, NotFound
from twin.core.records import Passage
from twin.core.text import sentences, word_count
from twin.pipeline.drafting import Drafting

if TYPE_CHECKING:
    from twin.inference.drafted import Writing

AS_MADE = ("from", "created", "model", "adapter", "made_with", "bound", "cost")


class Refining(Drafting):
    """Every version is a draft of its own that names the one before in `from`: nothing is overwritten."""

    def drafts(self) -> list[dict[str, Any]]:
        """One row for every draft, newest first: its last version, how many `versions` it has, and whether `taken`."""
        rows: dict[str, dict[str, Any]] = {}
        every = self.store.drafts()
        parents = _parents(every)
        taken = {one["draft"] for one in self.store.preferences()}
        for one in every:
            first = _first(one["id"], parents)
            row = rows.setdefault(first, {**_row(one), "request": one["request"], "versions": 0, "taken": False})
            row["versions"] += 1
            row["taken"] |= one["id"] in taken
        return list(rows.values())

    def draft(self, draft: str) -> dict[str, Any]:
        """All of one draft as `write` answered it, with the `versions` that there are of it. Raises: NotFound."""
        from twin.inference.drafted import shown

        found, _ = self.store.draft(draft)
        return {**shown(found), "versions": self.versions(draft)}

    def versions(self, draft: str) -> list[dict[str, Any]]:
        """`{id ask created place words opening from here taken}` of every version of a draft, the oldest first."""
        every = self.store.drafts()
        parents = _parents(every)
        first = _first(draft, parents)
        taken = {one["draft"] for one in self.store.preferences()}
        rows = [
            {**_row(one), "from": parents.get(one["id"], ""), "here": one["id"] == draft, "taken": one["id"] in taken}
            for one in every[::-1]
            if _first(one["id"], parents) == first
        ]
        return sorted(rows, key=lambda row: row["created"])

    def refine(
        self, draft: str, ask: str, *, sentences: Collection[int] = (), keep: Collection[int] = ()
    ) -> dict[str, Any]:
        """A draft's id and what to do with it in, `{draft changes}` out. Raises: NotFound, BadRequest, ModelFailed.

        Only those `sentences` change, counted from 1, none for all; those of `keep` stay.
        """
        from twin.inference.changing.refine import known_ask, refine
        from twin.inference.changing.translate import language_asked, translate

        language = language_asked(ask)
        ask = ask if language else known_ask(ask)
        first, documents, how = self._opened(draft)
        if language and (sentences or keep):
            raise BadRequest("a translation is of the whole draft", "leave out the sentences")
        if language:
            made = translate(first, language, replace(how, content=self.content))
        else:
            made = refine(first, ask, how, selected=sentences, keep=keep)
        if made["text"] == first["text"]:
            raise BadRequest(f"nothing better was found for {ask!r}: the draft stays", "try again with another seed")
        return {"draft": self._kept(made, first["request"], documents), "changes": made["mended"]}

    def undo(self, draft: str) -> dict[str, Any]:
        """A draft's id in, `{draft changes}` with the version before it out; both stay. Raises: NotFound."""
        first, _ = self.store.draft(draft)
        if "from" not in first:
            raise NotFound(f"draft {draft!r} is the first of its versions", "there is nothing to take back")
        before, documents = self.store.draft(first["from"]["draft"])
        return {"draft": self._kept(before, before["request"], documents), "changes": []}

    def revise(self, draft: str, text: str) -> dict[str, Any]:
        """A draft's id and what its author made of it in, `{draft changes}` out: a version, checked like any other.

        Nothing is learned from it before it is taken. Raises: NotFound, BadRequest for a text without a word.
        """
        from twin.inference.changing.refine import edited

        first, documents, how = self._opened(draft)
        if text.strip() == first["text"].strip():
            raise BadRequest("nothing was changed", "edit the text, then keep it")
        return {"draft": self._kept(edited(first, text, how), first["request"], documents), "changes": []}

    def numbered(self, draft: str) -> list[str]:
        """The sentences of a draft, the first of them number 1."""
        return sentences(self.store.draft(draft)[0]["text"])

    def choose(self, draft: str, *, edited: str = "") -> dict[str, Any]:
        """The draft that the author takes, as it is or `edited`, in; `{draft pairs}` out: what may be learned from it.

        The text taken is preferred to what it was edited from, to the version before, and to the other drafts of the
        same prompt. The last choice counts: pairs of an earlier one among these are gone. Of a translation
        nothing is learned: its words are another model's. Raises: BadRequest without consent (`write.learn`), NotFound.
        """
        from twin.inference.changing.refine import edited as as_edited
        from twin.inference.drafted import shown

        if not self.settings.write.learn:
            raise BadRequest("nothing is learned from your choices yet", "allow it with: twin config write.learn true")
        first, documents, how = self._opened(draft)
        rivals = [other for other in self.store.drafts() if self._rivals(first, other)]
        rejected = [other["text"] for other in rivals]
        taken = first
        if edited.strip() and edited.strip() != first["text"].strip():
            taken = self._kept(as_edited(first, edited, how), first["request"], documents)
            rejected.insert(0, first["text"])
        if first.get("language"):
            rejected = []
        before = [draft, *(other["id"] for other in rivals)]
        asked = first["made"]["prompt"]
        pairs = self.store.prefer(taken["id"], asked, taken["text"], rejected, documents, instead_of=before)
        return {"draft": shown(taken), "pairs": pairs}

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
        from twin.inference.material.outside import is_link

        first, documents = self.store.draft(draft)
        if "made" not in first:
            raise BadRequest(f"draft {draft!r} was written before drafts could be refined", "write it again")
        passages = [
            Passage(**{"theirs": one.get("outside", False) and is_link(one["url"]), **one})
            for one in first["made"]["passages"]
        ]
        return first, documents, self.how(passages, places.load(first["place"]))

    def _kept(self, made: dict[str, Any], request: str, documents: Sequence[str]) -> dict[str, Any]:
        """Stored as the newest; what it was made with is not shown.

        A text that is one of the versions already stays where it stands among them, made as it was: versions form no
        ring.
        """
        from twin.inference.drafted import shown

        known = next((one for one in self.store.drafts() if one["id"] == made["id"]), None)
        if known:
            made = {**made, **{name: known[name] for name in AS_MADE if name in known}}
            if "from" not in known:
                made.pop("from", None)
        detail = {key: value for key, value in made.items() if key not in ("id", "request", "text", "prompt")}
        self.store.add_draft(made["id"], request, made["text"], detail, documents)
        return shown(made) | {"request": request}

    def _rivals(self, first: dict[str, Any], other: dict[str, Any]) -> bool:
        """Whether another draft was written to the same prompt for the same place, in the same language."""
        there = other.get("made", {}).get("prompt") == first["made"]["prompt"]
        there = there and other.get("language", "") == first.get("language", "")
        return there and other["id"] != first["id"] and other.get("place") == first.get("place")


def _parents(drafts: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Drafts in, the id of the version before each that has one out."""
    known = {one["id"] for one in drafts}
    found = {one["id"]: one["from"]["draft"] for one in drafts if "from" in one}
    return {one: before for one, before in found.items() if before in known}


def _first(draft: str, parents: Mapping[str, str]) -> str:
    """The version that all others of a draft were made of."""
    seen = {draft}
    while (before := parents.get(draft)) and before not in seen:
        draft = before
        seen.add(draft)
    return draft


def _row(draft: Mapping[str, Any]) -> dict[str, Any]:
    made = draft.get("from", {})
    place = draft.get("place", "")
    return {
        "id": draft["id"],
        "ask": made.get("ask", f"for {place}") if made else "",
        "place": place,
        "created": draft.get("created", ""),
        "words": word_count(draft["text"]),
        "opening": " ".join(draft["text"].split())[:80],
    }
