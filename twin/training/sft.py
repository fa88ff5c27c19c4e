"""Examples in, a LoRA adapter out: supervised fine-tuning with TRL and PEFT, loss on the person's words only."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twin.core.errors import ModelFailed, NotEnoughData
from twin.core.protocols import Progress
from twin.models.hf import (
    Row,
    among_themselves,
    completion_loss,
    compute,
    encode,
    load_network,
    load_tokenizer,
    mean_loss,
    summed_loss,
    written_whole,
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an adapter is fitted. Rates and shares are of 1, `max_tokens` is per example, prompt included."""

    rank: int
    alpha: int
    dropout: float
    learning_rate: float
    epochs: int
    batch: int
    warmup_share: float
    max_tokens: int
    seed: int


@dataclass(slots=True)
class Fitted:
    """What a run did. Losses are nats per token of the tuning side; `epochs` holds one a pass, `best` is its number."""

    before: float | None
    after: float | None
    epochs: list[float] = field(default_factory=list)
    best: int = 0
    steps: int = 0
    tokens: int = 0
    seconds: float = 0.0
    peak_learning_rate: float = 0.0

    @property
    def tokens_per_second(self) -> float:
        return self.tokens / self.seconds if self.seconds else 0.0


def fit(
    checkpoint: Path,
    train: Sequence[Row],
    tune: Sequence[Row],
    *,
    recipe: Recipe,
    folder: Path,
    progress: Progress,
) -> Fitted:
    """Fits a LoRA on `train` and writes it to `folder` in PEFT's form; the pass with the lowest loss on `tune` is kept.

    Without a tuning side the last pass is kept. The folder appears whole or not at all, so a killed run leaves
    nothing that looks like an adapter. Raises: NotEnoughData, ModelFailed, StorageFailed.
    """
    if not train:
        raise NotEnoughData("the dataset has no examples to learn from", "collect more texts: twin collect")
    import torch
    from peft import get_peft_model_state_dict, set_peft_model_state_dict
    from transformers import set_seed

    set_seed(recipe.seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    device, dtype, _ = compute()
    tokenizer = load_tokenizer(checkpoint)
    network = load_network(checkpoint, device=device, dtype=dtype)
    fitted = Fitted(None, None)
    if tune:
        fitted.before = mean_loss(completion_loss(network, tokenizer, tune, max_tokens=recipe.max_tokens))
    best: dict[str, Any] = {}

    def measured(model: Any) -> None:
        if not tune:
            return
        model.eval()
        loss = mean_loss(completion_loss(model, tokenizer, tune, max_tokens=recipe.max_tokens))
        model.train()
        fitted.epochs.append(loss)
        if fitted.after is None or loss < fitted.after:
            fitted.after, fitted.best = loss, len(fitted.epochs)
            best.update({name: tensor.clone() for name, tensor in get_peft_model_state_dict(model).items()})

    with written_whole(folder) as part:
        try:
            with among_themselves():
                trainer = _trainer(network, tokenizer, train, recipe, part / "trainer", fitted, measured, progress)
                trainer.train()
        except (RuntimeError, ValueError) as bad:
            raise ModelFailed(f"training stopped: {bad}", "try a smaller train.batch or train.max_tokens") from bad
        if best:
            set_peft_model_state_dict(trainer.model, best)
        trainer.model.save_pretrained(part)
        _remove(part / "trainer")
    return fitted


def _trainer(
    network: Any,
    tokenizer: Any,
    rows: Sequence[Row],
    recipe: Recipe,
    scratch: Path,
    fitted: Fitted,
    measured: Any,
    progress: Progress,
) -> Any:
    """TRL's trainer with two things of our own: a loss that computes logits only where there is loss, and progress."""
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import TrainerCallback
    from trl import SFTConfig, SFTTrainer

    class Trainer(SFTTrainer):  # type: ignore[misc]
        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> Any:
            total, count = summed_loss(model, inputs["input_ids"], inputs["labels"], inputs.get("attention_mask"))
            fitted.tokens += int(inputs["input_ids"].numel())
            loss = total / (num_items_in_batch if num_items_in_batch is not None else max(1, count))
            return (loss, None) if return_outputs else loss

    class Watch(TrainerCallback):  # type: ignore[misc]
        started = time.perf_counter()

        def on_train_begin(self, *_: Any, **__: Any) -> None:
            self.started = time.perf_counter()

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
            fitted.steps, fitted.seconds = state.global_step, time.perf_counter() - self.started
            loss = next((one["loss"] for one in reversed(state.log_history) if "loss" in one), None)
            note = f"loss {float(loss):.2f}, " if loss is not None else ""
            progress(state.global_step, state.max_steps, f"{note}{fitted.tokens_per_second:.0f} tokens/s")

        def on_epoch_end(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:  # noqa: ARG002
            at = time.perf_counter()
            measured(model)
            self.started += time.perf_counter() - at

    settings = SFTConfig(
        output_dir=str(scratch),
        num_train_epochs=recipe.epochs,
        per_device_train_batch_size=1,  # on a processor padding costs more than batching saves
        gradient_accumulation_steps=recipe.batch,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=recipe.warmup_share,
        weight_decay=0.0,
        gradient_checkpointing=False,
        bf16=False,
        max_length=None,
        seed=recipe.seed,
        data_seed=recipe.seed,
        use_cpu=network.device.type == "cpu",
        dataloader_pin_memory=False,
        save_strategy="no",
        report_to="none",
        logging_steps=1,
        disable_tqdm=True,
    )
    encoded = [encode(tokenizer, one, max_tokens=recipe.max_tokens) for one in rows]
    lora = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    trainer = Trainer(
        model=network,
        args=settings,
        train_dataset=Dataset.from_list(encoded),
        processing_class=tokenizer,
        peft_config=lora,
        callbacks=[Watch()],
    )
    trainer.remove_callback(_printer())
    return trainer


def _printer() -> Any:
    from transformers import PrinterCallback

    return PrinterCallback


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
