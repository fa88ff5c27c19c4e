"""Held-out texts in, what each system makes of their briefs out: the cases that `compare` reads.

Every system gets the same brief, sampling and seed. The brief is made by rule from the real text and never holds its
first sentence; exemplars come from the training side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.core.brief import MOST_FACTS, answer_tokens, brief_of, document_frequency
from twin.core.prompts import exemplar_prompt, writing_prompt
from twin.core.records import Brief, Completion, Document, Prompt, Request
from twin.core.text import clean_view, post_text
from twin.evaluation.compare import Case, Output

BASE, EXEMPLARS, TWIN = "base", "base+exemplars", "twin"

Generate = Callable[[Sequence[Request], Path | None], list[Completion]]
Loss = Callable[[Sequence[Prompt], Sequence[str], Path | None], list[float]]


@dataclass(frozen=True, slots=True)
class Systems:
    """What is compared and how it is run. `adapter` is the twin's folder; without one only the baselines run."""

    author: str
    adapter: Path | None
    exemplars: int
    temperature: float
    top_p: float
    min_p: float
    repeat_penalty: float
    max_chars: int
    seed: int
    generate: Generate
    loss: Loss


def cases_of(
    held_out: Sequence[Document], learned: Sequence[Document], *, systems: Systems, scores: Mapping[str, float]
) -> list[Case]:
    """Held-out and learned documents in, a case for each held-out one out. `scores` are out of fold, by id."""
    briefs = briefs_of(held_out, learned)
    texts = [clean_view(doc.text, doc.masks).strip() for doc in held_out]
    outputs = {
        name: _outputs(prompts, briefs, texts, adapter, systems)
        for name, prompts, adapter in _prompts(briefs, learned, systems)
    }
    return [
        Case(doc.id, brief, text, scores.get(doc.id), {name: made[i] for name, made in outputs.items()})
        for i, (doc, brief, text) in enumerate(zip(held_out, briefs, texts, strict=True))
    ]


def posts_first(documents: Sequence[Document]) -> list[Document]:
    """The posts among the documents; all of them where the author wrote no posts, only notes and articles."""
    return [doc for doc in documents if doc.kind == "post"] or list(documents)


def briefs_of(documents: Sequence[Document], learned: Sequence[Document]) -> list[Brief]:
    """The brief of each document by the rule of training; word frequencies come from the learned side only."""
    clean = [clean_view(doc.text, doc.masks).strip() for doc in learned]
    frequency = document_frequency(clean)
    return [
        brief_of(
            clean_view(doc.text, doc.masks).strip(),
            title=doc.title,
            kind=doc.kind,
            place=doc.place,
            frequency=frequency,
            total=len(clean),
            most_facts=MOST_FACTS,
        )
        for doc in documents
    ]


def base_requests(learned: Sequence[Document], *, systems: Systems, most: int) -> list[Request]:
    """What to ask the bare model for, so that a verifier of voice can learn what it sounds like."""
    chosen = learned[:: max(1, len(learned) // most)][:most]
    briefs = briefs_of(chosen, learned)
    return [_request(writing_prompt(systems.author, brief), brief, systems) for brief in briefs]


def _prompts(
    briefs: Sequence[Brief], learned: Sequence[Document], systems: Systems
) -> list[tuple[str, list[Prompt], Path | None]]:
    newest = posts_first(learned)[-systems.exemplars :]
    shown = [
        (brief, clean_view(doc.text, doc.masks).strip())
        for brief, doc in zip(briefs_of(newest, learned), newest, strict=True)
    ]
    plain: list[Prompt] = [writing_prompt(systems.author, brief) for brief in briefs]
    few: list[Prompt] = [exemplar_prompt(systems.author, brief, shown) for brief in briefs]
    runs: list[tuple[str, list[Prompt], Path | None]] = [(BASE, plain, None), (EXEMPLARS, few, None)]
    return [*runs, (TWIN, plain, systems.adapter)] if systems.adapter else runs


def _outputs(
    prompts: Sequence[Prompt], briefs: Sequence[Brief], texts: Sequence[str], adapter: Path | None, systems: Systems
) -> list[Output]:
    requests = [_request(prompt, brief, systems) for prompt, brief in zip(prompts, briefs, strict=True)]
    completions = systems.generate(requests, adapter)
    losses = systems.loss(prompts, texts, adapter)
    return [
        Output((post_text(one.text, unfinished=one.finish == "length", max_chars=systems.max_chars),), loss)
        for one, loss in zip(completions, losses, strict=True)
    ]


def _request(prompt: Prompt, brief: Brief, systems: Systems) -> Request:
    return Request(
        prompt,
        max_tokens=answer_tokens(brief.words),
        temperature=systems.temperature,
        top_p=systems.top_p,
        min_p=systems.min_p,
        repeat_penalty=systems.repeat_penalty,
        seed=systems.seed,
    )
