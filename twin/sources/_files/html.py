"""A saved web page (.html, .mht) in, its main text out, with title, author, date and address as the page names them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from typing import TYPE_CHECKING, Any

from twin.sources._files import Found, Outcome
from twin.sources._files.names import listed
from twin.sources._web.teasers import is_teaser
from twin.sources.archive import broken, decoded, moment
from twin.sources.prose import MAX_PAGE_BYTES, Prose, one_line, parsed, prose_of, without

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import Tag

_ARTICLES = ("article", "main", '[role="main"]', "#content", ".post-content", ".entry-content", ".h-entry .e-content")
_AROUND = (
    "nav", "aside", "footer", "form", "[role=navigation]", "[role=complementary]", "[aria-hidden=true]", "[hidden]",
    "#disqus_thread", "#respond", ".related", ".related-posts", ".share", ".sharedaddy",
    ".social", ".breadcrumbs", ".breadcrumb", ".post-navigation", ".newsletter", ".cookie", ".sidebar", "#sidebar",
)  # fmt: skip
_METAS = (
    ("title", "meta[property='og:title']"),
    ("author", "meta[name=author]"),
    ("author", "meta[property='article:author']"),
    ("date", "meta[property='article:published_time']"),
    ("date", "meta[name=date]"),
    ("date", "meta[name='dc.date']"),
)
_COMMENTS = re.compile(r"(?:^|[-_])comments?(?:list|area)?(?:$|[-_])", re.IGNORECASE)
_BELOW = re.compile(
    r"(?:(?:you )?(?:may|might) (?:also )?(?:like|enjoy).{0,40}|read next|up next|share this.{0,30}|share on .{0,30}|"
    r"like this:?|leave a (?:comment|reply)|(?:\d+ )?(?:comments?|responses|replies)(?: \(\d+\))?|"
    r"\d+ thoughts on .{0,80}|about the author|get (?:more|the) news.{0,40}|"
    r"written (?:on .{3,20} )?by(?-i:(?: [A-Z][\w.'’-]+){0,4})|"
    r"(?:subscribe|sign up)\b.{0,60}(?:newsletter|updates|posts|email).{0,40})\W*",
    re.IGNORECASE,
)
_MAYBE_BELOW = re.compile(
    r"(?:related(?! work)(?: \w+)?|recommended(?: \w+){0,3}|"
    r"more (?:from|stories|posts|articles|on|by|like this|in)\b.{0,60})\W*",
    re.IGNORECASE,
)
"""A heading of a list of other texts, or of a part of this one: what follows tells."""
_LISTED = 400
"""Longer lines are no entries of such a list, in characters."""
_SURE = 25
_LOOKED_AT = 1_000
_LEAST_MAIN = 200
_DAY = r"[A-Z]\w{2,8}\.? \d{1,2},? \d{4}"
_BYLINE = re.compile(
    rf"(?:written |posted |published )?(?:on|by) .{{2,60}}|By(?: (?:and|[A-Z][\w.'’-]*,?)){{2,9}}"
    rf"|(?:[A-Z][\w.'’-]+ ){{1,3}}(?:on )?{_DAY}.{{0,12}}|{_DAY}.{{0,60}}"
)
_KINDS = frozenset(
    "Article BlogPosting NewsArticle TechArticle ScholarlyArticle SocialMediaPosting Report WebPage".split()
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{3,30})", re.IGNORECASE)


def read(data: bytes) -> Outcome:
    """The bytes of an HTML page in."""
    if len(data) > MAX_PAGE_BYTES:
        return f"larger than {MAX_PAGE_BYTES:,} bytes"
    return of_page(_text(data))


def read_archive(data: bytes) -> Outcome:
    """The bytes of a page saved with its pictures (MIME HTML) in."""
    try:
        mail = message_from_bytes(data)
        for part in _leaves(mail):
            if part.get_content_type() in ("text/html", "application/xhtml+xml"):
                payload = part.get_payload(decode=True)
                if isinstance(payload, bytes):
                    if len(payload) > MAX_PAGE_BYTES:
                        return f"larger than {MAX_PAGE_BYTES:,} bytes"
                    address = str(mail.get("Snapshot-Content-Location") or part.get("Content-Location") or "")
                    return of_page(_text(payload, str(part.get_param("charset") or "")), address.strip())
    except (MessageError, ValueError, LookupError, RecursionError, AttributeError, TypeError, AssertionError) as bad:
        return f"a damaged web archive: {type(bad).__name__}"
    return "a web archive without a page"


def page_of(data: bytes) -> tuple[str, str] | None:
    """A saved page's bytes, plain or as a web archive, in; its HTML and where it was saved from out."""
    if not re.match(rb"\s*(?:From|MIME-Version|Snapshot-Content-Location|Subject|Date)\b[^\n]{0,300}:", data[:400]):
        saved = re.search(r"<!-- saved from url=\(\d+\)(\S+)", (page := _text(data))[:2000])
        return page, saved[1] if saved else ""
    try:
        mail = message_from_bytes(data)
        for part in _leaves(mail):
            payload = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
            if isinstance(payload, bytes):
                address = str(mail.get("Snapshot-Content-Location") or part.get("Content-Location") or "")
                return _text(payload, str(part.get_param("charset") or "")), address.strip()
    except (MessageError, ValueError, LookupError, RecursionError, AttributeError, TypeError, AssertionError):
        return None
    return None


