"""Links and files that the user names in, passages of added knowledge out. What they say is data, never orders."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from twin.core.errors import BadRequest, MissingPart
from twin.core.records import Passage, Skipped, digest
from twin.core.text import clean_view, sentences, word_count

if TYPE_CHECKING:
    import httpx

AGENT = "llm-twin/0.1 (a person's own writing tool; reads single pages on request)"
MOST_BYTES = 5_000_000
MOST_REDIRECTS = 5
MOST_PASSAGES = 40
PASSAGE_WORDS = 120
TEXT_TYPES = ("text/", "application/xhtml", "application/xml", "application/json")


def read_outside(locations: Sequence[str], *, timeout_s: float) -> tuple[list[Passage], list[Skipped]]:
    """Links and paths in; their passages, and what could not be read with its reason, out. One failure stops none."""
    passages: list[Passage] = []
    skipped: list[Skipped] = []
    for location in locations:
        try:
            title, text = _page(location, timeout_s) if is_link(location) else _file(Path(location).expanduser())
        except (BadRequest, MissingPart) as bad:
            skipped.append(Skipped(location, bad.message))
            continue
        found = passages_of(location, title, text)
        if found:
            passages += found
        else:
            skipped.append(Skipped(location, "no text in it"))
    return passages, skipped


def is_link(location: str) -> bool:
    return bool(re.match(r"https?://", location, re.IGNORECASE))


def passages_of(location: str, title: str, text: str) -> list[Passage]:
    """A text in, runs of whole sentences of about `PASSAGE_WORDS` words out, at most `MOST_PASSAGES`."""
    runs: list[str] = []
    for sentence in sentences(clean_view(text)):
        if runs and word_count(runs[-1]) + word_count(sentence) <= PASSAGE_WORDS:
            runs[-1] += " " + sentence
        else:
            runs.append(" ".join(sentence.split()[:PASSAGE_WORDS]))
    source = digest("outside", location)
    return [
        Passage(digest(source, i), source, title, location, run, "other", "", 0.0, outside=True)
        for i, run in enumerate(runs[:MOST_PASSAGES])
    ]


def _file(path: Path) -> tuple[str, str]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadRequest(f"{path.name!r} is larger than {MOST_BYTES:,} bytes")
        payload = path.read_bytes()
    except OSError as bad:
        raise BadRequest(f"cannot read {str(path)!r}: {bad.strerror}") from bad
    if payload.startswith(b"%PDF"):
        return path.name, _pdf(payload)
    if b"\x00" in payload[:4096]:
        raise BadRequest(f"{path.name!r} is not a text")
    text = payload.decode("utf-8-sig", "replace")
    if path.suffix.lower() in (".html", ".htm"):
        title, body = main_text(text, path.as_uri() if path.is_absolute() else "")
        return title or path.name, body
    return path.name, text


def _page(url: str, timeout_s: float) -> tuple[str, str]:
    """A link in, its title and main text out. Raises: BadRequest for walls, private addresses, sizes and types."""
    import httpx

    try:
        with httpx.Client(timeout=timeout_s, headers={"User-Agent": AGENT}, follow_redirects=False) as client:
            for _ in range(MOST_REDIRECTS + 1):
                refuse_private(url)
                with client.stream("GET", url) as answer:
                    if answer.is_redirect:
                        url = urljoin(url, answer.headers.get("location", ""))
                        continue
                    return _read_answer(url, answer)
        raise BadRequest(f"{url!r} redirects more than {MOST_REDIRECTS} times")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as bad:
        raise BadRequest(f"cannot read {url!r}: {bad or type(bad).__name__}") from bad


def _read_answer(url: str, answer: httpx.Response) -> tuple[str, str]:
    if answer.status_code >= 400:
        raise BadRequest(f"{url!r} answered {answer.status_code}: save the page as a file and pass that instead")
    kind = answer.headers.get("content-type", "text/html").lower()
    payload = bytearray()
    for part in answer.iter_bytes():
        payload += part
        if len(payload) > MOST_BYTES:
            raise BadRequest(f"{url!r} is larger than {MOST_BYTES:,} bytes")
    if "application/pdf" in kind or payload.startswith(b"%PDF"):
        return url, _pdf(bytes(payload))
    if not kind.startswith(TEXT_TYPES):
        raise BadRequest(f"{url!r} is {kind.split(';')[0]}, not a text")
    page = payload.decode(answer.charset_encoding or "utf-8", "replace")
    if "html" not in kind:
        return url, page
    title, body = main_text(page, url)
    if word_count(body) < 40:
        raise BadRequest(f"{url!r} shows no article text (a login wall or a page made by script)")
    return title or url, body


def main_text(page: str, url: str) -> tuple[str, str]:
    """HTML in, its title and main text without menus and comments out."""
    import trafilatura

    found = trafilatura.bare_extraction(page, url=url or None, include_comments=False, with_metadata=True)
    return (found.title or "", found.text or "") if found else ("", "")


def refuse_private(url: str) -> None:
    """Raises: BadRequest for any address that is not a public one, after the name was looked up."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadRequest(f"{url!r} is not a web address")
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError) as bad:
        raise BadRequest(f"cannot find {parts.hostname!r}: no network, or no such name") from bad
    for *_, address in found:
        if not ipaddress.ip_address(str(address[0]).split("%")[0]).is_global:
            raise BadRequest(f"{url!r} is an address on a private network")


def _pdf(payload: bytes) -> str:
    from io import BytesIO

    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError as missing:
        raise MissingPart("reading PDF files needs pypdf", "install it with: pip install pypdf") from missing
    try:
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(payload)).pages[:60])
    except (PyPdfError, ValueError, KeyError) as bad:
        raise BadRequest(f"cannot read the PDF: {bad}") from bad
