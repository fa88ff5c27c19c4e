"""Private things in a text: where they stand, of which kind, and the text with them masked. Nothing is changed here.

A finding is a hint for the author, who chooses keep, mask or drop for each kind; the verbatim text stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from twin.core.records import CHOSEN, PRIVATE, Private

MASKED = tuple(kind for kind in PRIVATE if CHOSEN[kind] == "mask")

_URL = re.compile(r"https?://\S+|www\.\S+")
_STREETS = "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Boulevard|Blvd|Court|Square|Terrace|Close|Crescent"
_PATTERNS: dict[Private, re.Pattern[str]] = {
    "email": re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    "key": re.compile(
        r"(?i:(?:api[_ -]?key|secret|token|password)\b\s*[:=]\s*[\"']?)(\S{8,})"
        r"|\b(?:(?:sk|pk|gh[pousr]|xox[abprs]|lq|glpat)[-_][A-Za-z0-9_-]{16,}|AKIA[A-Z0-9-]{16,}"
        r"|github_pat_\w{20,}|AIza[\w-]{35}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*)"
        r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    ),
    "iban": re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
    "card": re.compile(
        r"(?<![\w.,/-])[2-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w-])|(?<![\w.,/-])3\d{3}[ -]?\d{6}[ -]?\d{5}(?!\w)"
    ),
    "phone": re.compile(
        r"(?<![\w.,/-])(?<!\d )(?:\+\d{1,3}[ .-]?\(?\d{1,5}\)?|\(?0\d{1,5}\)?|\(\d{2,4}\))"
        r"(?:[ .-]?\d{2,4}){2,4}(?![\w-])"
        r"|(?<![\w.,/-])\d{3}[.-]\d{3}[.-]\d{4}(?![\w-])"
    ),
    "address": re.compile(
        rf"\b\d{{1,5}}[A-Za-z]?,? (?:[A-Z][\w'’.-]{{1,20}} ){{1,3}}(?:{_STREETS})\b"
        r"|\b[A-ZÄÖÜ][\w-]{1,30}(?:straße|strasse|str\.|gasse|allee|platz) \d{1,4}[a-z]?\b"
        r"|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
    ),
    "handle": re.compile(r"(?<![\w.@/])@[A-Za-z]\w{2,29}\b(?!\.\w)"),
}
_NAME = r"[A-ZÄÖÜÉÁÓŠŽĆČ](?:[\w-]{1,30}|['’][A-Z][\w-]{1,30})"
_INTRODUCED = re.compile(
    rf"(?m:^[ >]*(?:Dear|Hi|Hello|Hey|Liebe[rs]?|Hallo|Cher|Chère|Bonjour|Hola|Ciao|Thanks|Thank you|Danke),? )"
    rf"(?P<greeted>{_NAME}(?: {_NAME})?)(?=[,!:.–—]|\s*$)"
    rf"|\b(?:Mr|Mrs|Ms|Dr|Prof|Herrn?|Frau|Mme)\b\.? (?P<titled>{_NAME}(?: {_NAME}){{0,2}})"
    rf"|\b(?i:my|our|meine?|mon|ma) (?i:wife|husband|partner|girlfriend|boyfriend|son|daughter|mother|mom|mum"
    r"|father|dad|brother|sister|friend|colleague|coworker|boss|manager|neighbou?r|client|patient|student"
    rf"|frau|mann|sohn|tochter|freund(?:in)?|kolleg(?:e|in)),? (?P<related>{_NAME}(?: {_NAME})?)",
)
"""A name that the text itself introduces as a person's: by a greeting, a title, or what they are to the author."""
_NOBODY = frozenset(
    "all alle everyone everybody folks friends guys hello here hiring hr i in is it ladies madam manager sir team that"
    " the there this to we welcome what with world you zusammen".split()
)
_SAID_NEAR_KEYS = ("key", "secret", "token", "password", "akia", "aiza", "eyj")
_KEY_LIKE = re.compile(r"[_-][A-Za-z0-9_-]{16}")
_DIGITS: dict[Private, re.Pattern[str]] = {
    "iban": re.compile(r"[A-Z]{2}\d\d"),
    "card": re.compile(r"\d{4}"),
    "phone": re.compile(r"\d[\d ().+-]{7}"),
    "address": re.compile(r"\d[\dA-Za-z]{0,5},? ?[A-Z]|[a-z.] \d"),
}


def _worth_looking(kind: Private, text: str) -> bool:
    """Whether a text holds what the full pattern of a kind cannot do without; most texts hold nothing of it."""
    if kind in ("email", "handle"):
        return "@" in text
    if kind == "name":
        return True
    if kind == "key":
        plain = text.lower()
        return any(word in plain for word in _SAID_NEAR_KEYS) or bool(_KEY_LIKE.search(text))
    return bool(_DIGITS[kind].search(text))


def _names(text: str) -> Iterator[tuple[int, int]]:
    """Where the names stand that a text introduces, each time that it says them or one of their words."""
    told = {found for match in _INTRODUCED.finditer(text) for found in match.groups() if found}
    told = {name for name in told if not _NOBODY.intersection(name.casefold().split())}
    told |= {word for name in told for word in name.split()}
    known = sorted(told, key=len, reverse=True)
    if known:
        yield from (m.span() for m in re.finditer(rf"\b(?:{'|'.join(map(re.escape, known))})\b", text))


def private_kinds(text: str) -> tuple[Private, ...]:
    """The kinds of private things found in a text, sorted."""
    return tuple(sorted({kind for kind, _, _ in private_spans(text)}))


def private_spans(text: str, kinds: Collection[Private] = PRIVATE) -> Iterator[tuple[Private, int, int]]:
    """A text in, `(kind, start, end)` of each private thing of these kinds out."""
    bare = text
    for kind in PRIVATE:
        if kind not in kinds or not _worth_looking(kind, text):
            continue
        if kind == "name":
            yield from (("name", start, end) for start, end in _names(text))
            continue
        if kind in ("iban", "card") and bare is text:
            bare = _URL.sub(lambda link: " " * len(link.group()), text)
        for match in _PATTERNS[kind].finditer(bare if kind in ("iban", "card") else text):
            if _holds(kind, match.group()):
                yield kind, match.start(), match.end()


def masked(text: str, kinds: Collection[Private] = MASKED) -> str:
    """A text in, the same with `[kind]` in place of each private thing out; overlaps are masked once."""
    view, done = [], 0
    for kind, start, end in sorted(private_spans(text, kinds), key=lambda span: span[1]):
        if start >= done:
            view += [text[done:start], f"[{kind}]"]
            done = end
    return "".join(view) + text[done:]


def _holds(kind: Private, found: str) -> bool:
    """Whether a finding stands up to the checksum or length of its kind."""
    digits = [int(char) for char in found if char in "0123456789"]
    if kind == "phone":
        return 9 <= len(digits) <= 15
    if kind == "card":
        return 13 <= len(digits) <= 19 and _luhn(digits) and len(set(digits)) > 1
    if kind == "iban":
        plain = found.replace(" ", "")
        return 15 <= len(plain) <= 34 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1
    return True


def _luhn(digits: list[int]) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = [digit if i % 2 == 0 else sum(divmod(2 * digit, 10)) for i, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0
