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
TALL = "min-height: 6rem; max-height: 50vh"
SAME = "The same request gives the same draft: another seed gives another."


class WritePage:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.twin = frame.twin
        self.placed: dict[Element, Draft] = {}

    async def build(self) -> None:
        with self.frame.body:
            say("h1", "Write").style("position: absolute; left: -999rem")
            with part("div", "columns wide-right"):
                with part("section", "card"):
                    await self._form()
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

    async def _form(self) -> None:
        defaults: WriteSettings = self.twin.settings.write
        say("h2", "What do you want to say?")
        await self._who_writes()
        self.brief = (
            ui.textarea("Brief", placeholder="Why we moved the stand-up to the afternoon, and what it cost us")
            .props('outlined autogrow stack-label').props(f'input-style="{TALL}"')
        )  # fmt: skip
        counter = say("div", "", "soft")

        def count() -> None:
            size = len((self.brief.value or "").strip())
            over = "characters: its first paragraph is what you ask, the rest is read as material"
            usual = f"/ {MOST_REQUEST_CHARS:,} characters"
            counter.set_text(f"{size:,} {over if size > MOST_REQUEST_CHARS else usual}")

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
        adapter, others = await self.twin.ask(
            lambda one: (one.store.active_adapter(), [made for made in one.store.adapters() if made.state != "tainted"])
        )
        with part("div", "notice good" if adapter else "notice warn").props('data-voice="notice"'):
            if adapter:
                say("b", "Your tuned twin writes.")
                say("div", f"Adapter {adapter.id} on {adapter.base}, with passages of your own texts.", "soft")
            else:
                who = "Your tuned twin rests" if others else "No tuned twin is active"
                say("b", f"{who}: the base model writes, shown a few of your own posts.")
                with part("div", "soft"):
                    say("span", "It will sound less like you. ")
                    ui.link("Activate it on the page Train" if others else "Train one", "/train")

    async def _write(self) -> None:
        where = self.narrowing.where()
        if where is None or self._edit_is_open():
            return
        brief = self.brief.value or ""
        must, avoid = (_lines(field.value) for field in (self.must, self.avoid))
        audience, answer = self.audience.value or "", self.answer.value or ""
        links = [line.strip() for line in (self.links.value or "").splitlines() if line.strip()]
        numbers = {"words": _whole(self.words), "variants": self.variants.value, "seed": _whole(self.seed)}
        asked = {"place": self.place.value, "year": self.narrowing.year, **numbers}
        wishes: dict[str, Any] = {"must": must, "avoid": avoid, "audience": audience, "answer": answer}
        with self.frame.reporting():
            known = await self.twin.ask(lambda one: {draft["id"] for draft in one.store.drafts()})
            result = await self.twin.work(
                "write",
                lambda one: one.write(brief, links=links, where=where, **wishes),
                asked=asked,
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
                    say("b", f"Could not read {skip['key']}")
                    say("div", skip["reason"], "soft")
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
            if self._edit_is_open():
                return
            with self.frame.reporting():
                draft = await self.twin.ask(lambda one: _taken_or(one, row["id"]))
                await self._show([draft], f"Brief: {row['request'][:80]}")

        here = any(version["id"] == row["id"] for one in self.placed.values() for version in one.versions)
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
