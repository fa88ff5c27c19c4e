"""What a comparison measures with: the shape of each instrument, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from twin.core.protocols import Measurement, Metric, Sample
from twin.metrics.claims import Claims


class Voice(Protocol):
    """The scorer of voice, fitted on this author. `refusal` says why there is no score, or is empty."""

    version: str
    refusal: str
    auc: float | None
    miss_rate: float | None

    @property
    def own_scores(self) -> Sequence[float]: ...
    @property
    def other_scores(self) -> Sequence[float]: ...
    @property
    def head_aucs(self) -> Mapping[str, float]: ...
    def scores(self, texts: Sequence[str], *, fold: int | None = None) -> Sequence[float | None]: ...
    def by_head(self, texts: Sequence[str], *, fold: int | None = None) -> Sequence[Mapping[str, float] | None]: ...


class Gated(Protocol):
    """A measure with a bound of its own: from `gate` on, a text's `value` is a fault."""

    name: str
    version: str

    @property
    def gate(self) -> float: ...
    def measure(self, sample: Sample) -> Measurement: ...


class Attributor(Protocol):
    """Who of a closed set: `names[0]` is the author. `own` and `model_like` are shares of the author's own texts."""

    version: str
    names: tuple[str, ...]
    own: float
    model_like: float

    def of(self, texts: Sequence[str]) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Instruments:
    """`copying` measures words shared in a row, `repetition` stories told again; `canaries` private things said.

    `habits` has rows `{habit value low high}` in its detail. What is None is not measured, and the report lacks it.
    """

    style: Voice | None
    copying: Gated
    repetition: Gated | None = None
    canaries: Metric | None = None
    who: Attributor | None = None
    habits: Metric | None = None
    claims: Metric = field(default_factory=Claims)

    def versions(self) -> dict[str, str]:
        """Of those that are there, by metric."""
        made = (self.copying, self.repetition, self.canaries, self.habits, self.claims)
        found = {one.name: one.version for one in made if one} | {"style": self.style.version if self.style else ""}
        return found | ({"attribution": self.who.version} if self.who else {})
