"""Examples in, preferences out: the person's own text over what the twin wrote to the same brief."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.core.protocols import Sample
from twin.core.records import Completion, Example, Prompt, Request
from twin.core.text import word_count
from twin.metrics.degenerate import Degenerate
from twin.models.rows import encode, row

Generate = Callable[[Sequence[Request], Path | None], list[Completion]]
"""Requests and an adapter's folder in, answers out, as the twin writes."""

SAMPLES = 2
TEMPERATURE, TOP_P = 0.8, 0.95
LENGTH_SHARE = 0.2
"""A pair whose texts differ more in length teaches length and nothing else (EVALUATION.md §8)."""
LEAST_PAIRS = 8
TOKENS_A_WORD, SPARE_TOKENS = 2, 32
OTHER_LENGTH, TOO_LONG = "of another length", "longer than train.max_tokens"
LEARNED = "own text"
"""The source of a pair that nobody chose: the author's text is the better one by definition."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`chosen` is to become likelier than `rejected` after the prompt; `source` says who said so."""

    prompt: Prompt
    chosen: str
    rejected: str
    source: str
    documents: tuple[str, ...] = ()
    """Texts that a draft of it stands on, beside the author's own one."""


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
    sound = [one.text.strip() for one in answers if one.finish == "stop" and not broken(one.text, example.prompt)]
    if not sound:
        return "", "broken or unfinished"
    near = min(sound, key=lambda text: abs(word_count(text) - wanted))
    if not as_long(near, example.completion):
        return "", OTHER_LENGTH
    if near == example.completion.strip():
        return "", "the author's own text"
    return near, ""


def broken(text: str, prompt: Prompt) -> bool:
    """Whether a text is none: to prefer another one to it teaches nothing of a voice."""
    return bool(Degenerate().measure(Sample(text, request=prompt[-1].content)).value)


def as_long(text: str, wanted: str) -> bool:
    """Whether a text has the length of the wanted one, give or take `LENGTH_SHARE`."""
    return abs(word_count(text) - word_count(wanted)) <= LENGTH_SHARE * word_count(wanted)


def counted_whole(
    pairs: Sequence[Pair], left_out: Mapping[str, int], tokenizer: Any, template: str, *, max_tokens: int
) -> tuple[list[Pair], dict[str, int], dict[str, int]]:
    """Pairs, and how many were left out why, in; those of which no text would lose its end, and both counts, out.

    They are counted by their source.
    """

    def size(prompt: Prompt, text: str) -> int:
        return len(encode(tokenizer, row(template, prompt, text), max_tokens=1 << 30)["input_ids"])

    fitting = [one for one in pairs if max(size(one.prompt, said) for said in (one.chosen, one.rejected)) <= max_tokens]
    why = Counter(left_out) + Counter({TOO_LONG: len(pairs) - len(fitting)})
    return fitting, dict(Counter(one.source for one in fitting)), dict(why)
