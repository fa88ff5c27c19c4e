"""What a host asks of machines: its robots.txt (RFC 9309), and when to come again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protego import Protego

NAME = "llm-twin"
MOST_WAIT_S = 120.0
"""Longest wait that is sat out, seconds; a host that asks for more is left for the next collection."""
MOST_DELAY_S = 30.0
ROBOTS_HOLD_S = 24 * 3600.0
ROBOTS_BYTES = 500_000
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_SLOW = {"linkedin.com": 5.0, "arxiv.org": 3.0, "export.arxiv.org": 3.0}
INTERFACES = frozenset(
    "api.github.com api.linkedin.com api.openalex.org export.arxiv.org gist.githubusercontent.com".split()
)
"""Made for machines and documented as such: their robots.txt speaks to crawlers of pages."""


class Rules:
    """A host's robots.txt. `text` is None where the host failed to give one, which forbids everything."""

    def __init__(self, text: str | None) -> None:
        from protego import Protego

        self.closed = text is None
        self.rules: Protego = Protego.parse(text or "")

    def allow(self, url: str) -> bool:
        return not self.closed and bool(self.rules.can_fetch(url, NAME))

    def delay(self) -> float:
        """Seconds between two pages that the host asks for, up to a bound."""
        return max(0.0, min(MOST_DELAY_S, float(self.rules.crawl_delay(NAME) or 0)))


def pause_of(host: str, pause_s: float) -> float:
    """Seconds between two pages of a host, before it asks for more itself; those that are known to be slow stay so."""
    slow = max((wait for name, wait in _SLOW.items() if host == name or host.endswith(f".{name}")), default=0.0)
    return max(pause_s, slow)


def is_busy(status: int, headers: Mapping[str, str]) -> bool:
    """Whether the same question may be answered later. GitHub says so with a 403 too, and then says when."""
    limited = "retry-after" in headers or headers.get("x-ratelimit-remaining", "").strip() == "0"
    return status in BUSY or (status == 403 and limited)


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """An answer's headers in, the seconds from now that it asks to wait out, None where it names none.

    Retry-After is seconds or a date; `x-ratelimit-reset` (GitHub) is an epoch in seconds and counts where nothing is
    left.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        when = parsedate_to_datetime(value)
        return max(0.0, ((when if when.tzinfo else when.replace(tzinfo=UTC)) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        pass
    reset = headers.get("x-ratelimit-reset", "").strip()
    if headers.get("x-ratelimit-remaining", "").strip() == "0" and reset.isascii() and reset.isdecimal():
        return max(0.0, float(reset[:12]) - now.timestamp())
    return None
