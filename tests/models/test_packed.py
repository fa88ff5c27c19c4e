"""Packed rows are a way of computing: whatever they are packed with, each row's loss and gradient are its own."""

from pathlib import Path

import pytest
import torch
from torch.nn import functional

from twin.models.packed import Attention, HeadLoss, attention_of_segments, pack, packable, packed_loss

HEADS, GROUPS, WIDTH = 4, 2, 8


def rows(*sizes: int) -> list[dict[str, list[int]]]:
    made = []
    for size in sizes:
        ids = [(size * 7 + 3 * place) % 60 for place in range(size)]
        made.append({"input_ids": ids, "labels": [-100] * (size // 3) + ids[size // 3 :]})
    return made


@pytest.fixture(scope="module")
def network() -> object:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    heads = {"num_attention_heads": HEADS, "num_key_value_heads": GROUPS}
    made = LlamaForCausalLM(LlamaConfig(vocab_size=60, **shape, **heads))
    for one in made.lm_head.parameters():
        one.requires_grad_(False)
    return made


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_row_costs_what_it_costs_alone(network, dtype: torch.dtype) -> None:
    network = network.to(dtype)
    together = rows(5, 17, 9)
    with attention_of_segments(network), torch.no_grad():
        alone = [float(packed_loss(network, pack([one]))) for one in together]
        packed = float(packed_loss(network, pack(together)))
    assert packed == pytest.approx(sum(alone), rel=1e-5 if dtype == torch.float32 else 1e-2)


def test_the_loss_is_that_of_the_model_itself(network) -> None:
    network = network.to(torch.float32)
    (one,) = rows(20)
    ids, labels = (torch.tensor([one[name]]) for name in ("input_ids", "labels"))
    with torch.no_grad():
        theirs = float(network(input_ids=ids, labels=labels).loss) * int((labels[:, 1:] != -100).sum())
        with attention_of_segments(network):
            ours = float(packed_loss(network, pack([one])))
    assert ours == pytest.approx(theirs, rel=1e-5)


def test_afterwards_the_model_attends_as_before(network) -> None:
    before = network.config._attn_implementation
    with attention_of_segments(network):
        assert network.config._attn_implementation != before
    assert network.config._attn_implementation == before


def test_a_weight_scales_a_rows_loss(network) -> None:
    network = network.to(torch.float32)
    light, heavy = rows(8, 12)
    with attention_of_segments(network), torch.no_grad():
        one, other = (float(packed_loss(network, pack([row]))) for row in (light, heavy))
        both = float(packed_loss(network, pack([{**light, "weight": 0.25}, heavy])))
    assert both == pytest.approx(0.25 * one + other, rel=1e-5)


@pytest.mark.parametrize(("size", "window"), [(1, 1), (7, 7), (12, 4)])
def test_attention_and_its_gradients_are_torchs_own(size: int, window: int) -> None:
    torch.manual_seed(size)
    q = torch.randn(HEADS, size, WIDTH, requires_grad=True)
    k, v = (torch.randn(GROUPS, size, WIDTH, requires_grad=True) for _ in range(2))
    seen = torch.ones(size, size, dtype=torch.bool).tril() & torch.ones(size, size, dtype=torch.bool).triu(1 - window)
    theirs = functional.scaled_dot_product_attention(
        q[None], k[None], v[None], attn_mask=seen, scale=0.3, enable_gqa=True
    )[0]
    ours = Attention.apply(q, k, v, 0.3, window)
    direction = torch.randn_like(ours)
    assert torch.allclose(ours, theirs, atol=1e-5)
    for mine, expected in zip(
        torch.autograd.grad(ours, (q, k, v), direction), torch.autograd.grad(theirs, (q, k, v), direction), strict=True
    ):
        assert torch.allclose(mine, expected, atol=1e-4)


@pytest.mark.parametrize("n", [1, 128, 300])
def test_the_head_and_its_gradient_are_those_of_cross_entropy(n: int) -> None:
    torch.manual_seed(n)
    hidden = torch.randn(n, 16, requires_grad=True)
    matrix, targets, weights = torch.randn(50, 16), torch.randint(0, 50, (n,)), torch.rand(n)
    theirs = (functional.cross_entropy(hidden @ matrix.t(), targets, reduction="none") * weights).sum()
    ours = HeadLoss.apply(hidden, matrix, targets, weights)
    assert float(ours.detach()) == pytest.approx(float(theirs.detach()), rel=1e-4)
    (mine,), (expected,) = torch.autograd.grad(ours * 3, hidden), torch.autograd.grad(theirs * 3, hidden)
    assert torch.allclose(mine, expected, atol=1e-4)


def test_an_attention_that_is_not_known_is_not_packed(network, monkeypatch: pytest.MonkeyPatch) -> None:
    assert packable(network)
    monkeypatch.setattr(network.config, "model_type", "gpt_neox")
    assert not packable(network)


def test_an_output_layer_that_learns_is_not_packed(network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network.lm_head.weight, "requires_grad", True)
    assert not packable(network)
    with torch.no_grad():
        assert packable(network)


@pytest.mark.model
def test_the_real_base_packs(unpacked: Path) -> None:
    from twin.models.hf import load_network

    with torch.no_grad():
        assert packable(load_network(unpacked))
