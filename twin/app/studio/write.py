"""The page *Write*: a brief in, a draft with its claims and sources out; the person copies it, or does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element

from twin.app.drafts import opening
from twin.app.studio.change import Draft
from twin.app.studio.frame import Frame, fold, part, say
from twin.app.studio.narrowing import Narrowing
from twin.core.settings import WriteSettings
from twin.inference import places
from twin.inference.plan import MOST_REQUEST_CHARS

MOST_EARLIER = 20
SCROLL = "if (innerWidth < 900) document.getElementById(%r).scrollIntoView({behavior: 'smooth'})"
"""In one column the draft stands below the form."""


class WritePage:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.twin = frame.twin

    async def build(self) -> None:
        with self.frame.body:
            say("h1", "Write").style("position: absolute; left: -999rem")
            with part("div", "columns wide-right"):
                with part("section", "card"):
                    await self._form()
                self.draft = part("section", "card").props('aria-live="polite"')
                self.earlier = part("section", "card")
        with self.draft:
            say("h2", "Draft")
            say("p", "Your draft appears here, with the sources it stands on and every sentence checked.", "soft")
        await self._show_earlier()
        self.frame.when_done = self._show_earlier

    async def _form(self) -> None:
        defaults: WriteSettings = self.twin.settings.write
        say("h2", "What do you want to say?")
        await self._who_writes()
        self.brief = (
            ui.textarea("Brief", placeholder="Why we moved the stand-up to the afternoon, and what it cost us")
            .props('outlined autogrow stack-label input-style="min-height: 6rem"')
        )  # fmt: skip
        counter = say("div", "", "soft")

        def count() -> None:
            counter.set_text(f"{len((self.brief.value or '').strip()):,} / {MOST_REQUEST_CHARS:,} characters")

        self.brief.on_value_change(count)
        count()
        known = _known_places()
        here = defaults.place if defaults.place in known else places.DEFAULT
        self.place = ui.select(known, label="Where it will be posted", value=here, on_change=self._at)
        self.place.props("outlined dense")
        self.links = ui.textarea("Links or files with material: one a line").props("outlined dense autogrow rows=1")
        with part("div", "row-of"):
            self.words = _number("Length, in words", self._usual(), 20, 600)
            self.variants = ui.select(_how_many(defaults.variants), label="Drafts", value=defaults.variants)
            self.variants.props("outlined dense").classes("grow")
        with fold("For whom, what it must say, what it answers"):
            self.audience = ui.input("For whom it is").props("outlined dense")
            self.must = ui.textarea("Words that must stand in it: one a line").props("outlined dense autogrow rows=1")
            self.avoid = ui.textarea("Words that must not").props("outlined dense autogrow rows=1")
            self.answer = ui.textarea("A post to answer: its link or its text").props("outlined dense autogrow rows=1")
        self.narrowing = Narrowing(self.frame)
        with fold("Draw other words of the same brief"), part("div", "row-of"):
            self.seed = _number("Seed: another one draws other words", defaults.seed, 0, 2**31)
        with part("div", "row-of"):
            self.frame.worker("Write", "edit", self._write)

    def _usual(self) -> int:
        """The length that is usual at the chosen place; what the settings say is for the place that they name."""
        chosen, here = self.twin.settings.write, places.load(self.place.value)
        said = here.name == places.DEFAULT or (here.name == chosen.place and "words" in chosen.model_fields_set)
        return chosen.words if said else here.words

    def _at(self) -> None:
        self.words.set_value(self._usual())

    async def _who_writes(self) -> None:
        adapter = await self.twin.ask(lambda one: one.store.active_adapter())
        with part("div", "notice good" if adapter else "notice warn").props('data-voice="notice"'):
            if adapter:
                say("b", "Your tuned twin writes.")
                say("div", f"Adapter {adapter.id} on {adapter.base}, with passages of your own texts.", "soft")
            else:
                say("b", "No tuned twin is active: the base model writes, shown a few of your own posts.")
                with part("div", "soft"):
                    say("span", "It will sound less like you. ")
                    ui.link("Train one", "/train")

    async def _write(self) -> None:
        where = self.narrowing.where()
        if where is None:
            return
        brief = self.brief.value or ""
        must, avoid = (_lines(field.value) for field in (self.must, self.avoid))
        audience, answer = self.audience.value or "", self.answer.value or ""
        links = [line.strip() for line in (self.links.value or "").splitlines() if line.strip()]
        numbers = {"words": _whole(self.words), "variants": self.variants.value, "seed": _whole(self.seed)}
        asked = {"place": self.place.value, "year": self.narrowing.year, **numbers}
        wishes: dict[str, Any] = {"must": must, "avoid": avoid, "audience": audience, "answer": answer}
        with self.frame.reporting():
            result = await self.twin.work(
                "write",
                lambda one: one.write(brief, links=links, where=where, **wishes),
                asked=asked,
            )
            if not result["drafts"]:
                self._ask(result)
                return
            await self._show(result["drafts"], f"Written in {result['seconds']:.1f} s", result.get("unread", []))

    async def _show(
        self, drafts: Sequence[Mapping[str, Any]], about: str, unread: Sequence[Mapping[str, str]] = ()
    ) -> None:
        self.draft.clear()
        with self.draft:
            ui.run_javascript(SCROLL % self.draft.html_id)
            with part("div", "row-of"):
                say("h2", "Draft", "grow")
                say("span", about, "soft")
            for skip in unread:
                with part("div", "notice warn"):
                    say("b", f"Could not read {skip['key']}")
                    say("div", skip["reason"], "soft")
            if len(drafts) == 1:
                await self._place(part("div", "stack tight"), drafts[0])
                return
            names = [f"{i}. {angle}" for i, angle in enumerate(_angles(drafts), 1)]
            with ui.tabs().props("dense no-caps align=left mobile-arrows outside-arrows") as tabs:
                for name in names:
                    ui.tab(name)
            with ui.tab_panels(tabs, value=names[0], animated=False).classes("variants"):
                for name, draft in zip(names, drafts, strict=True):
                    with ui.tab_panel(name):
                        await self._place(part("div", "stack tight"), draft)

    async def _place(self, where: Element, draft: Mapping[str, Any], about: str = "") -> None:
        """A draft into its place on the page; another version of it takes the same place later."""

        async def show(version: Mapping[str, Any], said: str) -> None:
            await self._place(where, version, said)
            await self._show_earlier()

        where.clear()
        with where:
            told = [about] if about else []
            if draft.get("hook"):
                said = opening(draft["hook"])
                told.append(f"{said[0].upper()}{said[1:]}")
            if told:
                say("div", ". ".join(told) + ".", "soft")
            await Draft(self.frame, draft, show).build()

    def _ask(self, result: dict[str, Any]) -> None:
        """Nothing is a source for this brief: what the author could answer, in place of something invented."""
        self.draft.clear()
        with self.draft:
            say("h2", "Nothing to stand on yet")
            say("p", "No text of yours, link or fact is a source for this brief: a draft would be invented.")
            for skip in result["unread"]:
                say("p", f"Could not read {skip['key']}: {skip['reason']}", "soft")
            say("p", "Answer some of these in the brief, then write again:")
            with part("ul"):
                for question in result["questions"]:
                    say("li", question)

    async def _show_earlier(self) -> None:
        rows = await self.twin.ask(lambda one: one.drafts())
        self.earlier.clear()
        self.earlier.set_visibility(bool(rows))
        with self.earlier:
            say("h2", "Earlier drafts")
            with part("div"):
                for row in rows[:MOST_EARLIER]:
                    self._show_one_earlier(row)

    def _show_one_earlier(self, row: Mapping[str, Any]) -> None:
        async def open_it() -> None:
            with self.frame.reporting():
                draft = await self.twin.ask(lambda one: one.draft(row["id"]))
                await self._show([draft], f"Brief: {row['request'][:80]}")

        with part("button", "earlier").props("type=button") as button:
            say("span", row["request"])
            say("span", row["opening"], "soft")
            facts = [f"{row['versions']} versions"] if row["versions"] > 1 else []
            facts += ["taken"] if row["taken"] else []
            if facts:
                say("span", ", ".join(facts), "soft")
        button.on("click", open_it)


def _angles(drafts: Sequence[Mapping[str, Any]]) -> list[str]:
    """What each variant leads with, as short as a tab is wide; where two lead alike, by their first words."""
    hooks = [str(draft["hook"]["kind"]) if draft.get("hook") else "draft" for draft in drafts]
    if len(set(hooks)) == len(hooks):
        return hooks
    return [" ".join(draft["text"].split()[:3]) + " …" for draft in drafts]


def _how_many(usual: int) -> dict[int, str]:
    """How many drafts can be asked for, in words; with what the settings say."""
    known = {1: "One", 3: "Three angles"}
    return dict(sorted({usual: f"{usual}", **known}.items()))


def _lines(value: str | None) -> list[str]:
    return [line.strip() for line in (value or "").splitlines() if line.strip()]


def _known_places() -> dict[str, str]:
    return {name: places.load(name).title for name in places.names()}


def _number(label: str, value: int, least: int, most: int) -> ui.number:
    return ui.number(label, value=value, min=least, max=most, precision=0).props("outlined dense").classes("grow")


def _whole(field: ui.number) -> int | None:
    return None if field.value is None else int(field.value)
