"""Before a training: what a few real steps foretell, and what too little is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from twin.core.errors import NotEnoughData
from twin.core.protocols import silent
from twin.training.advice import FEW_TEXTS, MANY_TEXTS, of_amount, of_memory
from twin.training.preflight import parameters, preflight
from twin.training.recipe import Recipe
from twin.training.sft import fit

RECIPE = Recipe(
    rank=4, alpha=8, dropout=0.0, learning_rate=1e-3, epochs=3, batch=4, warmup_share=0.1, max_tokens=256, seed=7
)
ROWS = [(f"write {i} ", "the lift stopped again " * (1 + i % 5)) for i in range(40)]


def test_it_foretells_steps_tokens_and_about_the_time(tiny: Path, tmp_path: Path) -> None:
    found = preflight(tiny, ROWS, ROWS[:4], recipe=RECIPE, progress=silent)
    fitted = fit(tiny, ROWS, ROWS[:4], recipe=RECIPE, folder=tmp_path / "whole", progress=silent)
    assert found["steps"] == fitted.steps == 30
    assert found["tokens"] == fitted.tokens
    assert found["seconds"] <= 60
    assert found["tokens_per_second"] > 0
    assert 0 <= found["memory_bytes"] < found["memory_free_bytes"]


def test_nothing_of_it_is_kept(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    preflight(tiny, ROWS[:3], [], recipe=replace(RECIPE, batch=8), progress=silent)
    assert list(tmp_path.iterdir()) == []


def test_without_examples_there_is_nothing_to_foretell(tiny: Path) -> None:
    with pytest.raises(NotEnoughData):
        preflight(tiny, [], [], recipe=RECIPE, progress=silent)


def test_few_texts_and_little_memory_are_told() -> None:
    assert "no verdict" in of_amount(FEW_TEXTS - 1, {})[0]
    assert "give a voice" in of_amount(FEW_TEXTS, {})[0]
    assert of_amount(MANY_TEXTS, {}) == of_memory(80, 100) == []
    assert "may not fit" in of_memory(90, 100)[0]


def test_with_few_texts_those_are_named_that_could_be_had() -> None:
    left_out = {
        "holds private things (phone): masked, not learned": 7,
        "holds private things (address): masked, not learned": 2,
        "AI-assisted: used for facts, never for voice": 1,
        "written by this program": 40,
    }
    _, first, second, last = of_amount(10, left_out)
    assert first.startswith("9 texts hold private things")
    assert "--authorship own" in second
    assert "twin add" in last


def test_a_base_that_would_fit_grows_with_the_free_memory(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = preflight(tiny, ROWS[:8], [], recipe=RECIPE, progress=silent)
    assert found["parameters"] == parameters(tiny) > 1000
    assert found["memory_bytes"] > 0
    per_byte = found["fits_parameters"] / found["memory_free_bytes"]
    assert per_byte == pytest.approx(0.85 * found["parameters"] / found["memory_bytes"], rel=0.01)
