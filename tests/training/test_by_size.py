"""What the settings leave open is filled by size: the values, the reasons, and what an adapter is made from."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_bases import EXAMPLES

from twin.core.protocols import silent
from twin.core.settings import TrainSettings
from twin.models.weights import Base, find_base, parameters, parameters_in
from twin.training.by_size import BASES, PASSES, by_size, size_of
from twin.training.methods import chosen
from twin.training.train import adapter_id, train_adapter

OPEN = TrainSettings().model_dump()
SMOL = 134_515_008
sizes = st.integers(1, 10**12)
counts = st.integers(1, 10**6)


def test_the_base_that_is_shipped_learns_a_hundred_texts_as_was_measured(base: Base) -> None:
    recipe, methods, why = chosen(OPEN, base=base, examples=100)
    assert (recipe.rank, recipe.alpha, recipe.learning_rate, recipe.epochs) == (16, 32, 2e-3, 3)
    assert methods.said(100) == {}
    assert why["learning_rate"] == "for a base of 135M parameters"
    assert why["epochs"] == "for 100 examples"


def test_the_rate_of_preferences_follows_that_of_the_examples(base: Base) -> None:
    assert chosen({**OPEN, "method": "sft+dpo"}, base=base, examples=100).methods.dpo_rate == 1e-4
    assert chosen({**OPEN, "method": "sft+choices"}, base=base, examples=100).methods.dpo_rate == 1e-4
    said = {**OPEN, "method": "sft+dpo", "learning_rate": 2e-4}
    assert chosen(said, base=base, examples=100).methods.dpo_rate == pytest.approx(1e-5)


@given(sizes, counts)
def test_what_is_set_stays_and_what_is_open_is_filled_within_the_bounds_of_the_settings(size: int, n: int) -> None:
    said = {"rank": 3, "alpha": 5, "learning_rate": 0.02, "epochs": 7}
    assert by_size({**OPEN, **said}, parameters=size, examples=n) == ({}, {})
    values, why = by_size(OPEN, parameters=size, examples=n)
    assert values.keys() == why.keys() == said.keys()
    assert all(TrainSettings(**values).model_dump()[name] == value > 0 for name, value in values.items())


@given(sizes, sizes, counts, counts)
def test_a_larger_base_learns_no_faster_and_more_examples_are_read_no_oftener(a: int, b: int, n: int, m: int) -> None:
    small, large = (by_size(OPEN, parameters=one, examples=1)[0]["learning_rate"] for one in sorted((a, b)))
    assert small >= large
    every = {**OPEN, "most_examples": 0}
    few, many = (by_size(every, parameters=a, examples=one)[0]["epochs"] for one in sorted((n, m)))
    assert few >= many


@pytest.mark.parametrize("table", [BASES, PASSES])
def test_the_tables_cover_every_size_in_order(table: tuple[tuple[float, ...], ...]) -> None:
    bounds = [row[0] for row in table]
    assert bounds == sorted(set(bounds))
    assert bounds[-1] == float("inf")


def test_only_the_examples_that_are_learned_from_count() -> None:
    assert by_size({**OPEN, "most_examples": 40}, parameters=SMOL, examples=5000)[0]["epochs"] == PASSES[0].epochs


def test_nothing_is_said_of_passes_before_there_is_a_dataset() -> None:
    values, _ = by_size(OPEN, parameters=SMOL, examples=None)
    assert "epochs" not in values
    assert values["rank"] > 0


@pytest.mark.parametrize("rate", [0.0, 2e-4])
def test_without_a_base_there_are_passes_and_what_follows_from_what_was_set(rate: float) -> None:
    values, _ = by_size({**OPEN, "method": "sft+dpo", "learning_rate": rate}, parameters=None, examples=100)
    assert values == {"epochs": 3, **({"dpo_rate": pytest.approx(1e-5)} if rate else {})}


def test_an_adapter_is_named_by_what_was_used_whoever_chose_it(base: Base) -> None:
    said = {**OPEN, "learning_rate": 2e-3, "epochs": 3, "rank": 16, "alpha": 32}
    one, other, many = (
        adapter_id("d", base, chosen(settings, base=base, examples=n).recipe)
        for settings, n in ((OPEN, 100), (said, 100), (OPEN, 1000))
    )
    assert one == other != many


def test_the_registry_is_told_the_values_and_why(tiny_checkpoint: Callable[[str], Path], tmp_path: Path) -> None:
    base = find_base(str(tiny_checkpoint("llama")), cache=tmp_path)
    recipe, methods, why = chosen({**OPEN, "max_tokens": 160}, base=base, examples=len(EXAMPLES))
    adapter, _ = train_adapter(
        EXAMPLES, [], dataset="d", base=base, recipe=replace(recipe, rank=2), folder=tmp_path, cache=tmp_path,
        methods=methods, why=why, progress=silent,
    )  # fmt: skip
    assert adapter.settings["epochs"] == PASSES[0].epochs
    assert adapter.settings["why"]["epochs"] == "for 4 examples"


def test_a_base_is_counted_from_the_heads_of_its_files(base: Base, tiny_checkpoint: Callable[[str], Path]) -> None:
    assert parameters(base) == SMOL
    folder = tiny_checkpoint("qwen2")
    from transformers import AutoModelForCausalLM

    network = AutoModelForCausalLM.from_pretrained(folder)
    assert parameters_in(folder) == sum(one.numel() for one in network.parameters())


def test_sizes_are_said_as_people_say_them() -> None:
    assert [size_of(one) for one in (SMOL, 1_710_000_000, 268_098_176)] == ["135M", "1.7B", "268M"]
