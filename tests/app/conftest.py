"""What tests of REST and of the pages share: a client, and a studio with a headless Chromium before it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fake_twin
import httpx
import pytest
from served import serving
from starlette.testclient import TestClient

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync""".split()


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
    return fake_twin.client_of(tmp_path / "home")


@pytest.fixture
def studio(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a running studio on an empty home; stopped as Ctrl-C stops it. Its parameter is a token."""
    with serving(tmp_path / "home", token=getattr(request, "param", "")) as address:
        yield address


@pytest.fixture
def rest(studio: str) -> Iterator[httpx.Client]:
    """A program of the user's beside the pages, as patient as a busy machine asks for."""
    with httpx.Client(base_url=studio, timeout=120) as client:
        yield client


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Any]:
    """A page of a fresh browser; console errors and requests beyond loopback fail the test."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)
    asked: list[str] = []
    wrong: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        one = context.new_page()
        one.set_default_timeout(20_000)
        one.on("request", lambda request: asked.append(request.url))
        one.on("websocket", lambda opened: asked.append(opened.url))
        one.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
        one.on("pageerror", lambda bad: wrong.append(str(bad)))
        yield one
        browser.close()
    assert len(asked) > 5
    assert not [url for url in asked if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))]
    assert not wrong
