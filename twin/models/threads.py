"""How the threads of llama.cpp and torch wait for each other."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

BUSY = 0.25
"""Share of the processor used by other programs from which on it counts as shared."""
LOOKED_S = 0.2
SPINS = 1000


def spin_shortly() -> None:
    """Call first where somebody waits for drafts: threads of llama.cpp spin for some 20 µs, then they sleep.

    llama.cpp uses the OpenMP that was loaded before it, which reads the choice once, and a draft begins with a search
    and so with the embedder's torch. What trains or measures does not call it: torch's steps are long.

    Its steps are short, so that is as fast as spinning on an idle machine, and holds up when other work begins later:
    8 texts of 48 tokens take 2.4 s either way on 2 idle cores, and 5.3 s with one of them busy, where spinning takes 8
    to 23 s and sleeping at once 4.9, but 3.8 on idle ones (2026-11, SmolLM2-135M).
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", str(SPINS))


def wait_politely() -> None:
    """Call before torch is first imported: on a shared processor its threads sleep while they wait.

    They spin by default, which is faster on an idle machine and collapses on a busy one. OpenMP reads the choice once.
    """
    if "OMP_WAIT_POLICY" not in os.environ and busy_with_others() >= BUSY:
        os.environ["OMP_WAIT_POLICY"] = "passive"


def busy_with_others() -> float:
    """The share of the processor that other programs use now, 0 to 1. A load average would count our own past work."""
    import psutil

    def busy_s() -> float:
        now = psutil.cpu_times()
        return float(sum(now) - now.idle - getattr(now, "iowait", 0.0) - getattr(now, "guest", 0.0))

    began, others = time.monotonic(), busy_s() - time.process_time()
    time.sleep(LOOKED_S)
    took, others = time.monotonic() - began, busy_s() - time.process_time() - others
    return min(1.0, max(0.0, others / (took * (psutil.cpu_count() or 1))))


@contextmanager
def one_thread() -> Iterator[None]:
    """While it lasts, torch computes in the calling thread alone: for work too small to be shared.

    One short request embedded on 2 cores with other work running: 95% within 30 ms, within 153 by two threads that
    wait for each other (2026-11, MiniLM).
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
