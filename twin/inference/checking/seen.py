"""A text that was chosen in, what its author sees of it besides its claims out: voice, habits, what was told before.

Measured for the drafts that are shown, not for the candidates that they were chosen among.
"""

from __future__ import annotations

from typing import Any

from twin.core.private import MASKED, private_spans
from twin.core.protocols import Sample
from twin.core.records import Document
from twin.inference.checking.check import Checked, Desk

MOST_SHARED = 12
MOST_OPENINGS = 3
LEAST_SAID = 3
"""Sentences of which one at least is expected to stand in a source."""


def voice_json(text: str, desk: Desk) -> dict[str, Any]:
    """`{verdict percentile score range version why}`, by the verifier that did not choose the text.

    `range` is where the author's own texts score, from their 10th to their 90th percentile.
    """
    style = desk.judge.measure(Sample(text)) if desk.judge else None
    if style is None or style.value is None:
        short = style is not None and "short" in style.why
        why = style.why if style else desk.unjudged
        return {"verdict": "too-short" if short else "unclear", "percentile": None, "why": why}
    return {
        "verdict": style.detail.get("verdict", "unclear"),
        "percentile": style.detail.get("percentile"),
        "score": round(style.value, 2),
        "range": style.detail.get("own"),
        "version": style.version,
    }


def habits_json(text: str, desk: Desk) -> dict[str, Any]:
    """`{of rows why}`: how the text is built, each habit beside the author's own range; `of` names whose texts."""
    found = desk.habits.measure(Sample(text)) if desk.habits else None
    if found is None or found.value is None:
        return {"of": "", "rows": [], "why": found.why if found else "not measured"}
    return {"of": desk.habits_of, "rows": list(found.detail["habits"]), "why": ""}


def repetition_json(text: str, desk: Desk) -> dict[str, Any]:
    """`{value gate repeated told opening why}`: `told` is the text of the author's that told the most of it before.

    `opening` are those that begin with the same words.
    """
    found = desk.repetition.measure(Sample(text)) if desk.repetition else None
    if found is None or found.value is None:
        why = found.why if found else "not measured"
        return {"value": None, "gate": None, "repeated": False, "told": None, "opening": [], "why": why}
    detail = found.detail
    told = desk.history.get(detail["document"])
    return {
        "value": round(found.value, 2),
        "gate": round(detail["gate"], 2),
        "repeated": detail["repeated"],
        "told": {**named(told), "shared": list(detail["shared"][:MOST_SHARED])} if told else None,
        "opening": [named(desk.history[id_]) for id_ in detail["opening"] if id_ in desk.history][-MOST_OPENINGS:],
        "why": "",
    }


def copying_json(one: Checked, desk: Desk) -> dict[str, Any]:
    """`{longest_run_words share run gate of}`: `of` is the author's own text that the longest run stands in."""
    own = desk.history.get(one.copying.detail.get("document", ""))
    return {
        "longest_run_words": int(one.copying.value or 0),
        "share": one.copying.detail.get("share", 0.0),
        "run": one.copying.detail.get("run", ""),
        "gate": desk.copying_gate,
        "of": named(own) if own else None,
    }


def code_json(one: Checked) -> dict[str, Any]:
    """`{lines absent}`: how many lines nobody checked; `{line finding}` of each that says what stands in no source."""
    absent = [{"line": claim.sentence, "finding": claim.finding} for claim in one.code.absent]
    return {"lines": one.code.lines, "absent": absent}


def named(document: Document) -> dict[str, str]:
    """A text of the author's in, what a reader knows it by out."""
    published = f"{document.published:%Y-%m-%d}" if document.published else ""
    title = document.title or document.text.strip().split("\n")[0][:80]
    return {
        "document": document.id,
        "kind": document.kind,
        "title": title,
        "url": document.url,
        "published": published,
    }


def as_json(one: Checked, desk: Desk) -> dict[str, Any]:
    """Every finding of a text, in the shape that `write --json` promises."""
    return {
        "style": voice_json(one.text, desk),
        "habits": habits_json(one.text, desk),
        "copying": copying_json(one, desk),
        "repetition": repetition_json(one.text, desk),
        "claims": [
            {"sentence": claim.sentence, "status": claim.status, "sources": list(claim.sources),
             "finding": claim.finding}
            for claim in one.claims
        ],
        "code": code_json(one),
        "coverage": one.coverage.value,
        "problems": _problems(one, desk),
        "score": one.score,
    }  # fmt: skip


def _problems(checked: Checked, desk: Desk) -> list[str]:
    run = int(checked.copying.value or 0)
    copied = (
        f"{run} words in a row stand in a text of yours or in a source, {desk.copying_gate - 1:.0f} are the most: "
        "say them in other words, or put them in quotation marks"
    )
    told = sum(claim.status == "memory" for claim in checked.claims)
    said = f"{told} sentence{' tells' if told == 1 else 's tell'} what happened to you, and no text of yours does"
    size = len(checked.claims)
    unsaid = f"none of its {size} sentences stands in a source: put what you know into the brief, or link to it"
    found = {
        checked.degenerate.why: bool(checked.degenerate.value),
        copied: checked.copied,
        unsaid: size >= LEAST_SAID and not checked.supported(),
        said: told > 0,
    }
    return [*(problem for problem, there in found.items() if there), *_private(checked.text)]


def _private(text: str) -> list[str]:
    """What stands there that should perhaps not be posted, by kind."""
    found: dict[str, list[str]] = {}
    for kind, start, end in private_spans(text, MASKED):
        found.setdefault(kind, []).append(text[start:end])
    return [
        f"it shows what looks private ({kind}): {', '.join(dict.fromkeys(said))}"
        for kind, said in sorted(found.items())
    ]
