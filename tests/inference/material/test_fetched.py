"""Links to papers, repositories and videos: read whole where they can be, else their page, which is said."""

from __future__ import annotations

import gzip
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeWeb, reading

from twin.core.errors import BadSource
from twin.core.records import Page, Passage, Skipped
from twin.inference.material.outside import read_outside
from twin.inference.request import heard, understand

ARXIV = "https://arxiv.org/abs/2310.17022"
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/2310.17022v1</id>
<title>On doors</title><summary>We shut doors.</summary><published>2020-04-30T17:00:00Z</published>
<author><name>Bob Builder</name></author><link href="http://arxiv.org/abs/2310.17022v1"/></entry></feed>"""
TEX = r"""\documentclass{article}\title{On doors}\begin{document}\begin{abstract}We shut doors.\end{abstract}
\section{Results} In the hall 1,987 of the doors stood open all night, and nobody was told.\end{document}"""
QUERY = "https://export.arxiv.org/api/query?id_list=2310.17022&max_results=1"
SOURCE = "https://export.arxiv.org/e-print/2310.17022"
ABSTRACT = f"<article><p>We shut doors. {'An abstract tells little of what is in a paper. ' * 6}</p></article>"
README = "https://api.github.com/repos/nora/doorlog/readme"
REPOSITORY = "https://github.com/nora/doorlog"
WORK = "https://api.openalex.org/works/doi:10.1000/xyz"


def page(url: str, content: str | bytes, kind: str = "text/html") -> Page:
    return Page(url, content.encode() if isinstance(content, str) else content, kind)


def arxiv() -> FakeWeb:
    source = page(SOURCE, gzip.compress(TEX.encode()), "application/gzip")
    return FakeWeb({QUERY: page(QUERY, ATOM, "application/atom+xml"), SOURCE: source, ARXIV: page(ARXIV, ABSTRACT)})


def read(web: FakeWeb, *links: str, cache: Path) -> tuple[list[Passage], list[Skipped]]:
    return read_outside(links, reading(cache, web=web))


@pytest.mark.parametrize(
    "link",
    [
        "arxiv:2310.17022",
        "2310.17022v2",
        ARXIV,
        "http://www.arxiv.org/pdf/2310.17022v1.pdf",
        "https://arxiv.org/html/2310.17022v1#S2",
    ],
)
def test_a_paper_of_arxiv_is_read_whole_however_it_is_named(link: str, tmp_path: Path) -> None:
    passages, skipped = read(arxiv(), link, cache=tmp_path)
    assert not skipped and "1,987 of the doors" in passages[-1].text and "An abstract" not in passages[0].text
    assert {one.title for one in passages} == {"On doors"} and all(one.url.startswith("http") for one in passages)


def test_a_paper_that_is_answered_by_its_number_is_the_one_that_was_read(tmp_path: Path) -> None:
    asked = understand("I see it otherwise", answer="arxiv:2310.17022")
    passages, unread = read(arxiv(), *asked.links, cache=tmp_path)
    assert {"doors", "hall"} <= set(heard(asked, passages, unread).about)


def test_a_doi_is_read_where_an_open_copy_stands_and_its_page_where_none_does(tmp_path: Path) -> None:
    told = '{"title": "On doors", "best_oa_location": null}'
    landing = page("https://doi.org/10.1000/xyz", ABSTRACT)
    web = FakeWeb({WORK: page(WORK, told, "application/json"), landing.url: landing})
    passages, (skip,) = read(web, "doi:10.1000/xyz", cache=tmp_path)
    assert "An abstract" in passages[0].text and web.asked == [WORK, landing.url]
    assert skip.reason.startswith("in part: its page, as the paper itself could not be read: no open copy")


def test_a_paper_that_fails_gives_its_page_and_is_tried_again_the_next_time(tmp_path: Path) -> None:
    web = arxiv()
    web.pages = {**web.pages, QUERY: BadSource("arXiv is down")}
    passages, (skip,) = read(web, ARXIV, cache=tmp_path)
    assert "An abstract" in passages[0].text and skip.reason.endswith("could not be read: arXiv is down")
    passages, skipped = read(arxiv(), ARXIV, cache=tmp_path)
    assert not skipped and "1,987 of the doors" in passages[-1].text


def test_where_neither_paper_nor_page_can_be_read_both_reasons_are_said(tmp_path: Path) -> None:
    passages, (skip,) = read(FakeWeb({QUERY: BadSource("arXiv is down")}), ARXIV, cache=tmp_path)
    assert not passages and "arXiv is down" in skip.reason and "answered 404" in skip.reason


@pytest.mark.parametrize(
    "link", [REPOSITORY, f"{REPOSITORY}.git", "github.com/nora/doorlog/", "git@github.com:nora/doorlog"]
)
def test_of_a_repository_on_github_the_readme_is_read(link: str, tmp_path: Path) -> None:
    text = f"# Doorlog\n\nDoorlog counts doors.\n\n{'It has counted doors since May. ' * 3}"
    web = FakeWeb({README: page(README, text, "application/vnd.github.raw+json")})
    passages, skipped = read(web, link, cache=tmp_path)
    assert not skipped and web.asked == [README]
    assert passages[0].title == "Doorlog" and "Doorlog counts doors" in passages[0].text


def test_a_repository_without_a_readme_gives_its_page_and_other_pages_of_github_are_pages(tmp_path: Path) -> None:
    file = f"{REPOSITORY}/blob/main/notes.md"
    web = FakeWeb({REPOSITORY: page(REPOSITORY, ABSTRACT), file: page(file, ABSTRACT)})
    passages, (skip,) = read(web, REPOSITORY, file, cache=tmp_path)
    assert {one.url for one in passages} == {REPOSITORY, file} and web.asked == [README, REPOSITORY, file]
    assert skip.key == REPOSITORY and "as the README itself could not be read" in skip.reason


def test_a_token_for_github_goes_to_its_interface(tmp_path: Path) -> None:
    class Watched(FakeWeb):
        def get(self, url: str, *, headers: object = None) -> Page:  # type: ignore[override]
            self.sent = headers
            return super().get(url)

    web = Watched({README: page(README, "# Doorlog\n\nDoorlog counts doors.", "text/plain")})
    read_outside([REPOSITORY], replace(reading(tmp_path, web=web), tokens={"github": "very-secret"}))
    assert web.sent == {
        "Accept": "application/vnd.github.raw+json",
        "Authorization": "Bearer very-secret",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    assert all(b"very-secret" not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_a_video_without_the_library_is_unread_with_what_to_do_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "youtube_transcript_api", None)
    link = "https://youtu.be/dQw4w9WgXcQ"
    passages, (skip,) = read(arxiv(), link, ARXIV, cache=tmp_path)
    assert skip.key == link and "pip install" in skip.reason and "into a file" in skip.reason
    assert {one.title for one in passages} == {"On doors"}


def test_a_video_is_read_by_its_transcript(tmp_path: Path) -> None:
    pytest.importorskip("youtube_transcript_api")
    from test_youtube import youtube

    passages, skipped = read(youtube(), "youtube.com/watch?v=dQw4w9WgXcQ", cache=tmp_path)
    assert not skipped and [(one.title, one.text) for one in passages] == [
        ("On doors & tracks", "the door was shut and it's open")
    ]
