"""Adapters on growing parts of a person's texts in, how far each closes the gap out: would more texts help?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.core.records import Document
from twin.evaluation.compare import compare
from twin.evaluation.heldout import Bench, cases_of
from twin.evaluation.instruments import Instruments
from twin.evaluation.picture import WIDTH, svg
from twin.evaluation.protocol import BASE, FULL, TWIN

if TYPE_CHECKING:
    from twin.metrics.style import OutOfFold

HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 220, 60, 30, 16, 40


def curve_of(
    folders: Mapping[int, Path | None],
    held_out: Sequence[Document],
    learned: Sequence[Document],
    *,
    bench: Bench,
    instruments: Instruments,
    scores: Mapping[str, OutOfFold],
    resamples: int,
) -> list[dict[str, Any]]:
    """Adapter folders by number of texts in, a row `{texts gap_closed loss degenerate}` each out, one text a brief."""
    points = []
    for texts, folder in sorted(folders.items()):
        name = TWIN if folder else BASE
        running = replace(bench, adapter=folder, systems=(name,), samples=1)
        cases = cases_of([(doc, FULL) for doc in held_out], learned, bench=running, scores=scores)
        found = compare(cases, replace(instruments, who=None, habits=None), resamples=resamples, seed=bench.seed)
        row = found["variants"][name]
        points.append({"texts": texts, **{metric: row[metric] for metric in ("gap_closed", "loss", "degenerate")}})
    return points


def curve_section(points: Sequence[Mapping[str, Any]] | None) -> list[str]:
    """The section of the page, as HTML: a picture of the gap closed, and a table; none without points."""
    if not points:
        return []
    rows = "".join(
        f"<tr><td>{one['texts']}</td><td>{_said(one['gap_closed'], 2)}</td><td>{_said(one['loss'], 3)}</td>"
        f"<td>{_said(one['degenerate'], 2)}</td></tr>"
        for one in points
    )
    header = "<tr><th>texts learned from</th><th>gap closed</th><th>loss (nats/token)</th><th>broken</th></tr>"
    caption = "The same recipe on a part of your texts, evenly over time; one text a brief. 0 texts is the bare model."
    figure = f"<figure>{_picture(points)}<figcaption>{caption}</figcaption></figure>"
    return [f'<h2>Would more texts help?</h2>{figure}<div class="scroll"><table>{header}{rows}</table></div>']


def _picture(points: Sequence[Mapping[str, Any]]) -> str:
    shown = [one for one in points if one["gap_closed"]["value"] is not None]
    if len(shown) < 2:
        return ""
    ends = [one["gap_closed"][end] for one in shown for end in ("value", "low", "high")]
    low = float(min(0.0, *(end for end in ends if end is not None)))
    high = float(max(1.0, *(end for end in ends if end is not None)))
    most = max(int(one["texts"]) for one in shown)

    def x(texts: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * texts / max(1, most)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)

    parts = [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(mark):.1f}" y2="{y(mark):.1f}" stroke="currentColor" '
        f'stroke-dasharray="3 4" opacity=".5"/>'
        f'<text x="{LEFT - 10}" y="{y(mark) + 4:.1f}" text-anchor="end">{mark}</text>'
        for mark in (0, 1)
    ]
    for left, right in pairwise(shown):
        parts.append(
            f'<line x1="{x(left["texts"]):.1f}" y1="{y(left["gap_closed"]["value"]):.1f}" x2="{x(right["texts"]):.1f}" '
            f'y2="{y(right["gap_closed"]["value"]):.1f}" stroke="var(--mark)" stroke-width="2" opacity=".6"/>'
        )
    for one in shown:
        at, row = x(one["texts"]), one["gap_closed"]
        if row["low"] is not None:
            parts.append(
                f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{y(row["low"]):.1f}" y2="{y(row["high"]):.1f}" '
                f'stroke="var(--mark)" stroke-width="2"/>'
            )
        parts.append(f'<circle cx="{at:.1f}" cy="{y(row["value"]):.1f}" r="5" fill="var(--mark)"/>')
        parts.append(f'<text x="{at:.1f}" y="{HEIGHT - 14}" text-anchor="middle">{one["texts"]}</text>')
    told = "; ".join(f"{one['texts']} texts {one['gap_closed']['value']:.2f}" for one in shown)
    return svg(HEIGHT, f"Gap closed by number of texts learned from: {told}", parts)


def _said(row: Mapping[str, Any], digits: int) -> str:
    if row["value"] is None:
        return "–"
    ends = f" [{row['low']:.{digits}f}, {row['high']:.{digits}f}]" if row["low"] is not None else ""
    return f"{row['value']:.{digits}f}{ends}"
