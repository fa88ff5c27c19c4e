"""A source in, its new texts in the store and counts that add up out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from twin.core.protocols import Progress
from twin.core.records import Item, Skipped, SourceRef
from twin.core.text import shingles, words
from twin.store import Store

OUTCOMES = ("stored", "edited", "unchanged", "duplicates")
BATCH = 500
DRAFT_OVERLAP = 0.6
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)


def collect(
    store: Store, source: SourceRef, found: Iterable[Item | Skipped], *, max_item_bytes: int, progress: Progress
) -> dict[str, Any]:
    """Everything a source yields in; `{found stored edited unchanged duplicates skipped: [...]}` out.

    Oldest first, so that of several equal posts the first one stays. Written in batches: what a killed run had
    stored is unchanged for the next one.
    """
    items: list[Item] = []
    skipped: list[Skipped] = []
    for one in found:
        reason = _unfit(one, max_item_bytes) if isinstance(one, Item) else one.reason
        if isinstance(one, Item) and not reason:
            items.append(one)
        else:
            skipped.append(Skipped(one.key, reason))
        progress(len(items) + len(skipped), 0, "reading")
    items.sort(key=lambda item: (item.published or _LATEST, item.key))
    own_drafts = [_runs(draft["text"]) for draft in store.drafts()]
    counts: Counter[str] = Counter()
    for start in range(0, len(items), BATCH):
        with store.writing() as connection:
            for item in items[start : start + BATCH]:
                outcome, reason = store.put(connection, source, _recognised(item, own_drafts), language(item.text))
                counts[outcome] += 1
                if outcome == "skipped":
                    skipped.append(Skipped(item.key, reason))
        progress(min(start + BATCH, len(items)), len(items), "storing")
    totals = {outcome: counts[outcome] for outcome in OUTCOMES}
    totals["found"] = sum(totals.values()) + len(skipped)
    store.record_collection(source.id, {**totals, "skipped": len(skipped)}, skipped)
    return {**totals, "skipped": [{"key": skip.key, "reason": skip.reason} for skip in skipped]}


def _unfit(item: Item, max_item_bytes: int) -> str:
    """Why an item cannot be stored as it is, or nothing."""
    if not item.text.strip():
        return "no text"
    if _UNSTORABLE.search("".join((item.text, item.title, item.url, item.quoted, item.key, item.licence))):
        return "broken characters (a lone surrogate or a zero byte)"
    size = len(item.text.encode("utf-8"))
    if size > max_item_bytes:
        return f"larger than collect.max_item_bytes ({size:,} bytes)"
    if item.published and not _EARLIEST <= item.published <= _LATEST:
        return f"a date that cannot be ({item.published:%Y-%m-%d})"
    return ""


def _recognised(item: Item, own_drafts: list[set[tuple[str, ...]]]) -> Item:
    """A draft of this program that comes back as a published post is marked: it must teach nothing."""
    runs = _runs(item.text)
    if runs and any(len(runs & draft) >= DRAFT_OVERLAP * min(len(runs), len(draft)) for draft in own_drafts if draft):
        return replace(item, authorship="twin-draft")
    return item


def _runs(text: str) -> set[tuple[str, ...]]:
    return shingles(words(text))


def language(text: str) -> str:
    """A text in, its ISO 639-1 code out; "und" for fewer than four words."""
    if len(text.split()) < 4:
        return "und"
    code, _ = _identifier()(text)
    return str(code)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    import py3langid

    return py3langid.classify
