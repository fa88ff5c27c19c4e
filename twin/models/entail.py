"""Entailment models through transformers: whether a premise says what a sentence says, denies it, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from twin.core.errors import BadSettings, MissingPart
from twin.core.records import digest

BATCH = 16
MOST_TOKENS = 512


class Entailment:
    """A sequence classifier with classes for entailment and contradiction, by their names in its own configuration.

    `name` is a checkpoint folder, or a name on a model hub where one can be reached. Nothing is loaded before the first
    pair. Premises that do not fit are cut, never the sentence.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.digest = digest("entailment", name)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[float, float]]:
        """`(premise, sentence)` each in, the chances that it is entailed and that it is contradicted out.

        Raises: MissingPart where the model cannot be had, BadSettings where its classes are others.
        """
        import torch

        tokenizer, network, entailed, contradicted = self._loaded
        found: list[tuple[float, float]] = []
        for start in range(0, len(pairs), BATCH):
            batch = pairs[start : start + BATCH]
            encoded = tokenizer(
                [premise for premise, _ in batch],
                [sentence for _, sentence in batch],
                truncation="only_first",
                max_length=min(MOST_TOKENS, tokenizer.model_max_length),
                padding=True,
                return_tensors="pt",
            )
            with torch.inference_mode():
                chances = network(**encoded).logits.softmax(-1)
            found += [(float(row[entailed]), float(row[contradicted]) if contradicted >= 0 else 0.0) for row in chances]
        return found

    @cached_property
    def _loaded(self) -> tuple[Any, Any, int, int]:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        try:
            tokenizer = AutoTokenizer.from_pretrained(self.name)
            network = AutoModelForSequenceClassification.from_pretrained(self.name)
        except (OSError, ValueError) as bad:
            raise MissingPart(
                f"the entailment model {self.name!r} cannot be loaded",
                'name a checkpoint folder, or choose none: twin config evaluate.entailment ""',
            ) from bad
        labels = {str(label).casefold(): int(i) for i, label in network.config.id2label.items()}
        entailed = next((i for label, i in labels.items() if label.startswith(("entail", "support"))), -1)
        contradicted = next((i for label, i in labels.items() if label.startswith(("contradict", "refut"))), -1)
        if entailed < 0:
            raise BadSettings(
                f"{self.name!r} has no class for entailment, only {', '.join(labels)}",
                "choose a model for natural language inference",
            )
        return tokenizer, network.eval(), entailed, contradicted
