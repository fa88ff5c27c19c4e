"""The whole main path with the real small model on a few of the demo author's posts, by the commands a user types."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
POSTS = 26
QUICK = {
    "TWIN_TRAIN__EPOCHS": "1",
    "TWIN_TRAIN__REFIT": "false",
    "TWIN_DATASET__NOTE_SHARE": "0",
    "TWIN_WRITE__CANDIDATES": "2",
    "TWIN_WRITE__WORDS": "60",
    "TWIN_EVALUATE__GATE_BRIEFS": "2",
    "TWIN_EVALUATE__BRIEFS": "4",
    "TWIN_EVALUATE__EXEMPLARS": "1",
    "TWIN_EVALUATE__RESAMPLES": "200",
}

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(1500)]  # 600 s are few beside other work


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Runs a command in one home that has the author's posts; returns its JSON."""
    folder = tmp_path_factory.mktemp("end-to-end")
    posts = folder / "posts"
    posts.mkdir()
    text = "".join(file.read_text("utf-8") for file in sorted((ROOT / "demo" / "texts").glob("posts-*.txt")))
    found = re.findall(r"^=== (\d{4}-\d\d-\d\d) \S+ (\S+)\n(?:\S+: [^\n]*\n)*\n(.*?)(?=^=== |\Z)", text, re.S | re.M)
    for date, slug, body in found[:POSTS]:
        (posts / f"{date}-{slug}.md").write_text(body.strip() + "\n", "utf-8")
    assert len(found) >= POSTS

    def run(*arguments: str) -> Any:
        env = {**os.environ, "TWIN_HOME": str(folder / "home"), **QUICK}
        done = subprocess.run(
            [sys.executable, "-c", "from twin.app.cli import main; main()", *arguments, "--json"],
            capture_output=True,
            text=True,
            env=env,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    run("init", "--author", "Nora Quill")
    run("add", str(posts))
    run("collect")
    return run


def test_training_lowers_the_held_out_loss_and_says_what_the_gate_lacks(twin: Any) -> None:
    trained = twin("train")
    assert trained["loss"]["after"] < trained["loss"]["before"]
    assert trained["tokens_per_second"] > 0
    assert trained["gate"]["verdict"] == "not-enough-data"
    assert trained["active"] is None

    again = twin("train")
    assert again["adapter"] == trained["adapter"]
    assert len(twin("adapters")) == 1


def test_the_draft_stands_on_the_authors_own_posts(twin: Any) -> None:
    adapter = twin("train")["adapter"]
    assert twin("activate", adapter)["active"] == adapter

    written = twin("write", "Why we read the door log before we buy a sensor")
    draft = written["drafts"][0]
    assert draft["adapter"] == adapter
    assert 0 < draft["characters"] == len(draft["text"]) <= 3000
    assert not re.search(r"^#|\*\*|\]\(", draft["text"], re.M)
    assert draft["claims"]
    assert {claim["status"] for claim in draft["claims"]} <= {
        "supported", "contradicted", "not_found", "opinion", "memory"
    }  # fmt: skip
    known = {document["id"] for document in twin("documents")}
    assert draft["sources"]
    assert all(source["document"] in known for source in draft["sources"])
    assert any(
        "log" in source["excerpt"].lower() or "sensor" in source["excerpt"].lower() for source in draft["sources"]
    )


def test_the_report_compares_five_systems_with_intervals(twin: Any) -> None:
    result = twin("evaluate")
    assert {"base", "base+exemplars", "base+retrieval", "twin", "twin+retrieval", "author", "others"} <= set(
        result["variants"]
    )
    loss = result["variants"]["twin"]["loss"]
    assert loss["n"] == 2
    assert loss["low"] <= loss["value"] <= loss["high"]
    assert loss["value"] < result["variants"]["base"]["loss"]["value"]
    page = Path(result["report"]).read_text("utf-8")
    assert "<script" not in page
    assert "base+exemplars" in page
    assert "Would more texts help?" not in page
