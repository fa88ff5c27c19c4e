"""The report's files: verdict first, everything escaped, self-contained, whole or not there."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fake_cases import FakeStyle, case, cases, report
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.errors import StorageFailed
from twin.evaluation.gate import gate
from twin.evaluation.page import page
from twin.evaluation.report import write_report

HOSTILE = '<script>alert("x")</script><img src=x onerror=y> & "quoted" \'single\' </style>'
VOID = {"meta", "line", "circle", "br"}
ALLOWED = {
    *"html head meta title style body h1 h2 h3 p small div table tr th td figure figcaption svg line".split(),
    *"text circle article section ul li details summary strong span rect nav a".split(),
}


class Tags(HTMLParser):
    """Collects the tags of a page and fails on one that is closed out of order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags_of(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    assert set(tags.seen) <= ALLOWED
    assert not [name for name, _ in tags.attributes if name.startswith("on") or name == "src"]
    assert not [
        value for name, value in tags.attributes if name == "href" and not re.fullmatch(r"#part-\d+", value or "")
    ]
    return tags


def test_both_files_are_written_and_agree(tmp_path: Path) -> None:
    made = report()
    path = write_report(made, tmp_path / "reports" / "one")
    kept = json.loads((path.parent / "report.json").read_text())
    assert kept["gate"] == gate(made)
    assert kept["variants"] == made["variants"]
    assert sorted(file.name for file in path.parent.iterdir()) == ["report.html", "report.json"]
    html = path.read_text()
    tags_of(html)
    assert re.search(r"<h1>(.*?)</h1>", html)[1] == "The twin is better than a plain prompt: it can be used."  # type: ignore[index]
    assert (
        html.index(kept["gate"]["reason"][:40]) < html.index("<svg") < html.index("<table>") < html.index("<article>")
    )
    assert "prefers-color-scheme" in html
    assert "@media print" in html


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    first = write_report(report(), tmp_path).read_bytes()
    assert write_report(report(), tmp_path).read_bytes() == first


def test_every_text_of_every_brief_is_on_the_page() -> None:
    made = report(cases(9))
    html = page(made, gate(made))
    assert html.count("<article>") == 9
    assert html.count("<section>") == 9 * 4
    assert html.count("That is how long Mabel took") >= 9 * 4


def test_contents_lead_to_every_section_and_texts_are_folded() -> None:
    made = report(cases(9)) | {"author": "Ada <Example>"}
    html = page(made, gate(made))
    assert "<title>Evaluation of Ada &lt;Example&gt;</title>" in html
    headings = re.findall(r"<h2>(.*?)</h2>", html)
    assert headings[-1] == "Every brief (9)"
    assert re.findall(r'<li><a href="#part-\d+">(.*?)</a></li>', html) == headings
    for number, heading in enumerate(headings, 1):
        assert f'<div id="part-{number}"></div><h2>{heading}</h2>' in html
    assert html.count('<details><summary>Its 4 texts</summary><div class="side">') == 9


def test_what_others_wrote_is_escaped_everywhere() -> None:
    made = [case(i, {HOSTILE: (f"{HOSTILE} {HOSTILE}", 3.0), "twin": (HOSTILE, 3.0)}) for i in range(9)]
    made_report = report(made, style=FakeStyle(refusal=HOSTILE))
    for row in made_report["rows"]:
        row["topic"] = row["id"] = HOSTILE
        row["facts"] = [HOSTILE]
        row["passages"] = [{"id": HOSTILE, "title": HOSTILE, "url": HOSTILE, "text": HOSTILE}]
    html = page(made_report, gate(made_report))
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("</style>") == 1
    tags_of(html)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_any_text_leaves_the_page_well_formed(written: str) -> None:
    made = report([case(i, {"base": (written, 3.0), "twin": (written, None)}) for i in range(2)])
    tags_of(page(made, gate(made)))


def test_search_has_its_section_where_it_was_measured() -> None:
    made = report(cases(9))
    assert "Finding your texts" not in page(made, gate(made))
    row = {"value": 0.8, "low": 0.7, "high": 0.9, "n": 24}
    made["retrieval"] = {
        "sentences": [HOSTILE],
        "rows": [
            {"query": "title", "kind": HOSTILE, "systems": {HOSTILE: {"ndcg@10": row}, "fusion": {"ndcg@10": row}}}
        ],
    }
    html = page(made, gate(made))
    tags_of(html)
    assert "<h2>Finding your texts</h2>" in html
    assert "0.80 [0.70, 0.90] <small>24</small>" in html
    assert "<script" not in html
    made["retrieval"] = {"sentences": ["5 texts are too few"], "rows": []}
    html = page(made, gate(made))
    tags_of(html)
    assert "5 texts are too few" in html


def test_failures_come_first() -> None:
    made = cases(9)
    made.reverse()
    last = [
        *made[:-1],
        case(
            99,
            {**{name: (one.texts[0], one.loss) for name, one in made[-1].outputs.items()}, "twin": ("no " * 200, 3.0)},
        ),
    ]
    for i, one in enumerate(last):
        object.__setattr__(one, "brief", type(one.brief)(f"topic {i} of nine"))
    html = page(report(last), gate(report(last)))
    assert html.index("<h3>topic 8 of nine</h3>") < html.index("<h3>topic 0 of nine</h3>")


def test_no_style_leaves_no_picture() -> None:
    made = report(style=FakeStyle(refusal="too few texts"))
    html = page(made, gate(made))
    assert "Gap closed: 0 is" not in html
    assert "Gap closed: 0 is" in page(report(), gate(report()))
    assert "too few texts" in html


def test_a_lone_surrogate_does_not_stop_it(tmp_path: Path) -> None:
    made = report([case(i, {"twin": ("half a \ud83d smile", 3.0)}) for i in range(2)])
    assert "half a ? smile" in write_report(made, tmp_path).read_text()
    json.loads((tmp_path / "report.json").read_text())


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(StorageFailed, match="cannot write to"):
        write_report(report(), blocked / "reports")


def test_a_crash_while_writing_keeps_the_old_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = write_report(report(), tmp_path).read_text()

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StorageFailed, match="No space left"):
        write_report(report(cases(20)), tmp_path)
    assert (tmp_path / "report.html").read_text() == old
    assert len(list(tmp_path.iterdir())) == 2


def test_what_was_measured_on_and_asked_stands_at_the_end_and_moves_with_it() -> None:
    made, again = report(), report()
    assert made["digests"] == again["digests"]
    html = page(made, gate(made))
    assert all(value in html for value in made["digests"].values())
    other_text = [replace(one, author_text=one.author_text + " And yet.") for one in cases()]
    other_prompt = [
        replace(one, outputs={name: replace(made, asked="other") for name, made in one.outputs.items()})
        for one in cases()
    ]
    text, prompt = report(other_text)["digests"], report(other_prompt)["digests"]
    assert text["held_out"] != made["digests"]["held_out"]
    assert text["prompts"] == made["digests"]["prompts"] != prompt["prompts"]
    assert prompt["held_out"] == made["digests"]["held_out"]
