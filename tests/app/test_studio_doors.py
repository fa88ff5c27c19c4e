"""The studio's doors in a real headless Chromium: nothing asked of other hosts, a token, guarded sockets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_twin import TOKEN
from introduced import introduce
from shots import shoot

EDGE = """() => {
  const rgb = said => said.match(/[\\d.]+/g).map(Number)
  const light = said => rgb(said).slice(0, 3)
    .map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0)
  const edge = light(getComputedStyle(document.querySelector('.q-field__control'), ':before').borderTopColor)
  const card = light(getComputedStyle(document.querySelector('.card')).backgroundColor)
  return (Math.max(edge, card) + .05) / (Math.min(edge, card) + .05)
}"""
"""How far the edge of a field stands out from its card, as WCAG counts contrast."""
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


def test_a_page_that_is_not_there_leads_home(studio: str, page: Any) -> None:
    from playwright.sync_api import expect

    page.goto(f"{studio}/sources")
    expect(page.get_by_role("navigation").locator("[aria-current=page]")).to_have_text("Sources")
    other = page.context.new_page()  # whose console may say that the answer was 404
    other.goto(f"{studio}/nowhere")
    expect(other.get_by_role("heading", name="There is no such page")).to_be_visible()
    other.get_by_role("link", name="Back to the studio").click()
    expect(other).to_have_url(f"{studio}/sources")
    answer = httpx.get(f"{studio}/nowhere", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert httpx.get(f"{studio}/nowhere").json()["error"]["code"] == "not_found"


def test_focus_is_seen_fields_have_edges_and_fingers_find_buttons(studio: str, page: Any) -> None:
    """By day and by night: 3 to 1 for the edge of a field; 40 px and more for what a finger presses."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": 390, "height": 900})
        page.goto(f"{studio}/sources")
        page.get_by_label("Your name, as you sign").wait_for()
        assert page.evaluate(EDGE) >= 3
        pressed = page.locator("nav a, button.act, button.quiet, summary").locator("visible=true").all()
        assert len(pressed) > 5
        assert min(one.bounding_box()["height"] for one in pressed) >= 40
    page.get_by_label("Mails and handles").focus()
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="This is me")
    assert button.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


def test_sockets_are_guarded_too(studio: str) -> None:
    poll = f"{studio}/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    assert httpx.get(poll, headers={"origin": "https://evil.example"}).status_code == 403
    assert httpx.get(poll, headers={"host": "evil.example"}).status_code == 403
    assert httpx.get(f"{studio}/sources", headers={"host": "evil.example"}).status_code == 403
    upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
    upgrade |= {"sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "origin": "https://evil.example"}
    assert httpx.get(poll.replace("polling", "websocket"), headers=upgrade).status_code == 403
