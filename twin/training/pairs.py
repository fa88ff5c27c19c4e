"""Examples in, preferences out: the person's own text over what the twin wrote to the same brief."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.core.protocols import Sample
from twin.core.records import Completion, Example, Prompt, Request
from twin.core.text import word_count
from twin.metrics.degenerate import Degenerate

Generate = Callable[[Sequence[Request], Path | None], list[Completion]]
"""Requests and an adapter's folder in, answers out, as the twin writes."""

SAMPLES = 2
TEMPERATURE, TOP_P = 0.8, 0.95
LENGTH_SHARE = 0.2
"""A pair whose texts differ more in length teaches length and nothing else (EVALUATION.md §8)."""
LEAST_PAIRS = 8
TOKENS_A_WORD, SPARE_TOKENS = 2, 32
LEARNED = "own text"
"""The source of a pair that nobody chose: the author's text is the better one by definition."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`chosen` is to become likelier than `rejected` after the prompt; `source` says who said so."""

    prompt: Prompt
    chosen: str
    rejected: str
    source: str


def pairs_of(
    examples: Sequence[Example], *, generate: Generate, adapter: Path, seed: int
) -> tuple[list[Pair], dict[str, int]]:
    """Examples of the training side in; the pairs, one a text at most, and the counts of those that gave none out."""
    once = list({one.completion: one for one in examples if one.measured}.values())
    requests = [
        Request(
            one.prompt,
            max_tokens=TOKENS_A_WORD * word_count(one.completion) + SPARE_TOKENS,
            temperature=TEMPERATURE,
            top_p=TOP_P,
            seed=seed + i,
        )
        for one in once
        for i in range(SAMPLES)
    ]
    answers = generate(requests, adapter)
    pairs, left_out = [], Counter[str]()
    for i, one in enumerate(once):
        said, why = rejected_text(one, answers[SAMPLES * i : SAMPLES * (i + 1)])
        if said:
            pairs.append(Pair(one.prompt, one.completion, said, LEARNED))
        else:
            left_out[why] += 1
    return pairs, dict(left_out)


def rejected_text(example: Example, answers: Sequence[Completion]) -> tuple[str, str]:
    """What the twin wrote to an example's brief in; the sound text nearest in length, or "" and why there is none."""
    wanted = word_count(example.completion)
    asked = example.prompt[-1].content
    broken = Degenerate()
    sound = [
        one.text.strip()
        for one in answers
        if one.finish == "stop" and not broken.measure(Sample(one.text, request=asked)).value
    ]
    if not sound:
        return "", "broken or unfinished"
    near = min(sound, key=lambda text: abs(word_count(text) - wanted))
    if abs(word_count(near) - wanted) > LENGTH_SHARE * wanted:
        return "", "of another length"
    if near == example.completion.strip():
        return "", "the author's own text"
    return near, ""
