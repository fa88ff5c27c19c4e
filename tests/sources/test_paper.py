"""Papers: arXiv's source or PDF, open copies of a DOI, and a plain answer where there is none."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from fakes import FakeWeb, reading

from twin import sources
from twin.core.errors import BadSource
from twin.core.records import Item, Page
from twin.sources import paper

ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/2004.14974v1</id>
<title>On  doors</title><summary>We shut doors.</summary><published>2020-04-30T17:00:00Z</published>{authors}
<link href="http://arxiv.org/abs/2004.14974v1" rel="alternate"/></entry></feed>"""
TEX = r"""\documentclass{article}\title{On doors}\begin{document}\begin{abstract}We shut doors.\end{abstract}
\section{Introduction} Doors were open for a long time % a comment
and then we came. \begin{thebibliography}{9}\bibitem{a} Secret reference.\end{thebibliography}\end{document}"""
QUERY = "https://export.arxiv.org/api/query?id_list=2004.14974&max_results=1"
WORK = "https://api.openalex.org/works/doi:10.1000/xyz"


def arxiv(*authors: str) -> FakeWeb:
    named = "".join(f"<author><name>{name}</name></author>" for name in authors)
    source = "https://export.arxiv.org/e-print/2004.14974"
    return FakeWeb(
        {
            QUERY: Page(QUERY, ATOM.format(authors=named).encode(), "application/atom+xml"),
            source: Page(source, gzip.compress(TEX.encode()), "application/gzip"),
        }
    )


def read(web: FakeWeb, location: str) -> Item:
    (one,) = paper.read(location, reading(Path("unused"), web=web))
    assert isinstance(one, Item), one
    return one


@pytest.mark.parametrize(
    "typed", ["arxiv:2004.14974", "2004.14974v2", "https://arxiv.org/pdf/2004.14974", "10.1000/xyz"]
)
def test_a_number_is_recognised_as_a_paper(typed: str) -> None:
    assert sources.which(typed) == "paper"


def test_a_paper_of_arxiv_is_its_source_without_comments_and_references() -> None:
    one = read(arxiv("Ada Example"), "https://arxiv.org/abs/2004.14974v1")
    assert (one.key, one.kind, one.title, one.authorship) == ("arxiv:2004.14974", "paper", "On doors", "own")
    assert "Doors were open for a long time" in one.text and one.published
    assert "comment" not in one.text and "Secret" not in one.text


@pytest.mark.parametrize(
    ("authors", "authorship"), [(("Ada Example", "Bob Builder"), "co-authored"), (("Bob Builder",), "quoted")]
)
def test_whose_paper_it_is_is_told_by_the_register(authors: tuple[str, ...], authorship: str) -> None:
    assert read(arxiv(*authors), "https://arxiv.org/abs/2004.14974").authorship == authorship


def test_a_doi_without_an_open_copy_says_so() -> None:
    web = FakeWeb({WORK: Page(WORK, json.dumps({"title": "On doors", "best_oa_location": None}).encode())})
    with pytest.raises(BadSource, match="no open copy") as bad:
        read(web, "https://doi.org/10.1000/xyz")
    assert "add the PDF" in bad.value.hint


@pytest.mark.parametrize("answer", [b"", b"[]", b"<html>", b"{", b'{"best_oa_location": 3, "authorships": [1]}'])
def test_a_register_that_answers_nonsense_is_an_error(answer: bytes) -> None:
    with pytest.raises(BadSource):
        read(FakeWeb({WORK: Page(WORK, answer)}), "https://doi.org/10.1000/xyz")


def test_a_number_that_arxiv_does_not_have_is_an_error() -> None:
    empty = Page(QUERY, b'<feed xmlns="http://www.w3.org/2005/Atom"><title>none</title></feed>', "application/atom+xml")
    with pytest.raises(BadSource):
        list(paper.read("https://arxiv.org/abs/2004.14974", reading(Path("unused"), web=FakeWeb({QUERY: empty}))))


def test_a_file_that_is_no_pdf_is_an_error() -> None:
    work = {"title": "On doors", "best_oa_location": {"pdf_url": "https://x.example/a.pdf"}}
    pages = {
        WORK: Page(WORK, json.dumps(work).encode()),
        "https://x.example/a.pdf": Page("https://x.example/a.pdf", b"no"),
    }
    with pytest.raises(BadSource):
        read(FakeWeb(pages), "https://doi.org/10.1000/xyz")
