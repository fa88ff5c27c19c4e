"""One twin for pages and requests: one work at a time, stopped at its next step, within the bounds of the settings."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_twin import TwinWithFakeWriting, settings_of

from twin.app.studio.shared import Job, SharedTwin
from twin.core.errors import BadRequest, Stopped, TwinError
from twin.pipeline import Twin


def test_what_is_left_of_a_job_is_told_by_its_present_part(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("twin.core.pace.time.monotonic", lambda: clock[0])
    job = Job(doing="train", started=100.0, since=100.0).told(0, 2, "unpacking")
    clock[0] = 160.0
    job = job.told(10, 50, "loss 3")
    assert job.left_s(160.0) is None
    clock[0] = 170.0
    job = job.told(20, 50, "loss 3")
    assert job.left_s(170.0) == pytest.approx(30.0)
    assert job.told(50, 50, "done").left_s(190.0) is None


def test_one_work_at_a_time(tmp_path: Path) -> None:
    import asyncio

    settings = settings_of(tmp_path)
    shared = SharedTwin(settings, TwinWithFakeWriting(settings))
    going, go_on = threading.Event(), threading.Event()

    def slow(twin: Twin) -> str:
        twin.progress(3, 9, "reading")
        going.set()
        assert go_on.wait(10)
        return "done"

    async def both() -> None:
        first = asyncio.create_task(shared.work("collect", slow))
        await asyncio.to_thread(going.wait, 10)
        assert shared.job and (shared.job.doing, shared.job.done, shared.job.total) == ("collect", 3, 9)
        with pytest.raises(TwinError, match="busy: collect"):
            await shared.work("write", slow)
        assert await shared.ask(lambda one: one.store.count()) == 0
        go_on.set()
        assert await first == "done"
        assert shared.job is None and shared.finished == 1

    asyncio.run(both())
    shared.close()


def reading_until_stopped(going: threading.Event) -> Callable[[Twin], None]:
    """Work without an end, which says when it has begun."""

    def endless(twin: Twin) -> None:
        while True:
            twin.progress(0, 0, "reading")
            going.set()

    return endless


def test_closing_stops_running_work_at_its_next_step(tmp_path: Path) -> None:
    import asyncio

    settings = settings_of(tmp_path)
    shared = SharedTwin(settings, TwinWithFakeWriting(settings))
    going = threading.Event()
    endless = reading_until_stopped(going)

    async def stop() -> None:
        running = asyncio.create_task(shared.work("collect", endless))
        await asyncio.to_thread(going.wait, 10)
        await asyncio.to_thread(shared.close)
        with pytest.raises(TwinError, match="closing"):
            await running
        with pytest.raises(TwinError, match="busy"):
            await shared.work("write", endless)

    asyncio.run(stop())


def test_work_is_stopped_at_its_next_step_and_other_work_may_follow(tmp_path: Path) -> None:
    """Whoever asked is told so, and so is a page that was opened since."""
    import asyncio

    settings = settings_of(tmp_path)
    shared = SharedTwin(settings, TwinWithFakeWriting(settings))
    going = threading.Event()
    endless = reading_until_stopped(going)

    async def stop() -> None:
        shared.leave()
        assert not shared.leaving, "nothing ran"
        running = asyncio.create_task(shared.work("collect", endless))
        await asyncio.to_thread(going.wait, 10)
        shared.leave()
        assert shared.leaving
        with pytest.raises(Stopped, match="stopped: collect"):
            await running
        assert shared.job is None and shared.last and shared.last.doing == "collect"
        assert isinstance(shared.last.failure, Stopped)
        assert await shared.work("write", lambda one: one.progress(1, 2, "writing") or "written") == "written"
        assert shared.last.failure is None

    asyncio.run(stop())
    shared.close()


def test_bounds_come_from_the_settings(tmp_path: Path) -> None:
    import asyncio

    shared = SharedTwin(settings_of(tmp_path))
    with pytest.raises(BadRequest, match="variants"):
        asyncio.run(shared.work("write", lambda one: None, asked={"variants": 99}))
    shared.close()
