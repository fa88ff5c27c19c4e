"""One mail's bytes in, what its writer typed out, or why there is nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from twin.core.records import Item, Skipped, digest
from twin.sources.archive import broken, decoded
from twin.sources.mail.boxes import Mail
from twin.sources.mail.cut import Cut, cut
from twin.sources.mail.html import body_of

MAX_BODY = 1_000_000
MAX_PARTS = 500
MAX_HEADER = 4_000
"""Characters of one header that are looked at."""

_PREFIX = re.compile(
    r"\s*(?:(?:re|fwd?|aw|wg|antw|tr|rv|enc|odp|pd|sv|vs|vb|ref|res|rif|ynt|ilt|回复|答复|转发)(?:\[\d+\])?\s*[:：]\s*)+",
    re.IGNORECASE,
)
_BULK = ("bulk", "junk")
_LIST = ("List-Id", "List-Post", "X-List", "Mailing-List", "X-Mailing-List", "X-Loop", "X-Mailman-Version")
_AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Auto-Response", "X-Vacation")
_PGP = "-----BEGIN PGP MESSAGE-----"


def sender(head: bytes) -> list[str]:
    """A mail's first bytes in, the addresses of its From out, in lower case."""
    try:
        return addresses(message_from_bytes(head.partition(b"\n\n")[0] + b"\n\n"), "From")
    except (MessageError, ValueError, RecursionError):
        return []


def addresses(mail: Message, *names: str) -> list[str]:
    """Header names in, the addresses that they hold out, in lower case."""
    values = [header(mail, name) for name in names]
    try:
        found = getaddresses([value for value in values if value])
    except (ValueError, IndexError, TypeError):
        return []
    return [address.lower() for _, address in found if "@" in address]


def header(mail: Message, name: str) -> str:
    """A header's text, decoded from RFC 2047 and on one line; empty where there is none."""
    value = mail.get(name)
    if value is None:
        return ""
    try:
        parts = decode_header(str(value)[:MAX_HEADER])
    except (HeaderParseError, ValueError, LookupError):
        return " ".join(_mended(str(value)[:MAX_HEADER]).split())
    texts = []
    for part, charset in parts:
        texts.append(_mended(part) if isinstance(part, str) else _text_of(part, charset or ""))
    return " ".join("".join(texts).split())


def key_of(mail: Message, data: bytes) -> str:
    """The Message-ID without its brackets; a digest of date, subject and bytes where there is none."""
    native = header(mail, "Message-ID").strip("<> ")
    return native if native and not broken(native) else f"mail-{digest(data.decode('latin-1'))}"


def owner_signs(head: bytes) -> list[str]:
    """A mail's first bytes in, the addresses it was delivered to out."""
    try:
        return addresses(message_from_bytes(head.partition(b"\n\n")[0] + b"\n\n"), "Delivered-To", "X-Original-To")
    except (MessageError, ValueError, RecursionError):
        return []


def item_of(found: Mail, *, tail: Callable[[str], str]) -> Item | Skipped:
    """A mail by the author in, the item out; `tail` takes off what stands under many of the author's mails."""
    data, name = found.data, found.name
    try:
        mail = message_from_bytes(data)
        key = key_of(mail, data)
        if reason := _unwanted(mail):
            return Skipped(key, reason)
        plain, html = _bodies(mail)
    except (MessageError, ValueError, LookupError, RecursionError, AttributeError, TypeError, AssertionError) as bad:
        return Skipped(f"{name} {digest(data.decode('latin-1'))}", f"a damaged mail: {type(bad).__name__}")
    if reason := broken(plain, html) or _sealed(plain):
        return Skipped(key, reason)
    if len(plain) > MAX_BODY or len(html) > 4 * MAX_BODY:
        return Skipped(key, f"longer than {MAX_BODY:,} characters")
    try:
        words = words_of(plain, html)
    except RecursionError:
        return Skipped(key, "nested too deep")
    text = tail(words.text)
    if not text.strip():
        return Skipped(key, "no words of your own")
    title = _PREFIX.sub("", header(mail, "Subject"), count=1)
    labels = {label.strip().strip('"').lower() for label in header(mail, "X-Gmail-Labels").split(",")}
    return Item(
        key, "message", "mail", text, title="" if broken(title) else title, published=_sent(mail), quoted=words.quoted,
        raw=plain or html, raw_type="text/plain" if plain else "text/html",
        draft=found.draft or bool(labels & {"drafts", "draft", "entwürfe", "brouillons", "borradores"}),
    )  # fmt: skip


