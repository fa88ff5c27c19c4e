"""Somebody who says on the page *Sources* who they are."""

from __future__ import annotations

from typing import Any


def introduce(page: Any, name: str = "Ada Example") -> None:
    """The page must be *Sources*; it says afterwards that no handle is known."""
    from playwright.sync_api import expect

    page.get_by_label("Your name, as you sign").fill(name)
    page.get_by_role("button", name="This is me").click()
    expect(page.get_by_text("no handles yet")).to_be_visible()
