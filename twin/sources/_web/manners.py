"""What a host asks of machines: its robots.txt (RFC 9309), and when to come again."""

from __future__ import annotations

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
        return min(MOST_DELAY_S, float(self.rules.crawl_delay(NAME) or 0))


def pause_of(host: str, pause_s: float) -> float:
    """Seconds between two pages of a host, before it asks for more itself."""
    slow = max((wait for name, wait in _SLOW.items() if host == name or host.endswith(f".{name}")), default=0.0)
    return max(pause_s, slow) if pause_s else 0.0


def asked_wait(value: str, now: datetime) -> float | None:
    """A Retry-After header in, seconds or a date; seconds from now out, None where it names neither."""
    value = value.strip()
    if value.isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return max(0.0, ((when if when.tzinfo else when.replace(tzinfo=UTC)) - now).total_seconds())
