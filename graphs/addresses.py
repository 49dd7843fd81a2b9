"""IP prefixes as integer ranges, IPv4 and IPv6 alike."""

import ipaddress
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, order=True)
class Prefix:
    """Addresses `low` to `high`, both included, of one family (4 or 6)."""

    family: int
    low: int
    high: int

    def __str__(self) -> str:
        make = ipaddress.IPv4Address if self.family == 4 else ipaddress.IPv6Address
        spans = list(ipaddress.summarize_address_range(make(self.low), make(self.high)))
        return str(spans[0]) if len(spans) == 1 else f"{make(self.low)}-{make(self.high)}"

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


@lru_cache(maxsize=65536)
def prefix(text: str) -> Prefix:
    """Read `10.0.0.0/8`, `2001:db8::/32` or a bare address. Host bits are dropped, as AWS does.

    Raises ValueError where it is neither.

    >>> str(prefix("10.1.2.3/8"))
    '10.0.0.0/8'
    """
    net = ipaddress.ip_network(text.strip(), strict=False)
    return Prefix(net.version, int(net.network_address), int(net.broadcast_address))


ANY4 = prefix("0.0.0.0/0")
ANY6 = prefix("::/0")
