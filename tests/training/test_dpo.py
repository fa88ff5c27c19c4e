"""Preferences: what becomes a pair, and that learning from pairs moves the adapter the right way."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from test_sft import RECIPE, TRAIN, TUNE, measured, stop_at, weights_of

from twin.core.errors import ModelFailed, NotEnoughData
from twin.core.protocols import silent
from twin.core.records import Completion, Example, Message, Request
from twin.models.hf import completion_loss, load_network, load_tokenizer
from twin.training.dpo import Preference, prefer, read
from twin.training.methods import Methods
from twin.training.pairs import LEARNED, pairs_of
from twin.training.sft import fit

METHODS = Methods(method="sft+dpo", dpo_beta=0.5, dpo_rate=2e-2, dpo_steps=9)
PAIRS: list[Preference] = [(prompt, text, text.replace("!", "?").upper()) for prompt, text in TRAIN]


@pytest.fixture(scope="module")
def fitted(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("start") / "sft"
    fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=folder, progress=silent)
    return folder


def preferred(tiny: Path, start: Path, folder: Path, **options: Any) -> Any:
    return prefer(
        tiny,
        start,
        PAIRS,
        TUNE,
        **{"recipe": RECIPE, "methods": METHODS, "folder": folder, "progress": silent, **options},
    )


def gap(tiny: Path, adapter: Path) -> float:
    """By how many nats a text is likelier than its rival, over all pairs."""
    network, tokenizer = load_network(tiny, adapter=adapter), load_tokenizer(tiny)
    better, worse = (
        sum(loss * count for loss, count in completion_loss(network, tokenizer, [(one[0], one[side]) for one in PAIRS]))
        for side in (1, 2)
    )
    return worse - better


def test_preferences_widen_the_margin_from_the_adapter_they_start_from(
    tiny: Path, fitted: Path, tmp_path: Path
) -> None:
    done = preferred(tiny, fitted, tmp_path / "a")
    assert done.steps == 9
    assert done.pairs == len(PAIRS)
    assert done.curve[0] == pytest.approx(0.693, abs=0.01), "at first the adapter is its own reference"
    assert done.margins[0] == pytest.approx(0, abs=0.01)
    assert done.curve[-1] < done.curve[0]
    assert done.margins[-1] > 0.1
    assert gap(tiny, tmp_path / "a") > gap(tiny, fitted) + 1
    assert done.after == pytest.approx(measured(tiny, tmp_path / "a", TUNE), abs=0.02)
    assert json.loads((tmp_path / "a" / "adapter_config.json").read_text())["r"] == RECIPE.rank
    assert not (tmp_path / "a" / "ref").exists(), "the reference is no part of the result"


@pytest.mark.parametrize("step", [1, 4, 7])
def test_a_stopped_run_ends_as_if_it_had_not_been(
    tiny: Path, fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr("twin.training.trainer.SAVE_STEPS", 2)
    whole = preferred(tiny, fitted, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        preferred(tiny, fitted, tmp_path / "cut", progress=stop_at(step))
    assert not (tmp_path / "cut").exists()
    seen: list[int] = []
    done = preferred(tiny, fitted, tmp_path / "cut", progress=lambda at, total, note: seen.append(at))
    assert seen[0] == (step - 1) // 2 * 2 + 1
    assert weights_of(tmp_path / "cut") == weights_of(tmp_path / "whole")
    assert (done.curve, done.margins) == (whole.curve, whole.margins)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["cut", "whole"]


# -- where memory is short -----------------------------------------------------------------------------------------

FULL = "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried"


def alike(one: Any, whole: Any) -> bool:
    same = pytest.approx(one.curve, rel=1e-3), pytest.approx(one.margins, abs=2e-3), pytest.approx(one.after, rel=1e-3)
    return (whole.curve, whole.margins, whole.after) == same


def test_a_full_memory_is_answered_by_one_text_after_the_other(
    tiny: Path, fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pair is the smallest pass that TRL knows: its texts go through apart, and the gradient stays what it was."""
    whole = preferred(tiny, fitted, tmp_path / "whole")
    sizes: list[tuple[int, int]] = []

    def small_memory(network: Any, **texts: Any) -> Any:
        sizes.append((len(texts["input_ids"]), int(texts["attention_mask"].sum())))
        if sizes[-1][0] > 1 and sizes[-1][1] > 40:
            raise RuntimeError(FULL)
        return read(network, **texts)

    monkeypatch.setattr("twin.training.dpo.read", small_memory)
    told: list[str] = []
    found = preferred(tiny, fitted, tmp_path / "small", progress=lambda at, total, note: told.append(note))
    assert {texts for texts, _ in sizes} == {1, 2}
    assert "out of memory: smaller passes" in told
    assert found.at_once_tokens < whole.at_once_tokens
    assert not found.recomputed
    assert (found.steps, found.tokens) == (whole.steps, whole.tokens)
    assert alike(found, whole)


