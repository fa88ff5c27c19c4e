"""What the licence files of a folder forbid, for every text in that folder and below it."""

from __future__ import annotations

import re
from pathlib import Path

from twin.sources.folder.matter import decoded

MOST_BYTES = 200_000
_LICENCE = re.compile(r"(?:licen[cs]e|copying|unlicense|copyright)(?:[.-][\w.-]{1,20})?", re.IGNORECASE)
_README = re.compile(r"readme(?:\.\w{2,8})?", re.IGNORECASE)
_CLAUSE = re.compile(
    r"no[- ](?:(?:ai|ml|llm)[- ])?training\b|\bno[- ](?:ai|llm)\b|\ball rights reserved\b|"
    r"\b(?:not|prohibit\w*|forbid\w*|without)\b[^.\n]{0,120}\b(?:train\w*|machine learning|language models?|\bAI\b)|"
    r"\b(?:train\w*|machine learning|language models?)\b[^.\n]{0,80}"
    r"\b(?:not (?:allowed|permitted)|prohibited|forbidden)|"
    r"kein(?:e|erlei)? (?:ki-)?training|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados",
    re.IGNORECASE,
)


def clause_in(text: str) -> str:
    """A licence text in, the sentence that forbids learning from it out, at most 200 characters; else nothing."""
    found = _CLAUSE.search(text[:MOST_BYTES])
    if not found:
        return ""
    begin = max(
        (text.rfind(mark, max(0, found.start() - 200), found.start()) for mark in (".", "\n\n", ">")), default=-1
    )
    ends = [at for mark in (".", "\n\n", "<") if (at := text.find(mark, found.end(), found.end() + 200)) >= 0]
    sentence = text[begin + 1 if begin >= 0 else found.start() : min(ends, default=found.end())]
    return " ".join(sentence.split()).strip("*_# ")[:200]


def is_licence(file: Path) -> bool:
    """Whether a file is a licence by its name (LICENSE.md, COPYING.txt)."""
    return bool(_LICENCE.fullmatch(file.stem if file.suffix.lower() in (".md", ".txt", ".rst", ".html") else file.name))


class Licences:
    """The clause that holds for each folder: its own, else that of the folder above, up to the root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.known: dict[Path, str] = {}

    def of(self, folder: Path) -> str:
        chain = [folder, *folder.parents]
        chain = chain[: chain.index(self.root) + 1] if self.root in chain else [folder]
        for place in chain:
            if place not in self.known:
                self.known[place] = _clause_of(place)
            if self.known[place]:
                return self.known[place]
        return ""


def _clause_of(folder: Path) -> str:
    try:
        names = sorted(path for path in folder.iterdir() if is_licence(path) or _README.fullmatch(path.name))
    except OSError:
        return ""
    for path in names[:20]:
        try:
            if path.is_symlink() or not path.is_file() or path.stat().st_size > MOST_BYTES:
                continue
            found = clause_in(decoded(path.read_bytes()) or "")
        except OSError:
            continue
        if found:
            return found
    return ""
