"""A checked text in, the draft that `write --json` promises out: what it stands on, what was found, what was mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from twin import __version__
from twin.core import prompts
from twin.core.protocols import Model, Progress, silent
from twin.core.records import Brief, Completion, Document, Passage, Request, digest
from twin.inference import places
from twin.inference.changing.reword import Mended
from twin.inference.checking.check import Checked, Desk
from twin.inference.checking.seen import as_json
from twin.inference.composing.compose import Sampling
from twin.inference.composing.hooks import hook_of
from twin.inference.places import Place
from twin.inference.plan import says
from twin.inference.request import Wishes


@dataclass(frozen=True, slots=True)
class Voice:
    """Who writes: the author's name, and an adapter with its id, or the posts to imitate where there is none.

    `dataset` is the version that the adapter learned from; `rewrites` says whether drafts without a voice were in it.
    """

    author: str
    adapter: Path | None
    adapter_id: str
    exemplars: Sequence[Document]
    dataset: str = ""
    rewrites: bool = False

    @property
    def tuned(self) -> bool:
        """Whether notes are understood. A base without an adapter is shown exemplars, where there are any."""
        return self.adapter is not None or not self.exemplars


class Counted:
    """A model that counts what it reads and writes, in tokens; what it answered before counts like the rest."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.name, self.digest, self.chat_template = model.name, model.digest, model.chat_template
        self.continues, self.binds, self.apart = model.continues, model.binds, model.apart
        self.read = self.written = 0

    def generate(
        self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
    ) -> list[Completion]:
        """Raises: what the model raises."""
        answers = self.model.generate(requests, adapter=adapter, progress=progress)
        self.read += sum(one.prompt_tokens for one in answers)
        self.written += sum(one.tokens for one in answers)
        return answers

    def close(self) -> None:
        self.model.close()


@dataclass(frozen=True, slots=True)
class Writing:
    """All that a draft is written with. `limit` is the most that it may have as its place counts, 0 for any length.

    `bound` holds its numbers, dates and links to those of its sources while it is written, where the model can.
    `content` is a larger model that writes what it says, where there is one. A prompt and its draft have
    `context_tokens`.
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
    context_tokens: int
    content: Model | None = None


def drafted(
    one: Checked, changes: Sequence[Mended], how: Writing, *, request: str, brief: Brief, wishes: Wishes, variant: int
) -> dict[str, Any]:
    """One text with its findings, as it is shown and stored; what it cost is added by who wrote it."""
    hook = hook_of(one.text)
    return {
        "id": digest("draft", one.text, how.place.name, how.model.digest, how.voice.adapter_id, request),
        "text": one.text,
        **in_place(one.text, how.place, wishes),
        "variant": variant,
        "hook": {"kind": hook, "share": round(how.desk.hooks.get(hook, 0.0), 2)},
        "model": how.model.name,
        "adapter": how.voice.adapter_id or None,
        "made_with": _made_with(how),
        "created": now(),
        "bound": _bound(how.model, bound=how.bound),
        **as_json(one, desk=how.desk),
        "mended": [asdict(change) for change in changes],
        "sources": _sources(one, how.passages, brief),
    }


def now() -> str:
    """The time as drafts have it; two versions of one second are told apart."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def priced(
    draft: Mapping[str, Any], model: Counted, *, seconds: float, drafts: int, prompt: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """A draft in, the same with the prompt it was written to, and what that cost for all the `drafts` of it, out."""
    cost = {"seconds": round(seconds, 2), "tokens_read": model.read, "tokens_written": model.written, "drafts": drafts}
    return {**draft, "cost": cost, "prompt": list(prompt)}


def shown(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored draft in, the shape that `write --json` promises out: of what it was made with only the prompt."""
    told = {key: value for key, value in stored.items() if key != "made"}
    return {**told, "prompt": stored["made"]["prompt"]} if "made" in stored else told


def kept(
    draft: Mapping[str, Any], *, brief: Mapping[str, Any], passages: Sequence[Passage], wishes: Wishes
) -> dict[str, Any]:
    """What is stored of a draft beside its text: all that is needed to go on with it later.

    `brief` is that of the request; its facts are those of the draft's own angle.
    """
    detail = {key: value for key, value in draft.items() if key not in ("id", "text", "prompt")}
    made = {
        "brief": {**brief, "facts": [one["fact"] for one in draft["angle"]["claims"]]},
        "prompt": draft["prompt"],
        "passages": [asdict(passage) for passage in passages],
        "wishes": asdict(wishes),
    }
    return {**detail, "made": made}


def in_place(text: str, place: Place, wishes: Wishes) -> dict[str, Any]:
    """What the place says of a text, and which wishes it leaves open."""
    shown = places.as_json(text, place)
    wished = [places.findings_json(finding) for finding in wishes.findings(text)]
    return {**shown, "form": [*wished, *shown["form"]]}


def _made_with(how: Writing) -> dict[str, Any]:
    """The version of everything that had a part in it."""
    sampling = {name: value for name, value in asdict(how.sampling).items() if name != "only"}
    return {
        "twin": __version__,
        "model": how.model.digest,
        "adapter": how.voice.adapter_id or None,
        "dataset": how.voice.dataset or None,
        "prompt": prompts.VERSION,
        "exemplars": [document.id for document in how.voice.exemplars],
        "sampling": sampling,
    }


def _bound(model: Model, *, bound: bool) -> dict[str, Any]:
    """Whether numbers, dates and links were held to the sources while writing, and why not."""
    if bound and not model.binds:
        return {"held": False, "why": f"{model.name} is not held to its sources while it writes: checked only"}
    return {"held": bound, "why": "" if bound else "write.bound is off"}


def _sources(draft: Checked, passages: Sequence[Passage], brief: Brief) -> list[dict[str, Any]]:
    """Every passage the model was given, and the facts of its brief that are from there.

    `used` says whether a sentence of the draft stands on it.
    """
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
            "theirs": passage.theirs,
            "used": passage.id in stood_on,
            "offered": [fact for fact in brief.facts if says(passage, fact)],
        }
        for passage in passages
    ]
