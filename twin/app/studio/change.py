"""A draft in, everything its author can do to it out: change a sentence or all, edit, go back, turn, take."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element

from twin.app import in_words
from twin.app.studio import typed
from twin.app.studio.draft import Post, copy_button, counted, place_of, show_form, show_rendered
from twin.app.studio.found import show_found
from twin.app.studio.frame import Frame, act, part, say
from twin.core.language import NAMES
from twin.inference import places

ASKS = {
    "shorter": "Shorter",
    "longer": "Longer",
    "plainer": "Plainer",
    "more me": "More me",
    "again": "In other words",
    "another hook": "Another hook",
    "continue": "Continue",
}
OF_SOME = ("shorter", "longer", "plainer", "more me", "again")
"""What can be asked of sentences; `longer` puts another one after the last of them."""
HINT = "Press sentences to change only them, or to keep them."
CONSENT = (
    "What you take and how you edited it is then kept on this machine, preferred to what you did not take. "
    "You can read and delete all of it on the page Data."
)
Shown = Callable[[Mapping[str, Any], str], Awaitable[None]]
"""A draft and what is said of it in; it takes the place of the one that is shown."""


class Draft:
    """One draft on the page. `show` puts another version in its place; `editing` while its author's edit is open."""

    def __init__(
        self, frame: Frame, draft: Mapping[str, Any], versions: Sequence[Mapping[str, Any]], show: Shown
    ) -> None:
        self.frame, self.twin, self.draft, self.show = frame, frame.twin, draft, show
        self.versions = versions
        self.taken = draft.get("taken") or any(row["here"] and row["taken"] for row in versions)
        self.editing = False
        self.picked: set[int] = set()
        self.kept: set[int] = set()
        self.tries = 0

    def build(self) -> None:
        place = place_of(self.draft)
        self.reading = part("div", "stack tight")
        with self.reading:
            self.post = Post(self.draft, self._pick)
            with part("div", "row-of"):
                copy_button(self.draft["text"])
                taking = act("Taken" if self.taken else "I take this one", self._take, icon="check", quiet=True)
                taking.set_enabled(not self.taken)
                self.frame.worker("Edit", "edit", lambda: self._edit(open_=True), quiet=True)
                with part("div", "soft grow"):
                    say("div", counted(self.draft, place))
                    if place.folds:
                        folds = ", ".join(f"{one.characters} on a {one.where}" for one in place.folds)
                        say("div", f"a feed folds near {folds}")
        self.editor = part("div", "stack tight")
        self.editor.set_visibility(False)
        self.asking = part("div")
        show_form(self.draft.get("form", []))
        show_rendered(self.draft.get("rendered", {}))
        self.replacing = [self._changing(), self._turning()]
        show_found(self.draft)
        self.replacing += self._versions()

    # -- the author's own edit -------------------------------------------------------------------------------

    async def _editor(self) -> None:
        """Made when it is opened: only what is seen grows to its text and takes the focus. An edit that its author left
        open, with a reload say, goes on."""
        kept = (await typed.kept(self.editor.client, [self.draft["id"]])).get(self.draft["id"])
        if self.editor.is_deleted:
            return
        with self.editor:
            if kept:
                say("div", "The edit that you left open.", "soft")
            self.text = (
                ui.textarea("Your version", value=kept or self.draft["text"])
                .props('outlined autogrow autofocus input-style="min-height: 10rem"')
            )  # fmt: skip
            typed.keep(self.text, self.draft["id"])
            with part("div", "row-of"):
                self.frame.worker("Keep my version", "save", self._revise)
                act("Leave it as it was", self._leave, quiet=True)
            say("div", "Kept as a version of its own, and every sentence of it checked again.", "soft")

    async def _leave(self) -> None:
        typed.forget(self.editor.client, self.draft["id"])
        await self._edit(open_=False)

    async def _edit(self, *, open_: bool) -> None:
        """Nothing that replaces the draft can be pressed while an edit of it is open."""
        self.editing = open_
        self.editor.clear()
        if open_:
            await self._editor()
        self.editor.set_visibility(open_)
        for one in (self.reading, self.asking, *self.replacing):
            one.set_visibility(not open_)

    async def _revise(self) -> None:
        text = self.text.value or ""
        with self.frame.reporting():
            result = await self.twin.work("check", lambda one: one.revise(self.draft["id"], text))
            typed.forget(self.editor.client, self.draft["id"])
            await self.show(result["draft"], "Edited by you")

    # -- other versions of it --------------------------------------------------------------------------------

    def _changing(self) -> Element:
        before = self.draft.get("from", {}).get("draft")
        with part("div", "changing").props('data-part="changing"') as changing:
            with part("div", "row-of"):
                self.about = say("b", "", "grow")
                self.keep = act("Keep", self._keep, icon="push_pin", quiet=True)
                self.clear = act("Clear", self._clear, quiet=True)
            with part("div", "chips"):
                self.chips = {
                    ask: self.frame.worker(said, "", self._asks(ask), quiet=True) for ask, said in ASKS.items()
                }
                if before in [row["id"] for row in self.versions]:
                    act("Undo", self._back_to(before), icon="undo", quiet=True)
            self.hint = say("div", HINT, "soft")
        self._mark()
        return changing

    def _turning(self) -> Element:
        with part("div", "row-of") as turning:
            chosen = ui.select(_known_places(), label="Turn it into").props("outlined dense").classes("grow")
            act("Turn", lambda: self._turn(chosen.value), quiet=True)
            spoken = ui.select(NAMES, label="Translate it into").props("outlined dense").classes("grow")
            self.frame.worker("Translate", "", lambda: self._translate(spoken.value), quiet=True)
        return turning

    def _asks(self, ask: str) -> Callable[[], Awaitable[None]]:
        async def press() -> None:
            await self._refine(ask)

        return press

    def _pick(self, number: int) -> None:
        self.picked ^= {number}
        self._mark()

    def _keep(self) -> None:
        """Those picked stay from now on; where all of them stay already, they may change again."""
        self.kept = self.kept - self.picked if self.picked <= self.kept else self.kept | self.picked
        self.picked = set()
        self._mark()

    def _clear(self) -> None:
        self.picked, self.kept = set(), set()
        self._mark()

    def _mark(self) -> None:
        self.post.mark(self.picked, self.kept)
        asks = OF_SOME if self.picked else ASKS
        for ask, chip in self.chips.items():
            chip.set_visibility(ask in asks)
        self.about.set_text(f"Change {_numbered(self.picked) if self.picked else 'the text'}")
        self.keep.set_visibility(bool(self.picked))
        self.keep.set_text("Let it change" if self.picked and self.picked <= self.kept else "Keep as it is")
        self.clear.set_visibility(bool(self.picked or self.kept))
        stays = f"Stays as it is: {_numbered(self.kept)}. " if self.kept else ""
        self.hint.set_text(stays + ("" if self.picked else HINT))

    async def _refine(self, ask: str) -> None:
        """Another press of the same button draws other words: the seed counts up."""
        picked, kept = sorted(self.picked), sorted(self.kept)
        seed = self.twin.settings.write.seed + self.tries
        self.tries += 1
        with self.frame.reporting():
            result = await self.twin.work(
                "refine",
                lambda one: one.refine(self.draft["id"], ask, sentences=picked, keep=kept),
                asked={"seed": seed},
            )
            await self.show(result["draft"], ASKS[ask] + (f", {_numbered(self.picked)}" if self.picked else ""))

    async def _translate(self, language: str | None) -> None:
        if not language:
            return
        with self.frame.reporting():
            result = await self.twin.work(
                "refine", lambda one: one.refine(self.draft["id"], f"translate to {language}")
            )
            await self.show(result["draft"], f"Translated into {NAMES[language]}")

    async def _turn(self, place: str | None) -> None:
        if not place:
            return
        with self.frame.reporting():
            result = await self.twin.ask(lambda one: one.repurpose(self.draft["id"], place))
            await self.show(result["draft"], f"Turned into: {places.load(place).title}")
            if result["changes"]:
                said = "; ".join(one["message"] for one in result["changes"])
                self.frame.tell("What changed, and what the place minds", said, "warn")

    def _versions(self) -> list[Element]:
        """Every version that there is, each a press away."""
        if len(self.versions) < 2:
            return []
        with part("div", "versions").props('data-part="versions"') as versions:
            say("h3", f"{len(self.versions)} versions")
            for i, row in enumerate(self.versions, 1):
                taken = self.taken if row["here"] else row["taken"]
                with part("div", "version here" if row["here"] else "version"):
                    say("b", f"{i}. {in_words.asked(row)}")
                    say("span", f"{row['words']} words{', taken' if taken else ''}", "soft")
                    if row["here"]:
                        say("span", "shown above", "soft")
                    else:
                        act("Back to this", self._back_to(row["id"]), quiet=True)
        return [versions]

    def _back_to(self, version: str) -> Callable[[], Awaitable[None]]:
        async def go() -> None:
            with self.frame.reporting():
                await self.show(await self.twin.ask(lambda one: one.draft(version)), "An earlier version")

        return go

    # -- taking it -------------------------------------------------------------------------------------------

    async def _take(self) -> None:
        if not self.twin.settings.write.learn:
            self._ask_consent()
            return
        with self.frame.reporting():
            result = await self.twin.work("choose", lambda one: one.choose(self.draft["id"]))
            await self.show({**self.draft, "taken": True}, "Taken")
            n = len(result["pairs"])
            others = f"Preferred to {n} other text{'' if n == 1 else 's'}, to learn from." if n else (
                "There is no other text that it was preferred to, so nothing is learned from it."
            )  # fmt: skip
            self.frame.tell("Taken. Copy it when you post it.", f"{others} See the page Data.")

    def _ask_consent(self) -> None:
        self.asking.clear()
        with self.asking, part("div", "notice").props("role=status"):
            say("b", "May this twin learn from what you choose and edit?")
            say("div", CONSENT, "soft")
            with part("div", "row-of"):
                act("Yes, and take it", self._consent, icon="check")
                act("No", self.asking.clear, quiet=True)

    async def _consent(self) -> None:
        with self.frame.reporting():
            self.twin.may_learn(allowed=True)
            self.asking.clear()
            await self._take()


def _numbered(picked: Collection[int]) -> str:
    """`{3}` in, `sentence 3` out; more of them as a list."""
    numbers = ", ".join(str(one) for one in sorted(picked))
    return f"sentence {numbers}" if len(picked) == 1 else f"sentences {numbers}"


def _known_places() -> dict[str, str]:
    return {name: places.load(name).title for name in places.names()}
