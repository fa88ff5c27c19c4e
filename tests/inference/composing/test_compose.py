"""Whole texts in one batch: evenly of each prompt, at temperatures in turn."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from twin.core.protocols import Progress, silent
from twin.core.records import Brief, Completion, Message, Request
from twin.inference.composing.compose import Sampling, Start, compose
from twin.models.fake import FakeModel

SAMPLING = Sampling(6, 0.5, top_p=0.95, min_p=0.05, repeat_penalty=1.1, repeat_run=0, seed=7, spread=0.2)
STARTS = [Start((Message("user", said),), Brief(said)) for said in ("ropes", "doors")]


class FakeWatched(FakeModel):
    def __init__(self) -> None:
        self.asked: list[Request] = []

    def generate(
        self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
    ) -> list[Completion]:
        self.asked += requests
        return super().generate(requests, adapter=adapter, progress=progress)


def drawn(model: FakeModel, sampling: Sampling, starts: Sequence[Start] = STARTS) -> list[tuple[int, float]]:
    found = compose(model, starts, words=20, sampling=sampling, adapter=None, progress=silent)
    return [(one.start, one.temperature) for one in found.texts]


def test_each_text_says_what_it_was_drawn_to_and_how_warm() -> None:
    model = FakeWatched()
    assert drawn(model, SAMPLING) == [(0, 0.5), (0, 0.4), (0, 0.6), (1, 0.5), (1, 0.4), (1, 0.6)]
    assert [(one.prompt, one.temperature) for one in model.asked[::3]] == [(one.prompt, 0.5) for one in STARTS]
    assert drawn(model, replace(SAMPLING, spread=0.0), STARTS[:1]) == [(0, 0.5)] * 6


@pytest.mark.parametrize(("temperature", "spread", "all_of"), [(0.0, 0.2, {0.0}), (1.9, 0.2, {1.9, 1.52, 2.0})])
def test_no_temperature_is_beyond_what_servers_take(temperature: float, spread: float, all_of: set[float]) -> None:
    assert set(replace(SAMPLING, temperature=temperature, spread=spread).temperatures) == all_of
