"""A brief in, several candidate texts out, from the model with or without the author's adapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.core.brief import brief_of, document_frequency
from twin.core.prompts import exemplar_prompt, writing_prompt
from twin.core.protocols import Model, Progress
from twin.core.records import Brief, Completion, Document, Prompt, Request
from twin.core.text import clean_view

TOKENS_A_WORD = 1.6
SPARE_TOKENS = 60


@dataclass(frozen=True, slots=True)
class Sampling:
    """How candidates are drawn. Seeds count up from `seed`, so a run can be had again."""

    candidates: int
    temperature: float
    top_p: float
    min_p: float
    repeat_penalty: float
    seed: int


def prompt_for(
    author: str, brief: Brief, *, notes: Sequence[str], exemplars: Sequence[Document], tuned: bool
) -> Prompt:
    """The prompt of the tuned model holds brief and notes; the base model is shown the author's own posts instead."""
    if tuned or not exemplars:
        return writing_prompt(author, brief, notes)
    texts = [clean_view(doc.text).strip() for doc in exemplars]
    frequency = document_frequency(texts)
    shown = [
        (
            brief_of(
                text,
                title=doc.title,
                kind=doc.kind,
                place=doc.place,
                frequency=frequency,
                total=len(texts),
                most_facts=5,
            ),
            text,
        )
        for doc, text in zip(exemplars, texts, strict=True)
    ]
    return exemplar_prompt(author, brief, shown)


def max_tokens(words: int) -> int:
    return round(words * TOKENS_A_WORD) + SPARE_TOKENS


def compose(
    model: Model, prompt: Prompt, *, words: int, sampling: Sampling, adapter: Path | None, progress: Progress
) -> list[Completion]:
    """One prompt in, `candidates` completions in one batch out."""
    requests = [
        Request(
            prompt,
            max_tokens=max_tokens(words),
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            min_p=sampling.min_p,
            repeat_penalty=sampling.repeat_penalty,
            seed=sampling.seed + i,
        )
        for i in range(sampling.candidates)
    ]
    return model.generate(requests, adapter=adapter, progress=progress)
