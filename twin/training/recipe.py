"""How an adapter is fitted, and what a fitting did: plain records, nothing heavy."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

SAID = ("learning_rate", "epochs", "rank", "alpha")
"""What a plan shows of a recipe."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an adapter is fitted. Rates and shares are of 1, `max_tokens` is per example, prompt included.

    `keep` says which pass is kept: the one whose voice is nearest to the author's (`voice`), the one with the lowest
    loss on the tuning side (`best`), or the last. `quantised` says how the base is held meanwhile; `recompute` changes
    time and memory and no weight. A run ends after `stop_after` passes of those that its rate was planned for; 0 is
    after all of them.
    """

    rank: int
    alpha: int
    dropout: float
    learning_rate: float
    epochs: int
    batch: int
    warmup_share: float
    max_tokens: int
    seed: int
    keep: str = "best"
    quantised: str = "none"
    recompute: str = "auto"
    stop_after: int = 0

    def again(self, best: int) -> Recipe:
        """The recipe of a fit that ends where a gated one was best, for texts that leave nothing to stop by."""
        return replace(self, stop_after=best if self.keep != "last" and best < self.epochs else 0)

    @property
    def identity(self) -> dict[str, Any]:
        """What decides about the weights: adapters and unfinished runs are known by it, also those made before 4bit."""
        silent = {"recompute"} | ({"quantised"} if self.quantised == "none" else set())
        silent |= set() if self.stop_after else {"stop_after"}
        return {name: value for name, value in asdict(self).items() if name not in silent}


@dataclass(slots=True)
class Fitted:
    """What a run did. Losses are nats per token of the tuning side; `epochs` holds one a pass, `best` is its number.

    `curve` holds the training loss of each step, `tokens` and `seconds` are of the steps alone. `at_once_tokens` is the
    size of a pass and `recomputed` says whether layers were computed twice: what memory allowed.
    """

    before: float | None = None
    after: float | None = None
    epochs: list[float] = field(default_factory=list)
    best: int = 0
    steps: int = 0
    tokens: int = 0
    seconds: float = 0.0
    curve: list[float] = field(default_factory=list)
    at_once_tokens: int = 0
    recomputed: bool = False

    @property
    def tokens_per_second(self) -> float:
        return self.tokens / self.seconds if self.seconds else 0.0
