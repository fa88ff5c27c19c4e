"""Tokens a second of our fine-tuning against a plain TRL script: `python -m bench.training`.

Same rows, same base, same LoRA, same number of optimiser steps, loss on completions only in all. Tokens are those of
the rows, padding not counted; seconds are those of the training loop, loading not counted.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.texts import posts, prompt_for
from twin.core.protocols import silent
from twin.core.settings import default_cache
from twin.models.hf import among_themselves, checkpoint, compute, load_network, load_tokenizer
from twin.models.rows import Row, encode, row
from twin.models.weights import find_base
from twin.training.sft import Recipe, fit

ROWS = 12
RECIPE = Recipe(
    rank=16, alpha=32, dropout=0.0, learning_rate=1e-3, epochs=1, batch=4, warmup_share=0.1, max_tokens=768, seed=7
)
TUNED: dict[str, Any] = {"bf16": False, "gradient_checkpointing": False}


def ours(folder: Path, rows: list[Row]) -> float:
    with tempfile.TemporaryDirectory() as scratch:
        fitted = fit(folder, rows, [], recipe=RECIPE, folder=Path(scratch) / "adapter", progress=silent)
    return fitted.seconds


def plain(folder: Path, rows: list[Row], **changed: Any) -> float:
    """TRL as its documentation shows it, prompt and completion given as text."""
    from datasets import Dataset
    from peft import LoraConfig
    from trl import SFTConfig, SFTTrainer

    with tempfile.TemporaryDirectory() as scratch, among_themselves():
        trainer = SFTTrainer(
            model=load_network(folder),
            args=SFTConfig(
                output_dir=scratch,
                num_train_epochs=RECIPE.epochs,
                per_device_train_batch_size=RECIPE.batch,
                learning_rate=RECIPE.learning_rate,
                max_length=RECIPE.max_tokens,
                seed=RECIPE.seed,
                report_to="none",
                save_strategy="no",
                logging_strategy="no",
                disable_tqdm=True,
                use_cpu=compute()[0] == "cpu",
                **changed,
            ),
            train_dataset=Dataset.from_list([{"prompt": prompt, "completion": text} for prompt, text in rows]),
            processing_class=load_tokenizer(folder),
            peft_config=LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"),
        )
        started = time.perf_counter()
        trainer.train()
        return time.perf_counter() - started


def main() -> None:
    base = find_base("smollm2-135m-instruct", cache=default_cache())
    folder = checkpoint(base, cache=default_cache())
    texts, origin = posts(ROWS)
    rows = [row(base.chat_template, prompt_for(text), text) for text in texts]
    tokenizer = load_tokenizer(folder)
    tokens = sum(len(encode(tokenizer, one, max_tokens=RECIPE.max_tokens)["input_ids"]) for one in rows)
    print(f"{len(rows)} rows of {origin}, {tokens} tokens, batch {RECIPE.batch}, {compute()[2]}")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    seconds = {
        "twin": ours(folder, rows),
        "plain TRL, defaults": plain(folder, rows),
        "plain TRL, float32, no checkpointing": plain(folder, rows, **TUNED),
        "twin, again": ours(folder, rows),
    }
    mean = (seconds["twin"] + seconds["twin, again"]) / 2
    print(f"{'program':38} {'seconds':>8} {'tok/s':>7} {'ours / it':>10}")
    for name, took in seconds.items():
        print(f"{name:38} {took:8.1f} {tokens / took:7.0f} {took / mean:10.2f}")


if __name__ == "__main__":
    main()
