"""A text and what it may stand on in, the names, numbers, dates and links in it that stand nowhere there out.

A detector of its own: it imports nothing of the product, so that what holds drafts to their sources is not judged by
itself. It is strict: what it cannot tell from a name it calls one. Hashtags are labels and say nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

KINDS = ("names", "numbers", "dates", "links")
_ENDINGS = "com org net io dev edu gov co uk me ai app info eu de fr pt ly tv be ch"
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"”]+|\b[\w.+-]+@[\w-]+\.[\w.-]+"
    rf"|\b(?:[\w-]+\.)+(?:{_ENDINGS.replace(' ', '|')})\b(?:/[^\s<>\"”]*)?",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"[\w./~-]*\w_\w[\w./-]*|\b\w+(?=\(\))|(?:[\w.~-]+/){2,}[\w.-]+"
    r"|\b[\w-]+\.(?:py|js|ts|rb|go|rs|sh|md|json|ya?ml|toml|html?|css|txt|csv|sql|db)\b"
)
"""Names of functions and files, which are written small."""
_TAG = re.compile(r"(?<![\w&/])#\w+")
_POINT = re.compile(r"(?m)^\s*\d{1,2}[.)](?=\s|$)|\d\ufe0f?\u20e3")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_DIGITS = re.compile(r"[^\W_]*\d(?:[^\W_]|[.,](?=\d))*")
_DASHED = re.compile(r"\d+(?:\.\d+)?")
_OPENS = re.compile(
    r"(?:^|[.!?…:]|\n|[-*•–—]|\d[.)]|[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\s\"'“”‘’(\[]*$|[\"“‘][\s(\[]*$"
)
_JOINED = re.compile(r" |[-&+./]| & |\. ")
_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTH = re.compile(
    r"\b(?:(?:January|February|April|June|July|August|September|October|November|December)"
    r"|(?:(?<=[\d,] )|(?<=\b[Ii]n )|(?<=\b[Oo]f )|(?<=[Ss]ince )|(?<=[Uu]ntil )|(?<=[Ll]ast )|(?<=[Nn]ext )"
    r"|(?<=[Tt]his )|(?<=[Ee]arly )|(?<=[Ll]ate )|(?<=\d(?:st|nd|rd|th) ))(?:May|March)"
    r"|(?:May|March|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?(?= \d)"
    r"|(?<=\d )(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec))\b"
)
_DAY = re.compile(rf"\b(?:{'|'.join(day.capitalize() for day in _DAYS)})(?=s?\b)")
_ISO = re.compile(r"\b\d{4}-(\d\d)(?:-\d\d)?\b")
_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_WORTH = {word: i for i, word in enumerate(_UNITS)} | {word: 10 * i for i, word in enumerate(_TENS, 2)}
_ORDINALS = """fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth
seventeenth eighteenth nineteenth twentieth""".split()
_VAGUE = ("dozen", "dozens", "hundreds", "thousands", "millions", "billions")
_NEVER = frozenset("i i'm i've i'd i'll ok okay mr mrs ms dr".split())
LEAST_TEXTS = 3
"""In so many texts a word must be written small to be an ordinary one."""
TITLED = 0.6
"""From this share of capitals on a line without a full stop is a title, whose ordinary words are no names."""


def ordinary(texts: Iterable[str]) -> frozenset[str]:
    """Many people's texts in, the words that they write small more often than not out."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in texts:
        small.update({_folded(word) for word in _WORD.findall(text) if word[0].islower()})
        capital.update({_folded(word) for word in re.findall(r"(?<=[a-z,] )[A-Z]\w+", text)})
    return frozenset(word for word, n in small.items() if n >= LEAST_TEXTS and n > capital[word])


@dataclass(frozen=True)
class Held:
    """What a text may stand on: its brief and all of its sources, as one text."""

    text: str

    @cached_property
    def words(self) -> str:
        return f" {' '.join(_plain(self.text))} "

    @cached_property
    def numbers(self) -> frozenset[str]:
        said = {one for _, values in _counted(self.text) for one in values}
        return frozenset(said | {"1"} if " one " in self.words else said)

    @cached_property
    def dates(self) -> frozenset[str]:
        months = {_MONTHS[int(one) - 1] for one in _ISO.findall(self.text) if 1 <= int(one) <= 12}
        plain = {day for day in (*_DAYS, *_MONTHS) if day not in ("march", "may") and self.says(day)}
        return frozenset(months | plain | {day for _, day in _dated(self.text)})

    def says(self, name: str) -> bool:
        """Whether the words stand there in a row, in any case; a plural or a possessive is the same name."""
        wanted = " ".join(_plain(name))
        forms = {wanted, wanted + "s", wanted.removesuffix("s"), wanted.removesuffix("es")}
        return any(f" {form} " in self.words for form in forms if form)

    def links_to(self, link: str) -> bool:
        """Whether the link stands there; a site may be called by its name alone."""
        ends = r"(?![\w-])" if "/" not in link else r"/?(?![\w/?#&=-])"
        return bool(re.search(rf"(?<![\w-]){re.escape(_bare(link))}{ends}", self.text.lower()))


