"""What follows the steps of a training, reckoned from a few real draws and a few real losses: nothing is guessed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from twin.core.protocols import Model
from twin.core.records import Completion, Request
from twin.models.four_bit import to_measure
from twin.models.hf import completion_loss, load_network, load_tokenizer, release
from twin.models.rows import Row, encode

READ, WRITTEN, LOST = 4, 24, 3
"""Prompts that are only read, tokens that are written to each of the others, and texts whose loss is taken."""
SIDE_BY_SIDE = 8
"""Texts that are written at once by a model that does not say how many it writes."""
LEAST_SHARE = 0.2
"""Of the time of a draw at least so much is taken for writing, whatever reading seemed to take before."""


@dataclass(frozen=True, slots=True)
class Quick:
    """How quick this machine is: `begin_s` to begin with another adapter, tokens of prompts and of texts a second."""

    begin_s: float
    read_per_s: float
    written_per_s: float

    def seconds(self, *, begins: int, read: int, written: int) -> float:
        """What so many beginnings, tokens of prompts and tokens of texts take."""
        return begins * self.begin_s + read / self.read_per_s + written / self.written_per_s


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of `twin train`: what is done in it, and how long it takes, in seconds."""

    name: str
    seconds: float
    what: str


def writing(model: Model, requests: Sequence[Request]) -> Quick:
    """Real requests in, at least one; how quick the model is, by three short draws, out. Raises: what the model raises.

    One is drawn first, for what loading takes; then prompts are read of which nothing but a token is said, and others
    as many at once as the model takes are gone on with for `WRITTEN` tokens.
    """
    at_once = int(getattr(model, "parallel", SIDE_BY_SIDE))
    began, _ = _timed(model, requests[:1], 1)
    read_s, read = _timed(model, requests[1 : 1 + READ] or requests, 1)
    read_per_s = sum(one.prompt_tokens for one in read) / read_s
    write_s, written = _timed(model, requests[1 + READ : 1 + READ + at_once] or requests, WRITTEN)
    alone_s = max(write_s - sum(one.prompt_tokens for one in written) / read_per_s, LEAST_SHARE * write_s)
    return Quick(began, read_per_s, sum(one.tokens for one in written) / alone_s)


def _timed(model: Model, requests: Sequence[Request], tokens: int) -> tuple[float, list[Completion]]:
    started = time.perf_counter()
    said = model.generate([replace(one, max_tokens=tokens) for one in requests])
    return max(1e-6, time.perf_counter() - started), said


def losing(checkpoint: Path, rows: Sequence[Row], *, quantised: str) -> Quick:
    """Real texts in, at least one; how quick their loss is taken, the base held as the gate holds it, out."""
    started = time.perf_counter()
    network, tokenizer = load_network(checkpoint, **to_measure(quantised)), load_tokenizer(checkpoint)
    loaded = time.perf_counter()
    tokens = sum(len(encode(tokenizer, one, max_tokens=1 << 20)["input_ids"]) for one in rows[:LOST])
    completion_loss(network, tokenizer, rows[:LOST])
    ended = time.perf_counter()
    del network
    release()
    per_s = tokens / max(1e-6, ended - loaded)
    return Quick(loaded - started, per_s, per_s)
