"""An adapter and preferences in, an adapter that prefers out: TRL's DPO, with the adapter it began from as reference.

Rafailov et al. 2023; start values of EVALUATION.md §8. Resumable and written whole as `fit` is.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch.utils.checkpoint import checkpoint
from transformers import PrinterCallback, set_seed
from trl import DPOConfig, DPOTrainer

from twin.core.errors import NotEnoughData
from twin.core.protocols import Progress, silent
from twin.core.records import digest
from twin.models.hf import compute, load_tokenizer, release
from twin.models.rows import IGNORED, Encoded, Row, encode
from twin.training.memory import out_of_memory
from twin.training.methods import Methods
from twin.training.recipe import Fitted, Recipe
from twin.training.run import Run, latest_whole
from twin.training.sft import FITTED, begun, to_learn, understood
from twin.training.together import Together
from twin.training.trainer import Watch, arguments, exactly, learned

Preference = tuple[str, str, str]
"""A rendered prompt, the completion to prefer and the one to prefer it to."""
READ = ("log_probs", "entropy", "mean_logits", "is_top1")
"""What TRL's loss and its figures take from a network, [texts x tokens] each."""


@dataclass(slots=True)
class Preferred(Fitted):
    """`margins`: by how many nats, times beta, the better text gained on the worse one since the start, each step."""

    pairs: int = 0
    margins: list[float] = field(default_factory=list)


