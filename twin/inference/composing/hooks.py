"""How a text opens, by its first sentence: with a question, a number, a scene or a claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeVar, get_args

from twin.core.brief import content_words
from twin.core.text import sentences, words
from twin.metrics.truth.numbers import numbers
from twin.metrics.truth.person import past

Hook = Literal["question", "number", "scene", "claim"]
HOOKS: tuple[Hook, ...] = get_args(Hook)
T = TypeVar("T")
SAME_LEAD = 0.5
"""First sentences that share so many of their topic words lead with the same thing."""


def hook_of(text: str) -> Hook:
    """A text in, its hook out: what is told in the past is a scene, what is left is a claim."""
    first = _first(text)
    if first.rstrip("\"'”’)] ").endswith("?"):
        return "question"
    if numbers(first):
        return "number"
    told = any(map(past, words(first)))
    return "scene" if told else "claim"


def habit(texts: Iterable[str]) -> dict[str, float]:
    """A person's texts in, the share of them that opens with each hook out."""
    counts = Counter(map(hook_of, texts))
    return {hook: count / counts.total() for hook, count in counts.items()}


def led_apart(ranked: Sequence[tuple[str, T]], most: int, usual: Mapping[str, float]) -> list[T]:
    """(text, thing) from best to worst in; the best, then the best of each other hook, the person's usual hooks first.

    Where there are fewer hooks than asked for, those fill up that lead with other words, then the next best.
    """
    if not ranked or most < 1:
        return []
    best: dict[str, int] = {}
    for place, (text, _) in enumerate(ranked):
        best.setdefault(hook_of(text), place)
    first = hook_of(ranked[0][0])
    others = sorted((hook for hook in best if hook != first), key=lambda hook: (-usual.get(hook, 0.0), best[hook]))
    leading = [best[hook] for hook in (first, *others)]
    leads = [set(content_words(_first(text))) for text, _ in ranked]
    for place, mine in enumerate(leads):
        if place not in leading and all(len(mine & leads[other]) < SAME_LEAD * len(mine) for other in leading):
            leading.append(place)
    rest = [place for place in range(len(ranked)) if place not in leading]
    return [ranked[place][1] for place in (*leading, *rest)[:most]]


def _first(text: str) -> str:
    return next(iter(sentences(text)), "")
