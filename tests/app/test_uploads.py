"""A file that someone sends in: its name stays harmless, and what nothing reads is not kept."""

from __future__ import annotations

from pathlib import Path

from fake_twin import error_of, know_the_author
from starlette.testclient import TestClient

from twin.app.studio.uploads import as_known, safe_name


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
        assert "'x.zip'" in error_of(broken)["message"] and str(tmp_path) not in error_of(broken)["message"]
        assert error_of(client.post("/api/sources", files={"other": ("x.md", b"x")}))["hint"]
        assert client.post("/api/sources", files={"file": ("empty.md", b"")}).status_code == 400
    assert not list((tmp_path / "home" / "uploads").iterdir())


def test_safe_names() -> None:
    assert safe_name("../../Basic Export (1).ZIP", "0123456789") == "Basic_Export_1-01234567.zip"
    assert safe_name("", "0123456789") == "file-01234567"


def test_a_kept_file_is_told_by_the_name_that_was_sent(tmp_path: Path) -> None:
    for name in ("export.zip", "notes"):
        kept = tmp_path / "uploads" / safe_name(name, "0123456789")
        assert as_known(f"{str(kept)!r} is no archive: {kept}", tmp_path) == f"{name!r} is no archive: {name}"
    assert as_known("/elsewhere/a-01234567.zip", tmp_path) == "/elsewhere/a-01234567.zip"
