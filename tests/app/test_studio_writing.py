"""The page *Write* in a real headless Chromium: a draft is written, copied, changed, taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_twin import fake_draft
from introduced import introduce
from shots import shoot

BRIEF = "why we moved the stand-up to the afternoon"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_from_nobody_to_a_copied_draft(tmp_path: Path, texts: Path, studio: str, page: Any) -> None:
    from playwright.sync_api import expect

    (texts / "empty.md").rename(texts / "<img src=x onerror=alert(1)>.md")

    page.goto(studio)
    expect(page).to_have_url(f"{studio}/sources")
    shoot(page, tmp_path, "nobody")
    page.get_by_label("Your name, as you sign").fill("Ada Example")
    page.get_by_label("Mails and handles").fill("ada@example.net\nlinkedin.com/in/ada")
    page.get_by_role("button", name="This is me").click()
    expect(page.get_by_text("ada@example.net, linkedin.com/in/ada")).to_be_visible()

    page.get_by_label("Link or path").fill("/nowhere/at/all")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("nothing is at '/nowhere/at/all'")
    page.get_by_label("Link or path").fill(str(texts))
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("not collected yet")).to_be_visible()
    upload = {"name": "../../over there.md", "mimeType": "text/markdown", "buffer": b"# Over\n\nA text dropped here."}
    page.locator("input[type=file]").set_input_files(upload)
    expect(page.get_by_text("not collected yet")).to_have_count(2)
    [kept] = (tmp_path / "home" / "uploads").iterdir()
    assert kept.name.startswith("over_there-")

    page.get_by_role("button", name="Collect").click()
    expect(page.get_by_text("4 new, 4 documents in all")).to_be_visible()
    expect(page.locator(".state")).to_contain_text("4 documents")
    expect(page.locator(".counts").first).to_have_text(
        "4 found= 3 stored+ 0 edited+ 0 unchanged+ 0 duplicates+ 1 skipped"
    )
    page.get_by_text("1 skipped: why").click()
    expect(page.get_by_text("1 × no text")).to_be_visible()
    shoot(page, tmp_path, "sources")

    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Write").click()
    expect(page.get_by_text("No tuned twin is active")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 500})
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_role("alert")).to_contain_text("the brief is empty")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("Brief").fill(BRIEF)
    expect(page.get_by_text(f"{len(BRIEF)} / 4,000 characters")).to_be_visible()
    page.get_by_label("Links or files").fill("http://10.0.0.1/wall")
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_text("write: writing")).to_be_visible()
    expect(page.get_by_role("button", name="Write")).to_be_disabled()

    draft = fake_draft(BRIEF)
    expect(page.locator(".claim")).to_have_count(3)
    expect(page.locator(".claim").first).to_be_hidden()
    expect(page.get_by_text("1 of 3 sentences stand in a source, 1 not found, 1 opinion")).to_be_visible()
    shoot(page, tmp_path, "quiet")
    page.set_viewport_size({"width": 1280, "height": 900})
    for name in ("Truth", "Code", "Angle", "Sources", "Voice", "Habits", "Copying", "Told before", "How it was made"):
        page.locator(".found summary", has_text=name).first.click()
    expect(page.locator(".habit.out").first).to_have_text("words a sentence: 17.25, yours 9 to 15.5")
    expect(page.get_by_text("It scores 1.20, most of yours 0.90 to 2.10")).to_be_visible()
    expect(page.get_by_text("Nearest is your post of 2024-05-06, “Why <b>stand</b>”")).to_be_visible()
    expect(page.get_by_text("prompt 1, model fake-1, twin 0.1.0")).to_be_visible()
    expect(page.get_by_text("Write a <b>.")).to_be_visible()
    expect(page.locator(".claim.supported")).to_contain_text("stands in a source: source 1")
    expect(page.get_by_text("3 lines that nobody checked")).to_be_visible()
    expect(page.get_by_text("told to lead with “the stand-up at <b>15:00</b>” (source 1); 1 of 2")).to_be_visible()
    expect(page.get_by_text("not said: 12 minutes (your brief)")).to_be_visible()
    expect(page.get_by_text("“at <b>16:00</b>”: not in your sources: 16:00")).to_be_visible()
    expect(page.locator(".claim.not_found")).to_contain_text("not found in your sources (not: 12)")
    expect(page.get_by_text(f"{draft['characters']} / 3,000 characters")).to_be_visible()
    expect(page.get_by_text("Could not read http://10.0.0.1/wall")).to_be_visible()
    expect(page.get_by_text("only offered")).to_be_visible()
    expect(page.get_by_text("<b>Nobody.</b>").first).to_be_visible()
    links = page.locator(".passage a")
    expect(links).to_have_count(1)
    assert "noopener" in links.get_attribute("rel") and links.get_attribute("href") == "https://example.org/meetings"
    expect(page.get_by_role("button", name="Write")).to_be_enabled()
    shoot(page, tmp_path, "write")

    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    read = "async () => (await navigator.clipboard.read()).map(item => item.types)"
    assert page.evaluate(read) == [["text/plain"]]
    assert page.evaluate("navigator.clipboard.readText()") == draft["text"]

    page.reload()
    page.locator("button.earlier").click()
    expect(page.locator(".claim")).to_have_count(3)

    page.get_by_label("Drafts", exact=True).click()
    page.get_by_role("option", name="Three angles").click()
    expect(page.get_by_role("option")).to_have_count(0)
    page.get_by_label("Brief").fill(BRIEF)
    page.get_by_role("button", name="Write").click()
    page.get_by_role("tab", name="2. question").click()
    expect(page.get_by_text("Opens with a question, as 31% of your posts do.", exact=True)).to_be_visible()
    expect(page.get_by_text("Told to lead with “the stand-up at <b>15:00</b>” (source 1).", exact=True)).to_be_visible()
    expect(page.get_by_role("tabpanel").locator(".claim")).to_have_count(3)
    shoot(page, tmp_path, "variants")

    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.get_by_label("Length, in words").input_value() == "120"
    page.get_by_label("Where it will be posted").click()
    page.get_by_role("option", name="X post").click()
    expect(page.get_by_label("Length, in words")).to_have_value("35")
    expect(page.get_by_role("option")).to_have_count(0)
    panel = page.get_by_role("tabpanel").last
    expect(panel.locator(".post .fold").first).to_have_text("140")
    panel.get_by_label("Turn it into").click()
    page.get_by_role("option", name="X post").click()
    expect(page.get_by_role("option")).to_have_count(0)
    expect(panel.get_by_label("Turn it into")).to_have_value("X post")
    panel.get_by_role("button", name="Turn", exact=True).click()
    expect(page.get_by_text("Turned into: X post")).to_be_visible()
    expect(panel.get_by_text(f"{len(draft['text'])} / 280 weighted characters")).to_be_visible()
    expect(panel.locator("[data-part=text] .fold")).to_have_count(0)
    shoot(page, tmp_path, "turned")


def test_a_draft_is_changed_edited_taken_and_gone_back_to(
    tmp_path: Path, studio: str, rest: httpx.Client, page: Any
) -> None:
    """The whole of it, one sentence, the author's own hand; every version stays, and a choice needs consent."""
    from playwright.sync_api import expect

    rest.post("/api/drafts", json={"brief": BRIEF}).raise_for_status()
    page.goto(f"{studio}/sources")
    introduce(page)
    page.goto(f"{studio}/write")
    page.locator("button.earlier").click()
    text = page.locator("[data-part=text]")
    first = fake_draft(BRIEF)["text"]
    expect(text.locator(".said.not_found").first).to_be_visible()

    text.locator("[data-sentence='1']").click()
    expect(page.get_by_text("Change sentence 1")).to_be_visible()
    expect(page.get_by_role("button", name="Another hook")).to_be_hidden()
    text.locator("[data-sentence='2']").click()
    expect(page.get_by_text("Change sentences 1, 2")).to_be_visible()
    for name in ("Shorter", "Longer"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    text.locator("[data-sentence='2']").click()
    shoot(page, tmp_path, "picked")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Keep as it is").click()
    expect(text.locator(".said.kept").first).to_have_text("We moved the stand-up to 15:00.")
    expect(page.get_by_text("Stays as it is: sentence 1.")).to_be_visible()
    page.get_by_role("button", name="Shorter").click()
    expect(page.get_by_text("Shorter. Opens with")).to_be_visible()
    expect(text).to_contain_text("We moved the stand-up to 15:00.")
    expect(text).not_to_contain_text("Lisbon")

    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Your version").fill("We moved the stand-up to 15:00. It cost us 77 minutes.")
    shoot(page, tmp_path, "edit")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Keep my version").click()
    expect(page.get_by_text("Edited by you. Opens with")).to_be_visible()
    expect(text.locator(".said.not_found, .said.contradicted")).to_contain_text("77 minutes")
    expect(page.locator(".version")).to_have_count(3)
    expect(page.locator(".version.here")).to_contain_text("3. edited by you")
    shoot(page, tmp_path, "versions")
    page.set_viewport_size({"width": 1280, "height": 900})

    page.get_by_role("button", name="I take this one").click()
    expect(page.get_by_text("May this twin learn from what you choose and edit?")).to_be_visible()
    assert rest.get("/api/preferences").json() == []
    page.get_by_role("button", name="Yes, and take it").click()
    expect(page.get_by_text("Preferred to 2 other texts, to learn from.")).to_be_visible()
    assert "learn = true" in (tmp_path / "home" / "twin.toml").read_text("utf-8")
    expect(page.locator(".version.here")).to_contain_text("taken")
    expect(page.get_by_role("button", name="Taken", exact=True)).to_be_disabled()

    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".version.here")).to_contain_text("2. shorter")
    page.locator(".version", has_text="1. as first written").get_by_role("button", name="Back to this").click()
    expect(page.locator(".version.here")).to_contain_text("1. as first written")
    expect(page.locator(".version", has_text="3. edited by you")).to_contain_text("taken")
    assert rest.get("/api/drafts").json()[0]["versions"] == 3
    page.get_by_role("button", name="I take this one").click()
    expect(page.locator(".version.here")).to_contain_text("taken")
    expect(page.locator(".version", has_text="taken")).to_have_count(1)
    page.reload()
    page.locator("button.earlier").click()
    expect(page.locator(".version.here")).to_contain_text("1. as first written")
    page.get_by_label("Translate it into").click()
    page.get_by_role("option", name="German").click()
    page.get_by_role("button", name="Translate").click()
    expect(page.get_by_role("alert")).to_contain_text("know English alone")
    assert page.locator("[data-part=text] .said").all_inner_texts()[0] == first.split("\n")[0]

    page.goto(f"{studio}/data")
    expect(page.get_by_text("2 pairs")).to_be_visible()
    page.locator(".choice summary").first.click()
    shoot(page, tmp_path, "choices")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Delete this pair").click()
    expect(page.get_by_text("1 pair", exact=True)).to_be_visible()
    page.get_by_role("checkbox", name="Learn from what I choose and edit").click()
    expect(page.get_by_text("Nothing more is kept.")).to_be_visible()
    assert "learn = false" in (tmp_path / "home" / "twin.toml").read_text("utf-8")


