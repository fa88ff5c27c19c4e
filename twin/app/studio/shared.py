"""One warm twin for every page and every request: long work runs one piece at a time, in a thread."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pydantic import ValidationError

from twin.core.errors import BadRequest, Busy, Stopped, StorageFailed, TwinError
from twin.core.layers import write_setting
from twin.core.pace import Pace
from twin.core.protocols import silent
from twin.core.settings import Settings, WriteSettings
from twin.pipeline import Twin

T = TypeVar("T")
CLOSING_S = 20.0
"""Longest wait for running work when the server stops; work looks up at each step of its progress."""
STOPPED = "what was finished is kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Pace):
    """What the worker is doing now, how far it is, and since when it runs."""

    doing: str
    note: str = ""
    started: float = field(default_factory=time.monotonic)

    def told(self, done: int, total: int, note: str) -> Job:
        """The same job after one more word of its progress."""
        return replace(self.at(done, total), note=note)


@dataclass(frozen=True, slots=True)
class Ended:
    """What the worker did, and why it came to nothing, if it did."""

    doing: str
    failure: TwinError | None


class _Stopped(BaseException):
    """Raised out of a progress call to leave running work; no stage may catch it."""


class SharedTwin:
    """The twin of one home. `ask` answers at once, also while work runs; `work` is refused while other work runs.

    `job` is what runs now, `leaving` whether it was asked to stop, `finished` how many have ended: a page looks at them
    to stay true. `last` is what ended last, for a page that was opened while it ran.
    """

    def __init__(self, settings: Settings, twin: Twin | None = None) -> None:
        self.settings = settings
        self.job: Job | None = None
        self.finished = 0
        self.last: Ended | None = None
        self._twin = twin or Twin(settings)
        self._asking = threading.Lock()
        self._working = threading.Lock()
        self.leaving = False
        self._closing = False

    async def ask(self, question: Callable[[Twin], T]) -> T:
        """A short call of the twin, such as its status or one more source."""
        return await asyncio.to_thread(self._answer, question)

    async def work(
        self, doing: str, task: Callable[[Twin], T], *, asked: Mapping[str, int | str | None] | None = None
    ) -> T:
        """A long call of the twin, with `job` as its progress; `asked` replaces values of the section `write`.

        Raises: Busy while other work runs here or in another process; BadRequest for values out of bounds.
        """
        settings = self._settings(asked or {})
        if self._closing or not self._working.acquire(blocking=False):
            running = self.job.doing if self.job else "closing"
            raise Busy(f"the studio is busy: {running}", "wait until it ends, then try again")
        self.job, self.leaving = Job(doing=doing), False
        try:
            return await asyncio.to_thread(self._run, task, settings)
        except asyncio.CancelledError:
            if self._closing:
                raise _closing() from None
            raise

    def may_learn(self, *, allowed: bool) -> None:
        """The author's consent to learn from choices and edits, or its end; written where `twin config` writes it."""
        write_setting(self.settings.home / "twin.toml", "write.learn", "true" if allowed else "false")
        chosen = self.settings.write.model_dump(exclude_unset=True)
        write = WriteSettings.model_validate({**chosen, "learn": allowed})
        self.settings = self.settings.model_copy(update={"write": write})
        if self.job is None:
            self._twin.settings = self.settings

    def leave(self) -> None:
        """What runs now ends at its next step. What was finished is kept, and other work may begin."""
        self.leaving = self.job is not None

    def stop(self) -> None:
        """Running work ends at its next step, and no other begins. What was finished is kept."""
        self._closing = True

    def close(self) -> None:
        """Waits until running work has stopped, then closes the twin."""
        self.stop()
        if self._working.acquire(timeout=CLOSING_S):
            self._twin.close()

    def _settings(self, asked: Mapping[str, int | str | None]) -> Settings:
        given = {name: value for name, value in asked.items() if value is not None}
        if not given:
            return self.settings
        try:
            chosen = WriteSettings.model_validate({**self.settings.write.model_dump(exclude_unset=True), **given})
        except ValidationError as bad:
            problems = "; ".join(f"{error['loc'][0]}: {error['msg'].lower()}" for error in bad.errors())
            raise BadRequest(problems, "choose values within these bounds") from bad
        return self.settings.model_copy(update={"write": chosen})

    def _answer(self, question: Callable[[Twin], T]) -> T:
        with self._asking, understandable():
            return question(self._twin)

    def _run(self, task: Callable[[Twin], T], settings: Settings) -> T:
        doing = self.job.doing if self.job else ""
        failure: TwinError | None = None
        try:
            with understandable():
                with self._asking:
                    _ = self._twin.store
                self._twin.settings, self._twin.progress = settings, self._progress
                return task(self._twin)
        except _Stopped:
            failure = _closing() if self._closing else Stopped(f"stopped: {doing}", STOPPED)
            raise failure from None
        except TwinError as bad:
            failure = bad
            raise
        finally:
            self._twin.settings, self._twin.progress = self.settings, silent
            self.job, self.last = None, Ended(doing, failure)
            self.finished += 1
            self._working.release()

    def _progress(self, done: int, total: int, note: str) -> None:
        if self._closing or self.leaving:
            raise _Stopped
        if self.job:
            self.job = self.job.told(done, total, note)


def _closing() -> Busy:
    return Busy("stopped: the studio is closing", "start it again; what was finished is kept")


@contextmanager
def understandable() -> Iterator[None]:
    """Any failure in, a TwinError out. What nobody foresaw goes to the log of `twin serve` with its traceback."""
    try:
        yield
    except TwinError:
        raise
    except OSError as bad:
        file = f" ({bad.filename})" if bad.filename else ""
        raise StorageFailed(
            f"the system said: {bad.strerror or bad}{file}", "check disk space and permissions"
        ) from bad
    except Exception as bad:
        logging.getLogger("twin").exception("unforeseen")
        raise TwinError(
            f"something broke: {type(bad).__name__}", "the terminal of `twin serve` shows where; please report it"
        ) from bad