def words_of(plain: str, html: str) -> Cut:
    """A mail's plain and HTML text in, either possibly empty, what its writer typed out.

    The plain text is taken, with the line breaks that a client put in to keep lines short taken out again where the
    HTML holds the same words without them.
    """
    body = body_of(html) if html.strip() else None
    if not plain.strip():
        return cut(body.text, signatures=body.signatures) if body else Cut("")
    mine = cut(plain, signatures=body.signatures if body else ())
    if body is None:
        return mine
    seen = cut(body.text, signatures=body.signatures)
    if not mine.text and seen.text and not mine.quoted:
        return seen
    return Cut(_unwrapped(mine.text, seen.text), mine.quoted)


def _unwrapped(plain: str, seen: str) -> str:
    """Two texts of the same words in, the first without the line breaks that are a space in the second."""
    words, shown = re.split(r"(\s+)", plain), re.split(r"(\s+)", seen)
    if words[::2] != shown[::2]:
        return plain
    for i in range(1, len(words), 2):
        if words[i].strip(" \t\r") == "\n" and "\n" not in shown[i]:
            words[i] = " "
    return "".join(words)


def _unwanted(mail: Message) -> str:
    """Why a mail from the author's address is not the author's words: a machine sent it."""
    automatic = header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    if automatic not in ("", "no") or any(name in mail for name in _AUTOMATIC):
        return "sent by a machine: an automatic reply"
    precedence = header(mail, "Precedence").lower()
    if precedence == "auto_reply" or (precedence in _BULK and not any(name in mail for name in _LIST)):
        return "sent by a machine: bulk mail"
    kind = mail.get_content_type()
    if kind in ("multipart/report", "message/delivery-status"):
        return "sent by a machine: a report"
    if kind == "multipart/encrypted" or ("pkcs7-mime" in kind and "signed" not in str(mail.get("Content-Type", ""))):
        return "encrypted"
    if any(part.get_content_type() == "text/calendar" for part in _parts(mail)):
        return "an invitation or its answer"
    return ""


def _bodies(mail: Message) -> tuple[str, str]:
    """The plain and the HTML text of a mail; attachments and attached mails are not looked at."""
    plain: list[str] = []
    html: list[str] = []
    for part in _parts(mail):
        kind = part.get_content_type()
        if (
            kind not in ("text/plain", "text/html")
            or part.get_filename()
            or part.get_content_disposition() == "attachment"
        ):
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        text = _text_of(payload[: 4 * MAX_BODY], str(part.get_param("charset") or ""))
        if kind == "text/html":
            html.append(text)
        elif str(part.get_param("format") or "").lower() == "flowed":
            plain.append(_flowed(text, delete=str(part.get_param("delsp") or "").lower() == "yes"))
        else:
            plain.append(text)
    return "\n\n".join(filter(str.strip, plain)), "\n".join(html)


def _parts(mail: Message) -> Iterator[Message]:
    """Every part in reading order, without those of attached mails."""
    stack: list[Message] = [mail]
    for _ in range(MAX_PARTS):
        if not stack:
            return
        part = stack.pop()
        yield part
        payload = part.get_payload()
        if isinstance(payload, list) and part.get_content_maintype() == "multipart":
            stack += [inner for inner in reversed(payload) if isinstance(inner, Message)]


def _text_of(payload: bytes, charset: str) -> str:
    """Bytes in, text out, by the charset they are said to be in, unless that is unknown or plainly wrong."""
    known = charset.strip("\"' ").lower()
    if known and known not in ("unknown-8bit", "us-ascii", "ascii", "utf-8", "utf8"):
        try:
            return payload.decode({"iso-8859-1": "cp1252", "latin-1": "cp1252"}.get(known, known)).removeprefix(
                "\ufeff"
            )
        except (LookupError, UnicodeError, ValueError):
            pass
    return decoded(payload)


def _mended(text: str) -> str:
    """A header's text with raw bytes in it, decoded."""
    try:
        return decoded(text.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return text


def _flowed(text: str, *, delete: bool) -> str:
    """RFC 3676: a line that ends with a space goes on in the next; an own line that begins with a space loses it."""
    lines: list[str] = []
    depth_before, open_before = 0, False
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        if open_before and depth == depth_before and lines:
            lines[-1] += bare
        else:
            lines.append(">" * depth + (" " if depth else "") + bare)
        open_before = bare.endswith(" ") and bare != "-- "
        depth_before = depth
        if open_before and delete:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _sealed(text: str) -> str:
    return "encrypted" if text.lstrip().startswith(_PGP) else ""


def _sent(mail: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(header(mail, "Date"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
