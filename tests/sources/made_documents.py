"""Documents made on the spot, and what the folder source reads in them."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes import ADA, reading

from twin import sources
from twin.core.records import Identity, Item, Skipped
from twin.sources import folder
from twin.sources._files import latex, tex_source

PAPERS = (Path(__file__).resolve().parents[2].parent / "shared" / "formats" / "papers").resolve()
PAGES = PAPERS.parent / "web" / "article-pages"
DAY = datetime(2024, 5, 6, tzinfo=UTC)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
needs_papers = pytest.mark.skipif(not PAPERS.is_dir(), reason="the real samples in ../shared/formats are not here")


def found(location: Path, me: Identity = ADA) -> list[Item | Skipped]:
    return list(folder.read(str(location), reading(location.parent, me)))


def one(tmp_path: Path, name: str, content: str | bytes, me: Identity = ADA) -> Item:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    (item,) = found(file, me)
    assert isinstance(item, Item), item
    assert sources.which(str(file)) == "folder"
    return item


def reason(tmp_path: Path, name: str, content: bytes) -> str:
    (tmp_path / name).write_bytes(content)
    (skip,) = found(tmp_path / name)
    assert isinstance(skip, Skipped), skip
    return skip.reason


def docx(
    body: str, *, creator: str = "Ada Example", title: str = "Doors", styles: str = "", numbering: str = ""
) -> bytes:
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        f"<dc:title>Doors</dc:title><dc:creator>{creator}</dc:creator>"
        "<dcterms:created>2024-05-06T00:00:00Z</dcterms:created></cp:coreProperties>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        archive.writestr("word/styles.xml", f"<w:styles {W}>{styles}</w:styles>")
        archive.writestr("docProps/core.xml", core)
        if numbering:
            archive.writestr("word/numbering.xml", f"<w:numbering {W}>{numbering}</w:numbering>")
    return out.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def styled(text: str, style: str) -> str:
    return paragraph(text, f'<w:pStyle w:val="{style}"/>')


def pdf(*pages: str, author: str = "", title: str = "") -> bytes:
    """Pages of lines in, a PDF of one font out. No compression, so that a mutation hits its text too."""
    count = len(pages)
    objects = ["<</Type/Catalog/Pages 2 0 R>>"]
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(count))
    objects.append(f"<</Type/Pages/Kids[{kids}]/Count {count}>>")
    objects.append("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    for i, page in enumerate(pages):
        lines = "".join(f"({line.replace('(', '[').replace(')', ']')}) Tj T*\n" for line in page.split("\n"))
        stream = f"BT /F1 10 Tf 12 TL 40 800 Td\n{lines}ET"
        objects.append(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 840]/Resources<</Font<</F1 3 0 R>>>>"
            f"/Contents {5 + 2 * i} 0 R>>"
        )
        objects.append(f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream")
    objects.append(f"<</Author({author})/Title({title})/CreationDate(D:20240506020000+02'00')>>")
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    return (
        out
        + f"{end}<</Size {len(objects) + 1}/Root 1 0 R/Info {len(objects)} 0 R>>\nstartxref\n{len(out)}\n%%EOF".encode()
    )


def tex(body: str, preamble: str = "") -> str:
    return f"\\documentclass{{article}}\n{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"


def prose(body: str, preamble: str = "") -> str:
    whole, _ = tex_source.whole("a.tex", {"a.tex": tex(body, preamble)}.get)
    read = latex.read(whole)
    assert not isinstance(read, str), read
    return read.text
