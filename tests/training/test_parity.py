"""The adapter that was trained in torch is the adapter that llama.cpp applies."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_bases import EXAMPLES, RECIPE

from twin.app import show, voices
from twin.core.errors import BadRequest, ModelFailed
from twin.core.prompts import render_chat
from twin.core.protocols import silent
from twin.core.records import Message, Request
from twin.models.hf import among_themselves, load_network, load_tokenizer
from twin.models.llamacpp import LlamaCpp
from twin.models.rows import Row, row
from twin.models.weights import Base, find_base, gguf_metadata
from twin.training import gguf_lora, parity
from twin.training.gguf_lora import export_gguf, permuted
from twin.training.merged import write_f16
from twin.training.parity import check_adapter, greedy_ids, kl_divergence, next_token_parity
from twin.training.train import train_adapter

PROMPT = (Message("user", "Name the three primary colours."),)
GATE = {"verdict": "candidate", "reason": "No better."}
TEXT = "Red, yellow and blue.\n\n1. Red is warm.\n2. Blue is cold, in 2024 as ever."


@given(st.integers(1, 6), st.integers(1, 4), st.integers(1, 3))
def test_permuting_interleaves_the_halves_of_each_head(heads: int, half: int, rank: int) -> None:
    rows = np.arange(heads * 2 * half * rank, dtype=np.float32).reshape(-1, rank)
    moved = permuted(rows, heads)
    for head in range(heads):
        for i in range(half):
            at = head * 2 * half
            assert (moved[at + 2 * i] == rows[at + i]).all()
            assert (moved[at + 2 * i + 1] == rows[at + half + i]).all()


@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=8))
def test_kl_is_zero_for_equals_and_never_negative(weights: list[float]) -> None:
    p = [one / sum(weights) for one in weights]
    same = {i: math.log(one) for i, one in enumerate(p)}
    assert kl_divergence(p, same) == pytest.approx(0, abs=1e-9)
    assert kl_divergence(p[::-1], same) >= 0
    assert kl_divergence(p, dict(list(same.items())[:2])) == pytest.approx(0, abs=1e-9)


def test_an_architecture_without_a_known_layout_is_refused(base: Base, tmp_path: Path) -> None:
    with pytest.raises(BadRequest):
        export_gguf(tmp_path, replace(base, architecture="mamba"))


def checked(base: Base, folder: Path, rows: Any = ()) -> dict[str, Any]:
    return check_adapter(folder, folder / "adapter.gguf", base, rows, checkpoint=folder, cache=folder)


def test_where_memory_would_not_do_nothing_is_loaded_and_that_is_said(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parity, "load_network", lambda *_, **__: pytest.fail("loaded"))
    monkeypatch.setattr(parity, "free_bytes", lambda device: 9 * 10**8)
    assert checked(base, tmp_path) == {"left_out": "it takes about 0.8 GB of memory, and 0.9 GB are free"}


def test_memory_that_runs_out_all_the_same_is_said_and_what_else_goes_wrong_is_raised(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise ModelFailed(f"cannot load 'x': {said}", "check: twin doctor")

    monkeypatch.setattr(parity, "load_network", failing)
    said = "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"
    assert checked(base, tmp_path) == {"left_out": "memory ran out"}
    said = "a broken file"
    with pytest.raises(ModelFailed, match="broken"):
        checked(base, tmp_path)


def test_a_run_that_is_killed_while_it_compares_leaves_a_whole_adapter(
    tiny_checkpoint: Callable[[str], Path], base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = replace(find_base(str(tiny_checkpoint("llama")), cache=tmp_path), gguf=base.gguf)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    def train() -> tuple[Any, dict[str, Any]]:
        return train_adapter(
            EXAMPLES, [], dataset="d", base=small, recipe=RECIPE, folder=tmp_path, cache=tmp_path, progress=silent
        )

    monkeypatch.setattr("twin.training.train.check_adapter", killed)
    with pytest.raises(KeyboardInterrupt):
        train()
    adapter, card = train()
    assert card["parity"] == {"left_out": "it was cut short"} and card["steps"] == 4
    assert {"adapter.gguf", "adapter_model.safetensors"} < {one.name for one in adapter.path.iterdir()}
    told = {"figures": card, "voice": {}, "report": "", "created": "", **asdict(adapter)}
    assert "llama.cpp not compared: it was cut short" in voices.whole(told)
    result = {**told, **card, "adapter": adapter.id, "loss": adapter.losses, "gate": GATE, "active": None}
    assert "llama.cpp: not compared with torch: it was cut short" in show.trained(result)


# -- with the real base --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tuned(unpacked: Path, base: Base, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Path]]:
    """The base with a random adapter strong enough to change what it says, and the adapter's GGUF file."""
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(1)
    lora = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM")
    with among_themselves():
        network = get_peft_model(load_network(unpacked), lora).eval()
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.02)
    folder = tmp_path_factory.mktemp("adapter")
    network.save_pretrained(folder)
    yield network, export_gguf(folder, base)