def of_page(page: str, address: str = "") -> Outcome:
    """An HTML page's text in; `address` is where it was saved from."""
    if reason := broken(page):
        return reason
    soup = parsed(page)
    told = _told(soup)
    prose = main_prose(soup, page, told.get("title", ""))
    if not prose.text:
        return "no text in it"
    title = told.get("title", "")
    url = told.get("url", "") or (address if address.startswith(("https://", "http://")) else "")
    return Found(
        prose.text, title=title, published=_date(told.get("date", "")), authors=listed(told.get("author", "")),
        quoted=prose.quoted, raw=page, raw_type="text/html", url=url, truncated=is_teaser(page, prose.text),
    )  # fmt: skip


def main_prose(soup: BeautifulSoup, page: str, title: str = "") -> Prose:
    """The page's main text: its article; without one, what stands between the first and last main block of the body.

    This is the one place that decides what of a page is its text.
    """
    body = soup.body or soup
    for selector in _ARTICLES:
        found = body.select(selector)
        if len(found) == 1 and len(found[0].get_text()) > 0.2 * len(body.get_text()):
            _only_the_text(found[0])
            return _without_edges(prose_of(found[0]), title)
    _only_the_text(body)
    prose = prose_of(body)
    prose.blocks = _between(prose.blocks, _main_text(page))
    return _without_edges(prose, title)


def _between(blocks: list[str], main: str) -> list[str]:
    """A body's blocks and a guess at its main text in; what stands between the guess's first and last block out.

    A long block bounds it, and next to that a short one which is a line of the guess: words of a menu may stand in any
    text. All blocks where the guess has too little.
    """
    whole, lines = _folded(main), {_folded(line) for line in main.splitlines()} - {""}
    folded = [_folded(block) for block in blocks]

    def edge(order: range) -> int | None:
        return next((i for i in order[:_LOOKED_AT] if len(folded[i]) >= _SURE and folded[i] in whole), None)

    first, last = edge(range(len(blocks))), edge(range(len(blocks) - 1, -1, -1))
    if first is None or last is None:
        return blocks
    while first > 0 and folded[first - 1] in lines:
        first -= 1
    while last + 1 < len(blocks) and folded[last + 1] in lines:
        last += 1
    kept = blocks[first : last + 1]
    return kept if sum(map(len, kept)) > _LEAST_MAIN else blocks


def _without_edges(prose: Prose, title: str) -> Prose:
    """A text without the title and byline above it and without what a site hangs below: related posts, share buttons.

    A list of other texts is known by its heading. It is cut only where less than half of the text would go with it.
    """
    blocks, above = prose.blocks, False
    while blocks and (_folded(blocks[0].lstrip("# ")) == _folded(title) or (above and _BYLINE.fullmatch(blocks[0]))):
        blocks, above = blocks[1:], True
    size = left = sum(map(len, blocks))
    for i, block in enumerate(blocks):
        if i and left < size / 2 and _ends_above(block, blocks[i + 1 :]):
            blocks = blocks[:i]
            break
        left -= len(block)
    prose.blocks = blocks or prose.blocks
    return prose


def _ends_above(block: str, below: list[str]) -> bool:
    """Whether a text ends above this block: it is what a site puts below one, and what follows fits that.

    A line that ends as a sentence does may be the author's own: then what follows must be next to nothing.
    """
    line, heading = block.lstrip("# ").strip(), block.startswith("#")
    if len(line) > _LISTED or not (_BELOW.fullmatch(line) or _MAYBE_BELOW.fullmatch(line)):
        return False
    if not heading and line.endswith((".", "!", "?")) and sum(map(len, below)) > _LISTED:
        return False
    entries = [entry for one in below for entry in one.split("\n")]
    return bool(_BELOW.fullmatch(line)) or ((heading or bool(entries)) and all(len(one) < _LISTED for one in entries))


