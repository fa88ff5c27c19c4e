"""The lines of a WhatsApp chat in, its messages with author, time and text out.

Every phone writes dates in its own way, and says so nowhere: what is fixed for a whole file (brackets, separators,
places of the year, seconds) is learned from its first line, what is open (day or month first) from all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

_M = "[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]*"
_S = "[ \u00a0\u202f]"
_HEADER = re.compile(
    rf"{_M}(?P<open>\[)?{_M}(?P<a>\d{{1,4}}){_M}(?P<sep>[./-]){_S}?{_M}(?P<b>\d{{1,4}}){_M}(?P=sep){_S}?{_M}"
    rf"(?P<c>\d{{1,4}})\.?{_M},?{_S}{{1,2}}(?:(?P<first>上午|下午|午前|午後|오전|오후){_S}?|[^\W\d_]{{1,3}}\.?{_S})?{_M}"
    rf"(?P<hour>\d{{1,2}})[.:](?P<minute>\d\d)(?P<second>[.:]\d\d)?"
    rf"(?:{_S}{{0,2}}(?P<half>[ap])\.?{_S}?m\.?)?{_M}(?(open)\]|(?P<dash>{_S}[-–—]|:|)){_S}{_M}(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_AUTHOR = re.compile(rf"{_M}(?:~{_S}?)?(?P<name>[^\n:]{{1,100}}):(?:{_S}|(?=\u200e)|\Z)(?P<text>.*)", re.DOTALL)
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LOOKED_AT, LEAST_SENDERS = 20, 2
_AFTERNOON = frozenset({"p", "下午", "午後", "오후"})

_EDITED = re.compile(
    r"(?:\u200e<[^<>\n]{3,220}>|<(?:This message was edited|Diese Nachricht wurde bearbeitet\.?|"
    r"Se editó este mensaje\.?|Ce message a été modifié\.?|Questo messaggio è stato modificato\.?|"
    r"Dit bericht is bewerkt\.?|Mensagem editada)>)\Z"
)
_FILES = (
    "file attached|Datei angehängt|archivo adjunto|fichier joint|file allegato|arquivo anexado|bestand bijgevoegd|"
    "plik załączony|файл добавлен"
)
_ATTACHED = re.compile(
    r"(?:(?:IMG|VID|AUD|PTT|STK|DOC)-\d{8}-WA\d{1,9}\.\w{2,5} \([^()\n]{3,40}\)|"
    rf"[^\n]{{1,200}}\.\w{{2,5}} \((?:{_FILES})\)|"
    r"< ?[^\s<>]{3,20}: [^<>\n]{3,200}>|<[^\s<>]{2,20}(?: [^\s<>]{2,20}){1,4}>)(?:\n|\Z)"
)
_OMITTED = re.compile(r"(?:image|video|GIF|sticker|audio|document|Contact card|Media) omitted", re.IGNORECASE)
_DELETED = frozenset(
    """This message was deleted|You deleted this message|Diese Nachricht wurde gelöscht
    Du hast diese Nachricht gelöscht|Eliminaste este mensaje|Se eliminó este mensaje|Vous avez supprimé ce message
    Ce message a été supprimé|Hai eliminato questo messaggio|Questo messaggio è stato eliminato
    Você apagou esta mensagem|Mensagem apagada|U hebt dit bericht verwijderd|Dit bericht is verwijderd
    Вы удалили данное сообщение|Данное сообщение удалено|Usunięto tę wiadomość|Ta wiadomość została usunięta""".replace(
        "\n    ", "|"
    ).split("|")
)


class Stamp(NamedTuple):
    """A date and time as written: three numbers of a date whose order is open, and a clock of 24 hours."""

    date: tuple[int, int, int]
    clock: tuple[int, int, int]
    written: str


@dataclass(frozen=True, slots=True)
class Line:
    """A message, or what WhatsApp says itself: then `author` is empty.

    A left-to-right mark at the head of a text is WhatsApp's own and stays there for `typed` to see.
    """

    stamp: Stamp
    author: str
    text: str
    raw: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed of a message, or in `why` why there is nothing."""

    text: str
    why: str = ""


def begins_like_a_chat(text: str) -> bool:
    """The first bytes of a file in, whether one of its first three lines is a message's."""
    return any(_header(line) for line in text.lstrip("\ufeff\r\n").split("\n", 3)[:3])


