"""TRL's trainer with what is ours: rows packed without padding, a step that survives a full memory, a run that goes on.

The order of examples, the optimiser, the schedule and the checkpoints are TRL's and transformers' own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from peft import LoraConfig
from transformers import PrinterCallback, TrainerCallback
from trl import SFTConfig, SFTTrainer

from twin.core.errors import ModelFailed
from twin.core.paths import write_whole
from twin.models.four_bit import is_four_bit
from twin.models.hf import summed_loss
from twin.models.rows import counted
from twin.training.lora import quicken
from twin.training.memory import out_of_memory, until_the_gradient
from twin.training.run import WHOLE, Run

if TYPE_CHECKING:
    import torch

    from twin.training.recipe import Recipe

SAVE_STEPS = 10
"""A checkpoint holds adapter and optimiser, 60 MB at rank 16: written in a tenth of the time of one step."""


def trainer_of(network: Any, tokenizer: Any, recipe: Recipe, run: Run) -> SFTTrainer:
    """A bare network, which gets a fresh adapter, or one with the adapter to go on from, in; its trainer out."""
    from datasets import Dataset
    from peft import PeftModel

    lora = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    before = learned(network)
    trainer = Trainer(
        run,
        model=network,
        args=SFTConfig(
            **arguments(recipe, run, network),
            num_train_epochs=recipe.epochs,
            per_device_train_batch_size=run.together.share_of(recipe.batch),
            learning_rate=recipe.learning_rate,
            remove_unused_columns=False,
            dataset_kwargs={"skip_prepare_dataset": True},
        ),
        train_dataset=Dataset.from_list([dict(row) for row in run.rows]),
        data_collator=end_to_end,
        processing_class=tokenizer,
        peft_config=None if isinstance(network, PeftModel) else lora,
        callbacks=[Watch(run, steps_a_pass=-(-len(run.rows) // recipe.batch), stop_after=recipe.stop_after)],
    )
    trainer.remove_callback(PrinterCallback)
    exactly(trainer.model, before)
    quicken(trainer.model)
    return trainer


def learned(network: Any) -> dict[str, torch.Tensor]:
    """The numbers of an adapter on four bits that is gone on from, by name."""
    named = network.named_parameters() if is_four_bit(network) else ()
    return {name: one.detach().clone() for name, one in named if one.requires_grad}


def exactly(network: Any, before: Mapping[str, torch.Tensor]) -> None:
    """Adapters on four bits become float32 again: TRL rounds them to bfloat16, where small steps are lost."""
    if is_four_bit(network):
        for name, one in network.named_parameters():
            if one.requires_grad:
                one.data = before[name] if name in before else one.data.float()


def arguments(recipe: Recipe, run: Run, network: Any) -> dict[str, Any]:
    """What every trainer of ours is told, however it learns."""
    return {
        "output_dir": str(run.scratch),
        "lr_scheduler_type": "linear",
        "warmup_steps": recipe.warmup_share,
        "weight_decay": 0.0,
        "gradient_checkpointing": False,
        "bf16": False,
        "max_length": None,
        "seed": recipe.seed,
        "data_seed": recipe.seed,
        "use_cpu": network.device.type == "cpu",
        "dataloader_pin_memory": False,
        "save_strategy": "steps",
        "save_steps": SAVE_STEPS,
        "save_total_limit": 2,
        "report_to": "none",
        "logging_steps": 1,
        "disable_tqdm": True,
    }


def end_to_end(rows: Sequence[Mapping[str, Any]]) -> dict[str, torch.Tensor]:
    """k rows in, one long row as transformers counts it out: ids and labels [1 x s], lengths and weights [k]."""
    import torch

    return {
        "input_ids": torch.tensor([[one for row in rows for one in row["input_ids"]]]),
        "labels": torch.tensor([[one for row in rows for one in row["labels"]]]),
        "lengths": torch.tensor([len(row["input_ids"]) for row in rows]),
        "weights": torch.tensor([row["weight"] for row in rows]),
    }


def apart(batch: Mapping[str, torch.Tensor]) -> list[dict[str, Any]]:
    """What `end_to_end` made in, its rows out."""
    sizes = batch["lengths"].tolist()
    ids, labels = (_cut(batch[name][0].tolist(), sizes) for name in ("input_ids", "labels"))
    return [
        {"input_ids": one, "labels": label, "weight": weight}
        for one, label, weight in zip(ids, labels, batch["weights"].tolist(), strict=True)
    ]


def _cut(values: list[int], sizes: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(values)
    return (list(islice(rest, size)) for size in sizes)


def passes(rows: Sequence[Mapping[str, Any]], most_tokens: int) -> list[list[Mapping[str, Any]]]:
    """Rows in their order in, groups of at most `most_tokens` out; a row alone may have more."""
    groups: list[list[Mapping[str, Any]]] = []
    size = most_tokens + 1
    for row in rows:
        size += len(row["input_ids"])
        if size > most_tokens:
            groups.append([])
            size = len(row["input_ids"])
        groups[-1].append(row)
    return groups


class Trainer(SFTTrainer):  # type: ignore[misc]
    """SFT whose step packs its rows. Several processes share out a batch and sum their gradients."""

    def __init__(self, run: Run, **options: Any) -> None:
        super().__init__(**options)
        self.run = run

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> torch.Tensor:  # noqa: ARG002
        """The mean loss of a batch, its gradient taken; a pass that does not fit into memory is repeated with less."""
        import torch

        rows = self.run.together.own(apart(inputs), step=self.state.global_step, of=len(self.run.rows))
        model.train()
        covered = torch.tensor(float(sum(counted(row) * row["weight"] for row in rows)), device=self.args.device)
        weight = float(self.accelerator.reduce(covered, "sum"))
        least = min((len(row["input_ids"]) for row in rows), default=0)  # a filled-up batch leaves a process none
        while True:
            try:
                total = self._passes(model, rows, weight)
                break
            except (torch.OutOfMemoryError, MemoryError, RuntimeError) as bad:
                taken = out_of_memory(bad) and self.run.takes_less(self.accelerator.unwrap_model(model), least)
                if not taken:
                    raise
            model.zero_grad(set_to_none=True)
            self.run.progress(self.state.global_step, self.state.max_steps, f"out of memory: {taken}")
        self.run.fitted.tokens += int(self.run.together.sum(sum(len(row["input_ids"]) for row in rows)))
        self.run.fitted.at_once_tokens = self.run.at_once
        summed: torch.Tensor = self.accelerator.reduce(total, "sum")
        return summed

    def _passes(self, model: Any, rows: Sequence[Mapping[str, Any]], weight: float) -> torch.Tensor:
        import torch

        bare = self.accelerator.unwrap_model(model)
        total = torch.zeros((), device=self.args.device)
        for group in passes(rows, self.run.at_once):
            with until_the_gradient(bare, recomputed=self.run.fitted.recomputed):
                loss = summed_loss(bare, group) / max(weight, 1e-9)
                self.accelerator.backward(loss)
            total += loss.detach().float()
        if self.accelerator.num_processes > 1:
            for one in (one for one in bare.parameters() if one.requires_grad):
                grad = torch.zeros_like(one) if one.grad is None else one.grad  # a process without an example has none
                one.grad = self.accelerator.reduce(grad, "sum")
        return total


class Watch(TrainerCallback):  # type: ignore[misc]
    """Counts, measures each pass and marks whole checkpoints. What stops the clock is not training."""

    def __init__(self, run: Run, *, steps_a_pass: int, stop_after: int = 0) -> None:
        self.run, self.steps_a_pass, self.last_step = run, steps_a_pass, steps_a_pass * stop_after
        self.since = time.perf_counter()

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        self.since = time.perf_counter()

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:  # noqa: ARG002
        fitted = self.run.fitted
        fitted.steps = state.global_step
        fitted.seconds += time.perf_counter() - self.since
        note = f"loss {fitted.curve[-1]:.2f}, " if fitted.curve else ""
        self.run.progress(state.global_step, state.max_steps, f"{note}{fitted.tokens_per_second:.0f} tokens/s")
        if self.run.held and state.global_step % self.steps_a_pass == 0:
            self.run.measure(model, control)
        if state.global_step == self.last_step:
            control.should_training_stop = True

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:  # noqa: ARG002
        if logs and "loss" in logs:
            if not _finite(float(logs["loss"])):
                raise ModelFailed("the training loss is no number any more", "try a smaller train.learning_rate")
            self.run.fitted.curve.append(round(float(logs["loss"]), 4))

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        self.run.together.wait()
        ended = control.should_training_stop and state.global_step < state.max_steps
        if not self.run.together.main or ended:
            return  # one at an early end would be gone on from beyond it
        checkpoint = self.run.scratch / f"checkpoint-{state.global_step}"
        write_whole(checkpoint / WHOLE, json.dumps(asdict(self.run.fitted)))


def _finite(value: float) -> bool:
    return value - value == 0.0
