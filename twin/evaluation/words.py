"""A report in, what it says in plain words out: how good the scorer is, what is too little, what was not measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twin.evaluation.protocol import ENOUGH_BRIEFS, TWIN

LIMITS = (
    "Unsupported means: not found in the sources or the brief, or against them. It does not mean false. Of errors put "
    "into true sentences the check finds 99% or more where a number, unit, date, name, quotation, link or “not” is "
    "changed, 91% where two known names or numbers change places, 83% where the verb is another.",
    "Not measured: whether it is true, whether it is good, whether your readers would know.",
)
"""What every report ends with. The shares are those of `python -m bench.truth` on four authors (docs/log.md)."""


def sentences_of(report: Mapping[str, Any]) -> list[str]:
    """The sentences that stand below the verdict, most important first."""
    found = [*_on_briefs(report), *_on_style(report)]
    found += [
        f"Caricature? {name} scores above your own texts: it may overdo your habits." for name in report["caricature"]
    ]
    return found + _on_differences(report)


def _on_briefs(report: Mapping[str, Any]) -> list[str]:
    held_out = report["documents"]
    if held_out >= ENOUGH_BRIEFS:
        return [f"Measured on {held_out} held-out texts that no system has seen."]
    texts = "text" if held_out == 1 else "texts"
    return [f"Only {held_out} held-out {texts}: indicative; a claim needs {ENOUGH_BRIEFS}."]


def _on_style(report: Mapping[str, Any]) -> list[str]:
    style = report["style"]
    if not style["valid"]:
        return [f"Voice was not scored: {style['why']}."]
    found = ["Voice: 0 is another person, 1 is you on a new topic. It is relative to the background used; no % of you."]
    if style["auc"] is not None:
        missed = f"; it misses {style['miss_rate']:.0%} of your real texts" if style["miss_rate"] is not None else ""
        found.append(f"The scorer itself: on your texts against other people's AUC {style['auc']:.2f}{missed}.")
    return found


def _on_differences(report: Mapping[str, Any]) -> list[str]:
    found = []
    for name, metrics in report["differences"].items():
        one, other = name.split(" - ", 1)
        one = "The twin" if one == TWIN else one
        for metric, said in (
            ("gap_closed", "is nearer to your voice than"),
            ("loss", "expects your words better than"),
        ):
            row = metrics[metric]
            if row["value"] is not None:
                wins = f"{one} {said} {other} on {row['wins']} of {row['n']} briefs"
                found.append(f"{wins}; difference {interval(row, signed=True)}.")
    return found


def interval(row: Mapping[str, Any], *, signed: bool = False, digits: int = 2) -> str:
    """`{value, low, high}` in, `0.86 [0.70, 1.00]` out; "not measured" where there is no value."""
    if row.get("value") is None:
        return "not measured"
    form = f"{'+' if signed else ''}.{digits}f"
    if row.get("low") is None:
        return format(row["value"], form)
    return f"{row['value']:{form}} [{row['low']:{form}}, {row['high']:{form}}]"