@pytest.fixture(scope="module")
def f16(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaCpp]:
    file = write_f16(base, tmp_path_factory.mktemp("f16") / "base.gguf")
    model = LlamaCpp(replace(base, gguf=file), context_tokens=512, parallel=2, threads=2)
    yield model
    model.close()
    file.unlink()


@pytest.fixture(scope="module")
def rows(base: Base) -> list[Row]:
    return [row(base.chat_template, PROMPT, TEXT)]


@pytest.mark.model
def test_the_file_says_what_it_is(tuned: tuple[Any, Path]) -> None:
    found = gguf_metadata(tuned[1])
    assert (found["general.type"], found["adapter.type"], found["adapter.lora.alpha"]) == ("adapter", "lora", 16.0)
    assert json.loads((tuned[1].parent / "adapter_config.json").read_text())["r"] == 8


@pytest.mark.model
def test_greedy_text_is_the_same_on_a_float16_base(
    tuned: tuple[Any, Path], f16: LlamaCpp, unpacked: Path, base: Base
) -> None:
    network, file = tuned
    tokenizer = load_tokenizer(unpacked)
    written = f16.generate([Request(PROMPT, 24)], adapter=file)[0].text
    ids = tokenizer(render_chat(base.chat_template, PROMPT))["input_ids"]
    expected = tokenizer.decode(greedy_ids(network, ids, max_tokens=24), skip_special_tokens=True)
    assert written == expected
    assert written != f16.generate([Request(PROMPT, 24)])[0].text


@pytest.mark.model
def test_a_float16_base_expects_the_same_next_tokens(
    tuned: tuple[Any, Path], f16: LlamaCpp, unpacked: Path, rows: list[Row]
) -> None:
    network, file = tuned
    found = next_token_parity(network, load_tokenizer(unpacked), f16, rows, adapter=file, most_positions=24)
    assert found.positions == 24
    assert found.top1 >= 0.95
    assert found.kl < 1e-3


@pytest.mark.model
def test_the_quantised_base_stays_near(tuned: tuple[Any, Path], base: Base, unpacked: Path, rows: list[Row]) -> None:
    network, file = tuned
    model = LlamaCpp(base, context_tokens=512, parallel=2, threads=2)
    found = next_token_parity(network, load_tokenizer(unpacked), model, rows, adapter=file, most_positions=24)
    model.close()
    assert found.top1 >= 0.75
    assert found.kl < 0.05


@pytest.mark.model
def test_the_check_notices_rows_in_the_wrong_order(
    tuned: tuple[Any, Path],
    f16: LlamaCpp,
    unpacked: Path,
    base: Base,
    rows: list[Row],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Without the permutation the adapter still loads and still writes fluently: only numbers show that it is wrong."""
    network, file = tuned
    good = next_token_parity(network, load_tokenizer(unpacked), f16, rows, adapter=file, most_positions=12)
    monkeypatch.setattr(gguf_lora, "permuted", lambda weights, heads: weights)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (tmp_path / name).write_bytes((file.parent / name).read_bytes())
    wrong = export_gguf(tmp_path, base)
    bad = next_token_parity(network, load_tokenizer(unpacked), f16, rows, adapter=wrong, most_positions=12)
    assert bad.kl > 10 * good.kl
