"""What follows the steps of a training is foretold by how quick a few real draws and losses were."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from twin.core.records import Completion, Message, Request
from twin.training import ahead
from twin.training.ahead import READ, WRITTEN, Quick, losing, writing

ASKED = [Request((Message("user", f"say {i}"),), 200) for i in range(40)]


class Measured:
    """A model that takes 3 s to load, a hundredth of a second for a token of a prompt and a tenth for one that it says.

    It says ten tokens of a text at most, and reads no prompt twice.
    """

    parallel = 12

    def __init__(self, clock: list[float]) -> None:
        self.clock = clock
        self.asked: list[list[Request]] = []

    def generate(self, requests: Sequence[Request], **_: Any) -> list[Completion]:
        known = {one.prompt for call in self.asked for one in call}
        self.clock[0] += 0.0 if self.asked else 3.0
        self.asked.append(list(requests))
        said = [Completion("x", 50, min(10, one.max_tokens), 0.0, "stop") for one in requests]
        self.clock[0] += sum(0.5 * (one.prompt not in known) for one in requests) + 0.1 * sum(
            one.tokens - 1 for one in said
        )
        return said


def test_reading_and_writing_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("twin.training.ahead.time.perf_counter", lambda: clock[0])
    model: Any = Measured(clock)
    found = writing(model, ASKED)
    assert [len(call) for call in model.asked] == [1, READ, 12]
    assert {one.max_tokens for one in model.asked[2]} == {WRITTEN}
    assert found.begin_s == pytest.approx(3.5)
    assert found.read_per_s == pytest.approx(100)
    assert found.written_per_s == pytest.approx(120 / (0.1 * 108))
    assert found.seconds(begins=2, read=1000, written=100) == pytest.approx(7 + 10 + 9, rel=0.01)


@pytest.mark.parametrize("n", [1, 2, READ + 1])
def test_few_requests_are_enough(monkeypatch: pytest.MonkeyPatch, n: int) -> None:
    clock = [0.0]
    monkeypatch.setattr("twin.training.ahead.time.perf_counter", lambda: clock[0])
    model: Any = Measured(clock)
    found = writing(model, ASKED[:n])
    assert found.written_per_s > 0 and found.read_per_s > 0


def test_losses_are_taken_as_the_gate_takes_them(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[dict[str, Any]] = []
    load = ahead.load_network
    monkeypatch.setattr(ahead, "load_network", lambda folder, **how: held.append(how) or load(folder))
    for quantised in ("none", "4bit"):
        found = losing(tiny, [("say tea ", "tea tea.")] * 5, quantised=quantised)
        assert isinstance(found, Quick) and found.begin_s > 0 and found.read_per_s > 0
    assert held[0] == {} and held[1]["quantised"] == "4bit"
