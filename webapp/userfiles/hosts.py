"""Which machines the server may ask on a visitor's behalf: public ones, and those of its own network that the operator names.

A page must not reach through us what only we can reach: this machine, its network, a cloud's metadata. The name is looked up once,
every address it has must be allowed, and the connection goes to the very address that was checked.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from predictor.api import DomainError

_PORTS = {"http": 80, "https": 443}
_RESERVED_BELOW = 1024
_MOST_CHARACTERS = 2000
_WRAPPED = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")]
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Place:
    """An http address with the one numeric address that it may be fetched from."""

    parts: SplitResult
    host: str
    port: int
    address: str

    @property
    def path(self) -> str:
        """As a request line has it."""
        return (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")


def checked_place(url: str) -> Place:
    """Raises DomainError `bad_url`, `unknown_host` or `refused_host`, all 422."""
    parts, host, port = _parsed(url)
    named = host in {name.lower() for name in settings.FETCH_PRIVATE_HOSTS}
    if not named and port < _RESERVED_BELOW and port not in _PORTS.values():
        raise DomainError("refused_host", _("Files are not fetched from port %(port)s.") % {"port": port})
    addresses = _looked_up(host, port)
    if not named and not all(is_public(one) for one in addresses):
        sentence = _(
            "%(host)s is inside this server's network, from which files are not fetched; upload the file instead."
        )
        raise DomainError("refused_host", sentence % {"host": host})
    return Place(parts, host, port, addresses[0])


def is_public(address: str) -> bool:
    """Whether anybody on the internet could reach it as well."""
    found: _Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            found = found.ipv4_mapped
        elif any(found in net for net in _WRAPPED):  # an IPv4 address may hide in it
            return False
    local = isinstance(found, ipaddress.IPv6Address) and found.is_site_local  # for Python they are global
    return found.is_global and not (local or found.is_multicast or found.is_reserved)


def _parsed(url: str) -> tuple[SplitResult, str, int]:
    refused = DomainError(
        "bad_url", _("Give an address that begins with https:// or http://, without a password in it.")
    )
    if len(url) > _MOST_CHARACTERS or not url.isascii() or any(sign <= " " or sign == "\x7f" for sign in url):
        raise refused
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise refused from None
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc or "\\" in parts.netloc:
        raise refused
    return parts, host.lower(), port or _PORTS[parts.scheme]


def _looked_up(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        sentence = _("There is no machine called %(host)s; check the address.") % {"host": host[:100]}
        raise DomainError("unknown_host", sentence) from None
    return [str(one[4][0]) for one in found]
