"""REST as a client meets it: the main path, the one shape of errors, and who may talk to the server."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from twin.app.cli import app
from twin.app.server import check_host, create_app, serve
from twin.app.studio.shared import Job, SharedTwin
from twin.app.studio.uploads import safe_name
from twin.core.errors import BadRequest, BadSettings, TwinError
from twin.core.protocols import Where
from twin.core.records import Adapter, digest
from twin.core.settings import Settings, is_loopback, load_settings
from twin.inference.plan import checked_request
from twin.pipeline import Twin

TOKEN = "a-token-of-the-test-0123456789"
HERE = "http://127.0.0.1:8377"


class TwinWithFakeWriting(Twin):
    """Real store and real sources; the draft is a fixed one, so that no model is needed."""

    asked: Any = None
    wishes: Any = None

    def index_is_stale(self) -> bool:
        return True

    def write(self, brief: str, *, links: Any = (), **wishes: Any) -> dict[str, Any]:
        request = checked_request(brief)
        self.asked, self.wishes = (self.settings.write, list(links)), wishes
        if "break" in brief:
            raise RuntimeError("a secret of the inside")
        self.progress(1, 2, "writing")
        drafts = [fake_draft(request, variant) for variant in range(1, self.settings.write.variants + 1)]
        for draft in drafts:
            detail = {name: value for name, value in draft.items() if name not in ("text", "prompt")}
            self.store.add_draft(draft["id"], request, draft["text"], {**detail, "made": fake_making(draft)}, [])
        unread = [{"key": link, "reason": "a private network"} for link in links]
        return {"drafts": drafts, "brief": {"topic": request}, "unread": unread, "seconds": 0.1}


HOOKS = ("scene", "question", "number", "claim", "claim")


def fake_making(draft: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a draft so that it can be gone on with."""
    words = "We moved the stand-up to 15:00 and nobody missed the old one. Ask sooner. It is kind to ask."
    passage = {"id": "p1", "document": "d1", "title": "", "url": "", "text": words, "kind": "note", "published": ""}
    wishes: dict[str, list[str]] = {"must": [], "avoid": []}
    brief = {"topic": "stand-up, afternoon", "facts": [], "words": 60}
    return {"brief": brief, "prompt": draft["prompt"], "passages": [{**passage, "score": 1.0}], "wishes": wishes}


def fake_draft(request: str, variant: int = 1) -> dict[str, Any]:
    own = {"document": "d9", "kind": "post", "title": "Why <b>stand</b>", "url": "https://example.org/why",
           "published": "2024-05-06"}  # fmt: skip
    rows = [("words a sentence", 17.25, 9.0, 15.5, False), ("emoji", 0.0, 0.0, 0.0, True),
            ("“I” in 100 words", 2.1, 1.0, 6.4, True), ("lines of a list", 3.0, 0.0, 1.0, False)]  # fmt: skip
    text = (
        "We moved the stand-up to 15:00.\n\nNobody missed the old one. <b>Nobody.</b> It cost us 12 minutes "
        "a week, and it gave the two people in Lisbon their mornings back; I had not asked them in three "
        "years.\n\nAsk sooner."
    )
    source = {
        "id": "p1",
        "document": "d1",
        "title": "Notes on <i>meetings</i>",
        "url": "https://example.org/meetings",
        "published": "2025-03-04",
        "excerpt": "We moved the stand-up to 15:00 and nobody missed the old one.",
        "outside": False,
        "used": True,
    }
    offered = {**source, "id": "p2", "title": "Other notes", "url": "javascript:alert(1)", "used": False}
    return {
        "id": digest("draft", text, request, variant) if variant > 1 else digest("draft", text, request),
        "text": text,
        "characters": len(text),
        "variant": variant,
        "place": "linkedin-post",
        "hook": {"kind": HOOKS[variant - 1], "share": 0.31},
        "model": "fake",
        "adapter": None,
        "made_with": {"twin": "0.1.0", "model": "fake-1", "adapter": None, "dataset": None, "prompt": "1",
                      "exemplars": [], "sampling": {"candidates": 8, "temperature": 0.5, "seed": 7}},
        "cost": {"seconds": 12.31, "tokens_read": 4120, "tokens_written": 1888, "drafts": 1},
        "created": f"2025-06-01T10:00:0{variant}.000+00:00",
        "prompt": [{"role": "system", "content": "You are Ada Example."}, {"role": "user", "content": "Write a <b>."}],
        "style": {"verdict": "unclear", "percentile": 31.0, "score": 1.2, "range": [0.9, 2.1], "version": "4"},
        "habits": {"of": "24 posts", "why": "", "rows": [
            dict(zip(("habit", "value", "low", "high", "within"), row, strict=True)) for row in rows]},
        "copying": {"longest_run_words": 4, "share": 0.05, "run": "nobody missed the old", "gate": 12, "of": own},
        "repetition": {"value": 0.71, "gate": 0.5, "repeated": True, "told": {**own, "shared": ["moved", "stand"]},
                       "opening": [own], "why": ""},
        "claims": [
            {"sentence": "We moved the stand-up to 15:00.", "status": "supported", "sources": ["p1"], "finding": ""},
            {"sentence": "It cost us 12 minutes a week", "status": "not_found", "sources": [], "finding": "not: 12"},
            {"sentence": "Ask sooner.", "status": "opinion", "sources": [], "finding": ""},
        ],
        "problems": [],
        "sources": [source, offered],
    }  # fmt: skip


