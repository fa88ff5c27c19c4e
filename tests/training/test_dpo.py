"""Preferences: what becomes a pair, and that learning from pairs moves the adapter the right way."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_sft import RECIPE, TRAIN, TUNE, measured, stop_at, weights_of

from twin.core.errors import NotEnoughData
from twin.core.protocols import silent
from twin.core.records import Completion, Example, Message, Request
from twin.models.hf import completion_loss, load_network, load_tokenizer
from twin.training.dpo import Preference, prefer
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
