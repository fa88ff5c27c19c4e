"""Who may talk to the server, and where it may listen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fake_twin import HERE, TOKEN, client_of, error_of, settings_of
from starlette.testclient import TestClient

from twin.app.server import check_host, serve
from twin.core.errors import BadSettings
from twin.core.links import is_loopback


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


def test_who_serves_tells_openmp_how_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a page can load the OpenMP that is read once; here nothing is served, for there is no token."""
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    with pytest.raises(BadSettings):
        serve(settings_of(tmp_path, host="0.0.0.0"))
    assert os.environ["GOMP_SPINCOUNT"] == "1000"
