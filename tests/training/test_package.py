"""An exported adapter: others' recipes say what we say, and a merged model writes what base and adapter write."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from twin.core.errors import BadRequest, ModelFailed
from twin.core.prompts import render_chat
from twin.core.records import Adapter, Message, Prompt, Request
from twin.core.settings import WriteSettings
from twin.models.hf import load_tokenizer
from twin.models.llamacpp import LlamaCpp
from twin.models.weights import PLAIN_TEMPLATE, Base, gguf_metadata
from twin.training.gguf_lora import export_gguf
from twin.training.merged import write_f16
from twin.training.package import card, modelfile, package, speaks_chatml, vllm_command, vllm_template

ASKED = (Message("system", "You are Ada."), Message("user", "Write.\nTopic: lifts"))
LLAMA_2 = "{% for m in messages %}[INST] {{ m.content }} [/INST]{% endfor %}"
GATE = {"verdict": "activate", "reason": "It is nearer to your voice."}


def made(folder: Path) -> Path:
    """A folder with the files of an adapter, of which only the names are looked at."""
    files = folder / "made"
    files.mkdir()
    for name in ("adapter_model.safetensors", "adapter.gguf"):
        (files / name).write_bytes(b"")
    return files


def adapter(path: Path, **changes: object) -> Adapter:
    one = Adapter("a1", "d1", "smollm2", "lora-sft", "active", path, {"before": 3.4, "after": 2.8}, {"rank": 8})
    return replace(one, created=datetime(2026, 11, 24, tzinfo=UTC), **changes)  # type: ignore[arg-type]


def rendered(recipe: str, prompt: Prompt) -> str:
    """What Ollama makes of a Modelfile's template: loop, branches and two fields of Go's language are all ours use."""
    template = re.search(r'TEMPLATE """(.*?)"""', recipe, re.DOTALL)[1]  # type: ignore[index]
    nodes, _ = parsed(re.split(r"(\{\{.*?\}\})", re.sub(r"\s*\{\{-", "{{", template)))
    return written(nodes, prompt, None)


def parsed(parts: list[str]) -> tuple[list[Any], str]:
    """Pieces of a template, taken from the front, in; texts and blocks up to an `end` or `else`, and that word, out."""
    nodes: list[Any] = []
    while parts:
        part = parts.pop(0)
        word = part.strip("{} ") if part.startswith("{{") else ""
        if word == "end" or word.startswith("else"):
            return nodes, word
        if not word.startswith(("if", "range")):
            nodes.append(part)
            continue
        branches = []
        while word != "end":
            body, ended = parsed(parts)
            branches.append((word, body))
            word = ended
        nodes.append(branches)
    return nodes, ""


def written(nodes: list[Any], prompt: Prompt, turn: Message | None) -> str:
    said = ""
    for node in nodes:
        if isinstance(node, str):
            said += node.replace("{{ .Role }}", turn.role).replace("{{ .Content }}", turn.content) if turn else node
        elif node[0][0] == "range .Messages":
            said += "".join(written(node[0][1], prompt, one) for one in prompt)
        elif turn:
            fits = (body for word, body in node if word == "else" or f'eq .Role "{turn.role}"' in word)
            said += written(next(fits, []), prompt, turn)
    return said


def test_the_modelfile_asks_as_training_did(base: Base) -> None:
    recipe = modelfile(base, author="Ada", sampling=WriteSettings(), merged=False)
    assert rendered(recipe, ASKED) == render_chat(base.chat_template, ASKED)
    assert 'SYSTEM """You are Ada.' in recipe
    assert f"FROM {base.gguf}\nADAPTER ./adapter.gguf\n" in recipe
    assert "PARAMETER temperature 0.5" in recipe


EVERY_ROLE = (*ASKED, Message("assistant", "It hums."), Message("user", "Shorter."))


def bare(folder: Path, base: Base) -> Base:
    """What `find_base` makes of a checkpoint folder that knows no chat."""
    return replace(base, name="bare", gguf=None, folder=folder, chat_template=PLAIN_TEMPLATE)


