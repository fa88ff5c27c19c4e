"""Before a training: how long, how much memory, and is there enough to learn from? Measured by a few real steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from twin.core.errors import NotEnoughData
from twin.core.protocols import Progress
from twin.models.hf import load_tokenizer, release
from twin.models.rows import Row, encode
from twin.training.recipe import Recipe
from twin.training.sft import fit

STEPS = 2
FEW_TEXTS, MANY_TEXTS = 24, 100
"""Below the first there is no verdict on a twin; from the second on more texts changed little (EVALUATION.md §8)."""
SPARE = 0.15
"""Share of the memory that should stay free for everything else."""


def preflight(
    checkpoint: Path, train: Sequence[Row], tune: Sequence[Row], *, texts: int, recipe: Recipe, progress: Progress
) -> dict[str, Any]:
    """Rows in, `{texts examples tokens steps tokens_per_second seconds memory_bytes memory_free_bytes advice}` out.

    Two steps of the very training are run, on examples of usual length and on the longest, and thrown away. Held-out
    loss is measured once before and after each pass: a forward pass is reckoned as a third of a step.
    Raises: NotEnoughData, ModelFailed.
    """
    import psutil

    if not train:
        raise NotEnoughData("the dataset has no examples to learn from", "collect more texts: twin collect")
    tokenizer = load_tokenizer(checkpoint)
    sizes = [len(encode(tokenizer, one, max_tokens=recipe.max_tokens)["input_ids"]) for one in train]
    held = [len(encode(tokenizer, one, max_tokens=recipe.max_tokens)["input_ids"]) for one in tune]
    before = psutil.Process().memory_info().rss
    free = psutil.virtual_memory().available
    with TemporaryDirectory(prefix="twin-") as folder:
        tried = replace(recipe, epochs=1)
        fitted = fit(
            checkpoint,
            _tried(train, sizes, recipe.batch),
            (),
            recipe=tried,
            folder=Path(folder) / "t",
            progress=progress,
        )
    memory = _peak() - before
    release()
    tokens = sum(sizes) * recipe.epochs
    speed = fitted.tokens_per_second
    seconds = tokens / speed + sum(held) * (recipe.epochs + 1) / (3 * speed)
    return {
        "texts": texts,
        "examples": len(train),
        "tokens": tokens,
        "mean_tokens": round(fmean(sizes)),
        "steps": -(-len(train) // recipe.batch) * recipe.epochs,
        "tokens_per_second": round(speed, 1),
        "seconds": round(seconds),
        "memory_bytes": memory,
        "memory_free_bytes": free,
        "advice": advice(texts, memory=memory, free=free),
    }


def advice(texts: int, *, memory: int, free: int) -> list[str]:
    """What few texts and little memory mean, in words for the author; nothing where all is well."""
    said = []
    if texts < FEW_TEXTS:
        said.append(
            f"{texts} texts are few: under {FEW_TEXTS} no verdict is given and no adapter becomes active by itself. "
            "Until then drafts are written from your passages and exemplars: twin write"
        )
    elif texts < MANY_TEXTS:
        said.append(f"{texts} texts give a voice; {MANY_TEXTS} give most of what more would.")
    if memory > (1 - SPARE) * free:
        said.append("This may not fit into the memory that is free: try a smaller train.max_tokens, or a smaller base.")
    return said


def _tried(train: Sequence[Row], sizes: Sequence[int], batch: int) -> list[Row]:
    """The longest example and those nearest to the mean length, for `STEPS` steps."""
    mean, longest = fmean(sizes), max(range(len(sizes)), key=lambda i: sizes[i])
    usual = sorted((i for i in range(len(sizes)) if i != longest), key=lambda i: abs(sizes[i] - mean))
    return [train[i] for i in [*usual[: STEPS * batch - 1], longest]]


def _peak() -> int:
    """The most memory that this process ever held, bytes."""
    import resource
    import sys

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
