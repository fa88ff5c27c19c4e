from pathlib import Path
from typing import Any

import pytest

from twin.models.hf import checkpoint
from twin.models.weights import Base, find_base


@pytest.fixture(scope="session")
def base() -> Base:
    return find_base("smollm2-135m-instruct", cache=Path("/nowhere"))


@pytest.fixture(scope="session")
def unpacked(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint folder; tests/models names the same place, so a session unpacks once."""
    return checkpoint(base, cache=tmp_path_factory.getbasetemp() / "twin-cache")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of 2 layers with random weights and 64 characters for a vocabulary: it learns in a second."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    characters = ["<end>", "<unknown>", *"abcdefghijklmnopqrstuvwxyz .,!?\n0123456789ABCDEFGHIJKLMNOPQRSTUV"]
    words: dict[str, Any] = {character: i for i, character in enumerate(dict.fromkeys(characters))}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unknown>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>")
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        eos_token_id=0,
        pad_token_id=0,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
