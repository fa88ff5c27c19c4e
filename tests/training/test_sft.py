import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from twin.core.errors import ModelFailed, NotEnoughData
from twin.core.protocols import silent
from twin.models.hf import completion_loss, load_network, load_tokenizer, mean_loss, summed_loss
from twin.models.rows import Row, row
from twin.models.weights import Base
from twin.training.passes import PASSES
from twin.training.recipe import Recipe
from twin.training.sft import fit

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


def test_a_fit_that_leaves_nothing_to_stop_by_ends_where_the_gated_one_was_best(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rate falls as it was planned to: the weights are those of that pass, not of a shorter plan."""
    from twin.training.run import Run

    monkeypatch.setattr(Run, "held_out_loss", lambda run, model: 1.0 + abs(len(run.fitted.epochs) - 1))
    wild = replace(RECIPE, learning_rate=0.09, epochs=5)
    gated = fit(tiny, TRAIN, TUNE, recipe=wild, folder=tmp_path / "gated", progress=silent)
    assert (gated.best, gated.epochs) == (2, [2.0, 1.0, 2.0, 3.0])
    again = wild.again(gated.best)
    assert (
        again.identity
        != wild.identity
        == wild.again(5).identity
        == replace(wild, keep="last").again(1).identity | {"keep": "best"}
    )
    fitted = fit(tiny, TRAIN, [], recipe=again, folder=tmp_path / "again", progress=silent)
    assert fitted.steps == 3 * gated.best
    assert weights_of(tmp_path / "again") == weights_of(tmp_path / "gated")


@pytest.mark.usefixtures("saved_often")
@pytest.mark.parametrize("step", [1, 3, 5, 6])
def test_one_that_ends_early_ends_there_after_a_kill_too(tiny: Path, tmp_path: Path, step: int) -> None:
    again = replace(RECIPE, stop_after=2)
    fit(tiny, TRAIN, [], recipe=again, folder=tmp_path / "whole", progress=silent)
    with pytest.raises(KeyboardInterrupt):
        fit(tiny, TRAIN, [], recipe=again, folder=tmp_path / "cut", progress=stop_at(step))
    assert fit(tiny, TRAIN, [], recipe=again, folder=tmp_path / "cut", progress=silent).steps == 6
    assert weights_of(tmp_path / "cut") == weights_of(tmp_path / "whole")


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


def stop_at(step: int) -> Callable[[int, int, str], None]:
    def interrupt(done: int, total: int, note: str) -> None:
        if done == step:
            raise KeyboardInterrupt

    return interrupt


@pytest.fixture
def saved_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.training.trainer.SAVE_STEPS", 2)


@pytest.mark.usefixtures("saved_often")
@pytest.mark.parametrize("step", range(1, 10))
def test_a_run_that_was_stopped_anywhere_ends_as_if_it_had_not_been(tiny: Path, tmp_path: Path, step: int) -> None:
    """Nine steps in three passes, a checkpoint every second one: before it, at it, after it, and at a pass's end."""
    undisturbed = fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "whole", progress=silent)
    with pytest.raises(KeyboardInterrupt):
        fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "cut", progress=stop_at(step))
    assert not (tmp_path / "cut").exists(), "what was cut short must not look like an adapter"
    seen: list[int] = []
    done = fit(
        tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "cut", progress=lambda at, total, note: seen.append(at)
    )
    assert seen[0] == (step - 1) // 2 * 2 + 1, "it goes on from the last checkpoint, not from the start"
    assert weights_of(tmp_path / "cut") == weights_of(tmp_path / "whole")
    assert (done.epochs, done.curve, done.best) == (undisturbed.epochs, undisturbed.curve, undisturbed.best)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["cut", "whole"], "nothing is left behind"


@pytest.mark.usefixtures("saved_often")
@pytest.mark.parametrize("step", [3, 4, 7])
def test_what_is_drawn_and_each_pass_that_waits_for_a_choice_outlive_a_kill_too(
    tiny: Path, tmp_path: Path, step: int
) -> None:
    """Dropout draws at every step; where voice decides all passes are kept, also those of before the kill."""
    drawing = replace(RECIPE, dropout=0.3, keep="voice")
    fit(tiny, TRAIN, TUNE, recipe=drawing, folder=tmp_path / "whole", progress=silent)
    with pytest.raises(KeyboardInterrupt):
        fit(tiny, TRAIN, TUNE, recipe=drawing, folder=tmp_path / "cut", progress=stop_at(step))
    fit(tiny, TRAIN, TUNE, recipe=drawing, folder=tmp_path / "cut", progress=silent)
    passes = [weights_of(tmp_path / "whole" / PASSES / f"whole-{n}") for n in (1, 2, 3)]
    assert len(set(passes)) == 3
    assert [weights_of(tmp_path / "cut" / PASSES / f"cut-{n}") for n in (1, 2, 3)] == passes
    fit(tiny, TRAIN, TUNE, recipe=replace(drawing, dropout=0.0), folder=tmp_path / "undrawn", progress=silent)
    assert weights_of(tmp_path / "undrawn" / PASSES / "undrawn-3") != passes[2]


