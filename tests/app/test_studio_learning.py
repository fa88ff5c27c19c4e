"""The pages *Data* and *Train* in a real headless Chromium."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from introduced import introduce
from shots import shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_example_is_read_edited_and_left_out(tmp_path: Path, studio: str, rest: httpx.Client, page: Any) -> None:
    from playwright.sync_api import expect

    folder = tmp_path / "texts"
    folder.mkdir()
    for day in range(1, 29):
        body = f"Lift {day} in Margate stopped {day * 7} times. <b>Nobody</b> of the team asked why, not even me."
        (folder / f"2025-02-{day:02}-note.md").write_text(f"{body}\n\nWe cleaned the track of door {day}.\n")
    page.goto(f"{studio}/data")
    expect(page.get_by_text("None yet.")).to_be_visible()
    expect(page.get_by_label("Side")).to_be_hidden()
    page.get_by_role("button", name="Build").click()
    expect(page.get_by_role("alert")).to_contain_text("this twin has no author yet")
    page.goto(f"{studio}/sources")
    introduce(page)
    rest.post("/api/sources", json={"location": str(folder)}).raise_for_status()
    rest.post("/api/collect").raise_for_status()

    page.get_by_role("link", name="Data").click()
    page.get_by_role("button", name="Build").click()
    expect(page.locator("[data-list] .soft").first).to_contain_text("28 examples")
    expect(page.locator("button.example")).to_have_count(28)
    page.get_by_label("Side").click()
    page.get_by_role("option", name="to learn from").click()
    expect(page.locator("[data-list] .soft").first).to_have_text("16 examples: 16 to learn from")
    page.locator("button.example").last.click()
    expect(page.get_by_label("What is learned")).to_be_in_viewport()
    page.get_by_label("Words in it").fill("door 3.")
    expect(page.locator("button.example")).to_have_count(1)
    page.locator("button.example").click()
    learned = page.get_by_label("What is learned")
    expect(learned).to_have_value(
        "Lift 3 in Margate stopped 21 times. <b>Nobody</b> of the team asked why, not even me.\n\n"
        "We cleaned the track of door 3."
    )
    page.get_by_text("What is asked").click()
    expect(page.locator(".asked").first).to_contain_text("You are Ada Example")
    shoot(page, tmp_path, "data")

    page.set_viewport_size({"width": 1280, "height": 900})
    learned.fill("Lift 3 stopped. We cleaned the track of door 3.")
    page.get_by_role("button", name="Save the edit").click()
    expect(page.get_by_text("Edited: these words are learned.")).to_be_visible()
    expect(page.get_by_text("Some decisions wait for the next version.")).to_be_visible()
    page.get_by_label("Why, as a note to yourself").fill("<i>dull</i>")
    page.get_by_role("button", name="Exclude it").click()
    expect(page.get_by_text("Excluded: nothing is learned from it.")).to_be_visible()
    expect(page.get_by_text("<i>dull</i>")).to_be_visible()
    shoot(page, tmp_path, "excluded")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Build").click()
    expect(page.get_by_text(re.compile(r"15 to learn from, \d+ to stop by, \d+ held out"))).to_be_visible()
    expect(page.get_by_text("Sections left out by you: 1")).to_be_visible()
    expect(page.get_by_text("Holds from the next version on.")).to_have_count(0)
    expect(page.get_by_text("holds every decision so far")).to_be_visible()
    page.get_by_label("Words in it").fill("")
    expect(page.locator("button.example")).to_have_count(16)
    expect(page.locator("button.example .excluded")).to_have_count(1)
    page.locator("button.example").first.click()
    expect(learned).to_have_value(re.compile("Lift 1 in Margate"))
    page.locator("button.example", has=page.locator(".excluded")).click()
    expect(learned).to_have_value("Lift 3 stopped. We cleaned the track of door 3.")
    page.get_by_role("button", name="Include it again").click()
    expect(page.get_by_text("Edited: these words are learned.")).to_be_visible()
    page.get_by_role("button", name="As it was written").click()
    expect(learned).to_have_value(re.compile("Nobody"))


def test_a_voice_is_planned_trained_and_rolled_back_to(tmp_path: Path, studio: str, page: Any) -> None:
    from playwright.sync_api import expect

    page.goto(f"{studio}/train")
    expect(page.get_by_text("None yet: drafts are written from your passages")).to_be_visible()
    expect(page.get_by_role("button", name="Roll back")).to_be_hidden()
    page.get_by_role("button", name="Plan").click()
    expect(page.get_by_text("24 steps, 210 tokens/s: 15 min")).to_be_visible()
    expect(page.get_by_text("<b>30</b> texts give a voice.")).to_be_visible()
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile(r"train: loss 3.1 \d+ of 12"))).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    expect(page.get_by_text("Trained voice1. It writes from now on.")).to_be_visible()
    expect(page.locator(".state")).to_contain_text("tuned twin voice1")
    drawn = page.locator("svg.losses")
    expect(drawn).to_have_attribute("aria-label", re.compile("on unseen words from 3.500 before it to 3.200, 3.000"))
    expect(drawn.locator("circle")).to_have_count(3)

    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Trained voice2. It waits: the gate did not pass it.")).to_be_visible()
    page.get_by_role("button", name="Activate all the same").click()
    expect(page.get_by_text("voice2 writes now.")).to_be_visible()
    expect(page.get_by_text("Did not pass the gate, overridden by you. Because <i>so</i>.")).to_be_visible()
    page.get_by_text("All of it").first.click()
    expect(page.get_by_text("24 steps on 30 examples").first).to_be_visible()
    shoot(page, tmp_path, "train")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_text("voice1 writes now.")).to_be_visible()
    expect(page.get_by_role("button", name="Roll back")).to_be_hidden()
    page.get_by_role("button", name="Write without it").click()
    expect(page.locator(".state")).to_contain_text("no tuned twin yet")
