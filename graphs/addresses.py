"""IP prefixes as integer ranges, IPv4 and IPv6 alike, and which of them are the internet's."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType


@dataclass(frozen=True, slots=True, order=True)
class Prefix:
    """Addresses `low` to `high`, both included, of one family (4 or 6)."""

    family: int
    low: int
    high: int

    def __str__(self) -> str:
        size = self.high - self.low + 1
        if self.family == 4 and not size & (size - 1) and not self.low & (size - 1):
            return f"{self.first}/{self.length}"
        make = ipaddress.IPv4Address if self.family == 4 else ipaddress.IPv6Address
        spans = list(ipaddress.summarize_address_range(make(self.low), make(self.high)))
        return str(spans[0]) if len(spans) == 1 else f"{make(self.low)}-{make(self.high)}"

    @property
    def first(self) -> str:
        """The lowest address as text."""
        if self.family == 4:
            return ".".join(map(str, self.low.to_bytes(4)))
        return str(ipaddress.IPv6Address(self.low))

    @property
    def length(self) -> int:
        """The prefix length; meaningful where the range is one CIDR block."""
        return (32 if self.family == 4 else 128) - (self.high - self.low).bit_length()

    def covers(self, other: "Prefix") -> bool:
        """Whether every address of the other is in this one."""
        return self.family == other.family and self.low <= other.low and other.high <= self.high

    def meets(self, other: "Prefix") -> bool:
        """Whether they share an address."""
        return self.family == other.family and self.low <= other.high and other.low <= self.high


_PART = "(0|[1-9][0-9]{0,2})"
_DOTTED = re.compile(rf"{_PART}\.{_PART}\.{_PART}\.{_PART}(?:/(0|[1-9][0-9]?))?")


@lru_cache(maxsize=65536)
def prefix(text: str) -> Prefix:
    """Read `10.0.0.0/8`, `2001:db8::/32` or a bare address. Host bits are dropped, as AWS does.

    Raises ValueError where it is neither.

    >>> str(prefix("10.1.2.3/8"))
    '10.0.0.0/8'
    """
    if dotted := _DOTTED.fullmatch(text):  # most are, and a number that begins with 0 is none
        *parts, length = map(int, dotted.groups("32"))
        if max(parts) < 256 and length <= 32:
            size = 1 << (32 - length)
            low = int.from_bytes(parts) & -size
            return Prefix(4, low, low + size - 1)
    net = ipaddress.ip_network(text.strip(), strict=False)
    return Prefix(net.version, int(net.network_address), int(net.broadcast_address))


ANY4 = prefix("0.0.0.0/0")
ANY6 = prefix("::/0")

_NOT_PUBLIC4 = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",  # multicast and reserved
)


def _between(spans: tuple[Prefix, ...]) -> tuple[Prefix, ...]:
    """The addresses between spans that stand in order and reach from the first to the last."""
    return tuple(Prefix(4, a.high + 1, b.low - 1) for a, b in pairwise(spans))


PUBLIC4 = _between(tuple(map(prefix, _NOT_PUBLIC4)))
"""All IPv4 addresses that hosts on the internet can have."""
PUBLIC6 = (prefix("2000::/3"),)
"""IPv6 global unicast."""

ANYBODYS: Mapping[int, int] = MappingProxyType({4: 2**24, 6: 2**96})
"""How many addresses of a family one owner may have: among more, a stranger can have one.

S3 draws the line at a /8 and a /32 too; Amazon S3 User Guide, "The meaning of public"."""


def is_public(part: Prefix) -> bool:
    """Whether hosts on the internet can have some address of it."""
    return any(part.meets(each) for each in (*PUBLIC4, *PUBLIC6))


def anybodys(addresses: Iterable[Prefix]) -> bool:
    """Whether so many public addresses are among these that a stranger can have one.

    >>> anybodys([prefix("0.0.0.0/1"), prefix("128.0.0.0/1")]), anybodys([prefix("203.0.113.0/24")])
    (True, False)
    >>> anybodys([prefix("fc00::/7"), prefix("224.0.0.0/3")])
    False
    """
    found = {4: 0, 6: 0}
    for each in addresses:
        for public in (*PUBLIC4, *PUBLIC6):
            if each.meets(public):
                shared = min(each.high, public.high) - max(each.low, public.low) + 1
                found[each.family] += shared
    return any(found[family] > most for family, most in ANYBODYS.items())
