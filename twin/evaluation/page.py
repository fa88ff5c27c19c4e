"""A report and its verdict in, one HTML page out: self-contained, no script, light and dark, phone width, printable.

Everything that is not a tag of this file goes through `html.escape`: drafts and sources are other people's words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from itertools import count
from typing import Any

from twin.evaluation.curve import curve_section
from twin.evaluation.faults_page import faults_sections
from twin.evaluation.heads_page import heads_section
from twin.evaluation.likeness_page import likeness_sections
from twin.evaluation.picture import gap_picture
from twin.evaluation.retrieval_page import retrieval_section
from twin.evaluation.words import interval

CSS = """
:root{color-scheme:light dark;--ink:#1b1b1b;--soft:#5c5c5c;--paper:#fff;--card:#f5f5f2;--line:#d8d8d2;--mark:#0b62a8;
--bad:#a32020;--good:#1d6b34}
@media(prefers-color-scheme:dark){:root{--ink:#e9e9e6;--soft:#a5a5a0;--paper:#161616;--card:#212121;--line:#3a3a38;
--mark:#6db6f2;--bad:#f08c8c;--good:#86d19b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink)}
body{background:var(--paper)}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:0}
p{margin:.35rem 0;max-width:70ch}.soft,small,figcaption{color:var(--soft)}.bad{color:var(--bad)}.good{color:var(--good)}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .8rem .3rem 0;text-align:left;border-bottom:1px solid var(--line);white-space:nowrap}
figure{margin:0}svg{width:100%;max-width:44rem;height:auto}svg text{fill:currentColor;font:13px system-ui,sans-serif}
svg .mark{fill:var(--mark)}
article{border-top:1px solid var(--line);padding:1rem 0}
.side{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));margin-top:.6rem}
.side section{background:var(--card);padding:.8rem;border-radius:.5rem;min-width:0}
.text{white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0}ul{padding-left:1.1rem;margin:.35rem 0}
li{overflow-wrap:anywhere}
.scroll th:first-child{position:sticky;left:0;background:var(--paper)}
@media(max-width:40rem){svg text{font-size:15px}}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;padding:0}a{color:var(--mark)}
summary{cursor:pointer;color:var(--soft);padding:.3rem 0}
@media print{nav{display:none}details::details-content{content-visibility:visible}}
@media print{body{max-width:none;font-size:10px}.scroll{overflow:visible}th,td{padding-right:.4rem}
article,.side section{break-inside:avoid}
details>*{display:block}}
"""
COLUMNS = (
    ("gap_closed", "gap closed", 2),
    ("loss", "loss (nats/token)", 3),
    ("coverage", "brief covered", 2),
    ("unsupported", "unsupported", 2),
    ("longest_run_words", "longest run", 1),
    ("degenerate", "broken", 2),
)
VERDICTS = {
    "activate": "The twin is better than a plain prompt: it can be used.",
    "candidate": "The twin does not pass yet: it stays a candidate.",
    "not-enough-data": "Too little was measured to judge the twin.",
}
STATUS = {"contradicted": "against a source", "not_found": "not found"}


def page(report: Mapping[str, Any], verdict: Mapping[str, str]) -> str:
    """A report of `compare` and the verdict of `gate` in, the whole page out."""
    said = VERDICTS[verdict["verdict"]]
    top = [
        f"<h1>{escape(said)}</h1>",
        f"<p>{escape(verdict['reason'])}</p>",
    ]
    parts = [
        *_figure(report),
        *(f"<p>{escape(sentence)}</p>" for sentence in report["sentences"]),
        f"<p><small>The rule: {escape(verdict['rule'])}</small></p>",
        "<h2>All systems on the same briefs</h2>",
        _table(report),
        *heads_section(report["heads"]),
        *faults_sections(report),
        *likeness_sections(report),
        *curve_section(report.get("curve")),
        *retrieval_section(report.get("retrieval")),
        f"<h2>Every brief ({len(report['rows'])})</h2>",
        *(_article(row, report["systems"]) for row in _failures_first(report["rows"])),
        f"<p><small>{escape(_made_with(report))}</small></p>",
    ]
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(_title(report))}</title><style>{CSS}</style></head><body>"
    )
    contents, below = _with_contents("\n".join(parts))
    return head + "\n".join([*top, contents, below]) + "</body></html>\n"


def _title(report: Mapping[str, Any]) -> str:
    return f"Evaluation of {report['author']}" if report.get("author") else "Evaluation"


def _with_contents(parts: str) -> tuple[str, str]:
    """The sections in; a list of links to them out, and the sections with a place to land before each heading."""
    headings = re.findall(r"<h2>(.*?)</h2>", parts)
    links = "".join(f'<li><a href="#part-{i}">{heading}</a></li>' for i, heading in enumerate(headings, 1))
    number = count(1)
    placed = re.sub("<h2>", lambda _: f'<div id="part-{next(number)}"></div><h2>', parts)
    return f'<nav aria-label="Contents"><ul>{links}</ul></nav>', placed


def _table(report: Mapping[str, Any]) -> str:
    header = "".join(f"<th>{escape(said)}</th>" for _, said, _ in COLUMNS)
    rows = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(_cell(metrics, *column) for column in COLUMNS)}</tr>"
        for name, metrics in report["variants"].items()
    )
    caption = (
        "Means with 95% intervals over briefs, n small beside. Unsupported: the share of sentences not found in the "
        "sources, or against them. Longest run: words in a row shared with your texts or a source. Broken: of texts."
    )
    return f'<div class="scroll"><table><tr><th></th>{header}</tr>{rows}</table></div><p class="soft">{caption}</p>'


def _cell(metrics: Mapping[str, Any], metric: str, said: str, digits: int) -> str:
    row = metrics.get(metric)
    if row is None or row["value"] is None:
        return f'<td class="soft" title="{escape(said)}">–</td>'
    return f"<td>{escape(interval(row, digits=digits))} <small>{row['n']}</small></td>"


def _figure(report: Mapping[str, Any]) -> list[str]:
    picture = gap_picture(report["variants"])
    caption = "Gap closed: 0 is another person, 1 is the author on a new topic; lines are 95% intervals."
    return [f"<figure>{picture}<figcaption>{caption}</figcaption></figure>"] if picture else []


def _failures_first(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows whose texts are broken, copied or contradicted come first; the order stays otherwise."""
    return sorted(
        rows, key=lambda row: not any(_failed(text) for one in row["systems"].values() for text in one["texts"])
    )


