"""How an adapter is fitted, and what a fitting did: plain records, nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an adapter is fitted. Rates and shares are of 1, `max_tokens` is per example, prompt included.

    `keep` says which pass is kept: the one with the lowest loss on the tuning side, or the last.
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


@dataclass(slots=True)
class Fitted:
    """What a run did. Losses are nats per token of the tuning side; `epochs` holds one a pass, `best` is its number.

    `curve` holds the training loss of each step, `tokens` and `seconds` are of the steps alone.
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

    @property
    def tokens_per_second(self) -> float:
        return self.tokens / self.seconds if self.seconds else 0.0