def _only_the_text(node: Tag) -> None:
    """Takes out what stands around a text, and what readers wrote under it."""
    without(node, *_AROUND)
    for tag in node.find_all(["div", "section", "article", "ul", "ol", "li"]):
        if tag.decomposed:
            continue
        marks = [str(tag.get("id") or ""), *(tag.get_attribute_list("class") or [])]
        if any(_COMMENTS.search(str(mark or "")) for mark in marks) and tag.find("h1") is None:
            tag.decompose()


def _main_text(page: str) -> str:
    import trafilatura

    try:
        found = trafilatura.bare_extraction(page, include_comments=False, with_metadata=False)
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, AssertionError):
        return ""  # a hint only
    return str(getattr(found, "text", "") or "")


def _folded(text: str) -> str:
    return "".join(re.findall(r"\w", text)).casefold()


def _text(data: bytes, charset: str = "") -> str:
    """Bytes in, text out, by the charset that the page or its part names where UTF-8 does not fit."""
    named = _CHARSET.search(data[:4096])
    known = (charset or (named[1].decode("ascii") if named else "")).lower()
    if known and known not in ("utf-8", "utf8", "us-ascii", "iso-8859-1", "latin-1"):
        try:
            return data.decode(known)
        except (LookupError, UnicodeError, ValueError):
            pass
    return decoded(data)


def _leaves(mail: Message) -> Iterator[Message]:
    stack = [mail]
    for _ in range(2000):
        if not stack:
            return
        part = stack.pop()
        payload = part.get_payload()
        if isinstance(payload, list):
            stack += [inner for inner in reversed(payload) if isinstance(inner, Message)]
        else:
            yield part


def _told(soup: BeautifulSoup) -> dict[str, str]:
    """What the page says of itself: JSON-LD, then OpenGraph and meta tags, then its marked-up parts."""
    told = _json_ld(soup)
    for name, selector in _METAS:
        found = soup.select_one(selector)
        value = str(found.get("content") or "").strip() if found else ""
        if value and not told.get(name) and not (name == "author" and value.startswith("http")):
            told[name] = value
    canonical = soup.select_one("link[rel=canonical][href]")
    told["url"] = str(canonical["href"]) if canonical and str(canonical["href"]).startswith("http") else ""
    for name, selector in (("author", ".h-entry .p-author, [rel=author], .byline .author"), ("date", "time[datetime]")):
        found = soup.select_one(selector)
        if found and not told.get(name):
            told[name] = _shown(found, name)
    heading = soup.select("h1")
    plain = soup.select_one("title")
    told["title"] = told.get("title") or (
        one_line(heading[0]) if len(heading) == 1 else one_line(plain) if plain else ""
    )
    return {name: "" if broken(value) else value[:1000] for name, value in told.items()}


def _shown(found: Tag, name: str) -> str:
    return str(found["datetime"]) if name == "date" else re.sub(r"^by\s+", "", one_line(found), flags=re.IGNORECASE)


def _json_ld(soup: BeautifulSoup) -> dict[str, str]:
    for script in soup.select('script[type="application/ld+json"]')[:20]:
        try:
            data = json.loads(re.sub(r"<!\[CDATA\[|\]\]>", "", script.get_text()[:500_000]))
        except (ValueError, RecursionError):
            continue
        for one in _nodes(data):
            kinds = one.get("@type")
            if not _KINDS & set(map(str, kinds if isinstance(kinds, list) else [kinds])):
                continue
            authors = one.get("author")
            names = [_called(author) for author in (authors if isinstance(authors, list) else [authors])]
            told = {"title": one.get("headline"), "date": one.get("datePublished")}
            found = {name: value.strip() for name, value in told.items() if isinstance(value, str)}
            return {**found, "author": ";".join(filter(None, names))}
    return {}


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD text, those of its lists and graph."""
    top = data if isinstance(data, list) else [data]
    for one in top[:100]:
        if isinstance(one, dict):
            graph = one.get("@graph")
            yield one
            yield from (inner for inner in (graph if isinstance(graph, list) else [])[:200] if isinstance(inner, dict))


def _called(author: Any) -> str:
    name = author.get("name") if isinstance(author, dict) else author
    return name.strip().replace(";", ",") if isinstance(name, str) and not name.startswith("http") else ""


def _date(value: str) -> datetime | None:
    return moment(value.replace("Z", "+00:00") if value.endswith("Z") else value)
