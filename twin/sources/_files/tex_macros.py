"""The syntax of LaTeX that is needed to find prose in it: groups in braces, arguments, macros, environments."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twin.sources._files.tex_words import DROPPED, SECTIONS

MAX_ARGUMENT = 200_000
HANDLED = frozenset("begin end item footnote verb newcommand renewcommand providecommand def".split())
_KNOWN = HANDLED | DROPPED.keys() | SECTIONS | {"paragraph"}


@dataclass(frozen=True, slots=True)
class Macro:
    arguments: int
    body: str
    default: str | None = None


def macros_of(text: str) -> dict[str, Macro]:
    """A text in, the macros that it defines out; what maths or boxes mean is left to the maths."""
    macros: dict[str, Macro] = {}
    pattern = re.compile(
        r"\\(?:(?:re)?newcommand|providecommand|DeclareRobustCommand)\*?\s*\{?\s*\\([A-Za-z@]{1,60})\s*\}?\s*"
        r"(?:\[(\d)\])?\s*(?:\[([^\[\]]{0,200})\])?\s*(?=\{)|\\def\s*\\([A-Za-z@]{1,60})\s*((?:#\d){0,9})\s*(?=\{)"
    )
    for found in pattern.finditer(text):
        name = found[1] or found[4]
        count = int(found[2]) if found[2] else (found[5] or "").count("#")
        body, _ = group(text, found.end())
        if name not in _KNOWN:
            macros[name] = Macro(count, body, found[3])
    return macros


def group(text: str, at: int) -> tuple[str, int]:
    """What stands in the braces that open at a place, and the place after them. An open end takes nothing."""
    if at >= len(text) or text[at] != "{":
        return "", at
    depth, i, stop = 0, at, min(len(text), at + MAX_ARGUMENT)
    while i < stop:
        char = text[i]
        if char == "\\":
            i += 2
            continue
        depth += (char == "{") - (char == "}")
        i += 1
        if not depth:
            return text[at + 1 : i - 1], i
    return "", at + 1


def arguments_of(text: str, command: str) -> list[str]:
    found = re.finditer(rf"\\{command}\s*(?:\[[^\[\]]{{0,300}}\])?\s*(?=\{{)", text)
    return [group(text, one.end())[0] for one in found][:200]


def argument_of(text: str, command: str) -> str:
    return next(iter(arguments_of(text, command)), "")


def after_blanks(text: str, at: int) -> int:
    """The place of the next sign; a blank line is left where it is."""
    gap = re.compile(r"[ \t]*(?:\n[ \t]*(?!\n))?").match(text, at)
    return gap.end() if gap else at


def end_of(text: str, at: int, name: str) -> int:
    """The place after the end of an environment that has begun before a place."""
    depth = 1
    for found in re.compile(rf"\\(begin|end)\s*\{{{re.escape(name)}\}}").finditer(text, at):
        depth += 1 if found[1] == "begin" else -1
        if not depth:
            return found.end()
    return at
