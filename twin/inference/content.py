"""A request and its sources in, what a larger model would say of them out: only sentences that stand in the sources.

The first half of two-model mode: the content comes from here, the voice from the twin, which is given these sentences
in place of passages. They are no source themselves: every draft is checked against what they were made from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import accumulate
from typing import Any

from twin.core.brief import NOTE_WORDS, answer_tokens, facts_of
from twin.core.errors import ModelFailed
from twin.core.prompts import content_prompt
from twin.core.protocols import open_ended
from twin.core.records import Brief, Claim, Passage, Prompt, Request
from twin.core.text import word_count
from twin.inference.drafted import Writing
from twin.metrics.claims import claims

TRIES = 2
ENOUGH = 0.5
"""Share of the length asked for that supported sentences must have; else the model is asked once more."""
MOST_LENGTH = 1.5
"""Share of it beyond which nothing more is taken: a server may mind no limit."""
TEMPERATURE = 0.3


@dataclass(frozen=True, slots=True)
class Content:
    """Sentences of `model` that stand in the sources, how many it said that do not, and why there are none at all."""

    model: str
    prompt: Prompt
    sentences: tuple[str, ...] = ()
    left_out: int = 0
    why: str = ""
    tokens_read: int = 0
    tokens_written: int = 0
    sources: tuple[tuple[str, ...], ...] = ()
    """Ids of the passages that each sentence stands in, none for one that the request states."""

    @property
    def text(self) -> str:
        return " ".join(self.sentences)

    def as_passage(self) -> Passage:
        """As something to take the facts of a brief from."""
        return Passage("content", "", "", "", self.text, "other", "", 1.0)

    def notes(self, most: int) -> list[str]:
        """The sentences in as many runs of at most `NOTE_WORDS` words, the length of notes that a twin learned from."""
        runs = [""]
        for one in self.sentences:
            longer = f"{runs[-1]} {one}".strip()
            runs = [*runs[:-1], longer] if word_count(longer) <= NOTE_WORDS or not runs[-1] else [*runs, one]
        return [one for one in runs[:most] if one]

    def facts(self) -> dict[str, str]:
        """Each fact of a sentence with the first passage that this stands in."""
        said = zip(self.sentences, self.sources, strict=True)
        return {fact: where[0] for sentence, where in said if where for fact in facts_of(sentence)}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def content_of(how: Writing, brief: Brief, *, request: str, said: Sequence[str]) -> Content | None:
    """`said` is what each passage says, without orders; None where there is no larger model.

    An order that stands in a passage is no source of what it says. What fails is said in `why`, and the twin writes
    alone. Raises: BadRequest where its host may not be sent texts.
    """
    model = how.content
    if model is None:
        return None
    given = [replace(passage, text=text) for passage, text in zip(how.passages, said, strict=True)]
    prompt = content_prompt(request, said, words=brief.words)
    best, read, written = Content(model.name, prompt, why=f"{model.name} said nothing that stands in the sources"), 0, 0
    for attempt in range(TRIES):
        seed = how.sampling.seed + attempt
        asked = Request(prompt, max_tokens=answer_tokens(brief.words), temperature=TEMPERATURE, seed=seed)
        try:
            [answer] = model.generate([asked], progress=open_ended(how.progress, note="writing what to say"))
        except ModelFailed as bad:
            best = best if best.sentences else replace(best, why=bad.message)
            break
        read, written = read + answer.prompt_tokens, written + answer.tokens
        found = claims(answer.text, given, request, how.desk.entailment)
        held = _within(MOST_LENGTH * brief.words, [claim.sentence for claim in found if _stands(claim)])
        left_out = len({claim.sentence for claim in found}) - len(held)
        where = {claim.sentence: claim.sources for claim in found}
        one = Content(model.name, prompt, held, left_out, sources=tuple(where[sentence] for sentence in held))
        best = max(best, one, key=lambda content: word_count(content.text))
        if word_count(best.text) >= ENOUGH * brief.words:
            break
    return replace(best, tokens_read=read, tokens_written=written)


def _stands(claim: Claim) -> bool:
    """Whether a passage says it, or the request states a fact in it."""
    return claim.status == "supported" and bool(claim.sources or facts_of(claim.sentence))


def _within(most: float, said: Sequence[str]) -> tuple[str, ...]:
    """The sentences, each once, up to so many words."""
    sizes = accumulate(map(word_count, once := list(dict.fromkeys(said))))
    return tuple(sentence for sentence, size in zip(once, sizes, strict=True) if size <= most)
