"""How far a part of some work is, and from that how long it will take."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Self

LEAST_TOLD_S = 3.0
"""A pace is told from so many seconds on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Work has parts, each with a total of its own; 0 means not known.

    `first` and `since`: how far the present part was when it was first heard of, and when that was, in seconds of
    `time.monotonic`.
    """

    done: int = 0
    total: int = 0
    first: int = 0
    since: float = field(default_factory=time.monotonic)

    def at(self, done: int, total: int) -> Self:
        """The same work after one more word of its progress: another part where the total is another."""
        if total == self.total and done >= self.done:
            return replace(self, done=done)
        return replace(self, done=done, total=total, first=done, since=time.monotonic())

    def left_s(self, now: float) -> float | None:
        """Seconds that the present part will take at its pace so far; None before that can be told."""
        gone = now - self.since
        if self.done <= self.first or gone < LEAST_TOLD_S:
            return None
        return gone * (self.total - self.done) / (self.done - self.first) if self.done < self.total else None

    def left(self, now: float) -> str:
        """`, about 40 s left`; empty before that can be told."""
        seconds = self.left_s(now)
        if seconds is None:
            return ""
        return f", about {seconds:.0f} s left" if seconds < 90 else f", about {seconds / 60:.0f} min left"
