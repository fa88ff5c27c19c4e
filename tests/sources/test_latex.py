"""LaTeX in, the prose that a reader sees out. Projects are built here; real papers where they are."""

from __future__ import annotations

import gzip
import io
import tarfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_documents import (
    PAPERS,
    found,
    needs_papers,
    one,
    prose,
    tex,
)

from twin.core.records import Identity, Item, Skipped
from twin.sources import folder
from twin.sources._files import latex, tex_source


def test_latex_prose_is_what_a_reader_sees() -> None:
    body = r"""
\section{The \ours dataset}\label{s}
We use \ours, and \ours is na\"ive --- ``truly'' 50\% so~\cite{x}. % not this
See \citet{y} in Figure~\ref{f}.\footnote{A note.} Let $n$ be
$\sum_i x_i$ and
\begin{equation} a = b \end{equation}
so.

\begin{itemize}
\item One \emph{thing}.
\item Two.
\end{itemize}
\begin{figure}\caption{Gone.}\end{figure}
\begin{quote}Theirs.\end{quote}
\paragraph{Next.} More.
\bibliography{refs}
"""
    assert prose(body, r"\newcommand{\ours}{\textsc{DoorSet}\xspace}") == (
        "## The DoorSet dataset\n\n"
        "We use DoorSet, and DoorSet is naïve — “truly” 50% so. See [citation] in Figure [reference]. Let n be "
        "[formula] and [formula] so.\n\nA note.\n\n- One thing.\n- Two.\n\nNext. More."
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (r"a\iffalse gone\else kept\fi b", "a kept b"),
        ("\\newif\\ifdraft a \\ifdraft gone \\iffalse x \\fi\\fi b", "a b"),
        ("\\newif\\ifdraft\\drafttrue a \\ifdraft kept \\fi b", "a kept b"),
        ("a\n\\begin{comment}\ngone\n\\end{comment}\nb", "a\n\nb"),
        ("a % gone\nb\n  % gone\n\nc \\% d", "a b\n\nc % d"),
        (r"Erd\H{o}s, Stra\ss e, \'Etienne, G\"{o}del, \c{c}a, fa\c cade", "Erdős, Straße, Étienne, Gödel, ça, facade"),
        (r"\textbf{a \textit{b}} \href{https://x}{c} \textcolor{red}{d}", "a b c d"),
        (r"\def\x{\x} a \x b", "a b"),
        ("unclosed { brace \\emph{x", "unclosed brace x"),
        (r"\begin{tabular}{ll} 1 & 2 \end{tabular} after", "after"),
    ],
)
def test_latex_details(body: str, expected: str) -> None:
    assert " ".join(prose(body).split(" ")).replace("  ", " ") == expected


def test_a_latex_project_is_one_document_with_its_parts_in_place(tmp_path: Path) -> None:
    for name, content in {
        "main.tex": tex(
            "\\input{parts/one}\n\n\\include{two}\n\n\\input{../outside}",
            "\\title{Doors}\\author{Ada Example \\and Bob Builder}",
        ),
        "parts/one.tex": "First. \\input{parts/one}",
        "two.tex": "Second.",
        "left-over.tex": "Unused.",
    }.items():
        (tmp_path / "p" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / name).write_text(content)
    (tmp_path / "outside.tex").write_text("Secret.")
    read = found(tmp_path / "p")
    (item,) = [one for one in read if isinstance(one, Item)]
    assert (item.text, item.title, item.authorship) == ("First.\n\nSecond.", "Doors", "co-authored")
    assert [(Path(skip.key).name, skip.reason) for skip in read if isinstance(skip, Skipped)] == [
        ("left-over.tex", "a part of a LaTeX text that no main file here includes")
    ]


def test_an_e_print_is_a_tar_or_a_single_text_and_other_archives_are_left_alone(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in {
            "./main.tex": tex("\\input{a}"),
            "./a.tex": "Inside.",
            "./._a.tex": "Mac.",
            "../b.tex": "Out.",
        }.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content.encode()))
    assert one(tmp_path, "2004.1.tar.gz", packed.getvalue()).text == "Inside."
    assert one(tmp_path, "2004.2.gz", gzip.compress(tex("Alone.").encode())).text == "Alone."
    (tmp_path / "data.gz").write_bytes(gzip.compress(b"1,2,3"))
    assert not folder.recognises(str(tmp_path / "data.gz"))
    assert len(found(tmp_path)) == 2


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="\\{}[]$%~ \nabeginitemdf#1^'\"-`", max_size=200))
def test_latex_of_any_shape_ends(body: str) -> None:
    whole, _ = tex_source.whole("a.tex", {"a.tex": tex(body)}.get)
    assert isinstance(latex.read(whole), latex.Found | str)


def test_nesting_and_self_reference_cost_no_more_than_their_length() -> None:
    assert prose("{" * 50_000 + "deep" + "}" * 50_000) == "deep"
    assert prose("\\emph{" * 20_000 + "deep") == "deep"
    assert prose("\\section{" * 100_000 + "deep").endswith("deep")
    assert prose("\\begin{figure}" * 50_000 + "open") == "open"
    assert prose("\\note", "\\newcommand{\\note}{a\\footnote{b \\note}}").startswith("a")
    many, _ = tex_source.whole("a.tex", {"a.tex": tex("\\input{b}" * 200_000)}.get)
    assert len(many) > 1_000_000
    names = [f"q{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    doubling = "".join(f"\\newcommand{{\\{a}}}{{\\{b}\\{b}}}" for a, b in pairwise(names))
    assert len(prose("\\qa", doubling + "\\newcommand{\\qz}{z}")) < 100_000


@needs_papers
def test_real_latex_papers_come_out_in_order_without_references() -> None:
    read = {Path(one.key).name: one for one in found(PAPERS / "arxiv-latex")}
    first, second = read["1911.02782.gz"], read["2004.14974.gz"]
    assert isinstance(first, Item) and isinstance(second, Item)
    headings = [block[3:] for block in second.text.split("\n\n") if block.startswith("## ")]
    assert headings[:4] == ["Abstract", "Introduction", "Background and task definition", "The SciFact dataset"]
    assert "Conclusion" in headings and second.title == "Fact or Fiction: Verifying Scientific Claims"
    for item in (first, second):
        assert item.kind == "paper" and item.authorship == "quoted" and len(item.text) > 30_000
        assert not [sign for sign in ("\\", "xspace", "includegraphics", "@article", "\\cite") if sign in item.text]
    mine = found(PAPERS / "arxiv-latex", Identity("Kyle Lo"))
    assert [one.authorship for one in mine if isinstance(one, Item)] == ["co-authored", "co-authored"]