def unheld(text: str, held: Held, usual: frozenset[str]) -> dict[str, list[str]]:
    """By kind, what a text says and its sources do not. `usual` are ordinary words, see `ordinary`."""
    links = [match.group() for match in _LINK.finditer(text)]
    bare = _POINT.sub(" ", _TAG.sub(" ", _LINK.sub(" ", text)))
    counted = [(said, values) for said, values in _counted(bare) if not values <= held.numbers]
    years = {said for said, values in counted if _is_year(said)}
    months = [said for said, day in _dated(bare) if day not in held.dates]
    return {
        "names": [
            *(name for name in dict.fromkeys(_names(bare, usual)) if not held.says(name)),
            *(code for code in dict.fromkeys(_CODE.findall(bare)) if code.lower() not in held.text.lower()),
        ],
        "numbers": [said for said, _ in counted if said not in years],
        "dates": [*(said for said, _ in counted if said in years), *months],
        "links": [link for link in links if not held.links_to(link)],
    }


def _names(text: str, usual: frozenset[str]) -> Iterator[str]:
    """Runs of capitals: inside a sentence all but "I", at its beginning those that are no ordinary word."""
    for line in text.split("\n"):
        found = list(_WORD.finditer(line))
        capitals = [match for match in found if _is_capital(match.group())]
        title = len(found) >= 3 and len(capitals) >= TITLED * len(found) and line.rstrip()[-1:] not in (".", "!")
        dated = {match.span() for match in (*_MONTH.finditer(line), *_DAY.finditer(line))}
        run: list[re.Match[str]] = []
        for match in capitals:
            if run and not _JOINED.fullmatch(line[run[-1].end() : match.start()]):
                yield _run(line, run)
                run = []
            if match.span() in dated or not _may_name(match, line, usual, title=title):
                if run:
                    yield _run(line, run)
                run = []
            elif run and ". " in line[run[-1].end() : match.start()] and len(run[-1].group()) > 1:
                yield _run(line, run)
                run = [match]
            else:
                run.append(match)
        if run:
            yield _run(line, run)


def _run(line: str, run: list[re.Match[str]]) -> str:
    return line[run[0].start() : run[-1].end()]


def _may_name(match: re.Match[str], line: str, usual: frozenset[str], *, title: bool) -> bool:
    word = _folded(match.group())
    if word in _NEVER or any(char.isdigit() for char in word) or word in _WORTH or word in _ORDINALS:
        return False
    excused = title or match.group().isupper() or bool(_OPENS.search(line[: match.start()]))
    return not (excused and (word in usual or word.endswith(("ing", "ly"))))


def _is_capital(word: str) -> bool:
    return word[0].isupper() or any(char.isupper() for char in word[1:])


def _counted(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Every number as it is said, with what must stand in a source for it: its value, or itself where it is a code."""
    bare = _LINK.sub(" ", text)
    for match in _DIGITS.finditer(bare):
        said = match.group().rstrip(".,").lower().replace(",", "")
        yield match.group(), frozenset([said] if said[0].isalpha() else map(_value, _DASHED.findall(said)))
    yield from _spelt(bare)


def _spelt(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Numbers in words; "one" and "first" to "third" say too little to be counted."""
    tokens = re.findall(r"[^\W_]+|[^\w\s-]", text.lower())
    total, part, said = 0, 0, list[str]()
    for before, word in zip(["", *tokens], [*tokens, ""], strict=True):
        after_digits = before.isdigit()
        if word in _WORTH:
            part += _WORTH[word]
        elif word in _SCALES and not after_digits:
            part = max(1, part) * _SCALES[word]
            if word != "hundred":
                total, part = total + part, 0
        else:
            if said and said != ["one"]:
                yield " ".join(said), frozenset([str(total + part)])
            total, part, said = 0, 0, []
            if word in _ORDINALS:
                yield word, frozenset([str(_ORDINALS.index(word) + 4)])
            elif word in _VAGUE:
                yield word, frozenset(["12" if word.startswith("dozen") else word])
            continue
        said.append(word)


def _value(digits: str) -> str:
    return digits.lstrip("0").rstrip(".") or "0" if "." not in digits else f"{float(digits):g}"


def _is_year(said: str) -> bool:
    return bool(re.fullmatch(r"1[5-9]\d\d|20\d\d", said))


def _dated(text: str) -> Iterator[tuple[str, str]]:
    """Months and weekdays, as they are said and by their whole name."""
    for match in _MONTH.finditer(text):
        said = match.group().strip(" .")
        yield said, next(month for month in _MONTHS if month.startswith(said[:3].lower()))
    yield from ((match.group(), match.group().lower()) for match in _DAY.finditer(text))


def _bare(link: str) -> str:
    plain = link.lower().rstrip(".,;:!?)]}'\"”’>*_")
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", plain).rstrip("/")


def _plain(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", re.sub(r"['’]s\b", "", text.replace("’", "'").lower()))


def _folded(word: str) -> str:
    return word.replace("’", "'").lower()
