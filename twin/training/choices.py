"""What the author chose and edited in, the pairs that an adapter may learn from out, and of all others why not.

It is read when an adapter is trained and is no part of a dataset: what was deleted is gone the next time, a choice
makes no other adapter of a plain fit, and the adapter that is measured may know less than its refit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

from twin.core.language import UNKNOWN, language_of
from twin.core.links import unlinked
from twin.core.private import private_kinds
from twin.core.prompts import writing_prompt
from twin.core.provenance import Facts, allowed
from twin.core.records import Brief, Choice, Message, Private, digest
from twin.core.text import word_count, words
from twin.metrics.copying import LEAST_GATE, STOCK_MOST, Index
from twin.training.pairs import OTHER_LENGTH, Pair, as_long, broken

EDITED, CHOSEN = "edit", "choice"
"""The source of a pair: the author's hand over the draft that it changed; a draft over others of the same prompt."""
NO_CONSENT = "kept before write.learn was turned off"


@dataclass(frozen=True, slots=True)
class Choices:
    """Pairs to learn from, and how many are left out for which reason."""

    pairs: tuple[Pair, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """That of the words that are learned from, whenever they were chosen."""
        return digest("choices", [astuple(one)[:3] for one in self.pairs])


NONE = Choices()


@dataclass(frozen=True, slots=True)
class Known:
    """What decides on a pair when an adapter is trained.

    `writers` are the digests of the base and the ids of this twin's adapters, `languages` (ISO 639-1) those of the
    author's texts, `documents` the ids of every text there is; `held_out` are texts that the adapter must not know,
    by id, and `knowing` the adapters that learned one of them.
    """

    author: str
    private: Mapping[Private, Choice]
    writers: Collection[str]
    languages: Collection[str]
    documents: Collection[str]
    held_out: Mapping[str, str]
    knowing: Collection[str] = ()


def choices_of(kept: Sequence[Mapping[str, Any]], drafts: Sequence[Mapping[str, Any]], known: Known) -> Choices:
    """Stored preferences and drafts in, the pairs to learn from out: in the order of their ids, which are digests.

    Of a pair everything counts that its drafts were given: passages come from all texts, exemplars stand whole in the
    prompt, and an author may edit a draft into a text of which a part was published.
    """
    held_out = Index(known.held_out if kept else {})
    pairs, left_out = list[Pair](), Counter[str]()
    for row in sorted(kept, key=lambda one: str(one["id"])):
        written = [one for one in drafts if _is_of(one, row)]
        pair = _pair(row, written, drafts)
        writers = {writer for one in written for writer in _writers(one, drafts)}
        why = next(filter(None, _against(pair, row, written, known, held_out, writers)), "")
        if why:
            left_out[why] += 1
        else:
            pairs.append(pair)
    return Choices(tuple(pairs), dict(left_out))


def _is_of(draft: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a draft is the one that was taken, or one with the words that were not, to the same prompt."""
    if draft["id"] == row["draft"]:
        return True
    return bool(draft["text"] == row["rejected"] and draft.get("made", {}).get("prompt") == row["prompt"])


def _pair(row: Mapping[str, Any], written: Sequence[Mapping[str, Any]], drafts: Sequence[Mapping[str, Any]]) -> Pair:
    """As texts are learned: a link says its words and not its address."""
    edited = {one["made_with"].get("edited") for one in written if one["id"] == row["draft"] and "made_with" in one}
    before = {one["text"] for one in drafts if one["id"] in edited}
    documents = {*row["documents"], *(one for draft in written for one in _given(draft))}
    return Pair(
        tuple(Message(**message) for message in row["prompt"]),
        unlinked(row["chosen"]).strip(),
        unlinked(row["rejected"]).strip(),
        EDITED if row["rejected"] in before else CHOSEN,
        tuple(sorted(documents)),
    )


def _given(draft: Mapping[str, Any]) -> Iterator[str]:
    """The author's documents that a draft's model was shown."""
    yield from (one["document"] for one in draft.get("sources", ()) if not one["outside"])
    yield from draft.get("made_with", {}).get("exemplars", ())


def _against(
    pair: Pair,
    row: Mapping[str, Any],
    written: Sequence[Mapping[str, Any]],
    known: Known,
    held_out: Index,
    writers: Collection[str],
) -> Iterator[str]:
    """Reasons why a pair is not learned from, "" for each that does not hold."""
    there = {row["chosen"], row["rejected"]} <= {one["text"] for one in written}
    yield "" if there else "of a draft that is gone"
    named = pair.prompt[:1] == writing_prompt(known.author, Brief(""))[:1]
    yield "" if named else "asked for in another name than yours"
    told = {language_of(pair.chosen), language_of(pair.rejected)} - {UNKNOWN}
    abroad = len(told) > 1 or bool(known.languages and told - set(known.languages))
    yield "a translation" if abroad or any(one.get("language") for one in written) else ""
    yield "" if set(writers) <= set(known.writers) else "written by another model"
    yield "written by an adapter that learned what is held out" if set(writers) & set(known.knowing) else ""
    yield "written section by section, each to a prompt of its own" if any("sections" in one for one in written) else ""
    yield "" if set(known.documents) >= set(pair.documents) else "of a text that is gone"
    yield "of a text that is held out" if known.held_out.keys() & set(pair.documents) else ""
    yield "with words of a text that is held out" if _shares(pair, held_out) else ""
    yield _private(pair.chosen, known.private)
    yield "broken" if broken(pair.rejected, pair.prompt) else ""
    yield "" if pair.source == EDITED or as_long(pair.rejected, pair.chosen) else OTHER_LENGTH
    yield "the same words" if pair.chosen == pair.rejected else ""


def _writers(draft: Mapping[str, Any], drafts: Sequence[Mapping[str, Any]]) -> set[str]:
    """The adapter, else the model, that wrote a draft, and those of the versions that it was made of."""
    by_id, found, seen = {one["id"]: one for one in drafts}, set[str](), set[str]()
    left: list[Mapping[str, Any]] = [draft]
    while left:
        one = left.pop()
        seen.add(one["id"])
        made = one.get("made_with", {})
        found.add(str(made.get("adapter") or made.get("model", "")))
        before = by_id.get(one.get("from", {}).get("draft", ""))
        if before and before["id"] not in seen:
            left.append(before)
    return found


def _shares(pair: Pair, held_out: Index) -> bool:
    """Whether a copy of held-out words stands in it anywhere, stock phrases apart."""
    said = "\n".join((*(message.content for message in pair.prompt), pair.chosen, pair.rejected))
    return any(
        run.size >= LEAST_GATE and (run.size > STOCK_MOST or len(run.documents) < 2)
        for run in held_out.runs(words(unlinked(said)))
    )


def _private(text: str, choices: Mapping[Private, Choice]) -> str:
    """Why a text may not be learned for what it holds, by the rule that decides on all texts."""
    found = private_kinds(text)
    dropped, masked = (tuple(kind for kind in found if choices[kind] == what) for what in ("drop", "mask"))
    uses, why = allowed(
        Facts(
            kind="post",
            authorship="own",
            consent="mine",
            draft=False,
            dropped=dropped,
            masked=masked,
            truncated=False,
            licence="",
            canonical=True,
            words=word_count(text),
        )
    )
    return "" if "train" in uses else why
