"""A checked text in, the draft that `write --json` promises out: what it stands on, what was found, what was mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from twin.core.protocols import Model, Progress
from twin.core.records import Brief, Document, Passage, Prompt, digest
from twin.inference import places
from twin.inference.check import Checked, Desk, as_json
from twin.inference.compose import Sampling
from twin.inference.hooks import hook_of
from twin.inference.mend import Mended
from twin.inference.places import Place
from twin.inference.request import Wishes


@dataclass(frozen=True, slots=True)
class Voice:
    """Who writes: the author's name, and an adapter with its id, or the posts to imitate where there is none."""

    author: str
    adapter: Path | None
    adapter_id: str
    exemplars: Sequence[Document]


@dataclass(frozen=True, slots=True)
class Writing:
    """All that a draft is written with. `limit` is the most that it may have as its place counts, 0 for any length.

    `bound` holds its numbers, dates and links to those of its sources while it is written, where the model can.
    """

    passages: Sequence[Passage]
    voice: Voice
    model: Model
    desk: Desk
    sampling: Sampling
    place: Place
    limit: int
    bound: bool
    progress: Progress


def drafted(
    one: Checked, changes: Sequence[Mended], how: Writing, *, request: str, wishes: Wishes, variant: int
) -> dict[str, Any]:
    """One text with its findings, as it is shown and stored."""
    hook = hook_of(one.text)
    return {
        "id": digest("draft", one.text, how.model.digest, how.voice.adapter_id, request),
        "text": one.text,
        **_shown(one.text, how.place, wishes),
        "variant": variant,
        "hook": {"kind": hook, "share": round(how.desk.hooks.get(hook, 0.0), 2)},
        "model": how.model.name,
        "adapter": how.voice.adapter_id or None,
        "bound": _bound(how.model, bound=how.bound),
        **as_json(one, desk=how.desk),
        "mended": [asdict(change) for change in changes],
        "sources": _sources(one, how.passages),
    }


def kept(
    draft: Mapping[str, Any], *, brief: Brief, prompt: Prompt, passages: Sequence[Passage], wishes: Wishes
) -> dict[str, Any]:
    """What is stored of a draft beside its text: all that is needed to go on with it later."""
    detail = {key: value for key, value in draft.items() if key not in ("id", "text")}
    made = {
        "brief": asdict(brief),
        "prompt": [asdict(message) for message in prompt],
        "passages": [asdict(passage) for passage in passages],
        "wishes": asdict(wishes),
    }
    return {**detail, "made": made}


def _shown(text: str, place: Place, wishes: Wishes) -> dict[str, Any]:
    """What the place says of a text, and which wishes it leaves open."""
    shown = places.as_json(text, place)
    wished = [places.findings_json(finding) for finding in wishes.findings(text)]
    return {**shown, "form": [*wished, *shown["form"]]}


def _bound(model: Model, *, bound: bool) -> dict[str, Any]:
    """Whether numbers, dates and links were held to the sources while writing, and why not."""
    if bound and not model.binds:
        return {"held": False, "why": f"{model.name} cannot be held to its sources while it writes: checked only"}
    return {"held": bound, "why": "" if bound else "write.bound is off"}


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
