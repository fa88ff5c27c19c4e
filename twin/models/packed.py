"""Rows of different lengths end to end in one pass, and a loss that never holds all logits: no padding, less memory.

On a processor the large matrix products pay; padding, attention across rows and a table of 49,152 log-probabilities a
token do not. Measured by `python -m bench.training`, each gain apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch.nn import functional

from twin.models.rows import IGNORED

SEGMENTS = "twin-segments"
PACKABLE = frozenset({"llama", "mistral", "qwen2", "qwen3", "gemma3_text"})
"""Kinds of models whose attention is what `attend` computes; any other one reads its rows one by one."""
CHUNK = 128
"""Positions whose logits are held at once: 25 MB with a vocabulary of 49,152, which stays in the cache."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Rows end to end: `ids`, `labels`, `positions` and `weights` are [1 x s]; `lengths` says where one row ends.

    No row's first token has a label, so that none is expected from the row before. `weights` are of the loss of each
    token: all of a row have the same.
    """

    ids: torch.Tensor
    labels: torch.Tensor
    positions: torch.Tensor
    weights: torch.Tensor
    lengths: tuple[int, ...]


def pack(rows: Sequence[Mapping[str, Any]], *, device: Any = "cpu") -> Packed:
    """Rows of `input_ids`, `labels` and perhaps a `weight` in, one long row out."""
    lengths = tuple(len(row["input_ids"]) for row in rows)
    ids = [one for row in rows for one in row["input_ids"]]
    labels = [one for row in rows for one in (IGNORED, *row["labels"][1:])]
    positions = [place for length in lengths for place in range(length)]
    weights = [float(row.get("weight", 1.0)) for row, length in zip(rows, lengths, strict=True) for _ in range(length)]
    long = [torch.tensor([values], device=device) for values in (ids, labels, positions, weights)]
    return Packed(long[0], long[1], long[2], long[3], lengths)


def packed_loss(network: Any, packed: Packed) -> torch.Tensor:
    """A causal model with `attention_of_segments` on and rows in, their summed and weighed loss in nats out."""
    network = network.get_base_model() if hasattr(network, "get_base_model") else network
    body = getattr(network, network.base_model_prefix)
    hidden = body(
        input_ids=packed.ids, position_ids=packed.positions, use_cache=False, lengths=packed.lengths
    ).last_hidden_state
    targets = packed.labels[:, 1:]
    counted = targets != IGNORED
    head = network.get_output_embeddings()
    weights = packed.weights[:, 1:][counted]
    seen = hidden[:, :-1][counted]
    found: torch.Tensor = HeadLoss.apply(seen, head.weight, targets[counted], weights)  # type: ignore[no-untyped-call]
    return found


def packable(network: Any) -> bool:
    """Whether rows may be packed: an attention that is known, and an output layer that is one plain matrix.

    Layers that are computed again for the gradient are so only while `attention_of_segments` is open until then.
    """
    network = network.get_base_model() if hasattr(network, "get_base_model") else network
    head = network.get_output_embeddings()
    plain = type(head) is torch.nn.Linear and head.bias is None
    learned = torch.is_grad_enabled() and head.weight.requires_grad
    softcap = getattr(network.config, "final_logit_softcapping", None)
    again = torch.is_grad_enabled() and network.is_activation_checkpointing
    recomputed = again and network.config._attn_implementation != SEGMENTS
    return network.config.model_type in PACKABLE and plain and not (softcap or recomputed or learned)


@contextmanager
def attention_of_segments(network: Any) -> Iterator[None]:
    """While this is open a model takes packed rows: each row sees itself alone."""
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    ALL_ATTENTION_FUNCTIONS.register(SEGMENTS, attend)
    ALL_MASK_ATTENTION_FUNCTIONS.register(SEGMENTS, lambda *_, **__: None)
    network = network.get_base_model() if hasattr(network, "get_base_model") else network
    before = network.config._attn_implementation
    network.config._attn_implementation = SEGMENTS
    try:
        yield
    finally:
        network.config._attn_implementation = before


def attend(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: Any,  # noqa: ARG001 - the seam is transformers' own; rows are told apart by their lengths
    scaling: float | None = None,
    lengths: Sequence[int] = (),
    sliding_window: int | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Queries [1 x h x s x d], keys and values [1 x k x s x d] in; [1 x s x h x d] out, causal within each row."""
    sizes = list(lengths) or [query.shape[2]]
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    split = zip(*(torch.split(states, sizes, 2) for states in (query, key, value)), strict=True)
    window = sliding_window or max(sizes)
    if query.device.type == "cpu" and query.dtype == torch.bfloat16:
        found = [
            Attention.apply(q[0], k[0], v[0], scale, window)[None]  # type: ignore[no-untyped-call]
            for q, k, v in split
        ]
    else:
        grouped = module.num_key_value_groups > 1
        found = [
            functional.scaled_dot_product_attention(
                q,
                k,
                v,
                attn_mask=None if q.shape[2] <= window else ~unseen(q.shape[2], window, q.device),
                is_causal=q.shape[2] <= window,
                scale=scale,
                enable_gqa=grouped,
            )
            for q, k, v in split
        ]
    return torch.cat(found, 2).transpose(1, 2).contiguous(), None


