"""A training is planned by trying it; with too few texts it is said what helps and what there is without."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from twin.app import show
from twin.core.errors import NotEnoughData
from twin.core.settings import TrainSettings
from twin.pipeline import Twin

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
