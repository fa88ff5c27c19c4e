"""Telegram Desktop's export: `result.json` of one chat or of all, as a file, in its folder or in a zip."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Any

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Identity, Item, Route, Skipped
from twin.sources._chats import Line, in_utc, nobody_is_me, open_export, own_lines, private
from twin.sources._elements import Broken, elements, payload
from twin.sources.archive import Archive

_RESULT = r"result\.json"
_HEAD = 1 << 14
_BEGINS = re.compile(r'\s*\{\s*"(?:about|name|type|id|personal_information)"')
_KIND = re.compile(
    r'"type":\s*"(?:personal_chat|bot_chat|saved_messages|(?:private|public)_(?:channel|group|supergroup))"'
)
_PERSONAL = ("personal_information",)
_CHATS = ((), ("chats", "list", "*"), ("left_chats", "list", "*"))
_TOLD = ("name", "type", "id")
_CHANNELS = ("public_channel", "private_channel")
_FORWARDED = frozenset({"forwarded_from", "forwarded_from_id", "saved_from"})
"""Their presence is what counts: where the account is gone, they are there and empty."""
MOST_ANSWERED = 20_000
"""Messages of a chat, the latest, in which the one that is answered is looked for."""


def recognises(location: str) -> bool:
    """By the beginning of the file: `result.json` is a name that others use too."""
    if "://" in location or not (location.lower().endswith((".zip", ".json")) or Path(location).is_dir()):
        return False
    try:
        with open_export(location, ".json") as archive:
            heads = [archive.head(name, _HEAD) for name in _results(archive)]
            return any(
                _BEGINS.match(head) and (_KIND.search(head) or '"personal_information"' in head) for head in heads
            )
    except BadSource:
        return False


def owner(location: str) -> list[str]:
    """The user's id and name, as the full export tells them."""
    me: Mapping[str, Any] = {}
    with open_export(location, ".json") as archive:
        for name in _results(archive):
            for one in elements(archive, name, _PERSONAL, *((*chat, "messages", "*") for chat in _CHATS)):
                me = one[1] if isinstance(one, tuple) and one[0] == _PERSONAL and isinstance(one[1], dict) else {}
                break  # it stands before all messages
    name = " ".join(str(me[part]) for part in ("first_name", "last_name") if me.get(part)).strip()
    found = [f"user{me['user_id']}" if me.get("user_id") else "", name, str(me.get("username") or "")]
    return [handle for handle in found if handle.isprintable() and handle.strip()]


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    if reading.messages:
        return Route("your own messages, and the posts of your own channels")
    return Route("the posts of your own channels", "if your messages are to be read too, add it again with --messages")


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource for what is no export, and for private chats that were not asked for."""
    with open_export(location, ".json") as archive:
        results = _results(archive)
        if not results:
            raise BadSource(f"{location!r} holds no result.json", "export it again from Telegram Desktop, as JSON")
        yield from archive.refused
        lines = _lines(archive, results[0], reading.me, reading.zone)
        if reading.messages:
            yield from own_lines(lines, "telegram", partial(nobody_is_me, location))
        else:
            posts = (line for line in lines if isinstance(line, Skipped) or line.kind == "post")
            yield from own_lines(posts, "telegram", lambda _: private(location))


def _results(archive: Archive) -> list[str]:
    bare = [name for name in archive.entries if archive.location.lower().endswith(".json")]
    return bare[:1] or archive.find(_RESULT)[:1]


def _lines(archive: Archive, name: str, me: Identity, zone: tzinfo) -> Iterator[Line | Skipped]:
    """Every message of every chat, one at a time."""
    wanted = [(*chat, part) for chat in _CHATS for part in _TOLD] + [(*chat, "messages", "*") for chat in _CHATS]
    chat: dict[str, str] = {}
    said: dict[str, str] = {}
    mine = ""
    begun = False
    for number, one in enumerate(elements(archive, name, _PERSONAL, *wanted)):
        if isinstance(one, Skipped):
            yield one
            continue
        path, value = one
        if path == _PERSONAL:
            mine = f"user{value['user_id']}" if isinstance(value, dict) and value.get("user_id") else ""
        elif path[-1] != "*":
            chat, said, begun = ({}, {}, False) if begun else (chat, said, False)
            chat[path[-1]] = str(value or "")
        elif isinstance(value, dict):
            begun = True
            line = _line(chat, value, mine, me, said, zone)
            if len(said) >= MOST_ANSWERED:
                del said[next(iter(said))]
            said[line.key] = "" if line.own else line.text[:1000]
            yield line
        else:
            begun = True
            yield Skipped(f"{name} {number}", value.reason if isinstance(value, Broken) else "not a message")


def _line(
    chat: Mapping[str, str], message: Mapping[str, Any], mine: str, me: Identity, said: Mapping[str, str], zone: tzinfo
) -> Line:
    place = chat.get("id") or chat.get("name", "")
    author, sender = str(message.get("from") or message.get("actor") or ""), str(message.get("from_id") or "")
    own = sender == mine if mine else me.is_me(author) or me.is_me(sender)
    channel = chat.get("type") in _CHANNELS
    if channel and sender.startswith("channel"):
        own = own or me.is_me(chat.get("name", "")) or me.is_me(str(message.get("author") or ""))
    text, cited = _text(message)
    answers = message.get("reply_to_message_id") if not message.get("reply_to_peer_id") else None
    return Line(
        f"{place}-{message.get('id')}", author, text, _when(message, zone), own, chat=place,
        kind="post" if channel else "message",
        answered=cited or (said.get(f"{place}-{answers}", "") if answers else "" if channel else None),
        unread=_unread(message) or ("" if text.strip() else "a picture, sticker or file"), raw=payload(message),
    )  # fmt: skip


def _unread(message: Mapping[str, Any]) -> str:
    if message.get("type") != "message":
        return "a note of Telegram's"
    if _FORWARDED & message.keys():
        return "forwarded"
    return "made by a bot" if message.get("via_bot") else ""


def _text(message: Mapping[str, Any]) -> tuple[str, str]:
    """What was typed, and what it cites: since 2022 the entities hold all of it, before that `text`, one or many."""
    parts = message.get("text_entities") or message.get("text") or ""
    own: list[str] = []
    cited: list[str] = []
    for part in parts if isinstance(parts, list) else [parts]:
        text = part.get("text") if isinstance(part, dict) else part
        if isinstance(text, str):
            (cited if isinstance(part, dict) and part.get("type") == "blockquote" else own).append(text)
    return ("".join(own).strip() if cited else "".join(own)), "\n".join(cited).strip()


def _when(message: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    """Before 2022 there was only a local time."""
    try:
        if stamp := message.get("date_unixtime"):
            return datetime.fromtimestamp(int(str(stamp)), UTC)
        return in_utc(datetime.fromisoformat(str(message.get("date"))).replace(tzinfo=None), zone)
    except (ValueError, OverflowError, OSError):
        return None
