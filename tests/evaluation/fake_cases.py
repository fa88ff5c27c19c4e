"""Cases, a scorer and a copying gate for tests: numbers that are known, so that results can be worked out by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from twin.core.protocols import Measurement, Sample
from twin.core.records import Brief, Passage
from twin.evaluation.compare import Case, Instruments, Output, compare
from twin.metrics.style import OutOfFold

POST = (
    "Eleven seconds.\n\nThat is how long Mabel took to close her doors on floor 9 this morning. It should be 3.2, and "
    "the tenants know it. I knelt down with a torch and found one sachet of soy sauce, flat as a stamp.\n\nWe removed "
    "it. She now looks pleased with herself, which is more than can be said for the restaurant.\n\nTake the stairs."
)
PASSAGE = Passage("p1", "d1", "Mabel", "", "Mabel took eleven seconds to close her doors on floor 9.", "post", "", 1.0)


@dataclass
class FakeStyle:
    """A text's score is the number after its last "#"; others lie around 0, the author around 2."""

    refusal: str = ""
    auc: float | None = 0.97
    miss_rate: float | None = 0.2
    version: str = "fake-1"
    own_scores: list[float] = field(default_factory=lambda: [1.8, 2.0, 2.2])
    other_scores: list[float] = field(default_factory=lambda: [-1.0, -0.5, 0.0, 0.5, 1.0])
    head_aucs: dict[str, float] = field(default_factory=lambda: {"chars": 0.97, "form": 0.9})
    form: float = 1.0
    asked: list[int | None] = field(default_factory=list)
    """The folds that were asked for a score."""

    def scores(self, texts: Sequence[str], *, fold: int | None = None) -> list[float | None]:
        self.asked.append(fold)
        found = [None if self.refusal else re.search(r"#(-?\d\.\d\d)$", text) for text in texts]
        return [float(one[1]) if one else None for one in found]

    def by_head(self, texts: Sequence[str], *, fold: int | None = None) -> list[dict[str, float] | None]:
        """Half the score, the form `form` times as much."""
        found = [None if score is None else score / 2 for score in self.scores(texts)]
        return [None if gap is None else {"chars": gap, "form": self.form * gap} for gap in found]


class FakeCopying:
    name, version, gate = "copying", "fake-1", 8

    def measure(self, sample: Sample) -> Measurement:
        run = 12 if "COPIED" in sample.text else 3
        found = {"run": sample.text[:40], "document": "d7", "share": 0.02}
        return Measurement(self.name, self.version, float(run), "", found)


def text(score: float | None, note: str = "") -> str:
    tail = f" #{score:.2f}" if score is not None else ""
    return f"{POST} {note}{tail}"


def case(i: int, outputs: dict[str, tuple[str, float | None]], *, author_score: float | None = 2.0) -> Case:
    brief = Brief("Mabel, doors, restaurant", ("eleven seconds to close her doors",), words=80)
    made = {name: Output((written,), loss) for name, (written, loss) in outputs.items()}
    return Case(f"doc{i}", brief, POST, None if author_score is None else OutOfFold(author_score, 0), made, (PASSAGE,))


def cases(
    n: int = 12,
    *,
    twin: float | None = 1.7,
    few: float | None = 0.4,
    twin_loss: float | None = 3.4,
    few_loss: float | None = 3.6,
    note: str = "",
    noted: int = 0,
) -> list[Case]:
    """`n` briefs; base scores 0 and loses 3.8. The first `noted` twin texts carry `note`. Waves make intervals."""
    made = []
    for i in range(n):
        wave = 0.1 * ((i % 3) - 1)
        twin_text = text(None if twin is None else twin + wave, note if i < noted else "")
        made.append(
            case(
                i,
                {
                    "base": (text(0.0 + wave), 3.8 + wave),
                    "base+exemplars": (
                        text(few and few - wave),
                        few_loss and few_loss + wave,
                    ),
                    "twin": (twin_text, None if twin_loss is None else twin_loss + wave / 2),
                },
            )
        )
    return made


def report(made: list[Case] | None = None, *, style: Any = None) -> dict[str, Any]:
    chosen = FakeStyle() if style is None else style
    return compare(made if made is not None else cases(), Instruments(chosen, FakeCopying()), resamples=500, seed=3)
