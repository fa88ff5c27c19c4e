"""A base with the same weights in a code that llama.cpp multiplies faster: Q4_1 as Q4_0 and a LoRA.

Q4_1 holds 32 weights of a row as d·q + m with q from 0 to 15, Q4_0 as d·(q − 8). What lies between them, m + 8d, is one
number for all 32: times a text's values that is [out x in/32] times the sums of 32 neighbouring values each, a LoRA
of rank in/32 whose A holds ones. No weight is quantised a second time; the offsets are rounded to half precision, by
0.003 of d at most for the base that is shipped. llama.cpp has a kernel that multiplies eight rows of Q4_0 with several
texts at once, and takes Q4_1 row by row and text by text: docs/log.md has the seconds.

The offsets must lie on whenever these weights are used, and are added to the author's adapter: one LoRA costs less than
two.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twin.core.errors import ModelFailed, StorageFailed
from twin.models.gguf_files import gguf_file, same_metadata, say_lora
from twin.models.weights import Base, gguf_metadata

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOSTLY_Q4_1 = 3
"""What `general.file_type` says of such a file."""
BLOCK, BLOCK_BYTES = 32, 20
"""Weights in a block, and its bytes: d and m in half precision, then two weights a byte."""


@dataclass(frozen=True, slots=True)
class Recoded:
    """The file that llama.cpp opens in place of the base's own, and the LoRA that must always lie on it."""

    weights: Path
    offsets: Path


def recoded(base: Base, cache: Path) -> Recoded | None:
    """A base in, the same recoded out: made once, 3 s and 107 MB in the cache for 135M.

    None where it holds another code, where there is no room, and where it is broken, which llama.cpp will say: the
    base's own file is opened then.
    """
    if base.gguf is None or gguf_metadata(base.gguf).get("general.file_type") != MOSTLY_Q4_1:
        return None
    folder = cache / "recoded" / f"{base.name}-{base.digest}"
    scratch = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        if not folder.is_dir():
            scratch.mkdir(parents=True, exist_ok=True)
            _recode(base, scratch)
            scratch.rename(folder)
    except (OSError, StorageFailed, ValueError):
        if not folder.is_dir():  # another process may have been first
            return None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return _in(folder)


def _in(folder: Path) -> Recoded:
    return Recoded(folder / "weights.gguf", folder / "offsets.gguf")


def _recode(base: Base, folder: Path) -> None:
    import numpy as np
    from gguf import GGMLQuantizationType, GGUFReader, LlamaFileType

    found, reader = _in(folder), GGUFReader(str(base.gguf))
    with (
        gguf_file(found.weights, base.architecture) as weights,
        gguf_file(found.offsets, base.architecture) as offsets,
    ):
        same_metadata(reader, weights)
        weights.add_file_type(LlamaFileType.MOSTLY_Q4_0)
        say_lora(offsets, alpha=0.0)
        for tensor in reader.tensors:
            if tensor.tensor_type != GGMLQuantizationType.Q4_1:
                weights.add_tensor(tensor.name, np.array(tensor.data), raw_dtype=tensor.tensor_type)
                continue
            rows, b = apart(tensor.data)
            weights.add_tensor(tensor.name, rows, raw_dtype=GGMLQuantizationType.Q4_0)
            offsets.add_tensor(f"{tensor.name}.lora_a", sums(b.shape[1]).astype(np.float16))
            offsets.add_tensor(f"{tensor.name}.lora_b", b.astype(np.float16))


def apart(rows: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """[out x bytes] in Q4_1 in, the same in Q4_0 and what each block lacks then, [out x in/32], out."""
    import numpy as np

    blocks = rows.reshape(len(rows), -1, BLOCK_BYTES)
    d, m = (blocks[..., i : i + 2].copy().view(np.float16)[..., 0].astype(np.float32) for i in (0, 2))
    without_m = np.concatenate([blocks[..., :2], blocks[..., 4:]], axis=-1)
    return without_m.reshape(len(rows), -1), m + 8 * d


def sums(blocks: int) -> NDArray[np.float32]:
    """[blocks x 32 blocks]: each row adds up the values of one block."""
    import numpy as np

    return np.repeat(np.eye(blocks, dtype=np.float32), BLOCK, axis=1)


def with_offsets(adapter: Path, offsets: Path, file: Path) -> Path:
    """A LoRA and the offsets of the base it goes with in, one LoRA that adds both, written to `file`, out.

    The halves of the two stand side by side, so the products add up; in half precision, which is read in half the time.
    Raises: ModelFailed, StorageFailed.
    """
    import numpy as np
    from gguf import GGUFReader

    said = gguf_metadata(adapter)
    try:
        alpha = float(said["adapter.lora.alpha"])
        own = {one.name: np.asarray(one.data, np.float32) for one in GGUFReader(str(adapter)).tensors}
        both = {one.name: np.asarray(one.data, np.float32) for one in GGUFReader(str(offsets)).tensors}
        for name in sorted({name.rpartition(".lora_")[0] for name in own}):
            a, b = own[f"{name}.lora_a"], own[f"{name}.lora_b"]
            b = (alpha / len(a) if alpha else 1.0) * b
            if f"{name}.lora_a" in both:
                a = np.concatenate([a, both[f"{name}.lora_a"]])
                b = np.concatenate([b, both[f"{name}.lora_b"]], axis=1)
            both |= {f"{name}.lora_a": a, f"{name}.lora_b": b}
    except (KeyError, ValueError, IndexError) as bad:
        raise ModelFailed(f"{str(adapter)!r} is no adapter of this base: {bad}", "check: twin adapters") from bad
    with gguf_file(file, str(said.get("general.architecture", ""))) as writer:
        say_lora(writer, alpha=0.0)
        for name, values in both.items():
            writer.add_tensor(name, np.ascontiguousarray(values, np.float16))
    return file
