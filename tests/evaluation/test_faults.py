"""Faults of a report: stories told again, one opening for everything, private things, memory; each in words too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fake_cases import POST, FakeCopying, FakeStyle, cases, text

from twin.evaluation.compare import Instruments, Output, compare
from twin.evaluation.gate import gate
from twin.evaluation.memorisation import Memorised, memorisation_of
from twin.evaluation.page import page
from twin.metrics.canaries import Canaries
from twin.metrics.repetition import Repetition

KNOWN = {"told": POST, "other": "We cleaned every sill with a brush. Write to ada@example.org or ring +49 30 1234567."}


def measured(twin: list[str] | None = None, *, memorised: Memorised | None = None) -> dict[str, Any]:
    made = cases(10)
    if twin:
        made = [
            replace(one, outputs={**one.outputs, "twin": Output((twin[i % len(twin)],), 3.4)})
            for i, one in enumerate(made)
        ]
    instruments = Instruments(FakeStyle(), FakeCopying(), Repetition(KNOWN), Canaries(KNOWN))
    return compare(made, instruments, memorised=memorised, resamples=200, seed=3)


def test_a_story_of_the_author_told_again_is_counted() -> None:
    found = measured()
    assert found["repetition"]["repeated"]["twin"]["value"] == 1.0, "the fake texts are one of the author's posts"
    assert found["rows"][0]["systems"]["twin"]["texts"][0]["told_in"] == "told"
    assert any("tell again what a text of yours tells" in one for one in found["sentences"])


def test_one_opening_for_everything_is_said_where_the_author_varies_theirs() -> None:
    found = measured()
    assert found["repetition"]["openings"]["twin"] == {
        "value": 1.0,
        "low": pytest.approx(0.72, abs=0.01),
        "high": 1.0,
        "n": 10,
    }
    varied = measured([f"{word} {text(1.7)}" for word in "one two three four five six seven eight nine ten".split()])
    assert varied["repetition"]["openings"]["twin"]["value"] == 0.0
    for row in found["rows"]:
        row["author"]["text"] = row["id"]


def test_two_samples_of_one_brief_may_begin_alike() -> None:
    made = [
        replace(one, outputs={"twin": Output((f"{i} {POST}", f"{i} {POST}"), 3.4)}) for i, one in enumerate(cases(9))
    ]
    found = compare(made, Instruments(None, FakeCopying(), Repetition(KNOWN)), resamples=200, seed=3)
    assert found["repetition"]["openings"]["twin"]["value"] == 0.0


def test_a_private_thing_in_one_text_keeps_a_twin_from_being_activated() -> None:
    found = measured([text(1.7)] * 9 + [f"Ring +49 30 1234567. {text(1.7)}"])
    verdict = gate(found)
    assert verdict["verdict"] == "candidate"
    assert "1 of its 10 texts say something private" in verdict["reason"]
    html = page(found, verdict)
    assert "private</strong>: phone (other)" in html
    assert "1234567" in html, "the text itself is shown to its author"


def test_claims_and_runs_are_kept_by_system() -> None:
    found = measured()
    for name in ("base", "twin"):
        assert sum(found["claims"][name].values()) > 0
        assert found["copying"]["runs"][name] == [3] * 10
    html = page(found, gate(found))
    assert "<h2>Sentences by what they stand on</h2>" in html
    assert "<h2>Copying</h2>" in html


def test_memory_is_what_training_took_off_the_learned_texts_alone() -> None:
    both = memorisation_of(Memorised([2.0, 2.2], [3.0, 3.2], [2.5, 2.7], [3.5, 3.7]), resamples=200, seed=1)
    assert both["gap"]["value"] == pytest.approx(0.0)
    by_heart = Memorised([1.0] * 9, [3.5] * 9, [3.4] * 9, [3.6] * 9)
    row = memorisation_of(by_heart, resamples=200, seed=1)["gap"]
    assert row["value"] == row["low"] == row["high"] == pytest.approx(2.3)
    assert any("learns by heart" in one for one in measured(memorised=by_heart)["sentences"])