def test_what_the_pairs_before_it_taught_outlives_a_memory_that_is_full_in_the_middle_of_a_gradient(
    tiny: Path, fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second pair of the first batch: its layers' gradients are there in part, and must not count twice."""
    whole = preferred(tiny, fitted, tmp_path / "whole")
    calls: list[int] = []

    def full(grad: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise torch.OutOfMemoryError("CUDA out of memory")

    def watched(network: Any, **texts: Any) -> Any:
        if not calls:
            next(one for one in network.parameters() if one.requires_grad).register_hook(full)
            calls.append(0)
        return read(network, **texts)

    monkeypatch.setattr("twin.training.dpo.read", watched)
    found = preferred(tiny, fitted, tmp_path / "full")
    assert len(calls) > 2
    assert found.at_once_tokens < whole.at_once_tokens
    assert found.curve == pytest.approx(whole.curve, rel=1e-3)
    assert found.after == pytest.approx(whole.after, rel=1e-3)


@pytest.mark.parametrize(("how", "recomputed"), [("auto", True), ("never", False), ("always", True)])
def test_short_memory_is_measured_before_the_first_step(
    tiny: Path, fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, recomputed: bool
) -> None:
    whole = preferred(tiny, fitted, tmp_path / "whole")
    monkeypatch.setattr("twin.training.run.free_bytes", lambda device: 1000)
    told: list[str] = []
    recipe = replace(RECIPE, recompute=how)
    found = preferred(
        tiny, fitted, tmp_path / "short", recipe=recipe, progress=lambda at, total, note: told.append(note)
    )
    assert found.recomputed == recomputed
    assert (found.at_once_tokens < whole.at_once_tokens) == (how != "always")
    assert not any("out of memory" in note for note in told)
    assert alike(found, whole)


def test_a_memory_too_small_for_one_text_is_said(
    tiny: Path, fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(network: Any, **texts: Any) -> Any:
        raise RuntimeError("MPS backend out of memory")

    monkeypatch.setattr("twin.training.dpo.read", none_left)
    told: list[str] = []
    with pytest.raises(ModelFailed, match="out of memory"):
        preferred(tiny, fitted, tmp_path / "a", progress=lambda at, total, note: told.append(note))
    assert told[-2:] == ["out of memory: smaller passes", "out of memory: layers are computed twice"]


def test_no_pairs_is_an_error_with_a_remedy(tiny: Path, fitted: Path, tmp_path: Path) -> None:
    with pytest.raises(NotEnoughData, match="no preferences"):
        prefer(tiny, fitted, [], TUNE, recipe=RECIPE, methods=METHODS, folder=tmp_path / "a", progress=silent)


# -- which texts make a pair ---------------------------------------------------------------------------------------

ASKED = (Message("user", "Write about the lift that stopped between two floors and what we did about it."),)
TEXT = "The lift stopped again on Monday, between two floors, with nobody in it but a parcel for the third floor."
OTHER = "We wrote a note on every door that day, because people had begun to take the stairs and said so loudly."


def example(text: str = TEXT, shape: str = "brief", identity: str = "1") -> Example:
    return Example(identity, "d", "train", shape, ASKED, text)


def answering(*texts: str, finish: Any = "stop") -> Any:
    """A fake twin: the same answers to every example, in turn."""

    def generate(requests: Any, adapter: Path | None) -> list[Completion]:
        return [Completion(texts[i % len(texts)], 9, 9, 0.0, finish) for i in range(len(requests))]

    return generate


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        (("broken broken broken broken broken broken broken", ""), "broken or unfinished"),
        (("A lift is a box that goes up and down.", "Lifts are a fine thing to have."), "of another length"),
        ((TEXT, TEXT), "the author's own text"),
    ],
)
def test_a_text_that_would_teach_the_wrong_thing_makes_no_pair(answers: tuple[str, ...], why: str) -> None:
    pairs, left_out = pairs_of([example()], generate=answering(*answers), adapter=Path("a"), seed=1)
    assert (pairs, left_out) == ([], {why: 1})


def test_an_unfinished_text_makes_no_pair() -> None:
    pairs, left_out = pairs_of([example()], generate=answering(OTHER, finish="length"), adapter=Path("a"), seed=1)
    assert (pairs, left_out) == ([], {"broken or unfinished": 1})


def test_the_sound_text_nearest_in_length_is_the_rival_and_each_text_has_one() -> None:
    longer = OTHER + " Nobody answered."
    asked: list[Request] = []

    def generate(requests: Any, adapter: Path | None) -> list[Completion]:
        assert adapter == Path("a")
        asked.extend(requests)
        return answering(longer, OTHER)(requests, adapter)

    views = [example(), replace(example(), id="2", view=1), example("the rest", "opening", "3")]
    [pair], left_out = pairs_of(views, generate=generate, adapter=Path("a"), seed=1)
    assert (pair.prompt, pair.chosen, pair.rejected, pair.source) == (ASKED, TEXT, OTHER, LEARNED)
    assert left_out == {}
    assert len(asked) == len({one.seed for one in asked}) == 2
