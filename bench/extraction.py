"""Main text of web pages against trafilatura's own extraction, same pages: `python -m bench.extraction FOLDER...`.

A folder holds pages as `<name>/source.html` with the text a person picked as `<name>/expected.html` (the layout of
Readability's test pages). Words are compared as bags, so neither order nor markup counts.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from pathlib import Path

import trafilatura

from twin.sources._files.html import of_page
from twin.sources.prose import parsed, prose_of


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def scores(found: str, expected: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of words."""
    ours, wanted = words(found), words(expected)
    shared = sum((ours & wanted).values())
    precision, recall = shared / max(1, sum(ours.values())), shared / max(1, sum(wanted.values()))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def ours(page: str) -> str:
    found = of_page(page)
    return found if isinstance(found, str) else f"{found.text}\n{found.quoted}"


def theirs(page: str) -> str:
    return trafilatura.extract(page, include_comments=False) or ""


def main() -> None:
    pages = sorted(page for folder in sys.argv[1:] for page in Path(folder).glob("*/source.html"))
    if not pages:
        sys.exit(__doc__)
    rows: dict[str, list[tuple[float, float, float]]] = {"trafilatura": [], "ours": []}
    seconds: Counter[str] = Counter()
    print(f"{'page':34} {'trafilatura P':>14} {'R':>5} {'F1':>5} {'ours P':>7} {'R':>5} {'F1':>5}")
    for page in pages:
        html = page.read_text("utf-8", "replace")
        wanted = prose_of(parsed(page.with_name("expected.html").read_text("utf-8", "replace")))
        for name, route in (("trafilatura", theirs), ("ours", ours)):
            started = time.perf_counter()
            text = route(html)
            seconds[name] += time.perf_counter() - started
            rows[name].append(scores(text, f"{wanted.text}\n{wanted.quoted}"))
        told = [f"{value:.2f}" for name in rows for value in rows[name][-1]]
        print(f"{page.parent.name:34} {told[0]:>14} {told[1]:>5} {told[2]:>5} {told[3]:>7} {told[4]:>5} {told[5]:>5}")
    means = {name: [sum(column) / len(found) for column in zip(*found, strict=True)] for name, found in rows.items()}
    for name, (precision, recall, f1) in means.items():
        ratio = f1 / means["trafilatura"][2]
        told = f"precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  ratio {ratio:.3f}"
        print(f"{name:14} {told}  {seconds[name]:.1f} s")


if __name__ == "__main__":
    main()