def test_a_draft_stands_only_on_the_texts_that_are_chosen(
    tmp_path: Path, texts: Path, studio: str, rest: httpx.Client, page: Any
) -> None:
    """Kinds, places, days and a year; what is wrong with a day stands beside its field, before anything runs."""
    from playwright.sync_api import expect

    page.goto(f"{studio}/sources")
    introduce(page)
    rest.post("/api/sources", json={"location": str(texts)}).raise_for_status()
    rest.post("/api/collect").raise_for_status()
    page.goto(f"{studio}/write")
    page.get_by_label("Brief").fill(BRIEF)
    narrowing = page.locator("[data-part=narrowing]")
    summary, since, until = (
        narrowing.locator("summary"),
        page.get_by_label("Only since"),
        page.get_by_label("Only until"),
    )
    expect(since).to_be_hidden()
    summary.click()
    page.get_by_label("Only of these kinds").click()
    page.get_by_role("option", name="note (1)").click()
    page.keyboard.press("Escape")
    since.fill("May")
    until.click()
    beside = narrowing.get_by_role("alert")
    expect(beside).to_have_text("'May' is no day: write it as 2024-05-06, or as 2024-05 or 2024")
    shoot(page, tmp_path, "wrong-day")
    page.set_viewport_size({"width": 1280, "height": 900})
    summary.click()
    expect(since).to_be_hidden()
    page.get_by_role("button", name="Write").click()
    expect(beside).to_be_visible()
    expect(page.get_by_text("write: writing")).to_be_hidden()
    since.fill("2025-04")
    until.fill("2025-03")
    page.get_by_role("button", name="Write").click()
    both = "nothing was written since 2025-04 and until 2025-03: put the earlier day first"
    expect(narrowing.get_by_text(both)).to_be_visible()

    until.fill("")
    expect(summary).to_have_text("Which of my texts may be used: note, since 2025-04")
    page.get_by_role("button", name="Write").click()
    expect(page.locator(".notice.bad")).to_contain_text("no text of yours is of kind note, since 2025-04-01")
    expect(page.locator(".notice.bad")).to_contain_text("there are: 1 × note from folder")
    since.fill("2025-03")
    page.get_by_role("button", name="Write").click()
    expect(page.locator("[data-part=text]")).to_be_visible()

    rest.post("/api/train").raise_for_status()
    page.get_by_label("In my voice of").click()
    page.get_by_role("option", name="2025 (1 text)").click()
    page.get_by_role("button", name="Write").click()
    expect(page.locator(".notice.bad")).to_contain_text("the active twin was not told the years of your texts")
    expect(page.locator(".notice.bad")).to_contain_text("twin config dataset.year_share 0.5")


