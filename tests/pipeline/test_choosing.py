"""Choices and edits as a training reads them: with consent, of no held-out text, gone when they were deleted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from test_planning import posts

from twin.app import show
from twin.core.protocols import silent
from twin.core.records import Adapter, Side
from twin.core.settings import TrainSettings, WriteSettings
from twin.models.fake import FakeModel
from twin.models.remembered import Remembered
from twin.models.weights import Base, find_base
from twin.pipeline import Twin
from twin.training.choices import EDITED, NO_CONSENT, NONE, Choices
from twin.training.methods import PLAIN, Methods
from twin.training.pairs import LEARNED

CHOOSES = Methods(method="sft+choices")
BRIEF = "What the {} said when I asked again"
MINE = "I asked the door again and it said no, as doors do when nobody has oiled them for a week or two."


@pytest.fixture
def base(tiny_checkpoint: Callable[[str], Path], tmp_path: Path) -> Base:
    return find_base(str(tiny_checkpoint("llama")), cache=tmp_path)


@pytest.fixture
def choosing(twin: Twin, tmp_path: Path, base: Base, monkeypatch: pytest.MonkeyPatch) -> Twin:
    """A twin of twenty texts with sides, which writes with the base that it trains and imitates nothing."""
    monkeypatch.setattr(Twin, "_exemplars", lambda *_: [])
    twin.add(str(posts(tmp_path / "posts", 20)))
    twin.collect()
    set_to(twin, base)
    twin.dataset()
    model = FakeModel()
    model.digest = base.digest
    twin.__dict__["model"] = Remembered(model, twin.store)
    return twin


def set_to(twin: Twin, base: Base, *, learn: bool = True, method: Any = "sft+choices", **writing: Any) -> None:
    train = TrainSettings(base=str(base.folder), max_tokens=2048, epochs=1, method=method)
    write: Any = {"candidates": 2, "words": 40, "passages": 1, "learn": learn, **writing}
    dataset = twin.settings.dataset.model_copy(update={"least_texts": 4})
    changed = {"train": train, "write": WriteSettings(**write), "dataset": dataset}
    twin.settings = twin.settings.model_copy(update=changed)


def stands_on(twin: Twin, side: Side, *, newest: bool = False) -> str:
    """A stored draft whose one passage is of a text on this side."""
    for doc in twin.store.documents("train", side=side)[:: -1 if newest else 1]:
        draft = twin.write(BRIEF.format(doc.title))["drafts"][0]
        if [one["document"] for one in draft["sources"]] == [doc.id]:
            return str(draft["id"])
    raise AssertionError(f"no draft stands on a text of {side} alone")


def read(twin: Twin, base: Base, *learned: Side) -> Choices:
    return twin._choices(CHOOSES, base, held_out=twin._unseen(learned))


def test_an_edit_of_a_draft_on_a_learned_text_is_a_pair_until_it_is_deleted(choosing: Twin, base: Base) -> None:
    draft = stands_on(choosing, "train")
    choosing.choose(draft, edited=MINE)
    found = read(choosing, base, "train")
    assert [(one.chosen, one.source) for one in found.pairs] == [(MINE, EDITED)]
    detail, documents = choosing.store.draft(draft)
    assert [message.content for message in found.pairs[0].prompt] == [
        one["content"] for one in detail["made"]["prompt"]
    ]
    assert list(found.pairs[0].documents) == documents
    assert choosing._choices(PLAIN, base, held_out=[]) == NONE
    choosing.forget_preferences(["all"])
    assert read(choosing, base, "train") == NONE


@pytest.mark.parametrize("side", ["tune", "test"])
def test_a_draft_on_a_text_that_measures_is_learned_by_the_refit_alone(choosing: Twin, base: Base, side: Side) -> None:
    choosing.choose(stands_on(choosing, side), edited=MINE)
    assert read(choosing, base, "train") == Choices((), {"of a text that is held out": 1})
    assert len(read(choosing, base, "train", "tune", "test").pairs) == 1


def test_a_published_edit_that_is_held_out_leaks_through_no_draft(choosing: Twin, base: Base) -> None:
    held = choosing.store.documents("train", side="test")[0]
    choosing.choose(stands_on(choosing, "train"), edited=held.text.partition("\n\n")[2])
    assert read(choosing, base, "train").left_out == {"with words of a text that is held out": 1}


def test_without_consent_what_was_kept_is_not_learned(choosing: Twin, base: Base) -> None:
    choosing.choose(stands_on(choosing, "train"), edited=MINE)
    set_to(choosing, base, learn=False)
    assert read(choosing, base, "train") == Choices((), {NO_CONSENT: 1})


def test_what_a_server_wrote_is_not_learned(choosing: Twin, base: Base) -> None:
    other = FakeModel()
    other.digest = "somebody-elses"
    choosing.__dict__["model"] = Remembered(other, choosing.store)
    choosing.choose(stands_on(choosing, "train"), edited=MINE)
    assert read(choosing, base, "train").left_out == {"written by another model": 1}


def test_what_a_refit_wrote_is_learned_by_a_refit_alone(choosing: Twin, base: Base) -> None:
    held = choosing.store.documents("train", side="test")[0]
    adapter = Adapter("refit", "d", "tiny", "lora", "candidate", choosing.home, {}, {}, refit_of="gated")
    choosing.store.add_adapter(adapter, [held.id])
    draft = stands_on(choosing, "train")
    detail, documents = choosing.store.draft(draft)
    detail["made_with"] = {**detail["made_with"], "adapter": "refit"}
    rest = {name: value for name, value in detail.items() if name not in ("id", "request", "text")}
    choosing.store.add_draft(draft, detail["request"], detail["text"], rest, documents)
    choosing.choose(draft, edited=MINE)
    assert read(choosing, base, "train").left_out == {"written by an adapter that learned what is held out": 1}
    assert len(read(choosing, base, "train", "tune", "test").pairs) == 1


def test_what_the_author_drops_is_not_learned(choosing: Twin, base: Base) -> None:
    choosing.choose(stands_on(choosing, "train"), edited=f"{MINE} Ask @door.")
    assert len(read(choosing, base, "train").pairs) == 1
    choosing.store.private["handle"] = "drop"
    assert read(choosing, base, "train").left_out == {"holds private things that you chose to drop (handle)": 1}


def test_a_plan_counts_the_pairs_of_each_kind(choosing: Twin, base: Base) -> None:
    choosing.choose(stands_on(choosing, "train"), edited=MINE)
    found = choosing.plan_training()
    assert found["pairs"] == {EDITED: 1}
    assert "1 pair to prefer by: 1 with your edit over the draft. That is too few, 8 are needed" in show.planned(found)
    set_to(choosing, base, method="sft+dpo+choices")
    found = choosing.plan_training()
    assert found["pairs"][EDITED] == 1 and found["pairs"][LEARNED] > 7
    assert "at most" in show.planned(found)
    set_to(choosing, base, method="sft")
    assert choosing.plan_training()["pairs"] == {}


def test_what_is_kept_is_told_with_a_dataset_and_is_no_part_of_its_version(choosing: Twin) -> None:
    before = choosing.dataset()
    choosing.choose(stands_on(choosing, "train"), edited=MINE)
    after = choosing.dataset()
    assert (before["preference"], after["preference"]) == (0, 1)
    assert before["version"] == after["version"]
    assert "1 pair of what you chose" in show.dataset(after) and "pairs" not in show.dataset(before)
    card = (Path(after["path"]) / "data-card.md").read_text("utf-8")
    assert "what the author chose and edited of drafts: not here" in card


def test_a_draft_and_its_pairs_go_with_the_text_that_its_prompt_shows(
    choosing: Twin, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, near = choosing.store.documents("train", side="test")[0], choosing.store.documents("train", side="train")[0]
    monkeypatch.setattr(choosing, "_exemplars", lambda *_: [held])
    draft = choosing.write(BRIEF.format(near.title))["drafts"][0]
    assert held.id not in [one["document"] for one in draft["sources"]]
    choosing.choose(draft["id"], edited=MINE)
    assert read(choosing, base, "train").left_out == {"of a text that is held out": 1}
    choosing.forget(held.id)
    assert choosing.preferences() == [] and choosing.store.drafts() == []


# -- what is trained -----------------------------------------------------------------------------------------------


@pytest.fixture
def trained(choosing: Twin, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What every training is asked, which makes nothing; its card says that it preferred by what it was given."""
    asked: list[dict[str, Any]] = []

    def train_adapter(learned: Any, tuned: Any, **how: Any) -> tuple[Adapter, dict[str, Any]]:
        asked.append({"learned": {one.document for one in learned}, **how})
        name = f"a{len(asked)}"
        path = how["folder"] / name
        path.mkdir(parents=True)
        stood_on = [document for one in how["choices"].pairs for document in one.documents]
        card = {"steps": 1, "tokens_per_second": 1.0, "seconds": 1.0, "preferred": {}, "choices_from": stood_on}
        (path / "adapter.json").write_text(json.dumps(card), "utf-8")
        refit_of = how.get("refit_of", "")
        made = {**asdict(how["recipe"]), **how["methods"].said(len(learned))}
        return Adapter(name, how["dataset"], "tiny", "lora", "candidate", path, {}, made, refit_of=refit_of), card

    monkeypatch.setattr("twin.training.train.train_adapter", train_adapter)
    monkeypatch.setattr(choosing, "_gate", lambda _: {"verdict": "activate", "reason": "Better."})
    return asked


