"""Threads sleep while they wait only where other programs use the processor."""

import subprocess
import sys
import time

import psutil
import pytest

from twin.models import threads


def test_our_own_work_is_not_the_work_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def hard_work(seconds: float) -> None:
        until = time.process_time() + seconds
        while time.process_time() < until:
            pass

    quiet = min(threads.busy_with_others() for _ in range(3))
    monkeypatch.setattr(threads.time, "sleep", hard_work)
    # Another program may be busy just now: one quiet look out of many shows that our own work is not counted.
    assert any(threads.busy_with_others() <= quiet + 0.2 for _ in range(20))


def test_the_work_of_others_is_seen() -> None:
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    try:
        assert max(threads.busy_with_others() for _ in range(5)) > 0.5 / psutil.cpu_count()
    finally:
        for one in others:
            one.kill()
            one.wait()


@pytest.mark.parametrize(("busy", "policy"), [(0.0, None), (0.9, "passive")])
def test_the_policy_follows(monkeypatch: pytest.MonkeyPatch, busy: float, policy: str | None) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    monkeypatch.setattr(threads, "busy_with_others", lambda: busy)
    threads.wait_politely()
    assert threads.os.environ.get("OMP_WAIT_POLICY") == policy


@pytest.mark.parametrize(("policy", "spins"), [(None, "1000"), ("active", None)])
def test_llama_cpp_spins_shortly_unless_the_user_chose(
    monkeypatch: pytest.MonkeyPatch, policy: str | None, spins: str | None
) -> None:
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    if policy:
        monkeypatch.setenv("OMP_WAIT_POLICY", policy)
    threads.spin_shortly()
    assert threads.os.environ.get("GOMP_SPINCOUNT") == spins


def test_what_the_user_chose_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    monkeypatch.setattr(threads, "busy_with_others", lambda: 1.0)
    threads.wait_politely()
    assert threads.os.environ["OMP_WAIT_POLICY"] == "active"
