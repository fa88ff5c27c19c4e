"""Likeness in a report: whom texts are taken for, and habits beside the author's range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from fake_cases import POST, FakeCopying, FakeStyle, cases, text

from twin.evaluation.compare import Instruments, compare
from twin.evaluation.gate import gate
from twin.evaluation.page import page
from twin.evaluation.rows import Output
from twin.metrics.habits import Habits


@dataclass
class FakeWho:
    """Calls the author's what says "Mabel" and is no question."""

    version: str = "fake-1"
    names: tuple[str, ...] = ("the author", "the bare model", "<b>Bob</b>")
    own: float = 0.9
    model_like: float = 0.0

    def of(self, texts: Sequence[str]) -> list[str]:
        return [self.names[1] if "ROBOT" in one else self.names[0] for one in texts]


def found(who: FakeWho) -> dict:  # type: ignore[type-arg]
    made = cases(12, note="ROBOT", noted=3)
    measure = Habits([POST] * 10)
    return compare(made, Instruments(FakeStyle(), FakeCopying(), who=who, habits=measure), resamples=200, seed=3)


def test_texts_are_counted_by_whom_they_are_taken_for() -> None:
    who = found(FakeWho())["attribution"]
    assert who["systems"]["twin"]["called"] == {"the author": 9, "the bare model": 3}
    assert who["systems"]["twin"]["called_author"]["value"] == pytest.approx(0.75)
    assert who["systems"]["author"]["called_author"]["n"] == 12


def test_own_texts_like_the_models_are_asked_about() -> None:
    assert not any("bare model's" in one for one in found(FakeWho())["sentences"])
    assert any("20% of your own texts look like" in one for one in found(FakeWho(model_like=0.2))["sentences"])


def test_habits_stand_beside_the_authors_range() -> None:
    rows = {row["habit"]: row for row in found(FakeWho())["habits"]}
    assert rows["questions"]["low"] == rows["questions"]["high"] == rows["questions"]["means"]["author"] == 0


def test_the_page_shows_both_and_escapes_names() -> None:
    made = found(FakeWho())
    html = page(made, gate(made))
    assert "Taken for whom" in html
    assert "<h2>Habits</h2>" in html
    assert "<b>Bob" not in html


def test_a_copied_text_earns_no_voice() -> None:
    made = cases(9)
    made[0] = replace(made[0], outputs={**made[0].outputs, "twin": Output((text(9.0, "COPIED"),), 3.4)})
    row = compare(made, Instruments(FakeStyle(), FakeCopying()), resamples=200, seed=3)["variants"]["twin"]
    assert row["gap_closed"]["n"] == 8
    assert row["gap_closed"]["value"] < 1.0


def test_a_copied_text_is_taken_for_nobodys() -> None:
    made = cases(9)
    made[0] = replace(made[0], outputs={**made[0].outputs, "twin": Output((text(1.0, "COPIED"),), 3.4)})
    instruments = Instruments(FakeStyle(), FakeCopying(), who=FakeWho())
    who = compare(made, instruments, resamples=200, seed=3)["attribution"]
    assert who["systems"]["twin"]["called_author"]["n"] == 8


def test_parts_of_the_scorer_that_do_not_agree_are_said_and_shown() -> None:
    one_mind, torn = (
        compare(cases(9), Instruments(FakeStyle(form=form), FakeCopying()), resamples=200, seed=3)
        for form in (1.0, 0.2)
    )
    assert torn["heads"]["systems"]["twin"]["chars"]["value"] == pytest.approx(0.85)
    assert torn["heads"]["systems"]["twin"]["form"]["value"] == pytest.approx(0.17)
    said = [[one for one in found["sentences"] if "do not agree on twin" in one] for found in (one_mind, torn)]
    assert said == [[], ["The parts of the scorer do not agree on twin: characters 0.85, sentence form 0.17."]]
    html = page(torn, gate(torn))
    assert "Do the parts of the scorer agree?" in html
    refused = compare(cases(9), Instruments(FakeStyle(refusal="no"), FakeCopying()), resamples=200, seed=3)
    assert refused["heads"] is None
    assert "Do the parts" not in page(refused, gate(refused))
