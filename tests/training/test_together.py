"""Several processes on one run, started as a user starts them: the adapter is that of one process."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from twin.core.errors import BadSettings
from twin.core.layers import load_settings
from twin.core.protocols import silent
from twin.models.weights import find_base
from twin.training.__main__ import examples
from twin.training.methods import chosen
from twin.training.together import Together
from twin.training.train import train_adapter

LINE = {"side": "train", "shape": "brief", "weight": 1.0, "view": 0}


def home_of(folder: Path, tiny: Path, *, examples: int = 12, keep: str = "best") -> Path:
    """A home with settings and a dataset, of three batches of four examples unless another number is asked for."""
    dataset = folder / "datasets" / "v1"
    dataset.mkdir(parents=True)
    said = {"rank": 4, "alpha": 8, "learning_rate": 0.02, "epochs": 2, "batch": 4, "max_tokens": 128, "seed": 7}
    lines = "\n".join(f"{name} = {value}" for name, value in said.items())
    (folder / "twin.toml").write_text(f'[train]\nbase = "{tiny}"\nkeep = "{keep}"\n{lines}\n')
    for side, n in (("train", examples), ("tune", 3), ("test", 3)):
        rows = [
            {**LINE, "id": f"{side}{i}", "document": f"{side}{i}", "side": side,
             "prompt": [{"role": "user", "content": f"say {i}"}], "completion": f"{'tea ' * (i % 4 + 1)}number {i}!"}
            for i in range(n)
        ]  # fmt: skip
        (dataset / f"{side}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def launched(home: Path, processes: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`accelerate launch` does the same for GPUs; for processors it asks for MPI, and torchrun does not."""
    several = ["-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={processes}"]
    start = [sys.executable, *(several if processes > 1 else []), "-m", "twin.training"]
    env = {**os.environ, "TWIN_CACHE": str(home / "cache"), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    return subprocess.run(
        [*start, str(home / "datasets" / "v1"), *arguments],
        capture_output=True,
        text=True,
        env=env,
        timeout=900,
        check=False,
    )


def weights(home: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    from safetensors.torch import load_file

    [folder] = (home / "adapters").iterdir()
    return load_file(folder / "adapter_model.safetensors"), json.loads((folder / "adapter.json").read_text())


@pytest.mark.slow
@pytest.mark.parametrize(("examples", "steps"), [(12, 6), (13, 8)])
def test_two_processes_make_the_adapter_of_one(tiny: Path, tmp_path: Path, examples: int, steps: int) -> None:
    """Gradients are summed over processes, so the batch and all that follows from it is the same.

    Of thirteen examples the last step of a pass has one: one process reads it, the other reads what does not count.
    """
    import torch

    homes = {n: home_of(tmp_path / str(n), tiny, examples=examples) for n in (1, 2)}
    for n, home in homes.items():
        done = launched(home, n)
        assert done.returncode == 0, done.stderr[-3000:]
        assert done.stdout.count("next: twin train") == 1, "one process speaks"
    (one, of_one), (two, of_two) = (weights(home) for home in homes.values())
    assert one.keys() == two.keys()
    apart = [~torch.isclose(two[name], matrix, rtol=2e-2, atol=2e-3) for name, matrix in one.items()]
    far, of = sum(int(found.sum()) for found in apart), sum(found.numel() for found in apart)
    assert far <= of / 1000, "but for numbers whose gradient is nothing but rounding, of which Adam makes whole steps"
    assert of_one["steps"] == of_two["steps"] == steps
    assert of_one["tokens"] == of_two["tokens"]
    assert of_two["curve"] == pytest.approx(of_one["curve"], abs=1e-3)
    assert of_two["after"] == pytest.approx(of_one["after"], abs=1e-3)
    assert [one.name for one in homes[2].joinpath("adapters").iterdir()] == [
        one.name for one in homes[1].joinpath("adapters").iterdir()
    ], "the name of both is made from the same inputs"


@pytest.mark.slow
def test_a_batch_that_cannot_be_shared_out_is_told(tiny: Path, tmp_path: Path) -> None:
    home = home_of(tmp_path, tiny)
    file = home / "twin.toml"
    file.write_text(file.read_text().replace("batch = 4", "batch = 3"))
    done = launched(home, 2)
    assert done.returncode != 0
    assert "train.batch = 3 cannot be shared out among 2 processes" in done.stderr
    assert "twin config train.batch 4" in done.stderr
    assert not list((home / "adapters").glob("*/adapter.json"))


def test_one_process_refits_on_everything_from_a_folder(tiny: Path, tmp_path: Path) -> None:
    home = home_of(tmp_path, tiny)
    assert launched(home, 1).returncode == 0
    [gated] = (home / "adapters").iterdir()
    best = json.loads((gated / "adapter.json").read_text())["best"]
    assert launched(home, 1, "--refit-of", gated.name).returncode == 0
    [again] = set((home / "adapters").iterdir()) - {gated}
    card = json.loads((again / "adapter.json").read_text())
    assert card["examples"] == 18
    assert card["before"] is None
    assert card["steps"] == best * 5
    unknown = launched(home, 1, "--refit-of", "abc")
    assert unknown.returncode == 1
    assert "no adapter 'abc' to fit again" in unknown.stderr


def test_which_pass_is_kept_is_left_to_the_run_that_can_write_with_them(tiny: Path, tmp_path: Path) -> None:
    """So one name is one adapter: chosen by voice, whoever fitted the passes."""
    home = home_of(tmp_path / "home", tiny, keep="voice")
    assert launched(home, 1).returncode == 0
    [folder] = (home / "adapters").iterdir()
    assert not (folder / "adapter.json").exists()
    base, settings = find_base(str(tiny), cache=tmp_path), load_settings(home)[0].train
    learned, tuned = (list(examples(home / "datasets" / "v1", side)) for side in ("train", "tune"))
    recipe, _, _ = chosen(settings.model_dump(), base=base, examples=len(learned))
    for voices, best in (([0.9, 0.2], 1), ([0.2, 0.9], 2)):
        place = shutil.copytree(home / "adapters", tmp_path / f"adapters-{best}")
        made, whole = (
            train_adapter(
                learned, tuned, dataset="v1", base=base, recipe=recipe, folder=one, cache=tmp_path,
                voices=lambda passes, told=voices: told, progress=silent,
            )
            for one in (place, tmp_path / f"whole-{best}")
        )  # fmt: skip
        assert made[0].id == whole[0].id == folder.name
        assert made[1]["best"] == whole[1]["best"] == best
        assert not (made[0].path / "passes").exists()
        one, other = (found.path / "adapter_model.safetensors" for found, _ in (made, whole))
        assert one.read_bytes() == other.read_bytes()


def test_a_folder_that_is_no_dataset_is_told(tmp_path: Path) -> None:
    done = launched(tmp_path, 1)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-2].startswith("error: no dataset in")


def test_alone_nothing_waits_and_sums_are_what_they_were() -> None:
    alone = Together("cpu")
    assert (alone.main, alone.count, alone.sum(0.1), alone.mine([1, 2])) == (True, 1, 0.1, [1, 2])
    assert alone.share_of(5) == 5


@pytest.mark.parametrize("processes", [2, 3, 4])
@pytest.mark.parametrize("examples", [1, 5, 11, 12, 13, 25])
def test_every_example_of_a_pass_counts_once(processes: int, examples: int) -> None:
    """As accelerate shares them out."""
    from accelerate.data_loader import BatchSamplerShard
    from torch.utils.data import BatchSampler, SequentialSampler

    read: list[int] = []
    for process in range(processes):
        one = Together("cpu")
        one.state = SimpleNamespace(num_processes=processes, process_index=process)
        batches = BatchSamplerShard(
            BatchSampler(SequentialSampler(range(examples)), 12 // processes, drop_last=False), processes, process
        )
        for step, batch in enumerate([*batches, *batches]):
            read += one.own(batch, step=step, of=examples)
    assert sorted(read) == sorted([*range(examples)] * 2)


def test_shares_of_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    four = Together("cpu")
    monkeypatch.setattr(Together, "count", 4)
    assert four.share_of(8) == 2
    with pytest.raises(BadSettings, match="among 4"):
        four.share_of(6)
