"""Documents in, training examples out: one for each whole text or section, its prompt made from it by rule."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from twin.core.brief import MOST_FACTS, brief_of, content_words, document_frequency, note_of
from twin.core.prompts import rewriting_prompt, writing_prompt
from twin.core.records import Brief, Document, Example, Message, digest
from twin.core.text import word_count
from twin.features.parts import BriefFor, Decided, Part, as_written, by_rule, decided_texts


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a dataset is made with, beside its documents."""

    train_share: float
    test_share: float
    least_texts: int
    section_words: int
    note_share: float
    seed: int


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
    made = []
    for doc in documents:
        for i, part in enumerate(parts[doc.id]):
            section = part.text
            dice = random.Random(digest(recipe.seed, doc.id, i))
            brief = brief_for(doc, section) or brief_of(
                section,
                title=doc.title,
                kind=doc.kind,
                place=doc.place,
                frequency=frequency,
                total=len(learned),
                most_facts=MOST_FACTS,
            )
            notes: dict[str, str] = {}
            if dice.random() < recipe.note_share:
                notes = notes_for(brief, [other for other in learned if other.work != doc.work], clean, dice)
            prompt = writing_prompt(author, brief, list(notes.values()))
            shape = "brief+notes" if notes else "brief"
            identity = digest("example", prompt_text(prompt), section)
            example = Example(identity, doc.id, doc.side or "train", shape, prompt, section)
            made.append(Row(example, tuple(notes), part))
            if section in neutral:
                prompt = rewriting_prompt(author, neutral[section], brief.words)
                identity = digest("example", prompt_text(prompt), section)
                made.append(Row(replace(example, id=identity, shape="neutral", prompt=prompt), (), part))
    return made


def prompt_text(prompt: tuple[Message, ...]) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in prompt]


def notes_for(
    brief: Brief, others: Sequence[Document], clean: Mapping[str, str], dice: random.Random, *, most: int = 2
) -> dict[str, str]:
    """A brief and other texts in; the nearest one's best sentences and any other's, shuffled, by document id, out.

    RAFT: a model that always gets useful notes never learns to leave one out (Zhang et al. 2024).
    """
    if not others:
        return {}
    wanted = set(content_words(f"{brief.topic} {' '.join(brief.facts)}"))
    scored = sorted(others, key=lambda doc: (-len(wanted & set(content_words(clean[doc.id]))), doc.id))
    chosen = [scored[0], dice.choice(list(others))][:most]
    notes = [(doc.id, note_of(clean[doc.id], wanted)) for doc in dict.fromkeys(chosen)]
    dice.shuffle(notes)
    return dict(notes)


def sections(text: str, size_words: int) -> list[str]:
    """A text in, itself when it is short, else its parts of about `size_words`, cut between paragraphs, out."""
    if word_count(text) <= 1.5 * size_words:
        return [text] if text else []
    parts: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        heading = paragraph.lstrip().startswith("#")
        if parts and not heading and word_count(parts[-1]) + word_count(paragraph) / 2 <= size_words:
            parts[-1] += "\n\n" + paragraph
        else:
            parts.append(paragraph)
    return [part.strip() for part in parts if word_count(part) >= 20]
