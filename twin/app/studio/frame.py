"""What every page has: header, notice, running work; and the words and links that pages are made of."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from twin.app.studio.hints import in_studio
from twin.app.studio.looks import CSS
from twin.app.studio.shared import Job, SharedTwin
from twin.core.errors import Busy, Stopped, TwinError
from twin.core.links import link_parts
from twin.core.text import counted
from twin.pipeline import Twin

LOOK_EVERY_S = 0.3
SEEN = "document.getElementById(%r)?.scrollIntoView({block: 'nearest', behavior: 'smooth'})"
"""A notice stands above everything: whoever pressed a button further down is taken to it."""
SHORT = 8
"""So many characters of an adapter's id are enough to know it by; every command takes its beginning."""
STOP = ("Stop", "Stopping …")
"""What the button beside running work says before and after it is pressed."""
WHOLE = frozenset({"forget"})
"""Work that nobody may stop: half of it would be worse than none."""
ANNOUNCED = "document.querySelectorAll('.nicegui-error-popup').forEach(one => one.setAttribute('role', 'alert'))"
"""A screen reader says that the connection is lost, too."""
ENDED = {
    "collect": ("What you asked to be collected is.", "The page Sources says what was found."),
    "dataset": ("A version of the examples is built.", "Read it on the page Data."),
    "train": ("The training has ended.", "The page Train says what came of it."),
    "plan": ("The plan was made for a page that is gone.", "Press Plan again to read it."),
    "write": ("What you asked for is written.", "It stands first under Earlier drafts on the page Write."),
    "forget": ("What you took out is gone.", ""),
}
ENDED_OTHERWISE = ("The new version is there.", "It stands first under Earlier drafts on the page Write.")
"""What a page says of work that was running when it was opened: who asked for it has gone on to that page."""
PAGES = {"/sources": "Sources", "/data": "Data", "/train": "Train", "/write": "Write"}


def say(tag: str, text: str, classes: str = "") -> TextElement:
    """An element that shows a text as text: what came from outside is never markup."""
    return TextElement(tag=tag, text=text).classes(classes)


def part(tag: str, classes: str = "") -> Element:
    return ui.element(tag).classes(classes)


def link(text: str, address: str) -> Element:
    """A link where the address is one of the web; the address as a text where it is not."""
    if link_parts(address).scheme not in ("http", "https"):
        return say("span", address, "soft mono")
    return ui.link(text, address, new_tab=True).props('rel="noopener noreferrer"')


def act(text: str, press: Callable[[], Any] | None = None, *, icon: str = "", quiet: bool = False) -> ui.button:
    pressed = once(press) if press else None
    button = ui.button(text, icon=icon or None, on_click=pressed, color=None).props("no-caps unelevated")
    return button.props("flat dense").classes("quiet") if quiet else button.classes("act")


def nothing_to_learn() -> None:
    """In place of buttons that would end in an error on a home without texts."""
    with part("p", "soft"):
        say("span", "There is nothing to learn from yet: ")
        ui.link("add a source and collect it", "/sources")
        say("span", ".")


def once(press: Callable[[], Any]) -> Callable[[], Awaitable[None]]:
    """A press that counts for nothing while the last one is at work: a double click is one."""
    at_work = False

    async def pressed() -> None:
        nonlocal at_work
        if at_work:
            return
        at_work = True
        try:
            await _done(press)
        finally:
            at_work = False

    return pressed


async def _done(press: Callable[[], Any]) -> None:
    done = press()
    if inspect.isawaitable(done):
        await done


@contextmanager
def fold(summary: str) -> Iterator[Element]:
    """What is shown when the reader opens it."""
    with part("details") as details:
        say("summary", summary)
        yield details


