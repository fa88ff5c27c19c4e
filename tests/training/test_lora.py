"""The quick LoRA layers compute what PEFT's compute."""

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

from twin.models.hf import among_themselves
from twin.training.lora import quicken


def adapted(**options: object) -> torch.nn.Module:
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    network = LlamaForCausalLM(LlamaConfig(vocab_size=60, **shape))
    with among_themselves():
        model = get_peft_model(network, LoraConfig(r=4, lora_alpha=12, target_modules="all-linear", **options))
    for name, one in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(one, std=0.3)
    return model


def test_outputs_and_gradients_are_pefts_own() -> None:
    model, ids = adapted(), torch.arange(24)[None]
    found = []
    for layers in (0, 14):
        if layers:
            assert quicken(model) == layers
        model.zero_grad()
        out = model(input_ids=ids, labels=ids)
        out.loss.backward()
        grads = {name: one.grad.clone() for name, one in model.named_parameters() if one.grad is not None}
        found.append((out.logits.detach(), grads))
    (theirs, their_grads), (ours, our_grads) = found
    assert torch.allclose(ours, theirs, atol=1e-5)
    assert our_grads.keys() == their_grads.keys()
    assert len(our_grads) == 28
    for name, grad in their_grads.items():
        assert torch.allclose(our_grads[name], grad, atol=1e-5), name


def test_what_is_saved_is_what_peft_saves() -> None:
    model = adapted()
    before = {name: one.clone() for name, one in model.state_dict().items()}
    quicken(model)
    assert model.state_dict().keys() == before.keys()


@pytest.mark.parametrize("option", [{"lora_dropout": 0.1}, {"use_dora": True}])
def test_a_layer_that_does_more_is_left_to_peft(option: dict[str, object]) -> None:
    assert quicken(adapted(**option)) == 0
