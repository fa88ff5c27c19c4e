"""Variants with intervals in, an inline SVG out. Colours come from the page, so one picture serves light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

WIDTH, LEFT, RIGHT, STEP, TOP = 640, 150, 90, 30, 18


def gap_picture(variants: Mapping[str, Any]) -> str:
    """The gap closed by each system, a dot and a line each, between "others" at 0 and "author" at 1; "" for none."""
    rows = {
        name: one["gap_closed"] for name, one in variants.items() if one.get("gap_closed", {}).get("value") is not None
    }
    if not rows:
        return ""
    ends = [value for row in rows.values() for value in (row["value"], row["low"], row["high"]) if value is not None]
    low, high = min(0.0, *ends), max(1.0, *ends)

    def at(value: float) -> str:
        return format(LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT), ".1f")

    height = TOP + STEP * len(rows) + 24
    bottom = height - 24
    parts = [
        f'<line x1="{at(mark)}" x2="{at(mark)}" y1="{TOP - 8}" y2="{bottom}" stroke="currentColor" '
        f'stroke-dasharray="3 4" opacity=".5"/><text x="{at(mark)}" y="{bottom + 16}" '
        f'text-anchor="middle">{mark}</text>'
        for mark in (0, 1)
    ]
    for i, (name, row) in enumerate(rows.items()):
        y = TOP + STEP * i + 10
        parts.append(f'<text x="{LEFT - 14}" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        if row["low"] is not None:
            parts.append(
                f'<line x1="{at(row["low"])}" x2="{at(row["high"])}" y1="{y}" y2="{y}" stroke="var(--mark)" '
                f'stroke-width="3"/>'
            )
        parts.append(f'<circle cx="{at(row["value"])}" cy="{y}" r="5.5" fill="var(--mark)"/>')
        parts.append(f'<text x="{WIDTH - 70}" y="{y + 4}">{row["value"]:+.2f}</text>')
    said = "; ".join(f"{name} {row['value']:.2f}" for name, row in rows.items())
    return svg(height, f"Gap closed: {said}", parts)


def svg(height: int, label: str, parts: Sequence[str]) -> str:
    """The parts of a picture in, the picture with what a screen reader says of it out."""
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
