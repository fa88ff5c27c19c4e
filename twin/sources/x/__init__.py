"""X (Twitter): the archive of "Download an archive of your data". By link nothing can be read: X has members only.

Read are the author's posts, threads joined into one text, long posts whole. Messages, likes and what was deleted never.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Item, Route, Skipped
from twin.sources.archive import broken, each_once, open_archive, recognised_by
from twin.sources.x.posts import Note, Post, note_of, own_text, post_of, threads, unrepeated
from twin.sources.x.stream import Damaged, objects

_TWEETS = r"data/(?:community-)?tweets?(?:-part\d+)?\.js"
_NOTES = r"data/note-tweet(?:-part\d+)?\.js"
_ACCOUNT = r"data/account\.js"
_ASK = "ask X for your archive (Settings, Your account, Download an archive of your data); it takes a day or more"
_MEMBERS = "X shows posts only to its members"


def recognises(location: str) -> bool:
    if "://" in location:
        host = (urlsplit(location).hostname or "").lower().removeprefix("www.").removeprefix("mobile.")
        return host in ("x.com", "twitter.com")
    return recognised_by(location, _TWEETS)


def owner(location: str) -> list[str]:
    """A link or an archive in; the profile's address, and from an archive handle, id and display name too, out."""
    if "://" in location:
        steps = [step for step in urlsplit(location).path.split("/") if step]
        return [f"https://x.com/{steps[0]}"] if steps else []
    account = _account(location)
    name, shown = account.get("username", ""), account.get("accountDisplayName", "")
    found = [f"https://x.com/{name}" if name else "", f"@{name}" if name else "", shown, account.get("accountId", "")]
    return [handle for handle in found if handle]


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    if "://" in location:
        return Route(f"none, for {_MEMBERS}", _ASK)
    return Route("X's archive, read from your disk")


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource for a link, and for an archive without posts."""
    del reading
    if "://" in location:
        raise BadSource(f"{_MEMBERS}: {location!r} cannot be read", _ASK)
    with open_archive(location) as archive:
        files = archive.find(_TWEETS)
        if not files:
            raise BadSource(f"{location!r} holds no posts of X's", _ASK)
        yield from archive.refused
        posts: list[Post] = []
        notes: list[Note] = []
        for name in [*files, *archive.find(_NOTES)]:
            for one in objects(archive, name):
                if isinstance(one, Damaged):
                    yield Skipped(name, one.reason)
                    continue
                made = note_of(one) if "noteTweet" in one else post_of(one)
                if isinstance(made, Skipped):
                    yield made
                elif isinstance(made, Note):
                    notes.append(made)
                else:
                    posts.append(made)
    account = _account(location)
    yield from each_once(_items(posts, notes, account.get("accountId", ""), account.get("username", "")))


def _items(posts: list[Post], notes: list[Note], me: str, name: str) -> Iterator[Item | Skipped]:
    whole = {(note.second, note.begins): note.text for note in notes}
    for thread in threads(unrepeated(posts), me):
        first = thread[0]
        texts, quoted = zip(*(own_text(post, whole, me) for post in thread), strict=True)
        text = "\n\n".join(filter(None, texts))
        if reason := broken(text) or ("" if text.strip() else "no words of your own"):
            yield Skipped(first.id, reason)
            continue
        yield Item(
            first.id, "reply" if first.to and first.to != me else "post", "x", text,
            url=f"https://x.com/{name or 'i'}/status/{first.id}", published=first.published,
            quoted="\n".join(filter(None, quoted)), raw=json.dumps([post.raw for post in thread], ensure_ascii=False),
            raw_type="application/json",
        )  # fmt: skip


def _account(location: str) -> dict[str, str]:
    with open_archive(location) as archive:
        for name in archive.find(_ACCOUNT):
            text = archive.text(name, limit=1 << 20)
            found = re.search(r"=\s*(\[.*\])\s*;?\s*$", text, re.DOTALL) if isinstance(text, str) else None
            try:
                told = json.loads(found[1])[0]["account"] if found else {}
            except (ValueError, RecursionError, LookupError, TypeError):
                continue
            return (
                {key: value for key, value in told.items() if isinstance(value, str)} if isinstance(told, dict) else {}
            )
    return {}
