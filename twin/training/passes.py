"""Which pass of a training is kept: the one that sounds most like the author, of those that learned at all.

The lowest loss on unseen words comes early, while the voice still grows: with 100 texts the first of three passes has
it as a rule, and the voice is nearest to the author's own after the second or third, where a text goes past it for
some (EVALUATION.md §8, stop rule). So the texts that training stops by are written again after each pass.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from twin.core.paths import write_whole
from twin.models.weights import Base
from twin.training.gguf_lora import ARCHITECTURES, export_gguf

PASSES = "passes"
"""Folder of a fresh adapter with one for each of its passes; gone once one of them is kept."""
WEIGHTS = "adapter_model.safetensors"
Voices = Callable[[Sequence[Path]], Sequence[float | None]]
"""Adapter folders in; how much of the gap to the author each closes out, 1 is all of it, None where none can tell."""


def keep_by_voice(
    folder: Path, fitted: Path, figures: dict[str, Any], *, base: Base, voices: Voices | None
) -> dict[str, Any]:
    """A fresh adapter, the file of its figures, and these in; the figures of the pass that is kept out.

    The folder holds that pass afterwards, and only that. Killed anywhere in between it is run again and ends the same.
    """
    made = sorted((folder / PASSES).glob("*"), key=number_of)
    if voices and made and "voices" not in figures:
        if base.architecture in ARCHITECTURES:
            for one in made:
                export_gguf(one, base)
        told = [None if one is None else round(one, 3) for one in voices(made)]
        best = nearest(told, figures["epochs"], figures["before"]) or figures["best"]
        figures = {**figures, "voices": told, "best": best, "after": figures["epochs"][best - 1]}
        write_whole(fitted, json.dumps(figures))
    if made and "voices" in figures:
        shutil.copyfile(made[figures["best"] - 1] / WEIGHTS, folder / WEIGHTS)
    shutil.rmtree(folder / PASSES, ignore_errors=True)
    return figures


def nearest(voices: Sequence[float | None], losses: Sequence[float], before: float) -> int:
    """The number of the pass whose voice is nearest to the author's, of those with less loss than the base; 0 if none.

    Of two that are as near the earlier one.
    """
    known = [
        (abs(1 - voice), number)
        for number, (voice, loss) in enumerate(zip(voices, losses, strict=True), 1)
        if voice is not None and loss < before
    ]
    return min(known)[1] if known else 0


def number_of(one: Path) -> int:
    return int(one.name.rpartition("-")[2])
