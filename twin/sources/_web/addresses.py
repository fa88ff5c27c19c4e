"""A web address in, the public network addresses that it stands for out; all others are refused."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from twin.core.errors import BadSource

NO_LOCAL: frozenset[str] = frozenset()
MOST_ADDRESSES = 4
_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: `addresses` were looked up once and checked, so that no second answer leads elsewhere."""

    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]
    path: str

    @property
    def named(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str, *, local: frozenset[str] = NO_LOCAL) -> Target:
    """Raises: BadSource for what is no web address, holds a password, or leads to a private network.

    `local` names addresses that are let through all the same: those of a test's own server.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError) as bad:
        raise BadSource(f"{url[:200]!r} is not a web address", "check the address") from bad
    if parts.scheme not in _PORTS or not host:
        raise BadSource(f"{url[:200]!r} is not a web address", "check the address")
    if parts.username or parts.password:
        raise BadSource(f"the address of {host!r} holds a name or password", "leave it out")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as bad:
        raise BadSource(f"cannot find {host!r}: no network, or no such name", "check the network") from bad
    addresses = tuple(dict.fromkeys(str(address[0]).split("%")[0] for *_, address in found))
    for address in addresses:
        if address not in local and not is_public(address):
            raise BadSource(f"{url!r} is an address on a private network", "give a public address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        path = quote(path, safe="/?:@!$&'()*+,;=~%|[]")
    except UnicodeError as bad:  # half of a pair, which no encoding has
        raise BadSource(f"{url[:200]!r} is not a web address", "check the address") from bad
    return Target(parts.scheme, host, port, addresses[:MOST_ADDRESSES], path)


def is_public(address: str) -> bool:
    """Whether an IP address is one host on the public network, and not a private one in the clothes of IPv6."""
    found = ipaddress.ip_address(address)
    if not found.is_global or found.is_multicast or (found.is_reserved and found.version == 4):
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return True
    inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
    if inner is None and (found in _NAT64 or found in _COMPATIBLE):
        inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return not found.is_site_local and (inner is None or is_public(str(inner)))


def refuse_private(url: str) -> None:
    """Raises: BadSource for any address that is not a public one, after the name was looked up."""
    target_of(url)
