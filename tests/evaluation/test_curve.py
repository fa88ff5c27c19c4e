"""The learning curve: a point for each part of the texts, on the same briefs, and a picture that can be read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fake_cases import POST, FakeCopying, FakeStyle, report

from twin.core.records import Completion, Document
from twin.evaluation.curve import curve_of
from twin.evaluation.gate import gate
from twin.evaluation.heldout import Bench
from twin.evaluation.instruments import Instruments
from twin.evaluation.page import page

SCORES = {"": 0.0, "quarter": 0.8, "all": 1.6}


def document(i: int) -> Document:
    return Document(
        id=f"d{i}", version="v", source="s", key=f"d{i}", kind="post", place="", title="", text=f"{POST} {i}", url="",
        published=datetime(2026, 1, 1 + i, tzinfo=UTC), language="en", words=80, authorship="own", consent="mine",
        licence="", draft=False, private=(), masks=(), truncated=False, visibility="", work=f"d{i}", side=None,
        canonical=True, use=("train",), why="",
    )  # fmt: skip


def bench() -> Bench:
    def generate(requests: Any, adapter: Path | None) -> list[Completion]:
        score = SCORES[adapter.name if adapter else ""]
        return [Completion(f"{POST} #{score:.2f}", 9, 9, 0.1, "stop") for _ in requests]

    def loss(prompts: Any, _texts: Any, adapter: Path | None) -> list[float]:
        return [3.0 - SCORES[adapter.name if adapter else ""] / 2] * len(prompts)

    return Bench(
        author="Ada", adapter=Path("all"), wrong=None, systems=("twin",), samples=2, exemplars=3, temperature=0.7,
        top_p=1.0, min_p=0.0, repeat_penalty=1.0, repeat_run=0, max_chars=3000, seed=7, generate=generate, loss=loss,
        retrieve=lambda _: (),
    )  # fmt: skip


def test_each_part_of_the_texts_is_a_point_with_the_bare_model_first() -> None:
    documents = [document(i) for i in range(12)]
    points = curve_of(
        {9: Path("all"), 0: None, 3: Path("quarter")},
        documents[9:],
        documents[:9],
        bench=bench(),
        instruments=Instruments(FakeStyle(), FakeCopying()),
        scores={},
        resamples=100,
    )
    assert [one["texts"] for one in points] == [0, 3, 9]
    assert [one["gap_closed"]["value"] for one in points] == [pytest.approx(gap) for gap in (0.0, 0.4, 0.8)]
    assert [one["loss"]["value"] for one in points] == [pytest.approx(loss) for loss in (3.0, 2.6, 2.2)]
    made = {**report(), "curve": points}
    html = page(made, gate(made))
    assert "Would more texts help?" in html
    assert "0 texts 0.00; 3 texts 0.40; 9 texts 0.80" in html


def test_without_a_curve_there_is_no_section() -> None:
    made = report()
    assert "Would more texts help?" not in page(made, gate(made))
