"""What is done with the examples beside the plain fit: which of them, raw texts before, preferences after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, NamedTuple

from twin.core.records import Example
from twin.models.weights import Base, parameters
from twin.training.by_size import by_size
from twin.training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Methods:
    """The stages of one training. `most_examples` 0 is all; `pretrain_epochs` 0 leaves raw texts out."""

    most_examples: int = 0
    pretrain_epochs: int = 0
    method: str = "sft"
    dpo_beta: float = 0.0
    dpo_rate: float = 0.0
    dpo_steps: int = 0

    @property
    def prefers(self) -> bool:
        return self.method != "sft"

    @property
    def writes(self) -> bool:
        """Whether the twin writes what the author's own texts are preferred to."""
        return "dpo" in self.method.split("+")

    @property
    def chooses(self) -> bool:
        """Whether what the author chose and edited is learned from."""
        return "choices" in self.method.split("+")

    def again(self, *, preferred: bool) -> Methods:
        """Those of a refit: it prefers only where the gated adapter did, for it is not measured itself."""
        return self if preferred else replace(self, method="sft")

    @property
    def name(self) -> str:
        """As the registry shows it: `lora-sft`, `lora-raw+sft+dpo`."""
        return f"lora-{'raw+' if self.pretrain_epochs else ''}{self.method}"

    def said(self, examples: int) -> dict[str, Any]:
        """All that makes a difference to an adapter of so many examples; nothing for a plain fit of all of them."""
        chosen = asdict(self)
        used = {"most_examples": 0 < self.most_examples < examples, "method": self.prefers}
        used |= dict.fromkeys(("dpo_beta", "dpo_rate", "dpo_steps"), self.prefers)
        return {name: value for name, value in chosen.items() if used.get(name, bool(value))}

    def newest(self, examples: Sequence[Example]) -> list[Example]:
        """Examples, oldest first, in; those that are learned from out."""
        return list(examples[-self.most_examples :] if self.most_examples else examples)

    def left_out(self, examples: int) -> list[str]:
        """What to say of so many examples where only the newest are learned from."""
        if not 0 < self.most_examples < examples:
            return []
        return [
            f"The newest {self.most_examples:,} of {examples:,} examples are learned from: "
            "train.most_examples says how many."
        ]


PLAIN = Methods()


class Chosen(NamedTuple):
    """What a fit needs, what is done around it, and why of each value that nobody set."""

    recipe: Recipe
    methods: Methods
    why: dict[str, str]


def chosen(train: Mapping[str, Any], *, base: Base, examples: int) -> Chosen:
    """The section `train` of the settings and how many examples there are to learn from in, the way to train out.

    A refit takes the number of the examples that the gated adapter learned from: it is the same recipe.
    """
    filled, why = by_size(train, parameters=parameters(base), examples=examples)
    values = {**train, **filled}
    recipe, methods = (
        {field.name: values[field.name] for field in fields(kind) if field.name in values} for kind in (Recipe, Methods)
    )
    return Chosen(Recipe(**recipe), Methods(**methods), why)
