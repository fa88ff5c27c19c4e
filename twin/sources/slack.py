"""A Slack workspace's export: channels, users, and one JSON file for each channel and day."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Identity, Item, Route, Skipped
from twin.sources._chats import Line, asked_for, nobody_is_me, only_if_asked, own_lines
from twin.sources._elements import Broken, elements, payload
from twin.sources.archive import Archive, open_archive, recognised_by

_USERS = r"users\.json"
_CHANNELS = r"(?:channels|groups|mpims)\.json"
_DAYS = r"[^/]+/\d{4}-\d\d-\d\d\.json"
_OWN_SUBTYPES = frozenset({"thread_broadcast", "me_message", "file_comment"})
_KEPT = ("type", "subtype", "user", "text", "ts", "thread_ts", "edited", "blocks", "comment")
"""What is kept of a message as its payload; attachments and reactions are the words of others."""
_MARKUP = re.compile(r"<([@#!]?)([^<>|\n]{1,2000})(?:\|([^<>\n]{0,500}))?>")
_ESCAPED = re.compile("&(?:amp|lt|gt);")
MOST_THREADS = 50_000
"""Threads of a channel whose first message is remembered."""

Records = Mapping[str, Mapping[str, Any]]


def recognises(location: str) -> bool:
    return "://" not in location and recognised_by(location, _USERS, _DAYS)


def owner(location: str) -> list[str]:  # noqa: ARG001  (an export is of everybody)
    return []


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    return only_if_asked("your own messages in the channels of the export", reading)


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource unless private messages were asked for, and where the author does not write."""
    asked_for(location, reading)
    with open_archive(location) as archive:
        people = _by_id(archive, _USERS)
        workspace = _Workspace(people, _by_id(archive, _CHANNELS), _mine(location, reading.me, people))
        yield from archive.refused
        yield from own_lines(_lines(archive, workspace), "slack", partial(nobody_is_me, location))


@dataclass(slots=True)
class _Workspace:
    """Who writes in it, by id; its channels by id; and the first message of each thread of the channel being read."""

    people: Records
    channels: Records
    mine: frozenset[str]
    threads: dict[str, str] = field(default_factory=dict)

    def name(self, user: str, otherwise: str = "") -> str:
        one = self.people.get(user, {})
        profile = one.get("profile")
        shown = profile.get("display_name") if isinstance(profile, dict) else ""
        return str(shown or one.get("name") or one.get("real_name") or otherwise or user)


def _mine(location: str, me: Identity, people: Records) -> frozenset[str]:
    """Who of them is the author: by id, mail or handle, else by a full name that only one of them has.

    Raises: BadSource where more than one has it.
    """
    surely, perhaps = set(), set()
    for identity, one in people.items():
        profile = found if isinstance(found := one.get("profile"), dict) else {}
        if any(me.is_me(str(value)) for value in (identity, profile.get("email"), one.get("name")) if value):
            surely.add(identity)
        names = (one.get("real_name"), profile.get("real_name"), profile.get("display_name"))
        if any(me.is_me(str(value)) for value in names if value):
            perhaps.add(identity)
    if not surely and len(perhaps) > 1:
        raise BadSource(
            f"{location!r} has {len(perhaps)} members of your name: {', '.join(sorted(perhaps)[:6])}",
            f"say which are you: twin init --me {min(perhaps)!r}",
        )
    return frozenset(surely or perhaps)


def _by_id(archive: Archive, pattern: str) -> dict[str, Mapping[str, Any]]:
    found = (one for name in archive.find(pattern) for one in elements(archive, name, ("*",)))
    return {str(one[1].get("id")): one[1] for one in found if isinstance(one, tuple) and isinstance(one[1], dict)}


def _lines(archive: Archive, workspace: _Workspace) -> Iterator[Line | Skipped]:
    """The messages of every channel, day after day, one at a time."""
    ids = {str(one.get("name")): identity for identity, one in workspace.channels.items()}
    before = ""
    for name in archive.find(_DAYS):
        folder = PurePosixPath(name).parent.name
        if folder != before:
            workspace.threads.clear()
            before = folder
        for number, one in enumerate(elements(archive, name, ("*",)), start=1):
            if isinstance(one, Skipped):
                yield one
            elif isinstance(one[1], dict):
                yield _line(ids.get(folder, folder), one[1], workspace)
            else:
                reason = one[1].reason if isinstance(one[1], Broken) else "not a message"
                yield Skipped(f"{name} message {number}", reason)


def _line(channel: str, one: Mapping[str, Any], workspace: _Workspace) -> Line:
    comment = one.get("comment") if one.get("subtype") == "file_comment" else None
    told = {"user": comment.get("user"), "text": comment.get("comment")} if isinstance(comment, dict) else one
    user, stamp, thread = str(told.get("user") or ""), str(one.get("ts") or ""), str(one.get("thread_ts") or "")
    unread = _unread(one)
    said = told.get("text")
    text, cited = ("", "") if unread or not isinstance(said, str) else _typed(said, workspace)
    own = user in workspace.mine
    replies = bool(thread) and thread != stamp
    if thread == stamp and len(workspace.threads) < MOST_THREADS:
        workspace.threads[thread] = "" if own else text[:1000]
    return Line(
        f"{channel}-{stamp}", workspace.name(user), text, _when(stamp), own, chat=channel,
        kind="reply" if replies else "message",
        answered=cited or (workspace.threads.get(thread, "") if replies else None),
        unread=unread or ("" if text.strip() else "a picture or file"),
        raw=payload({name: one[name] for name in _KEPT if name in one}) if own else "",
    )  # fmt: skip


def _unread(one: Mapping[str, Any]) -> str:
    subtype = one.get("subtype")
    if one.get("type", "message") != "message" or (subtype and str(subtype) not in _OWN_SUBTYPES):
        return "a note of Slack's"
    return "written by a bot" if one.get("bot_id") else ""


def _typed(text: str, workspace: _Workspace) -> tuple[str, str]:
    """Slack's markup in; what was seen, with names for ids and links as they were typed, and what it cites, out.

    Lines of a quotation begin with an escaped `>`, three of which begin one to the end; code has none.
    """
    own: list[str] = []
    cited: list[str] = []
    code = to_the_end = False
    for line in text.split("\n"):
        to_the_end = to_the_end or (not code and line.startswith("&gt;&gt;&gt;"))
        quoted = to_the_end or (not code and line.startswith("&gt;"))
        code = code != bool(line.count("```") % 2)
        (cited if quoted else own).append(re.sub(r"^(?:&gt;){1,3} ?", "", line) if quoted else line)
    parts = [_plain("\n".join(part), workspace) for part in (own, cited)]
    return (parts[0].strip() if cited else parts[0]), parts[1].strip()


def _plain(text: str, workspace: _Workspace) -> str:
    def shown(found: re.Match[str]) -> str:
        kind, what, label = found[1], found[2], found[3]
        if kind == "@":
            return f"@{workspace.name(what, label or '')}"
        if kind == "#":
            return f"#{label or workspace.channels.get(what, {}).get('name') or what}"
        if kind == "!":
            fallback = what.startswith("date^") or (label or "").startswith("@")
            return label if label and fallback else f"@{label or what.partition('^')[0]}"
        return label or what.removeprefix("mailto:").removeprefix("tel:")

    return _ESCAPED.sub(lambda found: html.unescape(found[0]), _MARKUP.sub(shown, text))


def _when(stamp: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return None
