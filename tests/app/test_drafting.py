"""Drafts over REST: written, for a place, taken back; the values of one draft hold for that draft."""

from __future__ import annotations

import json
from pathlib import Path

from fake_twin import HERE, TwinWithFakeWriting, client_of, error_of, know_the_author, settings_of
from starlette.testclient import TestClient
from typer.testing import CliRunner

from twin.app.cli import app
from twin.app.server import create_app
from twin.app.studio.shared import SharedTwin
from twin.core.errors import TwinError
from twin.core.protocols import Where
from twin.core.text import sentences


def test_real_twin_on_fake_models(tmp_path: Path, texts: Path) -> None:
    """What the pipeline answers fits what REST promises."""
    know_the_author(tmp_path / "home")
    with TestClient(create_app(settings_of(tmp_path / "home"), pages=False), base_url=HERE) as client:
        client.post("/api/sources", json={"location": str(texts)})
        client.post("/api/collect")
        answer = client.post("/api/drafts", json={"brief": "why we moved the stand-up", "words": 40})
        assert answer.status_code == 200, answer.text
        [draft] = answer.json()["drafts"]
        assert draft["text"] and draft["characters"] == len(draft["text"]) and draft["claims"]
        assert client.get("/api/status").json()["documents"] == 3


def test_a_draft_for_a_place_and_for_another(tmp_path: Path) -> None:
    know_the_author(tmp_path / "home")
    with TestClient(create_app(settings_of(tmp_path / "home"), pages=False), base_url=HERE) as client:
        rows = {row["name"]: row for row in client.get("/api/places").json()}
        assert len(rows) == 10 and rows["x-post"]["limit"] == 280
        answer = client.post("/api/drafts", json={"brief": "why we moved 24 of them", "place": "x-thread"})
        assert answer.status_code == 200, answer.text
        [draft] = answer.json()["drafts"]
        assert (draft["place"], answer.json()["brief"]["words"]) == ("x-thread", rows["x-thread"]["words"])
        made = client.post(f"/api/drafts/{draft['id']}/repurpose", json={"place": "linkedin-post"}).json()
        assert made["draft"]["from"] == {"draft": draft["id"], "place": "x-thread"}
        nothing = client.post("/api/drafts", json={"brief": "why we moved"}).json()
        assert nothing["drafts"] == [] and len(nothing["questions"]) >= 3
        unknown = client.post("/api/drafts", json={"brief": "why", "place": "x"})
        assert unknown.status_code == 400 and "there is no place 'x'" in error_of(unknown)["message"]
        assert client.post("/api/drafts/none/repurpose", json={"place": "x-post"}).status_code == 404


def test_some_sentences_are_refined_by_rest_as_by_the_command(tmp_path: Path) -> None:
    know_the_author(tmp_path / "home")
    with client_of(tmp_path / "home") as client:
        written = client.post("/api/drafts", json={"brief": "the stand-up"}).json()["drafts"][0]
        text = "We moved the stand-up to 15:00. It is late. I like it. Nobody asked. Ask sooner."
        first = client.post(f"/api/drafts/{written['id']}/revise", json={"text": text}).json()["draft"]
        said = sentences(text)
        asked = {"ask": "shorter", "sentences": [2, 3], "sentence": 5}
        answer = client.post(f"/api/drafts/{first['id']}/refine", json=asked)
        assert answer.status_code == 200, answer.text
        made = answer.json()["draft"]
        refused = client.post(f"/api/drafts/{first['id']}/refine", json={**asked, "sentences": [9]})
        assert "sentences 1 to 5" in error_of(refused)["message"]
    left = sentences(made["text"])
    assert {said[0], said[3]} < {*left} < {*said}, "of the three that were named some are gone, of the others none"
    home = ["--home", str(tmp_path / "home"), "--json"]
    fake = {"TWIN_MODEL__KIND": "fake", "TWIN_INDEX__EMBEDDER": "fake"}
    named = [part for number in (2, 3, 5) for part in ("--sentence", str(number))]
    by_command = CliRunner().invoke(app, ["refine", first["id"], "shorter", *named, *home], env=fake)
    assert json.loads(by_command.stdout)["draft"]["text"] == made["text"]


def test_a_refined_draft_is_taken_back_in_the_words_of_the_command(tmp_path: Path) -> None:
    know_the_author(tmp_path / "home")
    with client_of(tmp_path / "home") as client:
        first = client.post("/api/drafts", json={"brief": "the stand-up"}).json()["drafts"][0]
        made = client.post(f"/api/drafts/{first['id']}/refine", json={"ask": "shorter"}).json()["draft"]
        back = client.post(f"/api/drafts/{made['id']}/undo")
        assert back.status_code == 200, back.text
        assert (back.json()["draft"]["id"], back.json()["draft"]["text"]) == (first["id"], first["text"])
        assert client.get("/api/drafts").json()[0]["versions"] == 2
        for draft in (first["id"], "nothing"):
            refused = client.post(f"/api/drafts/{draft}/undo")
            said = CliRunner().invoke(app, ["refine", draft, "--undo", "--home", str(tmp_path / "home")])
            assert refused.status_code == 404 and isinstance(said.exception, TwinError)
            error = error_of(refused)
            assert (error["message"], error["hint"]) == (said.exception.message, said.exception.hint)


def test_values_of_one_draft_hold_for_that_draft_only(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    twin = TwinWithFakeWriting(settings)
    with TestClient(create_app(settings, pages=False, shared=SharedTwin(settings, twin)), base_url=HERE) as client:
        client.post("/api/drafts", json={"brief": "the stand-up", "words": 77, "variants": 2, "seed": 5})
        chosen, _ = twin.asked
        assert (chosen.words, chosen.variants, chosen.seed) == (77, 2, 5)
        client.post("/api/drafts", json={"brief": "the stand-up", "year": 2019, "candidates": 3})
        assert (twin.asked[0].year, twin.asked[0].candidates) == (2019, 3)
        wished = {"audience": "managers", "must": ["Kafka"], "avoid": ["synergy"], "answer": "They said so."}
        narrow = {"kinds": ["article"], "sites": ["medium"], "since": "2024", "until": "2024-05"}
        client.post("/api/drafts", json={"brief": "the stand-up", **wished, **narrow})
        where = Where(
            kinds=frozenset({"article"}), places=frozenset({"medium"}), since="2024-01-01", until="2024-05-31"
        )
        assert twin.wishes == {**wished, "where": where}
        client.post("/api/drafts", json={"brief": "the stand-up"})
        assert twin.asked[0] == settings.write
        bad = client.post("/api/drafts", json={"brief": "the stand-up", "words": 1})
        assert bad.status_code == 400 and "words" in error_of(bad)["message"]
