"""What `evaluate` refuses before it asks a model for anything, and how the base is held that it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from test_adapters import SETTINGS, put

from twin.core.errors import NotEnoughData, NotFound
from twin.core.protocols import silent
from twin.core.records import Example, Message
from twin.core.settings import ModelSettings, TrainSettings
from twin.models.hf import load_network
from twin.models.weights import find_base
from twin.pipeline import Twin
from twin.training.recipe import Recipe
from twin.training.train import train_adapter

STORY = (
    "The lift stopped again between two floors, and nobody heard the bell. We opened the door with a spoon, and the "
    "cook asked for it back before lunch. Mabel says that eleven seconds is no time at all, but the tenants count "
    "them aloud. On Friday I shall read the log, oil the rail, and write down what I found there, if anything. "
)


def collected(twin: Twin, folder: Path, texts: list[str]) -> Twin:
    folder.mkdir()
    for i, text in enumerate(texts):
        (folder / f"2024-01-{i + 1:02}-note.md").write_text(text, "utf-8")
    twin.add(str(folder))
    twin.collect()
    return twin


def test_thirty_copies_of_one_text_are_one_text(twin: Twin, tmp_path: Path) -> None:
    collected(twin, tmp_path / "notes", [f"{STORY} Written on day {i}." for i in range(30)])
    assert len(twin.store.documents("train")) == 1
    with pytest.raises(NotEnoughData):
        twin.dataset()
    with pytest.raises(NotEnoughData):
        twin.evaluate()


def test_a_curve_wants_a_twin(twin: Twin, tmp_path: Path) -> None:
    stories = [f"{STORY.replace('lift', f'lift {i}').replace('spoon', f'spoon {i * 7}')}" for i in range(3)]
    collected(twin, tmp_path / "notes", stories)
    held_out = twin.store.documents("evaluate")
    twin.store.set_sides({held_out[0].work: "test"})
    with pytest.raises(NotFound, match="no twin yet"):
        twin.evaluate(curve=True)


ASKED = (Message("system", "You are Ada."), Message("user", "Say hi."))


def training(twin: Twin, folder: Path, **chosen: Any) -> Twin:
    train = TrainSettings(base=str(folder), **chosen)
    twin.settings = twin.settings.model_copy(update={"train": train})
    return twin


def test_a_base_that_was_held_in_four_bits_to_learn_is_held_so_to_be_measured(
    twin: Twin, tiny_checkpoint: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole it may not fit; what was measured the other way is not taken for it."""
    asked: list[str] = []

    def load(folder: Path, *, adapter: Path | None = None, quantised: str = "none", **_: Any) -> Any:
        asked.append(quantised)
        return load_network(folder)

    monkeypatch.setattr("twin.models.hf.load_network", load)
    training(twin, tiny_checkpoint("llama"))
    four = put(twin, "a1", settings={**SETTINGS, "quantised": "4bit"})
    for adapter in (four, None, four, put(twin, "a2")):
        twin._bench(adapter, short=True).loss([ASKED], ["hi hi."], None)
    assert asked == ["4bit", "none"], "each is measured once"
    training(twin, tiny_checkpoint("llama"), quantised="4bit")
    twin._bench(None, short=True).loss([ASKED], ["hello."], None)
    assert asked[2:] == ["4bit"]


@pytest.mark.parametrize("quantised", ["none", "4bit"])
def test_large_batches_write_only_where_the_base_is_held_whole(
    twin: Twin, monkeypatch: pytest.MonkeyPatch, quantised: str
) -> None:
    monkeypatch.setattr("twin.models.hf.compute", lambda: ("cuda", "bfloat16", "a GPU"))
    twin.settings = twin.settings.model_copy(update={"model": ModelSettings()})
    training(twin, Path("smollm2-135m-instruct"), quantised=quantised)
    assert (twin.many is twin.model) == (quantised == "4bit")


@pytest.mark.skipif(find_spec("bitsandbytes") is None, reason="bitsandbytes is not installed: pip install '.[qlora]'")
def test_the_gate_measures_on_the_four_bits_that_training_measured_on(
    twin: Twin, tiny_checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = tiny_checkpoint("llama")
    training(twin, folder, quantised="4bit")
    examples = [Example(str(i), str(i), "train", "brief", ASKED, f"hi {i}, hello again.") for i in range(4)]
    recipe = Recipe(
        rank=2, alpha=4, dropout=0.0, learning_rate=1e-2, epochs=2, batch=2, warmup_share=0.1, max_tokens=160, seed=1,
        quantised="4bit",
    )  # fmt: skip
    adapter, card = train_adapter(
        examples, examples[:1], dataset="d", base=find_base(str(folder), cache=tmp_path), recipe=recipe,
        folder=tmp_path, cache=tmp_path, progress=silent,
    )  # fmt: skip
    loss = twin._bench(adapter, short=True).loss
    for file, known in ((None, card["before"]), (adapter.path, card["after"])):
        assert loss([ASKED], [examples[0].completion], file) == pytest.approx([known], rel=1e-3)
    whole = replace(adapter, settings={**adapter.settings, "quantised": "none"})
    other = twin._bench(whole, short=True).loss([ASKED], [examples[0].completion], None)
    assert other != pytest.approx([card["before"]], rel=1e-3)
