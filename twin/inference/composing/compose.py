"""A brief in, several candidate texts out, from the model with or without the author's adapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from twin.core.brief import answer_tokens, brief_of_document, document_frequency, said_in
from twin.core.prompts import exemplar_prompt, writing_prompt
from twin.core.protocols import Model, Progress
from twin.core.records import Brief, Document, Prompt, Request
from twin.core.text import cut_at_sentence
from twin.inference.composing.hooks import Hook

MOST_EXEMPLAR_CHARS = 3_000
"""A post fits; of an article its beginning is shown."""
MOST_TEMPERATURE = 2.0
"""Servers take no more."""
CHARS_A_TOKEN, ASKED_TOKENS = 3, 600
"""What a token holds at least of English, and what the brief, its notes and those of the exemplars take."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How candidates are drawn. Seeds count up from `seed`, so a run can be had again.

    `only` is what they may hold of numbers and links, None for any. `spread` is how far the temperatures of several
    texts lie around this one, as a share of it.
    """

    candidates: int
    temperature: float
    top_p: float
    min_p: float
    repeat_penalty: float
    repeat_run: int
    seed: int
    only: tuple[str, ...] | None = None
    spread: float = 0.0

    @property
    def temperatures(self) -> tuple[float, ...]:
        """Those of several texts, in turn: as it is, below and above."""
        shares = dict.fromkeys((1.0, 1.0 - self.spread, 1.0 + self.spread))
        return tuple(round(min(MOST_TEMPERATURE, self.temperature * share), 3) for share in shares)


@dataclass(frozen=True, slots=True)
class Start:
    """What `texts` texts begin with: a prompt and its brief. `hook` is how they should open, None for any way."""

    prompt: Prompt
    brief: Brief
    texts: int = 1
    hook: Hook | None = None


def prompt_for(
    author: str, brief: Brief, *, notes: Sequence[str], exemplars: Sequence[Document], tuned: bool, context_tokens: int
) -> Prompt:
    """Brief and notes; the base model is shown the author's own posts to imitate too, cut to leave room for a draft."""
    if tuned or not exemplars:
        return writing_prompt(author, brief, notes)
    room = CHARS_A_TOKEN * max(0, context_tokens - answer_tokens(brief.words) - ASKED_TOKENS)
    most = min(MOST_EXEMPLAR_CHARS, room // len(exemplars))
    texts = {doc: text for doc in exemplars if (text := cut_at_sentence(said_in(doc), most))}
    frequency = document_frequency([*texts.values()])
    shown = [(brief_of_document(doc, text, frequency=frequency, total=len(texts)), text) for doc, text in texts.items()]
    return exemplar_prompt(author, brief, shown, notes)


@dataclass(frozen=True, slots=True)
class Grown:
    """A text as far as the model wrote it; `finished` where the model itself ended it.

    `start` is the place of what it began with, `temperature` that at which it is drawn.
    """

    text: str
    finished: bool
    start: int = 0
    temperature: float = 0.0

    @property
    def key(self) -> tuple[int, str]:
        return self.start, self.text


@dataclass(frozen=True, slots=True)
class Drawn:
    """Texts to choose from, and how many tokens were drawn to have them."""

    texts: tuple[Grown, ...]
    tokens: int


def compose(
    model: Model, starts: Sequence[Start], *, words: int, sampling: Sampling, adapter: Path | None, progress: Progress
) -> Drawn:
    """Prompts in, `candidates` whole texts in one batch out, evenly of each prompt, temperatures in turn."""
    few = replace(sampling, candidates=-(-sampling.candidates // len(starts)))
    asked = [
        (place, replace(request, temperature=sampling.temperatures[i % len(sampling.temperatures)]))
        for place, start in enumerate(starts)
        for i, request in enumerate(requests(start.prompt, [""], sampling=few, max_tokens=answer_tokens(words)))
    ]
    answers = model.generate([request for _, request in asked], adapter=adapter, progress=progress)
    texts = (
        Grown(one.text, one.finish == "stop", place, request.temperature)
        for (place, request), one in zip(asked, answers, strict=True)
    )
    return Drawn(tuple(texts), sum(one.tokens for one in answers))


def requests(prompt: Prompt, begins: Sequence[str], *, sampling: Sampling, max_tokens: int) -> list[Request]:
    """As many candidates for each beginning of an answer, one beginning after the other; the seeds of each count up."""
    return [
        Request(
            prompt,
            begin=begin,
            max_tokens=max_tokens,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            min_p=sampling.min_p,
            repeat_penalty=sampling.repeat_penalty,
            repeat_run=sampling.repeat_run,
            seed=sampling.seed + i,
            only=sampling.only,
        )
        for begin in begins
        for i in range(sampling.candidates)
    ]
