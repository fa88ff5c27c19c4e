"""Memory is measured before it is taken; what is short of it computes its layers twice and learns the same."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from test_sft import RECIPE, TRAIN, TUNE, stop_at, weights_of

from twin.core.errors import ModelFailed
from twin.core.protocols import silent
from twin.models.hf import among_themselves, load_network, load_tokenizer, summed_loss
from twin.models.rows import encode
from twin.training.lora import quicken
from twin.training.memory import kept_bytes, recompute, until_the_gradient
from twin.training.sft import fit


def adapted(folder: Path, **options: Any) -> Any:
    torch.manual_seed(0)
    lora = LoraConfig(r=4, lora_alpha=12, target_modules="all-linear", **options)
    with among_themselves():
        model = get_peft_model(load_network(folder), lora).train()
    for name, one in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(one, std=0.3)
    return model


def encoded(folder: Path, n: int = 3) -> list[dict[str, list[int]]]:
    tokenizer = load_tokenizer(folder)
    return [encode(tokenizer, one, max_tokens=96) for one in TRAIN[:n]]


def gradients(model: Any, rows: Any, *, recomputed: bool) -> tuple[float, dict[str, torch.Tensor]]:
    model.zero_grad()
    with until_the_gradient(model, recomputed=recomputed):
        loss = summed_loss(model, rows)
        loss.backward()
    return float(loss.detach()), {
        name: one.grad.clone() for name, one in model.named_parameters() if one.grad is not None
    }


@pytest.mark.parametrize("family", ["llama", "qwen2", "gemma3"])
def test_layers_that_are_computed_twice_give_the_same_gradients(tiny_checkpoint: Any, family: str) -> None:
    """Packed rows of different lengths, which the second computation must keep apart as the first one did."""
    folder = tiny_checkpoint(family)
    model, rows = adapted(folder), encoded(folder)
    quicken(model)
    loss, once = gradients(model, rows, recomputed=False)
    calls: list[int] = []
    model.get_base_model().model.layers[1].mlp.register_forward_pre_hook(lambda *_: calls.append(1))
    assert recompute(model)
    again, twice = gradients(model, rows, recomputed=True)
    assert len(calls) == 2
    assert again == pytest.approx(loss, rel=1e-6)
    assert once.keys() == twice.keys() != set()
    for name, grad in once.items():
        torch.testing.assert_close(twice[name], grad, rtol=1e-5, atol=1e-6, msg=name)


def test_without_the_rows_held_apart_until_then_they_are_read_one_by_one(tiny: Path) -> None:
    """Whoever forgets to keep the attention open gets the right gradient all the same, only later."""
    model, rows = adapted(tiny), encoded(tiny)
    _, once = gradients(model, rows, recomputed=False)
    recompute(model)
    _, twice = gradients(model, rows, recomputed=False)
    for name, grad in once.items():
        torch.testing.assert_close(twice[name], grad, rtol=1e-4, atol=1e-5, msg=name)


def test_what_a_pass_keeps_is_counted_without_weights_and_less_with_layers_computed_twice(tiny: Path) -> None:
    model, (row,) = adapted(tiny), encoded(tiny, 1)
    size, hidden, layers = len(row["input_ids"]), 32, 2
    found = kept_bytes(model, row)
    assert found > size * hidden * layers * 4, "at least the input of each layer"
    longer = {name: 2 * ids for name, ids in row.items()}
    assert found < kept_bytes(model, longer)
    assert found < sum(one.numel() for one in model.parameters()) * 4 * size, "weights are no values of a pass"


def test_measuring_draws_no_random_numbers_and_leaves_no_gradient(tiny: Path) -> None:
    model, (row,) = adapted(tiny, lora_dropout=0.3), encoded(tiny, 1)
    torch.manual_seed(3)
    expected = torch.rand(3)
    torch.manual_seed(3)
    kept_bytes(model, row)
    assert torch.equal(torch.rand(3), expected)
    assert all(one.grad is None for one in model.parameters())


def fitted(tiny: Path, folder: Path, recipe: Any = RECIPE, progress: Any = silent) -> Any:
    return fit(tiny, TRAIN, TUNE, recipe=recipe, folder=folder, progress=progress)


def test_with_enough_memory_nothing_is_computed_twice(tiny: Path, tmp_path: Path) -> None:
    found = fitted(tiny, tmp_path / "a")
    assert not found.recomputed
    assert found.at_once_tokens == 2048


@pytest.mark.parametrize(("how", "recomputed"), [("auto", True), ("never", False)])
def test_short_memory_makes_passes_small_first_and_computes_layers_twice_then(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, recomputed: bool
) -> None:
    whole = fitted(tiny, tmp_path / "whole")
    monkeypatch.setattr("twin.training.run.free_bytes", lambda device: 1000)
    short = fitted(tiny, tmp_path / "short", replace(RECIPE, recompute=how))
    assert short.recomputed == recomputed
    assert short.at_once_tokens < 30
    assert short.curve == pytest.approx(whole.curve, rel=1e-3)
    assert short.after == pytest.approx(whole.after, rel=1e-3)


def test_passes_alone_are_made_smaller_where_that_is_enough(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = adapted(tiny)
    longest = max(encoded(tiny, 6), key=lambda row: len(row["input_ids"]))
    enough = 12 * sum(one.numel() for one in model.parameters() if one.requires_grad) + 3 * kept_bytes(model, longest)
    monkeypatch.setattr("twin.training.run.free_bytes", lambda device: enough)
    found = fitted(tiny, tmp_path / "a")
    assert not found.recomputed
    assert len(longest["input_ids"]) <= found.at_once_tokens < 2048


@pytest.mark.parametrize("how", ["always", "never"])
def test_it_can_be_asked_for_and_forbidden_and_makes_the_same_adapter(tiny: Path, tmp_path: Path, how: str) -> None:
    auto, asked = fitted(tiny, tmp_path / "auto"), fitted(tiny, tmp_path / "asked", replace(RECIPE, recompute=how))
    assert asked.recomputed == (how == "always")
    assert replace(RECIPE, recompute=how).identity == RECIPE.identity
    assert asked.curve == pytest.approx(auto.curve, rel=1e-3)


def test_a_run_goes_on_as_it_began_whatever_memory_is_free_later(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.training.trainer.SAVE_STEPS", 2)
    with monkeypatch.context() as short:
        short.setattr("twin.training.run.free_bytes", lambda device: 1000)
        fitted(tiny, tmp_path / "whole")
        with pytest.raises(KeyboardInterrupt):
            fitted(tiny, tmp_path / "cut", progress=stop_at(5))
    done = fitted(tiny, tmp_path / "cut")
    assert done.recomputed
    assert weights_of(tmp_path / "cut") == weights_of(tmp_path / "whole")


def test_a_pass_that_runs_out_of_memory_all_the_same_is_computed_twice_before_it_is_given_up(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def enough_for_inputs_alone(network: Any, rows: Any) -> Any:
        if not network.is_activation_checkpointing:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return summed_loss(network, rows)

    monkeypatch.setattr("twin.training.trainer.summed_loss", enough_for_inputs_alone)
    told: list[str] = []
    found = fitted(tiny, tmp_path / "a", progress=lambda done, total, note: told.append(note))
    assert found.recomputed
    assert "out of memory: layers are computed twice" in told
    with pytest.raises(ModelFailed, match="out of memory"):
        fitted(tiny, tmp_path / "b", replace(RECIPE, recompute="never"))


def test_a_kind_of_network_that_cannot_compute_twice_is_left_as_it_is(tiny: Path) -> None:
    model = adapted(tiny)
    model.get_base_model().supports_gradient_checkpointing = False
    assert not recompute(model)
    assert not model.is_activation_checkpointing
