"""The Member Data Portability interface: what the archive holds, for members in the EEA and Switzerland, by own token.

Described at learn.microsoft.com/linkedin/dma/member-data-portability. `start` counts pages; `total` is not to be relied
on, so pages are followed until none is named or nothing is found.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from twin.core.errors import BadSource, Wall
from twin.core.protocols import Reading
from twin.core.records import Item, Skipped
from twin.sources.archive import broken, decoded, each_once
from twin.sources.linkedin.archive import plain
from twin.sources.linkedin.rows import Row, comment, recommendation, share

SNAPSHOT = "https://api.linkedin.com/rest/memberSnapshotData"
MOST_PAGES = 2_000
_DOMAINS: dict[str, tuple[Callable[[Row], Item | Skipped], frozenset[str]]] = {
    "MEMBER_SHARE_INFO": (share, frozenset({"date", "sharelink", "sharecommentary"})),
    "ALL_COMMENTS": (comment, frozenset({"date", "link", "message"})),
    "RECOMMENDATIONS": (recommendation, frozenset({"firstname", "lastname", "text"})),
}
_NOT_YET = "LinkedIn builds a first snapshot 7 to 24 hours after you agreed: collect again tomorrow"


def read(reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource for a token that has run out or may not, and where there is nothing yet."""
    yield from each_once(_everything(reading))


def _everything(reading: Reading) -> Iterator[Item | Skipped]:
    found = 0
    for domain, (made, needed) in _DOMAINS.items():
        for number, row in enumerate(_rows(domain, reading), 1):
            found += 1
            values = {plain(name): str(value or "") for name, value in row.items()}
            key = f"{domain} row {number}"
            if not needed <= set(values):
                yield Skipped(key, f"lacks {', '.join(sorted(needed - set(values)))}")
            elif reason := broken(*values.values()):
                yield Skipped(key, reason)
            else:
                yield made(Row(values, json.dumps(row, ensure_ascii=False)))
    if not found:
        raise BadSource("LinkedIn's interface holds nothing of yours", _NOT_YET)


def _rows(domain: str, reading: Reading) -> Iterator[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {reading.tokens['linkedin']}", "LinkedIn-Version": "202312"}
    before: list[Any] = []
    for start in range(MOST_PAGES):
        url = f"{SNAPSHOT}?q=criteria&domain={domain}&start={start}"
        try:
            answer = json.loads(decoded(reading.web.get(url, headers=headers).content))
        except Wall as bad:
            raise BadSource(
                f"LinkedIn refused the token: {bad.message}", "make a new one and set TWIN_COLLECT__LINKEDIN_TOKEN"
            ) from bad
        except BadSource:
            return  # "No data found for this memberId" is how a list ends
        except (ValueError, RecursionError) as bad:
            raise BadSource(f"{url!r} did not answer with JSON") from bad
        elements = answer.get("elements") if isinstance(answer, dict) else None
        parts = [one.get("snapshotData") for one in elements or [] if isinstance(one, dict)]
        rows = [row for part in parts if isinstance(part, list) for row in part if isinstance(row, dict)]
        if not rows or rows == before:
            return
        yield from rows
        before = rows
        paging = answer.get("paging")
        links = paging.get("links") if isinstance(paging, dict) else None
        if not any(isinstance(link, dict) and link.get("rel") == "next" for link in links or []):
            return