def test_an_open_edit_is_whole_and_cannot_be_lost(studio: str, rest: httpx.Client, page: Any) -> None:
    """All of the text is seen and has the focus; nothing that puts another draft in its place can be pressed."""
    from playwright.sync_api import expect

    opened_after_a_change(studio, rest, page)
    page.set_viewport_size({"width": 390, "height": 900})
    page.get_by_role("button", name="Back to this").click()
    expect(page.locator(".version.here")).to_contain_text("1. as first written")
    page.get_by_role("button", name="Edit").click()
    field = page.get_by_label("Your version")
    expect(field).to_be_focused()
    assert field.evaluate("one => one.clientHeight >= one.scrollHeight && one.clientHeight > 160")
    field.fill("Unsaved.")
    for part in ("changing", "versions"):
        expect(page.locator(f"[data-part={part}]")).to_be_hidden()
    expect(page.get_by_label("Turn it into")).to_be_hidden()
    for button in (page.locator("button.earlier"), page.get_by_role("button", name="Write")):
        button.click()
        expect(page.get_by_text("Your edit of the draft is open.")).to_be_visible()
        page.get_by_label("Brief").fill(BRIEF)
    expect(field).to_have_value("Unsaved.")

    page.get_by_role("button", name="Leave it as it was").click()
    expect(page.locator("[data-part=changing]")).to_be_visible()
    page.locator("button.earlier").click()
    expect(page.get_by_text(f"Brief: {BRIEF}")).to_be_visible()


