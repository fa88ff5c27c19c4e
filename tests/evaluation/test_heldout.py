"""The held-out side: every system writes to the same briefs, and what is broken is drawn a second time, once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from fake_cases import POST, FakeCopying, FakeStyle
from test_curve import bench, document

from twin.core.records import Completion, Request
from twin.evaluation.compare import compare
from twin.evaluation.faults import sentences_on_faults
from twin.evaluation.heldout import DRAWN_AGAIN, cases_of
from twin.evaluation.instruments import Instruments
from twin.evaluation.protocol import FULL

BROKEN = "lift " * 300


def test_a_broken_text_is_drawn_a_second_time_and_no_other_one_is() -> None:
    asked: list[list[Request]] = []

    def generate(requests: Any, adapter: Path | None) -> list[Completion]:
        asked.append(list(requests))
        made = []
        for one in requests:
            bad = not adapter or one.seed == 7  # the base is broken whatever it draws, the twin in its first text
            made.append(Completion(BROKEN if bad else f"{POST} #1.00", 9, 9, 0.1, "stop"))
        return made

    documents = [document(i) for i in range(12)]
    run = replace(bench(), systems=("base", "twin"), generate=generate)
    cases = cases_of([(one, FULL) for one in documents[9:]], documents[:9], bench=run, scores={})
    for one in cases:
        assert one.outputs["twin"].again == (True, False)
        assert one.outputs["base"].again == (True, True)
        assert all(POST in text for text in one.outputs["twin"].texts)
        assert not any(POST in text for text in one.outputs["base"].texts)
    twin_first, twin_second = asked[2:]
    assert [one.seed for one in twin_second] == [one.seed + DRAWN_AGAIN for one in twin_first if one.seed == 7]
    found = compare(cases, Instruments(FakeStyle(), FakeCopying()), resamples=100, seed=3)
    assert (found["variants"]["twin"]["degenerate"]["value"], found["variants"]["twin"]["again"]["value"]) == (0, 0.5)
    assert found["variants"]["base"]["degenerate"]["value"] == 1
    assert "twin: 3 of 6 texts were broken at first and are the second draw." in sentences_on_faults(found)


def test_links_stand_in_no_brief_no_exemplar_and_no_text_that_loss_is_taken_on() -> None:
    seen: list[object] = []

    def generate(requests: Any, adapter: Path | None) -> list[Completion]:
        seen.extend(message.content for one in requests for message in one.prompt)
        return [Completion(POST, 9, 9, 0.1, "stop") for _ in requests]

    def loss(prompts: Any, texts: Any, adapter: Path | None) -> list[float]:
        seen.extend(texts)
        return [1.0 for _ in texts]

    link = "[It has 41](https://ada.example/2012/lift) doors."
    documents = [replace(one, text=f"{one.text}\n\n{link}") for one in map(document, range(12))]
    run = replace(bench(), systems=("base+exemplars",), generate=generate, loss=loss)
    cases = cases_of([(one, FULL) for one in documents[9:]], documents[:9], bench=run, scores={})
    assert "ada.example" not in f"{seen}{[one.author_text for one in cases]}"
    assert "It has 41 doors." in f"{seen}"
