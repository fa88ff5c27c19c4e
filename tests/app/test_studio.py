"""The studio in a real headless Chromium: from "who are you" to a copied draft, with nothing asked of other hosts.

Run as a program this file is the server of its own test: `test_studio.py HOME PORT TOKEN`.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from test_api import TOKEN, TwinWithFakeWriting, fake_draft, settings_of

from twin.core.records import Adapter

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync""".split()
BRIEF = "why we moved the stand-up to the afternoon"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class SlowTwin(TwinWithFakeWriting):
    """Writes for long enough that progress can be seen."""

    def write(self, brief: str, *, links: Any = (), **wishes: Any) -> dict[str, Any]:
        for step in range(12):
            self.progress(step, 12, "writing")
            time.sleep(0.08)
        return super().write(brief, links=links, **wishes)

    def plan_training(self) -> dict[str, Any]:
        found = {"texts": 30, "examples": 30, "mean_tokens": 200, "steps": 24, "tokens_per_second": 210.0}
        sizes = {"seconds": 900, "memory_bytes": 10**9, "memory_free_bytes": 8 * 10**9}
        more = {"parameters": 135_000_000, "fits_parameters": 900_000_000, "fits_parameters_4bit": 10**9, "bases": []}
        chosen = {"recipe": {"learning_rate": 0.001, "epochs": 3}, "why": {"epochs": "for 30 examples"}}
        advice = ["<b>30</b> texts give a voice."]
        return {"dataset": "d1", "base": "fake", **found, **sizes, **more, **chosen, "advice": advice}

    def train(self) -> dict[str, Any]:
        """Registers an adapter and its card; the first passes the gate, later ones do not."""
        before = self.store.adapters()
        identity = f"voice{len(before) + 1}"
        for step in range(12):
            self.progress(step, 12, "loss 3.1")
            time.sleep(0.08)
        gate = {"verdict": "candidate" if before else "activate", "reason": "Because <i>so</i>."}
        folder = self.home / "adapters" / identity
        folder.mkdir(parents=True)
        card = {"steps": 24, "examples": 30, "seconds": 9.0, "tokens_per_second": 210.0, "best": 2}
        curve = [3.6 - 0.03 * i + 0.1 * (i % 3) for i in range(24)]
        (folder / "adapter.json").write_text(json.dumps({**card, "epochs": [3.2, 3.0], "curve": curve}))
        losses, settings = {"before": 3.5, "after": 3.0}, {"rank": 16, "seed": 7}
        made = Adapter(identity, "d1", "fake", "lora-sft", "candidate", folder, losses, settings, gate)
        self.store.add_adapter(made, [])
        if not before:
            self.store.set_adapter_state(identity, "active")
        return {"adapter": identity, "dataset": "d1", "base": "fake", "gate": gate, "active": "voice1"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def studio(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a running studio on an empty home; stopped as Ctrl-C stops it. Its parameter is a token."""
    port, token = free_port(), getattr(request, "param", "")
    command = [sys.executable, "-W", "error::ResourceWarning", __file__, str(tmp_path / "home"), str(port), token]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    address = f"http://127.0.0.1:{port}"
    for _ in range(150):
        try:
            httpx.get(f"{address}/api/status")
            break
        except httpx.TransportError:
            assert server.poll() is None, server.communicate()
            time.sleep(0.2)
    try:
        yield address
    finally:
        server.send_signal(2)
        said, complained = server.communicate(timeout=120)
    assert server.returncode == 0, complained
    assert address in said and "Traceback" not in complained and "ERROR" not in complained, complained
    assert not (tmp_path / ".nicegui").exists()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Any]:
    """A page of a fresh browser; console errors and requests beyond loopback fail the test."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)
    asked: list[str] = []
    wrong: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        one = context.new_page()
        one.set_default_timeout(20_000)
        one.on("request", lambda request: asked.append(request.url))
        one.on("websocket", lambda opened: asked.append(opened.url))
        one.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
        one.on("pageerror", lambda bad: wrong.append(str(bad)))
        yield one
        browser.close()
    assert len(asked) > 5
    assert not [url for url in asked if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))]
    assert not wrong


