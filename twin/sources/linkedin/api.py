"""The Member Data Portability interface: what the archive holds, for members in the EEA and Switzerland, by own token.

Described at learn.microsoft.com/linkedin/dma/member-data-portability. `start` counts pages; `total` is not to be relied
on, so pages are followed until none is named or nothing is found. Left out are ARTICLES, whose rows hold no text (seen
2026), and RECOMMENDATIONS, whose rows do not say whether they were given or received.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from twin.core.errors import BadSource, Wall
from twin.core.protocols import Reading
from twin.core.records import Item, Skipped, digest
from twin.sources.archive import broken, decoded, each_once
from twin.sources.linkedin.archive import plain
from twin.sources.linkedin.profile import of_self, position, project
from twin.sources.linkedin.rows import Row, comment, share

SNAPSHOT = "https://api.linkedin.com/rest/memberSnapshotData"
MOST_PAGES = 2_000
_NOTHING_THERE = re.compile(r"answered 404\b")
"""\"No data found for this memberId\" comes as 404, and is how a list ends."""
_NOT_YET = "LinkedIn builds a first snapshot 7 to 24 hours after you agreed: collect again tomorrow"
_NEW_TOKEN = "make a new one and set TWIN_COLLECT__LINKEDIN_TOKEN"  # noqa: S105


def _one(made: Callable[[Row], Item | Skipped]) -> Callable[[Row], Iterator[Item | Skipped]]:
    return lambda row: iter([made(row)])


_Made = Callable[[Row], Iterator[Item | Skipped]]
_DOMAINS: dict[str, tuple[_Made, frozenset[str], frozenset[str]]] = {
    "MEMBER_SHARE_INFO": (_one(share), frozenset({"sharelink"}), frozenset({"date", "sharecommentary"})),
    "ALL_COMMENTS": (_one(comment), frozenset({"message"}), frozenset({"date", "link"})),
    "PROFILE": (of_self, frozenset(), frozenset()),
    "POSITIONS": (position, frozenset(), frozenset()),
    "PROJECTS": (project, frozenset(), frozenset()),
}
"""What becomes of a row of each domain, the columns that it needs, and those that may lack."""
_WRITTEN = ("MEMBER_SHARE_INFO", "ALL_COMMENTS")


def read(reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource for a token that has run out or may not, and where there is nothing yet."""
    yield from each_once(_everything(reading))


def _everything(reading: Reading) -> Iterator[Item | Skipped]:
    """A domain that cannot be read is skipped, unless none can. The profile is served before the posts are."""
    found, failed = 0, BadSource("LinkedIn's interface holds nothing of yours", _NOT_YET)
    for domain in _DOMAINS:
        before = found
        try:
            for number, row in enumerate(_rows(domain, reading), 1):
                found += 1
                yield from _items(domain, f"{domain} row {number}", row)
        except Wall as wall:
            failed = BadSource(f"LinkedIn refused the token: {wall.message}", _NEW_TOKEN)
            if not found:
                raise failed from wall
            yield Skipped(domain, failed.message)
            return
        except BadSource as bad:
            failed = bad
            yield Skipped(domain, bad.message)
        else:
            if found == before and domain in _WRITTEN:
                yield Skipped(domain, f"nothing there; if that is wrong: {_NOT_YET}")
    if not found:
        raise failed


def _items(domain: str, key: str, row: Mapping[str, Any]) -> Iterator[Item | Skipped]:
    made, needed, may_lack = _DOMAINS[domain]
    values = dict.fromkeys(may_lack, "") | {plain(name): _cell(value) for name, value in row.items()}
    if not needed <= set(values):
        yield Skipped(key, f"lacks {', '.join(sorted(needed - set(values)))}")
    elif reason := broken(*values.values()):
        yield Skipped(key, reason)
    else:
        yield from made(Row(values, json.dumps(row, ensure_ascii=False)))


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None or isinstance(value, dict | list) else str(value)


def _rows(domain: str, reading: Reading) -> Iterator[dict[str, Any]]:
    """Raises: Wall for a refusal; BadSource for a page that does not come."""
    headers = {"Authorization": f"Bearer {reading.tokens['linkedin']}", "LinkedIn-Version": "202312"}
    seen: set[str] = set()
    for start in range(MOST_PAGES):
        url = f"{SNAPSHOT}?q=criteria&domain={domain}&start={start}"
        try:
            answer = json.loads(decoded(reading.web.get(url, headers=headers).content))
            rows = _rows_of(answer)
            page = digest(rows)
        except (ValueError, RecursionError) as bad:
            raise BadSource(f"{url!r} did not answer with JSON") from bad
        except BadSource as bad:
            if _NOTHING_THERE.search(bad.message):
                return
            raise
        if not rows or page in seen:
            return
        yield from rows
        seen.add(page)
        paging = answer.get("paging")
        links = paging.get("links") if isinstance(paging, dict) else None
        known = links if isinstance(links, list) else []
        if not any(isinstance(link, dict) and link.get("rel") == "next" for link in known):
            return


def _rows_of(answer: Any) -> list[dict[str, Any]]:
    elements = answer.get("elements") if isinstance(answer, dict) else None
    parts = [one.get("snapshotData") for one in elements if isinstance(one, dict)] if isinstance(elements, list) else []
    return [row for part in parts if isinstance(part, list) for row in part if isinstance(row, dict)]