def weights_of(folder: Path) -> bytes:
    return (folder / "adapter_model.safetensors").read_bytes()


@pytest.mark.slow
def test_a_killed_process_goes_on_too(tiny: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle of a step, as a power cut: no handler of ours runs."""
    fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "whole", progress=silent)
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from tests.training.test_sft import RECIPE, TRAIN, TUNE\n"
        "from twin.training import trainer; from twin.training.sft import fit\n"
        "trainer.SAVE_STEPS = 2\n"
        "die = lambda at, total, note: os.kill(os.getpid(), signal.SIGKILL) if at == 5 else None\n"
        "fit(Path(sys.argv[1]), TRAIN, TUNE, recipe=RECIPE, folder=Path(sys.argv[2]), progress=die)\n"
    )
    died = subprocess.run([sys.executable, "-c", code, tiny, tmp_path / "cut"], check=False, timeout=900)
    assert died.returncode == -signal.SIGKILL
    assert not (tmp_path / "cut").exists()
    fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "cut", progress=silent)
    assert weights_of(tmp_path / "cut") == weights_of(tmp_path / "whole")


@pytest.mark.usefixtures("saved_often")
def test_a_checkpoint_that_was_cut_short_is_not_gone_on_from(tiny: Path, tmp_path: Path) -> None:
    fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "whole", progress=silent)
    with pytest.raises(KeyboardInterrupt):
        fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "cut", progress=stop_at(7))
    newest = tmp_path / "cut.run" / "checkpoint-6"
    (newest / "optimizer.pt").write_bytes((newest / "optimizer.pt").read_bytes()[:100])
    (newest / "whole.json").unlink()
    fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "cut", progress=silent)
    assert weights_of(tmp_path / "cut") == weights_of(tmp_path / "whole")


@pytest.mark.usefixtures("saved_often")
def test_another_recipe_does_not_go_on_from_this_one(tiny: Path, tmp_path: Path) -> None:
    other = replace(RECIPE, learning_rate=1e-2)
    fit(tiny, TRAIN, TUNE, recipe=other, folder=tmp_path / "whole", progress=silent)
    with pytest.raises(KeyboardInterrupt):
        fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "cut", progress=stop_at(7))
    fit(tiny, TRAIN, TUNE, recipe=other, folder=tmp_path / "cut", progress=silent)
    assert weights_of(tmp_path / "cut") == weights_of(tmp_path / "whole")


def test_a_full_memory_is_answered_by_smaller_passes(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passes shrink until they fit; the batch, and so the gradient, stays what it was."""
    whole = fit(tiny, TRAIN, TUNE, recipe=replace(RECIPE, batch=6), folder=tmp_path / "whole", progress=silent)
    sizes: list[int] = []

    def small_memory(network: Any, rows: Any) -> Any:
        sizes.append(sum(len(row["input_ids"]) for row in rows))
        if len(rows) > 1 and sizes[-1] > 60:
            raise RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried")
        return summed_loss(network, rows)

    monkeypatch.setattr("twin.training.trainer.summed_loss", small_memory)
    told: list[str] = []
    found = fit(
        tiny,
        TRAIN,
        TUNE,
        recipe=replace(RECIPE, batch=6),
        folder=tmp_path / "small",
        progress=lambda at, total, note: told.append(note),
    )
    assert max(sizes) > 60
    assert found.at_once_tokens < whole.at_once_tokens
    assert any("out of memory" in note for note in told)
    assert found.steps == whole.steps
    assert found.curve == pytest.approx(whole.curve, rel=0.02)
    assert found.after == pytest.approx(whole.after, rel=0.02)


def test_a_memory_too_small_for_one_text_is_said(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(network: Any, rows: Any) -> Any:
        raise RuntimeError("MPS backend out of memory")

    monkeypatch.setattr("twin.training.trainer.summed_loss", none_left)
    with pytest.raises(ModelFailed, match="out of memory"):
        fit(tiny, TRAIN, [], recipe=RECIPE, folder=tmp_path / "a", progress=silent)


def test_a_full_disk_in_a_checkpoint_stops_the_run_and_it_goes_on_later(tiny: Path, tmp_path: Path) -> None:
    """The kernel refuses every byte of a file beyond 40 kB, as a full disk does: the optimiser's state is larger."""
    fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "whole", progress=silent)
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from tests.training.test_sft import RECIPE, TRAIN, TUNE\n"
        "from twin.core.errors import StorageFailed\n"
        "from twin.training import trainer; from twin.training.sft import fit\n"
        "trainer.SAVE_STEPS = 2\n"
        "def fill(at, total, note):\n"
        "    if at == 4: resource.setrlimit(resource.RLIMIT_FSIZE, (4000, resource.RLIM_INFINITY))\n"
        "try: fit(Path(sys.argv[1]), TRAIN, TUNE, recipe=RECIPE, folder=Path(sys.argv[2]), progress=fill)\n"
        "except StorageFailed as bad: sys.exit(7 if bad.hint else 8)\n"
    )
    failed = subprocess.run([sys.executable, "-c", code, tiny, tmp_path / "cut"], check=False, timeout=900)
    assert failed.returncode == 7
    seen: list[int] = []
    fit(tiny, TRAIN, TUNE, recipe=RECIPE, folder=tmp_path / "cut", progress=lambda at, total, note: seen.append(at))
    assert seen[0] == 3
    assert weights_of(tmp_path / "cut") == weights_of(tmp_path / "whole")


