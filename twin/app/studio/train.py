"""The page *Train*: what a training would take, starting one, and the voices that came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from twin.app import show, voices
from twin.app.studio.curve import picture
from twin.app.studio.frame import Frame, act, fold, nothing_to_learn, part, say
from twin.app.studio.hints import in_studio

NONE = "None yet: drafts are written from your passages, with a few of your texts shown to the model."
WHAT = (
    "The model is fine-tuned on your own texts. It becomes active only if it expects your unseen words better than "
    "without the training, and sounds more like you; else it waits here, and you decide."
)
PLAN = "Plan runs a few real steps, writes a few texts, throws them away, and says how long the whole would take."
LEGEND = (
    "Loss, lower is better: dots on unseen words, before and after each pass; the lines are of the training steps "
    "and their mean."
)
GATES = {"activate": "Passed the gate", "candidate": "Did not pass the gate"}
STATES = {
    "active": "writes now",
    "candidate": "waits",
    "retired": "wrote before",
    "tainted": "learned a forgotten text",
}


class TrainPage:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.twin = frame.twin

    async def build(self) -> None:
        texts = await self.twin.ask(lambda one: one.store.count())
        with self.frame.body:
            say("h1", "Train").style("position: absolute; left: -999rem")
            with part("div", "columns"):
                with part("section", "card"):
                    say("h2", "Train a voice")
                    say("p", WHAT, "soft")
                    if texts:
                        with part("div", "row-of"):
                            self.frame.worker("Train", "school", self._train)
                            self.frame.worker("Plan", "timer", self._plan, quiet=True)
                        say("p", PLAN, "soft")
                    else:
                        nothing_to_learn()
                    self.plan = part("div", "stack").props('aria-live="polite"')
                with part("section", "card"):
                    with part("div", "row-of"):
                        say("h2", "Voices", "grow")
                        self.back = act("Roll back", self._roll_back, icon="undo", quiet=True)
                    self.list = part("div", "stack").props('data-list="voices"')
        await self._load()
        self.frame.when_done = self._load

    # -- plan and training -----------------------------------------------------------------------------------

    async def _plan(self) -> None:
        with self.frame.reporting():
            planned = await self.twin.work("plan", lambda one: one.plan_training())
            self.plan.clear()
            with self.plan:
                with part("div"):
                    first, *rest = show.planned({**planned, "advice": []}).splitlines()
                    say("b", first)
                    for line in rest:
                        say("div", line.strip())
                for advice in planned["advice"]:
                    say("div", in_studio(advice), "notice warn")

    async def _train(self) -> None:
        """The list follows when the frame sees that work has ended: drawn twice, it would lose a press in between."""
        with self.frame.reporting():
            done = await self.twin.work("train", lambda one: one.train())
            gate = done["gate"]
            tone = "good" if gate["verdict"] == "activate" else "warn"
            said = "It writes from now on." if gate["verdict"] == "activate" else "It waits: the gate did not pass it."
            self.frame.tell(f"Trained {done['adapter']}. {said}", gate["reason"], tone)

    # -- voices ----------------------------------------------------------------------------------------------

    async def _load(self) -> None:
        rows, previous = await self.twin.ask(lambda one: (one.adapters(), one.previous_adapter()))
        self.back.set_visibility(previous is not None)
        self.list.clear()
        with self.list:
            if not rows:
                say("p", NONE, "soft")
            for row in rows[::-1]:
                self._show(row)

    def _show(self, row: Mapping[str, Any]) -> None:
        with part("div", "source"):
            with part("div", "row-of"):
                say("span", row["id"], "mono")
                say("span", STATES[row["state"]], f"kind {row['state']}")
                say("span", row["created"][:10], "soft")
            say("div", f"{_gate(row)}. {row['gate'].get('reason', '')}".strip(), "soft")
            full = row["gate"].get("full")
            if full:
                say(
                    "div",
                    f"In the full report: {GATES.get(full['verdict'], full['verdict'])}. {full['reason']}",
                    "soft",
                )
            say(
                "div", f"{row['method']} of {row['base']}; loss on unseen words: {voices.losses(row['losses'])}", "soft"
            )
            drawn = picture(row["figures"], row["losses"].get("before"))
            if drawn:
                ui.html(drawn, sanitize=False)  # numbers alone: nothing in it came from outside
                say("div", LEGEND, "soft")
            with part("div", "row-of"):
                self._buttons(row)
                if row["report"]:
                    ui.link("Report", f"/adapters/{row['id']}/report", new_tab=True)
            with fold("All of it"):
                say("div", voices.whole(row), "asked mono")

    def _buttons(self, row: Mapping[str, Any]) -> None:
        async def activate() -> None:
            await self._activate(row["id"])

        async def rest() -> None:
            await self._activate("none")

        if row["state"] == "active":
            act("Write without it", rest, quiet=True)
        elif row["state"] != "tainted":
            passed = row["gate"].get("verdict", "activate") == "activate"
            words = "Activate" if passed or row["state"] != "candidate" else "Activate all the same"
            act(words, activate, icon="check", quiet=True)

    async def _activate(self, name: str, *, previous: bool = False) -> None:
        with self.frame.reporting():
            done = await self.twin.ask(lambda one: one.activate(name, previous=previous))
            now = f"{done['active']} writes now." if done["active"] else "Drafts are written without a tuned voice."
            self.frame.tell(now, f"Before: {done['before'] or 'none'}.")
            await self._load()
            await self.frame.show_state()

    async def _roll_back(self) -> None:
        await self._activate("", previous=True)


def _gate(row: Mapping[str, Any]) -> str:
    """What the gate said of a voice, for a reader who does not know its words."""
    said = voices.verdict(row)
    known, comma, more = said.partition(",")
    return f"{GATES.get(known, known)}{comma}{more}"
