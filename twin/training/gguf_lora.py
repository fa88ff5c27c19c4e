"""A PEFT adapter in, the same adapter as a GGUF file that llama.cpp loads beside its base out.

Layout as in llama.cpp's convert_lora_to_gguf.py: `<tensor>.lora_a` [r x in], `<tensor>.lora_b` [out x r]. For Llama
models the rows of B for q and k are permuted as llama.cpp permutes their weights, from halves to pairs of a rotary
dimension; Gemma and Qwen models stay in halves there too. Norms, to which llama.cpp adds Gemma's 1, carry no LoRA.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from twin.core.errors import BadRequest
from twin.models.gguf_files import gguf_file, say_lora
from twin.models.weights import Base

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE = "adapter.gguf"
PROJECTIONS = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
PERMUTED = {"attn_q", "attn_k"}
ARCHITECTURES = {
    "llama": "llama",
    "mistral": "llama",
    "gemma3": "gemma3",
    "gemma3_text": "gemma3",
    "qwen2": "qwen2",
    "qwen3": "qwen3",
}
"""What a GGUF or a checkpoint calls its architecture, and llama.cpp's name of it: those whose layout is known here."""
_NAME = re.compile(r"layers\.(\d+)\.([a-z_]+\.[a-z_]+)\.lora_([AB])(?:\.\w+)?\.weight$")


def export_gguf(adapter: Path, base: Base) -> Path:
    """Writes `adapter.gguf` beside the PEFT files; the file appears whole or not at all.

    Raises: BadRequest for an architecture whose layout is not known, MissingPart, StorageFailed.
    """
    if base.architecture not in ARCHITECTURES:
        raise BadRequest(
            f"adapters of {base.architecture!r} models cannot be written for llama.cpp yet",
            f"train one of {', '.join(sorted(set(ARCHITECTURES.values())))}: twin config train.base; "
            "or write with transformers: twin config model.kind torch",
        )
    from safetensors.numpy import load_file

    settings = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    with gguf_file(adapter / FILE, ARCHITECTURES[base.architecture]) as writer:
        say_lora(writer, float(settings["lora_alpha"]))
        for name, tensor in sorted(load_file(adapter / "adapter_model.safetensors").items()):
            writer.add_tensor(*_gguf_tensor(name, tensor, base))
    return adapter / FILE


def _gguf_tensor(name: str, tensor: NDArray[np.float32], base: Base) -> tuple[str, NDArray[np.float32]]:
    """PEFT's name and matrix in, llama.cpp's out. Raises: BadRequest for a matrix that has no name there."""
    import numpy as np

    found = _NAME.search(name)
    if found is None or found.group(2) not in PROJECTIONS:
        raise BadRequest(f"llama.cpp has no place for {name!r}", "train with LoRA on the linear layers only")
    layer, projection, half = found.groups()
    kind = PROJECTIONS[projection]
    if ARCHITECTURES[base.architecture] == "llama" and kind in PERMUTED and half == "B":
        tensor = permuted(tensor, base.heads if kind == "attn_q" else base.kv_heads)
    return f"blk.{layer}.{kind}.weight.lora_{half.lower()}", np.ascontiguousarray(tensor, dtype=np.float32)


def permuted(rows: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """[heads * d x r] in, the same rows with each head's two halves interleaved out."""
    size = rows.shape[0] // heads
    return rows.reshape(heads, 2, size // 2, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)
