"""Somebody who says on the page *Sources* who they are."""

from __future__ import annotations

from typing import Any


def introduce(page: Any, name: str = "Ada Example") -> None:
    """The page must be *Sources*; it says afterwards that no handle is known."""
    from playwright.sync_api import expect

    page.get_by_label("Your name, as you sign").fill(name)
    page.get_by_role("button", name="This is me").click()
    expect(page.get_by_text("no handles yet")).to_be_visible()


def ask_for_a_draft(page: Any, studio: str, brief: str) -> None:
    """As somebody new, who introduces themselves first; a brief with "slowly" in it keeps the fake twin busy."""
    page.goto(f"{studio}/sources")
    introduce(page)
    page.goto(f"{studio}/write")
    page.get_by_label("Brief").fill(brief)
    page.get_by_role("button", name="Write").click()
