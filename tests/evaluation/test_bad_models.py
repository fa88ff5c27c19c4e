"""Models and authors that a comparison must not be fooled by: no such twin is ever activated, and each is told why."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fake_cases import case

from twin.core.records import Brief
from twin.evaluation.compare import Case, Instruments, Output, compare
from twin.evaluation.gate import gate
from twin.evaluation.page import page
from twin.metrics.canaries import Canaries
from twin.metrics.copying import Copying
from twin.metrics.repetition import Repetition
from twin.metrics.style import Style

sys.path.append(str(Path(__file__).parents[1] / "metrics"))

from corpora import invented, invented_background

OWN = invented("plain", 40)
HELD_OUT = OWN[28:]
GERMAN = """Der alte Aufzug blieb wieder zwischen zwei Stockwerken stehen, und niemand hörte die Klingel.
Wir öffneten die Tür mit einem Löffel und sehr viel Geduld. Danach tranken alle im Treppenhaus einen Kaffee und
sprachen über das Wetter."""
FAULTS: dict[str, tuple[Callable[[Case], str], str]] = {
    "nothing": (lambda _: "", "broken"),
    "one letter for ever": (lambda _: "a" * 3000, "broken"),
    "one word for ever": (lambda _: "lift " * 300, "broken"),
    "the prompt": (lambda one: one.request, "broken"),
    "another script": (lambda _: "Лифт снова остановился между этажами, и никто не слышал звонка. " * 3, "broken"),
    "another language": (lambda _: GERMAN, "broken"),
    "emoji": (lambda _: "🎉🚀💡" * 40, "broken"),
    "an exact copy": (lambda one: OWN[int(one.id[3:])], "share"),
}


@cache
def style() -> Style:
    return Style(OWN[:28], invented_background())


def held_out(outputs: Callable[[Case], str], author: list[str] = HELD_OUT) -> list[Case]:
    """Briefs of held-out texts; the twin writes what it is told to and expects every word best."""
    made = []
    for i, text in enumerate(author):
        one = replace(case(i, {}), author_text=text, brief=Brief("lifts, doors, the stairs", ("shut again",), words=90))
        written = {
            "base": Output((invented("grand", 1, seed=i)[0],), 3.8),
            "base+exemplars": Output((invented("chatty", 1, seed=i)[0],), 3.6),
        }
        made.append(replace(one, outputs={**written, "twin": Output((outputs(one),), 3.0 + 0.01 * (i % 3))}))
    return made


def measured(cases: list[Case], *, own: list[str] = OWN[:28], scorer: Style | None = None) -> dict[str, Any]:
    known = {f"own{i}": text for i, text in enumerate(own)}
    instruments = Instruments(scorer or style(), Copying(known), Repetition(known), Canaries(known))
    return compare(cases, instruments, resamples=200, seed=3)


def new_text(one: Case) -> str:
    return invented("plain", 1, seed=100 + int(one.id[3:]))[0]


def test_a_model_that_writes_like_the_author_passes() -> None:
    found = measured(held_out(new_text))
    assert gate(found)["verdict"] == "activate", gate(found)["reason"]


@pytest.mark.parametrize("name", FAULTS)
def test_a_model_at_fault_stays_a_candidate_and_is_told_why(name: str) -> None:
    written, said = FAULTS[name]
    found = measured(held_out(written))
    verdict = gate(found)
    assert verdict["verdict"] == "candidate"
    assert said in verdict["reason"]
    assert found["variants"]["twin"]["gap_closed"]["value"] is None, "a text at fault earns no voice"
    assert page(found, verdict).startswith("<!doctype html>")


def test_held_out_texts_that_are_all_one_are_one() -> None:
    made = [replace(one, author_text=HELD_OUT[0], document="one") for one in held_out(new_text)]
    found = measured(made)
    assert found["documents"] == 1
    assert gate(found)["verdict"] == "not-enough-data"


def test_an_author_who_is_two_people_gets_a_wide_range_or_a_refusal() -> None:
    rng = random.Random(3)
    both = [one for pair in zip(invented("plain", 20), invented("chatty", 20, seed=9), strict=True) for one in pair]
    rng.shuffle(both)
    scorer = Style(both, invented_background().only("A", "C", "D"))
    found = measured(held_out(new_text, both[28:]), own=both[:28], scorer=scorer)
    assert scorer.refusal or 0.0 < (found["variants"]["twin"]["gap_closed"]["value"] or 0.0) < 1.5
    assert gate(found)["verdict"] in ("activate", "candidate")


@pytest.mark.parametrize("text", ["🎉🚀💡 🎊", "def f(x):\n    return [y for y in x if y]\n\nprint(f([1, 0, 2]))"])
def test_an_author_of_emoji_or_of_code_has_no_voice_to_score(text: str) -> None:
    own = [f"{text} {'🎉' * (i % 5)}" for i in range(40)]
    scorer = Style(own, invented_background())
    assert scorer.refusal
    found = measured(held_out(lambda _: text, own[28:]), own=own[:28], scorer=scorer)
    assert found["variants"]["twin"]["gap_closed"]["value"] is None
    assert gate(found)["verdict"] in ("candidate", "not-enough-data")
    page(found, gate(found))
