"""The page *Data*: every example that a twin learns from or is measured on, to be read, edited or left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from nicegui import ui

from twin.app.studio.choices import Choices
from twin.app.studio.frame import Frame, act, fold, nothing_to_learn, part, say
from twin.core.text import counted, word_count

MOST_SHOWN = 40
SIDES = {"": "every side", "train": "to learn from", "tune": "to stop by", "test": "held out"}
DECISIONS = {"": "decided or not", "excluded": "excluded", "edited": "edited"}
ABOUT = (
    "Each is a prompt and, as its answer, words of yours. Those to learn from train the twin, those to stop by tell "
    "training when it is enough, those held out measure it and are never learned."
)
NONE = "None yet. Press Build a version."
SCROLL = "if (innerWidth < 900) document.getElementById(%r)?.scrollIntoView({behavior: 'smooth'})"
"""In one column the example stands below the list."""


class DataPage:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.twin = frame.twin
        self.rows: list[dict[str, Any]] = []
        self.most = MOST_SHOWN
        self.chosen = ""

    async def build(self) -> None:
        self.texts = await self.twin.ask(lambda one: one.store.count())
        with self.frame.body:
            say("h1", "Data").style("position: absolute; left: -999rem")
            with part("div", "columns wide-right"):
                with part("section", "card"):
                    with part("div", "row-of"):
                        say("h2", "Examples", "grow")
                        if self.texts:
                            self.frame.worker("Build a version", "construction", self._build)
                    say("p", ABOUT, "soft")
                    self.about = part("div")
                    self._filters()
                    self.list = part("div").props('data-list="examples"')
                self.example = part("section", "card stays").props('aria-live="polite"')
                with part("section", "card"):
                    self.choices = Choices(self.frame)
                    await self.choices.build()
        with self.example:
            say("h2", "Example")
            say("p", "Choose one to read its prompt and the text that is learned; edit it, or leave it out.", "soft")
        await self._load()
        self.frame.when_done = self._load

    def _filters(self) -> None:
        with part("div", "row-of halves") as self.filters:
            self.side = ui.select(SIDES, value="", label="Side").props("outlined dense")
            self.shape = ui.select({"": "every shape"}, value="", label="Shape").props("outlined dense")
            self.decision = ui.select(DECISIONS, value="", label="Decision").props("outlined dense")
            self.words = ui.input("Words in it").props("outlined dense clearable debounce=200")
        for field in (self.side, self.shape, self.decision, self.words):
            field.on_value_change(self._filter)

    async def _load(self) -> None:
        found = await self.twin.ask(lambda one: one.review())
        self.rows = found["examples"]
        shapes = sorted({row["shape"] for row in self.rows})
        self.shape.set_options({"": "every shape", **{shape: shape for shape in shapes}})
        self.filters.set_visibility(bool(self.rows))
        self.about.clear()
        with self.about:
            if not found["dataset"]:
                say("p", NONE, "soft") if self.texts else nothing_to_learn()
            elif found["waiting"]:
                with part("div", "notice warn"):
                    say("b", "Some decisions wait for the next version.")
                    say("div", "Press Build a version, or train: that builds it first.", "soft")
            else:
                say("p", f"Version {found['dataset']} holds every decision so far.", "soft")
        self._show_list()

    def _filter(self) -> None:
        self.most = MOST_SHOWN
        self._show_list()

    def _show_list(self) -> None:
        asked = {"side": self.side.value, "shape": self.shape.value, "decision": self.decision.value}
        wanted = (self.words.value or "").strip().lower()
        rows = [
            row
            for row in self.rows
            if all(row[name] == value for name, value in asked.items() if value) and wanted in row["completion"].lower()
        ]
        self.list.clear()
        with self.list:
            if self.rows:
                sides = Counter(row["side"] for row in rows)
                counts = ", ".join(f"{sides[side]:,} {said}" for side, said in SIDES.items() if sides[side])
                say(
                    "div",
                    f"{counted(len(rows), 'example')}{': ' + counts if counts else ''}",
                    "soft",
                )
            for row in rows[: self.most]:
                self._show_row(row)
            if len(rows) > self.most:
                act(f"Show more of the {len(rows) - self.most:,} others", self._more, quiet=True)

    def _more(self) -> None:
        self.most += MOST_SHOWN
        self._show_list()

    def _show_row(self, row: Mapping[str, Any]) -> None:
        chosen = " chosen" if row["id"] == self.chosen else ""
        with part("button", f"earlier example{chosen}").props("type=button") as button:
            say("span", row["opening"])
            with part("span", "facts soft"):
                say("i", SIDES[row["side"]])
                say("i", row["shape"])
                say("i", f"{row['words']:,} words")
                say("i", row["published"] or "undated")
                if row["decision"]:
                    say("i", row["decision"], row["decision"])
        button.on("click", lambda: self._choose(row["id"]))

    # -- one example -----------------------------------------------------------------------------------------

    async def _choose(self, identity: str) -> None:
        with self.frame.reporting():
            row = await self.twin.ask(lambda one: one.example(identity))
            self.chosen = row["id"]
            self._show(row)
            self._show_list()
            ui.run_javascript(SCROLL % self.example.html_id)

    def _show(self, row: Mapping[str, Any]) -> None:
        self.example.clear()
        with self.example:
            say("h2", "Example")
            facts = (SIDES[row["side"]], row["shape"], f"{row['words']:,} words", row["kind"], row["published"])
            say("div", " · ".join(fact for fact in facts if fact), "soft")
            self._show_decision(row)
            with fold("What is asked"):
                for message in row["prompt"]:
                    say("div", message["role"], "soft")
                    say("div", message["content"], "asked")
            text = (
                ui.textarea("What is learned", value=row["completion"])
                .props('outlined autogrow input-style="min-height: 12rem"')
            )  # fmt: skip
            counter = say("div", "", "soft")

            def count() -> None:
                counter.set_text(f"{word_count(text.value or ''):,} words")

            text.on_value_change(count)
            count()
            self._buttons(row, text)
            if row["written"] and row["written"] != row["completion"]:
                with fold("As it was written"):
                    say("div", row["written"], "post")
            say("div", f"Document {row['document']}, which stays as it is.", "soft")

    def _show_decision(self, row: Mapping[str, Any]) -> None:
        if not row["decision"]:
            return
        with part("div", "notice warn"):
            excluded = row["decision"] == "excluded"
            say("b", "Excluded: nothing is learned from it." if excluded else "Edited: these words are learned.")
            if row["why"]:
                say("div", row["why"])
            if row["waiting"]:
                say("div", "Holds from the next version on.", "soft")

    def _buttons(self, row: Mapping[str, Any], text: ui.textarea) -> None:
        identity = row["id"]

        async def save() -> None:
            if (text.value or "") == row["completion"]:
                self.frame.tell("Nothing is changed: the words are the ones that are learned already.")
                return
            await self._decide(identity, lambda one: one.edit(identity, text.value or ""))

        async def undo() -> None:
            await self._decide(identity, lambda one: one.edit(identity, None))

        async def include() -> None:
            await self._decide(identity, lambda one: one.include(identity))

        async def exclude() -> None:
            await self._decide(identity, lambda one: one.exclude(identity, why.value or ""))

        with part("div", "row-of"):
            act("Save the edit", save, icon="save")
            if row["written"] and row["written"] != row["completion"]:
                act("As it was written", undo, quiet=True)
        with part("div", "row-of"):
            if row["decision"] == "excluded":
                act("Include it again", include, icon="undo")
                return
            why = ui.input("Why, as a note to yourself").props("outlined dense").classes("grow")
            act("Exclude it", exclude, icon="block")

    async def _decide(self, identity: str, decision: Any) -> None:
        with self.frame.reporting():
            row = await self.twin.ask(decision)
            said = {"excluded": "Excluded", "edited": "Edited", "": "As it was written"}[row["decision"]]
            shared = f", in all {row['shared']} examples of its section" if row["shared"] > 1 else ""
            self.frame.tell(f"{said}{shared}, from the next version on.", "Press Build a version to make it now.")
            await self._load()
            self._show(await self.twin.ask(lambda one: one.example(identity)))

    async def _build(self) -> None:
        """The list follows when the frame sees that work has ended."""
        with self.frame.reporting():
            made = await self.twin.work("dataset", lambda one: one.dataset())
            counts = ", ".join(f"{made[side]:,} {SIDES[side]}" for side in ("train", "tune", "test"))
            left = made["rejected"].get("excluded by you", 0)
            self.frame.tell(
                f"Version {made['version']}: {counts}.", f"Sections left out by you: {left:,}." if left else ""
            )
            if self.chosen:
                self._show(await self.twin.ask(lambda one: one.example(self.chosen)))
