"""Before a training: how long, how much memory, and which base would fit? Measured by a few real steps."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from twin.core.errors import NotEnoughData
from twin.core.protocols import Progress
from twin.models.hf import compute, load_tokenizer, release
from twin.models.rows import Row, encode
from twin.training.advice import SPARE
from twin.training.recipe import Recipe
from twin.training.sft import fit

STEPS = 2
LOOK_EVERY_S = 0.02


def preflight(
    checkpoint: Path, train: Sequence[Row], tune: Sequence[Row], *, recipe: Recipe, progress: Progress
) -> dict[str, Any]:
    """Rows in; `{examples tokens mean_tokens steps tokens_per_second seconds memory_bytes memory_free_bytes ...}` out.

    Two steps of the very training are run, on examples of usual length and on the longest, and thrown away. Held-out
    loss is measured once before and after each pass: a forward pass is reckoned as a third of a step. Memory is that
    of the device that trains. `fits_parameters` is how large a base might be there, if memory grows as parameters do.
    Raises: NotEnoughData, ModelFailed.
    """
    if not train:
        raise NotEnoughData("the dataset has no examples to learn from", "collect more texts: twin collect")
    tokenizer = load_tokenizer(checkpoint)
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
    known = parameters(checkpoint)
    return {
        "examples": len(train),
        "tokens": tokens,
        "mean_tokens": round(fmean(sizes)),
        "steps": -(-len(train) // recipe.batch) * recipe.epochs,
        "tokens_per_second": round(speed, 1),
        "seconds": round(seconds),
        "memory_bytes": memory["used"],
        "memory_free_bytes": memory["free"],
        "parameters": known,
        "fits_parameters": round(known * (1 - SPARE) * memory["free"] / max(1, memory["used"])),
    }


@contextmanager
def most_memory(device: str) -> Iterator[dict[str, int]]:
    """`{used free}` in bytes: the most that was taken while this was open, and what was free before."""
    import psutil
    import torch

    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
        found = {"free": torch.cuda.mem_get_info()[0], "used": 0}
        yield found
        found["used"] = torch.cuda.max_memory_allocated()
        return
    process, ended = psutil.Process(), threading.Event()
    before = process.memory_info().rss
    found = {"free": psutil.virtual_memory().available, "used": 0}

    def look() -> None:
        while not ended.wait(LOOK_EVERY_S):
            found["used"] = max(found["used"], process.memory_info().rss - before)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield found
    finally:
        ended.set()
        looking.join()


def parameters(checkpoint: Path) -> int:
    """A checkpoint folder in, how many numbers its weights hold out."""
    from math import prod

    from safetensors import safe_open

    total = 0
    for file in checkpoint.glob("*.safetensors"):
        with safe_open(file, "pt") as weights:
            total += sum(prod(weights.get_slice(name).get_shape()) for name in weights.keys())  # noqa: SIM118
    return total


def _tried(train: Sequence[Row], sizes: Sequence[int], batch: int) -> list[Row]:
    """The longest example and those nearest to the mean length, for `STEPS` steps."""
    mean, longest = fmean(sizes), max(range(len(sizes)), key=lambda i: sizes[i])
    usual = sorted((i for i in range(len(sizes)) if i != longest), key=lambda i: abs(sizes[i] - mean))
    return [train[i] for i in [*usual[: STEPS * batch - 1], longest]]
