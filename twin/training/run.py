"""One training as it goes on: what it did so far, what it keeps of itself, and how much memory it may take."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peft import get_peft_model_state_dict

from twin.core.protocols import Progress
from twin.models.hf import summed_loss
from twin.models.rows import counted
from twin.training.memory import SPARE, free_bytes, kept_bytes, learned_bytes, recompute
from twin.training.together import Together

if TYPE_CHECKING:
    from twin.training.recipe import Fitted

BEST = "best.safetensors"
NUMBERED = "pass-{}.safetensors"
WHOLE = "whole.json"
"""The last file written into a checkpoint, with what the run did up to there: without it a kill cut the checkpoint."""
AT_ONCE_TOKENS = 2048
"""Tokens that go through the network in one pass; a longer batch takes several, with the same gradient."""
PATIENCE = 2
"""So many passes in a row that are worse than the best one end a run."""


class Run:
    """One training, through kills and restarts: what it did so far, the rows, and the folder it keeps itself in."""

    def __init__(
        self,
        fitted: Fitted,
        rows: Sequence[Mapping[str, Any]],
        held: Sequence[Any],
        scratch: Path,
        progress: Progress,
        together: Together,
    ) -> None:
        self.fitted, self.rows, self.held, self.scratch, self.progress = fitted, rows, held, scratch, progress
        self.together = together
        self.at_once = AT_ONCE_TOKENS
        self.may_recompute = True
        self.every_pass = False

    def fit_into_memory(self, model: Any, how: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Before the first step: passes so small that one fits; where one row does not, layers computed twice.

        `rows` are encoded, and no pass holds less than one. Measured on the longest, whose tokens keep the most each.
        `how` is `train.recompute`.
        """
        self.may_recompute = how == "auto"
        if how == "always":
            self.fitted.recomputed = recompute(model)
            return
        model.train()
        longest = max(rows, key=lambda row: len(row["input_ids"]))
        size = len(longest["input_ids"])
        room = (1 - SPARE) * free_bytes(self.together.device) - learned_bytes(model)
        each = kept_bytes(model, longest) / size
        while max(self.at_once, size) * each > room and self.takes_less(model, size):
            pass

    def takes_less(self, model: Any, least_tokens: int) -> str:
        """Smaller passes, and once they are below `least_tokens`, layers that are computed twice; what was done out.

        In words; "" where nothing is left to be done.
        """
        if self.at_once >= least_tokens:
            self.at_once //= 2
            return "smaller passes"
        if self.may_recompute and not self.fitted.recomputed:
            self.fitted.recomputed = recompute(model)
        else:
            return ""
        return "layers are computed twice" * self.fitted.recomputed

    def go_on_from(self, checkpoint: Path | None, trainer: Any) -> None:
        """The beginning where there is no checkpoint."""
        if checkpoint is None:
            if self.held:
                self.fitted.before = self.held_out_loss(trainer.model)
            trainer.train()
            return
        now = self.fitted.recomputed
        for name, value in json.loads((checkpoint / WHOLE).read_text("utf-8")).items():
            setattr(self.fitted, name, value)
        self.at_once = min(self.at_once, self.fitted.at_once_tokens or self.at_once)
        if now or self.fitted.recomputed:
            self.fitted.recomputed = now or recompute(trainer.model)
        trainer.train(resume_from_checkpoint=str(checkpoint))

    def held_out_loss(self, model: Any) -> float:
        """Nats per token of the tuning side, all its tokens alike; each process reads its share."""
        import torch

        model.eval()
        with torch.no_grad():
            total = sum(float(summed_loss(model, [one])) for one in self.together.mine(list(self.held)))
        model.train()
        return self.together.sum(total) / max(1, sum(map(counted, self.held)))

    def measure(self, model: Any, control: Any) -> None:
        """After each pass: its loss is noted, the best adapter is kept, and a run that grows worse ends."""
        fitted, loss = self.fitted, self.held_out_loss(model)
        fitted.epochs.append(loss)
        if self.every_pass:
            self._save(model, NUMBERED.format(len(fitted.epochs)))
        if fitted.after is None or loss < fitted.after:
            fitted.after, fitted.best = loss, len(fitted.epochs)
            self._save(model, BEST)
        elif len(fitted.epochs) - fitted.best >= PATIENCE:
            control.should_training_stop = True

    def _save(self, model: Any, name: str) -> None:
        if self.together.main:
            from safetensors.torch import save_file

            fresh = self.scratch / f"{name}.new"
            save_file({name: one.contiguous() for name, one in get_peft_model_state_dict(model).items()}, fresh)
            fresh.replace(self.scratch / name)


def latest_whole(scratch: Path) -> Path | None:
    """The newest checkpoint that was written to its end."""
    found = [one.parent for one in scratch.glob(f"checkpoint-*/{WHOLE}")]
    return max(found, key=lambda one: int(one.name.rpartition("-")[2]), default=None)
