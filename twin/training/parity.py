"""Does llama.cpp, which writes, compute what torch trained? Two checks of one adapter, as a record for the registry.

Equality of greedy text is held against a base in the precision of the training checkpoint. On a quantised base
near-ties fall either way, so what is held there is how often the likeliest next token agrees and how far the
distributions lie apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.core.errors import ModelFailed
from twin.core.protocols import Progress, silent
from twin.core.records import Example, Request
from twin.models.hf import load_network, load_tokenizer
from twin.models.llamacpp import LlamaCpp
from twin.models.rows import IGNORED, Row, encode, row
from twin.models.weights import Base, parameters
from twin.training.memory import SPARE, free_bytes, out_of_memory
from twin.training.merged import write_f16

if TYPE_CHECKING:
    import torch

MOST = 1000
"""Tokens whose probabilities llama.cpp reports; the others are one outcome, so the KL is a lower bound."""


@dataclass(frozen=True, slots=True)
class Parity:
    """`top1`: share of positions with the same likeliest token; `kl`: mean of KL(torch ‖ llama.cpp) in nats."""

    positions: int
    top1: float
    kl: float


def next_token_parity(
    network: Any,
    tokenizer: Any,
    model: LlamaCpp,
    rows: Sequence[Row],
    *,
    adapter: Path | None,
    most_positions: int = 48,
    max_tokens: int = 512,
    progress: Progress = silent,
) -> Parity:
    """Both read the same texts, token by token; compared is what each expects next inside the completions.

    `network` carries the PEFT form of `adapter`. The positions are spread evenly over the rows.
    """
    each = max(1, most_positions // max(1, len(rows)))
    agreed, distances = 0, []
    for i, pair in enumerate(rows):
        encoded = encode(tokenizer, pair, max_tokens=max_tokens)
        ids = encoded["input_ids"]
        start = encoded["labels"].count(IGNORED)
        expected = _log_probs(network, ids)
        for at in range(start, min(len(ids), start + each)):
            theirs = model.next_tokens(ids[:at], adapter=adapter, most=MOST)
            agreed += max(theirs, key=theirs.__getitem__) == int(expected[at - 1].argmax())
            distances.append(kl_divergence(expected[at - 1].double().exp().tolist(), theirs))
        progress(i + 1, len(rows), "comparing torch with llama.cpp")
    count = len(distances)
    return Parity(count, agreed / count, sum(distances) / count) if count else Parity(0, math.nan, math.nan)


def _log_probs(network: Any, ids: Sequence[int]) -> torch.Tensor:
    """Token ids in, the log-probabilities of each next token [s x vocabulary] out."""
    import torch

    with torch.no_grad():
        logits = network(torch.tensor([list(ids)], device=network.device)).logits[0]
    return torch.log_softmax(logits.float(), dim=-1).cpu()


def kl_divergence(p: Sequence[float], log_q: Mapping[int, float]) -> float:
    """Probabilities of all tokens and log-probabilities of the likeliest in, KL(p ‖ q) in nats out.

    The tokens that `log_q` leaves out are counted as one outcome.
    """
    total = sum(p[token] * (math.log(p[token]) - log) for token, log in log_q.items() if p[token] > 0)
    rest_p = max(0.0, 1.0 - sum(p[token] for token in log_q))
    rest_q = max(1e-12, 1.0 - sum(math.exp(log) for log in log_q.values()))
    return max(0.0, total + (rest_p * math.log(rest_p / rest_q) if rest_p > 0 else 0.0))


def greedy_ids(network: Any, ids: Sequence[int], *, max_tokens: int) -> list[int]:
    """Token ids in, the `max_tokens` that torch finds likeliest one after the other out, up to the end of the turn."""
    import torch

    with torch.no_grad():
        answer = network.generate(
            input_ids=torch.tensor([list(ids)], device=network.device),
            max_new_tokens=max_tokens,
            do_sample=False,
        )
    return [int(token) for token in answer[0, len(ids) :]]


GREEDY_TOKENS = 40
CHECKED_ROWS = 2
LOADED_BYTES = 6
"""Of each number of the base: float32 for torch, float16 for llama.cpp beside it."""
CUT_SHORT = {"left_out": "it was cut short"}


def check_adapter(
    adapter: Path,
    gguf: Path | None,
    base: Base,
    examples: Sequence[Example],
    *,
    checkpoint: Path,
    cache: Path,
    context_tokens: int = 1024,
    progress: Progress = silent,
) -> dict[str, Any]:
    """A PEFT folder, its GGUF twin and held-out examples in; `{greedy_equal top1_agreement kl positions}` out.

    Greedy text is compared on an F16 base, made once in the cache; agreement and KL on the base that will serve.
    Nothing is compared where llama.cpp has no part: a checkpoint folder, or an architecture without a GGUF adapter.
    Where memory would not do `{left_out}` says so: a base that was held in four bits to learn may not fit whole.
    """
    if base.gguf is None or gguf is None:
        return {}
    needed, free = LOADED_BYTES * parameters(base), free_bytes("cpu")
    if needed > (1 - SPARE) * free:
        return {"left_out": f"it takes about {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free"}
    try:
        return _compared(adapter, gguf, base, examples, checkpoint, cache, context_tokens, progress)
    except (MemoryError, RuntimeError, ModelFailed) as bad:
        if not out_of_memory(bad):
            raise
        return {"left_out": "memory ran out"}


def _compared(
    adapter: Path,
    gguf: Path,
    base: Base,
    examples: Sequence[Example],
    checkpoint: Path,
    cache: Path,
    context_tokens: int,
    progress: Progress,
) -> dict[str, Any]:
    chosen = list(examples[:CHECKED_ROWS])
    rows = [row(base.chat_template, one.prompt, one.completion) for one in chosen]
    network, tokenizer = load_network(checkpoint, adapter=adapter), load_tokenizer(checkpoint)
    half = cache / "f16" / f"{base.name}-{base.digest}.gguf"
    if not half.is_file():
        half.parent.mkdir(parents=True, exist_ok=True)
        write_f16(base, half)
    precise = LlamaCpp(replace(base, gguf=half), context_tokens=context_tokens, parallel=1, threads=0)
    requests = [Request(one.prompt, max_tokens=GREEDY_TOKENS) for one in chosen]
    theirs = [answer.text for answer in precise.generate(requests, adapter=gguf)]
    precise.close()
    prompts = [tokenizer(prompt, add_special_tokens=True)["input_ids"] for prompt, _ in rows]
    ours = [
        tokenizer.decode(greedy_ids(network, ids, max_tokens=GREEDY_TOKENS), skip_special_tokens=True)
        for ids in prompts
    ]
    served = LlamaCpp(base, context_tokens=context_tokens, parallel=1, threads=0, cache=cache)
    found = next_token_parity(network, tokenizer, served, rows, adapter=gguf, most_positions=24, progress=progress)
    served.close()
    return {
        "greedy_equal": ours == theirs,
        "top1_agreement": round(found.top1, 4),
        "kl": round(found.kl, 5),
        "positions": found.positions,
    }
