"""What each part of the verifier of voice says of each system in, one picture and a table out, escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from twin.evaluation.likeness import HEADS
from twin.evaluation.picture import WIDTH, svg
from twin.evaluation.words import interval

LEFT, RIGHT, STEP, TOP = 150, 20, 30, 14
MARKS = ("●", "■", "▲")


def heads_section(found: Mapping[str, Any] | None) -> list[str]:
    """`heads` of a report in, its section as HTML out; none where voice was not scored."""
    if not found:
        return []
    systems = {
        name: row for name, row in found["systems"].items() if all(one["value"] is not None for one in row.values())
    }
    if not systems:
        return []
    heads = list(found["aucs"])
    header = "".join(
        f"<th>{mark} {escape(HEADS.get(head, head))}</th>" for mark, head in zip(MARKS, heads, strict=False)
    )
    worth = "".join(f"<td>{found['aucs'][head]:.2f}</td>" for head in heads)
    rows = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(f'<td>{escape(interval(row[head]))}</td>' for head in heads)}</tr>"
        for name, row in systems.items()
    )
    caption = (
        "Gap closed as each part of the scorer sees it alone, 0 another person and 1 the author: where they differ, "
        "one may take the topic for the voice. What is like the bare model lowers the score above and none of these. "
        "AUC: how well a part tells the author from other people."
    )
    table = f"<table><tr><th></th>{header}</tr><tr><th>AUC</th>{worth}</tr>{rows}</table>"
    figure = f"<figure>{_picture(systems, heads)}<figcaption>{caption}</figcaption></figure>"
    return [f'<h2>Do the parts of the scorer agree?</h2>{figure}<div class="scroll">{table}</div>']


def _picture(systems: Mapping[str, Mapping[str, Mapping[str, Any]]], heads: list[str]) -> str:
    values = [one["value"] for row in systems.values() for one in row.values()]
    low, high = float(min(0.0, *values)), float(max(1.0, *values))

    def x(value: float) -> float:
        return LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    height = TOP * 2 + STEP * len(systems) + 12
    parts = [
        f'<line x1="{x(mark):.1f}" x2="{x(mark):.1f}" y1="{TOP}" y2="{height - 22}" stroke="currentColor" '
        f'stroke-dasharray="3 4" opacity=".5"/>'
        f'<text x="{x(mark):.1f}" y="{height - 6}" text-anchor="middle">{mark}</text>'
        for mark in (0, 1)
    ]
    for i, (name, row) in enumerate(systems.items()):
        y = TOP + STEP * i + STEP // 2
        parts.append(f'<text x="{LEFT - 14}" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        parts += [
            f'<text x="{x(row[head]["value"]):.1f}" y="{y + 5}" text-anchor="middle" class="mark">{mark}</text>'
            for mark, head in zip(MARKS, heads, strict=False)
        ]
    told = "; ".join(
        f"{name} {HEADS.get(head, head)} {one['value']:.2f}"
        for name, row in systems.items()
        for head, one in row.items()
    )
    return svg(height, f"Gap closed by part of the scorer: {told}", parts)
