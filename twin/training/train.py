"""A dataset version in, a registered adapter in both of its forms out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

from twin.core.paths import write_whole
from twin.core.prompts import VERSION as PROMPTS
from twin.core.protocols import Progress
from twin.core.records import Adapter, Example, digest
from twin.models.hf import checkpoint, compute, release
from twin.models.weights import Base
from twin.training.choices import NONE, Choices
from twin.training.gguf_lora import ARCHITECTURES, export_gguf
from twin.training.methods import PLAIN, Methods
from twin.training.pairs import Generate
from twin.training.parity import CUT_SHORT, check_adapter
from twin.training.passes import PASSES, Voices
from twin.training.recipe import Recipe
from twin.training.sft import FITTED
from twin.training.stages import learn
from twin.training.together import Together

CARD = "adapter.json"
LIBRARIES = ("torch", "transformers", "peft", "trl", "xllamacpp")


def best_pass(adapter: Path) -> int:
    """The folder of a finished adapter in, the pass that was kept out; 0 where nothing was there to choose by."""
    return int(json.loads((adapter / CARD).read_text("utf-8")).get("best", 0))


def preferred(adapter: Path) -> bool:
    """The folder of a finished adapter in, whether it learned by preference: too few pairs are none."""
    return "preferred" in json.loads((adapter / CARD).read_text("utf-8"))


def adapter_id(
    dataset: str, base: Base, recipe: Recipe, *, methods: Mapping[str, Any] = MappingProxyType({}), refit_of: str = ""
) -> str:
    """A digest of everything an adapter is made from: the same inputs are the same adapter.

    `methods` are those beside the plain fit that make a difference, with the digest of the choices they learn from.
    """
    return digest(
        "adapter-2", dataset, base.digest, recipe.identity, PROMPTS, refit_of, *([dict(methods)] if methods else [])
    )


def train_adapter(
    learned: Sequence[Example],
    tuned: Sequence[Example],
    *,
    dataset: str,
    base: Base,
    recipe: Recipe,
    folder: Path,
    cache: Path,
    refit_of: str = "",
    methods: Methods = PLAIN,
    why: Mapping[str, str] = MappingProxyType({}),
    generate: Generate | None = None,
    choices: Choices = NONE,
    voices: Voices | None = None,
    decide: bool = True,
    progress: Progress,
) -> tuple[Adapter, dict[str, Any]]:
    """Examples to learn from, oldest first, and to stop by in; the adapter, a candidate, and its figures out.

    The folder `<folder>/<id>` holds the PEFT files, `adapter.gguf` and a card; what is there already is not made again.
    `generate` writes the texts that preferences are made of, `choices` are those of the author; `why` tells of the
    values that the settings left open, `voices` which pass sounds most like the author; without it the lowest loss
    decides. Without `decide` nothing does: where there are passes to choose among they wait in the folder, which has no
    card before one is chosen.
    """
    said, left_out = methods.said(len(learned)), methods.left_out(len(learned))
    said |= {"choices": choices.digest} if methods.chooses else {}
    identity = adapter_id(dataset, base, recipe, methods=said, refit_of=refit_of)
    target = folder / identity
    learned = methods.newest(learned)
    if not (target / CARD).is_file():
        unpacked = checkpoint(base, cache=cache, progress=progress)
        figures = learn(
            unpacked,
            learned,
            tuned,
            base=base,
            recipe=recipe,
            methods=methods,
            folder=target,
            generate=generate,
            choices=choices,
            voices=voices,
            decide=decide,
            progress=progress,
        )
        figures["notes"] = left_out + figures["notes"]
        release()
        together = Together(compute()[0])
        if together.main and (decide or not (target / PASSES).is_dir()):
            _finish(target, base, figures, learned, tuned, unpacked, dataset=dataset, cache=cache, progress=progress)
        together.wait()
    told = target / CARD if (target / CARD).is_file() else target / FITTED
    card: dict[str, Any] = json.loads(told.read_text("utf-8"))
    name = methods.name if recipe.quantised == "none" else f"q{methods.name}"
    losses = {"before": card["before"], "after": card["after"]}
    settings = {**asdict(recipe), **said, "why": dict(why), "base_digest": base.digest, "versions": versions(recipe)}
    adapter = Adapter(identity, dataset, base.name, name, "candidate", target, losses, settings, refit_of=refit_of)
    return adapter, card


def _finish(
    target: Path,
    base: Base,
    figures: dict[str, Any],
    learned: Sequence[Example],
    tuned: Sequence[Example],
    unpacked: Path,
    *,
    dataset: str,
    cache: Path,
    progress: Progress,
) -> None:
    """The adapter as llama.cpp loads it, and the card, which says that all is there; then it is held against PEFT's.

    That takes more memory than learning did where the base was held in four bits: a run that is killed over it leaves a
    whole adapter, whose card says that the check was cut short.
    """
    gguf = export_gguf(target, base) if base.architecture in ARCHITECTURES else None
    speed = figures["tokens"] / figures["seconds"] if figures["seconds"] else 0.0
    at = str((base.gguf or base.folder or Path()).absolute())
    made_from = {"base": base.name, "base_digest": base.digest, "base_at": at, "dataset": dataset}
    told = {**made_from, **figures, "tokens_per_second": round(speed, 1), "examples": len(learned)}
    write_whole(target / CARD, json.dumps({**told, "parity": CUT_SHORT}, indent=2))
    (target / FITTED).unlink(missing_ok=True)
    parity = check_adapter(target, gguf, base, tuned or learned, checkpoint=unpacked, cache=cache, progress=progress)
    write_whole(target / CARD, json.dumps({**told, "parity": parity}, indent=2))


def versions(recipe: Recipe) -> dict[str, str]:
    """The libraries that a result depends on."""
    from importlib.metadata import version

    used = [*LIBRARIES, *(["bitsandbytes"] if recipe.quantised == "4bit" else [])]
    return {name: version(name) for name in used}
