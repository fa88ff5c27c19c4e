"""Examples in, a LoRA adapter out: supervised fine-tuning with TRL and PEFT, loss on the person's words only."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from twin.core.errors import ModelFailed, NotEnoughData, StorageFailed, TwinError
from twin.core.paths import write_whole
from twin.core.protocols import Progress, silent
from twin.core.records import digest
from twin.models.hf import (
    among_themselves,
    compute,
    load_network,
    load_tokenizer,
    release,
    storage_errors,
)
from twin.models.rows import Row, encode
from twin.training.passes import PASSES
from twin.training.recipe import Fitted, Recipe
from twin.training.together import Together

FITTED = "fitted.json"
"""Beside the weights: what the run that made them did."""


def fit(
    checkpoint: Path,
    train: Sequence[Row],
    tune: Sequence[Row],
    *,
    recipe: Recipe,
    folder: Path,
    progress: Progress,
    weights: Sequence[float] = (),
    start: Path | None = None,
) -> Fitted:
    """Fits a LoRA on `train` and writes it to `folder` in PEFT's form; without a tuning side the last pass is kept.

    `weights` are of the examples' losses, 1 each where there are none; `start` is an adapter to go on from. Where voice
    shall decide, the folder holds the pass with the lowest loss and, below `passes`, each of them. It appears whole or
    not at all. A run that was killed goes on from its last checkpoint, in `<folder>.run`, and ends with the weights of
    an undisturbed one. Under `accelerate launch` several processes share out each batch.
    Raises: NotEnoughData, BadSettings, ModelFailed, StorageFailed.
    """
    if not train:
        raise NotEnoughData("the dataset has no examples to learn from", "collect more texts: twin collect")
    device, dtype, _ = compute()  # before anything of a hub is imported: it says that there is none
    import torch
    from peft import set_peft_model_state_dict
    from transformers import set_seed

    from twin.training.run import BEST, NUMBERED, Run, latest_whole
    from twin.training.trainer import trainer_of

    set_seed(recipe.seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    together = Together(device)
    tokenizer = load_tokenizer(checkpoint)
    rows = [
        {**encode(tokenizer, one, max_tokens=recipe.max_tokens), "weight": weight}
        for one, weight in zip(train, weights or [1.0] * len(train), strict=True)
    ]
    held = [encode(tokenizer, one, max_tokens=recipe.max_tokens) for one in tune]
    made_from = digest(rows, held, recipe.identity, str(checkpoint), *([str(start)] if start else []))
    scratch = begun(folder, made_from, together)
    run = Run(Fitted(), rows, held, scratch, progress if together.main else silent, together)
    run.every_pass = recipe.keep == "voice"
    with together.written_whole(folder) as part:
        with understood(scratch):
            network = to_learn(checkpoint, recipe, start, device=together.device, dtype=dtype)
            trainer = trainer_of(network, tokenizer, recipe, run)
            run.fit_into_memory(trainer.model, recipe.recompute, rows)
            run.go_on_from(latest_whole(scratch), trainer)
        if part is not None:
            from safetensors.torch import load_file

            passes = range(1, len(run.fitted.epochs) + 1) if run.every_pass else ()
            for number in passes:
                set_peft_model_state_dict(trainer.model, load_file(scratch / NUMBERED.format(number)))
                trainer.model.save_pretrained(part / PASSES / f"{folder.name}-{number}")
            if held and recipe.keep != "last":
                set_peft_model_state_dict(trainer.model, load_file(scratch / BEST))
            trainer.model.save_pretrained(part)
            (part / FITTED).write_text(json.dumps(asdict(run.fitted)), "utf-8")
    if together.main:
        shutil.rmtree(scratch, ignore_errors=True)
    del trainer
    release()
    return run.fitted


def to_learn(checkpoint: Path, recipe: Recipe, start: Path | None, *, device: str, dtype: str) -> Any:
    """The base as the recipe holds it, with the adapter to go on from where there is one."""
    return load_network(
        checkpoint, device=device, dtype=dtype, adapter=start, trainable=True, quantised=recipe.quantised
    )


@contextmanager
def understood(scratch: Path) -> Iterator[None]:
    """What TRL, torch and a full disk say of a run that they end in; ModelFailed or StorageFailed with a remedy out."""
    try:
        with among_themselves(), storage_errors(scratch):
            yield
    except TwinError:
        raise
    except (RuntimeError, ValueError) as bad:
        if "PytorchStreamWriter" in str(bad):
            full = f"cannot write {str(scratch)!r}: {bad}"
            raise StorageFailed(full, "free some space, then go on: twin train") from bad
        raise ModelFailed(f"training stopped: {bad}", "try a smaller train.batch or train.max_tokens") from bad


def begun(folder: Path, made_from: str, together: Together) -> Path:
    """The scratch folder of a run, emptied where what lies there was made from anything else."""
    scratch = folder.with_name(f"{folder.name}.run")
    note = scratch / "made-from.json"
    if together.main:
        with storage_errors(scratch):
            if scratch.is_dir() and not (note.is_file() and json.loads(note.read_text("utf-8") or "null") == made_from):
                shutil.rmtree(scratch)
            scratch.mkdir(parents=True, exist_ok=True)
            write_whole(note, json.dumps(made_from))
    together.wait()
    return scratch