def test_the_draft_that_comes_is_led_to(studio: str, rest: httpx.Client, page: Any) -> None:
    """At every width, by mouse and by keyboard; two presses in a row leave one draft."""
    from playwright.sync_api import expect

    opened_after_a_change(studio, rest, page)
    head = page.get_by_role("heading", name="Draft", exact=True)
    expect(head).to_be_focused()
    expect(page.locator("button.earlier[aria-current=true]")).to_have_count(1)

    page.set_viewport_size({"width": 390, "height": 600})
    page.locator("[data-part=changing]").get_by_role("button", name="Undo").scroll_into_view_if_needed()
    expect(head).not_to_be_in_viewport()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".version.here")).to_contain_text("1. as first written")
    expect(head).to_be_in_viewport()
    expect(head).to_be_focused()

    sentence = page.locator("[data-sentence='1']")
    sentence.focus()
    page.wait_for_timeout(600)
    before = page.evaluate("scrollY")
    page.keyboard.press("Space")
    expect(page.get_by_text("Change sentence 1")).to_have_count(1)
    expect(sentence).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("scrollY") == before

    page.get_by_role("button", name="Back to this").evaluate("one => { one.click(); one.click(); }")
    expect(page.locator(".version.here")).to_contain_text("2. shorter")
    page.wait_for_timeout(500)
    expect(page.locator("[data-part=text]")).to_have_count(1)

    page.set_viewport_size({"width": 1280, "height": 400})
    earlier = page.locator("button.earlier")
    earlier.scroll_into_view_if_needed()
    page.wait_for_timeout(600)
    expect(head).not_to_be_in_viewport()
    earlier.click()
    expect(head).to_be_in_viewport()


