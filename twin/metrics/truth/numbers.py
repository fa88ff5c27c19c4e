"""A text in, its numbers with units out, in digits or in words: "eleven" is 11, "72%" is "72 per cent"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from twin.core.brief import STOP

_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = """third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
sixteenth seventeenth eighteenth nineteenth twentieth""".split()
_VALUES = {word: i for i, word in enumerate(_SMALL)} | {word: 10 * i for i, word in enumerate(_TENS, start=2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_OTHER = {"half": "0.5", "twice": "2", "thrice": "3", "dozen": "12", "zero": "0"} | {
    word: str(i) for i, word in enumerate(_ORDINALS, start=3)
}
_SUFFIX = {"k": 10**3, "m": 10**6, "bn": 10**9, "million": 10**6, "billion": 10**9, "thousand": 10**3, "hundred": 100}
_UNITS = {
    "percent": "% percent pct per-cent",
    "pound": "£ gbp pound pounds quid",
    "dollar": "$ usd dollar dollars",
    "euro": "€ eur euro euros",
    "second": "s sec secs second seconds",
    "millisecond": "ms millisecond milliseconds",
    "minute": "min mins minute minutes",
    "hour": "h hr hrs hour hours",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "year years",
    "millimetre": "mm millimetre millimetres millimeter millimeters",
    "centimetre": "cm centimetre centimetres centimeter centimeters",
    "metre": "metre metres meter meters",
    "kilometre": "km kilometre kilometres kilometer kilometers",
    "mile": "mile miles",
    "kilogram": "kg kilo kilos kilogram kilograms",
    "tonne": "t tonne tonnes ton tons",
    "decibel": "db decibel decibels",
    "degree": "° °c °f degree degrees",
    "kilobyte": "kb kilobyte kilobytes",
    "megabyte": "mb megabyte megabytes",
    "gigabyte": "gb gigabyte gigabytes",
    "terabyte": "tb terabyte terabytes",
}
UNIT = {sign: unit for unit, signs in _UNITS.items() for sign in signs.split()}

_WORDS = "|".join(sorted([*_VALUES, *_SCALES], key=len, reverse=True))
_DIGITS = re.compile(
    r"(?<![\w.,])(?:(?P<sign>[£$€])[ \u00a0]?)?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.:]\d+)?|\.\d+)"
    r"(?:(?P<ordinal>st|nd|rd|th)\b|(?P<joined>[A-Za-z°%]{0,2})(?![\w])|\s?(?P<suffix>thousand|million|billion)\b)?"
    r"(?P<big>\s(?:thousand|million|billion|hundred)\b)?",
)
_JOIN = r"(?:(?<=hundred)\s+and\s+|(?<=thousand)\s+and\s+|[\s-]+)"
_SPELT = re.compile(rf"\b(?:an?\s+(?=hundred|thousand|million))?(?:{_WORDS})(?:{_JOIN}(?:{_WORDS}))*\b", re.I)
_LOOSE = re.compile(rf"\b(?:{'|'.join(sorted(_OTHER, key=len, reverse=True))})\b", re.I)
_LETTERS = re.compile(r"[a-z]+")
_COUNTING = frozenset((*_VALUES, *_SCALES))
_AFTER = re.compile(r"[ \t-]*(%|per cent\b|°[CF]?|[A-Za-z]+)", re.I)
_IDLE_BEFORE = "no the this that which any every each some only another last first least as good for"
_IDLE_ONE = re.compile(rf"\b(?:{_IDLE_BEFORE.replace(' ', '|')})\s+$", re.I)
_IDLE_NEXT = (
    "of another by day thing more person else or and who that which is was has if when while as for with in on at to"
)
_IDLE_AFTER = re.compile(rf"\s*(?:(?:{_IDLE_NEXT.replace(' ', '|')})\b|[.,;:!?)]|$)", re.I)


_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_IN_A_YEAR = re.compile(
    r"\b(?:in|since|by|until|till|before|after|during|spring|summer|autumn|winter)\s+$",
    re.I,
)
_MONEY = frozenset({"pound", "dollar", "euro"})
_TIMES = "second minute hour day night week month quarter year".split()
_PER = re.compile(
    rf"\s*(?:(?:an?|every|each|per)\s+(?P<time>{'|'.join(_TIMES)})\b(?!\s+(?:ago|before|earlier|later|after))"
    r"|per\s+(?P<one>[a-z]+)\b)",
    re.I,
)
_EACH = re.compile(r"\s*(?:each|apiece)\s*(?:[.,;:!?)]|$|(?:and|or|which|but)\b)", re.I)
"""At the end of what is said: "in room 12 each chair" says nothing of the number."""


@dataclass(frozen=True, slots=True)
class Number:
    """`value` is plain decimal digits, or h:mm for a time; `unit` and `noun` are empty where none follows.

    `per` is what it is said of one of: "year" of "£5 a year", "each" of "£5 each", empty where it is of all.
    `ordinal` is "14th", `year` that of "in 2039", which counts nothing.
    """

    value: str
    unit: str
    said: str
    start: int
    end: int
    noun: str = ""
    per: str = ""
    ordinal: bool = False
    year: bool = False

    def agrees(self, other: Number) -> bool:
        """Same value, of nothing else, and said of one of something only where the other is.

        Days are not the alerts of a source, nor its year; an amount of money is met by money alone, and the 14th
        engineer is not fourteen engineers.
        """
        if self.value != other.value or (self.unit and other.unit and self.unit != other.unit):
            return False
        counted = (self.unit and other.noun and not other.unit) or (other.unit and self.noun and not self.unit)
        if counted or (self.unit in _MONEY and not other.unit):
            return False
        if other.year and self.unit:
            return False
        if self.ordinal != other.ordinal and self.noun and (other.noun or other.unit):
            return False
        timed = {self.per, other.per} & set(_TIMES)
        return not self.per or self.per == other.per or (bool(other.per) and not timed)

    @property
    def told(self) -> str:
        """As it was said, with what it is of one of: "£5 each", "£5 a year"."""
        return f"{self.said} {'' if self.per == 'each' else 'per '}{self.per}" if self.per else self.said


def numbers(text: str) -> list[Number]:
    """A text in, its numbers in order out. "One" counts only where it counts something."""
    found: list[Number] = []
    taken: list[tuple[int, int]] = []
    said = set(_LETTERS.findall(text.lower()))
    spelt = _spelt(text) if said & _COUNTING else ()
    loose = _loose(text) if said & _OTHER.keys() else ()
    for number in (*_digits(text), *spelt, *loose):
        if all(number.end <= start or number.start >= end for start, end in taken):
            found.append(number)
            taken.append((number.start, number.end))
    return sorted(found, key=lambda number: number.start)


def _digits(text: str) -> Iterator[Number]:
    for match in _DIGITS.finditer(text):
        digits, joined = match["digits"].replace(",", ""), match["joined"] or ""
        scale = (match["suffix"] or match["big"] or "").strip().lower()
        if joined.lower() in ("k", "bn") or (joined == "m" and match["sign"]):
            scale, joined = joined.lower(), ""
        if joined.lower() in ("am", "pm"):
            joined = ""
        unit = UNIT.get(match["sign"] or "", "") or UNIT.get(joined.lower(), "")
        if joined and not unit and joined != "m":
            continue
        unit = unit or ("metre" if joined == "m" else "")
        found = _number(text, _value(digits, scale), unit, match.start(), match.end())
        dated = _IN_A_YEAR.search(text[max(0, match.start() - 10) : match.start()]) and _YEAR.fullmatch(match["digits"])
        year = bool(dated) and not (found.unit or found.noun or scale)
        yield replace(found, ordinal=bool(match["ordinal"]), year=year)


def _spelt(text: str) -> Iterator[Number]:
    for match in _SPELT.finditer(text):
        said = match.group()
        total = part = 0
        for word in re.findall(r"[a-z]+", said.lower()):
            if word in _VALUES:
                year = 10 <= part <= 99 and _VALUES[word] >= 10 and not total
                part = part * 100 + _VALUES[word] if year else part + _VALUES[word]
            elif word == "hundred":
                part = max(1, part) * 100
            elif word in _SCALES:
                total, part = total + max(1, part) * _SCALES[word], 0
        idle = said.lower() == "one" and (
            _IDLE_ONE.search(text[max(0, match.start() - 12) : match.start()]) or _IDLE_AFTER.match(text[match.end() :])
        )
        if not idle:
            yield _number(text, str(total + part), "", match.start(), match.end())


def _loose(text: str) -> Iterator[Number]:
    for match in _LOOSE.finditer(text):
        said = match.group().lower()
        yield replace(_number(text, _OTHER[said], "", match.start(), match.end()), ordinal=said in _ORDINALS)


def _value(digits: str, scale: str) -> str:
    clock = re.fullmatch(r"(\d{1,2}):(\d\d)|(0\d)\.(\d\d)", digits)
    if clock:
        hours, minutes = clock[1] or clock[3], clock[2] or clock[4]
        return f"{int(hours)}:{minutes}"
    try:
        value = Decimal(digits.replace(":", ".")) * _SUFFIX.get(scale, 1)
    except InvalidOperation:
        return digits
    return f"{value.normalize():f}"


def _number(text: str, value: str, unit: str, start: int, end: int) -> Number:
    """A number with what it counts: the unit after it, or the word after it."""
    match = _AFTER.match(text, end)
    word = match.group(1).lower().replace("per cent", "percent") if match else ""
    known = UNIT.get(word, "")
    noun = "" if known or unit or word in STOP else word
    after = match.end() if match and known else end
    of_one = _PER.match(text, after) if unit or known else None
    per = (of_one["time"] or of_one["one"]).lower() if of_one else "each" if _EACH.match(text, after) else ""
    return Number(value, unit or known, text[start:end].strip(), start, end, noun, per)
