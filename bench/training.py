"""Tokens a second of our fine-tuning against TRL's own way, and what each gain is worth: `python -m bench.training`.

Same rows, same base, same LoRA, same optimiser steps in the same order, loss on completions only; each program in a
process of its own. Tokens are those of the rows, padding not counted; seconds are those of the training loop alone;
memory is the most that the process ever held; the loss is taken afterwards on rows that none has seen.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.texts import posts, prompt_for
from twin.core.layers import default_cache
from twin.core.protocols import silent
from twin.models.hf import (
    among_themselves,
    checkpoint,
    completion_loss,
    compute,
    load_network,
    load_tokenizer,
    mean_loss,
)
from twin.models.rows import Row, encode, row
from twin.models.weights import find_base
from twin.training.recipe import Recipe
from twin.training.sft import fit

ROWS, HELD_OUT = 48, 8
RECIPE = Recipe(
    rank=16, alpha=32, dropout=0.0, learning_rate=1e-3, epochs=1, batch=4, warmup_share=0.1, max_tokens=768, seed=7
)
Figures = tuple[float, float, int]
"""Seconds of training, held-out loss in nats a token, peak memory in bytes."""


def ours(folder: Path, rows: list[Row], held: list[Row], changed: str = "") -> Figures:
    """Our trainer, with one of its gains taken away where `changed` names it."""
    from twin.models import hf, packed
    from twin.training import run, trainer

    recipe = RECIPE
    match changed:
        case "four bits":
            recipe = replace(RECIPE, quantised="4bit")
        case "layers once":
            recipe = replace(RECIPE, recompute="always")
        case "packing":
            run.AT_ONCE_TOKENS = 1
        case "LoRA in one step":
            trainer.quicken = lambda _: 0
        case "own attention and loss":
            packed.packable = lambda _: False
        case "bfloat16":
            from twin.training import sft

            sft.compute = lambda: ("cpu", "float32", "")
    with tempfile.TemporaryDirectory() as scratch:
        adapter = Path(scratch) / "adapter"
        fitted = fit(folder, rows, [], recipe=recipe, folder=adapter, progress=silent)
        peak = _peak()
        network = load_network(folder, adapter=adapter)
        return fitted.seconds, mean_loss(hf.completion_loss(network, load_tokenizer(folder), held)), peak


def plain(folder: Path, rows: list[Row], held: list[Row], changed: str = "") -> Figures:
    """TRL as its documentation shows it, prompt and completion given as text."""
    from datasets import Dataset
    from peft import LoraConfig
    from trl import SFTConfig, SFTTrainer

    options: dict[str, Any] = {"bf16": False, "gradient_checkpointing": False} if changed else {}
    with tempfile.TemporaryDirectory() as scratch, among_themselves():
        trainer = SFTTrainer(
            model=load_network(folder),
            args=SFTConfig(
                output_dir=scratch,
                num_train_epochs=RECIPE.epochs,
                per_device_train_batch_size=RECIPE.batch,
                learning_rate=RECIPE.learning_rate,
                warmup_steps=RECIPE.warmup_share,
                max_length=RECIPE.max_tokens,
                seed=RECIPE.seed,
                data_seed=RECIPE.seed,
                report_to="none",
                save_strategy="no",
                logging_strategy="no",
                disable_tqdm=True,
                use_cpu=compute()[0] == "cpu",
                **options,
            ),
            train_dataset=Dataset.from_list([{"prompt": prompt, "completion": text} for prompt, text in rows]),
            processing_class=load_tokenizer(folder),
            peft_config=LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"),
        )
        started = time.perf_counter()
        trainer.train()
        seconds, peak = time.perf_counter() - started, _peak()
        return seconds, mean_loss(completion_loss(trainer.model, load_tokenizer(folder), held)), peak


def _peak() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


PROGRAMS: dict[str, tuple[Callable[..., Figures], str]] = {
    "twin": (ours, ""),
    "TRL, its defaults": (plain, ""),
    "TRL, float32, nothing recomputed": (plain, "tuned"),
    "twin without packing": (ours, "packing"),
    "twin without LoRA in one step": (ours, "LoRA in one step"),
    "twin without own attention and loss": (ours, "own attention and loss"),
    "twin without bfloat16": (ours, "bfloat16"),
    "twin, layers computed twice": (ours, "layers once"),
    "twin, base in four bits": (ours, "four bits"),
    "twin, again": (ours, ""),
}


def main() -> None:
    base = find_base("smollm2-135m-instruct", cache=default_cache())
    folder = checkpoint(base, cache=default_cache())
    texts, origin = posts(ROWS + HELD_OUT)
    rows = [row(base.chat_template, prompt_for(text), text) for text in texts]
    tokenizer = load_tokenizer(folder)
    sizes = [len(encode(tokenizer, one, max_tokens=RECIPE.max_tokens)["input_ids"]) for one in rows]
    tokens = sum(sizes[:ROWS])
    print(f"{ROWS} rows of {origin}, {tokens} tokens, batch {RECIPE.batch}, {compute()[2]}")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    print(f"{'program':37}{'seconds':>9}{'tok/s':>7}{'twin / it':>11}{'held-out loss':>15}{'memory':>10}")
    first = 0.0
    for name, (program, changed) in PROGRAMS.items():
        if changed == "four bits" and find_spec("bitsandbytes") is None:
            print(f"{name:37} left out: bitsandbytes is not installed")
            continue
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, loss, peak = pool.apply(program, (folder, rows[:ROWS], rows[ROWS:], changed))
        first = first or seconds
        ratio = seconds / first
        print(
            f"{name:37}{seconds:9.1f}{tokens / seconds:7.0f}{ratio:11.2f}{loss:15.3f}{peak / 1e9:7.2f} GB", flush=True
        )


if __name__ == "__main__":
    main()
