"""Telegram Desktop's export: `result.json` of one chat or of all, as a file, in its folder or in a zip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Identity, Item, Route, Skipped
from twin.sources._chats import Line, asked_for, nobody_is_me, own_lines
from twin.sources.archive import DAMAGE, open_archive, recognised_by

_RESULT = r"result\.json"
_HEAD = 1 << 14
_CHANNELS = ("public_channel", "private_channel")
_MARKS = (b'"personal_information"', b'"messages"', b'"chats"')


def recognises(location: str) -> bool:
    """By the beginning of the file: `result.json` is a name that others use too."""
    if "://" in location or not (Path(location).suffix.lower() == ".json" or recognised_by(location, _RESULT)):
        return False
    try:
        with _opened(location) as stream:
            head = stream.read(_HEAD)
    except (BadSource, *DAMAGE):
        return False
    kinds = (b"_chat", b"_group", b"_supergroup", b"_channel", b"saved_messages")
    return any(mark in head for mark in _MARKS) and (b"personal_information" in head or any(k in head for k in kinds))


def owner(location: str) -> list[str]:
    """The user's id and name, as the full export tells them."""
    me = _personal(location)
    name = " ".join(filter(None, (str(me.get("first_name") or ""), str(me.get("last_name") or "")))).strip()
    found = [f"user{me['user_id']}" if me.get("user_id") else "", name, str(me.get("username") or "")]
    return [handle for handle in found if handle]


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    return Route("your own messages, and the posts of your own channels")


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource for what is no export, and for private chats that were not asked for."""
    known = _personal(location)
    mine = f"user{known['user_id']}" if known.get("user_id") else ""
    authors: Counter[str] = Counter()
    lines: list[Line] = []
    damaged = False
    for chat, message in _messages(location):
        if message is None:
            damaged = True
            continue
        line = _line(chat, message, mine, reading.me)
        authors[line.author] += bool(line.author and not line.unread)
        lines.append(line)
    if not lines:
        raise BadSource(f"{location!r} holds no messages", "export it again from Telegram Desktop, as JSON")
    if not reading.messages:
        lines = [line for line in lines if line.kind == "post"]
        if not any(line.own for line in lines):
            asked_for(location, reading)
    if not any(line.own for line in lines):
        raise nobody_is_me(location, authors)
    yield from own_lines(_answering(lines), "telegram")
    if damaged:
        yield Skipped(Path(location).name, "damaged, what stands before is kept")


def _answering(lines: list[Line]) -> Iterator[Line]:
    """Each line with the words of the one that it answers."""
    said = {line.key: line.text for line in lines}
    for line in lines:
        yield replace(line, answered=said.get(line.answered, "")[:500]) if line.answered else line


def _line(chat: Mapping[str, Any], message: Mapping[str, Any], mine: str, me: Identity) -> Line:
    place, channel = str(chat.get("id") or chat.get("name") or ""), chat.get("type") in _CHANNELS
    author, sender = str(message.get("from") or message.get("actor") or ""), str(message.get("from_id") or "")
    own = sender == mine if mine else me.is_me(author) or me.is_me(sender)
    if channel:
        own = (own or me.is_me(str(chat.get("name") or ""))) if sender.startswith("channel") else own
    unread = ""
    if message.get("type") != "message":
        unread = "a note of Telegram's"
    elif message.get("forwarded_from") or message.get("forwarded_from_id"):
        unread = "forwarded"
    elif message.get("via_bot"):
        unread = "made by a bot"
    elif not (text := _text(message)).strip():
        unread = "a picture, sticker or file"
    answered = message.get("reply_to_message_id")
    return Line(
        key=f"{place}-{message.get('id')}",
        author=author,
        text="" if unread else text,
        when=_when(message),
        own=own,
        kind="post" if channel else "message",
        answered=f"{place}-{answered}" if answered else "",
        unread=unread,
    )


def _text(message: Mapping[str, Any]) -> str:
    """What was typed: since 2022 the entities hold all of it, before that `text` is a string or a list."""
    parts = message.get("text_entities") or message.get("text") or ""
    if isinstance(parts, str):
        return parts
    if not isinstance(parts, list):
        return ""
    return "".join(part if isinstance(part, str) else str(part.get("text") or "") for part in parts if part)


def _when(message: Mapping[str, Any]) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(str(message.get("date_unixtime"))), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _messages(location: str) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Every message with its chat, one at a time; None in its place where the file breaks off."""
    import ijson

    chat: dict[str, Any] = {}
    build: Any = None
    depth = ""
    with _opened(location) as stream:
        try:
            for prefix, event, value in ijson.parse(stream, use_float=True):
                if build is not None:
                    build.event(event, value)
                    if event == "end_map" and prefix == depth:
                        yield dict(chat), build.value
                        build = None
                elif event == "start_map" and prefix.endswith("messages.item"):
                    build, depth = ijson.ObjectBuilder(), prefix
                    build.event(event, value)
                elif prefix.rpartition(".")[2] in ("name", "type", "id") and event in ("string", "number"):
                    chat[prefix.rpartition(".")[2]] = value
                elif event == "start_map" and prefix.endswith("list.item"):
                    chat = {}
        except (ijson.JSONError, *DAMAGE, RecursionError, AttributeError, TypeError):
            yield chat, None


def _personal(location: str) -> Mapping[str, Any]:
    """Whose export it is; it stands before the chats."""
    import ijson

    with _opened(location) as stream:
        try:
            for found in ijson.items(stream, "personal_information"):
                return found if isinstance(found, dict) else {}
        except (ijson.JSONError, *DAMAGE, RecursionError):
            return {}
    return {}


@contextmanager
def _opened(location: str) -> Iterator[IO[bytes]]:
    with ExitStack() as stack:
        path = Path(location)
        if path.is_file() and path.suffix.lower() == ".json":
            yield stack.enter_context(path.open("rb"))
            return
        archive = stack.enter_context(open_archive(location))
        for name in archive.find(_RESULT):
            yield stack.enter_context(archive.entries[name].open())
            return
        raise BadSource(f"{location!r} holds no result.json", "export it again from Telegram Desktop, as JSON")
