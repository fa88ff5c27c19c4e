"""The HTML of a mail in, its lines as a person saw them out: quotes as `>` lines, signatures apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4.element import NavigableString, PreformattedString, Tag

from twin.sources.prose import parsed

MAX_NODES = 200_000

_UNSEEN = frozenset("head title script style template noscript svg img iframe object video audio canvas".split())
_LINES = frozenset("div tr li ul ol table tbody section article header footer center address pre dl dt dd".split())
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6".split())
_SIGNATURES = (
    ".gmail_signature, [data-smartmail=gmail_signature], .moz-signature, #Signature, [data-signatureblock], "
    "#ms-outlook-mobile-signature, #AppleMailSignature, .protonmail_signature_block, .tutanota_signature"
)
_QUOTES = (
    "blockquote, .yahoo_quoted, .protonmail_quote, .moz-forward-container, [name=OLK_SRC_BODY_SECTION], "
    "#OLK_SRC_BODY_SECTION, #mail-editor-reference-message-container, .ms-outlook-mobile-reference-message, "
    "[name=_MailOriginal], [id^=AOLMsgPart], .zmail_extra, .tutanota_quote, #isForwardContent, #isReplyContent"
)
_CUTS = "#divRplyFwdMsg, #appendonsend, hr#stopSpelling, hr#zwchr, #reply-intro"
"""From one of these on, all that follows is another's."""


@dataclass(slots=True)
class Body:
    """A mail's lines, quotes in them as `>` lines, and the texts marked as signatures, which are not in the lines."""

    text: str
    signatures: tuple[str, ...] = ()


def body_of(html: str) -> Body:
    soup = parsed(html)
    signatures = []
    for tag in soup.select(_SIGNATURES):
        if not tag.decomposed:
            signatures.append(" ".join(tag.get_text(" ").split()))
            tag.decompose()
    marks: dict[int, str] = {id(tag): "quote" for tag in soup.select(_QUOTES)}
    marks |= {id(tag): "quote" for tag in soup.select(".gmail_quote") if not tag.find("blockquote")}
    marks |= {id(tag): "cut" for tag in soup.select(_CUTS)}
    return Body(_lines(soup, marks), tuple(filter(None, signatures)))


def _lines(root: Tag, marks: dict[int, str]) -> str:
    """Walked with a stack, since a mail may nest as deep as it likes."""
    written = _Lines()
    stack: list[tuple[object, bool]] = [(root, False)]
    for _ in range(MAX_NODES):
        if not stack:
            break
        node, leaving = stack.pop()
        if isinstance(node, Tag):
            if leaving:
                written.leave(node, quoted=marks.get(id(node)) == "quote")
                continue
            if node.name in _UNSEEN:
                continue
            if marks.get(id(node)) == "cut":
                written.quote_the_rest()
            written.enter(node, quoted=marks.get(id(node)) == "quote")
            stack.append((node, True))
            stack += [(child, False) for child in reversed(node.contents)]
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            written.add(str(node), verbatim=node.find_parent("pre") is not None)
    return written.text()


class _Lines:
    def __init__(self) -> None:
        self.done: list[str] = []
        self.line: list[str] = []
        self.depth = 0
        self.rest = False

    def enter(self, tag: Tag, *, quoted: bool) -> None:
        if tag.name == "br":
            self.end(always=True)
        elif tag.name in _PARAGRAPHS:
            self.end()
            self.blank()
        elif tag.name in _LINES or quoted:
            self.end()
        self.depth += quoted
        if tag.name == "li":
            self.line.append("- ")

    def leave(self, tag: Tag, *, quoted: bool) -> None:
        if tag.name in _PARAGRAPHS:
            self.end()
            self.blank()
        elif tag.name in _LINES or quoted:
            self.end()
        elif tag.name in ("td", "th"):
            self.line.append(" ")
        self.depth -= quoted

    def add(self, text: str, *, verbatim: bool) -> None:
        if verbatim:
            for part in text.split("\n")[:-1]:
                self.line.append(part)
                self.end(always=True)
            self.line.append(text.rpartition("\n")[2])
        else:
            self.line.append(re.sub(r"[ \t\r\n\f]+", " ", text))

    def end(self, *, always: bool = False) -> None:
        text = re.sub(r" {2,}", " ", "".join(self.line).replace("\xa0", " ")).strip(" ")
        self.line = []
        if text or always:
            self.done.append(f"{self._mark()}{text}")

    def blank(self) -> None:
        if self.done and self.done[-1].strip("> "):
            self.done.append(self._mark().rstrip())

    def quote_the_rest(self) -> None:
        self.end()
        self.rest = True

    def text(self) -> str:
        self.end()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.done)).strip("\n")

    def _mark(self) -> str:
        return "> " if self.depth or self.rest else ""
