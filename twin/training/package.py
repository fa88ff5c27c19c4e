"""An adapter as others run it: files for Ollama and vLLM, and a card that says what it is and how it was measured."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twin.core.errors import BadRequest
from twin.core.prompts import render_chat, writing_prompt
from twin.core.records import Adapter, Brief, Message, Prompt
from twin.core.settings import WriteSettings
from twin.models.hf import load_tokenizer
from twin.models.weights import PACKAGED, PLAIN_TEMPLATE, Base, gguf_metadata
from twin.training.gguf_lora import FILE
from twin.training.merged import write_f16

CHATML = """{{- range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
"""
"""Ollama's own template language, for bases that chat in ChatML."""
STOP = "<|im_end|>"
PLAIN = """{{- range .Messages }}{{ if eq .Role "system" }}{{ .Content }}

{{ else if eq .Role "user" }}## Request

{{ .Content }}

{{ else }}## Text

{{ .Content }}

{{ end }}{{ end }}## Text

"""
"""The same for bases without a chat template: what `PLAIN_TEMPLATE` says."""
MERGED = "merged.gguf"
VLLM_TEMPLATE = "chat-template.jinja"


def package(
    adapter: Adapter,
    base: Base,
    target: Path,
    *,
    author: str,
    gate: Mapping[str, Any],
    sampling: WriteSettings,
    merged: bool,
) -> None:
    """Writes everything into `target`; with `merged` a model that holds the adapter already (float16).

    `gate` is the verdict on the adapter, or on the one that it was fitted again after. Without a GGUF adapter there is
    no recipe for Ollama: it could only leave the adapter out. Raises: BadRequest, ModelFailed, StorageFailed.
    """
    for_llama_cpp = (adapter.path / FILE).is_file()
    if merged and not for_llama_cpp:
        raise BadRequest(
            f"adapters of {base.architecture!r} models have no form for llama.cpp, so there is none to merge",
            "export it for PEFT and vLLM, without --merged",
        )
    shutil.copytree(adapter.path, target, dirs_exist_ok=True)
    (target / "Modelfile").unlink(missing_ok=True)  # one that an earlier version wrote
    if merged:
        write_f16(base, target / MERGED, adapter=target / FILE)
    if for_llama_cpp:
        (target / "Modelfile").write_text(modelfile(base, author=author, sampling=sampling, merged=merged), "utf-8")
    if base.chat_template == PLAIN_TEMPLATE:
        (target / VLLM_TEMPLATE).write_text(vllm_template(base), "utf-8")
    (target / "vllm.sh").write_text(vllm_command(adapter, base), "utf-8")
    (target / "README.md").write_text(card(adapter, base, author=author, gate=gate), "utf-8")


def modelfile(base: Base, *, author: str, sampling: WriteSettings, merged: bool) -> str:
    """Ollama's recipe. Without a template that is known to be right the base's own is left to be found in its file."""
    system = writing_prompt(author, Brief("", ()))[0].content.replace('"""', "")
    lines = [f"FROM ./{MERGED}"] if merged else [f"FROM {base.gguf or base.folder}", f"ADAPTER ./{FILE}"]
    if speaks_chatml(base.chat_template):
        lines += [f'TEMPLATE """{CHATML}"""', f'PARAMETER stop "{STOP}"']
    elif base.chat_template == PLAIN_TEMPLATE:
        lines.append(f'TEMPLATE """{PLAIN}"""')
    lines += [
        f'SYSTEM """{system}"""',
        f"PARAMETER temperature {sampling.temperature}",
        f"PARAMETER top_p {sampling.top_p}",
        f"PARAMETER min_p {sampling.min_p}",
        f"PARAMETER repeat_penalty {sampling.repeat_penalty}",
    ]
    return "\n".join(lines) + "\n"


def speaks_chatml(template: str) -> bool:
    """Whether a base's own template renders as `CHATML` does, tried on a conversation of every role."""
    asked = (Message("system", "s1"), Message("user", "u1"), Message("assistant", "a1"), Message("user", "u2"))
    return render_chat(template, asked) == chatml(asked)


def chatml(prompt: Prompt) -> str:
    turns = [f"<|im_start|>{one.role}\n{one.content}<|im_end|>\n" for one in prompt]
    return "".join(turns) + "<|im_start|>assistant\n"


def vllm_command(adapter: Adapter, base: Base) -> str:
    """A shell line that serves the base with the adapter beside it; another base can be named to it."""
    hub = PACKAGED[base.name].hub if base.name in PACKAGED else base.folder or base.name
    rank = int(adapter.settings.get("rank", 16))
    plain = f' --chat-template "$(dirname "$0")/{VLLM_TEMPLATE}"' if base.chat_template == PLAIN_TEMPLATE else ""
    return (
        "#!/bin/sh\n# The base as vLLM finds it: a checkpoint folder, or its name on a model hub.\n"
        f"BASE=${{1:-{hub}}}\n"
        f'vllm serve "$BASE" --enable-lora --max-lora-rank {rank} --lora-modules twin="$(dirname "$0")"{plain}\n'
    )


def vllm_template(base: Base) -> str:
    """The plain template, with the mark that the base's tokenizer begins a text with: vLLM leaves that to templates."""
    return ("{{ bos_token }}" if _begins_with_a_mark(base) else "") + PLAIN_TEMPLATE


def _begins_with_a_mark(base: Base) -> bool:
    if base.gguf is not None:
        told = gguf_metadata(base.gguf)  # llama.cpp's own rule where the file does not say it
        return bool(told.get("tokenizer.ggml.add_bos_token", told.get("tokenizer.ggml.model") == "llama"))
    tokenizer = load_tokenizer(base.folder or Path())
    return list(tokenizer("a")["input_ids"][:1]) == [tokenizer.bos_token_id]


def card(adapter: Adapter, base: Base, *, author: str, gate: Mapping[str, Any]) -> str:
    """What the adapter is, from what, how it was measured, and what it is not for."""
    licence = PACKAGED[base.name].licence if base.name in PACKAGED else "see the base model"
    before, after = (_nats(adapter.losses.get(when)) for when in ("before", "after"))
    again = f", fitted again on all texts after {adapter.refit_of} was measured" if adapter.refit_of else ""
    verdict = f"{gate['verdict']}: {gate['reason']}" if "verdict" in gate else "it was never measured"
    if full := gate.get("full"):
        verdict += f" In a longer report, {full['verdict']}: {full['reason']}"
    override = " It was activated against the verdict, by its author." if gate.get("overridden") else ""
    for_ollama = f"`{FILE}` for llama.cpp and Ollama (`ollama create twin -f Modelfile`)"
    if not (adapter.path / FILE).is_file():
        for_ollama = (
            f"none for llama.cpp and Ollama, for which adapters of {base.architecture} models have no form here"
        )
    settings = json.dumps(dict(adapter.settings), indent=2, ensure_ascii=False, default=str)
    return "\n".join(
        (
            f"# A twin of {author}",
            "",
            f"A LoRA adapter ({adapter.method}) of {base.name} (digest {base.digest}, licence {licence}), trained on",
            f"texts that {author} wrote.",
            "",
            f"- adapter {adapter.id}, dataset {adapter.dataset}{again}",
            f"- loss on the texts it was stopped by, nats a token: {before} before, {after} after",
            f"- verdict on texts it never saw: {verdict}{override}",
            "",
            "It writes in the voice of a living person: publish under their name only what they have read and stand",
            "by. It invents names and numbers unless it is held to sources; `twin write` checks, this adapter alone",
            "does not.",
            "",
            f"Files: {for_ollama};",
            "`adapter_model.safetensors` for PEFT and vLLM (`sh vllm.sh`).",
            "",
            "```json",
            settings,
            "```",
            "",
        )
    )


def _nats(loss: float | None) -> str:
    return "not measured" if loss is None else f"{loss:.3f}"
