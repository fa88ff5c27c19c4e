"""How much better a twin expects the texts it has learned than those it has not: by heart, or by ear.

Held-out loss minus loss on learned texts grows as texts are learned by heart. How hard the texts are is taken out by
the same difference under the bare model, which has learned neither. A diagnostic and no test: EVALUATION.md §5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from twin.evaluation.intervals import apart_of
from twin.evaluation.protocol import MOST_MEMORISED


@dataclass(frozen=True, slots=True)
class Memorised:
    """Losses in nats per token, a text each: of learned and of held-out texts, under the twin and the bare model."""

    learned: Sequence[float]
    learned_base: Sequence[float]
    held_out: Sequence[float]
    held_out_base: Sequence[float]


def memorisation_of(losses: Memorised, *, resamples: int, seed: int) -> dict[str, Any]:
    """`{learned held_out gap}`: what training took off the loss of either, and by how much more off the learned."""
    learned = _taken_off(losses.learned_base, losses.learned)
    held_out = _taken_off(losses.held_out_base, losses.held_out)
    return {
        "learned": fmean(learned),
        "held_out": fmean(held_out),
        "gap": apart_of(learned, held_out, resamples=resamples, seed=seed),
    }


def sentences_on_memory(found: Mapping[str, Any] | None) -> list[str]:
    if not found:
        return []
    gap = found["gap"]
    said = (
        f"Training took {found['learned']:.2f} nats per token off the texts it saw and {found['held_out']:.2f} off "
        f"those it did not: {gap['value']:.2f} [{gap['low']:.2f}, {gap['high']:.2f}] is memory"
    )
    if gap["value"] > MOST_MEMORISED:
        return [f"{said}. Above {MOST_MEMORISED} it learns by heart: train for fewer epochs."]
    return [f"{said}, not voice."]


def _taken_off(base: Sequence[float], twin: Sequence[float]) -> list[float]:
    return [one - other for one, other in zip(base, twin, strict=True)]
