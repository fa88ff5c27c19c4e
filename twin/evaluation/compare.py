"""Held-out briefs with each system's texts in, one report out: whose voice, how true, how copied, how sure.

The protocol is EVALUATION.md §3. The unit is the held-out document: texts of one system for one brief are averaged
first, then the briefs of one document. A degenerate or copied text is reported as failed and gets no style score:
words of the author's own would be voice for nothing. The share of failed texts stands beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twin.core.errors import BadRequest
from twin.core.records import digest
from twin.evaluation.faults import faults_of, sentences_on_faults
from twin.evaluation.instruments import Instruments, Voice
from twin.evaluation.intervals import Row, difference_of, mean_of, rate_of
from twin.evaluation.likeness import attributed, habits_of, heads_of, sentences_on
from twin.evaluation.memorisation import Memorised, memorisation_of, sentences_on_memory
from twin.evaluation.protocol import AUTHOR, CARICATURE, OTHERS, PAIRS, SCHEMA, SYSTEMS
from twin.evaluation.rows import Case, Output, Scale, by_document, row_of, scale_of, texts_of
from twin.evaluation.words import LIMITS, sentences_of
from twin.metrics.coverage import Coverage
from twin.metrics.degenerate import Degenerate

__all__ = ["Case", "Instruments", "Output", "compare"]

LOWER_IS_BETTER = {"loss": True, "unsupported": True, "gap_closed": False, "coverage": False}
BY_TEXT = ("gap_closed", "coverage", "unsupported", "longest_run_words")


def compare(
    cases: Sequence[Case],
    instruments: Instruments,
    *,
    memorised: Memorised | None = None,
    resamples: int,
    seed: int,
) -> dict[str, Any]:
    """Cases in, the report out: variants, differences, rows by brief, sentences. Raises: BadRequest for no case."""
    style = instruments.style
    if not cases:
        raise BadRequest("there is no held-out brief to compare on", "collect more texts: twin collect")
    written = {name for case in cases for name in case.outputs}
    systems = [one.name for one in SYSTEMS if one.name in written]
    scale = scale_of(cases, style)
    rows = [row_of(case, instruments=instruments, scale=scale) for case in cases]
    options = {"resamples": resamples, "seed": seed}
    report: dict[str, Any] = {
        "schema": SCHEMA,
        "briefs": len(cases),
        "documents": len({row["document"] for row in rows}),
        "systems": systems,
        "variants": _variants(rows, systems, **options) | {OTHERS: _others(style, scale, **options)},
        "kinds": {
            kind: _variants([row for row in rows if row["kind"] == kind], systems, **options)
            for kind in dict.fromkeys(row["kind"] for row in rows)
        },
        "heads": heads_of(rows, systems, style, **options) if style and not scale.why else None,
        "differences": {
            f"{one} - {other}": _differences(rows, one, other, **options)
            for one, other in PAIRS
            if one in systems and other in systems
        },
        "style": _style_facts(style, scale),
        "attribution": attributed(rows, systems, instruments.who) if instruments.who else None,
        "habits": habits_of(rows, systems, instruments.habits) if instruments.habits else [],
        **faults_of(rows, systems, instruments),
        "memorisation": memorisation_of(memorised, **options) if memorised else None,
        "metrics": {one.name: one.version for one in (Coverage, Degenerate)} | instruments.versions(),
        "digests": _digests(rows),
        "resamples": resamples,
        "seed": seed,
        "rows": rows,
    }
    report["caricature"] = [
        name for name in systems if (report["variants"][name]["gap_closed"]["value"] or 0.0) > CARICATURE
    ]
    report["sentences"] = [
        *sentences_of(report),
        *sentences_on_faults(report),
        *sentences_on_memory(report["memorisation"]),
        *sentences_on(report),
        *LIMITS,
    ]
    return report


def _variants(
    rows: Sequence[Mapping[str, Any]], systems: Sequence[str], *, resamples: int, seed: int
) -> dict[str, dict[str, Row]]:
    options = {"resamples": resamples, "seed": seed}
    return {name: _variant(rows, name, **options) for name in systems} | {AUTHOR: _author(rows, **options)}


def _variant(rows: Sequence[Mapping[str, Any]], name: str, *, resamples: int, seed: int) -> dict[str, Row]:
    texts = [text for row in rows for text in texts_of(row, name)]
    means = {
        metric: mean_of(by_document(rows, name, metric), resamples=resamples, seed=seed)
        for metric in (*BY_TEXT, "loss")
    }
    longest = max((text["longest_run_words"] or 0 for text in texts), default=0)
    means["longest_run_words"]["most"] = longest
    rates = {name: rate_of(sum(bool(text[name]) for text in texts), len(texts)) for name in ("degenerate", "again")}
    return {**means, **rates}


def _author(rows: Sequence[Mapping[str, Any]], *, resamples: int, seed: int) -> dict[str, Row]:
    """The ceiling: the real texts. Their runs are not taken, for they may stand in the index that they would meet."""
    found = {
        metric: mean_of(by_document(rows, AUTHOR, metric), resamples=resamples, seed=seed)
        for metric in ("gap_closed", "coverage", "unsupported")
    }
    return {**found, "degenerate": rate_of(sum(bool(row["author"]["degenerate"]) for row in rows), len(rows))}


def _others(style: Voice | None, scale: Scale, *, resamples: int, seed: int) -> dict[str, Row]:
    scores = [] if style is None or scale.why else [scale.gap(one) for one in style.other_scores]
    return {"gap_closed": mean_of(scores, resamples=resamples, seed=seed)}


def _differences(
    rows: Sequence[Mapping[str, Any]], one: str, other: str, *, resamples: int, seed: int
) -> dict[str, Row]:
    return {
        metric: difference_of(
            by_document(rows, one, metric),
            by_document(rows, other, metric),
            resamples=resamples,
            seed=seed,
            lower_is_better=lower,
        )
        for metric, lower in LOWER_IS_BETTER.items()
    }


def _digests(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Of what was measured on, and of every prompt with its sampling: other digests are other measurements."""
    asked = [(row["id"], row["topic"], row["facts"], row["words"], row["author"]["text"]) for row in rows]
    prompts = [(row["id"], name, one["asked"]) for row in rows for name, one in row["systems"].items()]
    return {"held_out": digest("held out", *asked), "prompts": digest("prompts", *prompts)}


def _style_facts(style: Voice | None, scale: Scale) -> dict[str, Any]:
    return {
        "valid": not scale.why,
        "why": scale.why,
        "auc": style.auc if style else None,
        "miss_rate": style.miss_rate if style else None,
    }
