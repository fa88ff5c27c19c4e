"""REST as a client meets it: the main path, and the one shape of errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_twin import HERE, client_of, error_of, know_the_author, settings_of
from starlette.testclient import TestClient

from twin.app.server import create_app
from twin.core.records import Adapter
from twin.pipeline import Twin


def test_main_path(tmp_path: Path, texts: Path, client: TestClient) -> None:
    know_the_author(tmp_path / "home")
    with client:
        added = client.post("/api/sources", json={"location": str(texts)})
        assert added.status_code == 201 and added.json()["kind"] == "folder"
        collected = client.post("/api/collect").json()
        [counts] = collected["sources"]
        assert (counts["found"], counts["stored"], collected["documents"]) == (4, 3, 3)
        assert [skip["reason"] for skip in counts["skipped"]] == ["no text"]
        [row] = client.get("/api/sources").json()
        assert row["counts"]["stored"] == 3 and row["skipped"] == counts["skipped"]
        assert len(client.get("/api/documents").json()) == 3
        status = client.get("/api/status").json()
        assert (status["author"], status["documents"]) == ("Ada Example", 3)
        drafts = client.post("/api/drafts", json={"brief": "the stand-up", "links": ["http://10.0.0.1/"]}).json()
        assert drafts["drafts"][0]["claims"][0]["status"] == "supported" and len(drafts["unread"]) == 1


def test_a_source_is_taken_out_with_its_texts(tmp_path: Path, texts: Path, client: TestClient) -> None:
    know_the_author(tmp_path / "home")
    with client:
        source = client.post("/api/sources", json={"location": str(texts)}).json()["id"]
        client.post("/api/collect")
        document = client.get("/api/documents").json()[0]["id"]
        refused = client.delete(f"/api/sources/{document}")  # a text is no source
        assert refused.status_code == 404 and "GET /api/sources" in refused.json()["error"]["hint"]
        assert client.delete(f"/api/sources/{source}").json()["documents"] == 3
        assert client.get("/api/sources").json() == client.get("/api/documents").json() == []


def test_adapters_are_listed_compared_and_rolled_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    know_the_author(home)
    twin = Twin(settings_of(home))
    for identity, rank in (("a1", 16), ("b1", 32)):
        losses, gate = {"before": 3.5, "after": 3.1}, {"verdict": "activate"}
        twin.store.add_adapter(
            Adapter(identity, "d", "b", "lora-sft", "candidate", home / identity, losses, {"rank": rank}, gate), []
        )
        twin.store.set_adapter_state(identity, "active")
    twin.close()
    with client_of(home) as client:
        rows = client.get("/api/adapters").json()
        assert [(row["id"], row["state"]) for row in rows] == [("a1", "retired"), ("b1", "active")]
        compared = client.get("/api/adapters/compare", params={"before": "a", "after": "b"}).json()
        assert "rank: 16 -> 32" in compared["sentences"]
        back = client.post("/api/adapters/active", json={"previous": True}).json()
        assert back == {"active": "a1", "before": "b1"}
        again = client.post("/api/adapters/active", json={"previous": True})
        assert again.status_code == 404 and "twin activate none" in error_of(again)["hint"]
        assert client.post("/api/adapters/active", json={"adapter": "none"}).json()["active"] is None
        assert client.get("/adapters/a1/report").status_code == 404


def test_a_plan_that_too_few_texts_allow_no_training_is_told(tmp_path: Path, texts: Path) -> None:
    know_the_author(tmp_path / "home")
    with client_of(tmp_path / "home") as client:
        client.post("/api/sources", json={"location": str(texts)})
        client.post("/api/collect")
        for path in ("/api/train/plan", "/api/train"):
            refused = client.post(path)
            assert refused.status_code == 409
            assert "to learn from, 20 are the least" in error_of(refused)["message"]


def test_examples_are_listed_decided_on_and_built_again(tmp_path: Path) -> None:
    know_the_author(tmp_path / "home")
    folder = tmp_path / "texts"
    folder.mkdir()
    for day in range(1, 25):
        (folder / f"2025-03-{day:02}-note.md").write_text(
            f"Lift {day} stopped {day * 7} times, and nobody asked why.\n"
        )
    with client_of(tmp_path / "home") as client:
        assert error_of(client.get("/api/examples"))["hint"] == "twin dataset"
        client.post("/api/sources", json={"location": str(folder)})
        client.post("/api/collect")
        built = client.post("/api/dataset").json()
        rows = client.get("/api/examples", params={"side": "test"}).json()
        assert len(rows) == built["test"] and {row["side"] for row in rows} == {"test"}
        assert len(client.get("/api/examples", params={"limit": 5, "offset": 22}).json()) == 2
        at = f"/api/examples/{rows[0]['id']}"
        whole = client.get(at).json()
        assert whole["completion"] == whole["written"] and whole["prompt"][0]["role"] == "system"
        assert client.patch(at, json={"excluded": True, "why": "dull"}).json()["decision"] == "excluded"
        assert client.patch(at, json={"text": "Other words."}).json()["completion"] == "Other words."
        assert client.patch(at, json={"excluded": False}).json()["decision"] == "edited"
        assert client.patch(at, json={"as_written": True}).json()["decision"] == ""
        assert error_of(client.patch(at, json={"text": " "}))["code"] == "bad_request"
        assert client.patch(at, json={"publish": True}).status_code == 422
        assert client.patch(at, json={"excluded": True}, headers={"origin": "https://evil.example"}).status_code == 403
        assert error_of(client.get("/api/examples/nothing"))["code"] == "not_found"
        client.patch(at, json={"excluded": True})
        assert client.post("/api/dataset").json()["rejected"]["excluded by you"] == 1
        assert "sections excluded by you: 1" in client.get("/api/dataset/difference").json()["sentences"]


def test_search_finds_passages_in_the_days_asked_for(tmp_path: Path) -> None:
    know_the_author(tmp_path / "home")
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "2024-03-01-early.md").write_text("We moved the stand-up to the afternoon, as Lisbon had asked.\n")
    (folder / "2025-03-02-late.md").write_text("Nobody missed the old stand-up, and mornings are quiet now.\n")
    with TestClient(create_app(settings_of(tmp_path / "home"), pages=False), base_url=HERE) as client:
        client.post("/api/sources", json={"location": str(folder)})
        client.post("/api/collect")
        found = client.post("/api/search", json={"query": "the stand-up", "since": "2025"}).json()
        assert [one["published"] for one in found["passages"]] == ["2025-03-02"]
        none = client.post("/api/search", json={"query": "the stand-up", "until": "2023"})
        assert none.status_code == 400 and "until 2023-12-31" in error_of(none)["message"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/api/collect", None, 400, "bad_request"),
        ("POST", "/api/sources", {"location": "/nowhere"}, 400, "bad_request"),
        ("POST", "/api/sources", {"place": "/nowhere"}, 422, "bad_request"),
        ("POST", "/api/sources", None, 422, "bad_request"),
        ("POST", "/api/drafts", {"brief": ""}, 400, "bad_request"),
        ("POST", "/api/drafts", {"brief": "why", "since": "May"}, 400, "bad_request"),
        ("POST", "/api/search", {"query": "?"}, 400, "bad_request"),
        ("POST", "/api/search", {"query": "why", "kinds": ["articel"]}, 400, "bad_request"),
        ("POST", "/api/search", {"query": "why", "most": 0}, 422, "bad_request"),
        ("POST", "/api/drafts", {"brief": "a" * 100_000}, 400, "bad_request"),
        ("POST", "/api/drafts", {"brief": "a" * 1_100_000}, 413, "http_413"),
        ("POST", "/api/drafts", {"brief": "x", "publish": True}, 422, "bad_request"),
        ("POST", "/api/drafts", {"brief": "break it"}, 500, "error"),
        ("GET", "/api/nothing", None, 404, "not_found"),
        ("GET", "/api/collect", None, 404, "not_found"),
    ],
)
def test_errors_have_one_shape(client: TestClient, method: str, path: str, body: Any, status: int, code: str) -> None:
    with client:
        answer = client.request(method, path, json=body)
    assert answer.status_code == status
    error = error_of(answer)
    assert error["code"] == code and error["hint"]
    assert "Traceback" not in answer.text and "secret of the inside" not in answer.text


def test_unknown_source_is_an_answer_not_a_failure(tmp_path: Path, client: TestClient) -> None:
    know_the_author(tmp_path / "home")
    with client:
        answer = client.post("/api/sources", json={"location": str(tmp_path / "nothing.here")})
    assert answer.status_code == 422 and error_of(answer)["code"] == "unknown_source"


def test_reference_needs_no_other_server(client: TestClient) -> None:
    with client:
        page, schema = client.get("/docs").text, client.get("/openapi.json").json()
    assert set(schema["paths"]) == {
        "/api/sources",
        "/api/sources/{source}",
        "/api/collect",
        "/api/train",
        "/api/train/plan",
        "/api/adapters",
        "/api/adapters/active",
        "/api/adapters/compare",
        "/api/drafts",
        "/api/drafts/{draft}",
        "/api/drafts/{draft}/repurpose",
        "/api/drafts/{draft}/revise",
        "/api/drafts/{draft}/refine",
        "/api/drafts/{draft}/undo",
        "/api/drafts/{draft}/choose",
        "/api/preferences",
        "/api/preferences/{pair}",
        "/api/places",
        "/api/search",
        "/api/documents",
        "/api/status",
        "/api/dataset",
        "/api/dataset/difference",
        "/api/examples",
        "/api/examples/{example}",
    }
    assert all(path in page for path in schema["paths"])
    assert "<script" not in page and "https://" not in page and "drafts[].claims[].status" in page