def shoot(page: Any, folder: Path, name: str) -> None:
    """Screenshots at phone and desktop width, by day and by night; nothing may stick out of a phone."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (360, 390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(150)
            page.screenshot(path=str(folder / f"{name}-{width}-{scheme}.png"), full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(color_scheme="light")


def test_from_nobody_to_a_copied_draft(tmp_path: Path, studio: str, page: Any) -> None:
    from playwright.sync_api import expect

    folder = tmp_path / "texts"
    folder.mkdir()
    for day in (1, 2, 3):
        body = f"Day {day}: we moved the stand-up to 15:00, and nobody of the team missed the old one, not even me."
        (folder / f"2025-03-0{day}-note.md").write_text(f"# Note {day}\n\n{body}\n")
    (folder / "<img src=x onerror=alert(1)>.md").write_text("\n")

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
    page.get_by_label("Link or path").fill(str(folder))
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
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_role("alert")).to_contain_text("the brief is empty")
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
    for name in ("Truth", "Sources", "Voice", "Habits", "Copying", "Told before", "How it was made"):
        page.locator(".found summary", has_text=name).first.click()
    expect(page.locator(".habit.out").first).to_have_text("words a sentence: 17.25, yours 9 to 15.5")
    expect(page.get_by_text("It scores 1.20, most of yours 0.90 to 2.10")).to_be_visible()
    expect(page.get_by_text("Nearest is your post of 2024-05-06, “Why <b>stand</b>”")).to_be_visible()
    expect(page.get_by_text("prompt 1, model fake-1, twin 0.1.0")).to_be_visible()
    expect(page.get_by_text("Write a <b>.")).to_be_visible()
    expect(page.locator(".claim.supported")).to_contain_text("stands in a source: source 1")
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


def test_a_draft_is_changed_edited_taken_and_gone_back_to(tmp_path: Path, studio: str, page: Any) -> None:
    """The whole of it, one sentence, the author's own hand; every version stays, and a choice needs consent."""
    from playwright.sync_api import expect

    httpx.post(f"{studio}/api/drafts", json={"brief": BRIEF}).raise_for_status()
    page.goto(f"{studio}/sources")
    page.get_by_label("Your name, as you sign").fill("Ada Example")
    page.get_by_role("button", name="This is me").click()
    expect(page.get_by_text("no handles yet")).to_be_visible()
    page.goto(f"{studio}/write")
    page.locator("button.earlier").click()
    text = page.locator("[data-part=text]")
    first = fake_draft(BRIEF)["text"]
    expect(text.locator(".said.not_found").first).to_be_visible()

    text.locator("[data-sentence='1']").click()
    expect(page.get_by_text("Change sentence 1")).to_be_visible()
    expect(page.get_by_role("button", name="Another hook")).to_be_hidden()
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
    assert httpx.get(f"{studio}/api/preferences").json() == []
    page.get_by_role("button", name="Yes, and take it").click()
    expect(page.get_by_text("Preferred to 2 other texts, to learn from.")).to_be_visible()
    assert "learn = true" in (tmp_path / "home" / "twin.toml").read_text("utf-8")

    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".version.here")).to_contain_text("2. shorter")
    page.locator(".version", has_text="1. as first written").get_by_role("button", name="Back to this").click()
    expect(page.locator(".version.here")).to_contain_text("1. as first written")
    expect(page.locator(".version", has_text="3. edited by you")).to_contain_text("taken")
    assert httpx.get(f"{studio}/api/drafts").json()[0]["versions"] == 3
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


def test_an_example_is_read_edited_and_left_out(tmp_path: Path, studio: str, page: Any) -> None:
    from playwright.sync_api import expect

    folder = tmp_path / "texts"
    folder.mkdir()
    for day in range(1, 29):
        body = f"Lift {day} in Margate stopped {day * 7} times. <b>Nobody</b> of the team asked why, not even me."
        (folder / f"2025-02-{day:02}-note.md").write_text(f"{body}\n\nWe cleaned the track of door {day}.\n")
    page.goto(f"{studio}/data")
    expect(page.get_by_text("None yet.")).to_be_visible()
    page.get_by_role("button", name="Build").click()
    expect(page.get_by_role("alert")).to_contain_text("this twin has no author yet")
    page.goto(f"{studio}/sources")
    page.get_by_label("Your name, as you sign").fill("Ada Example")
    page.get_by_role("button", name="This is me").click()
    expect(page.get_by_text("no handles yet")).to_be_visible()
    httpx.post(f"{studio}/api/sources", json={"location": str(folder)}).raise_for_status()
    httpx.post(f"{studio}/api/collect").raise_for_status()

    page.get_by_role("link", name="Data").click()
    page.get_by_role("button", name="Build").click()
    expect(page.locator("[data-list] .soft").first).to_contain_text("28 examples")
    expect(page.locator("button.example")).to_have_count(28)
    page.get_by_label("Side").click()
    page.get_by_role("option", name="to learn from").click()
    expect(page.locator("[data-list] .soft").first).to_have_text("16 examples: 16 to learn from")
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
    page.get_by_label("Words in it").fill("")
    expect(page.locator("button.example")).to_have_count(16)
    expect(page.locator("button.example .excluded")).to_have_count(1)
    page.locator("button.example", has=page.locator(".excluded")).click()
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
    expect(page.get_by_text("candidate, overridden by you. Because <i>so</i>.")).to_be_visible()
    page.get_by_text("All of it").first.click()
    expect(page.get_by_text("24 steps on 30 examples").first).to_be_visible()
    shoot(page, tmp_path, "train")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_text("voice1 writes now.")).to_be_visible()
    expect(page.get_by_role("button", name="Roll back")).to_be_hidden()
    page.get_by_role("button", name="Write without it").click()
    expect(page.locator(".state")).to_contain_text("no tuned twin yet")


def test_reference_asks_nothing_of_other_hosts(studio: str, page: Any, tmp_path: Path) -> None:
    page.goto(f"{studio}/docs")
    assert page.get_by_text("/api/drafts").count() >= 1
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
    page.get_by_label("Your name, as you sign").fill("Ada Example")
    page.get_by_role("button", name="This is me").click()
    expect(page.get_by_text("no handles yet")).to_be_visible()


def test_sockets_are_guarded_too(studio: str) -> None:
    poll = f"{studio}/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    assert httpx.get(poll, headers={"origin": "https://evil.example"}).status_code == 403
    assert httpx.get(poll, headers={"host": "evil.example"}).status_code == 403
    assert httpx.get(f"{studio}/sources", headers={"host": "evil.example"}).status_code == 403
    upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
    upgrade |= {"sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "origin": "https://evil.example"}
    assert httpx.get(poll.replace("polling", "websocket"), headers=upgrade).status_code == 403


def main() -> None:
    from twin.app import server
    from twin.app.face import quiet_libraries
    from twin.app.studio import shared

    quiet_libraries()
    shared.Twin = SlowTwin  # type: ignore[misc]
    server.serve(settings_of(Path(sys.argv[1]), port=int(sys.argv[2]), token=sys.argv[3]))


if __name__ == "__main__":
    main()
