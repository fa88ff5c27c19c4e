"""The torch side of a base model: unpacked once from its GGUF, loaded to train and to measure losses."""

from __future__ import annotations

import io
import logging
import os
import platform
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, suppress
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.core.errors import MissingPart, ModelFailed, StorageFailed
from twin.core.protocols import Progress, silent
from twin.models.rows import IGNORED, Row, counted, encode
from twin.models.threads import wait_politely
from twin.models.weights import Base

if TYPE_CHECKING:
    import torch

# -- the processor -------------------------------------------------------------------------------------------------


def compute() -> tuple[str, str, str]:
    """The device, the number format of the frozen weights, and the reason in words."""
    _quiet()
    import torch

    if torch.cuda.is_available():
        name = torch.cuda.get_device_name()
        good = torch.cuda.is_bf16_supported()
        return "cuda", "bfloat16" if good else "float32", f"{name}, {'bfloat16' if good else 'float32'} weights"
    if torch.backends.mps.is_available():
        return "mps", "float32", "Apple GPU, float32 weights"
    if torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported():
        return "cpu", "bfloat16", "no GPU found; bfloat16 weights: this processor multiplies them natively"
    return "cpu", "float32", f"no GPU found; float32 weights: {platform.machine()} without bfloat16 instructions"


# -- the weights ---------------------------------------------------------------------------------------------------


def checkpoint(base: Base, *, cache: Path, progress: Progress = silent) -> Path:
    """A base model in, a folder with safetensors and tokenizer out; a GGUF is dequantised once (25 s for 135M).

    transformers can train from the GGUF directly but unpacks it anew at every start.
    Raises: StorageFailed, ModelFailed, MissingPart.
    """
    if base.folder is not None:
        return base.folder
    folder = cache / "checkpoints" / f"{base.name}-{base.digest}"
    if folder.is_dir():
        return folder
    progress(0, 2, "unpacking the base model, once")
    with written_whole(folder) as part:
        _unpack(base, part, progress)
    progress(2, 2, "unpacked the base model")
    return folder


def _unpack(base: Base, folder: Path, progress: Progress) -> None:
    assert base.gguf is not None
    _quiet()
    import torch

    try:
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    except ImportError as bad:
        raise MissingPart("transformers is not installed", "install it with: pip install transformers gguf") from bad
    where: dict[str, Any] = {"pretrained_model_name_or_path": str(base.gguf.parent), "gguf_file": base.gguf.name}
    try:
        tokenizer = AutoTokenizer.from_pretrained(**where)
        repair_pre_tokenizer(tokenizer, base)
        tokenizer.save_pretrained(folder)
        progress(1, 2, "unpacking the base model, once")
        with redirect_stderr(io.StringIO()):  # its progress bar knows no switch
            model = AutoModelForCausalLM.from_pretrained(
                **where, dtype=torch.float32, quantization_config=GgufConfig(dequantize=True)
            )
        model.save_pretrained(folder)
    except (KeyError, NotImplementedError, RuntimeError, ValueError) as bad:
        raise ModelFailed(
            f"transformers cannot unpack {str(base.gguf)!r}: {bad}",
            "train on a checkpoint folder of the same model instead: twin config train.base /path/to/folder",
        ) from bad


def repair_pre_tokenizer(tokenizer: Any, base: Base) -> None:
    """Gives SmolLM's tokenizer back the splitting of digits that transformers 5 loses when it reads a GGUF.

    Without it "\\n\\n1." is cut as \\n, \\n, 1 where the model learned \\n\\n, 1: every numbered list would be trained
    on other tokens than llama.cpp serves. Seen 2026-11 in 8 of 100 texts. A GGUF names the rule, not its content:
    https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp ("smollm").
    """
    from tokenizers import pre_tokenizers

    from twin.models.weights import gguf_metadata

    if base.gguf is not None and gguf_metadata(base.gguf).get("tokenizer.ggml.pre") == "smollm":
        tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """A folder to fill; it gets its name only when all of it is written, and nothing stays when it is not.

    Raises: StorageFailed for a full disk or a missing permission.
    """
    part = folder.with_name(f"{folder.name}.part-{os.getpid()}")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        with storage_errors(folder):
            yield part
        _take_name(part, folder)
    except OSError as bad:
        raise _storage_failed(folder, bad) from bad
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _take_name(part: Path, folder: Path) -> None:
    try:
        part.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        # another process wrote the same content meanwhile: names are digests, so what is there is right


@contextmanager
def storage_errors(target: Path) -> Iterator[None]:
    """Turns the disk errors of safetensors, which are no OSError, into StorageFailed."""
    from safetensors import SafetensorError

    try:
        yield
    except SafetensorError as bad:
        if "IoError" in str(bad) or "No space" in str(bad):
            raise _storage_failed(target, bad) from bad
        raise ModelFailed(f"the weights cannot be written or read: {bad}", "check: twin doctor") from bad


