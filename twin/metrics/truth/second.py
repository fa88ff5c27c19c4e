"""A second opinion on claims by an entailment model: what rules cannot see, wrong relations and other wordings.

It may raise a sentence that no source says in these words, and lower one that only shares words with a source. It may
not overrule a number, name, date, quotation or link that stands nowhere: that is a finding and no opinion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from twin.core.records import Claim
from twin.metrics.truth.evidence import Evidence, Line
from twin.metrics.truth.stems import stems

ABSENT = "not in your sources: "
SURE = 0.9
MOST_PREMISES = 4


class Entailing(Protocol):
    """`judge`: premise and sentence in, the chances that it is entailed and that it is contradicted out."""

    name: str
    digest: str

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[float, float]]: ...


def reconsidered(found: Sequence[Claim], evidence: Evidence, model: Entailing) -> list[Claim]:
    """Claims by the rules in, the same after the model has read each open one beside its nearest places, out."""
    places = [evidence.near(stems(one.sentence))[:MOST_PREMISES] if _open(one) else [] for one in found]
    pairs = [(line.around, one.sentence) for one, lines in zip(found, places, strict=True) for line in lines]
    chances = iter(model.judge(pairs) if pairs else [])
    return [
        _judged(one, [(line, *next(chances)) for line in lines], model.name) if lines else one
        for one, lines in zip(found, places, strict=True)
    ]


def _open(claim: Claim) -> bool:
    return claim.status == "supported" or (claim.status == "not_found" and not claim.finding.startswith(ABSENT))


def _judged(claim: Claim, read: Sequence[tuple[Line, float, float]], name: str) -> Claim:
    line, entailed, _ = max(read, key=lambda one: one[1])
    if claim.status == "not_found" and entailed >= SURE:
        finding = f"“{line.text[:160]}” says so, by {name} ({entailed:.2f})"
        return replace(claim, status="supported", sources=_source(line), finding=finding)
    against, _, denied = max(read, key=lambda one: one[2])
    if claim.status == "supported" and denied >= SURE and entailed < SURE:
        finding = f"“{against.text[:160]}” says otherwise, by {name} ({denied:.2f})"
        return replace(claim, status="contradicted", sources=_source(against), finding=finding)
    return claim


def _source(line: Line) -> tuple[str, ...]:
    return (line.source,) if line.source else ()
