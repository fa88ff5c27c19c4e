"""The comparison: the scale from others to the author, failed texts, paired differences, and what it says of itself."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fake_cases import FakeCopying, FakeStyle, case, cases, report, text

from twin.core.errors import BadRequest
from twin.evaluation.compare import Case, Instruments, Output, compare
from twin.metrics.style import OutOfFold


def test_others_are_nought_and_the_author_is_one() -> None:
    variants = report()["variants"]
    assert variants["others"]["gap_closed"]["value"] == pytest.approx(0.0)
    assert variants["author"]["gap_closed"]["value"] == pytest.approx(1.0)
    assert variants["twin"]["gap_closed"]["value"] == pytest.approx(0.85)
    assert variants["base"]["gap_closed"]["value"] == pytest.approx(0.0)


def test_every_variant_has_every_metric_with_an_interval() -> None:
    found = report()
    for name in found["systems"]:
        metrics = found["variants"][name]
        taken = {"gap_closed", "loss", "coverage", "unsupported", "longest_run_words", "degenerate", "again"}
        assert set(metrics) == taken
        for row in metrics.values():
            assert row["low"] <= row["value"] <= row["high"]
            assert row["n"] == 12
    assert set(found["metrics"]) >= {"claims", "copying", "coverage", "degenerate", "style"}
    assert all(found["metrics"].values())


def test_differences_are_paired_over_briefs() -> None:
    row = report()["differences"]["twin - base"]["gap_closed"]
    assert row["value"] == pytest.approx(0.85)
    assert row["low"] == row["high"] == pytest.approx(0.85), "the same wave in both systems cancels"
    assert row["wins"] == row["n"] == 12


def test_two_texts_of_one_brief_are_one_unit() -> None:
    made = [replace(one, outputs={**one.outputs, "twin": Output((text(1.0), text(2.0)), 3.4)}) for one in cases(9)]
    found = report(made)
    assert found["variants"]["twin"]["gap_closed"]["n"] == 9
    assert found["variants"]["twin"]["gap_closed"]["value"] == pytest.approx(0.75)
    assert found["variants"]["twin"]["degenerate"]["n"] == 18


def test_a_broken_text_is_counted_and_not_averaged() -> None:
    made = cases(10)
    made[0] = replace(made[0], outputs={**made[0].outputs, "twin": Output(("no " * 200 + "#9.0",), 3.4)})
    found = report(made)
    assert found["variants"]["twin"]["degenerate"]["value"] == pytest.approx(0.1)
    assert found["variants"]["twin"]["gap_closed"]["n"] == 9
    assert any("1 of 10 texts are broken" in sentence for sentence in found["sentences"])


def test_a_refused_scorer_leaves_no_style_number_and_says_why() -> None:
    found = report(style=FakeStyle(refusal="AUC 0.71, 0.85 is needed", auc=0.71))
    assert not found["style"]["valid"]
    assert all(found["variants"][name]["gap_closed"]["value"] is None for name in found["variants"])
    assert found["variants"]["twin"]["loss"]["value"] is not None
    assert "Voice was not scored: AUC 0.71, 0.85 is needed." in found["sentences"]


def test_an_author_who_scores_like_the_others_has_no_gap() -> None:
    made = [replace(one, own=OutOfFold(0.1, 0)) for one in cases()]
    assert "no gap to close" in report(made)["style"]["why"]


def test_what_judged_the_real_text_judges_what_was_written_for_its_brief() -> None:
    style, made = FakeStyle(), cases(2)
    report([replace(made[0], own=OutOfFold(2.0, 4)), replace(made[1], own=None)], style=style)
    assert set(style.asked) == {4, None}, "where the real text has no score, all folds"


def test_a_twin_beyond_the_author_is_asked_whether_it_is_a_caricature() -> None:
    found = report(cases(twin=2.6))
    assert found["caricature"] == ["twin"]
    assert any(sentence.startswith("Caricature? twin") for sentence in found["sentences"])
    assert not report()["caricature"]


def test_it_says_how_little_it_knows() -> None:
    few, many = report(cases(9))["sentences"], report(cases(24))["sentences"]
    assert few[0] == "Only 9 held-out texts: indicative; a claim needs 20."
    assert many[0].startswith("Measured on 24")
    for sentences in (few, many):
        assert sentences[-1].startswith("Not measured: whether it is true")
        assert any("AUC 0.97; it misses 20% of your real texts" in sentence for sentence in sentences)


def test_rows_hold_every_brief_and_text() -> None:
    made = cases(9)
    rows = report(made)["rows"]
    assert [row["id"] for row in rows] == [one.id for one in made]
    assert all(
        row["systems"]["twin"]["texts"][0]["text"] == one.outputs["twin"].texts[0]
        for row, one in zip(rows, made, strict=True)
    )
    assert rows[0]["author"]["claims"]


def test_the_same_cases_give_the_same_report_as_plain_json() -> None:
    assert json.dumps(report(), allow_nan=False) == json.dumps(report(), allow_nan=False)


@pytest.mark.parametrize("written", ["", "a" * 5000, "🎉🎉🚀", "Это совсем другой язык. " * 20, "\x00"])
def test_whatever_a_model_writes_the_report_stands(written: str) -> None:
    made = [case(i, {"base": (written, None), "twin": (written, None)}) for i in range(3)]
    found = report(made)
    json.dumps(found, allow_nan=False)
    assert found["variants"]["twin"]["degenerate"]["value"] == 1.0
    assert found["variants"]["twin"]["gap_closed"]["value"] is None


def test_a_system_without_an_output_for_a_brief_is_left_out_there() -> None:
    made = cases(9)
    made[3] = replace(made[3], outputs={name: made[3].outputs[name] for name in ("base", "base+exemplars")})
    found = report(made)
    assert found["variants"]["twin"]["loss"]["n"] == 8
    assert found["differences"]["twin - base"]["loss"]["n"] == 8


def test_baselines_alone_can_be_compared() -> None:
    made = [replace(one, outputs={"base": one.outputs["base"]}) for one in cases(4)]
    found = report(made)
    assert found["systems"] == ["base"]
    assert found["differences"] == {}


def test_no_case_is_refused() -> None:
    none: list[Case] = []
    with pytest.raises(BadRequest, match="no held-out brief"):
        compare(none, Instruments(None, FakeCopying()), resamples=10, seed=1)
