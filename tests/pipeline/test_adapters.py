"""The registry as its author sees it: one in whole, two compared, one active, and back."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from twin.app import show, voices
from twin.core.errors import BadRequest, NotFound
from twin.core.layers import load_settings
from twin.core.records import Adapter
from twin.models.weights import find_base
from twin.pipeline import Twin

SETTINGS = {"rank": 16, "epochs": 2, "seed": 7, "base_digest": "b123", "versions": {"torch": "2.9", "trl": "1.1"}}


def put(twin: Twin, identity: str, **changes: Any) -> Adapter:
    """An adapter in the registry with its card, and with the report of its gate."""
    folder = twin.home / "adapters" / identity
    report = twin.home / "reports" / identity / "report.html"
    made = Adapter(
        identity,
        "d1",
        "smollm2-135m-instruct",
        "lora-sft",
        "candidate",
        folder,
        {"before": 3.5, "after": 3.1},
        SETTINGS,
        {"verdict": "activate", "reason": "Better.", "report": str(report)},
    )
    made = replace(made, **changes)
    speed = {"steps": 9, "examples": 30, "seconds": 12.0, "tokens_per_second": 220.5}
    card = {**speed, "epochs": [3.2, 3.1], "best": 2, "curve": [3.4, 3.0]}
    voice = {"variants": {"twin": {"gap_closed": {"value": 0.8, "low": 0.7, "high": 0.9}}}}
    for file, told in ((folder / "adapter.json", card), (report.with_name("report.json"), voice)):
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(told), "utf-8")
    twin.store.add_adapter(made, [])
    return made


def test_one_is_shown_with_all_that_it_was_made_of_and_measured_at(twin: Twin) -> None:
    put(twin, "abc1")
    put(twin, "abd2", state="active")
    shown = voices.whole(twin.adapter("abc"))
    for said in ("abc1 (candidate)", "digest b123", "d1", "rank 16, epochs 2, seed 7", "torch 2.9", "3.500 -> 3.100"):
        assert said in shown
    for said in ("by pass 3.200, 3.100, kept is 2", "9 steps on 30 examples", "0.80 [0.70, 0.90]", "activate: Better."):
        assert said in shown
    assert twin.adapter("abc1")["report"].endswith("report.html")
    with pytest.raises(BadRequest, match="several"):
        twin.adapter("ab")
    with pytest.raises(NotFound, match="'x'"):
        twin.adapter("x")


def test_what_was_chosen_by_size_is_told_and_is_no_difference(twin: Twin) -> None:
    put(twin, "a1", settings={**SETTINGS, "why": {"epochs": "for 83 examples"}})
    put(twin, "b1", settings={**SETTINGS, "why": {}})
    assert "by size   epochs for 83 examples" in voices.whole(twin.adapter("a1"))
    assert twin.compare_adapters("a1", "b1")["sentences"][-1] == "made in the same way"


def test_the_settings_that_are_left_open_are_filled_from_the_newest_dataset(twin: Twin) -> None:
    assert "train.epochs" not in twin.by_size()
    folder = twin.home / "datasets" / "d1"
    folder.mkdir(parents=True)
    (folder / "train.jsonl").write_text('{"said": "\u2028"}\n' * 83, "utf-8")
    twin.store.add_dataset("d1", folder, {})
    assert twin.by_size()["train.epochs"] == (3, "for 83 examples")


def test_what_cannot_be_told_by_size_says_why_and_the_rest_is_told(twin: Twin, tmp_path: Path) -> None:
    folder = twin.home / "datasets" / "d1"
    folder.mkdir(parents=True)
    (folder / "train.jsonl").write_text("{}\n" * 83, "utf-8")
    twin.store.add_dataset("d1", folder, {})
    gone = twin.settings.train.model_copy(update={"base": str(tmp_path / "gone.gguf"), "rank": 8})
    twin.settings = twin.settings.model_copy(update={"train": gone})
    found = twin.by_size()
    assert found["train.epochs"] == (3, "for 83 examples")
    assert "train.rank" not in found, "that was set"
    rows = {row["name"]: row for row in show.config_rows(twin.settings, {}, by_size=found)}
    assert rows["train.learning_rate"]["value"] == 0
    assert "no base model" in rows["train.learning_rate"]["meaning"]


def test_a_broken_database_leaves_out_nothing_but_the_passes(
    tmp_path: Path, tiny_checkpoint: Callable[[str], Path]
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "twin.db").write_text(
        "this is no database, and long enough to be taken for a broken one " * 20
    )
    twin = Twin(load_settings(tmp_path / "home", flags={"train.base": str(tiny_checkpoint("llama"))}, env={})[0])
    found = twin.by_size()
    assert found["train.rank"][0] > 0
    assert found["train.epochs"][0] == 0
    assert "database" in found["train.epochs"][1]


def test_the_report_of_a_home_that_moved_is_found(twin: Twin) -> None:
    put(twin, "a1", gate={"verdict": "activate", "report": "/elsewhere/reports/a1/report.html"})
    found = twin.adapter("a1")
    assert found["report"] == str(twin.home / "reports" / "a1" / "report.html")
    assert found["voice"]["value"] == 0.8


def test_a_refit_without_unseen_words_and_one_whose_report_went_can_be_shown(twin: Twin) -> None:
    put(twin, "a1", losses={"before": None, "after": None}, gate={}, refit_of="a0")
    put(twin, "b1")
    (twin.home / "reports" / "b1" / "report.json").unlink()
    assert "loss not measured  refit of a0" in voices.listed(twin.adapters())
    assert "not measured" in voices.whole(twin.adapter("a1"))
    assert "report    none, or gone" in voices.whole(twin.adapter("b1"))


def test_two_are_compared_in_words(twin: Twin) -> None:
    put(twin, "a1")
    other = {**SETTINGS, "rank": 32, "versions": {"torch": "2.10", "trl": "1.1"}}
    put(twin, "b1", losses={"before": 3.5, "after": 2.9}, settings=other, gate={"verdict": "candidate"})
    found = twin.compare_adapters("a", "b")
    assert found["settings"] == {"rank": [16, 32], "torch": ["2.9", "2.10"]}
    assert found["sentences"] == [
        "held-out loss: 3.100 -> 2.900 nats a token (-0.200)",
        "voice, gap closed: 0.80 [0.70, 0.90] -> not measured",
        "gate: activate -> candidate",
        "rank: 16 -> 32",
        "torch: 2.9 -> 2.10",
    ]
    assert twin.compare_adapters("a", "a")["sentences"][-1] == "made in the same way"


def test_an_export_names_the_base_that_the_adapter_was_trained_on(
    twin: Twin, tmp_path: Path, tiny_checkpoint: Callable[[str], Path]
) -> None:
    """Whatever the settings say since, it is found where it was; without it nothing is written."""
    own = shutil.copytree(tiny_checkpoint("llama"), tmp_path / "own")
    base = find_base(str(own), cache=tmp_path)
    made = put(twin, "a1", state="active", base="own", settings={**SETTINGS, "base_digest": base.digest})
    (made.path / "adapter.gguf").write_bytes(b"")
    card = made.path / "adapter.json"
    card.write_text(json.dumps({**json.loads(card.read_text()), "base_at": str(own)}))
    other = twin.settings.train.model_copy(update={"base": str(tiny_checkpoint("qwen2"))})
    twin.settings = twin.settings.model_copy(update={"train": other})
    twin.export(tmp_path / "out")
    written = tmp_path / "out" / "a1"
    assert f"FROM {own}\n" in (written / "Modelfile").read_text()
    assert f"BASE=${{1:-{own}}}" in (written / "vllm.sh").read_text()
    assert f"of own (digest {base.digest}" in (written / "README.md").read_text()
    own.rename(tmp_path / "moved")
    with pytest.raises(NotFound, match=f"base 'own' .digest {base.digest}") as gone:
        twin.export(tmp_path / "again")
    assert gone.value.hint == "say where it is: twin config train.base /path/to/it"
    assert not (tmp_path / "again").exists()
    named = twin.settings.train.model_copy(update={"base": str(tmp_path / "moved")})
    twin.settings = twin.settings.model_copy(update={"train": named})
    twin.export(tmp_path / "again")
    assert f"FROM {tmp_path / 'moved'}\n" in (tmp_path / "again" / "a1" / "Modelfile").read_text()


def test_rolling_back_goes_step_by_step_and_over_what_is_tainted(twin: Twin) -> None:
    put(twin, "g1")
    put(twin, "r1", refit_of="g1", gate={})
    put(twin, "x1")
    put(twin, "g2")
    put(twin, "r2", refit_of="g2", gate={})
    for identity in ("g1", "r1", "x1", "g2", "r2"):
        twin.store.set_adapter_state(identity, "active")
    twin.store.set_adapter_state("x1", "tainted")
    assert twin.activate(previous=True) == {"active": "r1", "before": "r2"}
    with pytest.raises(NotFound) as nothing:
        twin.activate(previous=True)
    assert "twin activate none" in nothing.value.hint
    twin.activate("none")
    assert twin.store.active_adapter() is None
    assert twin.activate(previous=True) == {"active": "r1", "before": None}
    twin.activate("r2")
    assert twin.activate(previous=True)["active"] == "r1"


def test_what_passed_the_gate_is_no_override_though_a_killed_run_left_it_waiting(twin: Twin) -> None:
    put(twin, "g1")
    put(twin, "r1", refit_of="g1", gate={})
    put(twin, "x1", gate={})
    put(twin, "x2", refit_of="x1", gate={})
    for identity, overridden in (("g1", False), ("r1", False), ("x1", True), ("x2", True)):
        twin.activate(identity)
        assert bool(twin.adapter(identity)["gate"].get("overridden")) == overridden


def test_an_override_is_recorded_and_a_tainted_one_refused(twin: Twin) -> None:
    put(twin, "a1", gate={"verdict": "candidate", "reason": "No better."})
    put(twin, "b1", state="tainted")
    twin.activate("a")
    assert "candidate, overridden by you" in voices.listed(twin.adapters())
    with pytest.raises(BadRequest, match="forgotten"):
        twin.activate("b1")
    assert twin.store.active_adapter().id == "a1"  # type: ignore[union-attr]
    for wrong in ({}, {"name": "a1", "previous": True}):
        with pytest.raises(BadRequest, match="nothing to activate"):
            twin.activate(**wrong)