def settings_of(home: Path, **serving: Any) -> Settings:
    flags = {"model.kind": "fake", "index.embedder": "fake", **{f"serve.{k}": v for k, v in serving.items()}}
    return load_settings(home, flags=flags, env={})[0]


def client_of(home: Path, **serving: Any) -> TestClient:
    settings = settings_of(home, **serving)
    shared = SharedTwin(settings, TwinWithFakeWriting(settings))
    return TestClient(create_app(settings, pages=False, shared=shared), base_url=HERE)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    for day in (1, 2, 3):
        body = f"Day {day}: we moved the stand-up to 15:00, and nobody of the team missed the old one, not even me."
        (folder / f"2025-03-0{day}-note.md").write_text(f"# Note {day}\n\n{body}\n")
    (folder / "empty.md").write_text("\n")
    return folder


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return client_of(tmp_path / "home")


def know_the_author(home: Path) -> None:
    twin = Twin(settings_of(home))
    twin.init("Ada Example", ["ada@example.org"])
    twin.close()


def error_of(answer: Any) -> dict[str, str]:
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "hint"} and error["message"]
    return error


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


def test_what_is_left_of_a_job_is_told_by_its_present_part(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("twin.app.studio.shared.time.monotonic", lambda: clock[0])
    job = Job("train", started=100.0, since=100.0).told(0, 2, "unpacking")
    clock[0] = 160.0
    job = job.told(10, 50, "loss 3")
    assert job.left_s(160.0) is None
    clock[0] = 170.0
    job = job.told(20, 50, "loss 3")
    assert job.left_s(170.0) == pytest.approx(30.0)
    assert job.told(50, 50, "done").left_s(190.0) is None


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


def test_real_twin_on_fake_models(tmp_path: Path, texts: Path) -> None:
    """What the pipeline answers fits what REST promises."""
    know_the_author(tmp_path / "home")
    with TestClient(create_app(settings_of(tmp_path / "home"), pages=False), base_url=HERE) as client:
        client.post("/api/sources", json={"location": str(texts)})
        client.post("/api/collect")
        answer = client.post("/api/drafts", json={"brief": "why we moved the stand-up", "words": 40})
        assert answer.status_code == 200, answer.text
        assert answer.status_code == 200, answer.text
        [draft] = answer.json()["drafts"]
        assert draft["text"] and draft["characters"] == len(draft["text"]) and draft["claims"]
        assert client.get("/api/status").json()["documents"] == 3


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


def test_an_upload_with_a_hostile_name_stays_in_the_home(tmp_path: Path, client: TestClient) -> None:
    know_the_author(tmp_path / "home")
    uploads = tmp_path / "home" / "uploads"
    with client:
        for name in ("../../evil.md", "..\\..\\evil.md", "/etc/cron.d/evil.md", "a\x01b.md", "é" * 300 + ".md"):
            answer = client.post(
                "/api/sources", files={"file": (name, f"# {name!r}\n\nSome words here.", "text/plain")}
            )
            assert answer.status_code == 201, answer.text
            kept = Path(answer.json()["location"])
            assert kept.parent == uploads and kept.is_file() and len(kept.name) < 90
    assert {path.parent for path in tmp_path.rglob("*evil*")} == {uploads}
    assert all(len(f.name.encode()) < 255 for f in uploads.iterdir())


def test_the_same_upload_twice_is_one_source(tmp_path: Path, client: TestClient) -> None:
    know_the_author(tmp_path / "home")
    with client:
        for content in ("# One\n\nSome words.", "# One\n\nSome words.", "# Two\n\nOther words."):
            client.post("/api/sources", files={"file": ("note.md", content, "text/plain")})
        assert len(client.get("/api/sources").json()) == 2


def test_an_upload_that_nothing_reads_is_not_kept(tmp_path: Path, client: TestClient) -> None:
    know_the_author(tmp_path / "home")
    with client:
        unknown = client.post("/api/sources", files={"file": ("x.exe", b"MZ\x00", "application/x-binary")})
        assert unknown.status_code == 422
        broken = client.post("/api/sources", files={"file": ("x.zip", b"no zip", "application/zip")})
        assert broken.status_code == 422
        assert error_of(client.post("/api/sources", files={"other": ("x.md", b"x")}))["hint"]
        assert client.post("/api/sources", files={"file": ("empty.md", b"")}).status_code == 400
    assert not list((tmp_path / "home" / "uploads").iterdir())


def test_safe_names() -> None:
    assert safe_name("../../Basic Export (1).ZIP", "0123456789") == "Basic_Export_1-01234567.zip"
    assert safe_name("", "0123456789") == "file-01234567"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8377", "127.0.0.1.evil.example", "", "[", "10.0.0.1"])
def test_a_rebound_name_is_refused(client: TestClient, host: str) -> None:
    with client:
        answer = client.get("/api/status", headers={"host": host})
    assert answer.status_code == 403 and error_of(answer)["code"] == "unknown_host"


@pytest.mark.parametrize("host", ["127.0.0.1:8377", "localhost", "LOCALHOST:9", "[::1]:8377"])
def test_loopback_names_are_known(client: TestClient, host: str) -> None:
    with client:
        assert client.get("/api/status", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_other_pages_cannot_post(client: TestClient, headers: dict[str, str]) -> None:
    with client:
        answer = client.post("/api/collect", headers=headers)
        assert answer.status_code == 403 and error_of(answer)["code"] == "foreign_page"
        own = client.post("/api/collect", headers={"origin": HERE, "sec-fetch-site": "same-origin"})
        assert own.status_code == 400
        assert not [name for name in own.headers if name.startswith("access-control")]


def test_a_token_is_asked_for_everywhere(tmp_path: Path) -> None:
    with client_of(tmp_path, host="0.0.0.0", token=TOKEN) as client:
        for path in ("/api/status", "/openapi.json", "/docs", "/api/sources"):
            answer = client.get(path)
            assert answer.status_code == 401 and error_of(answer)["code"] == "no_token"
        assert client.get("/api/status", headers={"authorization": "Bearer wrong"}).status_code == 401
        assert client.get("/api/status", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
        page = client.get("/docs", headers={"accept": "text/html"}, follow_redirects=False)
        assert (page.status_code, page.headers["location"]) == (303, "/login")
        assert client.post("/login", data={"token": "wrong"}).status_code == 401
        assert client.get("/docs").status_code == 401
        right = client.post("/login", data={"token": TOKEN}, follow_redirects=False)
        assert right.status_code == 303 and TOKEN not in right.headers["set-cookie"]
        assert "httponly" in right.headers["set-cookie"].lower()
        assert client.get("/docs").status_code == 200


def test_other_addresses_need_a_token(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "192.168.1.5", "my-laptop"):
        with pytest.raises(BadSettings) as caught:
            serve(settings_of(tmp_path, host=host))
        assert "TWIN_SERVE__TOKEN" in caught.value.hint
    with pytest.raises(BadSettings):
        check_host(settings_of(tmp_path, host="0.0.0.0", token="short"))
    assert is_loopback("127.0.0.9") and is_loopback("::1") and is_loopback("localhost")


def test_a_port_in_use_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    from twin.app import server

    monkeypatch.setattr(server, "create_app", lambda settings, shared: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadSettings) as caught:
            serve(settings_of(tmp_path, port=port))
    assert f"--port {port + 1}" in caught.value.hint


def test_reference_needs_no_other_server(client: TestClient) -> None:
    with client:
        page, schema = client.get("/docs").text, client.get("/openapi.json").json()
    assert set(schema["paths"]) == {
        "/api/sources",
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


def test_one_work_at_a_time(tmp_path: Path) -> None:
    import asyncio

    settings = settings_of(tmp_path)
    shared = SharedTwin(settings, TwinWithFakeWriting(settings))
    going, go_on = threading.Event(), threading.Event()

    def slow(twin: Twin) -> str:
        twin.progress(3, 9, "reading")
        going.set()
        assert go_on.wait(10)
        return "done"

    async def both() -> None:
        first = asyncio.create_task(shared.work("collect", slow))
        await asyncio.to_thread(going.wait, 10)
        assert shared.job and (shared.job.doing, shared.job.done, shared.job.total) == ("collect", 3, 9)
        with pytest.raises(TwinError, match="busy: collect"):
            await shared.work("write", slow)
        assert await shared.ask(lambda one: one.store.count()) == 0
        go_on.set()
        assert await first == "done"
        assert shared.job is None and shared.finished == 1

    asyncio.run(both())
    shared.close()


def test_closing_stops_running_work_at_its_next_step(tmp_path: Path) -> None:
    import asyncio

    settings = settings_of(tmp_path)
    shared = SharedTwin(settings, TwinWithFakeWriting(settings))
    going = threading.Event()

    def endless(twin: Twin) -> None:
        while True:
            twin.progress(0, 0, "reading")
            going.set()

    async def stop() -> None:
        running = asyncio.create_task(shared.work("collect", endless))
        await asyncio.to_thread(going.wait, 10)
        await asyncio.to_thread(shared.close)
        with pytest.raises(TwinError, match="closing"):
            await running
        with pytest.raises(TwinError, match="busy"):
            await shared.work("write", endless)

    asyncio.run(stop())


def test_bounds_come_from_the_settings(tmp_path: Path) -> None:
    import asyncio

    shared = SharedTwin(settings_of(tmp_path))
    with pytest.raises(BadRequest, match="variants"):
        asyncio.run(shared.work("write", lambda one: None, asked={"variants": 99}))
    shared.close()
