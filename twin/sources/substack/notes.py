"""Substack's notes: what a person wrote in short, newest first, a page of them at a time.

What is known already is not asked for again: reading goes on until a page brings nothing new.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from twin.core.errors import BadSource
from twin.core.protocols import Web
from twin.core.records import Item, Skipped, digest
from twin.sources._memory import Memory
from twin.sources.archive import broken, decoded, moment

MOST_PAGES = 500
_KEPT = ("id", "body", "body_json", "date", "edited_at", "handle", "name", "user_id", "ancestor_path")


def notes(user: str, memory: Memory, web: Web) -> Iterator[Item | Skipped]:
    """A user's number in, their notes out: the new ones from the web, the others from memory."""
    prefix, whole = f"note {user} ", f"notes {user}"
    failed = _refreshed(user, prefix, whole, memory, web)
    for key in sorted(key for key in memory.marks() if key.startswith(prefix)):
        kept = memory.recall(key)
        if kept is not None:
            yield _note(json.loads(kept))
    if failed and "answered 404" not in failed:
        yield Skipped(whole, f"older notes are left for the next collection: {failed}")


def _refreshed(user: str, prefix: str, whole: str, memory: Memory, web: Web) -> str:
    """Brings the memory up to date; why it could not, or nothing, out."""
    before, known, cursor = memory.recall(whole) is not None, memory.marks(), ""
    seen: set[str] = set()
    for _ in range(MOST_PAGES):
        url = f"https://substack.com/api/v1/reader/feed/profile/{user}?types=note"
        try:
            answer = json.loads(decoded(web.get(url + (f"&cursor={quote(cursor)}" if cursor else "")).content))
            items = answer.get("items")
            own = [one for one in map(_own, items if isinstance(items, list) else []) if one]
            found = {f"{prefix}{one['id']}": json.dumps(one, sort_keys=True) for one in own if one["user_id"] == user}
        except BadSource as bad:
            return bad.message
        except (ValueError, RecursionError, AttributeError):
            return f"{url!r} did not answer with notes"
        fresh = {key: note for key, note in found.items() if known.get(key) != digest(note)}
        for key, note in fresh.items():
            memory.keep(key, digest(note), note)
        cursor = str(answer.get("nextCursor") or "")[:2_000]
        if not cursor or cursor in seen or (before and found and not fresh):
            break
        seen.add(cursor)
    memory.keep(whole, "", "read to the end")
    return ""


def _own(item: Any) -> dict[str, Any] | None:
    """An item of the feed in; the note in it out, None for a restack, a like and a post."""
    comment = item.get("comment") if isinstance(item, dict) else None
    context = item.get("context") if isinstance(item, dict) else None
    if not isinstance(comment, dict) or not isinstance(context, dict) or context.get("type") != "note":
        return None
    number = str(comment.get("id") or "")
    if not (number.isascii() and number.isdecimal() and len(number) <= 20):
        return None
    return {**{name: comment[name] for name in _KEPT if name in comment}, "user_id": str(comment.get("user_id"))}


def _note(comment: Mapping[str, Any]) -> Item | Skipped:
    key = f"c-{comment['id']}"
    text, quoted = _said(comment)
    handle = str(comment.get("handle") or "")
    if reason := broken(text, quoted, handle):
        return Skipped(key, reason)
    if not text.strip():
        return Skipped(key, "a note without words")
    return Item(
        key, "reply" if comment.get("ancestor_path") else "note", "substack", text, quoted=quoted,
        url=f"https://substack.com/@{handle}/note/{key}" if handle else "", raw_type="application/json",
        published=moment(str(comment.get("date") or "")), raw=json.dumps(comment, sort_keys=True),
    )  # fmt: skip


def _said(comment: Mapping[str, Any]) -> tuple[str, str]:
    """A note's words and those it quotes. `body` is the plain text, quotations in it; `body_json` knows them apart."""
    blocks = list(_blocks(comment.get("body_json")))
    if not any(quoted for _, quoted in blocks):
        return str(comment.get("body") or ""), ""
    own, theirs = ([text for text, quoted in blocks if quoted == which] for which in (False, True))
    return "\n\n".join(own), "\n\n".join(theirs)


def _blocks(document: Any) -> Iterator[tuple[str, bool]]:
    """The editor's tree in, its paragraphs and whether each is quoted out, in order and without recursion."""
    left = [(document, False)]
    while left:
        node, quoted = left.pop()
        inner = node.get("content") if isinstance(node, dict) else None
        nodes = [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []
        text = "".join("\n" if one.get("type") == "hardBreak" else str(one.get("text") or "") for one in nodes)
        if text.strip():
            yield text, quoted
        else:
            left += [(one, quoted or one.get("type") == "blockquote") for one in reversed(nodes)]
