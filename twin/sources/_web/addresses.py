"""A web address in, the public network address that it stands for out; all others are refused."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from twin.core.errors import BadSource

NO_LOCAL: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: `address` was looked up once and checked, so that a second answer cannot lead elsewhere."""

    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def url(self) -> str:
        where = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{where}:{self.port}{self.path}"

    @property
    def named(self) -> str:
        """The Host header."""
        usual = {"http": 80, "https": 443}[self.scheme]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == usual else f"{host}:{self.port}"


def target_of(url: str, *, local: frozenset[str] = NO_LOCAL) -> Target:
    """Raises: BadSource for what is no web address, holds a password, or leads to a private network.

    `local` names addresses that are let through all the same: those of a test's own server.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError) as bad:
        raise BadSource(f"{url[:200]!r} is not a web address", "check the address") from bad
    if parts.scheme not in ("http", "https") or not host:
        raise BadSource(f"{url[:200]!r} is not a web address", "check the address")
    if parts.username or parts.password:
        raise BadSource(f"the address of {host!r} holds a name or password", "leave it out")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as bad:
        raise BadSource(f"cannot find {host!r}: no network, or no such name", "check the network") from bad
    addresses = [str(address[0]).split("%")[0] for *_, address in found]
    for address in addresses:
        if address not in local and not ipaddress.ip_address(address).is_global:
            raise BadSource(f"{url!r} is an address on a private network", "give a public address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, addresses[0], path)


def refuse_private(url: str) -> None:
    """Raises: BadSource for any address that is not a public one, after the name was looked up."""
    target_of(url)
