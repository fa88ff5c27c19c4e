"""A brief and the passages behind it in, the angles that posts can take out: which facts lead, and from which text.

The first angle is the brief as it is. Each other one leads with what another text tells of the request; nothing that
the user states is left out for it. A brief keeps the form that it has in training: only facts and their order differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from twin.core.brief import MOST_FACTS, facts_of
from twin.core.lengths import without_length
from twin.core.protocols import Sample
from twin.core.records import Brief, Passage
from twin.core.text import words
from twin.inference.composing.hooks import HOOKS, Hook
from twin.inference.plan import Told, facts_told, says, unlike
from twin.metrics.coverage import Coverage
from twin.metrics.truth.linked import nearly_said
from twin.metrics.truth.person import past

MOST_LEADING = 3
"""Facts that another angle leads with; the rest of its brief are the best that are left."""
REQUEST = "request"
"""The source of what the user states; any other is the id of a passage."""


@dataclass(frozen=True, slots=True)
class Angle:
    """A brief, the source of each of its facts ("" for one that none is known of), and how many of them lead.

    Those that lead stand in one text. `hook` is how a draft should open, None for any way.
    """

    brief: Brief
    sources: tuple[str, ...] = ()
    leading: int = 0
    hook: Hook | None = None

    @property
    def lead(self) -> tuple[str, ...]:
        return self.brief.facts[: self.leading]


def angle_of(brief: Brief, request: str, passages: Sequence[Passage], known: Mapping[str, str]) -> Angle:
    """A brief as an angle; `known` are sources of facts, else a fact is of the first passage that has its words."""
    known = {**known, **dict.fromkeys(_stated(request), REQUEST)}
    sources = [known.get(fact) or next((one.id for one in passages if says(one, fact)), "") for fact in brief.facts]
    texts = [_text_of(source, passages) for source in sources]
    return Angle(brief, tuple(sources), len(list(takewhile(lambda text: text == texts[0], texts))))


def angles(
    brief: Brief,
    request: str,
    passages: Sequence[Passage],
    *,
    about: Sequence[str] = (),
    usual: Mapping[str, float],
    most: int,
) -> list[Angle]:
    """At most so many; one where nothing but one text tells anything.

    A text leads where a fact of it speaks of the request, or the user handed it over, and no angle before leads with
    the same. `about` are topic words of the post that is answered, `usual` the shares of the author's posts that open
    with each hook: of several angles each has the one used most that fits what it leads with, one of its own if it can.
    """
    stated, told = _stated(request), facts_told(request, passages, about)
    known = {one.fact: one.passage.id for one in reversed(told)}
    found = [angle_of(brief, request, passages, known)]
    led, room = {_text_of(source, passages) for source in found[0].sources[:1]}, MOST_FACTS - len(stated)
    for text, mine in _by_text(told).items():
        mine.sort(key=lambda one: -one.near)
        lead = unlike([one.fact for one in mine], [fact for angle in found for fact in angle.lead])
        lead = lead[: min(room, MOST_LEADING)]
        near = mine[0].near or mine[0].passage.outside
        if len(found) == most or text in led or not (lead and near):
            continue
        rest = unlike([one.fact for one in told], [*lead, *stated])
        facts = (*lead, *stated, *rest)[:MOST_FACTS]
        own = {one.fact: one.passage.id for one in reversed(mine)}
        found.append(angle_of(replace(brief, facts=facts), request, passages, known | own))
    return _opened(found, usual) if len(found) > 1 else found


def as_json(angle: Angle, supported: Sequence[str]) -> dict[str, Any]:
    """`{hook claims}`: each claim that was planned with its source, whether it leads, and whether a draft made it.

    `supported` are the sentences of that draft that stand in a source.
    """
    planned = [
        {"fact": fact, "source": source, "leads": i < angle.leading}
        for i, (fact, source) in enumerate(zip(angle.brief.facts, angle.sources, strict=True))
    ]
    return made({"hook": angle.hook, "claims": planned}, supported)


def made(angle: Mapping[str, Any], supported: Sequence[str]) -> dict[str, Any]:
    """What `as_json` made in, the same for a draft with these sentences out."""
    return {**angle, "claims": [{**one, "made": _said(one["fact"], supported)} for one in angle["claims"]]}


def _said(fact: str, sentences: Sequence[str]) -> bool:
    """Whether one of them has its numbers, dates and names, and says nearly its words in nearly its order."""
    covered = Coverage(Brief("", facts=(fact,)))
    return any(covered.measure(Sample(one)).value == 1 and nearly_said(fact, one) for one in sentences)


def _stated(request: str) -> list[str]:
    return facts_of(without_length(request))[:MOST_FACTS]


def _text_of(source: str, passages: Sequence[Passage]) -> str:
    return next((one.document for one in passages if one.id == source), source)


def _by_text(told: Sequence[Told]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = {}
    for one in told:
        found.setdefault(one.passage.document, []).append(one)
    return found


def _opened(found: Sequence[Angle], usual: Mapping[str, float]) -> list[Angle]:
    used = sorted((hook for hook in HOOKS if usual.get(hook)), key=lambda hook: -usual[hook])
    opened: list[Angle] = []
    for angle in found:
        fitting = [hook for hook in used if _fits(hook, " ".join(angle.lead))]
        fresh = [hook for hook in fitting if hook not in [one.hook for one in opened]]
        opened.append(replace(angle, hook=next(iter((*fresh, *fitting)), None)))
    return opened


def _fits(hook: Hook, lead: str) -> bool:
    """Whether facts can be opened with so: a number must stand there in digits, a scene be told in the past."""
    if hook == "number":
        return any(map(str.isdecimal, lead))
    return hook != "scene" or any(map(past, words(lead)))
