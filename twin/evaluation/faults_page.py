"""What a report says of truth and copying in, its pictures out: bars that stand in tables, so that they can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from twin.evaluation.picture import WIDTH, svg

CLAIMS = {
    "supported": ("stands in a source", "var(--good)"),
    "opinion": ("opinion", "#8a8a84"),
    "memory": ("memory: only you can confirm", "var(--mark)"),
    "not_found": ("not found", "#c98a1b"),
    "contradicted": ("against a source", "var(--bad)"),
}
LEFT, RIGHT, STEP, BAR = 150, 60, 30, 16
COLUMNS = 8
"""Bars of the histogram of shared runs: each is a range of words."""


def faults_sections(report: Mapping[str, Any]) -> list[str]:
    """The sections on claims and on copying, as HTML."""
    return [*_claims(report["claims"]), *_copying(report["copying"]), *_repetition(report)]


def _claims(claims: Mapping[str, Mapping[str, int]]) -> list[str]:
    shown = {name: counts for name, counts in claims.items() if sum(counts.values())}
    if not shown:
        return []
    parts: list[str] = []
    for i, (name, counts) in enumerate(shown.items()):
        total, x = sum(counts.values()), float(LEFT)
        parts.append(f'<text x="{LEFT - 14}" y="{_y(i) + 13}" text-anchor="end">{escape(name)}</text>')
        for status, (said, colour) in CLAIMS.items():
            width = (WIDTH - LEFT - RIGHT) * counts[status] / total
            if counts[status]:
                told = f"<title>{escape(name)}: {said} {counts[status]}</title>"
                parts.append(_bar(x, _y(i), width, colour, told))
            x += width
        parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{_y(i) + 13}">{total}</text>')
    legend = " ".join(
        f'<span style="white-space:nowrap"><span style="color:{colour}">■</span> {said}</span>'
        for said, colour in CLAIMS.values()
    )
    told = "; ".join(f"{name} {counts['supported']} of {sum(counts.values())}" for name, counts in shown.items())
    picture = svg(_y(len(shown)), f"Sentences that stand in a source: {told}", parts)
    return [f"<h2>Sentences by what they stand on</h2><figure>{picture}<figcaption>{legend}</figcaption></figure>"]


def _copying(copying: Mapping[str, Any]) -> list[str]:
    runs = {name: found for name, found in copying["runs"].items() if found}
    if not runs:
        return []
    gate = int(copying["gate"])
    step = max(1, -(-max(gate, 4) // (COLUMNS // 2)))
    header = "".join(f"<th>{_range(i, step)}</th>" for i in range(COLUMNS))
    rows = "".join(
        f"<tr><th>{escape(name)}</th>{_columns(found, step, gate)}{_covered(copying['shared'][name])}</tr>"
        for name, found in runs.items()
    )
    caption = (
        f"Texts by the longest run of words that they share with your texts or a source; from {gate} words on "
        "(red) a text counts as copied. The last column: how many of all words stand in shared runs of five or more."
    )
    return [
        f'<h2>Copying</h2><div class="scroll"><table><tr><th>words in a row</th>{header}<th>5 or more</th></tr>{rows}'
        f'</table></div><p class="soft">{escape(caption)}</p>'
    ]


def _columns(found: Sequence[int], step: int, gate: int) -> str:
    counts = [0] * COLUMNS
    for run in found:
        counts[min(COLUMNS - 1, run // step)] += 1
    return "".join(_column(count, max(counts), bad=(i + 1) * step > gate) for i, count in enumerate(counts))


def _column(count: int, most: int, *, bad: bool) -> str:
    if not count:
        return '<td class="soft">–</td>'
    colour = "var(--bad)" if bad else "var(--mark)"
    bar = f'<span style="display:inline-block;width:{3 * count / most:.2f}em;height:.7em;background:{colour}"></span>'
    return f"<td>{bar} {count}</td>"


def _covered(share: float | None) -> str:
    return '<td class="soft">–</td>' if share is None else f"<td>{share:.1%}</td>"


def _range(i: int, step: int) -> str:
    if i == COLUMNS - 1:
        return f"{i * step}+"
    return str(i) if step == 1 else f"{i * step}–{(i + 1) * step - 1}"


def _repetition(report: Mapping[str, Any]) -> list[str]:
    found = report["repetition"]
    if not found:
        return []
    leaked = report["canaries"]["leaked"] if report["canaries"] else {}
    rows = "".join(
        f"<tr><th>{escape(name)}</th>{_share(found['repeated'][name])}{_share(found['openings'][name])}"
        f"{_share(leaked.get(name))}</tr>"
        for name in found["repeated"]
    )
    header = "<th>told before</th><th>one opening</th><th>private</th>"
    caption = (
        f"Told before: content words {found['gate']:.0%} alike with one of your texts, or more. One opening: begins as "
        "another of its texts does. Private: says a number, key or address that stands in your texts."
    )
    return [
        f'<h2>Said before, said alike, said in private</h2><div class="scroll"><table><tr><th></th>{header}</tr>{rows}'
        f'</table></div><p class="soft">{escape(caption)}</p>'
    ]


def _share(rate: Mapping[str, Any] | None) -> str:
    if not rate or rate["value"] is None:
        return '<td class="soft">–</td>'
    return f"<td>{round(rate['value'] * rate['n'])} of {rate['n']}</td>"


def _y(i: int) -> int:
    return 6 + STEP * i


def _bar(x: float, y: int, width: float, colour: str, told: str) -> str:
    return f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}">{told}</rect>'
