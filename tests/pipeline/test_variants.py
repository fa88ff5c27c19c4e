"""Several drafts of one request: each to a prompt of its own that leads with other facts, kept with what it planned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from twin.core.records import Completion, Request
from twin.core.settings import WriteSettings
from twin.models.fake import FakeModel
from twin.models.remembered import Remembered
from twin.pipeline import Twin

BRIEF = "Why we cleaned the tracks of the lift"
NOTES = {
    "2024-05-06-sensors.md": "We cleaned the tracks before buying 24 sensors in Leeds. Nobody had asked.",
    "2024-05-07-ropes.md": "Toby measured 44 ropes of the lift in Halifax. The tracks were dry.",
    "2024-05-08-brushes.md": "Mabel bought 9 brushes for the tracks of the lift at 30 pounds. It rained.",
}


class FakeWatched(FakeModel):
    """Says the fact that its brief leads with and no more, and remembers what it was asked."""

    digest = "fake-watched"

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def generate(self, requests: Sequence[Request], **how: Any) -> list[Completion]:
        self.asked += requests
        said = ["" if request.begin else f"{facts_in(request)[0]}." for request in requests]
        return [Completion(one, 1, 9, 0.0, "stop") for one in said]


def facts_in(asked: Request) -> list[str]:
    return [line[2:] for line in asked.prompt[-1].content.splitlines() if line.startswith("- ")]


@pytest.fixture
def model(twin: Twin, tmp_path: Path) -> FakeWatched:
    for name, text in NOTES.items():
        (tmp_path / name).write_text(f"{text}\n")
        twin.add(str(tmp_path / name))
    twin.collect()
    model = FakeWatched()
    twin.__dict__["model"] = Remembered(model, twin.store)
    return model


def three(twin: Twin, **chosen: Any) -> list[dict[str, Any]]:
    given: dict[str, Any] = {"candidates": 3, "words": 20, "variants": 3, **chosen}
    twin.settings = twin.settings.model_copy(update={"write": WriteSettings(**given)})
    drafts: list[dict[str, Any]] = twin.write(BRIEF)["drafts"]
    return drafts


def test_three_drafts_lead_with_the_facts_of_three_texts_each_in_its_prompt(twin: Twin, model: FakeWatched) -> None:
    drafts = three(twin)
    leads = []
    for draft in drafts:
        titles = {one["id"]: one["title"] for one in draft["sources"]}
        planned = draft["angle"]["claims"]
        leads.append(titles[planned[0]["source"]])
        told = [line[2:] for line in draft["prompt"][-1]["content"].splitlines() if line.startswith("- ")]
        assert [one["fact"] for one in planned] == told
        assert planned[0]["leads"] and all(one["fact"] in titles[one["source"]] for one in planned)
        assert planned[0]["made"] and draft["text"].startswith(planned[0]["fact"])
        assert {one["id"]: one["offered"] for one in draft["sources"]}[planned[0]["source"]]
    assert sorted(leads) == sorted(NOTES.values())
    heads = {draft["prompt"][-1]["content"].partition("\nFacts:")[0] for draft in drafts}
    assert len(heads) == 1, "all but facts and notes is the same"


def test_each_says_the_temperature_that_it_was_drawn_at(twin: Twin, model: FakeWatched) -> None:
    drafts = three(twin, temperature=0.5, temperature_spread=0.2)
    assert sorted(one["made_with"]["sampling"]["temperature"] for one in drafts) == [0.4, 0.5, 0.6]
    first = {request.prompt[-1].content: request.temperature for request in reversed(model.asked)}
    for draft in drafts:
        assert draft["made_with"]["sampling"]["temperature"] == first[draft["prompt"][-1]["content"]]
    again = three(twin, temperature=0.5, temperature_spread=0.0, seed=99)
    assert {one["made_with"]["sampling"]["temperature"] for one in again} == {0.5}


def test_one_draft_is_asked_for_as_before(twin: Twin, model: FakeWatched) -> None:
    [draft] = three(twin, variants=1)
    assert draft["angle"]["hook"] is None and draft["made_with"]["sampling"]["temperature"] == 0.5
    assert tuple(one["fact"] for one in draft["angle"]["claims"]) == tuple(twin.write(BRIEF)["brief"]["facts"])


def test_where_one_text_tells_everything_there_is_one_prompt(twin: Twin, tmp_path: Path) -> None:
    (tmp_path / "only.md").write_text(NOTES["2024-05-06-sensors.md"])
    twin.add(str(tmp_path / "only.md"))
    twin.collect()
    drafts = three(twin, candidates=8)
    assert len(drafts) > 1
    assert len({str(draft["prompt"]) for draft in drafts}) == 1
    assert {draft["angle"]["hook"] for draft in drafts} == {None}


def test_what_becomes_of_a_draft_keeps_its_angle_and_says_what_it_still_tells(twin: Twin, model: FakeWatched) -> None:
    draft = three(twin)[-1]
    stored = twin.store.draft(draft["id"])[0]["made"]
    lead = draft["angle"]["claims"][0]
    assert stored["brief"]["facts"][0] == lead["fact"]
    cut = twin.revise(draft["id"], "It rained.")["draft"]["angle"]["claims"]
    assert cut == [{**one, "made": False} for one in draft["angle"]["claims"]]
    back = twin.revise(draft["id"], f"It rained. {lead['fact']}.")["draft"]
    assert back["angle"]["claims"][0] == lead
    turned = twin.repurpose(back["id"], "x-post")["draft"]
    assert turned["angle"]["claims"][0] == lead and turned["prompt"] == draft["prompt"]


def test_a_server_that_cannot_go_on_is_asked_for_whole_texts_of_each_angle(twin: Twin, model: FakeWatched) -> None:
    model.continues = False
    twin.__dict__["model"] = Remembered(model, twin.store)
    drafts = three(twin, candidates=6)
    assert len({draft["angle"]["claims"][0]["fact"] for draft in drafts}) == 3
    assert len(model.asked) == 6


def test_of_drafts_that_were_asked_for_different_things_none_is_preferred(twin: Twin, model: FakeWatched) -> None:
    taken, *_ = three(twin, learn=True)
    assert twin.choose(taken["id"])["pairs"] == []
    assert len(twin.choose(taken["id"], edited=f"{taken['text']} It rained.")["pairs"]) == 1


def test_the_notes_are_first_of_the_text_that_leads(
    twin: Twin, model: FakeWatched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twin, "_exemplars", lambda *_: [])
    for draft in three(twin):
        note = next(line[2:] for line in draft["prompt"][-1]["content"].splitlines() if line.startswith("* "))
        assert draft["angle"]["claims"][0]["fact"] in note
