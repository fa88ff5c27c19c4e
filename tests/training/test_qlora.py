"""A base in four bits: what needs no kernels, and, where bitsandbytes is installed, real trainings on it."""

import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from test_bases import EXAMPLES
from test_bases import RECIPE as SMALL
from test_lora import adapted
from test_memory import encoded, gradients
from test_sft import RECIPE, TRAIN, TUNE, stop_at, weights_of

from twin.core.errors import BadSettings, MissingPart
from twin.core.prompts import render_chat
from twin.core.protocols import silent
from twin.core.records import Message, Request
from twin.models import four_bit
from twin.models.four_bit import four_bit_options, prepared
from twin.models.hf import among_themselves, load_network, load_tokenizer, summed_loss
from twin.models.llamacpp import LlamaCpp
from twin.models.packed import packable
from twin.models.rows import row
from twin.models.weights import Base, find_base
from twin.training.gguf_lora import export_gguf
from twin.training.lora import quicken
from twin.training.memory import recompute
from twin.training.merged import write_f16
from twin.training.parity import greedy_ids, next_token_parity
from twin.training.recipe import Recipe
from twin.training.sft import fit
from twin.training.train import train_adapter
from twin.training.trainer import exactly, learned

FOUR = replace(RECIPE, quantised="4bit")
kernels = pytest.mark.skipif(
    find_spec("bitsandbytes") is None, reason="bitsandbytes is not installed: pip install 'bitsandbytes>=0.50,<1'"
)


# -- without kernels -----------------------------------------------------------------------------------------------