def prefer(
    checkpoint: Path,
    start: Path,
    preferences: Sequence[Preference],
    tune: Sequence[Row],
    *,
    recipe: Recipe,
    methods: Methods,
    folder: Path,
    progress: Progress,
) -> Preferred:
    """Goes on from the adapter `start` and writes the one that prefers to `folder`, whole or not at all.

    Weights are float32 on a processor: a preference is a small difference of long sums. `before` and `after` are the
    losses on `tune`. Raises: NotEnoughData, BadSettings, ModelFailed, StorageFailed.
    """
    if not preferences:
        raise NotEnoughData(
            "there are no preferences to learn from", "train without them: twin config train.method sft"
        )
    set_seed(recipe.seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    device, dtype, _ = compute()
    dtype = "float32" if device == "cpu" else dtype
    together = Together(device)
    tokenizer = load_tokenizer(checkpoint)
    rows = [encoded(tokenizer, one, max_tokens=recipe.max_tokens) for one in preferences]
    held = [encode(tokenizer, one, max_tokens=recipe.max_tokens) for one in tune]
    scratch = begun(folder, digest(rows, held, recipe.identity, asdict(methods), str(checkpoint), str(start)), together)
    run = Run(Preferred(pairs=len(rows)), rows, held, scratch, progress if together.main else silent, together)
    with together.written_whole(folder) as part:
        with understood(scratch):
            network = to_learn(checkpoint, recipe, start, device=together.device, dtype=dtype)
            trainer = preferring(network, tokenizer, recipe, methods, run)
            texts = [texts_of(row) for row in rows]
            run.at_once = min(run.at_once, max(sum(len(one["input_ids"]) for one in pair) for pair in texts))
            run.fit_into_memory(trainer.model, recipe.recompute, [one for pair in texts for one in pair])
            run.go_on_from(latest_whole(scratch), trainer)
            if held:
                run.fitted.after = run.held_out_loss(trainer.model)
        if part is not None:
            trainer.model.save_pretrained(part, selected_adapters=["default"])
            (part / FITTED).write_text(json.dumps(asdict(run.fitted)), "utf-8")
    if together.main:
        shutil.rmtree(scratch, ignore_errors=True)
    del trainer
    release()
    assert isinstance(run.fitted, Preferred)
    return run.fitted


def encoded(tokenizer: Any, one: Preference, *, max_tokens: int) -> dict[str, list[int]]:
    """A preference in, the token ids that TRL's collator takes out: cut apart as for the fit before it."""
    prompt, chosen, rejected = one
    better, worse = (encode(tokenizer, (prompt, text), max_tokens=max_tokens) for text in (chosen, rejected))
    begin = better["labels"].count(IGNORED)
    return {
        "prompt_ids": better["input_ids"][:begin],
        "chosen_ids": better["input_ids"][begin:],
        "rejected_ids": worse["input_ids"][begin:],
    }


def texts_of(pair: Mapping[str, list[int]]) -> list[Encoded]:
    """What `encoded` gives in, its two texts as rows of their own out."""
    prompt = pair["prompt_ids"]
    return [
        {"input_ids": [*prompt, *said], "labels": [IGNORED] * len(prompt) + said}
        for said in (pair["chosen_ids"], pair["rejected_ids"])
    ]


def preferring(network: Any, tokenizer: Any, recipe: Recipe, methods: Methods, run: Run) -> Preferring:
    from datasets import Dataset

    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    before = learned(network)
    trainer = Preferring(
        run,
        model=network,
        args=DPOConfig(
            **arguments(recipe, run, network),
            max_steps=methods.dpo_steps,
            per_device_train_batch_size=1,
            gradient_accumulation_steps=run.together.share_of(recipe.batch),
            learning_rate=methods.dpo_rate,
            beta=methods.dpo_beta,
        ),
        train_dataset=Dataset.from_list([dict(row) for row in run.rows]),
        processing_class=tokenizer,
        callbacks=[WatchMargins(run, steps_a_pass=methods.dpo_steps + 1)],
    )
    trainer.remove_callback(PrinterCallback)
    exactly(trainer.model, before)
    return trainer


class Preferring(DPOTrainer):  # type: ignore[misc]
    """DPO on rows that are tokens already: one pair a pass, for two texts and their reference fill a small memory.

    Where that is too much, one text after the other; then their layers twice. The gradient stays what it is.
    """

    def __init__(self, run: Run, **options: Any) -> None:
        self.run = run
        super().__init__(**options)

    def _prepare_dataset(self, dataset: Any, *_: Any) -> Any:
        """Nothing to prepare: joined texts would be cut into other tokens than those that are served."""
        return dataset

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> torch.Tensor:
        """The loss of one pair, its gradient added to that of the pairs before it in the batch."""
        tokens = int(inputs["attention_mask"].sum())
        learning = [one for one in model.parameters() if one.requires_grad]
        so_far = [None if one.grad is None else one.grad.clone() for one in learning]
        while True:
            try:
                loss: torch.Tensor = super().training_step(model, inputs, num_items_in_batch)
                break
            except (torch.OutOfMemoryError, MemoryError, RuntimeError) as bad:
                taken = out_of_memory(bad) and self.run.takes_less(self.accelerator.unwrap_model(model), tokens)
                if not taken:
                    raise
            for one, grad in zip(learning, so_far, strict=True):
                one.grad = None if grad is None else grad.clone()
            self.run.progress(self.state.global_step, self.state.max_steps, f"out of memory: {taken}")
        self.run.fitted.tokens += tokens
        self.run.fitted.at_once_tokens = self.run.at_once
        return loss

    def compute_loss(self, model: Any, inputs: Any, *given: Any, **how: Any) -> Any:
        whole = int(inputs["attention_mask"].sum()) <= self.run.at_once
        return super().compute_loss(partial(read if whole else read_apart, model), inputs, *given, **how)


def read(network: Any, **texts: Any) -> Any:
    """The texts of a pair, or one of them, in; what the network says of them out."""
    return network(**texts)


def read_apart(
    network: Any, *, input_ids: torch.Tensor, attention_mask: torch.Tensor, labels: torch.Tensor, **how: Any
) -> SimpleNamespace:
    """The same of texts [k x s] one after the other: of all but the last nothing is kept, they are read again."""
    batch = {"input_ids": input_ids, "attention_mask": attention_mask, "labels": labels}
    texts = [{name: one[i : i + 1] for name, one in batch.items()} | how for i in range(len(labels))]
    said = [checkpoint(partial(read, network, **text), use_reentrant=False) for text in texts[:-1]]
    said.append(read(network, **texts[-1]))
    return SimpleNamespace(**{name: torch.cat([getattr(one, name) for one in said]) for name in READ})


class WatchMargins(Watch):
    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **rest: Any) -> None:
        super().on_log(args, state, control, logs, **rest)
        if logs and "rewards/margins" in logs and isinstance(self.run.fitted, Preferred):
            self.run.fitted.margins.append(round(float(logs["rewards/margins"]), 4))
