"""The page *Sources*: who you are, where you write, and what became of every text found there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from nicegui import events, ui

from twin.app.studio.frame import Frame, fold, part, say
from twin.app.studio.shared import sources_of
from twin.app.studio.uploads import MOST_BYTES, add_file
from twin.core.errors import BadRequest, TwinError
from twin.core.records import Identity

OUTCOMES = {"stored": "stored", "edited": "edited", "unchanged": "unchanged", "duplicates": "duplicates"}
MOST_SKIPS_SHOWN = 300


class SourcesPage:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.twin = frame.twin
        self.failed: dict[str, tuple[str, str]] = {}

    async def build(self) -> None:
        author = await self.twin.ask(lambda one: one.store.identity())
        with self.frame.body:
            say("h1", "Sources", "sr").style("position: absolute; left: -999rem")
            with part("div", "columns"):
                with part("div", "stack"):
                    self.you = part("section", "card")
                    self.adding = part("section", "card")
                with part("div", "stack"):
                    self.list = part("section", "card")
        self._show_you(author)
        self._show_adding(author)
        await self._show_list()
        self.frame.when_done = self._show_list

    # -- who you are -----------------------------------------------------------------------------------------

    def _show_you(self, author: Identity | None) -> None:
        self.you.clear()
        with self.you:
            say("h2", "You")
            if author is None:
                say("p", "Say who you are, so that each source can tell your words from those of others.", "soft")
                self._identity_form("", "")
                return
            say("div", author.name).style("font-weight: 650")
            say("div", ", ".join(author.handles) or "no handles yet", "soft")
            with fold("Change the name or add a handle"):
                self._identity_form(author.name, "")

    def _identity_form(self, name: str, handles: str) -> None:
        with part("div", "stack"):
            own_name = ui.input("Your name, as you sign", value=name).props("outlined dense")
            own_handles = (
                ui.textarea("Mails, handles, profile addresses: one a line", value=handles)
                .props('outlined dense autogrow rows=2 input-style="min-height: 3.2rem"')
            )  # fmt: skip

            async def save() -> None:
                await self._identify(own_name.value or "", (own_handles.value or "").splitlines())

            with part("div", "row-of"):
                ui.button("This is me", on_click=save).props("unelevated no-caps")

    async def _identify(self, name: str, handles: list[str]) -> None:
        with self.frame.reporting():
            await self.twin.ask(lambda one: one.init(name, handles))
            author = await self.twin.ask(lambda one: one.store.identity())
            self._show_you(author)
            self._show_adding(author)

    # -- where you write -------------------------------------------------------------------------------------

    def _show_adding(self, author: Identity | None) -> None:
        self.adding.clear()
        self.adding.set_visibility(author is not None)
        with self.adding:
            say("h2", "Add a source")
            say("p", "An export archive, a folder of texts, a git repository.", "soft")
            with part("div", "row-of"):
                place = ui.input("Link or path on this machine").props("outlined dense").classes("grow")
                add = ui.button("Add", icon="add").props("unelevated no-caps")
            theirs = ui.checkbox("Someone else's words: for facts, never voice").props("dense")

            async def press() -> None:
                with self.frame.reporting():
                    location = (place.value or "").strip()
                    if not location:
                        raise BadRequest("the location is empty", "paste a link or a path, or drop a file below")
                    await self._added(await self.twin.ask(lambda one: one.add(location, mine=not theirs.value)))
                    place.set_value("")

            add.on_click(press)
            place.on("keydown.enter", press)

            async def uploaded(event: events.UploadEventArguments) -> None:
                with self.frame.reporting():
                    file = event.file
                    await self._added(await add_file(self.twin, file.name, file.iterate(), mine=not theirs.value))

            def rejected() -> None:
                hint = "add it by its path instead: paste the path above"
                self.frame.tell(f"that file is larger than {MOST_BYTES:,} bytes", hint, "bad")

            ui.upload(
                label="or drop an export file here (press + to choose one)",
                auto_upload=True,
                max_file_size=MOST_BYTES,
                on_upload=uploaded,
                on_rejected=rejected,
            ).props("flat")

    async def _added(self, source: Mapping[str, Any]) -> None:
        self.frame.tell(f"Added as {source['kind']}: {source['location']}", "Press Collect to read it.")
        await self._show_list()
        for handle in source["proposed_me"]:
            self._propose(handle)

    def _propose(self, handle: str) -> None:
        """The export says who owns it; the author confirms, nobody else."""
        with self.you, part("div", "notice warn") as question:
            say("div", f"The export says that its owner is {handle}. Is that you?")

            async def confirm() -> None:
                await self._identify("", [handle])

            with part("div", "row-of"):
                ui.button("Yes, that is me", on_click=confirm).props("flat no-caps dense")
                ui.button("No", on_click=question.delete).props("flat no-caps dense")

    # -- what was found --------------------------------------------------------------------------------------

    async def _show_list(self) -> None:
        rows = await self.twin.ask(sources_of)
        self.frame.workers.clear()
        self.list.clear()
        with self.list:
            with part("div", "row-of"):
                say("h2", "Your sources", "grow")
                if rows:
                    button = self.frame.worker("Collect", "download", self._collect)
                    button.set_enabled(self.twin.job is None)
            if not rows:
                say("p", "None yet. Add the place you write most, then press Collect.", "soft")
            with part("div", "stack"):
                for row in rows:
                    self._show_source(row)

    def _show_source(self, row: Mapping[str, Any]) -> None:
        with part("div", "source"):
            with part("div", "row-of"):
                say("span", row["kind"], "kind")
                if row["consent"] != "mine":
                    say("span", "someone else's words", "kind")
            say("div", row["location"], "mono").style("font-size: .88rem")
            if row["id"] in self.failed:
                message, hint = self.failed[row["id"]]
                with part("div", "notice bad"):
                    say("b", message)
                    say("div", hint, "soft")
            if not row["counts"]:
                say("div", "not collected yet", "soft")
                return
            with part("div", "counts"):
                _count(row["counts"].get("found", 0), "found =")
                for name, word in OUTCOMES.items():
                    _count(row["counts"].get(name, 0), word)
                _count(row["counts"].get("skipped", len(row["skipped"])), "skipped")
            if row["skipped"]:
                _show_skips(row["skipped"])

    async def _collect(self) -> None:
        with self.frame.reporting():
            self.failed = {}
            before = await self.twin.ask(lambda one: one.store.count())
            try:
                result = await self.twin.work("collect", lambda one: one.collect())
            except TwinError:
                await self._show_list()
                raise
            self.failed = {one["id"]: (one["error"], one["hint"]) for one in result["sources"] if "error" in one}
            fresh = result["documents"] - before
            self.frame.tell(
                f"{fresh:,} new, {result['documents']:,} documents in all",
                "Below: what was stored, and what was skipped and why. Next: write something.",
                "warn" if self.failed else "good",
            )
            await self._show_list()


def _count(number: int, word: str) -> None:
    with part("span"):
        say("b", f"{number:,}")
        say("span", f" {word}")


def _show_skips(skipped: list[dict[str, str]]) -> None:
    reasons = Counter(skip["reason"] for skip in skipped)
    with fold(f"{len(skipped):,} skipped: why"):
        for reason, number in reasons.most_common():
            say("div", f"{number:,} × {reason}").style("font-size: .9rem")
        with part("div", "why").style("margin-top: .5rem"):
            for skip in skipped[:MOST_SKIPS_SHOWN]:
                say("div", skip["key"], "mono")
                say("div", skip["reason"])
        if len(skipped) > MOST_SKIPS_SHOWN:
            say("div", f"and {len(skipped) - MOST_SKIPS_SHOWN:,} more: twin collect --json", "soft")
