"""The pages *Data* and *Train* in a real headless Chromium."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from introduced import ask_for_a_draft, introduce
from shots import shoot

DRAWINGS = """list => {
  window.drawings = 0;
  new MutationObserver(() => { window.drawings += 1; }).observe(document.querySelector(list), {childList: true});
}"""
PRESS = """at => setTimeout(
  () => [...document.querySelectorAll('button')].find(one => one.innerText.includes('Train')).click(),
  at - Date.now())"""
"""Two tabs that are told of one time press at that time."""
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_example_is_read_edited_and_left_out(tmp_path: Path, studio: str, rest: httpx.Client, page: Any) -> None:
    from playwright.sync_api import expect

    folder = tmp_path / "texts"
    folder.mkdir()
    for day in range(1, 29):
        body = f"Lift {day} in Margate stopped {day * 7} times. <b>Nobody</b> of the team asked why, not even me."
        (folder / f"2025-02-{day:02}-note.md").write_text(f"{body}\n\nWe cleaned the track of door {day}.\n")
    page.goto(f"{studio}/data")
    expect(page.get_by_text("There is nothing to learn from yet")).to_be_visible()
    expect(page.get_by_label("Side")).to_be_hidden()
    expect(page.get_by_role("button", name="Build")).to_have_count(0)
    page.get_by_role("link", name="add a source and collect it").click()
    expect(page.get_by_text("None yet. Say who you are, then add the place where you write most.")).to_be_visible()
    introduce(page)
    expect(page.get_by_text("None yet. Add the place where you write most.")).to_be_visible()
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
    page.get_by_role("button", name="Save the edit").click()
    expect(page.get_by_text("Nothing is changed")).to_be_visible()
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


def test_a_voice_is_planned_trained_and_rolled_back_to(
    tmp_path: Path, texts: Path, studio: str, rest: httpx.Client, page: Any
) -> None:
    from playwright.sync_api import expect

    page.goto(f"{studio}/train")
    expect(page.get_by_text("There is nothing to learn from yet")).to_be_visible()
    expect(page.get_by_role("button", name="Train")).to_have_count(0)
    page.goto(f"{studio}/sources")
    introduce(page)
    rest.post("/api/sources", json={"location": str(texts)}).raise_for_status()
    rest.post("/api/collect").raise_for_status()
    page.goto(f"{studio}/train")
    expect(page.get_by_text("None yet: drafts are written from your passages")).to_be_visible()
    expect(page.get_by_role("button", name="Roll back")).to_be_hidden()
    page.get_by_role("button", name="Plan").click()
    expect(page.get_by_text("24 steps, 210 tokens/s: 10 min")).to_be_visible()
    expect(page.get_by_text("in all 15 min to the verdict; where it is passed, at most 13 min more")).to_be_visible()
    expect(page.get_by_text("<b>30</b> texts give a voice.")).to_be_visible()
    page.get_by_role("button", name="Train", exact=True).dblclick()
    expect(page.get_by_text(re.compile(r"train: loss 3.1 \d+ of 12"))).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    expect(page.get_by_text("Trained voice1. It writes from now on.")).to_be_visible()
    expect(page.locator(".state")).to_contain_text("tuned twin voice1")
    expect(page.get_by_text("Passed the gate. Because <i>so</i>.")).to_be_visible()
    expect(page.get_by_text("In the full report: Did not pass the gate. Not of <i>all</i>.")).to_be_visible()
    drawn = page.locator("svg.losses")
    expect(drawn).to_have_attribute("aria-label", re.compile("on unseen words from 3.500 before it to 3.200, 3.000"))
    expect(drawn.locator("circle")).to_have_count(3)

    page.evaluate(DRAWINGS, '[data-list="voices"]')
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Trained voice2. It waits: the gate did not pass it.")).to_be_visible()
    page.wait_for_timeout(1000)
    assert page.evaluate("drawings") == 1  # a press between two would be lost
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
    page.get_by_role("button", name="Write without it").dblclick()
    expect(page.locator(".state")).to_contain_text("your tuned twin rests")
    expect(page.get_by_text("Before: voice1.")).to_be_visible()


def test_a_refusal_for_running_work_goes_when_the_work_ends(
    texts: Path, studio: str, rest: httpx.Client, page: Any
) -> None:
    """Two tabs press at one time: the one that is refused says so for as long as it is true."""
    from playwright.sync_api import expect

    page.goto(f"{studio}/sources")
    introduce(page)
    rest.post("/api/sources", json={"location": str(texts)}).raise_for_status()
    rest.post("/api/collect").raise_for_status()
    tabs = [page, page.context.new_page()]
    for tab in tabs:
        tab.goto(f"{studio}/train")
        expect(tab.get_by_text("None yet: drafts are written")).to_be_visible()
    at = time.time() * 1000 + 1000
    for tab in tabs:
        tab.evaluate(PRESS, at)
    alerts = [tab.get_by_role("alert") for tab in tabs]
    refused = []
    while not refused and time.time() * 1000 < at + 2000:
        page.wait_for_timeout(20)
        refused = [alert.inner_text() for alert in alerts if alert.count()]
    assert "the studio is busy: train" in refused[0]
    expect(page.locator(".state")).to_contain_text("tuned twin voice1")
    for alert in alerts:
        expect(alert).to_have_count(0)


def test_work_goes_on_when_its_tab_is_gone(texts: Path, studio: str, rest: httpx.Client, page: Any) -> None:
    """The studio's fixture fails where the server complains of a page that is not there any more."""
    from playwright.sync_api import expect

    ask_for_a_draft(page, studio, "why we write slowly")
    expect(page.get_by_text("write: writing")).to_be_visible()
    page.goto("about:blank")
    for _ in range(100):
        if rest.get("/api/drafts").json():
            break
        page.wait_for_timeout(200)
    assert [row["request"] for row in rest.get("/api/drafts").json()] == ["why we write slowly"]
    page.wait_for_timeout(500)
