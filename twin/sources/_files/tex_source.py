"""A LaTeX project in, its main texts with every `\\input` in place out: no comments, no `\\iffalse`."""

from __future__ import annotations

import gzip
import io
import posixpath
import re
import tarfile
import zlib
from collections.abc import Callable, Mapping

from twin.sources.archive import decoded

MAX_BYTES = 5_000_000
"""Characters of one text with all its parts, and of each of them."""
MAX_ARCHIVE = 160_000_000
MAX_FILES = 5_000
MAX_INPUTS = 1_000
MAIN = re.compile(rb"^[^%\n]{0,200}\\document(?:class|style)\b", re.MULTILINE)

_INPUT = re.compile(
    r"\\(?:input|include|subfile)(?![A-Za-z])\s*(?:\{([^{}]{1,300})\}|([\w./-]{1,200}))|\\import\{([^{}]*)\}\{([^{}]*)\}"
)
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*)?")
_CONDITION = re.compile(r"\\(newif\s*\\if[A-Za-z@]+|if[A-Za-z@]*(?:\s*(?:0|1|false|true)\b)?|else|fi|or)(?![A-Za-z@])")
_PRIMITIVE = frozenset(
    "if ifx ifnum ifdim ifcase ifodd ifhmode ifvmode ifmmode ifdefined ifcsname ifcat iftrue iffalse ifpdf ifeof "
    "ifvoid ifluatex ifxetex".split()
)


def e_print(data: bytes) -> dict[str, str] | None:
    """A gzip file in, its TeX files by path out: an arXiv e-print is a tar of files or one text. None for all else.

    macOS twins (`._main.tex`) and paths that lead out are left out.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            content = stream.read(MAX_ARCHIVE)
    except (OSError, EOFError, zlib.error, ValueError):
        return None
    if MAIN.search(content[:200_000]) and b"ustar" not in content[257:263]:
        return {"main.tex": decoded(content[:MAX_BYTES])}
    files: dict[str, str] = {}
    left = 4 * MAX_BYTES
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for number, member in enumerate(archive):
                name = posixpath.normpath(member.name)
                if number > MAX_FILES or left <= 0:
                    break
                hidden = posixpath.basename(name).startswith("._") or name.startswith(("../", "/"))
                if not member.isreg() or hidden or not name.endswith((".tex", ".ltx")) or member.size > left:
                    continue
                opened = archive.extractfile(member)
                if opened is not None:
                    files[name] = decoded(opened.read(left))
                    left -= len(files[name])
    except (tarfile.TarError, OSError, EOFError, ValueError):
        pass
    return files or None


def mains(files: Mapping[str, str]) -> list[str]:
    """The files that are a document of their own, sorted; several versions of a paper may lie side by side."""
    return sorted(name for name, text in files.items() if MAIN.search(text.encode("utf-8", "replace")))


def whole(name: str, fetch: Callable[[str], str | None]) -> tuple[str, set[str]]:
    """A main file in, its text with all that it inputs out, and the names of what was.

    `fetch` gives a file's text by its path from the project's root, None where there is none.
    """
    used: set[str] = set()
    root = posixpath.dirname(name)
    out: list[str] = []
    stack = [(plain(fetch(name) or ""), 0)]
    size = tries = 0
    while stack and size <= MAX_BYTES:
        text, at = stack.pop()
        found = _INPUT.search(text, at) if tries < MAX_INPUTS else None
        out.append(text[at : found.start() if found else len(text)])
        size += len(out[-1])
        if found is None:
            continue
        tries += 1
        stack.append((text, found.end()))
        wanted = found[1] or found[2] or f"{found[3] or ''}/{found[4] or ''}"
        inner = _fetched(wanted.strip().strip('"'), root, fetch, used)
        if inner is not None:
            stack.append((plain(inner), 0))
    return branches("".join(out)[:MAX_BYTES]), used


def _fetched(wanted: str, root: str, fetch: Callable[[str], str | None], used: set[str]) -> str | None:
    """An inputted file's text. One is taken once only, which also ends cycles."""
    for place in dict.fromkeys((root, "")):
        for suffix in ("", ".tex"):
            path = posixpath.normpath(posixpath.join(place, wanted + suffix))
            if path.startswith(("../", "/")) or path in used or not path.endswith((".tex", ".ltx", ".txt")):
                continue
            text = fetch(path)
            if text is not None:
                used.add(path)
                return text
    return None


def plain(text: str) -> str:
    """Without comments: `%` to the end of the line and the indent of the next one, as TeX reads it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    out: list[str] = []
    for part in re.split(r"(\\begin\{comment\}|\\end\{comment\})", text):
        out.append(part)
    text = "".join(_outside(out))
    text = re.sub(r"^[ \t]*%[^\n]*(?:\n|\Z)", "", text, flags=re.MULTILINE)
    return _COMMENT.sub(r"\1", text)


def _outside(parts: list[str]) -> list[str]:
    """What stands between no pair of marks of the comment environment."""
    kept, deep = [], 0
    for part in parts:
        if part == r"\begin{comment}":
            deep += 1
        elif part == r"\end{comment}":
            deep = max(0, deep - 1)
        elif not deep:
            kept.append(part)
    return kept


def branches(text: str) -> str:
    """Without the branches of conditions that are not taken: `\\iffalse`, `\\if 0`, switches that are off.

    A condition that cannot be told takes its first branch.
    """
    switches = set(re.findall(r"\\newif\s*\\(if[A-Za-z@]+)", text))
    on = {f"if{name}" for name in re.findall(r"\\([A-Za-z@]+)true(?![A-Za-z@])", text)}
    out: list[str] = []
    stack: list[list[bool]] = []  # [branch is taken, the one around is]
    at = 0
    for found in _CONDITION.finditer(text):
        word = found[1]
        name = re.match(r"[A-Za-z@]+", word)
        bare = name[0] if name else word
        if bare.startswith("newif") or (bare.startswith("if") and bare not in _PRIMITIVE | switches):
            continue
        alive = all(level[0] for level in stack)
        if alive:
            out.append(text[at : found.start()])
        at = found.end()
        if bare == "else" or bare == "or":
            if stack:
                stack[-1][0] = not stack[-1][0] if bare == "else" else False
        elif bare == "fi":
            if stack:
                stack.pop()
        else:
            off = bare == "iffalse" or (bare == "if" and word[2:].strip() in ("0", "false"))
            stack.append([not (off or (bare in switches and bare not in on)), alive])
            if bare in ("ifx", "ifnum", "ifdim", "ifodd", "ifcat", "ifdefined"):
                at = text.find("\n", at) + 1 or len(text)  # its test reads to the end of the line
    if all(level[0] for level in stack):
        out.append(text[at:])
    return "".join(out)
