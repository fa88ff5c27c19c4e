"""An exported adapter: others' recipes say what we say, and a merged model writes what base and adapter write."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from twin.core.errors import ModelFailed
from twin.core.prompts import render_chat
from twin.core.records import Adapter, Message, Prompt, Request
from twin.core.settings import WriteSettings
from twin.models.llamacpp import LlamaCpp
from twin.models.weights import Base, gguf_metadata
from twin.training.gguf_lora import export_gguf
from twin.training.merged import write_f16
from twin.training.package import card, modelfile, package, speaks_chatml, vllm_command

ASKED = (Message("system", "You are Ada."), Message("user", "Write.\nTopic: lifts"))
LLAMA_2 = "{% for m in messages %}[INST] {{ m.content }} [/INST]{% endfor %}"
GATE = {"verdict": "activate", "reason": "It is nearer to your voice."}


def adapter(path: Path, **changes: object) -> Adapter:
    made = Adapter("a1", "d1", "smollm2", "lora-sft", "active", path, {"before": 3.4, "after": 2.8}, {"rank": 8})
    return replace(made, created=datetime(2026, 11, 24, tzinfo=UTC), **changes)  # type: ignore[arg-type]


def rendered(recipe: str, prompt: Prompt) -> str:
    """What Ollama makes of a Modelfile's template: the loop over messages and two fields are all that ours uses."""
    template = re.search(r'TEMPLATE """(.*?)"""', recipe, re.DOTALL)[1]  # type: ignore[index]
    before, turn, after = re.fullmatch(
        r"(.*?)\{\{- range \.Messages \}\}(.*?)\{\{ end \}\}(.*)", template, re.DOTALL
    ).groups()  # type: ignore[union-attr]
    turns = [turn.replace("{{ .Role }}", one.role).replace("{{ .Content }}", one.content) for one in prompt]
    return str(before + "".join(turns) + after)


def test_the_modelfile_asks_as_training_did(base: Base) -> None:
    recipe = modelfile(base, author="Ada", sampling=WriteSettings(), merged=False)
    assert rendered(recipe, ASKED) == render_chat(base.chat_template, ASKED)
    assert 'SYSTEM """You are Ada.' in recipe
    assert f"FROM {base.gguf}\nADAPTER ./adapter.gguf\n" in recipe
    assert "PARAMETER temperature 0.5" in recipe


def test_a_template_that_is_not_known_is_left_to_the_base(base: Base) -> None:
    other = replace(base, chat_template=LLAMA_2)
    assert not speaks_chatml(LLAMA_2)
    assert "TEMPLATE" not in modelfile(other, author='A"""da', sampling=WriteSettings(), merged=True)
    assert "FROM ./merged.gguf" in modelfile(other, author="Ada", sampling=WriteSettings(), merged=True)


def test_the_card_tells_the_verdict_and_who_overruled_it(base: Base, tmp_path: Path) -> None:
    told = card(adapter(tmp_path, refit_of="a0"), base, author="Ada", gate={**GATE, "overridden": True})
    for said in (
        "3.400 before, 2.800 after",
        "activate: It is nearer",
        "against the verdict",
        "after a0",
        "Apache-2.0",
    ):
        assert said in told
    assert "never measured" in card(adapter(tmp_path), base, author="Ada", gate={})
    assert "--max-lora-rank 8" in vllm_command(adapter(tmp_path), base)


@pytest.mark.model
def test_a_merged_model_writes_what_base_and_adapter_write(base: Base, unpacked: Path, tmp_path: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model

    from twin.models.hf import among_themselves, load_network

    torch.manual_seed(1)
    with among_themselves():
        lora = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM")
        network = get_peft_model(load_network(unpacked), lora).eval()
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.02)
    made = tmp_path / "adapter"
    network.save_pretrained(made)
    lora_file = export_gguf(made, base)
    package(adapter(made), base, tmp_path / "out", author="Ada", gate=GATE, sampling=WriteSettings(), merged=True)
    merged = tmp_path / "out" / "merged.gguf"
    assert {one.name for one in (tmp_path / "out").iterdir()} >= {"Modelfile", "README.md", "vllm.sh", "adapter.gguf"}
    assert gguf_metadata(merged)["general.architecture"] == "llama"
    half = write_f16(base, tmp_path / "half.gguf")
    written = []
    for file, beside in ((half, lora_file), (merged, None), (half, None)):
        model = LlamaCpp(replace(base, gguf=file), context_tokens=512, parallel=1, threads=2)
        written.append(model.generate([Request(ASKED, 24)], adapter=beside)[0].text)
        model.close()
    assert written[0] == written[1] != written[2]


def test_an_adapter_of_another_base_is_not_merged(base: Base, tmp_path: Path) -> None:
    import numpy as np
    from gguf import GGUFWriter

    file = tmp_path / "odd.gguf"
    writer = GGUFWriter(file, arch="llama")
    writer.add_type("adapter")
    writer.add_float32("adapter.lora.alpha", 16.0)
    writer.add_tensor("blk.99.attn_q.weight.lora_a", np.zeros((4, 576), np.float32))
    writer.add_tensor("blk.99.attn_q.weight.lora_b", np.zeros((576, 4), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ModelFailed, match=r"blk\.99"):
        write_f16(base, tmp_path / "merged.gguf", adapter=file)
    assert not (tmp_path / "merged.gguf").exists()
    assert not (tmp_path / "merged.gguf.new").exists()
