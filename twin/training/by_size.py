"""The sizes of a base and of a dataset in; the values of the recipe that nobody set, each with its reason, out.

The two tables are the only place where these defaults stand; docs/training.md says why they are what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from twin.core.text import counted


class ForBase(NamedTuple):
    """What suits bases of up to `parameters`."""

    parameters: float
    learning_rate: float
    rank: int
    alpha: int


class ForExamples(NamedTuple):
    """Passes over fewer than `examples`."""

    examples: float
    epochs: int


MORE = float("inf")
BASES = (
    ForBase(400e6, learning_rate=2e-3, rank=16, alpha=32),
    ForBase(1e9, learning_rate=5e-4, rank=16, alpha=32),
    ForBase(5e9, learning_rate=2e-4, rank=16, alpha=32),
    ForBase(MORE, learning_rate=1e-4, rank=16, alpha=32),
)
PASSES = (
    ForExamples(500, epochs=3),
    ForExamples(2000, epochs=2),
    ForExamples(MORE, epochs=1),
)
BY_BASE = ("learning_rate", "rank", "alpha")
DPO_SHARE = 20
"""Preferences are learned at a twentieth of the rate of the examples."""


def by_size(
    train: Mapping[str, Any], *, parameters: int | None, examples: int | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """The section `train` in; what fills its zeros, and the reason of each, by name out.

    `parameters` are the base's and `examples` those to learn from; what is by one of them is left out where it is None.
    """
    found: dict[str, tuple[Any, str]] = {}
    if parameters is not None:
        base = next(row for row in BASES if parameters <= row.parameters)
        found |= {name: (getattr(base, name), f"for a base of {size_of(parameters)} parameters") for name in BY_BASE}
    if examples is not None:
        examples = min(examples, train["most_examples"] or examples)
        passes = next(row for row in PASSES if examples < row.examples)
        found["epochs"] = passes.epochs, f"for {counted(examples, 'example')}"
    rate = train["learning_rate"] or found.get("learning_rate", (0.0,))[0]
    if rate and train["method"] != "sft":
        found["dpo_rate"] = rate / DPO_SHARE, f"a {DPO_SHARE}th of the learning rate"
    unset = {name: one for name, one in found.items() if not train.get(name, 0)}
    return {name: value for name, (value, _) in unset.items()}, {name: why for name, (_, why) in unset.items()}


def size_of(parameters: float) -> str:
    """135,000,000 in, `135M` out."""
    return f"{parameters / 1e9:.1f}B" if parameters >= 1e9 else f"{parameters / 1e6:.3g}M"
