"""Networks with random weights and a vocabulary of characters, made on the spot: real architectures, instantly."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

if "PYTEST_XDIST_WORKER" in os.environ:  # before torch: threads that spin while they wait would wait for the other half
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")

settings.register_profile("any machine", deadline=None)  # another machine is slower, or busy
settings.load_profile("any machine")

LETTERS = "abcdefghijklmnopqrstuvwxyz .,!?\n0123456789ABCDEFGHIJKLMNOPQRSTUV"
SIZES: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "eos_token_id": 0,
    "bos_token_id": None,
    "pad_token_id": None,
    "tie_word_embeddings": False,
}


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The name of a family in, the folder of a tiny checkpoint of it out."""
    return cache(lambda family: _made(tmp_path_factory.mktemp(family), family))


def _made(folder: Path, family: str) -> Path:
    """A checkpoint without chat template, padding token or special beginning, of `llama`, `qwen2` or `gemma3`."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import (
        Gemma3ForCausalLM,
        Gemma3TextConfig,
        LlamaConfig,
        LlamaForCausalLM,
        PreTrainedTokenizerFast,
        Qwen2Config,
        Qwen2ForCausalLM,
    )

    words = {sign: i for i, sign in enumerate(["<|endoftext|>", "<unknown>", *LETTERS])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unknown>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.decoder = decoders.Fuse()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|endoftext|>").save_pretrained(folder)
    torch.manual_seed(0)
    sizes = {**SIZES, "vocab_size": len(words)}
    if family == "gemma3":
        windowed = Gemma3TextConfig(**sizes, head_dim=16, sliding_window=8, sliding_window_pattern=2)
        network: Any = Gemma3ForCausalLM(windowed)
    elif family == "qwen2":
        network = Qwen2ForCausalLM(Qwen2Config(**sizes))
    else:
        network = LlamaForCausalLM(LlamaConfig(**sizes))
    with torch.no_grad():  # untrained weights say one sign over and over: these say something
        for weight in network.parameters():
            if weight.dim() > 1:
                weight.normal_(0, 0.15)
    network.save_pretrained(folder)
    return folder
