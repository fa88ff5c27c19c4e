"""A source in, its new texts in the store and counts that add up out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from twin.core.protocols import Progress
from twin.core.records import Item, Skipped, SourceRef
from twin.core.text import words
from twin.features.runs import run_hashes
from twin.features.scan import VERSION, scan
from twin.store import Intake, Scanned, Store

if TYPE_CHECKING:
    from twin.features.runs import Hashes

OUTCOMES = ("stored", "edited", "unchanged", "duplicates")
BATCH = 500
DRAFT_OVERLAP = 0.6
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)


def collect(
    store: Store,
    source: SourceRef,
    found: Iterable[Item | Skipped],
    *,
    max_item_bytes: int,
    progress: Progress,
    seen: str = "",
) -> dict[str, Any]:
    """Everything a source yields in; `{found stored edited unchanged duplicates skipped: [...]}` out.

    Read, scanned and written in batches: memory stays the same however much there is, and what a killed run had stored
    is unchanged for the next one.
    """
    intake = Intake(source, VERSION)
    drafts = _Drafts([draft["text"] for draft in store.drafts()])
    counts: Counter[str] = Counter()
    skipped: list[Skipped] = []
    batch: list[Item] = []

    def put() -> None:
        scanned = [drafts.marked(*one) for one in scan(batch)]
        with store.writing() as connection:
            results = intake.put(connection, scanned)
        for one, (outcome, reason) in zip(scanned, results, strict=True):
            counts[outcome] += 1
            if outcome == "skipped":  # forgotten: not even its key is written down again
                skipped.append(Skipped(one.id, reason))
        batch.clear()

    for number, one in enumerate(found, 1):
        reason = _unfit(one, max_item_bytes) if isinstance(one, Item) else one.reason
        if isinstance(one, Item) and not reason:
            batch.append(one)
        else:
            skipped.append(Skipped(one.key, reason))
        if len(batch) == BATCH:
            put()
        progress(number, 0, "reading")
    put()
    totals = {outcome: counts[outcome] for outcome in OUTCOMES}
    totals["found"] = sum(totals.values()) + len(skipped)
    store.record_collection(source.id, {**totals, "skipped": len(skipped)}, skipped, seen=seen)
    return {**totals, "skipped": [{"key": skip.key, "reason": skip.reason} for skip in skipped]}


def unchanged(store: Store, source: SourceRef) -> dict[str, Any]:
    """The counts of a source that holds what it held at its last collection, without reading it again."""
    before, skipped = store.last_collection(source.id)
    same = before["stored"] + before["edited"] + before["unchanged"]
    totals = {"stored": 0, "edited": 0, "unchanged": same, "duplicates": before["duplicates"], "found": before["found"]}
    return {**totals, "skipped": [{"key": skip.key, "reason": skip.reason} for skip in skipped], "same": True}


def _unfit(item: Item, max_item_bytes: int) -> str:
    """Why an item cannot be stored as it is, or nothing."""
    if not item.text.strip():
        return "no text"
    told = (item.text, item.title, item.url, item.quoted, item.key, item.licence, item.visibility)
    if any(not (one.isascii() and "\x00" not in one) and _UNSTORABLE.search(one) for one in told):
        return "broken characters (a lone surrogate or a zero byte)"
    size = len(item.text) if item.text.isascii() else len(item.text.encode("utf-8"))
    if size > max_item_bytes:
        return f"larger than collect.max_item_bytes ({size:,} bytes)"
    if item.published and not _EARLIEST <= item.published <= _LATEST:
        return f"a date that cannot be ({item.published:%Y-%m-%d})"
    return ""


class _Drafts:
    """The drafts this program wrote: one that comes back as a published post is marked, and must teach nothing."""

    def __init__(self, texts: Sequence[str]) -> None:
        import numpy as np

        self.drafts = [runs for runs in (run_hashes(words(text)) for text in texts) if len(runs)]
        self.all = np.unique(np.concatenate([*self.drafts, np.empty(0, np.uint32)]))

    def marked(self, one: Scanned, runs: Hashes) -> Scanned:
        import numpy as np

        if len(self.all) and np.isin(runs, self.all, assume_unique=True).any():
            for draft in self.drafts:
                shared = len(np.intersect1d(runs, draft, assume_unique=True))
                if shared >= DRAFT_OVERLAP * min(len(runs), len(draft)):
                    return replace(one, item=replace(one.item, authorship="twin-draft"))
        return one
