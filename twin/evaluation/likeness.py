"""Rows of a report in, whom the texts look like and how they are built, beside the author's own range, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from twin.core.protocols import Metric, Sample
from twin.evaluation.instruments import Attributor, Voice
from twin.evaluation.intervals import mean_of, rate_of
from twin.evaluation.protocol import AUTHOR, TORN, TWIN
from twin.evaluation.rows import texts_of

HEADS = {"chars": "characters", "masked": "topic masked", "form": "sentence form"}
"""The parts of the verifier of voice, as a reader is told of them."""
MOST_MODEL_LIKE = 0.10
"""More of the author's own texts called the bare model's than this: some may have been written with a model's help."""


def attributed(rows: Sequence[Mapping[str, Any]], systems: Sequence[str], who: Attributor) -> dict[str, Any]:
    """`{systems: {name: {called_author, called: {person: n}}}, names, own, model_like}`.

    Broken and copied texts are left out.
    """
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


def heads_of(
    rows: Sequence[Mapping[str, Any]], systems: Sequence[str], style: Voice, *, resamples: int, seed: int
) -> dict[str, Any]:
    """`{aucs: {head: auc}, systems: {name: {head: mean gap closed}}}`: do the parts of the verifier agree?"""
    options = {"resamples": resamples, "seed": seed}
    found: dict[str, dict[str, Any]] = {}
    for name in systems:
        by_document: dict[str, list[Mapping[str, float]]] = {}
        for row in rows:
            by_document.setdefault(row["document"], []).extend(
                text["heads"] for text in texts_of(row, name) if text["heads"]
            )
        found[name] = {
            head: mean_of([fmean(one[head] for one in each) for each in by_document.values() if each], **options)
            for head in style.head_aucs
        }
    return {"aucs": dict(style.head_aucs), "systems": found}


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
        found += _torn(report, name)
        outside = [
            f"{row['habit']} {row['means'][name]:g} (yours {row['low']:g} to {row['high']:g})"
            for row in report.get("habits", ())
            if name in row["means"] and not row["low"] <= row["means"][name] <= row["high"]
        ]
        if outside:
            found.append(f"Unlike you, {name}: {'; '.join(outside)}.")
    return found


def _torn(report: Mapping[str, Any], name: str) -> list[str]:
    """Where the parts of the verifier differ by more than `TORN`, one of them may take the topic for the voice."""
    gaps = {
        head: row["value"]
        for head, row in (report.get("heads") or {"systems": {}})["systems"].get(name, {}).items()
        if row["value"] is not None
    }
    if not gaps or max(gaps.values()) - min(gaps.values()) <= TORN:
        return []
    said = ", ".join(f"{HEADS.get(head, head)} {value:.2f}" for head, value in gaps.items())
    return [f"The parts of the scorer do not agree on {name}: {said}."]


def _sound(rows: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    if name == AUTHOR:
        return list(
            {row["document"]: row["author"]["text"] for row in rows if not row["author"]["degenerate"]}.values()
        )
    return [
        text["text"] for row in rows for text in texts_of(row, name) if not text["degenerate"] and not text["copied"]
    ]
