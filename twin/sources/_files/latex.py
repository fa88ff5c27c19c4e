"""A whole LaTeX text in, a document out: its prose, its title, and the people named as its authors."""

from __future__ import annotations

import re

from twin.sources._files import Found, Outcome
from twin.sources._files.names import names_in
from twin.sources._files.tex_macros import argument_of, arguments_of, macros_of
from twin.sources._files.tex_prose import Prose
from twin.sources.archive import broken

_PAPER = re.compile(r"\\begin\{abstract\}|\\abstract\b|\\bibliography\b|\\begin\{thebibliography\}|\\cite")


def read(text: str) -> Outcome:
    """A whole text (see tex_source.whole) in, its prose out; kind paper where it has an abstract or cites."""
    _, begin, rest = text.partition(r"\begin{document}")
    if not begin:
        return "no LaTeX document"
    body = rest.partition(r"\end{document}")[0]
    macros = macros_of(text)
    title = Prose(argument_of(text, "title"), macros).run().replace("\n", " ")
    authors = [Prose(_apart(found), macros).run() for found in arguments_of(text, "author")]
    prose = Prose(body, macros)
    written = prose.run()
    if reason := broken(written):
        return reason
    if not written:
        return "no prose in it"
    return Found(
        written, title=" ".join(title.split()), authors=tuple(dict.fromkeys(n for a in authors for n in names_in(a))),
        quoted="\n\n".join(prose.quotes), raw=text, raw_type="text/x-tex",
        paper=bool(_PAPER.search(text)), truncated=prose.work <= 0,
    )  # fmt: skip


def _apart(author: str) -> str:
    """An author field with its columns apart."""
    author = re.sub(r"\$[^$]{0,300}\$", " ", author)
    author = re.sub(
        r"\\(?:texttt|url|href|email|thanks|Thanks|footnote\w*|inst|affil\w*|orcid\w*|textsuperscript)\s*(?=[{\[])",
        r"\\label",
        author,
    )
    return re.sub(r"\\(?:and|And|AND|quad|qquad|\\|newline)(?![A-Za-z])", r" ; ", author)
