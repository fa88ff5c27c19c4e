"""What becomes of an adapter after it was fitted: gated, active, fitted again, whenever the run is killed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from test_adapters import put

from twin.core.records import Adapter
from twin.pipeline import Twin

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
