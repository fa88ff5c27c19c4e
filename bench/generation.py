"""Tokens a second of `LlamaCpp.generate` against bare xllamacpp and transformers: `python -m bench.generation`.

The work: 8 candidates, then a single text, of 192 tokens (a post of 150 words) for one brief, sampled alike, with
the same weights. Each peer has a process of its own, because threads that spin for one library starve the others; the
rounds are interleaved and the ratio is the median over rounds, so that other work on the machine meets everybody.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.texts import posts, prompt_for
from twin.core.layers import default_cache
from twin.core.prompts import render_chat
from twin.core.records import Request
from twin.models.calls import TOP_K
from twin.models.hf import checkpoint, load_network, load_tokenizer
from twin.models.llamacpp import LlamaCpp
from twin.models.weights import Base, find_base

CANDIDATES, TOKENS, ROUNDS, TRANSFORMERS_ROUNDS = 8, 192, 3, 3
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


def serve(peer: Callable[[Base, Any], Run], orders: Connection) -> None:
    """A peer's process: a number of texts in, tokens a second out, until nothing is asked any more."""
    base = find_base("smollm2-135m-instruct", cache=default_cache())
    run = peer(base, prompt_for(posts(1)[0][0]))
    while texts := orders.recv():
        started = time.perf_counter()
        tokens = run(texts)
        orders.send(tokens / (time.perf_counter() - started))


class Peer:
    """One library at work in its own process."""

    def __init__(self, peer: Callable[[Base, Any], Run]) -> None:
        self.orders, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("spawn").Process(target=serve, args=(peer, theirs), daemon=True)
        self.process.start()

    def speed(self, texts: int) -> float:
        """Tokens a second for that many texts of one prompt."""
        self.orders.send(texts)
        return float(self.orders.recv())

    def close(self) -> None:
        self.orders.send(0)
        self.process.join()


def main() -> None:
    print(f"texts of {TOKENS} tokens, load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'peer':16} {'texts':>5} {'peer tok/s':>11} {'ours tok/s':>11} {'ratio':>7} {'rounds':>7}")
    mine = Peer(ours)
    for name, peer, rounds in (("bare xllamacpp", bare, ROUNDS), ("transformers", transformers, TRANSFORMERS_ROUNDS)):
        theirs = Peer(peer)
        for texts in (CANDIDATES, 1):
            theirs.speed(texts), mine.speed(texts)
            pairs = [(theirs.speed(texts), mine.speed(texts)) for _ in range(rounds)]
            ratio = statistics.median(us / them for them, us in pairs)
            them, us = (statistics.median(column) for column in zip(*pairs, strict=True))
            print(f"{name:16} {texts:5} {them:11.0f} {us:11.0f} {ratio:7.2f} {rounds:7}")
        theirs.close()
    mine.close()


if __name__ == "__main__":
    main()