def _failed(text: Mapping[str, Any]) -> bool:
    faults = (text["degenerate"], text.get("copied"), text.get("private"))
    return any(faults) or any(c["status"] == "contradicted" for c in text["claims"])


def _article(row: Mapping[str, Any], systems: Sequence[str]) -> str:
    facts = "".join(f"<li>{escape(fact)}</li>" for fact in row["facts"])
    passages = "".join(
        f"<li>{escape(one['title'] or one['id'])}: {escape(one['text'][:300])}</li>" for one in row["passages"]
    )
    given = f"<details><summary>Passages given</summary><ul>{passages}</ul></details>" if passages else ""
    sections = [_section("the author", row["author"], None)]
    for name in systems:
        output = row["systems"].get(name, {"texts": [], "loss": None})
        sections += [_section(name, text, output["loss"]) for text in output["texts"]]
    return (
        f"<article><h3>{escape(row['topic'])}</h3>{f'<ul>{facts}</ul>' if facts else ''}{given}"
        f"<details><summary>Its {len(sections)} texts</summary>"
        f'<div class="side">{"".join(sections)}</div></details></article>'
    )


def _section(name: str, text: Mapping[str, Any], loss: float | None) -> str:
    found = _findings(text)
    listed = f"<ul>{''.join(f'<li>{one}</li>' for one in found)}</ul>" if found else '<p class="good">No findings.</p>'
    return (
        f"<section><h3>{escape(name)}</h3><p><small>{escape(_numbers(text, loss))}</small></p>"
        f'<div class="text">{escape(text["text"])}</div>{listed}</section>'
    )


def _numbers(text: Mapping[str, Any], loss: float | None) -> str:
    said = [f"{text['words']} words"]
    said += [f"gap closed {text['gap_closed']:.2f}"] if text["gap_closed"] is not None else []
    said += [f"loss {loss:.3f}"] if loss is not None else []
    said += [f"brief covered {text['coverage']:.0%}"] if text["coverage"] is not None else []
    said += [f"unsupported {text['unsupported']:.0%}"] if text["unsupported"] is not None else []
    return ", ".join(said)


def _findings(text: Mapping[str, Any]) -> list[str]:
    """The faults of a text as escaped HTML, the gravest first."""
    found = [f'<strong class="bad">broken</strong>: {escape(text["degenerate"])}'] if text["degenerate"] else []
    if text.get("copied"):
        run = f"{text['longest_run_words']:.0f} words in a row: “{text['run']}” ({text['document']})"
        found.append(f'<strong class="bad">copied</strong>: {escape(run)}')
    found += [
        f'<strong class="bad">private</strong>: {one["kind"]} ({one["document"]})' for one in text.get("private") or ()
    ]
    if text.get("repeated"):
        found.append(f"told before, {text['told_before']:.0%} alike: {escape(text['told_in'])}")
    for status, said in STATUS.items():
        found += [
            f'<span class="bad">{said}</span>: {escape(one["sentence"])} <small>{escape(one["finding"])}</small>'
            for one in text["claims"]
            if one["status"] == status
        ]
    return found


def _made_with(report: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in report["metrics"].items() if version)
    made = {"adapter": report.get("adapter"), "dataset": report.get("dataset")}
    made |= {"prompt version": report.get("prompts")}
    made |= {name.replace("_", "-"): value for name, value in report["digests"].items()}
    made["model"] = f"{report['model']['name']} {report['model']['digest']}" if report.get("model") else None
    inputs = ", ".join(f"{name} {value}" for name, value in made.items() if value)
    drawn = f"Bootstrap: {report['resamples']} resamples, seed {report['seed']}."
    return f"Measured on: {inputs or 'cases alone'}. Metric versions: {versions}. Protocol {report['schema']}. {drawn}"
