"""Long work before the pages in a real headless Chromium: stopped, left, and found again on a page opened later."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from introduced import introduce

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_slow_draft_is_stopped_and_another_one_written(studio: str, page: Any) -> None:
    from playwright.sync_api import expect

    page.goto(f"{studio}/sources")
    introduce(page)
    page.goto(f"{studio}/write")
    page.get_by_label("Brief").fill("told slowly")
    page.get_by_role("button", name="Write").click()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("stopped: write")).to_be_visible()
    expect(page.locator(".notice.warn", has_text="what was finished is kept")).to_be_visible()
    expect(page.locator(".job")).to_be_hidden()
    expect(page.locator("[data-part=text]")).to_have_count(0)
    page.get_by_label("Brief").fill("told at once")
    page.get_by_role("button", name="Write").click()
    expect(page.locator("[data-part=text]")).to_be_visible()


def test_work_that_a_page_left_is_told_on_the_next_one(studio: str, rest: httpx.Client, page: Any) -> None:
    """After a reload in the middle of it, and where it came to nothing on another page."""
    from playwright.sync_api import expect

    page.goto(f"{studio}/sources")
    introduce(page)
    page.goto(f"{studio}/write")
    page.get_by_label("Brief").fill("told slowly")
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_text("write: writing")).to_be_visible()
    page.reload()
    expect(page.get_by_text("What you asked for is written.")).to_be_visible()
    expect(page.locator("button.earlier")).to_have_count(1)

    page.get_by_label("Brief").fill("told slowly again")
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_text("write: writing")).to_be_visible()
    page.get_by_role("link", name="Data").click()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("stopped: write")).to_be_visible()
