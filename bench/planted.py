"""A sentence in, the same with one thing changed out. Finds its targets by rules of its own, not by the checker's."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from twin.core.text import sentences

MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
SPELT = "two three four five six seven eight nine ten eleven twelve".split()
PLACES = """London Berlin Lisbon Paris Madrid Rome Vienna Dublin Boston Chicago Seattle Austin Denver
Tokyo Sydney Toronto Brighton Munich Washington Bristol Manchester Birmingham California Texas Oregon
Germany France Portugal Spain Italy England Scotland Ireland Canada China India Japan Brazil Mexico
Australia Europe Africa Asia America Britain""".split()
PLACES += [
    "New York",
    "San Francisco",
    "Half Moon Bay",
    "New Zealand",
    "Los Angeles",
    "United States",
    "United Kingdom",
]
UNITS = (
    ("milliseconds", "seconds", "minutes", "hours", "days", "weeks", "months", "years"),
    ("millisecond", "second", "minute", "hour", "day", "week", "month", "year"),
    ("ms", "s"),
    ("KB", "MB", "GB", "TB"),
    ("kb", "mb", "gb"),
    ("thousand", "million", "billion"),
    ("metres", "kilometres", "miles"),
    ("dollars", "pounds", "euros"),
    ("percent", "times"),
)
VERBS = """add:remove create:delete build:destroy open:close start:stop install:uninstall allow:prevent enable:disable
increase:decrease improve:worsen accept:reject include:exclude load:unload lock:unlock help:hinder use:avoid
support:oppose love:hate push:pull import:export connect:disconnect encourage:discourage succeed:fail appear:disappear
return:ignore update:abandon publish:hide release:withdraw fix:break show:hide call:copy want:refuse need:own
work:crash look:jump change:print run:paint move:borrow ask:warn""".split()
LIKE = """large:big big:large start:begin quickly:fast use:employ helpful:useful whole:entire often:frequently
fix:repair show:display allow:let many:numerous need:require tool:utility issue:problem however:but help:assist
buy:purchase create:make simple:plain begin:start entire:whole change:modify choose:pick explain:describe find:discover
write:compose talk:speak speed:pace error:mistake job:task common:usual remove:delete return:yield build:construct
happens:occurs contains:holds want:wish ensure:guarantee""".split()
_NUMBER = re.compile(r"(?<![\w.,:/#@$£€`'-])([$£€]?)(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\w/:`'-]|[.,]\d)")
_SPELT = re.compile(rf"\b({'|'.join(SPELT)})\b")
_YEAR = re.compile(r"(?<![\w.,:/#@$-])((?:19|20)\d\d)(?![\w/:-]|[.,]\d)")
_MONTH = re.compile(rf"\b({'|'.join(name for name in MONTHS if name != 'May')})\b|\b(May)\b(?=,? \d)")
_DAY = re.compile(rf"(?<=\b(?:{'|'.join(name[-3:] for name in MONTHS)}) )(\d{{1,2}})(?=\b(?!:))")
_WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})\b")
_NAME = re.compile(r"(?<![\w.@#/`'-])[A-Z][\w]+(?: [A-Z][\w]+)*(?![\w@/`]|\.\w)")
_QUOTE = re.compile(r"(?<![\w\"“=:{\[`])[\"“](?=\S)([^\"“”`]{1,250})(?<=\S)[\"”](?![\w`])")
_LINK = re.compile(r"https?://[^\s)>\]\"”]+[^\s)>\]\"”.,;:!?]")
_AUX = re.compile(r"\b(is|are|was|were|can|will|could|should|would|has|have|did|does|must)\b(?! not\b|n't| no\b)", re.I)
PROTECTED = re.compile(
    rf"{_QUOTE.pattern}|https?://\S+|`[^`]*`|\S*[({{\[=]\S*|\b(?:{'|'.join(MONTHS)}) \d+|\d+ (?:{'|'.join(MONTHS)})\b"
)
"""What a rewording leaves as it is: quotations, links, code, dates."""
_NOT = re.compile(r"(?<=[a-z])n['’]t\b|\b(?:not|never) |(?<=can)not\b", re.I)
_JOINED = re.compile(r"[\s,/]*(?:and|or|vs\.?|&)?[\s,/]*|[^,]{0,20},[^,]{0,20}")


SPLICED, MOST_SPLICED = 8, 40


@dataclass(frozen=True)
class Around:
    """What a change may draw on: the sources' text, and names, links and words of the same author's other texts."""

    sources: str
    names: frozenset[str]
    links: Sequence[str]
    words: Sequence[str]

    def names_in(self, text: str) -> list[re.Match[str]]:
        return [match for match in _NAME.finditer(text) if match.group() in self.names]


def number(said: str, around: Around, rng: random.Random) -> str | None:
    """A number that no source holds, in the notation of the old one."""
    found = _numbers(said)
    if not found:
        return None
    match = rng.choice(found)
    old = match.group(match.lastindex or 0)
    for _ in range(20):
        new = rng.choice(SPELT) if old in SPELT else _other_value(old, rng)
        if new != old and not re.search(rf"(?<!\d){re.escape(new)}(?!\d)", around.sources) and new not in said:
            return _put(said, match, new)
    return None


def unit(said: str, around: Around, rng: random.Random) -> str | None:
    """Another unit after a number, another currency, or ten or a thousand times as much."""
    for family in UNITS:
        match = re.search(rf"(?<=\d )({'|'.join(family)})\b|(?<![:\w]\d)(?<=\d)({'|'.join(family)})\b", said)
        match = match or re.search(rf"\b(?:{'|'.join(SPELT)}) ({'|'.join(family)})\b", said)
        if match and match.lastindex:
            return _put(said, match, rng.choice([one for one in family if one != match.group(match.lastindex or 0)]))
    for sign in "$£€":
        if f"{sign}1" in said or re.search(rf"{re.escape(sign)}\d", said):
            return said.replace(sign, rng.choice([other for other in "$£€" if other != sign]), 1)
    found = [match for match in _numbers(said) if match.group(match.lastindex or 0).replace(",", "").isdigit()]
    if not found:
        return None
    match = rng.choice(found)
    new = f"{int(match.group(match.lastindex or 0).replace(',', '')) * rng.choice((10, 1000)):,}"
    return None if new in around.sources or new.startswith("0") else _put(said, match, new)


def date(said: str, around: Around, rng: random.Random) -> str | None:
    """Another month, day, weekday or year than any that the sources hold."""
    choices = [
        *((match, [name for name in MONTHS if name not in around.sources]) for match in _MONTH.finditer(said)),
        *((match, [name for name in WEEKDAYS if name not in around.sources]) for match in _WEEKDAY.finditer(said)),
        *(
            (match, [str(y) for y in range(1995, 2027) if str(y) not in around.sources])
            for match in _YEAR.finditer(said)
        ),
        *((match, [str(d) for d in range(1, 29) if str(d) not in around.sources]) for match in _days(said)),
    ]
    choices = [(match, others) for match, others in choices if others]
    if not choices:
        return None
    match, others = rng.choice(choices)
    return _put(said, match, rng.choice(others))


def name_elsewhere(said: str, around: Around, rng: random.Random) -> str | None:
    held = around.sources.lower()
    others = sorted(name for name in around.names if name.lower() not in held and name not in PLACES)
    return _renamed(said, around, rng, others)


def name_nearby(said: str, around: Around, rng: random.Random) -> str | None:
    others = sorted({match.group() for match in around.names_in(around.sources)} - set(PLACES))
    return _renamed(said, around, rng, others)


def place(said: str, around: Around, rng: random.Random) -> str | None:
    found = [match for name in PLACES for match in re.finditer(rf"\b({name})\b", said)]
    others = [name for name in PLACES if name not in around.sources]
    return _put(said, rng.choice(found), rng.choice(others)) if found else None


def quotation(said: str, around: Around, rng: random.Random) -> str | None:
    """Another word inside quotation marks that hold three words or more."""
    for match in _QUOTE.finditer(said):
        inside = list(re.finditer(r"\b[a-z]{4,}\b", match.group(1)))
        if inside and len(match.group(1).split()) >= 3:
            old = rng.choice(inside)
            new = rng.choice([word for word in around.words if word != old.group()])
            start = match.start(1)
            return said[: start + old.start()] + new + said[start + old.end() :]
    return None


def link(said: str, around: Around, rng: random.Random) -> str | None:
    """A link of another text, or the same with another last part."""
    match = _LINK.search(said)
    if not match:
        return None
    changed = re.sub(r"([\w-]+)(/?)$", rf"{rng.choice(around.words)}-\1\2", match.group())
    others = [other for other in around.links if other not in around.sources]
    new = rng.choice(others) if others and rng.random() < 0.5 else changed
    return None if new in around.sources else said[: match.start()] + new + said[match.end() :]


def not_added(said: str, _: Around, __: random.Random) -> str | None:
    found = [match for match in _AUX.finditer(said) if not said.rstrip('"”)').endswith("?")]
    if not found or _NOT.search(said):
        return None
    match = found[0]
    return f"{said[: match.end()]} not{said[match.end() :]}"


def not_removed(said: str, _: Around, __: random.Random) -> str | None:
    found = list(_NOT.finditer(said))
    if len(found) != 1:
        return None
    bare = said[: found[0].start()] + said[found[0].end() :]
    return re.sub(r"\b([Cc]a|[Ww]o|[Ss]ha)\b", lambda m: {"ca": "can", "wo": "will"}.get(m[1].lower(), m[1]), bare)


def swapped(said: str, around: Around, _: random.Random) -> str | None:
    """Two names or two numbers of the sentence in each other's place, unless they stand side by side."""
    for found in (around.names_in(said), _numbers(said)):
        for first, second in pairwise(found):
            between = said[first.end() : second.start()]
            one, other = first.group(), second.group()
            if one.lower() in other.lower() or other.lower() in one.lower() or _JOINED.fullmatch(between):
                continue
            return said[: first.start()] + other + between + one + said[second.end() :]
    return None


