"""The page *Sources*, and what was chosen on the page *Data*, in a real headless Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from introduced import introduce

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_file_is_called_what_the_person_calls_it(studio: str, page: Any) -> None:
    from playwright.sync_api import expect

    page.goto(f"{studio}/sources")
    introduce(page)
    files = page.locator("input[type=file]")
    files.set_input_files({"name": "paper.md", "mimeType": "text/markdown", "buffer": b"# One\n\nA text dropped here."})
    expect(page.get_by_text("Added the file paper.md.")).to_be_visible()
    expect(page.locator(".source .mono")).to_have_text("paper.md")
    files.set_input_files({"name": "my export.zip", "mimeType": "application/zip", "buffer": b"no zip"})
    expect(page.get_by_role("alert")).to_contain_text("my export.zip")
    expect(page.get_by_role("alert")).not_to_contain_text("uploads")


def test_all_that_was_chosen_is_deleted_when_asked_twice(studio: str, rest: httpx.Client, page: Any) -> None:
    from playwright.sync_api import expect

    page.goto(f"{studio}/sources")
    introduce(page)
    page.goto(f"{studio}/data")
    page.get_by_role("checkbox", name="Learn from what I choose and edit").click()
    expect(page.get_by_text("Your choices are kept from now on.")).to_be_visible()
    made = rest.post("/api/drafts", json={"brief": "why we moved it"}).json()
    rest.post(f"/api/drafts/{made['drafts'][0]['id']}/choose", json={"edited": "Ask sooner."}).raise_for_status()
    assert len(rest.get("/api/preferences").json()) == 1
    page.reload()
    page.get_by_role("button", name="Delete all").click()
    expect(page.get_by_text("Delete every pair for good?")).to_be_visible()
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_text("Delete every pair for good?")).to_have_count(0)
    assert len(rest.get("/api/preferences").json()) == 1
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("button", name="Yes, delete all").click()
    expect(page.get_by_text("1 pair is gone.")).to_be_visible()
    assert rest.get("/api/preferences").json() == []


def test_a_source_is_taken_out_after_its_price_is_read(
    studio: str, rest: httpx.Client, page: Any, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    page.goto(f"{studio}/sources")
    introduce(page)
    files = page.locator("input[type=file]")
    choose = page.get_by_role("button", name="Choose an export file")
    expect(choose).to_have_count(2)  # the button, and the field in it
    for name in ("doors.md", "ropes.md"):
        body = f"# {name}\n\nA text on {name} that is dropped here and told by its name.".encode()
        files.set_input_files({"name": name, "mimeType": "text/markdown", "buffer": body})
        expect(page.get_by_text(f"Added the file {name}.")).to_be_visible()
        expect(choose).to_have_count(2)
    page.get_by_role("button", name="Collect").click()
    expect(page.get_by_text("2 new, 2 documents in all")).to_be_visible()
    doors = page.locator(".source", has_text="doors.md")
    expect(doors.get_by_role("button", name="Take this source out")).not_to_be_visible()
    doors.get_by_text("Take it out").click()
    expect(doors.get_by_text("do not come back")).to_be_visible()
    doors.get_by_role("button", name="Take this source out").click()
    expect(page.get_by_text("Taken out, with 1 text.")).to_be_visible()
    expect(page.locator(".source .mono")).to_have_text("ropes.md")
    assert [file.name[:5] for file in (tmp_path / "home" / "uploads").iterdir()] == ["ropes"]
    assert len(rest.get("/api/sources").json()) == len(rest.get("/api/documents").json()) == 1


def test_what_could_not_be_read_is_told_on_a_page_that_is_opened_later(
    studio: str, rest: httpx.Client, page: Any, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    page.goto(f"{studio}/sources")
    introduce(page)
    notes = tmp_path / "notes.md"
    notes.write_text("# Doors\n\nA text on doors that is told by its name.\n")
    gone = tmp_path / "gone.md"
    gone.write_text("# Ropes\n\nA text on ropes.\n")
    for file in (notes, gone):
        rest.post("/api/sources", json={"location": str(file)}).raise_for_status()
    gone.unlink()
    rest.post("/api/collect").raise_for_status()
    page.reload()
    expect(page.locator(".source .notice.bad")).to_have_count(1)
    expect(page.locator(".source", has_text="gone.md")).not_to_contain_text("not collected yet")
    expect(page.locator(".source", has_text="gone.md").locator(".notice.bad")).to_contain_text("there is nothing at")


def test_a_source_that_is_taken_out_cannot_be_left_half_there(studio: str, page: Any) -> None:
    """No Stop beside it, and the page may be closed before it ends."""
    from playwright.sync_api import expect

    page.goto(f"{studio}/sources")
    introduce(page)
    body = b"# Doors\n\nA text on doors."
    page.locator("input[type=file]").set_input_files({"name": "slowly.md", "mimeType": "text/markdown", "buffer": body})
    expect(page.get_by_text("Added the file slowly.md.")).to_be_visible()
    page.get_by_text("Take it out").click()
    page.get_by_role("button", name="Take this source out").click()
    expect(page.locator(".job", has_text="forget")).to_be_visible()
    assert page.get_by_role("button", name="Stop", exact=True).count() == 0