class Frame:
    """The frame of one page in one browser tab. Pages put their own parts into `body`."""

    def __init__(self, twin: SharedTwin, here: str) -> None:
        self.twin = twin
        self.when_done: Callable[[], Awaitable[None]] | None = None
        self.workers: list[ui.button] = []
        self._seen: tuple[Job | None, int] = (None, twin.finished)
        self._passing = False
        self._found_at_work = twin.job is not None
        self._tasks: set[asyncio.Task[Any]] = set()
        ui.context.client.on_delete(self._leave)
        ui.add_css(CSS)
        with part("header", "top"):
            say("span", "LLM Twin", "brand")
            with part("nav").props('aria-label="Pages"'):
                for path, name in PAGES.items():
                    shown = ui.link(name, path)
                    if path == here:
                        shown.classes("here").props("aria-current=page")
                ui.link("REST", "/docs")
            self._state = part("span", "state")
        with part("div", "sheet"):
            self._notice = part("div")
            with part("div", "job").props("role=status") as self._job:
                with part("div", "row-of"):
                    self._doing = say("span", "", "soft grow")
                    self._stop = act(STOP[0], self._leave_work, icon="stop", quiet=True)
                self._bar = ui.linear_progress(0, show_value=False, size="6px")
            self._job.set_visibility(False)
            self.body = part("div")
        ui.run_javascript(ANNOUNCED)
        ui.timer(LOOK_EVERY_S, self._look)

    async def show_state(self) -> None:
        """Documents and the active voice, in the header."""
        documents, adapter, adapters = await self.twin.ask(_state)
        self._state.clear()
        with self._state:
            without = "your tuned twin rests" if adapters else "no tuned twin yet"
            voice = f"tuned twin {adapter[:SHORT]}" if adapter else without
            say("span", f"{counted(documents, 'document')} · {voice}")

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """A failure of what is done inside becomes a notice: what happened, and what to do."""
        self._notice.clear()
        task = asyncio.current_task()
        mine = {task} - self._tasks if task else set()
        self._tasks |= mine
        try:
            yield
        except TwinError as bad:
            if not self.body.client.is_deleted:
                self.tell_of(bad)
                self._passing = isinstance(bad, Busy) and self.twin.job is not None
        finally:
            self._tasks -= mine

    def _leave(self) -> None:
        """The tab is gone: long work goes on, and nobody is there to be shown what comes of it."""
        for task in self._tasks:
            task.cancel()

    def tell(self, message: str, hint: str = "", tone: str = "good") -> None:
        self._passing = False
        self._notice.clear()
        with self._notice:
            with part("div", f"notice {tone}").props("role=alert" if tone == "bad" else "role=status") as notice:
                say("b", message)
                if hint:
                    say("div", hint, "soft")
            ui.run_javascript(SEEN % notice.html_id)

    def tell_of(self, bad: TwinError) -> None:
        """What went wrong and what to do about it; work that was stopped went as its author wanted."""
        self.tell(bad.message, in_studio(bad.hint), "warn" if isinstance(bad, Stopped) else "bad")

    def worker(self, text: str, icon: str, press: Callable[[], Any], *, quiet: bool = False) -> ui.button:
        """A button for long work; it rests from the press on, and while any work runs."""

        async def pressed() -> None:
            self._let_work(allowed=False)
            try:
                await _done(press)
            finally:
                self._let_work(allowed=self.twin.job is None)

        self.workers = [one for one in self.workers if not one.is_deleted]
        self.workers.append(act(text, pressed, icon=icon, quiet=quiet))
        self.workers[-1].set_enabled(self.twin.job is None)
        return self.workers[-1]

    def _let_work(self, *, allowed: bool) -> None:
        for button in self.workers:
            if not button.is_deleted:
                button.set_enabled(allowed)

    async def _look(self) -> None:
        now = (self.twin.job, self.twin.finished)
        job = now[0]
        if job is None and now == self._seen:
            return
        ended = now[1] != self._seen[1]
        self._seen = now
        self._job.set_visibility(job is not None)
        self._let_work(allowed=job is None)
        if ended and self._passing:
            self._notice.clear()
        if ended and self._found_at_work:
            self._tell_of_found()
        if job:
            count = f" {job.done:,} of {job.total:,}" if job.total else f" {job.done:,}" if job.done else ""
            self._doing.set_text(f"{job.doing}: {job.note or 'starting'}{count} · {_spent(job)}")
            self._bar.props("indeterminate" if not job.total else "", remove="" if not job.total else "indeterminate")
            self._bar.set_value(job.done / job.total if job.total else 0)
            self._stop.set_visibility(job.doing not in WHOLE)
            self._stop.set_text(STOP[self.twin.leaving])
            self._stop.set_enabled(not self.twin.leaving)
        if ended:
            await self.show_state()
            if self.when_done:
                await self.when_done()

    def _leave_work(self) -> None:
        self.twin.leave()
        self._stop.set_text(STOP[True])
        self._stop.disable()

    def _tell_of_found(self) -> None:
        """Work that a page which is gone has begun, and that ended while this one is open."""
        self._found_at_work = False
        last = self.twin.last
        if last and last.failure:
            self.tell_of(last.failure)
        elif last:
            self.tell(*ENDED.get(last.doing, ENDED_OTHERWISE))


def _spent(job: Job) -> str:
    """How long a job has run, and where that can be told how long its present part will take."""
    now = time.monotonic()
    return f"{now - job.started:.0f} s{job.left(now)}"


def _state(twin: Twin) -> tuple[int, str, int]:
    adapter = twin.store.active_adapter()
    return twin.store.count(), adapter.id if adapter else "", len(twin.store.adapters())
