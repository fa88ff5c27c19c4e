"""Requests in, the calls of llama.cpp's server out: what differs only in prompt and seed is asked for at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from twin.core.prompts import render_chat, without_marks
from twin.core.records import Request
from twin.models.gbnf import grammar
from twin.models.only import automaton

DRY_MULTIPLIER, MOST_LOOKED_BACK = 0.8, 4096
"""How hard a repeated run is punished, with llama.cpp's base of 1.75 for each further token, and how far back."""
TOP_K, FEW_K = 1000, 128
"""Tokens that sampling looks at: sorting all 49,152 costs a tenth of the speed, and beyond 1,000 lies no mass. With a
least probability few are left: a token beyond 128 that has a twentieth of the likeliest one's has under 0.8%."""
LEAST_FOR_FEW = 0.05
SHARED_PROMPTS = 3
"""Up to so many prompts lie in one cache: each text looks at all that lies there (docs/log.md has the seconds)."""


@dataclass(frozen=True, slots=True)
class Body:
    """Requests that differ only in prompt and in a run of seeds: one call, one prompt pass a prompt, one grammar.

    `places[p * n + i]` is the position, among all requests, of prompt p with seed `seed + i`.
    """

    first: Request
    prompts: list[str]
    n: int
    places: list[int]


def one_cache(requests: Sequence[Request]) -> bool:
    """Whether texts share a cache: those of few prompts, unless the likeliest is asked for, whatever its company."""
    return len({one.prompt for one in requests}) <= SHARED_PROMPTS and all(one.temperature > 0 for one in requests)


def batched(requests: Sequence[Request], template: str, most: int, *, alone: bool = False) -> Iterator[Body]:
    """Requests in any order in, calls of at most `most` texts a prompt out; every request is in one of them.

    With `alone` a call has one prompt.
    """
    by_prompt: dict[tuple[Any, ...], list[tuple[int, int]]] = {}
    for place, request in enumerate(requests):
        by_prompt.setdefault((_sampling(request), request.prompt, request.begin), []).append((request.seed, place))
    bodies: dict[tuple[Any, ...], Body] = {}
    for (sampling, prompt, begin), seeded in by_prompt.items():
        for run in _runs(sorted(seeded), most):
            seed, place = run[0]
            apart = (prompt, begin) if alone else ()
            body = bodies.setdefault((sampling, seed, len(run), apart), Body(requests[place], [], len(run), []))
            body.prompts.append(render_chat(template, prompt) + without_marks(begin))
            body.places.extend(place for _, place in run)
    yield from bodies.values()


def _runs(seeded: list[tuple[int, int]], most: int) -> Iterator[list[tuple[int, int]]]:
    """`(seed, place)` in order in, runs in which every seed is one more than the last out."""
    run: list[tuple[int, int]] = []
    for seed, place in seeded:
        if run and (seed != run[-1][0] + 1 or len(run) == most):
            yield run
            run = []
        run.append((seed, place))
    yield run


def _sampling(request: Request) -> tuple[Any, ...]:
    """What all requests of one call share. A grammar begins where the text stands that it goes on from."""
    return (
        request.only,
        0 if request.only is None else automaton(request.only).after(without_marks(request.begin)),
        request.max_tokens,
        request.temperature,
        request.top_p,
        request.min_p,
        request.repeat_penalty,
        request.repeat_run,
        request.one_sentence,
    )


def as_json(body: Body, lora: list[dict[str, Any]], *, keep: bool, slot: int | None = None) -> dict[str, Any]:
    """A call as the server takes it; with `keep` its prompts are read on from what was read before, in its `slot`."""
    first = body.first
    held: dict[str, Any] = {} if first.only is None else {"grammar": grammar(first.only, without_marks(first.begin))}
    if slot is not None:
        held["id_slot"] = slot
    return {
        **held,
        "prompt": body.prompts,
        "n": body.n,
        "seed": first.seed,
        "max_tokens": first.max_tokens,
        "temperature": first.temperature,
        "top_k": FEW_K if first.min_p >= LEAST_FOR_FEW else TOP_K,
        "top_p": first.top_p,
        "min_p": first.min_p,
        "repeat_penalty": first.repeat_penalty,
        "dry_multiplier": DRY_MULTIPLIER if first.repeat_run else 0.0,
        "dry_allowed_length": first.repeat_run,
        "dry_penalty_last_n": MOST_LOOKED_BACK,
        "lora": lora,
        "cache_prompt": keep,
        "stream": True,
        "stream_options": {"include_usage": True},
        "timings_per_token": first.one_sentence,
    }
