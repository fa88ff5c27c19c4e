"""The studio's doors in a real headless Chromium: nothing asked of other hosts, a token, guarded sockets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_twin import TOKEN
from introduced import introduce
from shots import shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_reference_asks_nothing_of_other_hosts(studio: str, page: Any, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    page.goto(f"{studio}/docs")
    assert page.get_by_text("/api/drafts").count() >= 1
    expect(page.get_by_text(f"curl {studio}/api/status")).to_be_visible()
    shoot(page, tmp_path, "docs")
    page.goto(f"{studio}/sources")
    page.goto(f"{studio}/write")
    page.wait_for_timeout(300)


@pytest.mark.parametrize("studio", [TOKEN], indirect=True)
def test_a_token_opens_the_pages(studio: str, page: Any) -> None:
    from playwright.sync_api import expect

    page.goto(studio)
    expect(page).to_have_url(f"{studio}/login")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Open the studio").click()
    introduce(page)
    page.get_by_role("link", name="REST").click()
    expect(page.get_by_text(f"curl -H 'Authorization: Bearer TOKEN' {studio}/api/status")).to_be_visible()


def test_sockets_are_guarded_too(studio: str) -> None:
    poll = f"{studio}/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    assert httpx.get(poll, headers={"origin": "https://evil.example"}).status_code == 403
    assert httpx.get(poll, headers={"host": "evil.example"}).status_code == 403
    assert httpx.get(f"{studio}/sources", headers={"host": "evil.example"}).status_code == 403
    upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
    upgrade |= {"sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "origin": "https://evil.example"}
    assert httpx.get(poll.replace("polling", "websocket"), headers=upgrade).status_code == 403
