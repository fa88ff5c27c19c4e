"""Two reports compared: paired by brief, by metrics of one definition only, and never a difference that is none."""

from __future__ import annotations

from typing import Any

import pytest
from fake_cases import cases, report

from twin.core.errors import BadRequest
from twin.evaluation.against import against


def made(n: int = 12, **options: Any) -> dict[str, Any]:
    found = report(cases(n, **options))
    return {**found, "adapter": str(options), "model": {"name": "tiny", "digest": "m1"}}


def test_a_better_twin_is_said_to_be_better_and_its_baselines_are_not() -> None:
    found = against(made(twin=1.9, twin_loss=3.2), made(twin=1.5, twin_loss=3.4))
    assert found["briefs"] == 12
    assert found["systems"]["twin"]["gap_closed"]["value"] == pytest.approx(0.2)
    assert found["systems"]["base"]["gap_closed"]["value"] == pytest.approx(0.0)
    said = " ".join(found["sentences"])
    assert "twin: gap closed is better by +0.20" in said
    assert "twin: loss is better by -0.200" in said
    assert "base:" not in said


def test_the_other_way_round_it_is_worse() -> None:
    said = " ".join(against(made(twin=1.5), made(twin=1.9))["sentences"])
    assert "twin: gap closed is worse by -0.20" in said


def test_the_same_report_differs_in_nothing() -> None:
    found = against(made(), made())
    assert any("No difference is clear" in one for one in found["sentences"])
    assert any("the same adapter" in one for one in found["sentences"])


def test_only_common_briefs_count() -> None:
    found = against(made(12), made(9))
    assert (found["briefs"], found["only_new"], found["only_old"]) == (9, 3, 0)
    assert found["systems"]["twin"]["loss"]["n"] == 9


def test_another_definition_is_no_comparison() -> None:
    old = made()
    old["metrics"] = {**old["metrics"], "style": "fake-0", "claims": "0"}
    old["model"] = {"name": "other", "digest": "m2"}
    found = against(made(), old)
    assert set(found["left_out"]) == {"gap_closed", "unsupported", "loss"}
    assert set(found["systems"]["twin"]) == {"coverage", "longest_run_words", "told_before"}
    assert any("style is of version fake-0 there and fake-1 here" in one for one in found["sentences"])


@pytest.mark.parametrize("change", [{"schema": 1}, {"rows": []}])
def test_what_cannot_be_compared_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        against(made(), {**made(), **change})