def test_without_bitsandbytes_the_command_that_installs_it_is_named(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(four_bit, "find_spec", lambda name: None)
    with pytest.raises(MissingPart, match="bitsandbytes") as caught:
        fit(tiny, TRAIN, TUNE, recipe=FOUR, folder=tmp_path / "a", progress=silent)
    assert "pip install" in caught.value.hint
    assert "twin config train.quantised none" in caught.value.hint
    assert not (tmp_path / "a").exists()


def test_an_apple_gpu_is_refused_in_words() -> None:
    with pytest.raises(BadSettings, match="Apple GPU") as caught:
        four_bit_options("mps", "float32")
    assert caught.value.hint.endswith("twin config train.quantised none")


def test_a_bitsandbytes_without_kernels_for_this_processor_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    old = ModuleType("bitsandbytes")
    old.__version__ = "0.45.0"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bitsandbytes", old)
    monkeypatch.setattr(four_bit, "find_spec", lambda name: ModuleSpec(name, None))
    with pytest.raises(MissingPart, match=r"bitsandbytes 0\.45\.0 knows no cpu"):
        four_bit_options("cpu", "bfloat16")


def test_lora_layers_on_anything_but_plain_weights_are_left_to_peft() -> None:
    class Packed(torch.nn.Linear):
        """Stands for bitsandbytes' layer, which is a Linear by its class and holds no matrix."""

    model = adapted()
    layer = model.base_model.model.model.layers[0].self_attn.q_proj
    layer.base_layer.__class__ = Packed
    assert quicken(model) == 13
    assert "forward" not in vars(layer)


def test_a_base_is_frozen_and_kept_in_the_layout_that_has_gradients(tiny: Path) -> None:
    network = load_network(tiny)
    network.model.layers[0].mlp.up_proj.support_avx512bf16_for_cpu = True
    ready = prepared(network)
    assert not ready.model.layers[0].mlp.up_proj.support_avx512bf16_for_cpu
    assert not any(one.requires_grad for one in ready.parameters())


@pytest.mark.parametrize("gone_on_from", [True, False])
def test_what_trl_rounds_is_made_exact_again(gone_on_from: bool) -> None:
    network: Any = torch.nn.Linear(3, 2, bias=False)
    network.is_loaded_in_4bit = True
    whole = network.weight.detach().clone()
    before = learned(network) if gone_on_from else {}
    network.weight.data = network.weight.data.to(torch.bfloat16)
    exactly(network, before)
    assert network.weight.dtype == torch.float32
    assert torch.equal(network.weight, whole) == gone_on_from


def test_only_four_bits_change_the_name_of_an_adapter() -> None:
    assert "quantised" not in RECIPE.identity
    assert FOUR.identity == {**RECIPE.identity, "quantised": "4bit"}


# -- with kernels --------------------------------------------------------------------------------------------------


def on_four_bits(folder: Path) -> Any:
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(0)
    with among_themselves():
        network = load_network(folder, quantised="4bit", dtype="bfloat16")
        model = get_peft_model(network, LoraConfig(r=4, lora_alpha=12, target_modules="all-linear")).train()
    for name, one in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(one, std=0.3)
    return model


@kernels
def test_four_bits_learn_about_as_well_and_leave_an_adapter_like_any(tiny: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    plain = fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "plain", progress=silent)
    found = fit(tiny, TRAIN, TUNE, recipe=FOUR, folder=tmp_path / "four", progress=silent)
    assert found.after < found.before
    assert found.after == pytest.approx(plain.after, rel=0.1)
    one, other = (load_file(tmp_path / name / "adapter_model.safetensors") for name in ("plain", "four"))
    assert {name: (matrix.shape, matrix.dtype) for name, matrix in one.items()} == {
        name: (matrix.shape, matrix.dtype) for name, matrix in other.items()
    }


@kernels
def test_a_run_on_four_bits_that_was_stopped_ends_as_if_it_had_not_been(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.training.trainer.SAVE_STEPS", 2)
    fit(tiny, TRAIN, TUNE, recipe=FOUR, folder=tmp_path / "whole", progress=silent)
    with pytest.raises(KeyboardInterrupt):
        fit(tiny, TRAIN, TUNE, recipe=FOUR, folder=tmp_path / "cut", progress=stop_at(5))
    fit(tiny, TRAIN, TUNE, recipe=FOUR, folder=tmp_path / "cut", progress=silent)
    assert weights_of(tmp_path / "cut") == weights_of(tmp_path / "whole")


@kernels
def test_measuring_a_loss_takes_no_gradient_away_and_recomputing_changes_none(tiny: Path) -> None:
    model, rows = on_four_bits(tiny), encoded(tiny)
    assert quicken(model) == 0
    assert packable(model)
    loss, once = gradients(model, rows, recomputed=False)
    model.eval()
    with torch.no_grad():
        assert float(summed_loss(model, rows)) == pytest.approx(loss, rel=1e-2)
    model.train()
    _, after = gradients(model, rows, recomputed=False)
    recompute(model)
    _, twice = gradients(model, rows, recomputed=True)
    assert len(once) == 28
    for name, grad in once.items():
        assert grad.abs().sum() > 0, name
        torch.testing.assert_close(after[name], grad, msg=name)
        torch.testing.assert_close(twice[name], grad, rtol=1e-3, atol=1e-4, msg=name)


@kernels
def test_the_registry_says_that_the_base_was_held_in_four_bits(
    tiny_checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    base = find_base(str(tiny_checkpoint("llama")), cache=tmp_path)
    adapter, _ = train_adapter(
        EXAMPLES, [], dataset="d", base=base, recipe=replace(SMALL, quantised="4bit"), folder=tmp_path,
        cache=tmp_path, progress=silent,
    )  # fmt: skip
    assert adapter.method == "qlora-sft"
    assert adapter.settings["quantised"] == "4bit"
    assert "bitsandbytes" in adapter.settings["versions"]
    assert (adapter.path / "adapter.gguf").is_file()


@kernels
@pytest.mark.model
@pytest.mark.slow
def test_an_adapter_made_on_four_bits_is_served_as_it_was_trained(base: Base, unpacked: Path, tmp_path: Path) -> None:
    """Through llama.cpp on F16 the same greedy text as through PEFT; on the base that serves, near to the four bits."""
    prompt = (Message("user", "Write one line about the garden."),)
    texts = ("The dew was late, and so was I.", "Moss keeps its own calendar.", "Nobody prunes the fern.")
    rows = [row(base.chat_template, prompt, text) for text in texts]
    recipe = Recipe(
        rank=8, alpha=16, dropout=0.0, learning_rate=1e-3, epochs=3, batch=3, warmup_share=0.1, max_tokens=128, seed=7,
        quantised="4bit",
    )  # fmt: skip
    folder = tmp_path / "a"
    fitted = fit(unpacked, rows, rows, recipe=recipe, folder=folder, progress=silent)
    assert fitted.after < fitted.before
    gguf, tokenizer = export_gguf(folder, base), load_tokenizer(unpacked)
    whole = load_network(unpacked, adapter=folder)
    f16 = replace(base, gguf=write_f16(base, tmp_path / "f16.gguf"))
    half = LlamaCpp(f16, context_tokens=512, parallel=1, threads=1)
    written = half.generate([Request(prompt, 24)], adapter=gguf)[0].text
    half.close()
    ids = tokenizer(render_chat(base.chat_template, prompt))["input_ids"]
    assert written == tokenizer.decode(greedy_ids(whole, ids, max_tokens=24), skip_special_tokens=True)
    served = LlamaCpp(base, context_tokens=512, parallel=1, threads=1)
    near, four = (
        next_token_parity(network, tokenizer, served, rows, adapter=gguf, most_positions=24)
        for network in (whole, load_network(unpacked, adapter=folder, quantised="4bit", dtype="bfloat16"))
    )
    served.close()
    assert (near.top1 >= 0.75, near.kl < 0.05) == (True, True), near
    assert (four.top1 >= 0.6, four.kl < 0.25) == (True, True), four
