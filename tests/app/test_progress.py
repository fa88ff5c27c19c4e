"""How long work will take is told on the terminal, in a log and by several processes alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from twin.app import face
from twin.core.pace import Pace
from twin.training import __main__ as several


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def test_a_part_is_told_by_its_own_pace(clock: list[float]) -> None:
    pace = Pace().at(0, 2)
    clock[0] += 60
    pace = pace.at(10, 50)
    assert pace.left(clock[0]) == "", "nothing of this part was seen yet"
    clock[0] += 10
    assert pace.at(20, 50).left(clock[0]) == ", about 30 s left"
    clock[0] += 590
    assert pace.at(20, 50).left(clock[0]) == ", about 30 min left"
    assert pace.at(50, 50).left(clock[0]) == ""
    assert pace.at(30, 0).left(clock[0]) == "", "no end is known"


@pytest.mark.parametrize("telling", [lambda: face._lines("train"), several._telling])
def test_a_log_says_how_long_a_training_takes(
    telling: Callable[[], Callable[[int, int, str], None]], clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    tell = telling()
    for step in range(1, 5):
        tell(step, 10, "loss 2.10, 80 tokens/s")
        clock[0] += 40
    *_, last = capsys.readouterr().err.splitlines()
    assert last == "  train: 4 of 10 loss 2.10, 80 tokens/s, about 4 min left"


def test_a_bar_says_so_too_where_a_step_takes_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    bar = face._bar()
    monkeypatch.setattr(bar, "get_time", lambda: now[0])
    task = bar.add_task("train", total=10, note="")
    for step in range(1, 5):
        now[0] += 120
        bar.update(task, completed=step)
    assert bar.tasks[0].time_remaining == pytest.approx(720, abs=130)


def test_a_log_counts_nothing_where_nothing_is_counted_yet(capsys: pytest.CaptureFixture[str]) -> None:
    face._lines("write")(0, 0, "looking for what you wrote on it")
    assert capsys.readouterr().err == "  write: looking for what you wrote on it\n"
