"""Rows of a report in; how often each system copies, repeats its author or itself, and says private things, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from twin.core.text import words
from twin.evaluation.instruments import Instruments
from twin.evaluation.intervals import Row, rate_of
from twin.evaluation.protocol import AUTHOR, MOST_ALIKE
from twin.evaluation.rows import texts_of
from twin.metrics.repetition import OPENING_WORDS

STATUSES = ("supported", "opinion", "memory", "not_found", "contradicted")


def faults_of(rows: Sequence[Mapping[str, Any]], systems: Sequence[str], instruments: Instruments) -> dict[str, Any]:
    """The parts `copying`, `repetition`, `canaries` and `claims` of a report, each by system."""
    found: dict[str, Any] = {
        "copying": {
            "gate": instruments.copying.gate,
            "copied": {name: _rate(rows, name, "copied") for name in systems},
            "shared": {name: _shared(rows, name) for name in systems},
            "runs": {name: [int(one["longest_run_words"] or 0) for one in _texts(rows, name)] for name in systems},
        },
        "claims": {name: _claims(rows, name) for name in (*systems, AUTHOR)},
        "repetition": None,
        "canaries": None,
    }
    if instruments.repetition:
        found["repetition"] = {
            "gate": instruments.repetition.gate,
            "repeated": {name: _rate(rows, name, "repeated") for name in (*systems, AUTHOR)},
            "openings": {name: _openings(rows, name) for name in (*systems, AUTHOR)},
        }
    if instruments.canaries:
        found["canaries"] = {"leaked": {name: _rate(rows, name, "private") for name in systems}}
    return found


def sentences_on_faults(report: Mapping[str, Any]) -> list[str]:
    """What the faults say in plain words, those of each system together."""
    found: list[str] = []
    for name in report["systems"]:
        found += _said(report["variants"][name]["degenerate"], f"{name}: {{}} are broken.")
        found += _said(report["variants"][name]["again"], f"{name}: {{}} were broken at first and are the second draw.")
        run = f"share {report['copying']['gate']} words or more in a row with your texts or a source"
        found += _said(report["copying"]["copied"][name], f"{name}: {{}} {run}.")
        if report["canaries"]:
            leaked = report["canaries"]["leaked"][name]
            found += _said(leaked, f"{name}: {{}} say something private that stands in your texts.")
        if report["repetition"]:
            found += _said(
                report["repetition"]["repeated"][name], f"{name}: {{}} tell again what a text of yours tells."
            )
    if report["repetition"]:
        found += _alike(report["repetition"]["openings"], report["systems"])
    return found


def _alike(openings: Mapping[str, Row], systems: Sequence[str]) -> list[str]:
    own = openings[AUTHOR]["value"] or 0.0
    said = [
        f"{name} {openings[name]['value']:.0%}"
        for name in systems
        if (openings[name]["value"] or 0.0) > own + MOST_ALIKE
    ]
    if not said:
        return []
    return [
        f"Begin with the same {OPENING_WORDS} words as another of their texts: {', '.join(said)} (yours {own:.0%})."
    ]


def _said(rate: Row, sentence: str) -> list[str]:
    if not rate["value"]:
        return []
    return [sentence.format(f"{round(rate['value'] * rate['n'])} of {rate['n']} texts")]


def _texts(rows: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    """A system's texts; of the author each real text once, however many briefs were made from it."""
    if name == AUTHOR:
        return list({row["document"]: row["author"] for row in rows}.values())
    return [text for row in rows for text in texts_of(row, name)]


def _rate(rows: Sequence[Mapping[str, Any]], name: str, fault: str) -> Row:
    found = [bool(text[fault]) for text in _texts(rows, name) if text[fault] is not None]
    return rate_of(sum(found), len(found))


def _shared(rows: Sequence[Mapping[str, Any]], name: str) -> float | None:
    """The share of a system's words that stand in runs of five or more shared with the author's texts or a source."""
    found = [one["shared"] for one in _texts(rows, name) if one["shared"] is not None]
    return round(fmean(found), 4) if found else None


def _openings(rows: Sequence[Mapping[str, Any]], name: str) -> Row:
    """How many texts begin as a text of the same system for another brief does."""
    begun: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        texts = [row["author"]] if name == AUTHOR else texts_of(row, name)
        begun.update({_opening(text["text"]) for text in texts})
    found = [begun[_opening(text["text"])] > 1 for text in _texts(rows, name)]
    if name == AUTHOR:  # two briefs of one document are one text
        each = Counter(_opening(text["text"]) for text in _texts(rows, name))
        found = [each[_opening(text["text"])] > 1 for text in _texts(rows, name)]
    return rate_of(sum(found), len(found))


def _opening(text: str) -> tuple[str, ...]:
    return tuple(words(text)[:OPENING_WORDS])


def _claims(rows: Sequence[Mapping[str, Any]], name: str) -> dict[str, int]:
    counts = Counter(one["status"] for text in _texts(rows, name) for one in text["claims"])
    return {status: counts[status] for status in STATUSES}
