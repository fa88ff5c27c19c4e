"""Tokens a second of `LlamaCpp.generate` against bare xllamacpp and transformers: `python -m bench.generation`.

The work: 8 candidates, then a single text, of 64 tokens for one brief, sampled alike, with the same weights. The rounds
are interleaved and the ratio is the median over rounds, so that other work on the machine meets everybody.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.texts import posts, prompt_for
from twin.core.prompts import render_chat
from twin.core.records import Request
from twin.core.settings import default_cache
from twin.models.hf import checkpoint, load_network, load_tokenizer
from twin.models.llamacpp import TOP_K, LlamaCpp
from twin.models.weights import Base, find_base

CANDIDATES, TOKENS, ROUNDS, TRANSFORMERS_ROUNDS = 8, 64, 5, 3
Run = Callable[[int], int]
"""A number of texts in, all of them generated and the number of their tokens out."""


def ours(base: Base, prompt: Any) -> Run:
    model = LlamaCpp(base, context_tokens=1024, parallel=CANDIDATES, threads=0)
    requests = [Request(prompt, TOKENS, temperature=0.8, top_p=0.95, seed=seed) for seed in range(CANDIDATES)]
    return lambda n: sum(one.tokens for one in model.generate(requests[:n]))


def bare(base: Base, prompt: Any) -> Run:
    """xllamacpp as its README shows it, told to answer the same prompt n times."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(base.gguf)
    params.hostnames = [str(Path(tempfile.mkdtemp()) / "bare.sock")]
    params.n_parallel, params.n_ctx, params.verbosity = CANDIDATES, CANDIDATES * 1024, -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count()
    server = xllamacpp.Server(params)
    sampling = {"temperature": 0.8, "top_p": 0.95, "top_k": TOP_K, "min_p": 0.0, "seed": 0}
    body = {"prompt": render_chat(base.chat_template, prompt), "max_tokens": TOKENS, **sampling}

    def run(n: int) -> int:
        chunks: list[dict[str, Any]] = []
        server.handle_completions({**body, "n": n, "cache_prompt": False, "stream": True}, chunks.append)
        return sum(chunk["usage"]["completion_tokens"] for chunk in chunks if chunk and chunk.get("usage"))

    return run


def transformers(base: Base, prompt: Any) -> Run:
    """`generate` on the same weights unpacked to float32, the candidates as one batch."""
    import torch

    folder = checkpoint(base, cache=default_cache())
    network, tokenizer = load_network(folder), load_tokenizer(folder)
    ids = torch.tensor([tokenizer(render_chat(base.chat_template, prompt))["input_ids"]])

    def run(n: int) -> int:
        with torch.no_grad():
            answers = network.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                do_sample=True,
                temperature=0.8,
                top_p=0.95,
                top_k=TOP_K,
                max_new_tokens=TOKENS,
                num_return_sequences=n,
            )
        eos = tokenizer.eos_token_id
        ends = [answer.tolist()[ids.shape[1] :] for answer in answers]
        return sum(one.index(eos) + 1 if eos in one else len(one) for one in ends)

    return run


def speed(run: Run, texts: int) -> float:
    started = time.perf_counter()
    return run(texts) / (time.perf_counter() - started)


def main() -> None:
    base = find_base("smollm2-135m-instruct", cache=default_cache())
    prompt = prompt_for(posts(1)[0][0])
    mine = ours(base, prompt)
    peers = {
        "bare xllamacpp": (bare(base, prompt), ROUNDS),
        "transformers": (transformers(base, prompt), TRANSFORMERS_ROUNDS),
    }
    print(f"texts of {TOKENS} tokens, load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'peer':16} {'texts':>5} {'peer tok/s':>11} {'ours tok/s':>11} {'ratio':>7} {'rounds':>7}")
    for name, (peer, rounds) in peers.items():
        for texts in (CANDIDATES, 1):
            peer(texts), mine(texts)
            pairs = [(speed(peer, texts), speed(mine, texts)) for _ in range(rounds)]
            ratio = statistics.median(us / them for them, us in pairs)
            them, us = (statistics.median(column) for column in zip(*pairs, strict=True))
            print(f"{name:16} {texts:5} {them:11.0f} {us:11.0f} {ratio:7.2f} {rounds:7}")


if __name__ == "__main__":
    main()
