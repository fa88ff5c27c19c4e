"""A request in, checked drafts out: retrieve → plan → compose → check → choose."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from twin.core.brief import content_words, note_of
from twin.core.errors import ModelFailed
from twin.core.protocols import Model, Progress
from twin.core.records import Document, Passage, Skipped, digest
from twin.core.text import cut_at_sentence, sentence_head
from twin.inference import places
from twin.inference.blocks import grow
from twin.inference.bound import allowed, strangers
from twin.inference.check import Checked, Desk, as_json, check, trimmed
from twin.inference.compose import Grown, Sampling, compose, prompt_for
from twin.inference.mend import drawing, mend
from twin.inference.places import Place
from twin.inference.plan import checked_request, plan
from twin.metrics.truth.evidence import Evidence

MOST_NOTES = 2
SAME_DRAFT = 0.6


@dataclass(frozen=True, slots=True)
class Voice:
    """Who writes: the author's name, and an adapter with its id, or the posts to imitate where there is none."""

    author: str
    adapter: Path | None
    adapter_id: str
    exemplars: Sequence[Document]


def write(
    request: str,
    *,
    passages: Sequence[Passage],
    unread: Sequence[Skipped],
    voice: Voice,
    model: Model,
    desk: Desk,
    sampling: Sampling,
    place: Place,
    words: int,
    variants: int,
    limit: int,
    bound: bool,
    progress: Progress,
) -> dict[str, Any]:
    """`{drafts brief unread seconds prompt}` out, best draft first. Raises: BadRequest, ModelFailed.

    `limit` is the most that a draft may have as the place counts, 0 for any length. `bound` holds its numbers, dates
    and links to those of its sources while it is written, where the model can.
    """
    started = time.perf_counter()
    asked = checked_request(request)
    brief = plan(asked, passages, words=words, kind=place.kind, place=place.site)
    wanted = set(content_words(asked))
    notes = [note_of(passage.text, wanted) for passage in passages[:MOST_NOTES]]
    prompt = prompt_for(voice.author, brief, notes=notes, exemplars=voice.exemplars, tuned=voice.adapter is not None)

    @cache
    def checked(text: str, *, finished: bool = True) -> Checked:
        return check(text, desk=desk, brief=brief, request=asked, passages=passages, finished=finished)

    def judge(one: Grown) -> float:
        return checked(one.text, finished=one.finished).score

    evidence = Evidence(passages, asked)

    def strange(text: str) -> bool:
        return bound and bool(strangers(text, evidence, desk.usual))

    if bound and model.binds:
        sampling = replace(sampling, only=allowed(asked, passages, form=brief.form))
    draw = partial(grow, lines=variants, judge=judge, strange=strange) if model.continues else compose
    drawn = draw(model, prompt, words=brief.words, sampling=sampling, adapter=voice.adapter, progress=progress)
    whole = [checked(one) for one in dict.fromkeys(fitted(one, place, limit) for one in drawn.texts) if one.strip()]
    if not whole:
        raise ModelFailed("the model answered with nothing", "try again with another --seed, or check: twin doctor")
    ranked = sorted(whole, key=lambda one: -max(one.score, checked(trimmed(one)).score if trimmed(one) else -99.0))
    again = drawing(model, prompt, sampling=sampling, adapter=voice.adapter, progress=progress)
    mended = [mend(one, checked=_within(place, limit, checked), again=again) for one in _different(ranked, variants)]
    mended.sort(key=lambda one: -one[0].score)
    drafts = [
        {
            "id": digest("draft", one.text, model.digest, voice.adapter_id, asked),
            "text": one.text,
            **places.as_json(one.text, place),
            "variant": i + 1,
            "model": model.name,
            "adapter": voice.adapter_id or None,
            "bound": _bound(model, bound=bound),
            **as_json(one, desk=desk),
            "mended": [asdict(change) for change in changes],
            "sources": _sources(one, passages),
        }
        for i, (one, changes) in enumerate(mended)
    ]
    return {
        "drafts": drafts,
        "brief": asdict(brief),
        "unread": [asdict(skip) for skip in unread],
        "prompt": [asdict(message) for message in prompt],
        "tokens": drawn.tokens,
        "seconds": round(time.perf_counter() - started, 2),
    }


def _within(place: Place, limit: int, checked: Callable[[str], Checked]) -> Callable[[str], Checked]:
    """Measures a text as it fits its place."""
    return lambda text: checked(fitted(Grown(text, finished=True), place, limit))


def _bound(model: Model, *, bound: bool) -> dict[str, Any]:
    """Whether numbers, dates and links were held to the sources while writing, and why not."""
    if bound and not model.binds:
        return {"held": False, "why": f"{model.name} cannot be held to its sources while it writes: checked only"}
    return {"held": bound, "why": "" if bound else "write.bound is off"}


def fitted(answer: Grown, place: Place, limit: int) -> str:
    """A model's answer in, the draft out: in the place's form, ending with a whole sentence, within the limit."""
    text = place.tidy(answer.text)
    if not answer.finished and text and text[-1] not in ".!?…":
        text = cut_at_sentence(text, len(text) - 1)
    while limit and place.count(text) > limit:
        text = sentence_head(text[:-1]) or text[:-1].rpartition(" ")[0]
    return text


def _different(ranked: Sequence[Checked], most: int) -> list[Checked]:
    """The best candidates that share fewer than `SAME_DRAFT` of their topic words with a better one."""
    chosen: list[Checked] = []
    for one in ranked:
        mine = set(content_words(one.text))
        if all(len(mine & set(content_words(other.text))) < SAME_DRAFT * max(1, len(mine)) for other in chosen):
            chosen.append(one)
        if len(chosen) == most:
            break
    return chosen


def _sources(draft: Checked, passages: Sequence[Passage]) -> list[dict[str, Any]]:
    """Every passage the model was given; `used` says whether a sentence of the draft stands on it."""
    stood_on = {source for claim in draft.claims for source in claim.sources}
    return [
        {
            "id": passage.id,
            "document": passage.document,
            "title": passage.title or passage.text.strip().split("\n")[0][:80],
            "url": passage.url,
            "published": passage.published,
            "excerpt": passage.text.strip()[:280],
            "outside": passage.outside,
            "used": passage.id in stood_on,
        }
        for passage in passages
    ]
