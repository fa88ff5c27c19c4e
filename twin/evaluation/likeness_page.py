"""Attribution and habits of a report in, their sections of the page out: tables and one picture, escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from twin.evaluation.picture import WIDTH, svg
from twin.evaluation.words import interval

LEFT, STEP, TOP = 230, 26, 10
INNER = (0.3, 0.7)
"""Where the author's range begins and ends, as shares of the picture's width."""


def likeness_sections(report: Mapping[str, Any]) -> list[str]:
    """The sections of a report that has them, as HTML; none otherwise."""
    return [*_attribution(report.get("attribution")), *_habits(report.get("habits"), report["systems"])]


def _attribution(who: Mapping[str, Any] | None) -> list[str]:
    if not who:
        return []
    names = list(who["names"])
    header = "".join(f"<th>{escape(name)}</th>" for name in names)
    rows = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(_count(row['called'].get(one, 0)) for one in names)}"
        f"<td>{escape(interval(row['called_author']))}</td></tr>"
        for name, row in who["systems"].items()
    )
    caption = (
        "Texts of each system, by whose they look like among these writers. Broken and copied texts are left out. The "
        "last column is the share taken for the author's, with its 95% interval."
    )
    table = f"<table><tr><th></th>{header}<th>taken for yours</th></tr>{rows}</table>"
    return [f'<h2>Taken for whom</h2><div class="scroll">{table}</div><p class="soft">{caption}</p>']


def _count(n: int) -> str:
    return f"<td>{n}</td>" if n else '<td class="soft">–</td>'


def _habits(habits: Sequence[Mapping[str, Any]] | None, systems: Sequence[str]) -> list[str]:
    if not habits:
        return []
    shown = [name for name in ("twin", "base") if name in systems] or list(systems[:2])
    picture = _picture(habits, shown)
    rows = "".join(
        f"<tr><th>{escape(row['habit'])}</th><td>{row['low']:g} to {row['high']:g}</td>"
        f"{''.join(_cell(row, name) for name in (*systems, 'author'))}</tr>"
        for row in habits
    )
    header = "".join(f"<th>{escape(name)}</th>" for name in (*systems, "author"))
    table = f"<table><tr><th></th><th>your range</th>{header}</tr>{rows}</table>"
    caption = (
        f"The band is the author's own range (10th to 90th percentile); the full dot is {escape(shown[0])}"
        f"{f', the ring {escape(shown[1])}' if len(shown) > 1 else ''}. Values beyond the picture stand at its edge."
    )
    return [
        f'<h2>Habits</h2><figure>{picture}<figcaption>{caption}</figcaption></figure><div class="scroll">{table}</div>'
    ]


def _cell(row: Mapping[str, Any], name: str) -> str:
    value = row["means"].get(name)
    if value is None:
        return '<td class="soft">–</td>'
    mark = "" if row["low"] <= value <= row["high"] else ' class="bad"'
    return f"<td{mark}>{value:g}</td>"


def _picture(habits: Sequence[Mapping[str, Any]], shown: Sequence[str]) -> str:
    parts = []
    for i, row in enumerate(habits):
        y = TOP + STEP * i + STEP // 2
        a, b = (LEFT + share * (WIDTH - LEFT - 10) for share in INNER)
        parts.append(f'<text x="{LEFT - 14}" y="{y + 4}" text-anchor="end">{escape(row["habit"])}</text>')
        parts.append(
            f'<rect x="{a:.1f}" y="{y - 7}" width="{b - a:.1f}" height="14" rx="3" fill="currentColor" opacity=".15"/>'
        )
        for name, fill in zip(shown, ("var(--mark)", "none"), strict=False):
            if name in row["means"]:
                x = _at(row["means"][name], row["low"], row["high"])
                parts.append(
                    f'<circle cx="{x:.1f}" cy="{y}" r="5" fill="{fill}" stroke="var(--mark)" stroke-width="2"/>'
                )
    height = TOP * 2 + STEP * len(habits)
    said = "; ".join(
        f"{row['habit']} {shown[0]} {row['means'].get(shown[0], 0):g}, yours {row['low']:g} to {row['high']:g}"
        for row in habits
    )
    return svg(height, f"Habits: {said}", parts)


def _at(value: float, low: float, high: float) -> float:
    """A value in, its place on the picture out: the author's range lies between the shares of `INNER`."""
    width = max(high - low, 0.5)
    share = INNER[0] + (value - low) / width * (INNER[1] - INNER[0])
    return LEFT + min(0.98, max(0.02, share)) * (WIDTH - LEFT - 10)
