"""The `retrieval` part of a report in, its section of the page and its sentences out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from twin.evaluation.words import interval

SAID = {
    "named": "by title",
    "title": "by a title that is hidden from search",
    "sentence": "by a sentence taken out of it",
    "topic": "by its topic words",
}
SYSTEMS = {"bm25": "words (BM25)", "vectors": "meaning (vectors)", "rrf": "both, by rank", "fusion": "both, as used"}
CAPTION = (
    "nDCG@10 with 95% intervals over searches: 1 is the right text always first, 0 never among the first ten. What is "
    "searched for was cut out of the text first, so this is harder than daily use; topic words stand in the text. By "
    "title is as in daily use, where a title is searched with its text; it does not count among all searches."
)


def retrieval_section(retrieval: Mapping[str, Any] | None) -> list[str]:
    """Heading, sentences and table as HTML; nothing for a report that did not measure search."""
    if not retrieval:
        return []
    said = [f"<p>{escape(sentence)}</p>" for sentence in retrieval["sentences"]]
    return ["<h2>Finding your texts</h2>", *said, *([_table(retrieval["rows"])] if retrieval["rows"] else [])]


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    names = list(rows[0]["systems"])
    header = "".join(f"<th>{escape(SYSTEMS.get(name, name))}</th>" for name in names)
    body = "".join(
        f"<tr><th>{escape(SAID.get(row['query'], 'all searches'))}</th><td>{escape(row['kind'])}</td>"
        f"{''.join(_cell(row['systems'][name]['ndcg@10']) for name in names)}</tr>"
        for row in rows
    )
    table = f'<div class="scroll"><table><tr><th></th><th>texts</th>{header}</tr>{body}</table></div>'
    return f'{table}<p class="soft">{CAPTION}</p>'


def _cell(row: Mapping[str, Any]) -> str:
    return f"<td>{escape(interval(row))} <small>{row['n']}</small></td>"


def sentences_on(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The rows of a report in, what they say in plain words out."""
    by_query = {row["query"]: row for row in rows if row["kind"] == "all"}
    told = []
    for query, said in SAID.items():
        if query in by_query and "fusion" in by_query[query]["systems"]:
            first = by_query[query]["systems"]["fusion"]["recall@1"]
            told.append(f"{said} in {round(first['value'] * first['n'])} of {first['n']} searches")
    found = [f"Search finds the right one of your texts first {', '.join(told)}."] if told else []
    better = []
    for name, said in (("bm25", "words alone"), ("vectors", "meaning alone")):
        row = by_query["all"]["differences"].get(f"fusion - {name}", {}).get("ndcg@10")
        if row and row["low"] is not None:
            verdict = "better than" if row["low"] > 0 else "worse than" if row["high"] < 0 else "about as well as"
            better.append(f"{verdict} {said} (nDCG@10 {row['value']:+.3f})")
    return [*found, *([f"Words and meaning together find your texts {' and '.join(better)}."] if better else [])]
