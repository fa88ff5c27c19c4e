"""One held-out brief with each system's texts in, a row of findings for a report out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from twin.core.language import language_of
from twin.core.protocols import Sample
from twin.core.records import Brief, Kind, Passage
from twin.core.text import word_count
from twin.evaluation.instruments import Gated, Instruments, Voice
from twin.evaluation.protocol import AUTHOR, FULL, LEAST_GAP
from twin.metrics.coverage import Coverage
from twin.metrics.degenerate import Degenerate

if TYPE_CHECKING:
    from twin.metrics.style import OutOfFold

PLAIN: frozenset[Kind] = frozenset({"post", "comment", "reply", "message"})
"""Kinds whose places take no Markdown; of the others a text is read as it was written, as the author's own is."""


@dataclass(frozen=True, slots=True)
class Output:
    """What one system made of one brief. `loss` is in nats per token of the author's real text, None if not taken.

    `asked` is a digest of its prompt and sampling; `again` says of each text whether the first draw was broken and this
    is the second.
    """

    texts: tuple[str, ...]
    loss: float | None = None
    asked: str = ""
    again: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One held-out brief of a kind. `own` is the real text's style score out of fold, which judges the others too.

    `passages` is what the systems with retrieval saw; `document` is that of the real text, the unit of every interval.
    """

    id: str
    brief: Brief
    author_text: str
    own: OutOfFold | None
    outputs: Mapping[str, Output]
    passages: tuple[Passage, ...] = ()
    kind: str = FULL
    document: str = ""

    @property
    def request(self) -> str:
        """What the systems were told, as the metrics read it: the topic, and each fact as a line of a list."""
        return request_of(self.brief)


def in_markdown(brief: Brief) -> bool:
    return brief.kind not in PLAIN


def request_of(brief: Brief) -> str:
    return "\n".join((brief.topic, *(f"- {fact}" for fact in brief.facts)))


def broken(sample: Sample, author_text: str) -> str:
    """What is wrong with a text in itself, empty where nothing is; it should be in the language of the author's."""
    found = Degenerate(language=language_of(author_text)).measure(sample)
    return found.why if found.value else ""


@dataclass(frozen=True, slots=True)
class Scale:
    """The way from others (0) to the author (1) on the style scorer, or why there is none."""

    zero: float = 0.0
    one: float = 1.0
    why: str = ""

    def gap(self, score: float | None) -> float | None:
        return None if self.why or score is None else (score - self.zero) / (self.one - self.zero)


def scale_of(cases: Sequence[Case], style: Voice | None) -> Scale:
    if style is None:
        return Scale(why="no scorer of voice was fitted")
    if style.refusal:
        return Scale(why=style.refusal)
    scores = {case.document or case.id: case.own.score for case in cases if case.own}
    held_out = list(scores.values()) or list(style.own_scores)
    others = list(style.other_scores)
    if not held_out or not others:
        return Scale(why="the scorer of voice has no scores of the author or of others")
    zero, one = sum(others) / len(others), sum(held_out) / len(held_out)
    if one - zero < LEAST_GAP:
        return Scale(why="the author's held-out texts score hardly above other people's: no gap to close")
    return Scale(zero, one)


def row_of(case: Case, *, instruments: Instruments, scale: Scale) -> dict[str, Any]:
    return {
        "id": case.id,
        "document": case.document or case.id,
        "kind": case.kind,
        "topic": case.brief.topic,
        "facts": list(case.brief.facts),
        "words": case.brief.words,
        "passages": [{"id": one.id, "title": one.title, "url": one.url, "text": one.text} for one in case.passages],
        "author": {
            **_findings(case, case.author_text, instruments),
            "gap_closed": scale.gap(case.own.score if case.own else None),
        },
        "systems": {
            name: {
                "loss": output.loss,
                "asked": output.asked,
                "texts": [
                    {**_measured(case, text, instruments, scale), "again": again}
                    for text, again in zip(output.texts, output.again or (False,) * len(output.texts), strict=True)
                ],
            }
            for name, output in case.outputs.items()
        },
    }


def _measured(case: Case, text: str, instruments: Instruments, scale: Scale) -> dict[str, Any]:
    style, found = instruments.style, _findings(case, text, instruments)
    sample = Sample(text, case.request, case.passages)
    copied = instruments.copying.measure(sample)
    is_copy = copied.value is not None and copied.value >= instruments.copying.gate
    private = instruments.canaries.measure(sample).detail["found"] if instruments.canaries else None
    sound = style is not None and not scale.why and not found["degenerate"] and not is_copy
    fold = case.own.fold if case.own else None
    score = style.scores([text], fold=fold)[0] if style is not None and sound else None
    heads = style.by_head([text], fold=fold)[0] if style is not None and score is not None else None
    return {
        **found,
        "gap_closed": None if score is None or not isfinite(score) else scale.gap(float(score)),
        "heads": heads,
        "longest_run_words": copied.value,
        "shared": copied.detail.get("share"),
        "copied": is_copy,
        "run": copied.detail.get("run", ""),
        "document": copied.detail.get("document", ""),
        "private": private,
    }


def _findings(case: Case, text: str, instruments: Instruments) -> dict[str, Any]:
    """What can be said of any text for this brief, the author's included."""
    sample = Sample(text, case.request, case.passages, in_markdown(case.brief))
    checked = instruments.claims.measure(sample)
    return {
        "text": text,
        "words": word_count(text),
        "degenerate": broken(sample, case.author_text),
        "coverage": Coverage(case.brief).measure(sample).value,
        "unsupported": checked.value,
        **_told_before(sample, instruments.repetition),
        "claims": [
            {"sentence": one.sentence, "status": one.status, "sources": list(one.sources), "finding": one.finding}
            for one in checked.detail.get("claims", ())
        ],
    }


def _told_before(sample: Sample, repetition: Gated | None) -> dict[str, Any]:
    found = repetition.measure(sample) if repetition else None
    if repetition is None or found is None or found.value is None:
        return {"told_before": None, "told_in": "", "repeated": None}
    again = found.value >= repetition.gate
    return {"told_before": found.value, "told_in": found.detail["document"], "repeated": again}


def texts_of(row: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return list(row["systems"][name]["texts"]) if name in row["systems"] else []


def by_document(rows: Sequence[Mapping[str, Any]], name: str, metric: str) -> list[float | None]:
    """One system's values of a metric, one a held-out document in order of the rows; None where there is no value.

    Samples of one brief are averaged first, then the briefs of one document: they are no independent draws.
    """
    found: dict[str, list[float]] = {}
    for row in rows:
        values = found.setdefault(row["document"], [])
        value = _by_brief(row, name, metric)
        values += [] if value is None else [value]
    return [sum(values) / len(values) if values else None for values in found.values()]


def _by_brief(row: Mapping[str, Any], name: str, metric: str) -> float | None:
    if name == AUTHOR:
        return row["author"].get(metric)  # type: ignore[no-any-return]
    if metric == "loss":
        return row["systems"][name]["loss"] if name in row["systems"] else None
    values = [text[metric] for text in texts_of(row, name) if text[metric] is not None]
    return sum(values) / len(values) if values else None