def _storage_failed(target: Path, bad: Exception) -> StorageFailed:
    reason = getattr(bad, "strerror", None) or str(bad)
    return StorageFailed(
        f"cannot write {str(target)!r}: {reason}", "free some space or choose another folder with --home or TWIN_CACHE"
    )


# -- loading -------------------------------------------------------------------------------------------------------


def load_tokenizer(folder: Path) -> Any:
    _quiet()
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, local_files_only=True)


def load_network(
    folder: Path,
    *,
    dtype: str = "float32",
    device: str = "cpu",
    adapter: Path | None = None,
    trainable: bool = False,
    quantised: str = "none",
) -> Any:
    """A checkpoint folder and perhaps a PEFT folder in, the network in evaluation mode out.

    `trainable` lets the adapter learn; `quantised` "4bit" holds the base in four bits for that. Raises: ModelFailed;
    MissingPart and BadSettings where there are no four bits.
    """
    _quiet()
    import torch
    from transformers import AutoModelForCausalLM

    from twin.models.four_bit import four_bit_options, prepared

    options = four_bit_options(device, dtype) if quantised == "4bit" else {}
    try:
        with among_themselves():
            network = AutoModelForCausalLM.from_pretrained(
                folder, dtype=getattr(torch, dtype), local_files_only=True, **options
            )
            if options:
                network = prepared(network)
            if adapter is not None:
                from peft import PeftModel

                network = PeftModel.from_pretrained(network, adapter, is_trainable=trainable)
    except (OSError, RuntimeError, ValueError) as bad:
        raise ModelFailed(f"cannot load {str(adapter or folder)!r}: {bad}", "check: twin doctor") from bad
    return network.eval() if options else network.to(device).eval()


@contextmanager
def among_themselves() -> Iterator[None]:
    """Hides what transformers, PEFT and TRL have to say about each other's next versions: no user can act on it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


def _quiet() -> None:
    """Set before the first import: no hub and no advice to fetch from it, no progress bars, no thread warnings."""
    wait_politely()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # which PEFT imports where it is installed
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()


# -- losses -----------------------------------------------------------------------------------------------------------


def completion_loss(
    network: Any, tokenizer: Any, rows: Sequence[Row], *, max_tokens: int = 2048, progress: Progress = silent
) -> list[tuple[float, int]]:
    """Rows in; for each the mean loss of its completion in nats per token and the number of these tokens out.

    One row at a time: on a processor padding costs more than batching saves.
    """
    import torch

    losses = []
    with torch.no_grad():
        for i, pair in enumerate(rows):
            encoded = encode(tokenizer, pair, max_tokens=max_tokens)
            count = counted(encoded)
            losses.append((float(summed_loss(network, [encoded])) / max(1, count), count))
            progress(i + 1, len(rows), "measuring the loss")
    return losses


def summed_loss(network: Any, rows: Sequence[Mapping[str, Any]]) -> torch.Tensor:
    """Encoded rows in, their summed loss in nats out, each row's by its weight where it has one.

    Only the positions whose next token counts go through the output layer: with 49,152 words in the vocabulary that
    layer is a third of the work. A model whose attention is not known reads its rows one by one.
    """
    from twin.models.packed import attention_of_segments, pack, packable, packed_loss

    if packable(network):
        with attention_of_segments(network):
            return packed_loss(network, pack(rows, device=network.device))
    total: torch.Tensor = sum(_plain_loss(network, one) for one in rows)  # type: ignore[assignment]
    return total


def _plain_loss(network: Any, one: Mapping[str, Any]) -> torch.Tensor:
    """By the network's own head: Granite and Cohere scale their logits, Gemma 2 bounds them."""
    import torch

    network = network.get_base_model() if hasattr(network, "get_base_model") else network
    ids, labels = (torch.tensor(one[name], device=network.device) for name in ("input_ids", "labels"))
    targets = labels[1:]
    counted = (targets != IGNORED).nonzero().flatten()
    picks = "logits_to_keep" in signature(network.forward).parameters
    logits = network(input_ids=ids[None], use_cache=False, **({"logits_to_keep": counted} if picks else {})).logits[0]
    logits = (logits if picks else logits[counted]).float()
    loss = torch.nn.functional.cross_entropy(logits, targets[counted], reduction="sum")
    return loss * float(one.get("weight", 1.0))


def mean_loss(losses: Sequence[tuple[float, int]]) -> float:
    """What `completion_loss` returns in, nats per token over all rows out."""
    tokens = sum(count for _, count in losses)
    return sum(loss * count for loss, count in losses) / max(1, tokens)


def release() -> None:
    """Gives the memory of networks that nobody uses any more back to the system.

    A trainer holds itself in reference cycles, and glibc keeps what was freed: without this a run that trains and
    then writes holds a gigabyte more than it needs.
    """
    import ctypes
    import gc
    import sys

    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)
