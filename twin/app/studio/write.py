"""The page *Write*: a brief in, a draft with its claims and sources out; the person copies it, or does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element

from twin.app import in_words
from twin.app.drafts import opening
from twin.app.studio.asking import Asking
from twin.app.studio.change import Draft
from twin.app.studio.frame import Frame, part, say
from twin.app.studio.hints import in_studio
from twin.core.records import IN_PART
from twin.pipeline import Twin

MOST_EARLIER = 20
LEAD = """{
  const head = document.getElementById(%r), top = head.getBoundingClientRect().top;
  if (!document.activeElement.matches('input, textarea')) {
    if (top < 0 || top > innerHeight / 2) head.scrollIntoView({behavior: 'smooth'});
    head.focus({preventScroll: true});
  }
}"""
"""To the head of the draft that came, where it is out of sight; who types somewhere else is left there."""
SAME = "The same request gives the same draft: another seed gives another."


class WritePage:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.twin = frame.twin
        self.placed: dict[Element, Draft] = {}
        self.listed: tuple[list[dict[str, Any]], set[str]] | None = None

    async def build(self) -> None:
        with self.frame.body:
            say("h1", "Write").style("position: absolute; left: -999rem")
            with part("div", "columns wide-right"):
                with part("section", "card"):
                    say("h2", "What do you want to say?")
                    await self._who_writes()
                    self.asking = Asking(self.frame, self._write)
                with part("section", "card").props('aria-live="polite"'):
                    with part("div", "row-of"):
                        self.head = say("h2", "Draft", "grow").props("tabindex=-1").style("scroll-margin-top: 4rem")
                        self.about = say("span", "", "soft")
                    self.draft = part("div", "stack tight")
                self.earlier = part("section", "card")
        with self.draft:
            say("p", "Your draft appears here, with the sources it stands on and every sentence checked.", "soft")
        await self._show_earlier()
        self.frame.when_done = self._show_earlier

    async def _who_writes(self) -> None:
        adapter, others, texts = await self.twin.ask(
            lambda one: (
                one.store.active_adapter(),
                [made for made in one.store.adapters() if made.state != "tainted"],
                one.store.count(),
            )
        )
        with part("div", "notice good" if adapter else "notice warn").props('data-voice="notice"'):
            if adapter:
                say("b", "Your tuned twin writes.")
                say("div", f"Adapter {adapter.id} on {adapter.base}, with passages of your own texts.", "soft")
            elif not texts and not others:
                say("b", "Nothing that you wrote is here yet.")
                with part("div", "soft"):
                    say("span", "A draft could stand only on what you give it, and would not sound like you. ")
                    ui.link("Add the places where you write", "/sources")
            else:
                who = "Your tuned twin rests" if others else "No tuned twin is active"
                say("b", f"{who}: the base model writes, shown a few of your own posts.")
                with part("div", "soft"):
                    say("span", "It will sound less like you. ")
                    ui.link("Activate it on the page Train" if others else "Train one", "/train")

    async def _write(self) -> None:
        asked = self.asking.asked()
        if asked is None or self._edit_is_open():
            return
        with self.frame.reporting():
            known = await self.twin.ask(lambda one: {draft["id"] for draft in one.store.drafts()})
            result = await self.twin.work(
                "write", lambda one: one.write(asked.brief, **asked.wishes), asked=asked.settings
            )
            if not result["drafts"]:
                self._ask(result)
                return
            same = all(draft["id"] in known for draft in result["drafts"])
            about = f"Written in {result['seconds']:.1f} s"
            await self._show(result["drafts"], about, result.get("unread", []), same=same)

    def _edit_is_open(self) -> bool:
        """Whether another draft would throw an edit away; then says so."""
        editing = any(one.editing for one in self.placed.values())
        if editing:
            self.frame.tell("Your edit of the draft is open.", "Keep your version, or leave it as it was.", "warn")
        return editing

    async def _show(
        self,
        drafts: Sequence[Mapping[str, Any]],
        about: str,
        unread: Sequence[Mapping[str, str]] = (),
        *,
        same: bool = False,
    ) -> None:
        versions = [await self._versions(draft) for draft in drafts]
        self._clear("Draft", about)
        with self.draft:
            if same:
                say("div", SAME, "notice")
            for skip in unread:
                with part("div", "notice warn"):
                    whole = not skip["reason"].startswith(IN_PART)
                    say("b", f"Could not read {skip['key']}" if whole else f"Read {skip['key']} in part")
                    say("div", in_studio(skip["reason"].removeprefix(IN_PART)), "soft")
            if len(drafts) == 1:
                self._place(part("div", "stack tight"), drafts[0], versions[0])
            else:
                self._show_variants(drafts, versions)
        await self._show_earlier()

    def _show_variants(
        self, drafts: Sequence[Mapping[str, Any]], versions: Sequence[Sequence[Mapping[str, Any]]]
    ) -> None:
        names = [f"{i}. {angle}" for i, angle in enumerate(_angles(drafts), 1)]
        with ui.tabs().props("dense no-caps align=left mobile-arrows outside-arrows") as tabs:
            for name in names:
                ui.tab(name)
        with ui.tab_panels(tabs, value=names[0], animated=False).classes("variants"):
            for name, draft, rows in zip(names, drafts, versions, strict=True):
                with ui.tab_panel(name):
                    if in_words.angle(draft):
                        said = in_words.lead(draft)
                        say("div", f"{said[0].upper()}{said[1:]}.", "soft")
                    self._place(part("div", "stack tight"), draft, rows)

    async def _versions(self, draft: Mapping[str, Any]) -> list[dict[str, Any]]:
        return await self.twin.ask(lambda one: one.versions(draft["id"]))

    def _clear(self, head: str, about: str = "") -> None:
        self.head.set_text(head)
        self.about.set_text(about)
        self.draft.clear()
        self.placed.clear()
        self._lead()

    def _lead(self) -> None:
        self.head.client.run_javascript(LEAD % self.head.html_id)

    def _place(
        self, where: Element, draft: Mapping[str, Any], versions: Sequence[Mapping[str, Any]], about: str = ""
    ) -> None:
        """A draft into its place on the page; another version of it takes the same place later.

        Nothing is awaited between the clearing and the building: of two presses the later one's draft stands there.
        """

        async def show(version: Mapping[str, Any], said: str) -> None:
            rows = await self._versions(version)
            if not where.is_deleted:
                self._place(where, version, rows, said)
                self._lead()
            await self._show_earlier()

        where.clear()
        with where:
            told = [about] if about else []
            if draft.get("hook"):
                said = opening(draft["hook"])
                told.append(f"{said[0].upper()}{said[1:]}")
            if told:
                say("div", ". ".join(told) + ".", "soft")
            self.placed[where] = Draft(self.frame, draft, versions, show)
            self.placed[where].build()

    def _ask(self, result: dict[str, Any]) -> None:
        """Nothing is a source for this brief: what the author could answer, in place of something invented."""
        self._clear("Nothing to stand on yet")
        with self.draft:
            say("p", "No text of yours, link or fact is a source for this brief: a draft would be invented.")
            for skip in result["unread"]:
                said = in_studio(in_words.unread(skip))
                say("p", f"{said[0].upper()}{said[1:]}", "soft")
            say("p", "Answer some of these in the brief, then write again:")
            with part("ul"):
                for question in result["questions"]:
                    say("li", question)

    async def _show_earlier(self) -> None:
        """Drawn anew only where it changed: a press on a list that is drawn twice would be lost."""
        rows = await self.twin.ask(lambda one: one.drafts())
        shown = (rows, {version["id"] for one in self.placed.values() for version in one.versions})
        if shown == self.listed:
            return
        self.listed = shown
        self.earlier.clear()
        self.earlier.set_visibility(bool(rows))
        with self.earlier:
            say("h2", "Earlier drafts")
            with part("div"):
                for row in rows[:MOST_EARLIER]:
                    self._show_one_earlier(row, here=row["id"] in shown[1])

    def _show_one_earlier(self, row: Mapping[str, Any], *, here: bool) -> None:
        async def open_it() -> None:
            if self._edit_is_open():
                return
            with self.frame.reporting():
                draft = await self.twin.ask(lambda one: _taken_or(one, row["id"]))
                await self._show([draft], f"Brief: {row['request'][:80]}")

        with part("button", "earlier").props(f"type=button {'aria-current=true' if here else ''}") as button:
            say("span", row["request"])
            say("span", row["opening"], "soft")
            facts = ["open"] if here else []
            facts += [f"{row['versions']} versions"] if row["versions"] > 1 else []
            facts += ["taken"] if row["taken"] else []
            if facts:
                say("span", ", ".join(facts), "soft")
        button.on("click", open_it)


def _taken_or(twin: Twin, newest: str) -> dict[str, Any]:
    """The version of a draft that its author took last, or the newest."""
    found = twin.draft(newest)
    taken = [row["id"] for row in found["versions"] if row["taken"]]
    return twin.draft(taken[-1]) if taken else found


def _angles(drafts: Sequence[Mapping[str, Any]]) -> list[str]:
    """How each variant opens, as short as a tab is wide; where two open alike, what each leads with, or its words."""
    hooks = [str(draft["hook"]["kind"]) if draft.get("hook") else "draft" for draft in drafts]
    leads = [_begun(one["angle"]["claims"][0]["fact"]) if in_words.angle(one) else "" for one in drafts]
    words = [_begun(draft["text"]) for draft in drafts]
    return next((one for one in (hooks, leads) if len(set(one)) == len(one)), words)


def _begun(text: str) -> str:
    return " ".join(text.split()[:3]) + " …"