@lru_cache(maxsize=64)
def unseen(size: int, window: int, device: Any) -> torch.Tensor:
    """[s x s], true where a token must not look: at what comes, and at what lies `window` or more behind."""
    everything = torch.ones(size, size, dtype=torch.bool, device=device)
    return everything.triu(1) | everything.tril(-window)


class Attention(torch.autograd.Function):
    """Causal attention as four plain products: torch's own kernel for bfloat16 takes three times as long on CPU.

    q is [h x s x d], k and v are [k x s x d]; heads that share a key are rows of one product.
    """

    @staticmethod
    def forward(ctx: Any, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, scale: float, window: int) -> torch.Tensor:
        groups, (heads, size, width) = k.shape[0], q.shape
        rows = q.reshape(groups, heads // groups * size, width)
        scores = torch.bmm(rows, k.transpose(1, 2)).float().mul_(scale).view(groups, -1, size, size)
        weights = scores.masked_fill_(unseen(size, window, q.device), float("-inf")).softmax(-1)
        weights = weights.to(q.dtype).view(groups, -1, size)
        ctx.save_for_backward(rows, k, v, weights)
        ctx.scale = scale
        return torch.bmm(weights, v).view(heads, size, width)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[Any, ...]:
        rows, k, v, weights = ctx.saved_tensors
        out = grad.reshape(rows.shape[0], rows.shape[1], -1)
        of_weights = torch.bmm(out, v.transpose(1, 2)).float()
        seen = weights.float()
        of_scores = (of_weights - (of_weights * seen).sum(-1, keepdim=True)).mul_(seen).mul_(ctx.scale).to(k.dtype)
        of_q = torch.bmm(of_scores, k).view(grad.shape)
        of_k = torch.bmm(of_scores.transpose(1, 2), rows)
        return of_q, of_k, torch.bmm(weights.transpose(1, 2), out), None, None


class HeadLoss(torch.autograd.Function):
    """Hidden states [n x d], the output layer's frozen matrix [v x d], targets and weights [n] in, the summed loss out.

    The gradient is taken in the same pass, chunk by chunk, as in Liger's fused linear cross-entropy (Hsu et al. 2024).
    """

    @staticmethod
    def forward(
        ctx: Any, hidden: torch.Tensor, matrix: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor
    ) -> torch.Tensor:
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        grad = torch.empty_like(hidden) if ctx.needs_input_grad[0] else None
        for start in range(0, len(hidden), CHUNK):
            part, wanted = hidden[start : start + CHUNK], targets[start : start + CHUNK, None]
            weight = weights[start : start + CHUNK, None]
            logits = (part @ matrix.t()).float()
            logits -= logits.amax(-1, keepdim=True)
            at_target = logits.gather(1, wanted)
            mass = logits.exp_().sum(-1, keepdim=True)
            total += ((mass.log() - at_target) * weight).sum()
            if grad is not None:
                logits *= weight / mass
                logits.scatter_add_(1, wanted, -weight)
                grad[start : start + CHUNK] = logits.to(matrix.dtype) @ matrix
        if grad is not None:
            ctx.save_for_backward(grad)
        return total

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[Any, ...]:
        (of_hidden,) = ctx.saved_tensors
        return of_hidden * grad.to(of_hidden.dtype), None, None, None
