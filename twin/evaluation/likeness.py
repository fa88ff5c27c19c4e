"""Rows of a report in, whom the texts look like and how they are built, beside the author's own range, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from twin.core.protocols import Metric, Sample
from twin.evaluation.instruments import Attributor
from twin.evaluation.intervals import rate_of
from twin.evaluation.protocol import AUTHOR, TWIN
from twin.evaluation.rows import texts_of

MOST_MODEL_LIKE = 0.10
"""More of the author's own texts called the bare model's than this: some may have been written with a model's help."""


def attributed(rows: Sequence[Mapping[str, Any]], systems: Sequence[str], who: Attributor) -> dict[str, Any]:
    """`{systems: {name: {called_author, called: {person: n}}}, names, own, model_like}`; broken texts are left out."""
    found: dict[str, Any] = {}
    for name in (*systems, AUTHOR):
        called = list(who.of(_sound(rows, name)))
        counts = {one: called.count(one) for one in who.names if one in called}
        found[name] = {"called_author": rate_of(counts.get(who.names[0], 0), len(called)), "called": counts}
    return {"systems": found, "names": list(who.names), "own": who.own, "model_like": who.model_like}


def habits_of(rows: Sequence[Mapping[str, Any]], systems: Sequence[str], measure: Metric) -> list[dict[str, Any]]:
    """A row `{habit low high means: {system: mean}}` for each habit; none where the measure refuses."""
    found: dict[str, dict[str, Any]] = {}
    for name in (*systems, AUTHOR):
        for text in _sound(rows, name):
            for one in measure.measure(Sample(text)).detail.get("habits", ()):
                row = found.setdefault(one["habit"], {"low": one["low"], "high": one["high"], "values": {}})
                row["values"].setdefault(name, []).append(one["value"])
    return [
        {
            "habit": habit,
            "low": row["low"],
            "high": row["high"],
            "means": {name: round(fmean(values), 2) for name, values in row["values"].items()},
        }
        for habit, row in found.items()
    ]


def sentences_on(report: Mapping[str, Any]) -> list[str]:
    """What likeness says in plain words: who the twin is taken for, and where it is built unlike the author."""
    found: list[str] = []
    who = report.get("attribution")
    if who:
        shares = [
            f"{name} {row['called_author']['value']:.0%} of {row['called_author']['n']}"
            for name, row in who["systems"].items()
            if row["called_author"]["n"]
        ]
        found.append(f"Among {len(who['names'])} writers, texts taken for yours: {', '.join(shares)}.")
        if who["model_like"] > MOST_MODEL_LIKE:
            found.append(
                f"{who['model_like']:.0%} of your own texts look like the bare model's: were some written with a "
                "model's help? Mark them: twin mark … --authorship ai-assisted."
            )
    for name in (one for one in report["systems"] if one.startswith(TWIN)):
        outside = [
            f"{row['habit']} {row['means'][name]:g} (yours {row['low']:g} to {row['high']:g})"
            for row in report.get("habits", ())
            if name in row["means"] and not row["low"] <= row["means"][name] <= row["high"]
        ]
        if outside:
            found.append(f"Unlike you, {name}: {'; '.join(outside)}.")
    return found


def _sound(rows: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    if name == AUTHOR:
        return list(
            {row["document"]: row["author"]["text"] for row in rows if not row["author"]["degenerate"]}.values()
        )
    return [text["text"] for row in rows for text in texts_of(row, name) if not text["degenerate"]]
