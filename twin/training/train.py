"""A dataset version in, a registered adapter in both of its forms out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from twin.core.prompts import VERSION as PROMPTS
from twin.core.protocols import Progress
from twin.core.records import Adapter, Example, digest
from twin.models.hf import checkpoint, release
from twin.models.rows import row
from twin.models.weights import Base
from twin.training.gguf_lora import ARCHITECTURES, export_gguf
from twin.training.parity import check_adapter
from twin.training.recipe import Recipe
from twin.training.sft import fit

METHOD = "lora-sft"
CARD = "adapter.json"


def adapter_id(dataset: str, base: Base, recipe: Recipe, *, refit_of: str = "") -> str:
    """A digest of everything an adapter is made from: the same inputs are the same adapter."""
    return digest("adapter-2", dataset, base.digest, asdict(recipe), PROMPTS, refit_of)


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
    progress: Progress,
) -> tuple[Adapter, dict[str, Any]]:
    """Examples to learn from and to stop by in; the adapter, a candidate, and the run's figures out.

    The folder `<folder>/<id>` holds the PEFT files, `adapter.gguf` and a card; what is there already is not made again.
    """
    identity = adapter_id(dataset, base, recipe, refit_of=refit_of)
    target = folder / identity
    if not (target / CARD).is_file():
        unpacked = checkpoint(base, cache=cache, progress=progress)
        rows, held = (
            [row(base.chat_template, one.prompt, one.completion) for one in side] for side in (learned, tuned)
        )
        weights = [one.weight for one in learned]
        fitted = fit(unpacked, rows, held, recipe=recipe, folder=target, progress=progress, weights=weights)
        release()
        gguf = export_gguf(target, base) if base.architecture in ARCHITECTURES else None
        parity = check_adapter(
            target, gguf, base, tuned or learned, checkpoint=unpacked, cache=cache, progress=progress
        )
        figures = {
            **asdict(fitted),
            "tokens_per_second": round(fitted.tokens_per_second, 1),
            "examples": len(rows),
            "parity": parity,
        }
        scratch = target / f"{CARD}.new"
        scratch.write_text(json.dumps({"base": base.name, "dataset": dataset, **figures}, indent=2), "utf-8")
        scratch.replace(target / CARD)
    card: dict[str, Any] = json.loads((target / CARD).read_text("utf-8"))
    losses = {"before": card["before"], "after": card["after"]}
    settings = {**asdict(recipe), "base_digest": base.digest, "versions": versions()}
    adapter = Adapter(identity, dataset, base.name, METHOD, "candidate", target, losses, settings, refit_of=refit_of)
    return adapter, card


def versions() -> dict[str, str]:
    """The libraries that a result depends on."""
    from importlib.metadata import version

    return {name: version(name) for name in ("torch", "transformers", "peft", "trl", "xllamacpp")}
