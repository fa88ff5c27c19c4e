"""Which pass is kept: the voice nearest to the author's decides, the lowest loss where nothing can tell a voice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from test_sft import RECIPE, TRAIN, TUNE

from twin.core.errors import BadRequest
from twin.core.protocols import silent
from twin.models.weights import Base, find_base
from twin.training.passes import ALIKE, PASSES, WEIGHTS, keep_by_voice, nearest, number_of
from twin.training.sft import FITTED, fit

BY_VOICE = replace(RECIPE, keep="voice")


@pytest.mark.parametrize(
    ("voices", "losses", "best"),
    [
        ([0.4, 0.7, 0.9], [2.0, 2.1, 2.2], 3),
        ([0.9, 1.2, 1.4], [2.0, 2.1, 2.2], 1),
        ([0.67, 0.953, 1.016], [2.0, 2.1, 2.2], 2),  # a hair nearer, and more learned by heart
        ([0.67, 0.94, 1.001], [2.0, 2.1, 2.2], 3),
        ([0.8, 1.2, 1.2], [2.0, 2.1, 2.2], 1),
        ([0.4, 0.7, 0.9], [2.0, 2.1, 3.0], 2),  # the third knows less than the base
        ([0.4, None, None], [2.0, 2.1, 2.2], 1),
        ([None, None, None], [2.0, 2.1, 2.2], 0),
        ([0.4, 0.7, 0.9], [3.1, 3.2, 3.3], 0),
    ],
)
def test_the_voice_nearest_to_the_authors_is_kept(voices: list[float | None], losses: list[float], best: int) -> None:
    assert nearest(voices, losses, 3.0) == best


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(1, 5)), min_size=1, max_size=6))
def test_no_pass_that_is_nearer_and_learned_is_left(passes: list[tuple[float, float]]) -> None:
    voices, losses = [one for one, _ in passes], [loss for _, loss in passes]
    best = nearest(voices, losses, 3.0)
    learned = [abs(1 - voice) for voice, loss in passes if loss < 3.0]
    assert (best == 0) == (not learned)
    if best:
        apart = [abs(1 - voice) if loss < 3.0 else 9.0 for voice, loss in passes]
        assert losses[best - 1] < 3.0 and apart[best - 1] <= min(learned) + ALIKE
        assert all(one > min(learned) + ALIKE for one in apart[: best - 1])


@pytest.fixture
def fresh(tiny: Path, tmp_path: Path) -> tuple[Path, dict[str, Any], list[dict[str, Any]]]:
    """An adapter with its passes, its figures, and the weights of each pass."""
    folder = tmp_path / "adapter"
    fitted = fit(tiny, TRAIN, TUNE, recipe=BY_VOICE, folder=folder, progress=silent)
    made = sorted((folder / PASSES).glob("*"), key=number_of)
    assert [one.name for one in made] == ["adapter-1", "adapter-2", "adapter-3"]
    return folder, asdict(fitted), [load_file(one / WEIGHTS) for one in made]


@pytest.fixture
def base(tiny: Path, tmp_path: Path) -> Base:
    return find_base(str(tiny), cache=tmp_path)


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(one[name].equal(other[name]) for name in one)


def kept(folder: Path, figures: dict[str, Any], base: Base, voices: Any) -> dict[str, Any]:
    return keep_by_voice(folder, folder / FITTED, figures, base=base, voices=voices)


def test_the_folder_ends_with_the_weights_and_the_loss_of_that_pass_alone(
    fresh: tuple[Path, dict[str, Any], list[dict[str, Any]]], base: Base
) -> None:
    folder, figures, passes = fresh
    asked: list[Path] = []

    def voices(made: Sequence[Path]) -> list[float]:
        asked.extend(made)
        assert all((one / "adapter.gguf").is_file() for one in made)
        return [0.2, 0.95, 1.4]

    found = kept(folder, figures, base, voices)
    assert [number_of(one) for one in asked] == [1, 2, 3]
    assert same(load_file(folder / WEIGHTS), passes[1]) and not same(passes[0], passes[1])
    assert (found["best"], found["after"], found["voices"]) == (2, figures["epochs"][1], [0.2, 0.95, 1.4])
    assert not (folder / PASSES).exists()


@pytest.mark.parametrize("voices", [None, lambda made: [None] * len(made)])
def test_where_no_voice_can_be_told_the_lowest_loss_is_kept(
    fresh: tuple[Path, dict[str, Any], list[dict[str, Any]]], base: Base, voices: Any
) -> None:
    folder, figures, passes = fresh
    found = kept(folder, figures, base, voices)
    assert found["best"] == figures["best"] and found["after"] == min(figures["epochs"])
    assert any("lowest loss is kept" in note for note in found["notes"])
    assert same(load_file(folder / WEIGHTS), passes[figures["best"] - 1])
    assert not (folder / PASSES).exists()


def test_one_that_was_killed_after_the_choice_ends_with_what_was_chosen(
    fresh: tuple[Path, dict[str, Any], list[dict[str, Any]]], base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, figures, passes = fresh

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr("twin.training.passes.shutil.copyfile", killed)
        kept(folder, figures, base, lambda made: [0.2, 0.3, 0.9])
    again = json.loads((folder / FITTED).read_text("utf-8"))
    found = kept(folder, again, base, lambda made: pytest.fail("it was asked twice"))
    assert found["best"] == 3 and same(load_file(folder / WEIGHTS), passes[2])


def test_a_refit_ends_after_the_pass_that_sounded_best() -> None:
    assert BY_VOICE.again(2).stop_after == 2


def test_one_that_was_killed_while_the_passes_went_stays_what_it_was(
    fresh: tuple[Path, dict[str, Any], list[dict[str, Any]]], base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, figures, passes = fresh

    def killed(*_: object, **__: object) -> None:
        rmtree(folder / PASSES / "adapter-2")
        raise KeyboardInterrupt

    rmtree = shutil.rmtree
    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr("twin.training.passes.shutil.rmtree", killed)
        kept(folder, figures, base, lambda made: [0.2, 0.9, 1.9])
    found = kept(folder, json.loads((folder / FITTED).read_text("utf-8")), base, None)
    assert found["best"] == 2 and same(load_file(folder / WEIGHTS), passes[1])
    assert not (folder / PASSES).exists()


def test_a_model_that_takes_no_adapter_costs_the_choice_and_not_the_adapter(
    fresh: tuple[Path, dict[str, Any], list[dict[str, Any]]], base: Base
) -> None:
    def refused(made: Sequence[Path]) -> list[float]:
        raise BadRequest("this server takes no adapter", "use another")

    folder, figures, _ = fresh
    found = kept(folder, figures, base, refused)
    assert found["best"] == figures["best"]
    assert found["notes"] == ["The pass with the lowest loss is kept: this server takes no adapter."]


def test_only_passes_that_learned_are_written_with(
    fresh: tuple[Path, dict[str, Any], list[dict[str, Any]]], base: Base
) -> None:
    folder, figures, _ = fresh
    losses = [figures["before"] - 1, figures["before"] + 1, figures["before"] - 0.5]
    found = kept(folder, {**figures, "epochs": losses}, base, lambda made: [0.5, 0.9][: len(made)])
    assert (found["voices"], found["best"]) == ([0.5, None, 0.9], 3)
