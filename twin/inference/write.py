"""A request in, checked drafts out: retrieve → plan → compose → check → choose."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from twin.core.brief import content_words, note_of
from twin.core.errors import ModelFailed
from twin.core.protocols import Model, Progress
from twin.core.records import Document, Passage, Skipped, digest
from twin.core.text import post_text
from twin.inference.check import Checked, Desk, as_json, check, trimmed
from twin.inference.compose import Sampling, compose, prompt_for
from twin.inference.plan import checked_request, plan

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
    words: int,
    variants: int,
    max_chars: int,
    progress: Progress,
) -> dict[str, Any]:
    """`{drafts brief unread seconds prompt}` out, best draft first. Raises: BadRequest, ModelFailed."""
    started = time.perf_counter()
    text = checked_request(request)
    brief = plan(text, passages, words=words)
    wanted = set(content_words(text))
    notes = [note_of(passage.text, wanted) for passage in passages[:MOST_NOTES]]
    prompt = prompt_for(voice.author, brief, notes=notes, exemplars=voice.exemplars, tuned=voice.adapter is not None)
    completions = compose(model, prompt, words=brief.words, sampling=sampling, adapter=voice.adapter, progress=progress)
    candidates = [post_text(one.text, unfinished=one.finish == "length", max_chars=max_chars) for one in completions]
    drawn = [
        check(one, desk=desk, brief=brief, request=text, passages=passages)
        for one in dict.fromkeys(candidates)
        if one.strip()
    ]
    shorter = [
        check(one, desk=desk, brief=brief, request=text, passages=passages)
        for one in dict.fromkeys(map(trimmed, drawn))
        if one and one not in candidates
    ]
    checked = [*drawn, *shorter]
    if not checked:
        raise ModelFailed("the model answered with nothing", "try again with another --seed, or check: twin doctor")
    shown = _different(sorted(checked, key=lambda one: -one.score), variants)
    drafts = [
        {
            "id": digest("draft", one.text, model.digest, voice.adapter_id, text),
            "text": one.text,
            "characters": len(one.text),
            "variant": i + 1,
            "model": model.name,
            "adapter": voice.adapter_id or None,
            **as_json(one, copying_gate=desk.copying_gate),
            "sources": _sources(one, passages),
        }
        for i, one in enumerate(shown)
    ]
    return {
        "drafts": drafts,
        "brief": asdict(brief),
        "unread": [asdict(skip) for skip in unread],
        "prompt": [asdict(message) for message in prompt],
        "tokens": sum(completion.tokens for completion in completions),
        "seconds": round(time.perf_counter() - started, 2),
    }


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
