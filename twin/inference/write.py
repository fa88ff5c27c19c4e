"""A request in, checked drafts out: retrieve → plan → compose → check → choose → mend."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from twin.core.brief import content_words
from twin.core.errors import ModelFailed
from twin.core.records import Prompt, Skipped
from twin.inference.angles import as_json as angle_json
from twin.inference.changing.mend import mend
from twin.inference.changing.reword import Mended, Rewording, drawing
from twin.inference.checking.check import Checked, trimmed
from twin.inference.composing.candidates import Candidates, fitted
from twin.inference.composing.compose import Drawn, Grown
from twin.inference.composing.hooks import led_apart
from twin.inference.composing.sections import led
from twin.inference.drafted import Counted, Writing, drafted, priced
from twin.inference.plan import plan
from twin.inference.planned import Planned, planned
from twin.inference.request import Asked, questions

SAME_DRAFT = 0.6
SEEDS_APART = 1_000
"""Several articles draw each section anew."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text as it was drawn, what was found of it, and what was changed in it since."""

    drawn: Grown
    found: Checked
    changes: Sequence[Mended] = ()


def write(asked: Asked, how: Writing, *, unread: Sequence[Skipped], words: int, variants: int) -> dict[str, Any]:
    """`{drafts brief unread prompt tokens seconds}` out, best draft first. Raises: BadRequest, ModelFailed."""
    began, model = time.perf_counter(), Counted(how.model)
    how = replace(how, model=model)
    todo = planned(asked, how, words=words, variants=variants)
    candidates = Candidates(asked, how, todo.brief.form)
    drawn = _in_sections(candidates, todo, variants) if todo.sections else candidates.drawn(todo.starts)
    if not drawn.texts:
        raise ModelFailed("the model answered with nothing", "try again with another --seed, or check: twin doctor")
    chosen = _chosen(candidates, todo, drawn, variants)
    done = sorted(_mended(candidates, todo, chosen), key=lambda one: _rank(one.found))
    drafts = [_drafted(one, asked, how, todo, variant=i) for i, one in enumerate(done, 1)]
    seconds = time.perf_counter() - began
    prompts = [_said(todo.starts[one.drawn.start].prompt) for one in done]
    return {
        "drafts": [
            priced(one, model, seconds=seconds, drafts=len(drafts), prompt=prompt)
            for one, prompt in zip(drafts, prompts, strict=True)
        ],
        "brief": asdict(todo.brief),
        "unread": [asdict(skip) for skip in unread],
        "prompt": _said(todo.starts[0].prompt),
        "tokens": model.written,
        "seconds": round(seconds, 2),
    }


def _chosen(candidates: Candidates, todo: Planned, drawn: Drawn, most: int) -> list[Candidate]:
    def checked(one: Grown, text: str) -> Checked:
        return candidates.checked(text, todo.starts[one.start].brief)

    def promise(one: Candidate) -> Checked:
        """A text as it is, or without what was found wrong in it, where that is better."""
        rest = trimmed(one.found)
        return max(one.found, checked(one.drawn, rest), key=lambda way: way.score) if rest else one.found

    whole = [Candidate(one, checked(one, one.text)) for one in drawn.texts]
    return _different(sorted(whole, key=lambda one: _rank(promise(one))), most, candidates.how.desk.hooks)


def _mended(candidates: Candidates, todo: Planned, chosen: Sequence[Candidate]) -> list[Candidate]:
    how = candidates.how
    again = drawing(
        how.model, sampling=candidates.sampling, adapter=how.voice.adapter, place=how.place, progress=how.progress
    )
    rewording = [
        Rewording(partial(candidates.checked, brief=start.brief), again, candidates.fits, start.prompt)
        for start in todo.starts
    ]
    wrong = [(one.found, rewording[one.drawn.start]) for one in chosen]
    done = [mended for some in ([[one] for one in wrong] if how.model.apart else [wrong]) for mended in mend(some)]
    return [replace(one, found=found, changes=changes) for one, (found, changes) in zip(chosen, done, strict=True)]


def _drafted(one: Candidate, asked: Asked, how: Writing, todo: Planned, *, variant: int) -> dict[str, Any]:
    """A draft as it is shown, with its angle, what a larger model said, and the prompts of its sections."""
    angle = todo.angles[one.drawn.start]
    at = replace(how, sampling=replace(how.sampling, temperature=one.drawn.temperature))
    draft = drafted(
        one.found, one.changes, at, request=asked.text, brief=angle.brief, wishes=asked.wishes, variant=variant
    )
    shown = [
        {"heading": section.heading, "prompt": _said(part.prompt)}
        for section, part in zip(todo.sections, todo.parts, strict=True)
    ]
    return {
        **draft,
        "angle": angle_json(angle, one.found.supported()),
        **({"content": todo.content.as_json()} if todo.content else {}),
        **({"sections": shown} if shown else {}),
    }


def _in_sections(candidates: Candidates, todo: Planned, variants: int) -> Drawn:
    """What the whole must say no single section must; all of an article is drawn at one temperature."""
    wishes, sampling = replace(candidates.asked.wishes, must=()), replace(candidates.how.sampling, spread=0.0)
    how = replace(candidates.how, sampling=sampling)
    single = Candidates(replace(candidates.asked, wishes=wishes), how, candidates.form)

    def drawn(section: int, lines: int, article: int) -> Drawn:
        return single.drawn([replace(todo.parts[section], texts=lines)], seed=article * SEEDS_APART)

    def worth(section: int, text: str) -> float:
        return single.checked(text, todo.parts[section].brief).score

    found = led(todo.title, todo.sections, lines=variants, draw=drawn, worth=worth, usual=how.desk.hooks)
    texts = (
        replace(one, text=fitted(one, how.place, how.limit), temperature=sampling.temperature) for one in found.texts
    )
    return Drawn(tuple(texts), found.tokens)


def _rank(one: Checked) -> tuple[bool, bool, float]:
    """What is whole before what is broken, what is no copy before what is one, then the best by its score."""
    return bool(one.degenerate.value), one.copied, -one.score


def _said(prompt: Prompt) -> list[dict[str, str]]:
    return [asdict(message) for message in prompt]


def unsourced(asked: Asked, unread: Sequence[Skipped]) -> dict[str, Any]:
    """What `write` answers where nothing can be said that is not invented: no drafts, but questions and an outline."""
    return {
        "drafts": [],
        **questions(asked),
        "brief": asdict(plan(asked.text, (), words=20)),
        "unread": [asdict(skip) for skip in unread],
        "prompt": [],
        "tokens": 0,
        "seconds": 0.0,
    }


def _different(ranked: Sequence[Candidate], most: int, usual: Mapping[str, float]) -> list[Candidate]:
    """The best candidates that share fewer than `SAME_DRAFT` of their topic words with a better one.

    The best sound one of each angle comes first; what is left of the places goes to those that lead apart.
    """
    kept: list[Candidate] = []
    for one in ranked:
        mine = set(content_words(one.found.text))
        if all(len(mine & set(content_words(other.found.text))) < SAME_DRAFT * max(1, len(mine)) for other in kept):
            kept.append(one)
    best: dict[int, Candidate] = {}
    for one in kept:
        if not (one.found.degenerate.value or one.found.copied):
            best.setdefault(one.drawn.start, one)
    apart = led_apart([(one.found.text, one) for one in kept], len(kept), usual)
    return [*best.values(), *(one for one in apart if one not in best.values())][:most]
