"""LaTeX in, its prose out: macros of the text's own expanded, floats, maths and citations left out.

A single pass over characters with a stack of inputs, so neither nesting nor macros that expand to themselves matter.
"""

from __future__ import annotations

import re
import unicodedata

from twin.sources._files.tex_macros import (
    HANDLED,
    MAX_ARGUMENT,
    Macro,
    after_blanks,
    end_of,
    group,
)
from twin.sources._files.tex_words import (
    ACCENTS,
    DROPPED,
    DROPPED_ENVIRONMENTS,
    LAST_ARGUMENT,
    LISTS,
    MATHS,
    NO_SPACE,
    POINTERS,
    QUOTES,
    SECTIONS,
    SYMBOLS,
    TEXTUAL,
    TYPED,
)

FORMULA, CITATION, REFERENCE = "[formula]", "[citation]", "[reference]"
MAX_EXPANSIONS = 50_000
MAX_WORK, MAX_FORMULA = 2_000_000, 5_000
"""Characters that macros and nested arguments may come to besides 20 times the text; characters of one formula."""

_NAME = re.compile(r"[A-Za-z@]+\*?|.", re.DOTALL)
_SIMPLE = re.compile(r"[\w\s.,:;+=<>/()%'–-]{1,24}")


class Prose:
    """Reads characters from the top of `inputs`, writes words to `out`; a blank line ends a paragraph."""

    def __init__(self, text: str, macros: dict[str, Macro], *, inner: bool = False) -> None:
        self.inner = inner
        self.work = 20 * len(text) + MAX_WORK
        self.inputs: list[tuple[str, int]] = [(text, 0)]
        self.macros = macros
        self.left = MAX_EXPANSIONS
        self.out: list[str] = []
        self.notes: list[str] = []
        self.quotes: list[str] = []
        self.lists: list[int] = []
        self.kept_out: list[list[str]] = []

    def run(self) -> str:
        while self.inputs and self.work > 0:
            text, at = self.inputs.pop()
            if at >= len(text):
                continue
            self._step(text, at)
        while self.kept_out:
            self._close_quote()
        return _tidy("".join(self.out), self.notes)

    def _step(self, text: str, at: int) -> None:
        found = re.compile(r"[\\${}~`'\n-]|%").search(text, at)
        if found is None:
            self.out.append(text[at:])
            return
        self.out.append(text[at : found.start()])
        char, at = found[0], found.start()
        if char == "\\":
            self._command(text, at + 1)
        elif char == "$":
            self._maths(text, at)
        elif char in "{}%":
            self.inputs.append((text, at + 1))
        elif char == "~":
            self.out.append(" ")
            self.inputs.append((text, at + 1))
        elif char == "\n":
            gap = re.compile(r"[ \t\n]*").match(text, at)
            end = gap.end() if gap else at + 1
            self.out.append("\n\n" if text.count("\n", at, end) > 1 else " ")
            self.inputs.append((text, end))
        else:
            typed = next(
                ((old, new) for old, new in TYPED if text.startswith(old, at)), (char, "‘" if char == "`" else char)
            )
            self.out.append(typed[1])
            self.inputs.append((text, at + len(typed[0])))

    def _maths(self, text: str, at: int) -> None:
        mark = "$$" if text.startswith("$$", at) else "$"
        end = at + len(mark)
        while (end := text.find(mark, end, at + MAX_FORMULA)) >= 0 and text[end - 1] == "\\":
            end += 1
        if end < 0 or end - at > MAX_FORMULA or "\n\n" in text[at:end]:
            self.inputs.append((text, at + len(mark)))
            return
        inner = text[at + len(mark) : end].strip()
        self.out.append(inner if mark == "$" and _SIMPLE.fullmatch(inner) else FORMULA)
        self.inputs.append((text, end + len(mark)))

    def _command(self, text: str, at: int) -> None:
        named = _NAME.match(text, at)
        if named is None:
            return
        name, at = named[0].removesuffix("*"), named.end()
        if name.isalpha():
            at = after_blanks(text, at)
        if name in HANDLED:
            getattr(self, f"_do_{name}")(text, at)
        elif name in self.macros and self.left > 0:
            self._expand(self.macros[name], text, at)
        elif name.lower().startswith(("cite", "parencite", "autocite", "footcite")) or name in TEXTUAL:
            self._cite(name, text, at)
        elif name in ACCENTS and (not name.isalpha() or text[at : at + 1] == "{"):
            self._accent(ACCENTS[name], text, at)
        elif name in SYMBOLS:
            self.out.append(SYMBOLS[name])
            self.inputs.append((text, at))
        elif name in self._WITH_ARGUMENTS:
            self._with_arguments(name, text, at)
        else:
            self._plain(name, text, at)

    _WITH_ARGUMENTS = POINTERS | DROPPED.keys() | LAST_ARGUMENT.keys() | SECTIONS

    def _with_arguments(self, name: str, text: str, at: int) -> None:
        count = DROPPED.get(name, LAST_ARGUMENT.get(name, 1))
        arguments, at = self._arguments(text, at, count)
        self.inputs.append((text, at))
        if name in POINTERS:
            self.out.append(REFERENCE)
        elif name in SECTIONS:
            self.inputs.append((f"\n\n\\#\\# {arguments[0]}\n\n", 0))
        elif name in LAST_ARGUMENT:
            self.inputs.append((arguments[-1], 0))

    def _plain(self, name: str, text: str, at: int) -> None:
        """A sign after a backslash is itself; any other command goes, and its words stay."""
        if name in "%&$#_{}":
            self.out.append(name)
        elif name in "\\\n ,;:!/-@":
            self.out.append({"\\": "\n", "\n": " ", " ": " ", ",": " ", ":": " ", ";": " "}.get(name, ""))
            at = self._arguments(text, at, 0)[1] if name == "\\" else at
        elif name in "[(":
            end = text.find("\\" + {"[": "]", "(": ")"}[name], at, at + MAX_FORMULA)
            self.out.append(FORMULA)
            at = end + 2 if end >= 0 else at
        else:
            at = self._arguments(text, at, 0)[1]
        self.inputs.append((text, at))

    def _arguments(self, text: str, at: int, count: int) -> tuple[list[str], int]:
        """So many arguments in braces, optional ones skipped, and the place after them; a missing one is empty."""
        found: list[str] = []
        while True:
            ahead = after_blanks(text, at)
            if ahead < len(text) and text[ahead] == "[" and (close := text.find("]", ahead, ahead + 2000)) >= 0:
                at = close + 1
            elif len(found) < count and ahead < len(text) and text[ahead] == "{":
                inner, at = group(text, ahead)
                self.work -= len(inner)
                found.append(inner)
            else:
                return found + [""] * (count - len(found)), at

    def _expand(self, macro: Macro, text: str, at: int) -> None:
        self.left -= 1
        arguments: list[str] = []
        if macro.default is not None:
            ahead = after_blanks(text, at)
            close = text.find("]", ahead) if text[ahead : ahead + 1] == "[" else -1
            arguments.append(text[ahead + 1 : close] if close >= 0 else macro.default)
            at = close + 1 if close >= 0 else at
        more = macro.arguments - len(arguments)
        if more > 0:
            inner, at = self._arguments(text, at, more)
            arguments += inner
        body = re.sub(r"#([1-9])", lambda one: (arguments + [""] * 9)[int(one[1]) - 1], macro.body[:10_000])
        gap = "xspace" in macro.body and text[at - 1 : at].isspace() and text[at : at + 1] not in NO_SPACE
        self.work -= len(body)
        self.inputs += [(text, at), (" " if gap else "", 0), (body[:MAX_ARGUMENT], 0)]

    def _cite(self, name: str, text: str, at: int) -> None:
        at = self._arguments(text, at, 1)[1]
        if name in TEXTUAL:
            self.out.append(CITATION)
        else:
            while self.out and not self.out[-1].strip(" "):
                self.out.pop()
            if self.out:
                self.out[-1] = self.out[-1].rstrip(" ")
        self.inputs.append((text, at))

    def _accent(self, mark: str, text: str, at: int) -> None:
        if text[at : at + 1] == "{":
            inner, at = group(text, at)
        else:
            inner, at = text[at : at + 1], at + 1
        if inner == "\\":
            inner, at = text[at : at + 1], at + 1
        inner = inner.strip().removeprefix("\\")
        self.out.append(unicodedata.normalize("NFC", inner[:1] + mark) + inner[1:])
        self.inputs.append((text, at))

    def _do_begin(self, text: str, at: int) -> None:
        name, at = group(text, at)
        bare = name.strip().rstrip("*")
        if bare in DROPPED_ENVIRONMENTS or bare in MATHS:
            at = end_of(text, at)
            self.out.append(FORMULA if bare in MATHS else "")
        elif bare in QUOTES:
            self.kept_out.append(self.out)
            self.out = []
        elif bare in LISTS:
            self.lists.append(0 if "enum" in bare else -1)
            at = self._arguments(text, at, 0)[1]
        elif bare == "abstract":
            self.out.append("\n\n## Abstract\n\n")
        else:
            at = self._arguments(text, at, 0)[1]
        self.inputs.append((text, at))

    def _do_end(self, text: str, at: int) -> None:
        name, at = group(text, at)
        bare = name.strip().rstrip("*")
        if bare in QUOTES and self.kept_out:
            self._close_quote()
        elif bare in LISTS:
            self.lists = self.lists[:-1]
            self.out.append("\n\n")
        elif bare == "abstract":
            self.out.append("\n\n")
        self.inputs.append((text, at))

    def _close_quote(self) -> None:
        quote = _tidy("".join(self.out), [])
        self.out = self.kept_out.pop()
        if quote:
            self.quotes.append(quote)
        self.out.append("\n\n")

    def _do_item(self, text: str, at: int) -> None:
        label = ""
        if text[at : at + 1] == "[" and (close := text.find("]", at, at + 2000)) >= 0:
            label, at = text[at + 1 : close] + " ", close + 1
        mark = "- "
        if self.lists and self.lists[-1] >= 0:
            self.lists[-1] += 1
            mark = f"{self.lists[-1]}. "
        self.out.append(f"\n{mark}")
        self.inputs += [(text, at), (label, 0)]

    def _do_footnote(self, text: str, at: int) -> None:
        arguments, at = self._arguments(text, at, 1)
        self.inputs.append((text, at))
        if self.inner:
            self.inputs.append((f" {arguments[0]}", 0))
            return
        note = Prose(arguments[0], self.macros, inner=True)
        note.left, note.work = min(self.left, 200), min(self.work, MAX_ARGUMENT)
        self.notes.append(note.run())
        self.out.append(f"\x02{len(self.notes) - 1}\x03")

    def _do_verb(self, text: str, at: int) -> None:
        mark = text[at : at + 1]
        end = text.find(mark, at + 1, at + 500) if mark else -1
        self.out.append(text[at + 1 : end] if end >= 0 else "")
        self.inputs.append((text, end + 1 if end >= 0 else at))

    def _do_newcommand(self, text: str, at: int) -> None:
        """A definition in the body says nothing by itself."""
        defined = re.compile(r"\{?\s*\\[A-Za-z@]+\s*\}?\s*(?:\[[^\]]{0,200}\]\s*){0,2}(?:#\d)*\s*").match(text, at)
        self.inputs.append((text, group(text, defined.end())[1] if defined else at))

    _do_renewcommand = _do_providecommand = _do_def = _do_newcommand


def _tidy(text: str, notes: list[str]) -> str:
    """Paragraphs apart by one blank line, each followed by its footnotes."""
    blocks: list[str] = []
    for block in re.split(r"\n[ \t]*\n\s*", text.replace("\t", " ")):
        own = [notes[int(number)] for number in re.findall("\x02(\\d+)\x03", block)]
        block = re.sub("\x02\\d+\x03", "", block)
        lines = (re.sub(r" {2,}", " ", line).strip() for line in block.split("\n"))
        told = "\n".join(line for line in lines if line)
        told = re.sub(r" +([.,;:!?)])", r"\1", told)
        told = re.sub(r"\(\s*[;,]?\s*\)", "", told)
        if told and told != FORMULA:
            blocks.append(told)
        blocks += [note for note in own if note]
    while blocks and blocks[-1].startswith("## "):
        blocks.pop()
    return "\n\n".join(blocks)
