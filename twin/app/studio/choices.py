"""The card *What you chose*: consent to learn from choices and edits, and every pair that was kept, to be deleted."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from nicegui import ui

from twin.app.studio.frame import Frame, act, part, say
from twin.core.text import counted

ABOUT = (
    "What you take on the page Write and how you edited it; kept on this machine, and learned from by preference where "
    "train.method names choices."
)
MOST_SHOWN = 30


class Choices:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.twin = frame.twin

    async def build(self) -> None:
        say("h2", "What you chose")
        say("p", ABOUT, "soft")
        self.consent = ui.checkbox("Learn from what I choose and edit", value=self.twin.settings.write.learn).props(
            "dense"
        )
        self.consent.on_value_change(self._consent)
        self.list = part("div").props('data-list="choices"')
        await self.load()

    async def load(self) -> None:
        rows = await self.twin.ask(lambda one: one.preferences())
        self.list.clear()
        with self.list:
            if not rows:
                say("p", "Nothing yet.", "soft")
                return
            with part("div", "row-of"):
                say("span", counted(len(rows), "pair"), "grow")
                act("Delete all", self._ask, icon="delete", quiet=True)
            self.sure = part("div")
            for row in rows[::-1][:MOST_SHOWN]:
                self._show(row)

    def _ask(self) -> None:
        self.sure.clear()
        with self.sure, part("div", "notice warn"):
            say("div", "Delete every pair for good?")
            with part("div", "row-of"):
                act("Yes, delete all", lambda: self._forget("all"), quiet=True)
                act("No", self.sure.clear, quiet=True)

    def _show(self, row: Mapping[str, Any]) -> None:
        with part("details", "choice"):
            say("summary", f"{row['created'][:10]}: {textwrap.shorten(row['chosen'], 60, placeholder=' …')}")
            say("div", "You took", "soft")
            say("div", row["chosen"], "post")
            say("div", "and not", "soft")
            say("div", row["rejected"], "post")
            act("Delete this pair", lambda: self._forget(row["id"]), icon="delete", quiet=True)

    async def _forget(self, pair: str) -> None:
        with self.frame.reporting():
            gone = (await self.twin.ask(lambda one: one.forget_preferences([pair])))["forgotten"]
            self.frame.tell(f"{gone:,} pair{' is' if gone == 1 else 's are'} gone.")
            await self.load()

    async def _consent(self) -> None:
        with self.frame.reporting():
            allowed = bool(self.consent.value)
            self.twin.may_learn(allowed=allowed)
            kept = "" if allowed else "What was kept stays until you delete it."
            self.frame.tell("Your choices are kept from now on." if allowed else "Nothing more is kept.", kept)
