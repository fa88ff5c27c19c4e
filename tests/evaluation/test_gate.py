"""The gate: each branch of the rule, on reports that `compare` made."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
from fake_cases import FakeStyle, cases, report

from twin.evaluation.compare import Output
from twin.evaluation.gate import LEAST_BRIEFS, RULE, gate

BROKEN = "no " * 200
REFUSED = FakeStyle(refusal="AUC 0.71, 0.85 is needed")


def test_a_better_sound_twin_is_activated() -> None:
    found = gate(report())
    assert found["verdict"] == "activate"
    assert "nearer to your voice" in found["reason"]
    assert found["rule"] == RULE


@pytest.mark.parametrize("n", [1, LEAST_BRIEFS - 1])
def test_too_few_briefs(n: int) -> None:
    found = gate(report(cases(n)))
    assert found["verdict"] == "not-enough-data"
    assert f"{n} held-out texts" in found["reason"]


def test_enough_briefs_is_enough() -> None:
    assert gate(report(cases(LEAST_BRIEFS)))["verdict"] == "activate"


def test_no_loss_is_not_enough() -> None:
    found = gate(report(cases(few_loss=None)))
    assert found["verdict"] == "not-enough-data"
    assert "base+exemplars was taken on 0 texts" in found["reason"]


def test_no_twin_is_not_enough() -> None:
    made = [replace(one, outputs={"base": one.outputs["base"]}) for one in cases()]
    assert gate(report(made))["verdict"] == "not-enough-data"


@pytest.mark.parametrize(("twin_loss", "few_loss"), [(3.9, 4.2), (3.7, 3.6), (3.6, 3.6)])
def test_a_loss_not_clearly_below_a_baseline_keeps_it_a_candidate(twin_loss: float, few_loss: float) -> None:
    found = gate(report(cases(twin_loss=twin_loss, few_loss=few_loss)))
    assert found["verdict"] == "candidate"
    assert "held-out loss is not clearly below" in found["reason"]


def test_a_voice_no_nearer_than_exemplars_keeps_it_a_candidate() -> None:
    found = gate(report(cases(twin=0.4, few=0.4)))
    assert found["verdict"] == "candidate"
    assert "not clearly nearer to your voice" in found["reason"]


def test_a_refused_scorer_leaves_the_loss_to_decide_and_says_so() -> None:
    found = gate(report(style=REFUSED))
    assert found["verdict"] == "activate"
    assert "AUC 0.71, 0.85 is needed" in found["reason"]
    assert "the loss decides" in found["reason"]
    assert gate(report(cases(twin_loss=3.9), style=REFUSED))["verdict"] == "candidate"


def test_texts_too_short_to_score_leave_the_loss_to_decide() -> None:
    found = gate(report(cases(twin=None)))
    assert found["verdict"] == "activate"
    assert "0 pairs of texts only" in found["reason"]


@pytest.mark.parametrize(("broken", "verdict"), [(4, "activate"), (5, "candidate")])
def test_broken_texts_clearly_above_one_in_ten(broken: int, verdict: str) -> None:
    made = cases(20)
    for i in range(broken):
        made[i] = replace(made[i], outputs={**made[i].outputs, "twin": Output((BROKEN,), 3.4)})
    found = gate(report(made))
    assert found["verdict"] == verdict
    assert ("are broken" in found["reason"]) == (verdict == "candidate")


@pytest.mark.parametrize(("copied", "verdict"), [(1, "activate"), (2, "candidate")])
def test_copied_texts_up_to_one_in_twenty(copied: int, verdict: str) -> None:
    found = gate(report(cases(20, note="COPIED", noted=copied)))
    assert found["verdict"] == verdict
    assert ("8 words or more in a row" in found["reason"]) == (verdict == "candidate")


def test_all_that_is_wrong_is_said_at_once() -> None:
    reason = gate(report(cases(twin_loss=3.9, twin=0.0, note="COPIED", noted=2)))["reason"]
    assert all(part in reason for part in ("of base:", "of base+exemplars:", "in a row", "nearer to your voice"))


def test_it_is_pure() -> None:
    made = report()
    kept = deepcopy(made)
    assert gate(made) == gate(made)
    assert made == kept
