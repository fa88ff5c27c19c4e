"""Losses in, a small picture of them out: each step's own loss thin, each pass's loss on unseen words in dots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT = 360, 150
LEFT, RIGHT, TOP, BOTTOM = 28, 8, 10, 24
MEANS, LEAST_OF_A_MEAN = 12, 4
"""The line has at most so many points, each the mean of so many steps at least: a step of four examples jumps about."""


def picture(figures: Mapping[str, Any], before: float | None) -> str:
    """The figures of a training and the held-out loss before it in, an SVG out; "" where nothing was kept."""
    steps: list[float] = list(figures.get("curve", []))
    passes: list[float] = list(figures.get("epochs", []))
    if len(steps) < 2:
        return ""
    held = [*([(0, before)] if before is not None else []), *_at_ends(passes, len(steps))]
    losses = [*steps, *(loss for _, loss in held)]
    low, high = min(losses), max(losses)

    def x(step: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * step / len(steps), 1)

    def y(loss: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - loss) / max(high - low, 1e-9), 1)

    dots = [f'<circle class="unseen" cx="{x(step)}" cy="{y(loss)}" r="4"/>' for step, loss in held]
    parts = [
        *(f'<text x="{LEFT - 6}" y="{y(loss) + 4}" text-anchor="end">{loss:.1f}</text>' for loss in (low, high)),
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">{len(steps)} steps</text>',
        f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM}"/>',
        _line("each", [(x(i + 1), y(loss)) for i, loss in enumerate(steps)]),
        _line("mean", [(x(step), y(loss)) for step, loss in _means(steps)]),
        _line("unseen", [(x(step), y(loss)) for step, loss in held]),
        *dots,
    ]
    return (
        f'<svg class="losses" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told(steps, passes, before)}">'
        f"{''.join(parts)}</svg>"
    )


def told(steps: Sequence[float], passes: Sequence[float], before: float | None) -> str:
    """The same in words, for who does not see it."""
    said = f"Loss of each training step, from {steps[0]:.2f} to {steps[-1]:.2f} nats a token"
    if not passes:
        return said + "."
    first = f"from {before:.3f} before it " if before is not None else ""
    return f"{said}; on unseen words {first}to {', '.join(f'{loss:.3f}' for loss in passes)} after each pass."


def _at_ends(passes: Sequence[float], steps: int) -> list[tuple[float, float]]:
    """Where each pass ended, in steps, and its loss; a run that was stopped ended with its last pass."""
    return [(steps * (i + 1) / len(passes), loss) for i, loss in enumerate(passes)]


def _means(steps: Sequence[float]) -> list[tuple[float, float]]:
    size = max(LEAST_OF_A_MEAN, -(-len(steps) // MEANS))
    parts = [(start, steps[start : start + size]) for start in range(0, len(steps), size)]
    return [(start + (len(part) + 1) / 2, sum(part) / len(part)) for start, part in parts]


def _line(name: str, points: Sequence[tuple[float, float]]) -> str:
    return f'<polyline class="{name}" points="{" ".join(f"{x},{y}" for x, y in points)}"/>'
