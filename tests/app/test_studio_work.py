"""Long work before the pages in a real headless Chromium: stopped, left, and found again on a page opened later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_twin import know_the_author
from introduced import ask_for_a_draft
from served import free_port, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_slow_draft_is_stopped_and_another_one_written(studio: str, page: Any) -> None:
    from playwright.sync_api import expect

    ask_for_a_draft(page, studio, "told slowly")
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

    ask_for_a_draft(page, studio, "told slowly")
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


def test_what_was_typed_outlives_a_new_start_of_the_server(tmp_path: Path, page: Any) -> None:
    """The brief, and an edit of a draft; an edit that is left as it was is gone."""
    from playwright.sync_api import expect

    know_the_author(tmp_path / "home")
    port = free_port()
    other = page.context.new_page()  # whose console may say that nobody answers
    with serving(tmp_path / "home", port=port) as studio:
        for path in ("sources", "data", "write"):
            page.goto(f"{studio}/{path}")
        page.goto("about:blank")
        other.goto(f"{studio}/write")
        other.get_by_label("Brief").fill("told at once")
        other.get_by_role("button", name="Write").click()
        other.get_by_role("button", name="Edit").click()
        other.get_by_label("Your version").fill("Ten minutes of work.")
    expect(other.get_by_role("alert")).to_contain_text("Connection lost.")
    expect(other.get_by_text("Connection lost.")).to_be_visible()
    with serving(tmp_path / "home", port=port):
        other.goto(f"{studio}/write")
        expect(other.get_by_label("Brief")).to_have_value("told at once")
        other.locator("button.earlier").click()
        other.get_by_role("button", name="Edit").click()
        expect(other.get_by_text("The edit that you left open.")).to_be_visible()
        expect(other.get_by_label("Your version")).to_have_value("Ten minutes of work.")
        other.get_by_role("button", name="Leave it as it was").click()
        other.get_by_role("button", name="Edit").click()
        expect(other.get_by_label("Your version")).not_to_have_value("Ten minutes of work.")
        expect(other.get_by_text("The edit that you left open.")).to_have_count(0)
        other.close()


def test_a_page_says_what_comes_first_in_its_own_words(studio: str, page: Any) -> None:
    """No command of the terminal where a page does it."""
    from playwright.sync_api import expect

    page.goto(f"{studio}/write")
    expect(page.get_by_text("Nothing that you wrote is here yet.")).to_be_visible()
    page.get_by_label("Brief").fill("told at once, by nobody")
    page.get_by_role("link", name="Add the places where you write").click()
    page.get_by_label("Mails and handles").fill("ada@example.org")
    page.get_by_role("button", name="This is me").click()
    expect(page.get_by_role("alert")).to_contain_text("the author's name is empty")
    expect(page.get_by_role("alert")).to_contain_text("on the page Sources, under You")
    page.get_by_label("Your name, as you sign").fill("Ada Example")
    page.get_by_role("button", name="This is me").click()
    page.get_by_label("Link or path").fill("https://x.com/ada")
    page.get_by_label("Link or path").press("Enter")
    expect(page.get_by_text("Is https://x.com/ada you?")).to_be_visible()
    expect(page.get_by_label("Link or path")).to_have_value("")
