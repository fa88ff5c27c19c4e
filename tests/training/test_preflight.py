"""Before a training: what a few real steps foretell, and what too little is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.core.errors import NotEnoughData
from twin.core.protocols import silent
from twin.models.weights import PACKAGED, parameters_in
from twin.training.advice import FEW_TEXTS, MANY_TEXTS, of_amount, of_memory, of_too_little
from twin.training.preflight import preflight, what_fits
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
    assert "4bit" not in of_memory(90, 100)[0]
    assert "twin config train.quantised 4bit" in of_memory(90, 100, four_bits_help=True)[0]
    assert "computed twice" in of_memory(50, 100, recomputed=True)[0]


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


def test_with_too_few_to_train_it_is_said_what_helps_and_what_there_is_without() -> None:
    first, *_, last = of_too_little({"holds private things (phone): masked, not learned": 7})
    assert "twin privacy" in first
    assert last.endswith("twin write")


@given(st.integers(1, 10**9), st.integers(1, 10**11), st.integers(10**6, 10**10), st.sampled_from(["none", "4bit"]))
def test_a_base_fits_when_its_share_of_what_was_measured_does(used: int, free: int, size: int, quantised: str) -> None:
    found = what_fits(
        size, memory_bytes=used, memory_free_bytes=free, seconds=60, dtype="bfloat16", quantised=quantised
    )
    assert quantised == "none" or found["fits_parameters_4bit"] == found["fits_parameters"]
    assert [one["name"] for one in found["bases"]] == list(PACKAGED)
    for one in found["bases"]:
        near = abs(one["parameters"] - found["fits_parameters"]) <= 1
        assert near or one["fits"] == (one["parameters"] <= found["fits_parameters"])
        assert one["seconds"] == round(60 * one["parameters"] / size)


def test_in_four_bits_weights_shrink_and_values_grow() -> None:
    sizes: Any = {"memory_free_bytes": 10**10, "seconds": 1, "dtype": "bfloat16"}
    found = what_fits(10**9, memory_bytes=3 * 10**9, quantised="none", **sizes)
    assert found["fits_parameters_4bit"] / found["fits_parameters"] == pytest.approx(3 / 2.6, rel=0.01)
    small = what_fits(10**9, memory_bytes=16 * 10**9, quantised="none", **sizes)
    assert small["fits_parameters_4bit"] < small["fits_parameters"]
    four = what_fits(10**9, memory_bytes=3 * 10**9, quantised="4bit", **sizes)
    assert four["fits_parameters_4bit"] == four["fits_parameters"]


def test_a_base_that_would_fit_grows_with_the_free_memory(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = preflight(tiny, ROWS[:8], [], recipe=RECIPE, progress=silent)
    assert found["parameters"] == parameters_in(tiny) > 1000
    assert found["memory_bytes"] > 0
    per_byte = found["fits_parameters"] / found["memory_free_bytes"]
    assert per_byte == pytest.approx(0.85 * found["parameters"] / found["memory_bytes"], rel=0.01)