def is_a_chat(text: str) -> bool:
    """The beginning of a file of any name in, whether its first lines are messages of two people or more.

    What stands in a sender's place must look like one: a diary writes "woke up: late" there, in small letters.
    """
    headers = (_header(line) for line in text.lstrip("\ufeff\r\n").split("\n", _LOOKED_AT)[:_LOOKED_AT])
    senders = {found["name"] for one in headers if one and (found := _AUTHOR.match(one["rest"]))}
    return len(senders) >= LEAST_SENDERS and not any(name[0].islower() for name in senders)


def lines(text: str) -> Iterator[Line]:
    """A chat in, its messages in the order of the file out; a line without a date continues the one before."""
    form: tuple[object, ...] = ()
    header: re.Match[str] | None = None
    following: list[str] = []
    for raw in text.split("\n"):
        line = raw.removesuffix("\r")
        found = _header(line)
        if found and (not form or _form(found) == form):
            if header:
                yield _line(header, following)
            form, header, following = _form(found), found, []
        else:
            following.append(line)
    if header:
        yield _line(header, following)


def _header(line: str) -> re.Match[str] | None:
    found = _HEADER.match(line)
    if not found or int(found["hour"]) > 23 or int(found["minute"]) > 59 or not _numbers(found):
        return None
    return found if found["open"] or found["dash"] or ":" in found["rest"] else None


def _numbers(found: re.Match[str]) -> bool:
    """Whether three numbers can be a date: a year of two or four digits, and two of at most 31."""
    widths = sorted(len(found[name]) for name in "abc")
    small = sorted(int(found[name]) for name in "abc")
    return widths[1] <= 2 and widths[2] in (1, 2, 4) and small[0] >= 1 and small[1] <= 31


def _form(found: re.Match[str]) -> tuple[object, ...]:
    """What is alike in every line of a file."""
    years = tuple(len(found[name]) == 4 for name in "abc")
    return bool(found["open"]), found["sep"], found["dash"] and found["dash"].strip(), bool(found["second"]), years


def _line(found: re.Match[str], following: list[str]) -> Line:
    hour, second = int(found["hour"]), int((found["second"] or ":0")[1:])
    half = (found["half"] or found["first"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half in _AFTERNOON else 0)
    date = (int(found["a"]), int(found["b"]), int(found["c"]))
    written = _MARKS.sub("", found.string[: found.start("rest")])
    stamp = Stamp(date, (hour, int(found["minute"]), min(second, 59)), written)
    raw = "\n".join((found.string, *following))
    author = _AUTHOR.match(found["rest"])
    if not author:
        return Line(stamp, "", found["rest"], raw)
    name = " ".join(_MARKS.sub("", author["name"]).split())
    return Line(stamp, name, "\n".join((author["text"], *following)), raw)


def times(stamps: Sequence[Stamp]) -> list[datetime | None]:
    """All stamps of a file in, the local times they name out, None for what is no date.

    Where day and month could be either, the order is taken in which time runs forward, then that of most countries.
    """
    year = next((place for stamp in stamps for place in range(3) if stamp.date[place] > 31), 2)
    first, second = (place for place in range(3) if place != year)
    above = [sum(stamp.date[place] > 12 for stamp in stamps) for place in (first, second)]
    orders = [(year, second, first), (year, first, second)]  # the day before the month, then after it
    if year == 0:
        orders.reverse()
    if above[0] != above[1]:
        orders = [(year, second, first)] if above[0] > above[1] else [(year, first, second)]
    return min(([_time(stamp, order) for stamp in stamps] for order in orders), key=_backward)


def _time(stamp: Stamp, order: tuple[int, int, int]) -> datetime | None:
    year, month, day = (stamp.date[place] for place in order)
    try:
        return datetime(year + 2000 if year < 100 else year, month, day, *stamp.clock)
    except ValueError:
        return None


def _backward(found: list[datetime | None]) -> int:
    """How often time runs backward in it; what is no date counts too."""
    known = [one for one in found if one]
    return len(found) - len(known) + sum(later < earlier for earlier, later in pairwise(known))


def typed(text: str) -> Typed:
    """The text of a message in, what was typed of it out: no marks of attachments, deletions or edits."""
    begun_by_whatsapp = text.startswith("\u200e")
    text = text.strip().lstrip("\u200e")
    if text.rstrip(".") in _DELETED:
        return Typed("", "deleted")
    if _OMITTED.fullmatch(text):
        return Typed("", "a picture or file")
    if attached := _ATTACHED.match(_MARKS.sub("", text[:400])):
        text = text.partition("\n")[2]
    elif begun_by_whatsapp:
        return Typed("", "a note of WhatsApp's")
    while mark := _EDITED.search(text, max(0, len(text) - 300)):
        text = text[: mark.start()].rstrip()
    text = text.strip()
    return Typed(text) if text else Typed("", "a picture or file" if attached else "no words")