def test_a_base_that_never_chatted_is_asked_by_others_as_it_was_in_training(
    base: Base, tiny_checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    plain = bare(tiny_checkpoint("llama"), base)
    recipe = modelfile(plain, author="Ada", sampling=WriteSettings(), merged=False)
    assert rendered(recipe, EVERY_ROLE) == render_chat(PLAIN_TEMPLATE, EVERY_ROLE)
    package(
        adapter(made(tmp_path)), plain, tmp_path / "out", author="Ada", gate={}, sampling=WriteSettings(), merged=False
    )
    template = (tmp_path / "out" / "chat-template.jinja").read_text("utf-8")
    assert render_chat(template, EVERY_ROLE) == render_chat(PLAIN_TEMPLATE, EVERY_ROLE)
    assert ' --chat-template "$(dirname "$0")/chat-template.jinja"\n' in (tmp_path / "out" / "vllm.sh").read_text(
        "utf-8"
    )
    assert "--chat-template" not in vllm_command(adapter(tmp_path), base)


def test_the_mark_that_a_tokenizer_begins_with_is_in_the_template_of_vllm(
    base: Base, tiny_checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    """There a template makes all of the prompt; elsewhere the tokenizer adds its mark to what the template made."""
    from tokenizers.processors import TemplateProcessing

    plain = bare(shutil.copytree(tiny_checkpoint("llama"), tmp_path / "marked"), base)
    tokenizer = load_tokenizer(plain.folder)
    tokenizer.add_special_tokens({"bos_token": "<start>"})
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="<start> $A", special_tokens=[("<start>", tokenizer.bos_token_id)]
    )
    tokenizer.save_pretrained(plain.folder)
    again = load_tokenizer(plain.folder)
    by_vllm = again.apply_chat_template(
        [{"role": one.role, "content": one.content} for one in EVERY_ROLE],
        chat_template=vllm_template(plain),
        add_generation_prompt=True,
        tokenize=False,
    )
    asked = again(by_vllm, add_special_tokens=False)["input_ids"]
    assert asked == again(render_chat(PLAIN_TEMPLATE, EVERY_ROLE))["input_ids"]
    assert asked[0] == again.bos_token_id


@pytest.mark.parametrize(
    ("model", "says", "marked"), [("llama", None, True), ("llama", False, False), ("gpt2", None, False)]
)
def test_a_gguf_file_says_whether_its_texts_begin_with_a_mark(
    base: Base, tmp_path: Path, model: str, says: bool | None, marked: bool
) -> None:
    from gguf import GGUFWriter

    writer = GGUFWriter(tmp_path / "one.gguf", arch="llama")
    writer.add_tokenizer_model(model)
    if says is not None:
        writer.add_add_bos_token(says)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    plain = replace(base, gguf=tmp_path / "one.gguf", chat_template=PLAIN_TEMPLATE)
    assert vllm_template(plain) == "{{ bos_token }}" * marked + PLAIN_TEMPLATE


def test_an_adapter_without_a_form_for_llama_cpp_comes_without_a_recipe_that_needs_one(
    base: Base, tmp_path: Path
) -> None:
    given: dict[str, Any] = {"author": "Ada", "gate": GATE, "sampling": WriteSettings()}
    one, out = adapter(made(tmp_path)), tmp_path / "out"
    package(one, base, out, merged=False, **given)
    assert (out / "Modelfile").is_file() and "`adapter.gguf` for llama.cpp" in (out / "README.md").read_text("utf-8")
    out.rename(tmp_path / "other")
    for folder in (one.path, tmp_path / "other"):
        (folder / "adapter.gguf").unlink()
    package(one, replace(base, architecture="phi3"), tmp_path / "other", merged=False, **given)
    files = {file.name for file in (tmp_path / "other").iterdir()}
    assert files == {"adapter_model.safetensors", "README.md", "vllm.sh"}
    assert "adapters of phi3 models have no form" in (tmp_path / "other" / "README.md").read_text("utf-8")
    with pytest.raises(BadRequest, match="'phi3' models have no form for"):
        package(one, replace(base, architecture="phi3"), tmp_path / "merged", merged=True, **given)
    assert not (tmp_path / "merged").exists()


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
    full = {"verdict": "candidate", "reason": "No better."}
    told = card(adapter(tmp_path), base, author="Ada", gate={**GATE, "full": full})
    assert "It is nearer to your voice. In a longer report, candidate: No better.\n" in told
    assert "never measured" in card(adapter(tmp_path), base, author="Ada", gate={"full": full})
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
    folder = tmp_path / "adapter"
    network.save_pretrained(folder)
    lora_file = export_gguf(folder, base)
    package(adapter(folder), base, tmp_path / "out", author="Ada", gate=GATE, sampling=WriteSettings(), merged=True)
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
