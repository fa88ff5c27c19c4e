"""Before a training: how long, how much memory, and which base would fit? Measured by a few real steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from twin.core.errors import NotEnoughData
from twin.core.protocols import Progress
from twin.models.hf import compute, load_tokenizer, release
from twin.models.rows import Row, encode
from twin.models.weights import PACKAGED, parameters_in
from twin.training.memory import SPARE, most_memory
from twin.training.recipe import Recipe
from twin.training.sft import fit

STEPS = 2
WEIGHT_BYTES = {"bfloat16": 2.0, "float32": 4.0}
FOUR_BIT_BYTES = 0.6
"""NF4 with its constants takes 0.52 bytes a number; embeddings and norms stay whole."""


def preflight(
    checkpoint: Path, train: Sequence[Row], tune: Sequence[Row], *, recipe: Recipe, progress: Progress
) -> dict[str, Any]:
    """Rows in; `{examples tokens mean_tokens steps tokens_per_second seconds memory_bytes memory_free_bytes ...}` out.

    Two steps of the very training are run, on examples of usual length and on the longest, and thrown away. Held-out
    loss is measured once before and after each pass: a forward pass is reckoned as a third of a step. Memory is that
    of the device that trains. `bases` says which bases fit there, and how long they would take.
    Raises: NotEnoughData, ModelFailed.
    """
    if not train:
        raise NotEnoughData("the dataset has no examples to learn from", "collect more texts: twin collect")
    tokenizer = load_tokenizer(checkpoint)
    import twin.training.trainer  # noqa: F401 - libraries that are loaded take memory once, for any base

    sizes = [len(encode(tokenizer, one, max_tokens=recipe.max_tokens)["input_ids"]) for one in train]
    held = [len(encode(tokenizer, one, max_tokens=recipe.max_tokens)["input_ids"]) for one in tune]
    with TemporaryDirectory(prefix="twin-") as folder, most_memory(compute()[0]) as memory:
        fitted = fit(
            checkpoint,
            _tried(train, sizes, recipe.batch),
            (),
            recipe=replace(recipe, epochs=1),
            folder=Path(folder) / "t",
            progress=progress,
        )
    release()
    tokens = sum(sizes) * recipe.epochs
    speed = fitted.tokens_per_second
    seconds = tokens / speed + sum(held) * (recipe.epochs + 1) / (3 * speed)
    known = parameters_in(checkpoint)
    measured = {"memory_bytes": memory["used"], "memory_free_bytes": memory["free"], "seconds": round(seconds)}
    return {
        "examples": len(train),
        "tokens": tokens,
        "mean_tokens": round(fmean(sizes)),
        "steps": -(-len(train) // recipe.batch) * recipe.epochs,
        "tokens_per_second": round(speed, 1),
        "recomputed": fitted.recomputed,
        **measured,
        **what_fits(known, **measured, dtype=compute()[1], quantised=recipe.quantised),
    }


def what_fits(
    parameters: int, *, memory_bytes: int, memory_free_bytes: int, seconds: int, dtype: str, quantised: str
) -> dict[str, Any]:
    """What one base took in; `{parameters fits_parameters fits_parameters_4bit bases}` out.

    Time and memory are reckoned to grow as parameters do. In four bits only the weights shrink; what a pass keeps is
    float32 in PEFT's layers, twice as much as elsewhere in bfloat16 (measured 2026-11: 1.9 times).
    """
    room = (1 - SPARE) * memory_free_bytes
    each = max(1, memory_bytes) / parameters
    whole = WEIGHT_BYTES[dtype]
    values = max(0.0, each - whole) * WEIGHT_BYTES["float32"] / whole
    in_four = each if quantised == "4bit" else values + FOUR_BIT_BYTES
    return {
        "parameters": parameters,
        "fits_parameters": round(room / each),
        "fits_parameters_4bit": round(room / in_four),
        "bases": [
            {
                "name": name,
                "parameters": one.parameters,
                "memory_bytes": round(each * one.parameters),
                "seconds": round(seconds * one.parameters / parameters),
                "fits": each * one.parameters <= room,
            }
            for name, one in PACKAGED.items()
        ],
    }


def _tried(train: Sequence[Row], sizes: Sequence[int], batch: int) -> list[Row]:
    """The longest example and those nearest to the mean length, for `STEPS` steps."""
    mean, longest = fmean(sizes), max(range(len(sizes)), key=lambda i: sizes[i])
    usual = sorted((i for i in range(len(sizes)) if i != longest), key=lambda i: abs(sizes[i] - mean))
    return [train[i] for i in [*usual[: STEPS * batch - 1], longest]]