def test_training_asks_no_hub(tiny: Path, tmp_path: Path) -> None:
    """In a process of its own, as in the product: who imports a hub's client first decides whether it may call home."""
    code = (
        "import sys, threading; from pathlib import Path\n"
        "from tests.training.test_sft import RECIPE, TRAIN, TUNE; from twin.core.protocols import silent\n"
        "from twin.training.sft import fit\n"
        "assert 'huggingface_hub' not in sys.modules\n"
        "fit(Path(sys.argv[1]), TRAIN, TUNE, recipe=RECIPE, folder=Path(sys.argv[2]), progress=silent)\n"
        "from huggingface_hub import constants\n"
        "assert constants.HF_HUB_OFFLINE and constants.HF_HUB_DISABLE_TELEMETRY\n"
        "assert not [one.name for one in threading.enumerate() if 'telemetry' in one.name]\n"
    )
    subprocess.run([sys.executable, "-c", code, tiny, tmp_path / "a"], check=True, timeout=900)


def test_a_run_that_grows_worse_ends_early(tiny: Path, tmp_path: Path) -> None:
    wild = replace(RECIPE, learning_rate=0.3, epochs=20)
    fitted = fit(tiny, TRAIN, TUNE, recipe=wild, folder=tmp_path / "a", progress=silent)
    assert len(fitted.epochs) < 20
    assert len(fitted.epochs) - fitted.best == 2


def test_a_kill_after_the_pass_that_ended_a_run_makes_no_pass_more(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That pass ended on a step that was saved, and the folder was not written yet: the run is over all the same."""
    from twin.training.run import Run

    monkeypatch.setattr("twin.training.trainer.SAVE_STEPS", 3)
    monkeypatch.setattr(Run, "held_out_loss", lambda run, model: 1.0 + len(run.fitted.epochs))
    long = replace(RECIPE, epochs=6)
    whole = fit(tiny, TRAIN, TUNE, recipe=long, folder=tmp_path / "whole", progress=silent)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr("peft.set_peft_model_state_dict", killed)
        fit(tiny, TRAIN, TUNE, recipe=long, folder=tmp_path / "cut", progress=silent)
    assert (tmp_path / "cut.run" / "checkpoint-9").is_dir()
    done = fit(tiny, TRAIN, TUNE, recipe=long, folder=tmp_path / "cut", progress=silent)
    assert (done.steps, done.epochs, done.curve) == (whole.steps, whole.epochs, whole.curve)
    assert (whole.steps, whole.epochs, whole.best) == (9, [1.0, 2.0, 3.0], 1)
    assert weights_of(tmp_path / "cut") == weights_of(tmp_path / "whole")


def test_the_last_pass_is_kept_where_that_is_asked(tiny: Path, tmp_path: Path) -> None:
    wild = replace(RECIPE, learning_rate=0.09, epochs=5, keep="last")
    fitted = fit(tiny, TRAIN, TUNE, recipe=wild, folder=tmp_path / "a", progress=silent)
    assert measured(tiny, tmp_path / "a", TUNE) == pytest.approx(fitted.epochs[-1], abs=0.05)


def test_an_example_that_weighs_nothing_teaches_nothing(tiny: Path, tmp_path: Path) -> None:
    strange: Row = ("say elm ", "BBBBBBBBBB")
    for name, weight in (("with", 1.0), ("without", 0.0)):
        options = {"recipe": replace(RECIPE, batch=7), "folder": tmp_path / name, "progress": silent}
        fit(tiny, [*TRAIN, strange], [], weights=[1.0] * 6 + [weight], **options)
    with_it, without = (measured(tiny, tmp_path / name, [strange]) for name in ("with", "without"))
    assert with_it < without


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
