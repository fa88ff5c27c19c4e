from dataclasses import replace
from pathlib import Path

import pytest

from twin.core.errors import NotEnoughData
from twin.core.protocols import silent
from twin.models.hf import Row, completion_loss, load_network, load_tokenizer, mean_loss, row
from twin.models.weights import Base
from twin.training.sft import Recipe, fit

RECIPE = Recipe(
    rank=4, alpha=8, dropout=0.0, learning_rate=2e-2, epochs=3, batch=2, warmup_share=0.1, max_tokens=96, seed=7
)
TRAIN: list[Row] = [
    (f"say {word} ", f"{word} {word} {word}!") for word in ("tea", "rain", "oak", "moss", "fern", "dew")
]
TUNE: list[Row] = [("say elm ", "elm elm elm!"), ("say sea ", "sea sea sea!")]


def measured(checkpoint: Path, adapter: Path | None, rows: list[Row]) -> float:
    return mean_loss(completion_loss(load_network(checkpoint, adapter=adapter), load_tokenizer(checkpoint), rows))


def test_it_learns_and_says_by_how_much(tiny: Path, tmp_path: Path) -> None:
    fitted = fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "a", progress=silent)
    assert fitted.before is not None
    assert fitted.after is not None
    assert fitted.after < fitted.before
    assert measured(tiny, tmp_path / "a", TRAIN) < measured(tiny, None, TRAIN)
    assert fitted.steps == 9
    assert fitted.tokens > 0
    assert fitted.tokens_per_second > 0


def test_the_pass_with_the_lowest_loss_is_kept(tiny: Path, tmp_path: Path) -> None:
    """A rate far too high makes a later pass worse than an earlier one: what is on disk must be the best."""
    wild = replace(RECIPE, learning_rate=0.09, epochs=5)
    fitted = fit(tiny, TRAIN, TUNE, recipe=wild, folder=tmp_path / "a", progress=silent)
    assert len(fitted.epochs) == 5
    assert fitted.after == min(fitted.epochs) == fitted.epochs[fitted.best - 1]
    assert measured(tiny, tmp_path / "a", TUNE) == pytest.approx(fitted.after, abs=0.05)


def test_the_same_recipe_gives_the_same_adapter(tiny: Path, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b", "c")]
    for folder, recipe in zip(folders, (RECIPE, RECIPE, replace(RECIPE, seed=8)), strict=True):
        fit(tiny, TRAIN, TUNE, recipe=recipe, folder=folder, progress=silent)
    first, second, other = ((folder / "adapter_model.safetensors").read_bytes() for folder in folders)
    assert first == second
    assert first != other


def test_progress_counts_every_step(tiny: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    fit(tiny, TRAIN, [], recipe=RECIPE, folder=tmp_path / "a", progress=lambda *told: seen.append(told))
    assert [done for done, _, _ in seen] == list(range(1, 10))
    assert {total for _, total, _ in seen} == {9}
    assert all("tokens/s" in note for _, _, note in seen)


def test_an_interrupted_run_leaves_nothing(tiny: Path, tmp_path: Path) -> None:
    def interrupt(done: int, total: int, note: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "a", progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_nothing_goes_to_stdout(tiny: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """stdout carries results: neither TRL nor transformers may print their logs there."""
    fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "a", progress=silent)
    assert capfd.readouterr().out == ""


def test_no_examples_is_an_error_with_a_remedy(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(NotEnoughData) as caught:
        fit(tiny, [], TUNE, recipe=RECIPE, folder=tmp_path / "a", progress=silent)
    assert caught.value.hint


@pytest.mark.model
def test_three_steps_on_the_real_base_lower_the_loss(base: Base, unpacked: Path, tmp_path: Path) -> None:
    from twin.core.records import Message

    prompt = (Message("user", "Write one line about the garden."),)
    texts = (
        "The dew was late, and so was I.",
        "Moss keeps its own calendar.",
        "Nobody prunes the fern, it prunes you.",
    )
    rows = [row(base.chat_template, prompt, text) for text in texts]
    recipe = replace(RECIPE, rank=8, alpha=16, learning_rate=1e-3, epochs=3, batch=3, max_tokens=128)
    fitted = fit(unpacked, rows, rows, recipe=recipe, folder=tmp_path / "a", progress=silent)
    assert fitted.steps == 3
    assert fitted.before is not None
    assert fitted.after is not None
    assert fitted.after < fitted.before
