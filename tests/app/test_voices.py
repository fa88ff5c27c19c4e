"""`twin adapters` and `twin activate` as they are typed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from twin.app.cli import app
from twin.core.errors import BadRequest, NotFound
from twin.core.layers import load_settings
from twin.core.records import Adapter
from twin.pipeline import Twin


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two adapters, the second one active."""
    twin = Twin(load_settings(tmp_path / "home", env={})[0])
    twin.init("Ada Example", [])
    for identity, loss in (("aa11", 3.1), ("bb22", 2.9)):
        losses, gate = {"before": 3.5, "after": loss}, {"verdict": "activate", "reason": "Better."}
        folder = tmp_path / "home" / "adapters" / identity
        made = Adapter(identity, "d", "b", "lora-sft", "candidate", folder, losses, {"rank": 16}, gate)
        twin.store.add_adapter(made, [])
        twin.store.set_adapter_state(identity, "active")
    twin.close()
    return tmp_path / "home"


def said(home: Path, *typed: str) -> str:
    return CliRunner().invoke(app, [*typed, "--home", str(home)], catch_exceptions=False).stdout


def test_listed_shown_compared_and_rolled_back(home: Path) -> None:
    first, second = said(home, "adapters").splitlines()
    assert "aa11" in first and "retired" in first and "3.500 -> 3.100" in first
    assert "bb22" in second and "active" in second
    assert "gate      activate: Better." in said(home, "adapters", "bb")
    assert "held-out loss: 3.100 -> 2.900" in said(home, "adapters", "--compare", "aa", "bb")
    compared = json.loads(said(home, "adapters", "--compare", "aa", "bb", "--json"))
    assert compared["losses"][1]["after"] == 2.9
    assert said(home, "activate", "--previous") == "Active: aa11 (before: bb22).\n"
    with pytest.raises(NotFound, match="no other adapter"):
        said(home, "activate", "--previous")
    with pytest.raises(BadRequest, match="nothing to activate"):
        said(home, "activate")
    assert said(home, "activate", "none") == "Active: no adapter (before: aa11).\n"


def test_the_json_of_the_list_holds_what_the_text_leaves_out(home: Path) -> None:
    rows = json.loads(said(home, "adapters", "--json"))
    assert [row["settings"] for row in rows] == [{"rank": 16}] * 2
    assert {"figures", "voice", "report", "refit_of", "dataset", "created"} <= rows[0].keys()