def verb(said: str, _: Around, rng: random.Random) -> str | None:
    """Another verb in the same form."""
    forms = {form: other for pair in VERBS for form, other in _inflected(*pair.split(":"))}
    found = [match for match in re.finditer(r"\b[a-z]+\b", said) if match.group() in forms]
    if not found:
        return None
    match = rng.choice(found)
    return said[: match.start()] + forms[match.group()] + said[match.end() :]


def spliced(said: str, around: Around, rng: random.Random) -> str | None:
    """The first half of the sentence, and the second half of another that the sources hold."""
    mine = said.split()
    told = [one for line in around.sources.split("\n") for one in sentences(line)]
    others = [one.split() for one in told if one != said and one.endswith((".", "!"))]
    others = [one for one in others if SPLICED <= len(one) <= MOST_SPLICED]
    if len(mine) < SPLICED or not others:
        return None
    other = rng.choice(others)
    return " ".join([*mine[: len(mine) // 2], *other[len(other) // 2 :]])


CHANGES = {
    "number": number,
    "unit or magnitude": unit,
    "date": date,
    "name from elsewhere": name_elsewhere,
    "name of the same sources": name_nearby,
    "place": place,
    "quotation": quotation,
    "link": link,
    "negation added": not_added,
    "negation removed": not_removed,
    "two swapped": swapped,
    "another verb": verb,
    "two sentences spliced": spliced,
}


def _numbers(said: str) -> list[re.Match[str]]:
    months = [match.span() for found in (_MONTH, _DAY, _YEAR) for match in found.finditer(said)]
    found = [*_NUMBER.finditer(said), *_SPELT.finditer(said)]
    return sorted(
        (match for match in found if not any(s <= match.start() <= e + 4 for s, e in months)), key=lambda m: m.start()
    )


def _days(said: str) -> Iterator[re.Match[str]]:
    return (match for match in re.finditer(rf"\b(?:{'|'.join(MONTHS)}) (\d{{1,2}})\b", said))


def _other_value(old: str, rng: random.Random) -> str:
    if "." in old:
        return f"{float(old) * rng.choice((0.5, 1.5, 2, 3)) + 0.1:.{len(old.split('.')[1])}f}"
    value = int(old.replace(",", ""))
    new = max(2, value + rng.choice((-1, 1, 2, 3, 7)) * max(1, value // rng.choice((3, 5, 10, 20))))
    return f"{new:,}" if "," in old else str(new)


def _renamed(said: str, around: Around, rng: random.Random, others: list[str]) -> str | None:
    found = [match for match in around.names_in(said) if match.group() not in PLACES]
    if not found:
        return None
    match = rng.choice(found)
    fresh = [one for one in others if one.lower() not in said.lower() and match.group().lower() not in one.lower()]
    fresh = [one for one in fresh if not set(one.lower().split()) & set(match.group().lower().split())]
    return said[: match.start()] + rng.choice(fresh) + said[match.end() :] if fresh else None


def _put(said: str, match: re.Match[str], new: str) -> str:
    group = match.lastindex or 0
    return said[: match.start(group)] + new + said[match.end(group) :]


def _inflected(one: str, other: str) -> Iterator[tuple[str, str]]:
    for first, second in ((one, other), (other, one)):
        for ending in ("", "s", "ed", "ing"):
            yield _with(first, ending), _with(second, ending)


def _with(verb: str, ending: str) -> str:
    past = {"build": "built", "break": "broke", "hide": "hid", "show": "showed", "run": "ran", "withdraw": "withdrew"}
    if ending == "ed" and verb in past:
        return past[verb]
    doubled = verb in ("stop", "run") and ending in ("ed", "ing")
    stem = verb[:-1] if verb.endswith("e") and ending in ("ed", "ing") else verb + verb[-1] * doubled
    return stem + ("es" if ending == "s" and verb.endswith(("sh", "x", "ss", "ch")) else ending)
