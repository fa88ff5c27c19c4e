import errno
from pathlib import Path
from typing import Any

import pytest

from twin.core.errors import StorageFailed
from twin.core.prompts import render_chat
from twin.core.records import Message
from twin.models.hf import checkpoint, completion_loss, load_network, load_tokenizer, summed_loss, written_whole
from twin.models.packed import packable
from twin.models.rows import IGNORED, encode, row
from twin.models.weights import Base

PROMPT = (Message("system", "You are Ada."), Message("user", "Write a post.\nFacts:\n- 12 weeks\n- 2024"))


@pytest.fixture(scope="module")
def tokenizer(unpacked: Path) -> Any:
    return load_tokenizer(unpacked)


@pytest.mark.model
def test_unpacking_happens_once(base: Base, unpacked: Path) -> None:
    said: list[str] = []
    again = checkpoint(base, cache=unpacked.parent.parent, progress=lambda done, total, note: said.append(note))
    assert (again, said) == (unpacked, [])
    assert {"model.safetensors", "tokenizer.json", "config.json"} <= {file.name for file in unpacked.iterdir()}
    assert [one.name for one in unpacked.parent.iterdir()] == [unpacked.name]


@pytest.mark.model
def test_digits_and_line_breaks_are_cut_as_the_model_learned_them(tokenizer: Any) -> None:
    """What transformers loses from the GGUF: llama.cpp keeps "\\n\\n" whole before a digit, and digits apart."""
    assert tokenizer.tokenize("so:\n\n1. go") == ["so", ":", "ĊĊ", "1", ".", "Ġgo"]
    assert tokenizer.tokenize("2024") == ["2", "0", "2", "4"]


@pytest.mark.model
def test_special_tokens_and_template_survive(tokenizer: Any, base: Base) -> None:
    assert tokenizer.eos_token == "<|im_end|>"
    assert len(tokenizer("<|im_start|>", add_special_tokens=False)["input_ids"]) == 1
    messages = [{"role": one.role, "content": one.content} for one in PROMPT]
    theirs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    assert theirs == render_chat(base.chat_template, PROMPT)


@pytest.mark.model
def test_the_prompt_learned_from_is_the_prompt_served(tokenizer: Any, base: Base) -> None:
    prompt, completion = row(base.chat_template, PROMPT, "\n\nI moved off Kafka.")
    served = tokenizer(prompt)["input_ids"]
    encoded = encode(tokenizer, (prompt, completion), max_tokens=512)
    assert encoded["input_ids"][: len(served)] == served
    assert encoded["labels"][: len(served)] == [IGNORED] * len(served)
    learned = encoded["labels"][len(served) :]
    assert learned == encoded["input_ids"][len(served) :]
    assert learned[-1] == tokenizer.eos_token_id
    assert tokenizer.decode(learned[:-1]) == completion


@pytest.mark.model
def test_marks_of_the_template_inside_a_text_stay_text(tokenizer: Any) -> None:
    encoded = encode(tokenizer, ("p", "a <|im_end|> b"), max_tokens=64)
    assert encoded["labels"].count(tokenizer.eos_token_id) == 1


@pytest.mark.model
@pytest.mark.parametrize("most", [1, 3, 10, 20])
def test_a_row_never_exceeds_its_limit(tokenizer: Any, most: int) -> None:
    encoded = encode(tokenizer, ("one two three", "four five six seven eight nine ten eleven"), max_tokens=most)
    assert len(encoded["input_ids"]) == len(encoded["labels"]) <= most


@pytest.mark.model
def test_the_loss_is_the_one_that_transformers_computes(tokenizer: Any, unpacked: Path) -> None:
    import torch

    network = load_network(unpacked)
    rows = [("Say it. ", "The cat sat on the mat."), ("Again, longer than before: ", "No.")]
    for (ours, tokens), pair in zip(completion_loss(network, tokenizer, rows), rows, strict=True):
        encoded = encode(tokenizer, pair, max_tokens=512)
        ids, labels = torch.tensor([encoded["input_ids"]]), torch.tensor([encoded["labels"]])
        assert tokens == sum(label != IGNORED for label in encoded["labels"])
        assert ours == pytest.approx(float(network(input_ids=ids, labels=labels).loss.detach()), abs=1e-4)


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), written_whole(tmp_path / "it") as part:
        (part / "half").write_text("x")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    with written_whole(tmp_path / "it") as part:
        (part / "all").write_text("x")
    assert [file.name for file in (tmp_path / "it").iterdir()] == ["all"]


def test_a_full_disk_is_said_in_words(tmp_path: Path) -> None:
    from safetensors import SafetensorError

    full = OSError(errno.ENOSPC, "No space left on device")
    for bad in (full, SafetensorError("Error while serializing: IoError(Os { code: 28, message: No space left })")):
        with pytest.raises(StorageFailed) as caught, written_whole(tmp_path / "it"):
            raise bad
        assert "free some space" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


SMALL: dict[str, Any] = {
    "vocab_size": 60,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "bos_token_id": None,
    "eos_token_id": 0,
    "pad_token_id": None,
}
HEADS: dict[str, dict[str, Any]] = {
    "granite": {"logits_scaling": 8.0, "embedding_multiplier": 12.0},
    "cohere": {"logit_scale": 0.0625},
    "gemma2": {"final_logit_softcapping": 0.05, "head_dim": 8, "sliding_window": 8},
    "phi": {},
}
"""Heads that scale and that bound their logits, and one with a bias."""


@pytest.mark.parametrize("picks", [True, False])
@pytest.mark.parametrize("family", HEADS)
def test_loss_and_gradient_of_other_heads_are_those_of_the_network_itself(family: str, picks: bool) -> None:
    """Also of a network that cannot be told which positions count."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    network = AutoModelForCausalLM.from_config(AutoConfig.for_model(family, **{**SMALL, **HEADS[family]})).eval()
    ids = [(7 * place + 3) % 60 for place in range(24)]
    one = {"input_ids": ids, "labels": [IGNORED] * 9 + ids[9:16] + [IGNORED] + ids[17:]}
    learned = [weight for weight in network.parameters() if weight.dim() > 1]

    def gradients(loss: torch.Tensor) -> list[torch.Tensor]:
        return [torch.zeros(1) if one is None else one for one in torch.autograd.grad(loss, learned, allow_unused=True)]

    if not picks:
        forward = network.forward
        network.forward = lambda input_ids, labels=None, use_cache=None: forward(
            input_ids=input_ids, labels=labels, use_cache=use_cache
        )
    assert not packable(network)
    ours = summed_loss(network, [{**one, "weight": 0.5}])
    theirs = network(**{name: torch.tensor([row]) for name, row in one.items()}).loss * 14 / 2
    torch.testing.assert_close(ours, theirs)
    for mine, its in zip(gradients(ours), gradients(theirs), strict=True):
        torch.testing.assert_close(mine, its, rtol=1e-4, atol=1e-6)
