"""A document's clean view in, spans sized by the embedder's own tokenizer out."""

from __future__ import annotations

import re
from collections.abc import Callable

from twin.core.records import Chunk, Document, digest
from twin.core.text import clean_view

_BORDERS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"[.!?…][\"'”’)\]]*\s"), re.compile(r"\s"))


def chunks_of(
    document: Document,
    *,
    spans: Callable[[str], list[tuple[int, int]]],
    size_tokens: int,
    overlap_tokens: int,
    embedder: str,
) -> list[Chunk]:
    """A document in, chunks of at most `size_tokens` that together hold every character of its clean view, out.

    A text that fits stays whole. A longer one is cut at the last paragraph, line, sentence or word border that
    fits; each chunk but the first starts about `overlap_tokens` before the end of the one before it.
    """
    clean = clean_view(document.text, document.masks)
    tokens = spans(clean)
    cuts = _cuts(clean, tokens, size_tokens, min(overlap_tokens, size_tokens // 2))
    return [
        Chunk(
            digest("chunk", document.id, start, clean[start:end], embedder), document.id, start, end, clean[start:end]
        )
        for start, end in cuts
    ]


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
