"""Which pass of a training is kept: the one that sounds most like the author, of those that learned at all.

The lowest loss on unseen words comes early, while the voice still grows: with 100 texts the first of three passes has
it as a rule, and the voice is nearest to the author's own after the second or third, where a text goes past it for
some (EVALUATION.md §8, stop rule). So the texts that training stops by are written again after each pass.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from twin.core.errors import TwinError
from twin.core.paths import write_whole
from twin.models.weights import Base
from twin.training.gguf_lora import ARCHITECTURES, export_gguf

PASSES = "passes"
"""Folder of a fresh adapter with one for each of its passes; gone once one of them is kept."""
WEIGHTS = "adapter_model.safetensors"
ALIKE = 0.05
"""So much nearer to the author says nothing: forty texts tell a voice to a tenth of the gap or so."""
Voices = Callable[[Sequence[Path]], Sequence[float | None]]
"""Adapter folders in; how much of the gap to the author each closes out, 1 is all of it; None where none is told."""


def keep_by_voice(
    folder: Path, fitted: Path, figures: dict[str, Any], *, base: Base, voices: Voices | None
) -> dict[str, Any]:
    """A fresh adapter, the file of its figures, and these in; the figures of the pass that is kept out.

    The folder holds that pass afterwards, and only that. Killed anywhere in between it is run again and ends the same.
    """
    made = sorted((folder / PASSES).glob("*"), key=number_of)
    if "voices" not in figures and len(made) == len(figures["epochs"]) > 0:
        told, why = heard(made, figures, base=base, voices=voices)
        best = nearest(told, figures["epochs"], figures["before"]) or figures["best"]
        notes = [*figures.get("notes", []), *([f"The pass with the lowest loss is kept: {why}."] if why else [])]
        figures = {**figures, "voices": told, "best": best, "after": figures["epochs"][best - 1], "notes": notes}
        write_whole(fitted, json.dumps(figures))
    kept = folder / PASSES / f"{folder.name}-{figures['best']}" / WEIGHTS
    if kept.is_file():
        shutil.copyfile(kept, folder / f"{WEIGHTS}.new")
        (folder / f"{WEIGHTS}.new").replace(folder / WEIGHTS)
    shutil.rmtree(folder / PASSES, ignore_errors=True)
    return figures


def heard(
    made: Sequence[Path], figures: Mapping[str, Any], *, base: Base, voices: Voices | None
) -> tuple[list[float | None], str]:
    """The voice of each pass that learned at all, and why none could be told, where that is worth a word."""
    asked = [one for one, loss in zip(made, figures["epochs"], strict=True) if loss < figures["before"]]
    told: dict[Path, float | None] = {}
    why = "nothing here writes with each pass" if voices is None and len(asked) > 1 else ""
    if voices and len(asked) > 1:
        if base.architecture in ARCHITECTURES:
            for one in asked:
                export_gguf(one, base)
        try:
            told = dict(zip(asked, voices(asked), strict=True))
            if all(voice is None for voice in told.values()):
                why = "the voice of none could be told (few texts to stop by, a doubtful verifier, or broken texts)"
        except TwinError as bad:  # a server that takes no adapter, say: what is fitted is not lost for that
            why = bad.message
    found = (told.get(one) for one in made)
    return [None if voice is None else round(voice, 3) for voice in found], why


def nearest(voices: Sequence[float | None], losses: Sequence[float], before: float) -> int:
    """The number of the pass whose voice is nearest to the author's, of those with less loss than the base; 0 if none.

    Of several that are as near within `ALIKE` the earliest one, which has learned the least by heart.
    """
    known = [
        (abs(1 - voice), number)
        for number, (voice, loss) in enumerate(zip(voices, losses, strict=True), 1)
        if voice is not None and loss < before
    ]
    best = min(known, default=(0.0, 0))[0]
    return min((number for apart, number in known if apart <= best + ALIKE), default=0)


def number_of(one: Path) -> int:
    return int(one.name.rpartition("-")[2])
