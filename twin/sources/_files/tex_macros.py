"""The syntax of LaTeX that is needed to find prose in it: groups in braces, arguments, macros, environments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from twin.sources._files.tex_words import DROPPED, SECTIONS

MAX_ARGUMENT = 50_000
HANDLED = frozenset("begin end item footnote verb newcommand renewcommand providecommand def".split())
_KNOWN = HANDLED | DROPPED.keys() | SECTIONS | {"paragraph"}

_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(begin|end)[ \t]*\{([^{}\n]{1,100})\}")


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


@lru_cache(maxsize=32)
def _closings(text: str) -> dict[int, int]:
    """Of each opening brace the place of the one that closes it; found in one pass, so open ends cost nothing."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for sign in _BRACES.finditer(text):
        if sign[0] == "{":
            stack.append(sign.start())
        elif sign[0] == "}" and stack:
            found[stack.pop()] = sign.start()
    return found


@lru_cache(maxsize=32)
def _ends(text: str) -> dict[int, int]:
    """Of each place after `\\begin{name}` the place after the `\\end{name}` that belongs to it."""
    found: dict[int, int] = {}
    stacks: dict[str, list[int]] = {}
    for mark in _ENVIRONMENT.finditer(text):
        stack = stacks.setdefault(mark[2], [])
        if mark[1] == "begin":
            stack.append(mark.end())
        elif stack:
            found[stack.pop()] = mark.end()
    return found


def group(text: str, at: int) -> tuple[str, int]:
    """What stands in the braces that open at a place, and the place after them.

    An open end, and more than `MAX_ARGUMENT` characters, are not taken as a group.
    """
    close = _closings(text).get(at) if text[at : at + 1] == "{" else None
    if close is None or close - at > MAX_ARGUMENT:
        return "", at + (text[at : at + 1] == "{")
    return text[at + 1 : close], close + 1


def arguments_of(text: str, command: str) -> list[str]:
    found = re.finditer(rf"\\{command}\s*(?:\[[^\[\]]{{0,300}}\])?\s*(?=\{{)", text)
    return [group(text, one.end())[0] for one in found][:200]


def argument_of(text: str, command: str) -> str:
    return next(iter(arguments_of(text, command)), "")


def after_blanks(text: str, at: int) -> int:
    """The place of the next sign; a blank line is left where it is."""
    gap = re.compile(r"[ \t]*(?:\n[ \t]*(?!\n))?").match(text, at)
    return gap.end() if gap else at


def end_of(text: str, at: int) -> int:
    """The place after the end of the environment that has begun before a place; the place itself for an open one."""
    return _ends(text).get(at, at)
