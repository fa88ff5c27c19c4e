"""Bases of other families: without a chat template, without a padding token, as a checkpoint folder, and Gemma."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from twin.core.errors import BadRequest
from twin.core.prompts import render_chat
from twin.core.protocols import silent
from twin.core.records import Example, Message, Request
from twin.models.hf import load_tokenizer
from twin.models.torch import Torch
from twin.models.weights import PLAIN_TEMPLATE, Base, find_base, gguf_metadata
from twin.training.gguf_lora import export_gguf
from twin.training.recipe import Recipe
from twin.training.train import train_adapter

RECIPE = Recipe(
    rank=2, alpha=4, dropout=0.0, learning_rate=1e-2, epochs=2, batch=2, warmup_share=0.1, max_tokens=160, seed=1
)
ASKED = (Message("system", "You are Ada."), Message("user", "Say hi."))
EXAMPLES = [Example(str(i), str(i), "train", "brief", ASKED, f"hi {i}, hello again.") for i in range(4)]


def test_a_base_that_never_chatted_is_asked_in_ordinary_words() -> None:
    asked = (*ASKED, Message("assistant", "hi"), Message("user", "Again."))
    assert render_chat(PLAIN_TEMPLATE, asked) == (
        "You are Ada.\n\n## Request\n\nSay hi.\n\n## Text\n\nhi\n\n## Request\n\nAgain.\n\n## Text\n\n"
    )


@pytest.mark.parametrize("family", ["llama", "qwen2", "gemma3"])
def test_a_folder_without_template_and_padding_is_trained_and_written_with(
    family: str, tiny_checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    base = find_base(str(tiny_checkpoint(family)), cache=tmp_path)
    assert base.chat_template == PLAIN_TEMPLATE
    if family != "qwen2":  # whose tokenizer brings one, the same as its end of text
        assert load_tokenizer(tiny_checkpoint(family)).pad_token is None
    adapter, card = train_adapter(
        EXAMPLES, EXAMPLES[:1], dataset="d", base=base, recipe=RECIPE, folder=tmp_path, cache=tmp_path, progress=silent
    )
    assert all(math.isfinite(loss) for loss in adapter.losses.values())
    assert adapter.losses["after"] < adapter.losses["before"]
    assert card["parity"] == {}
    assert card["base_at"] == str(tiny_checkpoint(family))
    model = Torch(base, cache=tmp_path, context_tokens=256, parallel=4, threads=0)
    drawn = [Request(ASKED, 24, temperature=1.0, seed=seed) for seed in range(6)]  # the likeliest text may be the same
    bare, tuned = (
        [one.text for one in model.generate(drawn, adapter=file)] for file in (None, adapter.path / "adapter.gguf")
    )
    assert tuned != bare
    found = gguf_metadata(adapter.path / "adapter.gguf")
    assert found["general.architecture"] == family


def test_an_unknown_layout_is_trained_but_not_written_for_llama_cpp(
    tiny_checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    base = replace(find_base(str(tiny_checkpoint("llama")), cache=tmp_path), architecture="new")
    adapter, _ = train_adapter(
        EXAMPLES, [], dataset="d", base=base, recipe=RECIPE, folder=tmp_path, cache=tmp_path, progress=silent
    )
    assert not (adapter.path / "adapter.gguf").exists()
    with pytest.raises(BadRequest) as caught:
        export_gguf(adapter.path, base)
    assert "model.kind torch" in caught.value.hint


@pytest.mark.parametrize(("architecture", "moved"), [("llama", True), ("gemma3", False), ("qwen2", False)])
def test_only_llama_models_have_their_rows_moved(tmp_path: Path, architecture: str, moved: bool) -> None:
    import gguf
    from safetensors.numpy import save_file

    rows = np.arange(16, dtype=np.float32).reshape(8, 2)
    name = "base_model.model.model.layers.3.self_attn.q_proj"
    save_file(
        {f"{name}.lora_B.weight": rows, f"{name}.lora_A.weight": rows.T.copy()}, tmp_path / "adapter_model.safetensors"
    )
    (tmp_path / "adapter_config.json").write_text('{"lora_alpha": 4}')
    base = Base("b", None, tmp_path, "d", architecture, 4, 2, 1, "")
    tensors = {one.name: np.asarray(one.data) for one in gguf.GGUFReader(export_gguf(tmp_path, base)).tensors}
    assert set(tensors) == {"blk.3.attn_q.weight.lora_a", "blk.3.attn_q.weight.lora_b"}
    assert (not (tensors["blk.3.attn_q.weight.lora_b"] == rows).all()) == moved
