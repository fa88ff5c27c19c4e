"""Documents that the folder source reads: Word, PDF, saved pages, JATS. Built here; real ones where they are."""

from __future__ import annotations

import gzip
import io
import re
import tempfile
import zipfile
from pathlib import Path

import pytest
from fakes import ADA
from hypothesis import given, settings
from hypothesis import strategies as st
from made_documents import (
    DAY,
    PAGES,
    PAPERS,
    W,
    docx,
    found,
    needs_papers,
    one,
    paragraph,
    pdf,
    reason,
    styled,
    tex,
)

from twin.core.errors import TwinError
from twin.core.records import Identity, Item
from twin.sources import folder
from twin.sources._files.names import is_author, names_in
from twin.sources.prose import parsed, prose_of


def test_a_word_document_gives_its_paragraphs_title_author_and_date(tmp_path: Path) -> None:
    styles = '<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    body = styled("One", "berschrift1") + paragraph("They shut – “mostly”.") + paragraph("") + paragraph("Not always.")
    item = one(tmp_path, "a.docx", docx(body, styles=styles))
    assert item.text == "## One\n\nThey shut – “mostly”.\n\nNot always."
    assert (item.title, item.published, item.authorship, item.kind) == ("Doors", DAY, "own", "note")


def test_lists_tables_and_breaks_of_a_word_document(tmp_path: Path) -> None:
    numbering = "".join(
        f'<w:abstractNum w:abstractNumId="{n}"><w:lvl w:ilvl="0"><w:numFmt w:val="{form}"/></w:lvl></w:abstractNum>'
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>'
        for n, form in ((1, "bullet"), (2, "decimal"))
    )
    listed = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{}"/></w:numPr>'
    items = [paragraph(text, listed.format(n)) for text, n in (("a", 1), ("b", 1), ("c", 2), ("d", 2))]
    table = f"<w:tbl><w:tr><w:tc>{paragraph('x')}</w:tc><w:tc>{paragraph('y')}</w:tc></w:tr></w:tbl>"
    lines = "<w:p><w:r><w:t>One</w:t><w:br/><w:t>two</w:t><w:tab/><w:t>three</w:t></w:r></w:p>"
    item = one(tmp_path, "a.docx", docx("".join(items) + table + lines, numbering=numbering))
    assert item.text == "- a\n- b\n1. c\n2. d\n\nx | y\n\nOne\ntwo\tthree"


def test_what_others_put_into_a_word_document_is_quoted_and_what_was_deleted_is_gone(tmp_path: Path) -> None:
    def change(kind: str, who: str, text: str) -> str:
        part = "delText" if kind == "del" else "t"
        return f'<w:{kind} w:id="1" w:author="{who}"><w:r><w:{part}>{text}</w:{part}></w:r></w:{kind}>'

    changes = change("ins", "Ada Example", "mine") + change("ins", "Bob", "theirs") + change("del", "Bob", "gone")
    styles = '<w:style w:styleId="Zitat"><w:name w:val="Quote"/></w:style>'
    body = f"<w:p><w:r><w:t>Still </w:t></w:r>{changes}</w:p>" + styled("Bob said so.", "Zitat")
    item = one(tmp_path, "a.docx", docx(body, styles=styles))
    assert (item.text, item.quoted) == ("Still mine", "Bob said so.\n\ntheirs")
    assert one(tmp_path, "b.docx", docx(paragraph("x"), creator="Bob Builder")).authorship == "quoted"
    assert one(tmp_path, "c.docx", docx(paragraph("x"), creator="Microsoft Office User")).authorship == "own"


def test_a_word_document_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    assert "locked by a password" in reason(tmp_path, "a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(500))
    assert "damaged" in reason(tmp_path, "b.docx", docx(paragraph("x"))[:300])
    assert "damaged" in reason(tmp_path, "c.docx", docx("<w:p>"))


def test_entities_of_a_document_are_never_expanded(tmp_path: Path) -> None:
    out = io.BytesIO()
    bomb = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml", f"{bomb}<w:document {W}><w:body>{paragraph('x&a;&b;')}</w:body></w:document>"
        )
    assert one(tmp_path, "a.docx", out.getvalue()).text == "x"


PAPER = """Journal of Doors, vol. 3
On the shutting of doors
Ada Example, Bob Builder
Abstract
We show that doors shut. The system-
atic study of doors is young, but
well-known doors have long been well-
known to us.
1 Introduction
Doors shut. They shut in the morning and they shut
in the evening, mostly."""
REFERENCES = "2 Results\nNone yet came to pass.\nReferences\nBob Builder. 2020. Of lifts.\nA Appendix\nNumbers."


