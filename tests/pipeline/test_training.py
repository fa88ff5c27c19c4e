"""What becomes of an adapter after it was fitted: gated, active, fitted again, whenever the run is killed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_adapters import put

from twin.app import show, voices
from twin.core.errors import Busy
from twin.core.records import Adapter, Completion, Request
from twin.metrics.style import Style
from twin.pipeline import Twin
from twin.store.lock import only_writer

CARD = {"steps": 9, "tokens_per_second": 220.5, "seconds": 12.0}


@pytest.fixture
def fitted(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A twin whose texts and fits are made up; every fit is told what it fits again."""
    asked: list[Any] = []
    gated = put(twin, "g1", gate={})
    refit = replace(gated, id="r1", refit_of="g1", path=twin.home / "adapters" / "r1")

    def fit(dataset: Any, learned: Any, tuned: Any, *, refit_of: Adapter | None = None) -> Any:
        asked.append(refit_of.id if refit_of else "")
        return (refit if refit_of else gated), CARD

    monkeypatch.setattr(twin, "dataset", lambda: {"version": "d1", "path": "", "train": 9, "rejected": {}})
    monkeypatch.setattr(twin, "_fit", fit)
    monkeypatch.setattr(twin, "_gate", lambda _: {"verdict": "activate", "reason": "Better."})
    return asked


def test_one_that_passes_is_fitted_again_on_everything_and_that_one_writes(twin: Twin, fitted: list[Any]) -> None:
    assert twin.train()["active"] == "r1"
    assert fitted == ["", "g1"]
    assert {one.id: one.state for one in twin.store.adapters()} == {"g1": "retired", "r1": "active"}


