"""A Slack workspace's export: channels, users, and one JSON file for each channel and day."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from twin.core.protocols import Reading
from twin.core.records import Identity, Item, Route, Skipped
from twin.sources._chats import Line, asked_for, nobody_is_me, own_lines
from twin.sources.archive import Archive, open_archive, recognised_by

_USERS = r"users\.json"
_DAYS = r"[^/]+/\d{4}-\d\d-\d\d\.json"
_OWN_SUBTYPES = frozenset({"thread_broadcast", "me_message", "file_comment"})
_MARKUP = re.compile(r"<([@#!]?)([^<>|\n]{1,2000})(?:\|([^<>\n]{0,500}))?>")
MOST_DAY_BYTES = 64 << 20


def recognises(location: str) -> bool:
    return "://" not in location and recognised_by(location, _USERS, _DAYS)


def owner(location: str) -> list[str]:  # noqa: ARG001  (an export is of everybody)
    return []


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    return Route("your own messages in the channels of the export")


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource unless private messages were asked for, and where the author does not write."""
    asked_for(location, reading)
    with open_archive(location) as archive:
        people = {str(one.get("id")): one for one in _list(archive, _USERS)}
        mine = {identity for identity, one in people.items() if _is_me(reading.me, identity, one)}
        yield from archive.refused
        authors: Counter[str] = Counter()
        lines: list[Line] = []
        for name in archive.find(_DAYS):
            for one in _list(archive, re.escape(name)):
                line = _line(name, one, people, mine)
                authors[line.author] += not line.unread
                lines.append(line)
        if not any(line.own for line in lines):
            raise nobody_is_me(location, authors)
    yield from own_lines(lines, "slack")


def _is_me(me: Identity, identity: str, one: Mapping[str, Any]) -> bool:
    profile = one.get("profile") if isinstance(one.get("profile"), dict) else {}
    told = [identity, one.get("name"), one.get("real_name")]
    told += (
        [profile.get(field) for field in ("email", "real_name", "display_name")] if isinstance(profile, dict) else []
    )
    return any(me.is_me(str(value)) for value in told if value)


def _list(archive: Archive, pattern: str) -> list[dict[str, Any]]:
    """The objects of a file; none where it cannot be read."""
    for name in archive.find(pattern):
        text = archive.text(name, limit=MOST_DAY_BYTES)
        try:
            found = json.loads(text) if isinstance(text, str) else []
        except (ValueError, RecursionError):
            continue
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return []


def _line(file: str, one: Mapping[str, Any], people: Mapping[str, Mapping[str, Any]], mine: set[str]) -> Line:
    channel, user, stamp = PurePosixPath(file).parent.name, str(one.get("user") or ""), str(one.get("ts") or "")
    subtype, thread = one.get("subtype"), str(one.get("thread_ts") or "")
    unread = ""
    if one.get("type", "message") != "message" or (subtype and subtype not in _OWN_SUBTYPES):
        unread = "a note of Slack's"
    elif one.get("bot_id"):
        unread = "written by a bot"
    elif not str(one.get("text") or "").strip():
        unread = "a picture or file"
    return Line(
        key=f"{channel}-{stamp}",
        author=_name(people.get(user, {}), user),
        text="" if unread else _typed(str(one.get("text")), people),
        when=_when(stamp),
        own=user in mine,
        kind="reply" if thread and thread != stamp else "message",
        unread=unread,
        raw=json.dumps(one, ensure_ascii=False),
    )


def _typed(text: str, people: Mapping[str, Mapping[str, Any]]) -> str:
    """Slack's markup in, what was typed out: names for ids, addresses for links."""

    def plain(found: re.Match[str]) -> str:
        kind, what, label = found[1], found[2], found[3]
        if kind == "@":
            return f"@{_name(people.get(what, {}), label or what)}"
        if kind == "#":
            return f"#{label or what}"
        if kind == "!":
            return f"@{label or what.partition('^')[0]}"
        return what.removeprefix("mailto:")

    return html.unescape(_MARKUP.sub(plain, text))


def _name(one: Mapping[str, Any], otherwise: str) -> str:
    profile = one.get("profile")
    shown = profile.get("display_name") if isinstance(profile, dict) else ""
    return str(shown or one.get("name") or one.get("real_name") or otherwise)


def _when(stamp: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return None
