"""What a pass keeps in memory for its gradient, measured without keeping it; and layers computed twice instead.

Recomputation (Chen et al. 2016) keeps the input of each layer alone and costs a forward pass more, a third of a step:
it is worth that only where memory is short, and smaller passes, which cost less, are tried before.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from twin.models.hf import summed_loss

if TYPE_CHECKING:
    import torch

SPARE = 0.15
"""Share of the free memory that should stay free for everything else."""
LEARNED_BYTES = 12
"""Gradient and two moments of each number that is learned, float32."""
LOOK_EVERY_S = 0.02


def free_bytes(device: str) -> int:
    """What is free on the device that trains; on a processor and on an Apple GPU that is the machine's memory."""
    import psutil
    import torch

    if device.startswith("cuda"):
        held_back = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(torch.cuda.mem_get_info(device)[0] + held_back)
    return int(psutil.virtual_memory().available)


def out_of_memory(bad: BaseException) -> bool:
    """torch says it in three ways: an own class on a GPU, its allocator's RuntimeError on a processor, MPS in words."""
    import torch

    said = str(bad).lower()
    return isinstance(bad, torch.OutOfMemoryError | MemoryError) or "out of memory" in said or "can't allocate" in said


def learned_bytes(network: Any) -> int:
    """What the adapter takes while it learns, whatever the size of a pass."""
    return LEARNED_BYTES * sum(int(one.numel()) for one in network.parameters() if one.requires_grad)


def kept_bytes(network: Any, row: Mapping[str, Any]) -> int:
    """An encoded row in; what one pass over it keeps for its gradient, each value counted once and let go, out.

    Random numbers stay as they were.
    """
    import torch
    from torch.multiprocessing.reductions import StorageWeakRef

    weights = {one.untyped_storage().data_ptr() for one in network.parameters()}
    seen: dict[int, StorageWeakRef] = {}
    total = 0

    def count(kept: torch.Tensor) -> None:
        nonlocal total
        storage = kept.untyped_storage()
        if storage.data_ptr() in weights:
            return
        known = StorageWeakRef(storage)  # type: ignore[no-untyped-call]
        if known.cdata not in seen:  # a weak reference keeps the number, not the memory
            seen[known.cdata] = known
            total += storage.nbytes()

    devices = [network.device] if network.device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices), torch.autograd.graph.saved_tensors_hooks(count, lambda kept: kept):
        summed_loss(network, [row])
    return total


def recompute(network: Any) -> bool:
    """From now on the layers of a network are computed twice; False where its kind cannot do that."""
    if not getattr(bare(network), "supports_gradient_checkpointing", False):
        return False
    bare(network).activation_checkpointing_enable(activation_checkpointing_kwargs={"use_reentrant": False})
    return True


def until_the_gradient(network: Any, *, recomputed: bool) -> AbstractContextManager[None]:
    """To be open from the loss to its gradient: layers that are computed again must attend as they did before."""
    from twin.models.packed import PACKABLE, attention_of_segments

    if recomputed and bare(network).config.model_type in PACKABLE:
        return attention_of_segments(network)
    return nullcontext()


def bare(network: Any) -> Any:
    """A network with or without an adapter in, the transformers model out."""
    return network.get_base_model() if hasattr(network, "get_base_model") else network


@contextmanager
def most_memory(device: str) -> Iterator[dict[str, int]]:
    """`{used free}` in bytes: the most that was taken while this was open, and what was free before."""
    import psutil
    import torch

    found = {"free": free_bytes(device), "used": 0}
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats()
        yield found
        found["used"] = torch.cuda.max_memory_allocated()
        return
    process, ended = psutil.Process(), threading.Event()
    before = process.memory_info().rss

    def look() -> None:
        while not ended.wait(LOOK_EVERY_S):
            found["used"] = max(found["used"], process.memory_info().rss - before)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield found
    finally:
        ended.set()
        looking.join()
