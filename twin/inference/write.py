"""A request in, checked drafts out: retrieve → plan → compose → check → choose → mend."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache, partial
from typing import Any

from twin.core.brief import content_words, note_of
from twin.core.errors import ModelFailed
from twin.core.prompts import rewriting_prompt
from twin.core.records import Brief, Prompt, Skipped
from twin.core.text import cut_at_sentence, sentence_head
from twin.inference.blocks import grow
from twin.inference.bound import allowed, in_their_case
from twin.inference.check import Checked, check, claimed, trimmed
from twin.inference.compose import Grown, compose, prompt_for
from twin.inference.content import Content, content_of
from twin.inference.drafted import Counted, Writing, drafted, priced
from twin.inference.hooks import led_apart
from twin.inference.mend import mend
from twin.inference.numbered import counted
from twin.inference.orders import without_orders
from twin.inference.places import Place
from twin.inference.plan import plan
from twin.inference.request import Asked, questions
from twin.inference.reword import Rewording, drawing
from twin.inference.strangers import absent

MOST_NOTES = 2
SAME_DRAFT = 0.6


def write(asked: Asked, how: Writing, *, unread: Sequence[Skipped], words: int, variants: int) -> dict[str, Any]:
    """`{drafts brief unread prompt tokens seconds}` out, best draft first. Raises: BadRequest, ModelFailed."""
    started, model = time.perf_counter(), Counted(how.model)
    how = replace(how, model=model)
    request, passages, voice, place = asked.text, how.passages, how.voice, how.place
    brief, prompt, content = _planned(asked, how, words)

    @cache
    def checked(text: str, *, finished: bool = True) -> Checked:
        found = check(
            text,
            desk=how.desk,
            brief=brief,
            request=request,
            passages=passages,
            finished=finished,
            markdown=place.markdown,
        )
        return asked.wishes.weighed(found)

    def judge(one: Grown) -> float:
        return checked(one.text, finished=one.finished).score

    def strange(said: str) -> bool:
        return how.bound and any(map(absent, claimed(said, passages, request, how.desk.usual)))

    sampling = how.sampling
    if how.bound and how.model.binds:
        sampling = replace(sampling, only=allowed(request, passages, form=brief.form))
    draw = partial(grow, lines=variants, judge=judge, strange=strange, usual=how.desk.hooks)
    drawn = (draw if how.model.continues else compose)(
        how.model, prompt, words=brief.words, sampling=sampling, adapter=voice.adapter, progress=how.progress
    )
    texts = [in_their_case(fitted(one, place, how.limit), sampling.only or ()) for one in drawn.texts]
    whole = [checked(one) for one in dict.fromkeys(texts) if one.strip()]
    if not whole:
        raise ModelFailed("the model answered with nothing", "try again with another --seed, or check: twin doctor")

    def rank(one: Checked) -> tuple[bool, bool, float]:
        """What is whole before what is broken, what is no copy before what is one, then the best by its score."""
        return bool(one.degenerate.value), one.copied, -one.score

    ranked = sorted(whole, key=lambda one: rank(_promise(one, checked)))
    again = drawing(how.model, prompt, sampling=sampling, adapter=voice.adapter, place=place, progress=how.progress)
    rewording = Rewording(checked, again, lambda text: not how.limit or place.count(text) <= how.limit)
    chosen = _different(ranked, variants, how.desk.hooks)
    mended = sorted(mend(chosen, rewording), key=lambda one: rank(one[0]))
    drafts = [
        drafted(one, changes, how, request=request, brief=brief, wishes=asked.wishes, variant=i)
        | ({"content": content.as_json()} if content else {})
        for i, (one, changes) in enumerate(mended, 1)
    ]
    asking, seconds = [asdict(message) for message in prompt], time.perf_counter() - started
    return {
        "drafts": [priced(one, model, seconds=seconds, drafts=len(drafts), prompt=asking) for one in drafts],
        "brief": asdict(brief),
        "unread": [asdict(skip) for skip in unread],
        "prompt": asking,
        "tokens": model.written,
        "seconds": round(seconds, 2),
    }


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
    brief, tuned = planned(how.passages), voice.adapter is not None or not voice.exemplars
    said = [
        without_orders(passage.text) if passage.outside or passage.theirs else passage.text for passage in how.passages
    ]
    content = content_of(how, brief, request=request, said=said)
    wanted = {*content_words(request), *asked.about}
    notes = [note for note in (note_of(text, wanted) for text in said[:MOST_NOTES]) if note] if tuned else []
    if content and content.sentences:
        brief, notes = planned([content.as_passage()]), content.notes(MOST_NOTES)
        if voice.rewrites:
            return brief, rewriting_prompt(voice.author, content.text, brief.words), content
    prompt = prompt_for(
        voice.author,
        brief,
        notes=notes,
        exemplars=voice.exemplars,
        tuned=tuned,
        context_tokens=how.context_tokens,
    )
    return brief, prompt, content


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


def fitted(answer: Grown, place: Place, limit: int) -> str:
    """A model's answer in, the draft out: in the place's form, lists counted, of whole sentences, within the limit."""
    text = counted(place.tidy(answer.text))
    if not answer.finished and text and text[-1] not in ".!?…":
        text = cut_at_sentence(text, len(text) - 1)
    while limit and place.count(text) > limit:
        text = sentence_head(text[:-1]) or text[:-1].rpartition(" ")[0]
    return text


def _different(ranked: Sequence[Checked], most: int, usual: Mapping[str, float]) -> list[Checked]:
    """The best candidates that share fewer than `SAME_DRAFT` of their topic words with a better one, led apart."""
    chosen: list[Checked] = []
    for one in ranked:
        mine = set(content_words(one.text))
        if all(len(mine & set(content_words(other.text))) < SAME_DRAFT * max(1, len(mine)) for other in chosen):
            chosen.append(one)
    return led_apart([(one.text, one) for one in chosen], most, usual)