@pytest.mark.parametrize("at", [1, 2])
def test_a_kill_before_it_is_active_is_made_up_for_by_the_next_run(
    twin: Twin, fitted: list[Any], monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Between verdict and activation, of the gated one and of the refit."""
    calls, activate = [0], twin.store.set_adapter_state

    def killed(*given: Any, **how: Any) -> None:
        calls[0] += 1
        if calls[0] == at:
            raise KeyboardInterrupt
        activate(*given, **how)

    monkeypatch.setattr(twin.store, "set_adapter_state", killed)
    with pytest.raises(KeyboardInterrupt):
        twin.train()
    assert fitted
    assert twin.train()["active"] == "r1"


def test_one_that_the_author_left_is_not_made_active_by_training_once_more(twin: Twin, fitted: list[Any]) -> None:
    twin.train()
    put(twin, "x1")
    twin.store.set_adapter_state("x1", "active")
    assert twin.train()["active"] == "x1"
    assert fitted


def test_without_a_held_out_text_there_is_no_verdict_and_nothing_becomes_active(
    twin: Twin, fitted: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    found = twin._gate(put(twin, "h1"))
    assert found["verdict"] == "not-enough-data" and "no held-out posts" in found["reason"]
    monkeypatch.setattr(twin, "dataset", lambda: {"version": "d1", "path": "", "train": 9, "rejected": {}})
    monkeypatch.setattr(twin, "_fit", lambda *_, **__: (twin.store.adapter("g1"), CARD))
    trained = twin.train()
    assert (trained["gate"]["verdict"], trained["active"], fitted) == ("not-enough-data", None, [])
    assert twin.store.adapter("g1").state == "candidate"


def test_a_second_training_hears_of_the_first_and_changes_nothing(twin: Twin, fitted: list[Any]) -> None:
    with only_writer(twin.home, "train"), pytest.raises(Busy, match="this twin is busy: train"):
        twin.train()
    assert fitted == [] and twin.store.active_adapter() is None


@pytest.fixture
def reported(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[str, Any]]:
    """A verdict in; `evaluate` by a full report that comes to it, its answer out."""

    def evaluate(verdict: str) -> dict[str, Any]:
        gate = {"verdict": verdict, "reason": f"It is {verdict}.", "rule": "…"}
        told = {"gate": gate, "report": "reports/f1/report.html", "notes": ["a note"]}
        monkeypatch.setattr(twin, "measure", lambda adapter, most, **_: told)
        return twin.evaluate()

    return evaluate


def test_a_full_report_that_fails_what_writes_is_kept_beside_the_gate_and_warns(
    twin: Twin, fitted: list[Any], reported: Callable[[str], dict[str, Any]]
) -> None:
    twin.train()
    assert twin.status()["warnings"] == []
    result = reported("candidate")
    gated, refit = twin.adapters()
    assert (gated["gate"]["verdict"], gated["gate"]["reason"]) == ("activate", "Better.")
    assert gated["gate"]["full"]["verdict"] == "candidate"
    assert gated["gate"]["full"]["report"] == "reports/f1/report.html"
    assert refit["state"] == "active", "nothing is deactivated by itself"
    assert "activate; full report: candidate\n" in voices.listed([gated, refit])
    assert "full report: candidate: It is candidate." in voices.whole(gated)
    [warning] = twin.status()["warnings"]
    assert warning.startswith("the full report would not let adapter r1, which repeats g1, write: It is candidate.")
    assert f"warning    {warning}" in show.status(twin.status())
    assert result["notes"] == ["a note", warning]
    assert fitted and twin.train()["gate"]["verdict"] == "activate"
    assert twin.adapter("g1")["gate"]["full"]["verdict"] == "candidate", "training once more takes nothing back"
    assert reported("activate")["notes"] == ["a note"]
    assert twin.status()["warnings"] == []


def test_a_full_report_before_the_gate_has_spoken_is_no_gate(
    twin: Twin, fitted: list[Any], reported: Callable[[str], dict[str, Any]]
) -> None:
    """A training that was killed between registering and measuring."""
    reported("candidate")
    assert "not gated; full report: candidate" in voices.listed(twin.adapters())
    assert twin.status()["warnings"] == [], "it does not write"
    assert twin.train()["gate"]["reason"] == "Better." and fitted
    assert twin.adapter("g1")["gate"]["full"]["verdict"] == "candidate"


OTHERS = (
    "The committee received the quarterly figures. They are in line with what the board expected in spring. Revenue "
    "rose slightly, while costs fell in most regions. Management thanks all employees for their commitment. A dividend "
    "will be proposed to shareholders at the annual meeting. Further investments are planned for the coming period."
)


PARTS = (
    ("Right, so", "Well now,", "Mind you,", "Honestly,", "Look:", "And then", "By noon", "Upstairs,"),
    ("the {noun}", "that old {noun}", "{name}'s {noun}", "my poor {noun}", "a borrowed {noun}", "the third {noun}"),
    ("stuck", "hummed at me", "swore back", "didn't budge", "gave up", "fell off", "laughed", "went quiet"),
    ("again!", "for {many} minutes;", "and nobody asked why.", "-- I let it.", "with my tea on top!", "so there.",
     "and {name} knew.", "at {many} degrees;"),
)  # fmt: skip


def post(number: int) -> str:
    dice = random.Random(number)
    nouns, names = "door lift cable brush motor hall panel floor".split(), "Gerald Pamela Anselm Quill Dover".split()
    told = (
        " ".join(dice.choice(part) for part in PARTS).format(
            noun=dice.choice(nouns), name=dice.choice(names), many=dice.randint(20, 99)
        )
        for _ in range(9)
    )
    return f"# {number}\n\n" + " ".join(told)


def test_the_voice_of_a_pass_is_told_on_the_texts_to_stop_by_and_no_held_out_text_is_seen(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "posts"
    folder.mkdir()
    for number in range(60):
        (folder / f"2024-{1 + number // 28:02}-{1 + number % 28:02}-p.md").write_text(post(number), "utf-8")
    twin.add(str(folder))
    twin.collect()
    twin.dataset()
    held_out = {doc.text for doc in twin.store.documents("evaluate", side="test")}
    tuned = twin.store.documents("evaluate", side="tune")
    known: list[str] = []

    class Seeing(Style):
        def __init__(self, own: Sequence[str], *given: Any, **how: Any) -> None:
            known.extend(own)
            super().__init__(own, *given, **how)

    def generate(requests: Sequence[Request], adapter: Path | None) -> list[Completion]:
        own = adapter is not None and adapter.name == "own"
        known.extend(message.content for one in requests for message in one.prompt)
        said = [
            post(900 + i).partition("\n\n")[2] if own else f"{OTHERS} This was item {i}." for i in range(len(requests))
        ]
        return [Completion(text, 9, 9, 0.1, "stop") for text in said]

    monkeypatch.setattr("twin.metrics.style.Style", Seeing)
    monkeypatch.setattr(twin, "_generate", generate)
    another, own = twin._voices([tmp_path / "another", tmp_path / "own"])
    assert another is not None and own is not None
    assert another < 0.5 < own
    assert len(held_out) == len(tuned) == 12 and not held_out & set(known)
    assert not any(text[40:120] in one for text in held_out for one in known)


def test_with_few_texts_to_stop_by_no_voice_is_told(twin: Twin, tmp_path: Path) -> None:
    assert twin._voices([tmp_path / "a", tmp_path / "b"]) == [None, None]
