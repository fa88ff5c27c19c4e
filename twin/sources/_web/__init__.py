"""The network as a guest uses it (core.protocols.Web): one door for every page that a source or a request names."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from twin.core.errors import BadSource, Wall
from twin.core.records import Page

AGENT = "llm-twin/0.1 (a person's own writing tool; reads what its user names)"
MOST_BYTES = 5_000_000
MOST_REDIRECTS = 5
_WALLS = frozenset({401, 403, 999})


class Guest:
    """A polite visitor of public addresses. `timeout_s` is the longest wait for one answer, in seconds."""

    def __init__(self, *, timeout_s: float) -> None:
        self.timeout_s = timeout_s

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Page:
        import httpx

        sent = {"User-Agent": AGENT, **(headers or {})}
        try:
            with httpx.Client(timeout=self.timeout_s, follow_redirects=False) as client:
                for _ in range(MOST_REDIRECTS + 1):
                    refuse_private(url)
                    with client.stream("GET", url, headers=sent) as answer:
                        if not answer.is_redirect:
                            return _page(url, answer.status_code, answer.headers, answer.iter_bytes())
                        onward = urljoin(url, answer.headers.get("location", ""))
                        if urlsplit(onward).netloc != urlsplit(url).netloc:
                            sent = {"User-Agent": AGENT}
                        url = onward
            raise BadSource(f"{url!r} redirects more than {MOST_REDIRECTS} times")
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as bad:
            raise BadSource(f"cannot read {url!r}: {bad or type(bad).__name__}", "check the address") from bad


def _page(url: str, status: int, headers: Mapping[str, str], parts: object) -> Page:
    if status in _WALLS:
        raise Wall(f"{url!r} answered {status}", "save the page from your own browser and add the file")
    if status >= 400:
        raise BadSource(f"{url!r} answered {status}", "check the address")
    content = bytearray()
    for part in parts:  # type: ignore[attr-defined]
        content += part
        if len(content) > MOST_BYTES:
            raise BadSource(f"{url!r} is larger than {MOST_BYTES:,} bytes")
    kind, _, rest = headers.get("content-type", "text/html").partition(";")
    charset = rest.partition("charset=")[2].strip("\"' ")
    return Page(url, bytes(content), kind.strip().lower(), charset, {k.lower(): v for k, v in headers.items()})


def refuse_private(url: str) -> None:
    """Raises: BadSource for any address that is not a public one, after the name was looked up."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSource(f"{url!r} is not a web address")
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError) as bad:
        raise BadSource(f"cannot find {parts.hostname!r}: no network, or no such name") from bad
    for *_, address in found:
        if not ipaddress.ip_address(str(address[0]).split("%")[0]).is_global:
            raise BadSource(f"{url!r} is an address on a private network")
