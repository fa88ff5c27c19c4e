"""One request over the wire: to an address that was checked, its answer within bounds of size and time."""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore

from twin.core.errors import BadSource
from twin.sources._web.addresses import Target

_PACKINGS = frozenset({"gzip", "x-gzip", "deflate"})
_TEXT_TYPES = (
    "text/", "multipart/related", "message/rfc822", "application/json", "application/xml", "application/xhtml",
    "application/rss", "application/atom", "application/ld+json", "application/feed+json", "application/javascript",
    "application/pdf", "application/x-pdf", "application/gzip", "application/x-gzip", "application/x-tar",
    "application/x-eprint", "application/octet-stream", "application/vnd.github", "application/vnd.linkedin",
)  # fmt: skip
"""Archives and unnamed bytes pass: sitemaps and papers come packed, and many hosts name no type for them."""
_NEVER = ("image/", "audio/", "video/", "font/")
_STEP = 1 << 18


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` have lower-case names, `content` is the body unpacked."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Bounds:
    """`timeout_s` for each part of an answer and `whole_s` for all of it, in seconds; `most_bytes` once unpacked."""

    timeout_s: float
    whole_s: float
    most_bytes: int


def send(url: str, target: Target, headers: Mapping[str, str], bounds: Bounds, *, body: bytes | None = None) -> Answer:
    """A GET, or a POST of a `body`.

    Raises: ConnectionError for what may go better another time; BadSource for what will not.
    """
    end = time.monotonic() + bounds.whole_s
    backend = _Pinned(target.addresses, lambda: end - time.monotonic())
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), bounds.timeout_s)
    sent = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Connection": "close", **headers}
    try:
        named = [
            (name.encode("ascii"), value.encode("ascii")) for name, value in {"Host": target.named, **sent}.items()
        ]
        where = httpcore.URL(
            scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode()
        )
        context = _trust() if target.scheme == "https" else None
        with (
            httpcore.ConnectionPool(ssl_context=context, network_backend=backend, max_connections=1) as pool,
            pool.stream(
                "GET" if body is None else "POST", where, headers=named, content=body, extensions={"timeout": timeouts}
            ) as answer,
        ):
            told = _named(answer.headers)
            return Answer(answer.status, told, _body(url, answer.status, told, answer.iter_stream(), bounds.most_bytes))
    except httpcore.TimeoutException as bad:
        if time.monotonic() >= end:
            raise BadSource(
                f"{url!r} answers too slowly", "collect again later, or save the page and add the file"
            ) from bad
        raise ConnectionError("no answer in time") from bad
    except httpcore.ConnectError as bad:
        if isinstance(bad.__cause__ or bad.__context__, ssl.SSLCertVerificationError):
            raise BadSource(f"{target.host!r} cannot prove who it is: {bad}", "check the address") from bad
        raise ConnectionError(str(bad) or "no connection") from bad
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as bad:
        raise ConnectionError(str(bad) or type(bad).__name__) from bad
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, UnicodeError) as bad:
        raise BadSource(f"cannot ask for {url!r}: {bad or type(bad).__name__}", "check the address") from bad


@cache
def _trust() -> ssl.SSLContext:
    return httpcore.default_ssl_context()


def _named(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header lines in, values by lower-case name out; those of one name joined as RFC 9110 has it."""
    told: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        told[name] = f"{told[name]}, {value}" if name in told else value
    return told


def _body(url: str, status: int, headers: Mapping[str, str], parts: Iterable[bytes], most: int) -> bytes:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if status < 300 and not _may_be_text(kind):
        raise BadSource(f"{url!r} is {kind[:80]}, not a text", "give the address of a page")
    packing = headers.get("content-encoding", "").strip().lower()
    if packing not in ("", "identity", *_PACKINGS):
        raise BadSource(f"{url!r} comes packed as {packing[:80]!r}, which was not asked for", "save the page as a file")
    content, unpacked = bytearray(), _Unpacked() if packing in _PACKINGS else None
    for part in parts:
        for piece in unpacked.of(url, part) if unpacked else (part,):
            content += piece
            if len(content) > most:
                raise BadSource(f"{url!r} is larger than {most:,} bytes", "download it and add the file")
    if unpacked and not unpacked.whole:
        raise ConnectionError("the answer ends early")
    return bytes(content)


def _may_be_text(kind: str) -> bool:
    if kind.startswith(_NEVER):
        return False
    return "/" not in kind or kind.startswith(_TEXT_TYPES) or kind.endswith(("+json", "+xml"))


class _Unpacked:
    """Unpacks gzip and deflate a bounded piece at a time, so that a bomb is seen before it is held."""

    def __init__(self) -> None:
        self.packed: Any = None
        self.whole = True

    def of(self, url: str, part: bytes) -> Iterable[bytes]:
        while part:
            if self.packed is None:
                self.packed, self.whole = _unpacker(part[0]), False
            try:
                piece = self.packed.decompress(part, _STEP)
            except zlib.error as bad:
                raise BadSource(f"{url!r} is damaged: {bad}", "collect again later") from bad
            part = self.packed.unconsumed_tail
            yield piece
            if self.packed.eof:  # gzip may go on with one more member; what is none is padding
                part, self.whole = self.packed.unused_data, True
                self.packed = None
                if not part.startswith(b"\x1f\x8b"):
                    return


def _unpacker(first: int) -> Any:
    """By the first byte: gzip, zlib, or deflate with nothing around it, which some hosts send in zlib's place."""
    return zlib.decompressobj(zlib.MAX_WBITS | 32 if first in (0x1F, 0x78) else -zlib.MAX_WBITS)


class _Pinned(httpcore.NetworkBackend):
    """Connects to these addresses alone, whatever the name means by now, and only while time is left."""

    def __init__(self, addresses: tuple[str, ...], left: Callable[[], float]) -> None:
        self.addresses, self.left = addresses, left

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError(f"{host!r} has no address")
        for address in self.addresses:
            try:
                found = httpcore.SyncBackend().connect_tcp(address, port, timeout=_least(timeout, self.left()))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as bad:
                failed = bad
            else:
                return _Timed(found, self.left)
        raise failed

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class _Timed(httpcore.NetworkStream):
    """A connection whose every wait ends when the whole answer's time does."""

    def __init__(self, inner: httpcore.NetworkStream, left: Callable[[], float]) -> None:
        self.inner, self.left = inner, left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, _least(timeout, self.left()))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, _least(timeout, self.left()))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self.inner.start_tls(ssl_context, server_hostname, _least(timeout, self.left())), self.left)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


def _least(timeout: float | None, left: float) -> float:
    if left <= 0:
        raise httpcore.ReadTimeout("the whole answer's time is over")
    return left if timeout is None else min(timeout, left)