def test_a_paper_runs_from_its_abstract_to_before_its_references(tmp_path: Path) -> None:
    item = one(
        tmp_path,
        "a.pdf",
        pdf(PAPER + "\n7", f"{REFERENCES}\n8", author="Ada Example; Bob Builder"),
    )
    assert item.text.split("\n\n") == [
        "## Abstract",
        "We show that doors shut. The systematic study of doors is young, but well-known doors have long been "
        "well-known to us.",
        "## 1 Introduction",
        "Doors shut. They shut in the morning and they shut in the evening, mostly.",
        "## 2 Results",
        "None yet came to pass.",
    ]
    assert (item.kind, item.authorship, item.published) == ("paper", "co-authored", DAY)
    alone = pdf(PAPER.replace(", Bob Builder", ""), REFERENCES, author="Ada Example")
    assert one(tmp_path, "b.pdf", alone).authorship == "own"
    assert one(tmp_path, "c.pdf", pdf(PAPER, REFERENCES), Identity("Eve Else")).authorship == "quoted"


def test_running_heads_and_page_numbers_go(tmp_path: Path) -> None:
    words = ["shut", "open", "creak", "hum"]
    pages = [f"Doors and more {i}\nOn this page they {word}, it says.\n{i}" for i, word in enumerate(words, 1)]
    item = one(tmp_path, "a.pdf", pdf(*pages))
    assert "Doors and more" not in item.text and item.text.count("says") == 4
    assert item.kind == "note"


def test_a_pdf_of_pictures_or_a_broken_one_says_why(tmp_path: Path) -> None:
    assert "pictures" in reason(tmp_path, "a.pdf", pdf(""))
    assert "damaged" in reason(tmp_path, "b.pdf", b"%PDF-1.4\nnothing")


PAGE = """<!DOCTYPE html><html><head><title>Doors | Site</title><link rel="canonical" href="https://ada.example/doors">
<script type="application/ld+json">{"@type": "BlogPosting", "headline": "Doors", "author": {"name": "%s"},
"datePublished": "2024-05-06T00:00:00Z"}</script></head><body><nav>Home About</nav>
<article><h1>Doors</h1><p>They shut – mostly.</p><blockquote>Theirs.</blockquote><p>Not always.</p>
<div class="comments-area"><p>First!</p></div></article><footer>Imprint</footer></body></html>"""


def test_a_saved_page_gives_its_article_and_what_it_says_of_itself(tmp_path: Path) -> None:
    item = one(tmp_path, "a.html", PAGE % "Ada Example")
    assert (item.title, item.text, item.quoted) == ("Doors", "They shut – mostly.\n\nNot always.", "Theirs.")
    assert (item.title, item.url, item.published) == ("Doors", "https://ada.example/doors", DAY)
    assert (item.authorship, item.raw_type) == ("own", "text/html")
    assert one(tmp_path, "b.html", PAGE % "Bob Builder").authorship == "quoted"
    assert one(tmp_path, "c.htm", "<p>Bare – of everything.</p>").text == "Bare – of everything."


def test_a_web_archive_gives_its_page(tmp_path: Path) -> None:
    archive = (
        "Snapshot-Content-Location: https://ada.example/x\nMIME-Version: 1.0\n"
        'Content-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html; charset=utf-8\n'
        "Content-Transfer-Encoding: quoted-printable\n\n<p>They shut =E2=80=93 mostly.</p>\n--b--\n"
    )
    item = one(tmp_path, "a.mhtml", archive)
    assert (item.text, item.url) == ("They shut – mostly.", "https://ada.example/x")


JATS = """<!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "x.dtd"><article><front><article-meta>
<article-id pub-id-type="doi">10.1/x</article-id>
<title-group><article-title>On <i>doors</i></article-title></title-group><contrib-group><contrib contrib-type="author">
<name><surname>Example</surname><given-names>Ada</given-names></name></contrib>
</contrib-group><pub-date><day>6</day><month>5</month><year>2024</year></pub-date><abstract><p>Short.</p></abstract>
</article-meta></front><body><sec><title>One</title>
<p>They shut <xref>[1]</xref>, <inline-formula>x</inline-formula>.</p>
<fig><caption><p>Gone.</p></caption></fig><disp-quote><p>Theirs.</p></disp-quote></sec></body>
<back><ref-list><ref>Gone.</ref></ref-list></back></article>"""


def test_jats_gives_abstract_and_sections(tmp_path: Path) -> None:
    for name in ("a.nxml", "b.xml"):
        item = one(tmp_path, name, JATS)
        assert item.text == "## Abstract\n\nShort.\n\n## One\n\nThey shut [1], [formula]."
        assert (item.title, item.url, item.published) == ("On doors", "https://doi.org/10.1/x", DAY)
        assert (item.kind, item.authorship, item.quoted) == ("paper", "own", "Theirs.")
    (tmp_path / "feed.xml").write_text("<rss><channel/></rss>")
    assert not folder.recognises(str(tmp_path / "feed.xml"))
    assert len(found(tmp_path)) == 2


