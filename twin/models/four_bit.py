"""A base held in four bits while an adapter is trained on it: QLoRA (Dettmers et al. 2023), through bitsandbytes.

NF4 with quantised constants, multiplied in the type that this processor is quick at. What is not a linear layer inside
the network, embeddings, norms and the output layer, stays whole, in float32, as PEFT prepares it.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from twin.core.errors import BadSettings, MissingPart

PLAIN = "train without it: twin config train.quantised none"
INSTALL = 'pip install "bitsandbytes>=0.50,<1"'


def four_bit_options(device: str, dtype: str) -> dict[str, Any]:
    """A device and the number format to multiply in, what `from_pretrained` is told out.

    Raises: MissingPart without bitsandbytes, BadSettings for a device whose kernels it lacks.
    """
    kind = device.partition(":")[0]
    if kind not in ("cuda", "cpu"):
        raise BadSettings(f"train.quantised = '4bit' was not made for an Apple GPU ({kind})", PLAIN)
    if find_spec("bitsandbytes") is None:
        raise MissingPart(
            "train.quantised = '4bit' needs bitsandbytes, which is not installed", f"{INSTALL}; or {PLAIN}"
        )
    import bitsandbytes
    import torch
    from transformers import BitsAndBytesConfig

    if kind not in getattr(bitsandbytes, "supported_torch_devices", {"cuda"}):
        raise MissingPart(f"bitsandbytes {bitsandbytes.__version__} knows no {kind}", f"{INSTALL}; or {PLAIN}")
    how = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=getattr(torch, dtype),
    )
    return {"quantization_config": how, "device_map": {"": device}}


def prepared(network: Any) -> Any:
    """A base that was loaded in four bits in, the same with what learning needs out; an adapter comes after this."""
    from peft import prepare_model_for_kbit_training

    for layer in network.modules():
        if hasattr(layer, "support_avx512bf16_for_cpu"):
            # bitsandbytes 0.50 (seen 2026-11) turns weights into another layout at the first pass without a gradient,
            # where the processor has bfloat16; from then on passes with one have none
            layer.support_avx512bf16_for_cpu = False
    return prepare_model_for_kbit_training(network, use_gradient_checkpointing=False)


def to_measure(quantised: str) -> dict[str, Any]:
    """How `load_network` is told to hold a base whose losses are taken: in float32, or in four bits as to train it."""
    if quantised == "none":
        return {}
    from twin.models.hf import compute

    device, dtype, _ = compute()
    return {"quantised": quantised, "device": device, "dtype": dtype}


def is_four_bit(network: Any) -> bool:
    return bool(getattr(network, "is_loaded_in_4bit", False))
