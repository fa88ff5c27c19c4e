"""Documents in, training examples out: one for each whole text or section, its prompt made from it by rule."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from twin.core.brief import brief_of_document, content_words, document_frequency, note_of, topic_words
from twin.core.prompts import WORDINGS, rewriting_prompt, writing_prompt
from twin.core.records import Brief, Document, Example, Message, digest
from twin.core.text import spans_of, word_count
from twin.features.datasets.parts import BriefFor, Decided, Part, as_written, by_rule, decided_texts

LEAST_REST_WORDS = 20
"""So many words must follow an opening before it is worth going on from."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a dataset is made with, beside its documents."""

    train_share: float
    test_share: float
    least_texts: int
    section_words: int
    note_share: float
    seed: int
    views: int = 1
    opening_share: float = 0.0
    year_share: float = 0.0
    oldest_weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """An example with the documents that its notes are from: their words stand in its prompt.

    An excluded one is made all the same, to be looked at; nothing is learned from it.
    """

    example: Example
    notes_from: tuple[str, ...]
    part: Part


def examples_of(
    documents: Sequence[Document],
    *,
    author: str,
    recipe: Recipe,
    decided: Decided = as_written,
    brief_for: BriefFor = by_rule,
    neutral: Mapping[str, str] = MappingProxyType({}),
) -> list[Row]:
    """Documents that may be learned from, oldest first, in; one row for each whole text or section out.

    Notes come from other works on the training side only: the prompt of no example holds its own target, and none
    holds a held-out word or an excluded one. `neutral` holds drafts without a voice by the section that they tell:
    each makes one more row, its draft in and the author's text out.
    """
    clean, parts = decided_texts(documents, lambda text: sections(text, recipe.section_words), decided)
    learned = [doc for doc in documents if doc.side == "train" and clean[doc.id]]
    frequency = document_frequency([clean[doc.id] for doc in learned])
    weights = weights_of(documents, recipe.oldest_weight)
    others = Others.of(learned, clean)
    made: list[Row] = []
    for doc in documents:
        for i, part in enumerate(parts[doc.id]):
            section = part.text
            dice = random.Random(digest(recipe.seed, doc.id, i))
            brief = brief_for(doc, section) or brief_of_document(doc, section, frequency=frequency, total=len(learned))
            told = Told(author, doc, part, weights[doc.id])
            for view in range(recipe.views):
                seen = seen_otherwise(brief, dice) if view else brief
                if recipe.year_share and doc.side == "train" and dice.random() < recipe.year_share:
                    seen = dated(seen, doc)
                noted = dice.random() < recipe.note_share
                notes = notes_for(seen, doc.work, others, dice) if noted else {}
                made.append(told.by_brief(seen, notes, view=view, wording=dice.randrange(len(WORDINGS)) if view else 0))
            if recipe.opening_share and dice.random() < recipe.opening_share:
                made += told.by_opening(brief)
            if section in neutral:
                made.append(told.by_draft(neutral[section], brief.words))
    return made


@dataclass(frozen=True, slots=True)
class Told:
    """One section and the examples that can be made of it."""

    author: str
    doc: Document
    part: Part
    weight: float

    def by_brief(self, brief: Brief, notes: Mapping[str, str], *, view: int, wording: int) -> Row:
        prompt = writing_prompt(self.author, brief, list(notes.values()), wording=wording)
        return self._row("brief+notes" if notes else "brief", prompt, self.part.text, tuple(notes), view)

    def by_opening(self, brief: Brief) -> list[Row]:
        """What follows the first sentence, as one example; none where hardly anything does."""
        spans = spans_of(self.part.text)
        first = self.part.text[: spans[0][1]] if spans else ""
        rest = self.part.text.removeprefix(first)
        if not first or rest == self.part.text or word_count(rest) < LEAST_REST_WORDS:
            return []
        return [self._row("opening", writing_prompt(self.author, brief, opening=first), rest.lstrip())]

    def by_draft(self, neutral: str, words: int) -> Row:
        return self._row("neutral", rewriting_prompt(self.author, neutral, words), self.part.text)

    def _row(
        self, shape: str, prompt: tuple[Message, ...], target: str, notes_from: tuple[str, ...] = (), view: int = 0
    ) -> Row:
        identity = digest("example", prompt_text(prompt), target)
        side = self.doc.side or "train"
        made = Example(identity, self.doc.id, side, shape, prompt, target, self.weight, view)
        return Row(made, notes_from, self.part)