@pytest.mark.parametrize(
    ("author", "mine"),
    [("A. Example", True), ("Ada B. Example", True), ("Example, Ada", True), ("Àda Éxample", True),
     ("ADA EXAMPLE", True), ("Adam Example", False), ("B. Example", False), ("Eva Example", False),
     ("Ada Other", False), ("", False)],
)  # fmt: skip
def test_a_byline_is_recognised_in_its_usual_spellings(author: str, mine: bool) -> None:
    assert is_author(ADA, author) is mine


def test_names_are_found_between_affiliations() -> None:
    told = "Ada Example1,2, Bob van Builder† and Eve Else\n1University of Doors\nada@example.org"
    assert names_in(told) == ("Ada Example", "Bob van Builder", "Eve Else")


VALID = {
    "a.docx": docx(paragraph("Words.")),
    "a.pdf": pdf(PAPER, REFERENCES),
    "a.html": (PAGE % "Ada").encode(),
    "a.mht": b"Content-Type: text/html\n\n<p>x</p>",
    "a.tex": tex("\\input{b} $x$ \\begin{quote}a\\end{quote}", "\\newcommand{\\a}[1]{#1}").encode(),
    "a.nxml": JATS.encode(),
    "a.gz": gzip.compress(tex("Alone.").encode()),
    "a.md": b"---\nauthor: [a, b]\n---\n> q\n```\nx",
}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(VALID)), st.data())
def test_a_broken_document_never_hides_the_good_one_beside_it(name: str, data: st.DataObject) -> None:
    valid = VALID[name]
    at = data.draw(st.integers(0, len(valid)))
    noise = data.draw(st.binary(max_size=30))
    cut = data.draw(st.integers(0, 60))
    with tempfile.TemporaryDirectory() as where:
        (Path(where) / name).write_bytes(valid[:at] + noise + valid[at + cut :])
        (Path(where) / "good.txt").write_text("Good.")
        read = found(Path(where))
        assert "Good." in [item.text for item in read if isinstance(item, Item)]
        assert read == found(Path(where)) and len({one.key for one in read}) == len(read)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(VALID)), st.binary(max_size=400))
def test_arbitrary_bytes_under_any_suffix_are_items_or_reasons(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as where:
        (Path(where) / name).write_bytes(data)
        try:
            assert all(isinstance(one, Item) or one.reason for one in found(Path(where)))
        except TwinError as bad:
            assert bad.hint


@needs_papers
def test_real_pdf_papers_come_out_in_order_without_references() -> None:
    read = {Path(one.key).name: one for one in found(PAPERS / "pdf", Identity("Iz Beltagy"))}
    specter, graph = read["2020.acl-main.207.pdf"], read["N18-3011.pdf"]
    assert isinstance(specter, Item) and isinstance(graph, Item)
    for item, last in ((specter, "## Acknowledgements"), (graph, "## 6 Conclusion and Future Work")):
        headings = [block for block in item.text.split("\n\n") if block.startswith("## ")]
        assert headings[:2] == ["## Abstract", "## 1 Introduction"] and headings[-1] == last
        numbers = [int(heading.split()[1]) for heading in headings if heading.split()[1].isdecimal()]
        assert numbers == sorted(numbers) and len(numbers) >= 5
        assert (item.kind, item.authorship) == ("paper", "co-authored")
        assert not [sign for sign in ("ﬁ", "ﬀ", "litera- ture", "Proceedings of the 58th") if sign in item.text]
    assert "critical ingredient for natural language processing systems. Recent Transformer" in specter.text


@needs_papers
def test_a_real_jats_article_keeps_its_sections_and_loses_its_206_references() -> None:
    (item,) = found(PAPERS / "jats")
    assert isinstance(item, Item) and item.text.startswith("## Abstract\n\n") and "## Future outlook" in item.text
    assert 40_000 < len(item.text) < 60_000 and item.authorship == "quoted"


@pytest.mark.skipif(not PAGES.is_dir(), reason="the real samples in ../shared/formats are not here")
def test_real_pages_keep_the_words_that_readability_keeps() -> None:
    """A share of words, not of blocks: what is kept of the expected text, over ten pages of as many makers."""
    shares = {}
    for page in sorted(PAGES.iterdir()):
        (item,) = found(page / "source.html")
        assert isinstance(item, Item)
        expected = re.findall(r"\w{4,}", prose_of(parsed((page / "expected.html").read_text("utf-8"))).text)
        have = set(re.findall(r"\w{4,}", f"{item.title} {item.text} {item.quoted}"))
        shares[page.name] = sum(word in have for word in expected) / len(expected)
    assert len(shares) == 10 and min(shares.values()) > 0.97, shares
