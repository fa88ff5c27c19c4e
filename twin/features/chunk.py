"""A document's clean view in, spans sized by the embedder's own tokenizer out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from twin.core.records import Chunk, Document, digest
from twin.core.text import clean_view, says, words

TITLE_TOKENS = 40
"""What is searched of a title; beside a chunk of the usual size it fits what the embedder reads."""
_BORDERS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"[.!?…][\"'”’)\]]*\s"), re.compile(r"\s"))


def chunks_of(
    document: Document,
    *,
    spans: Callable[[str], list[tuple[int, int]]],
    size_tokens: int,
    overlap_tokens: int,
    window_tokens: int,
    embedder: str,
) -> list[Chunk]:
    """A document in, chunks of at most `size_tokens` that together hold every character of its clean view, out.

    A text that fits stays whole. A longer one is cut at the last paragraph, line, sentence or word border that
    fits; each chunk but the first starts about `overlap_tokens` before the end of the one before it. One that does
    not say the title has it beside its text, and both fit into `window_tokens`.
    """
    clean, title = clean_view(document.text, document.masks), _title(document, spans)
    size = min(size_tokens, window_tokens - len(spans(title)))
    cuts = _cuts(clean, spans(clean), size, min(overlap_tokens, size // 2))
    return [_chunk(document.id, clean, start, end, title, embedder) for start, end in cuts]


def _chunk(document: str, clean: str, start: int, end: int, title: str, embedder: str) -> Chunk:
    text = clean[start:end]
    chunk = Chunk("", document, start, end, text, "" if says(text, title) else title)
    return replace(chunk, id=digest("chunk", document, start, chunk.searched, embedder))


def _title(document: Document, spans: Callable[[str], list[tuple[int, int]]]) -> str:
    """A document's title as it is searched, masked as its text is; empty where it has no word."""
    title = " ".join(clean_view(document.title, document.masks).split())
    tokens = spans(title)
    if len(tokens) > TITLE_TOKENS:
        title = title[: tokens[TITLE_TOKENS][0] + 1].rsplit(maxsplit=1)[0]
    return title if words(title) else ""


def _cuts(clean: str, tokens: list[tuple[int, int]], size: int, overlap: int) -> list[tuple[int, int]]:
    if len(tokens) <= size:
        return [(0, len(clean))]
    cuts: list[tuple[int, int]] = []
    first = 0
    while True:
        start = min(tokens[first][0], cuts[-1][1]) if cuts else 0  # blanks after a cut belong to no token
        if first + size >= len(tokens):
            return [*cuts, (start, len(clean))]
        latest = tokens[first + size][0]
        end = _border(clean, tokens[first + max(overlap + 1, size // 2)][0], latest)
        cuts.append((start, end))
        past = next(i for i in range(first, len(tokens)) if tokens[i][1] > end or tokens[i][0] >= end)
        first = max(first + 1, past - overlap)


def _border(clean: str, earliest: int, latest: int) -> int:
    """The best place to cut in [earliest, latest]: after the last border of the strongest kind."""
    for border in _BORDERS:
        ends = [match.end() for match in border.finditer(clean, earliest, latest)]
        if ends:
            return ends[-1]
    return latest