def test_what_a_brief_becomes_and_who_writes_is_said(studio: str, rest: httpx.Client, page: Any) -> None:
    from playwright.sync_api import expect

    page.goto(f"{studio}/sources")
    introduce(page)
    rest.post("/api/train").raise_for_status()
    rest.post("/api/adapters/active", json={"adapter": "none"}).raise_for_status()
    page.goto(f"{studio}/write")
    expect(page.locator("[data-voice=notice]")).to_contain_text("Your tuned twin rests")
    expect(page.get_by_role("link", name="Activate it on the page Train")).to_have_attribute("href", "/train")

    brief = page.get_by_label("Brief")
    brief.fill("What I saw.\n" * 400)
    expect(
        page.get_by_text("4,799 characters: its first paragraph is what you ask, the rest is read as")
    ).to_be_visible()
    assert brief.evaluate("one => one.clientHeight <= innerHeight / 2 && getComputedStyle(one).overflowY == 'auto'")

    brief.fill("what I remember of it")
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_text("Written in")).to_be_visible()
    same = page.get_by_text("The same request gives the same draft: another seed gives another.")
    expect(same).to_have_count(0)
    expect(page.get_by_role("button", name="Write")).to_be_enabled()
    page.get_by_role("button", name="Write").click()
    expect(same).to_be_visible()

    expect(page.locator(".notice.warn", has_text="Problem: it is short.")).to_be_visible()
    page.get_by_text("For LinkedIn's API (escaped)", exact=True).click()
    expect(page.get_by_role("button", name="Copy for LinkedIn's API (escaped)")).to_be_visible()
    truth = page.locator(".found summary.minded", has_text="Truth")
    truth.click()
    told, backed = page.locator(".claim.memory"), page.locator(".claim.supported")
    expect(told.locator(".status")).to_have_text("told in none of your texts: only you can confirm it")
    tone = "one => getComputedStyle(one).borderLeftColor"
    assert told.evaluate(tone) == "rgb(11, 98, 168)" != backed.evaluate(tone)
    colour = "one => getComputedStyle(one).color"
    assert truth.locator("span").evaluate(colour) == truth.locator("b").evaluate(colour)


def opened_after_a_change(studio: str, rest: httpx.Client, page: Any) -> None:
    """A page on which the second of two versions stands."""
    from playwright.sync_api import expect

    first = rest.post("/api/drafts", json={"brief": BRIEF}).raise_for_status().json()["drafts"][0]["id"]
    page.goto(f"{studio}/sources")
    introduce(page)
    rest.post(f"/api/drafts/{first}/refine", json={"ask": "shorter"}).raise_for_status()
    page.goto(f"{studio}/write")
    page.locator("button.earlier").click()
    expect(page.locator(".version.here")).to_contain_text("2. shorter")


def test_a_brief_outlives_a_reload_and_a_look_at_another_page(studio: str, page: Any) -> None:
    from playwright.sync_api import expect

    page.goto(f"{studio}/sources")
    introduce(page)
    page.goto(f"{studio}/write")
    page.get_by_label("Brief").fill(BRIEF)
    page.get_by_label("Links or files").fill("https://ada.example/stand-up")
    page.get_by_text("For whom, what it must say, what it answers").click()
    page.get_by_label("For whom it is").fill("engineers")
    page.get_by_label("For whom it is").blur()
    expect(page.get_by_text(f"{len(BRIEF)} / 4,000 characters")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Brief")).to_have_value(BRIEF)
    expect(page.get_by_label("Links or files")).to_have_value("https://ada.example/stand-up")
    expect(page.get_by_text(f"{len(BRIEF)} / 4,000 characters")).to_be_visible()
    page.get_by_label("Brief").fill("why it cost us nothing")
    expect(page.get_by_text("22 / 4,000 characters")).to_be_visible()
    page.get_by_role("link", name="Data").click()
    page.get_by_role("link", name="Write").click()
    expect(page.get_by_label("Brief")).to_have_value("why it cost us nothing")
    page.get_by_text("For whom, what it must say, what it answers").click()
    expect(page.get_by_label("For whom it is")).to_have_value("engineers")
    page.get_by_label("Brief").fill("")
    expect(page.get_by_text("0 / 4,000 characters")).to_be_visible()
    page.reload()
    expect(page.get_by_text("0 / 4,000 characters")).to_be_visible()
    expect(page.get_by_label("Brief")).to_have_value("")