def seen_otherwise(brief: Brief, dice: random.Random) -> Brief:
    """A brief that tells all facts in, one that tells some or none out."""
    share = dice.choice((0.0, 0.5, 0.5, 1.0))
    return replace(brief, facts=tuple(fact for fact in brief.facts if dice.random() < share))


def dated(brief: Brief, doc: Document) -> Brief:
    """A brief with the year of its text, where that is known: people change."""
    return replace(brief, year=str(doc.published.year) if doc.published else "")


def weights_of(documents: Sequence[Document], oldest: float) -> dict[str, float]:
    """Documents, oldest first, in; the weight of each out: from `oldest` evenly up to 1, which newer sides have."""
    learned = [doc.id for doc in documents if doc.side == "train"]
    last = max(1, len(learned) - 1)
    rising = {one: round(oldest + (1 - oldest) * i / last, 4) for i, one in enumerate(learned)}
    return {doc.id: rising.get(doc.id, 1.0) for doc in documents}


def prompt_text(prompt: tuple[Message, ...]) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in prompt]


@dataclass(frozen=True, slots=True)
class Others:
    """Learned documents, oldest first, that notes may come from, and which of them say a word that carries a topic.

    `by_id` holds places in `documents` in the order of ids, `of_work` those of each work.
    """

    documents: Sequence[Document]
    clean: Mapping[str, str]
    saying: Mapping[str, Sequence[int]]
    by_id: Sequence[int]
    of_work: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, documents: Sequence[Document], clean: Mapping[str, str]) -> Others:
        saying: dict[str, list[int]] = {}
        of_work: dict[str, list[int]] = {}
        for place, doc in enumerate(documents):
            of_work.setdefault(doc.work, []).append(place)
            for word in topic_words(clean[doc.id]):
                saying.setdefault(word, []).append(place)
        by_id = sorted(range(len(documents)), key=lambda place: documents[place].id)
        return cls(documents, clean, saying, by_id, of_work)

    def nearest(self, wanted: set[str], work: str) -> Document | None:
        """The document of another work that says the most of the words wanted, by id where several do."""
        own = set(self.of_work.get(work, ()))
        hits = Counter(place for word in wanted for place in self.saying.get(word, ()) if place not in own)
        if not hits:
            return next((self.documents[place] for place in self.by_id if place not in own), None)
        most = max(hits.values())
        return min((self.documents[place] for place, n in hits.items() if n == most), key=lambda doc: doc.id)

    def any(self, work: str, dice: random.Random) -> Document:
        """One of the other works' documents, of which there must be one."""
        own = self.of_work.get(work, ())
        place = dice.choice(range(len(self.documents) - len(own)))
        for skipped in own:  # in order: the place is counted without them
            place += skipped <= place
        return self.documents[place]


def notes_for(brief: Brief, work: str, others: Others, dice: random.Random, *, most: int = 2) -> dict[str, str]:
    """A brief and its work in; the nearest other text's best sentences and any other's, shuffled, by document id, out.

    RAFT: a model that always gets useful notes never learns to leave one out (Zhang et al. 2024).
    """
    wanted = set(content_words(f"{brief.topic} {' '.join(brief.facts)}"))
    nearest = others.nearest(wanted, work)
    if nearest is None:
        return {}
    chosen = [nearest, others.any(work, dice)][:most]
    notes = [(doc.id, note_of(others.clean[doc.id], wanted)) for doc in dict.fromkeys(chosen)]
    dice.shuffle(notes)
    return {one: note for one, note in notes if note}


def sections(text: str, size_words: int) -> list[str]:
    """A text in, itself when it is short, else its parts of about `size_words`, cut between paragraphs, out."""
    if word_count(text) <= 1.5 * size_words:
        return [text] if word_count(text) else []
    parts: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        heading = paragraph.lstrip().startswith("#")
        if parts and not heading and word_count(parts[-1]) + word_count(paragraph) / 2 <= size_words:
            parts[-1] += "\n\n" + paragraph
        else:
            parts.append(paragraph)
    return [part.strip() for part in parts if word_count(part) >= 20]
