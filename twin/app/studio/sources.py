"""The page *Sources*: who you are, where you write, and what became of every text found there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nicegui import events, ui

from twin.app.studio.frame import Frame, act, fold, once, part, say
from twin.app.studio.hints import in_studio
from twin.app.studio.source import show_source
from twin.app.studio.uploads import MOST_BYTES, add_file, as_known
from twin.core.errors import BadRequest
from twin.core.records import Identity

FIRST = "None yet. Say who you are, then add the place where you write most."
NAMED = """{
  const drop = document.getElementById(%r);
  const name = () => drop.querySelectorAll('a:has(input), input').forEach(
    one => one.setAttribute('aria-label', 'Choose an export file'));
  new MutationObserver(name).observe(drop, {childList: true, subtree: true});
  name();
}"""
"""The button that opens the choice of a file is drawn anew after each upload; a browser names it “Choose File”."""
START = "None yet. Add the place where you write most."


class SourcesPage:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.twin = frame.twin
        self.proposed: list[str] = []

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
            for handle in self.proposed:
                self._propose(handle)
            with fold("Change the name or add a handle"):
                self._identity_form(author.name, "")

    def _identity_form(self, name: str, handles: str) -> None:
        with part("div", "stack"):
            own_name = ui.input("Your name, as you sign", value=name).props("outlined dense")
            own_handles = (
                ui.textarea("Mails and handles: one a line", value=handles)
                .props('outlined dense autogrow rows=2 input-style="min-height: 3.2rem"')
                .props('hint="ada@example.org, linkedin.com/in/ada"')
            )  # fmt: skip

            async def save() -> None:
                await self._identify(own_name.value or "", (own_handles.value or "").splitlines())

            with part("div", "row-of"):
                act("This is me", save)

    async def _identify(self, name: str, handles: list[str]) -> None:
        with self.frame.reporting():
            await self.twin.ask(lambda one: one.init(name, handles))
            author = await self.twin.ask(lambda one: one.store.identity())
            self._show_you(author)
            self._show_adding(author)
            await self._show_list()

    # -- where you write -------------------------------------------------------------------------------------

    def _show_adding(self, author: Identity | None) -> None:
        self.adding.clear()
        self.adding.set_visibility(author is not None)
        with self.adding:
            say("h2", "Add a source")
            say("p", "A link to your profile or blog, an export file, a folder, a paper, a chat.", "soft")
            with part("div", "row-of"):
                place = ui.input("Link or path on this machine").props("outlined dense").classes("grow")
                add = act("Add", icon="add")
            theirs = ui.checkbox("Someone else's words: for facts, never voice").props("dense")
            private = ui.checkbox("Private messages too: read, never learned from").props("dense")

            @once
            async def press() -> None:
                location = (place.value or "").strip()
                add.props("loading")
                with self.frame.reporting():
                    if not location:
                        raise BadRequest("the location is empty", "paste a link or a path, or drop a file below")
                    await self._added(
                        await self.twin.ask(
                            lambda one: one.add(location, mine=not theirs.value, messages=private.value)
                        )
                    )
                    if (place.value or "").strip() == location:
                        place.set_value("")
                add.props(remove="loading")

            add.on_click(press)
            place.on("keydown.enter", press)

            async def uploaded(event: events.UploadEventArguments) -> None:
                with self.frame.reporting():
                    file = event.file
                    await self._added(
                        await add_file(
                            self.twin, file.name, file.iterate(), mine=not theirs.value, messages=private.value
                        )
                    )

            def rejected() -> None:
                hint = "add it by its path instead: paste the path above"
                self.frame.tell(f"that file is larger than {MOST_BYTES:,} bytes", hint, "bad")

            drop = ui.upload(
                label="or drop an export file here (press + to choose one)",
                auto_upload=True,
                max_file_size=MOST_BYTES,
                on_upload=uploaded,
                on_rejected=rejected,
            ).props("flat")
            drop.on("uploaded", lambda: drop.reset(), args=[])
            ui.run_javascript(NAMED % drop.html_id)

    async def _added(self, source: Mapping[str, Any]) -> None:
        better = f"Better: {in_studio(source['better'])}. " if source["better"] else ""
        alone = source["kind"] == "folder" and Path(source["location"]).is_file()
        how = f"as {source['kind']}: {source['route']}"
        if alone:
            how = f"the file {Path(self._known(source['location'])).name}"
        self.frame.tell(f"Added {how}.", f"{better}Press Collect to read it.")
        await self._show_list()
        self.proposed += [handle for handle in source["proposed_me"] if handle not in self.proposed]
        self._show_you(await self.twin.ask(lambda one: one.store.identity()))

    def _propose(self, handle: str) -> None:
        """The export says who owns it; the author confirms, nobody else."""
        with part("div", "notice warn"):
            say("div", f"Is {handle} you? Only what you wrote is learned from.")

            async def confirm() -> None:
                self.proposed.remove(handle)
                await self._identify("", [handle])

            async def deny() -> None:
                self.proposed.remove(handle)
                self._show_you(await self.twin.ask(lambda one: one.store.identity()))

            with part("div", "row-of"):
                act("Yes, that is me", confirm, quiet=True)
                act("No", deny, quiet=True)

    # -- what was found --------------------------------------------------------------------------------------

    async def _show_list(self) -> None:
        rows, author = await self.twin.ask(lambda one: (one.sources(), one.store.identity()))
        self.frame.workers.clear()
        self.list.clear()
        with self.list:
            with part("div", "row-of"):
                say("h2", "Your sources", "grow")
                if rows:
                    self.frame.worker("Collect", "download", self._collect)
            if not rows:
                say("p", START if author else FIRST, "soft")
            with part("div", "stack"):
                for row in rows:
                    show_source(self.frame, row, again=self._show_list)

    def _known(self, text: str) -> str:
        return as_known(text, self.twin.settings.home)

    async def _collect(self) -> None:
        """The list follows when the frame sees that work has ended: drawn twice, it would lose a press in between."""
        with self.frame.reporting():
            before = await self.twin.ask(lambda one: one.store.count())
            result = await self.twin.work("collect", lambda one: one.collect())
            fresh = result["documents"] - before
            self.frame.tell(
                f"{fresh:,} new, {result['documents']:,} documents in all",
                "Below: what was stored, and what was skipped and why. Next: write something.",
                "warn" if any("error" in one for one in result["sources"]) else "good",
            )
