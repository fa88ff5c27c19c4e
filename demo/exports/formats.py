"""What several exports share: the small Markdown of the articles, taken apart, and plain CSV."""

import csv
import html
import io
import re
from collections.abc import Iterable, Iterator


def blocks(body: str) -> Iterator[tuple[str, list[str]]]:
    """Markdown in, (kind, lines) out; kind is p, h, ul, ol, quote, pull or note."""
    marks = {"## ": "h", "- ": "ul", "1. ": "ol", "> ": "quote", "[pull] ": "pull", "[^1]: ": "note"}
    for block in re.split(r"\n{2,}", body):
        kind = next((kind for mark, kind in marks.items() if block.startswith(mark)), "p")
        if kind == "p":
            yield kind, [block.replace("\n", " ")]
        else:
            yield kind, [re.sub(r"^(## |- |\d+\. |> |\[pull\] |\[\^1\]: )", "", line) for line in block.splitlines()]


def inline(text: str, strong: str, em: str) -> str:
    """Text with `**` and `*` in, HTML out; `strong` and `em` are the class attributes of the site."""
    text = html.escape(text, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", rf"<strong{strong}>\1</strong>", text)
    return re.sub(r"\*(.+?)\*", rf"<em{em}>\1</em>", text)


def plain_csv(rows: Iterable[Iterable[str]]) -> str:
    """Rows in, an ordinary CSV text with LF line ends out."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
