"""A training is planned by trying it; with too few texts it is said what helps and what there is without."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from test_adapters import put

from twin.app import show
from twin.core.errors import ModelFailed, NotEnoughData
from twin.core.records import Completion, Request
from twin.core.settings import TrainSettings
from twin.evaluation.heldout import DRAWN_AGAIN
from twin.models.fake import FakeModel
from twin.pipeline import Twin, planning
from twin.training.ahead import Quick

WORDS = "tea rain oak moss fern dew elm sea ash bay lift door rope brake cable guide sheave motor panel shaft".split()


def posts(folder: Path, n: int) -> Path:
    folder.mkdir()
    for i, word in enumerate(WORDS[:n]):
        said = f"The {word} came first, and nobody asked why number {i} was late. I asked the {word} again. It said no."
        (folder / f"2024-01-{i + 1:02}-{word}.md").write_text(f"# {word}\n\n{said}\n", "utf-8")
    return folder


def test_too_few_texts_are_told_with_what_helps_and_what_there_is_without(twin: Twin, tmp_path: Path) -> None:
    twin.add(str(posts(tmp_path / "posts", 3)))
    twin.collect()
    with pytest.raises(NotEnoughData, match="least") as caught:
        twin.plan_training()
    assert "twin add" in caught.value.hint
    assert caught.value.hint.endswith("twin write")


def test_a_plan_says_what_is_used_and_why_and_which_bases_fit(
    twin: Twin, tmp_path: Path, tiny_checkpoint: Callable[[str], Path]
) -> None:
    twin.add(str(posts(tmp_path / "posts", 20)))
    twin.collect()
    chosen: Any = TrainSettings(base=str(tiny_checkpoint("llama")), max_tokens=512, epochs=4)
    dataset = twin.settings.dataset.model_copy(update={"least_texts": 4})
    twin.settings = twin.settings.model_copy(update={"train": chosen, "dataset": dataset})
    found = twin.plan_training()
    assert found["recipe"] == {"learning_rate": 2e-3, "epochs": 4, "rank": 16, "alpha": 32}
    assert "epochs" not in found["why"], "that was set"
    shown = show.planned(found)
    assert "learning rate 0.002 (for a base of" in shown
    assert "epochs 4, rank 16" in shown
    assert "GB and" in shown.partition("smollm2-135m-instruct")[2], "what a base known by name would take"
    assert twin.by_size().keys() == {"train.learning_rate", "train.rank", "train.alpha"}
    twin.settings = twin.settings.model_copy(update={"train": chosen.model_copy(update={"epochs": 0})})
    assert twin.by_size()["train.epochs"] == (3, f"for {found['examples']} examples")


@pytest.fixture
def planned(twin: Twin, tmp_path: Path, tiny_checkpoint: Callable[[str], Path]) -> Callable[..., Any]:
    """Settings of training in, the plan of a twin of twenty texts out; it learns from twelve and holds six out."""
    twin.add(str(posts(tmp_path / "posts", 20)))
    twin.collect()
    dataset = twin.settings.dataset.model_copy(update={"least_texts": 4})

    def plan(**chosen: Any) -> Any:
        train = TrainSettings(base=str(tiny_checkpoint("llama")), max_tokens=512, epochs=4, **chosen)
        twin.settings = twin.settings.model_copy(update={"train": train, "dataset": dataset})
        return twin.plan_training()

    return plan


def test_a_plan_reckons_with_the_texts_and_losses_that_the_gate_then_asks_for(
    twin: Twin, planned: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = planned()
    texts: list[Request] = []
    losses: list[str] = []

    def generate(requests: Sequence[Request], adapter: Path | None) -> list[Completion]:
        texts.extend(one for one in requests if one.seed < DRAWN_AGAIN)
        return FakeModel().generate(requests)

    def loss(prompts: Any, said: Sequence[str], *_: Any, **how: Any) -> list[float]:
        losses.extend(said)
        return [1.0] * len(said)

    monkeypatch.setattr(twin, "_generate", generate)
    monkeypatch.setattr(twin, "_loss", loss)
    twin.measure(put(twin, "a1"), twin.settings.evaluate.gate_briefs, short=True)
    said = {one["name"]: one["what"] for one in found["stages"]}
    bare = len(twin.store.documents("train", side="train"))
    assert said["bare model"] == f"{bare} texts of the bare model, to know it by"
    assert said["gate"] == f"the gate, {len(texts) - bare} texts and {len(losses)} losses"
    assert len(losses) == 18


def test_a_plan_says_what_each_part_takes_and_their_sum(
    twin: Twin, planned: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = {
        "steps": 12,
        "tokens_per_second": 20.0,
        "seconds": 600,
        "mean_tokens": 200,
        "examples": 12,
        "recomputed": False,
    }
    fits = {"parameters": 10**8, "fits_parameters": 10**9, "fits_parameters_4bit": 10**9, "memory_bytes": 1}
    bases = [{"name": "larger", "parameters": 2 * 10**8, "seconds": 1, "memory_bytes": 2, "fits": True}]
    tried = {**steps, **fits, "memory_free_bytes": 100, "bases": bases}
    monkeypatch.setattr("twin.training.preflight.preflight", lambda *_, **__: dict(tried))
    monkeypatch.setattr(planning, "LEAST_TO_CHOOSE_BY", 2)
    monkeypatch.setattr("twin.training.ahead.writing", lambda *_: Quick(10.0, 1e9, 1e9))
    monkeypatch.setattr("twin.training.ahead.losing", lambda *_, **__: Quick(100.0, 1e9, 1e9))
    monkeypatch.setattr(twin, "fit_style", lambda *_, **__: None)
    found = planned()
    took = {one["name"]: one["seconds"] for one in found["stages"]}
    assert took == {"steps": 600, "bare model": 10, "voices": 40, "gate": 320}, "each beginning is counted"
    assert found["seconds"] == 970
    shown = show.planned(found)
    assert "12 steps, 20 tokens/s: 10 min\n" in shown
    assert "4 passes heard, 16 texts: 40 s\n" in shown
    assert "in all 16 min to the verdict; where it is passed, at most" in shown
    assert "larger fits: about 0.0 GB and 32 min" in shown
    assert found["refit_seconds"] > 0
    assert "voices" not in {one["name"] for one in planned(keep="best")["stages"]}
    assert planned(refit=False)["refit_seconds"] == 0
    assert "learn from everything" not in show.planned(planned(refit=False))


def test_stages_beside_the_examples_are_reckoned_with(planned: Callable[..., Any]) -> None:
    found = planned(method="sft+dpo", pretrain_epochs=2)
    said = {one["name"]: one["what"] for one in found["stages"]}
    assert said["bare texts"] == "no bare texts: too few"
    assert said["preferences"] == "40 steps of preferences, reckoned and not tried"


def test_a_plan_without_a_held_out_text_has_no_gate(
    twin: Twin, planned: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    every = twin.store.documents

    def documents(*use: Any, side: str | None = None, **how: Any) -> Any:
        return [] if side == "test" else every(*use, side=side, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(twin.store, "documents", documents)
    assert [one["name"] for one in planned()["stages"]] == ["steps"]


def test_where_nothing_writes_a_plan_says_what_it_does_not_count(
    twin: Twin, planned: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: Any, **__: Any) -> Any:
        raise ModelFailed("nobody answers at 127.0.0.1", "start it")

    monkeypatch.setattr(FakeModel, "generate", gone)
    found = planned()
    assert [one["name"] for one in found["stages"]] == ["steps"]
    assert "the gate, is not known: nobody answers at 127.0.0.1" in show.planned(found)
    assert twin.store.datasets()