def test_the_measured_adapter_knows_nothing_of_what_measures_and_its_refit_all(
    choosing: Twin, trained: list[dict[str, Any]]
) -> None:
    drafts = {side: stands_on(choosing, side) for side in ("train", "test")}  # type: ignore[arg-type]
    for i, draft in enumerate(drafts.values()):
        choosing.choose(draft, edited=f"{MINE} {i}")
    choosing.train()
    gated, refit = trained
    assert [len(one["choices"].pairs) for one in (gated, refit)] == [1, 2]
    [held] = choosing.store.draft(drafts["test"])[1]
    assert choosing.store.taint([held]) == ["a2"], "a text that is forgotten marks who learned from a draft on it"


def test_a_refit_does_not_prefer_where_nothing_was_measured(
    choosing: Twin, trained: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.training.train.preferred", lambda folder: False)
    choosing.train()
    assert [one["methods"].method for one in trained] == ["sft+choices", "sft"]


def test_a_curve_is_of_the_stages_that_the_twin_was_trained_in(
    choosing: Twin, trained: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each share of the texts with all that is done beside the examples, and with the drafts on its own texts only."""
    for i, newest in enumerate((False, True)):
        choosing.choose(stands_on(choosing, "train", newest=newest), edited=f"{MINE} {i}")
    choosing.train()
    stands = {one.documents[0] for one in trained[0]["choices"].pairs}
    gated = choosing.store.adapter("a1")
    train = choosing.settings.train.model_copy(update={"method": "sft", "epochs": 7})
    choosing.settings = choosing.settings.model_copy(update={"train": train})
    del trained[:]
    choosing.trained_on_shares(gated, generate=silent)  # type: ignore[arg-type]
    assert [one["methods"].method for one in trained] == ["sft+choices", "sft+choices"]
    assert all(one["generate"] is silent for one in trained)
    assert [len(one["choices"].pairs) for one in trained] == [len(stands & one["learned"]) for one in trained] == [1, 1]
