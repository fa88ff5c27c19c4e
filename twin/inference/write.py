"""A request in, checked drafts out: retrieve → plan → compose → check → choose → mend."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from twin.core.brief import content_words, note_of
from twin.core.errors import ModelFailed
from twin.core.prompts import rewriting_prompt
from twin.core.records import Brief, Prompt, Skipped
from twin.inference.changing.mend import mend
from twin.inference.changing.reword import Rewording, drawing
from twin.inference.checking.check import Checked, trimmed
from twin.inference.composing.candidates import Candidates, fitted
from twin.inference.composing.compose import Drawn, prompt_for
from twin.inference.composing.hooks import led_apart
from twin.inference.composing.sections import Section, led, outlined
from twin.inference.content import Content, content_of
from twin.inference.drafted import Counted, Writing, drafted, priced
from twin.inference.plan import plan, told_by
from twin.inference.request import Asked, questions

MOST_NOTES = 2
SAME_DRAFT = 0.6
SEEDS_APART = 1_000
"""Several articles draw each section anew."""


def write(asked: Asked, how: Writing, *, unread: Sequence[Skipped], words: int, variants: int) -> dict[str, Any]:
    """`{drafts brief unread prompt tokens seconds}` out, best draft first. Raises: BadRequest, ModelFailed."""
    started, model = time.perf_counter(), Counted(how.model)
    how = replace(how, model=model)
    request = asked.text
    brief, prompt, content = _planned(asked, how, words)
    title, sections = ("", []) if content and content.sentences else outlined(request, brief, how.passages)
    prompts = [_prompt(how, one.brief, one.notes if how.voice.tuned else ()) for one in sections]
    candidates = Candidates(asked, how, brief.form)
    if sections:
        drawn = _in_sections(candidates, title, sections, prompts, variants)
    else:
        drawn = candidates.drawn(prompt, brief, lines=variants)
    checked = partial(candidates.checked, brief=brief)
    whole = [checked(one.text) for one in drawn.texts]
    if not whole:
        raise ModelFailed("the model answered with nothing", "try again with another --seed, or check: twin doctor")

    def rank(one: Checked) -> tuple[bool, bool, float]:
        """What is whole before what is broken, what is no copy before what is one, then the best by its score."""
        return bool(one.degenerate.value), one.copied, -one.score

    ranked = sorted(whole, key=lambda one: rank(_promise(one, checked)))
    again = drawing(
        how.model,
        prompt,
        sampling=candidates.sampling,
        adapter=how.voice.adapter,
        place=how.place,
        progress=how.progress,
    )
    rewording = Rewording(checked, again, lambda text: not how.limit or how.place.count(text) <= how.limit)
    chosen = _different(ranked, variants, how.desk.hooks)
    mended = sorted(mend(chosen, rewording), key=lambda one: rank(one[0]))
    shown = [{"heading": one.heading, "prompt": _said(said)} for one, said in zip(sections, prompts, strict=True)]
    drafts = [
        drafted(one, changes, how, request=request, brief=brief, wishes=asked.wishes, variant=i)
        | ({"content": content.as_json()} if content else {})
        | ({"sections": shown} if shown else {})
        for i, (one, changes) in enumerate(mended, 1)
    ]
    said, seconds = _said(prompt), time.perf_counter() - started
    return {
        "drafts": [priced(one, model, seconds=seconds, drafts=len(drafts), prompt=said) for one in drafts],
        "brief": asdict(brief),
        "unread": [asdict(skip) for skip in unread],
        "prompt": said,
        "tokens": model.written,
        "seconds": round(seconds, 2),
    }


def _in_sections(
    candidates: Candidates, title: str, sections: Sequence[Section], prompts: Sequence[Prompt], variants: int
) -> Drawn:
    """What the whole must say no single section must."""
    how, wishes = candidates.how, replace(candidates.asked.wishes, must=())
    single = Candidates(replace(candidates.asked, wishes=wishes), how, candidates.form)

    def drawn(section: int, lines: int, article: int) -> Drawn:
        return single.drawn(prompts[section], sections[section].brief, lines=lines, seed=article * SEEDS_APART)

    def worth(section: int, text: str) -> float:
        return single.checked(text, sections[section].brief).score

    found = led(title, sections, lines=variants, draw=drawn, worth=worth, usual=how.desk.hooks)
    return Drawn(tuple(replace(one, text=fitted(one, how.place, how.limit)) for one in found.texts), found.tokens)


def _said(prompt: Prompt) -> list[dict[str, str]]:
    return [asdict(message) for message in prompt]


def _planned(asked: Asked, how: Writing, words: int) -> tuple[Brief, Prompt, Content | None]:
    """What the twin is asked, and what a larger model would say, where there is one: it takes the place of passages."""
    request, voice, place = asked.text, how.voice, how.place
    planned = partial(
        plan,
        request,
        words=words,
        about=asked.about,
        kind=place.kind,
        place=place.site,
        audience=asked.audience,
        year=asked.year,
    )
    brief = planned(how.passages)
    said = [told_by(passage, how.passages, request) for passage in how.passages]
    content = content_of(how, brief, request=request, said=said)
    wanted = {*content_words(request), *asked.about}
    notes = [note for note in (note_of(text, wanted) for text in said[:MOST_NOTES]) if note] if voice.tuned else []
    if content and content.sentences:
        brief, notes = planned([content.as_passage()]), content.notes(MOST_NOTES)
        if voice.rewrites:
            return brief, rewriting_prompt(voice.author, content.text, brief.words), content
    return brief, _prompt(how, brief, notes), content


def _prompt(how: Writing, brief: Brief, notes: Sequence[str]) -> Prompt:
    return prompt_for(
        how.voice.author,
        brief,
        notes=notes,
        exemplars=how.voice.exemplars,
        tuned=how.voice.tuned,
        context_tokens=how.context_tokens,
    )


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


def _promise(one: Checked, checked: Callable[[str], Checked]) -> Checked:
    """A text as it is, or without what was found wrong in it, where that is better."""
    rest = trimmed(one)
    return max(one, checked(rest), key=lambda way: way.score) if rest else one


def _different(ranked: Sequence[Checked], most: int, usual: Mapping[str, float]) -> list[Checked]:
    """The best candidates that share fewer than `SAME_DRAFT` of their topic words with a better one, led apart."""
    chosen: list[Checked] = []
    for one in ranked:
        mine = set(content_words(one.text))
        if all(len(mine & set(content_words(other.text))) < SAME_DRAFT * max(1, len(mine)) for other in chosen):
            chosen.append(one)
    return led_apart([(one.text, one) for one in chosen], most, usual)
