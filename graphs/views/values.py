"""What a picture of an estate shows, as frozen values.

Input: nothing. Output: a Summary and its parts. Every name in it is one line of printable text.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from graphs.network.packets import PacketSet

MOST = 12
"""How many attack paths a picture shows, those of greatest risk; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Service:
    """Something that listens or runs. `kind` is a word for people: instance, function ..."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Store:
    """Something that holds data, with the classes of it; `opens` where it is a means to more."""

    id: str
    name: str
    kind: str
    classes: tuple[str, ...]
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Crossing:
    """What comes into a LAN over its border, or leaves it for the internet.

    `far` is the internet, a site or another LAN; `over` are the WANs between, and `inside` the
    services of the LAN, by name.
    """

    far: str
    inward: bool
    packets: PacketSet
    traffic: str
    inside: tuple[str, ...]
    over: tuple[str, ...]
    certain: bool

    def told(self, names: Mapping[str, str]) -> str:
        """`← internet: tcp 443 to web, api`."""
        arrow, side = ("←", "to") if self.inward else ("→", "from")
        inside = ", ".join(names.get(each, each) for each in self.inside)
        way = f" by {', '.join(self.over)}" if self.over else ""
        doubt = "" if self.certain else " (cannot tell)"
        far = names.get(self.far, self.far)
        return f"{arrow} {far}{way}: {self.traffic}{doubt} {side} {inside}"


@dataclass(frozen=True, slots=True)
class Lan:
    """A VPC with its subnets collapsed, or a subnet whose VPC was not read. `crossings` is None
    where nobody asked for them."""

    id: str
    name: str
    cidrs: tuple[str, ...]
    region: str
    subnets: int
    services: tuple[Service, ...]
    stores: tuple[Store, ...]
    crossings: tuple[Crossing, ...] | None = None

    @property
    def contents(self) -> tuple[Service | Store, ...]:
        """Services, then data stores."""
        return (*self.services, *self.stores)


@dataclass(frozen=True, slots=True)
class Wan:
    """The internet, or what joins LANs and sites. `kind` is a word for people."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Site:
    """A location on premises."""

    id: str
    name: str
    country: str
    cidrs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Principal:
    """A role, user or outside account that an attack path passes."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Link:
    """Two of LANs, WANs and sites that are joined. `crosses` are the prefixes routed that way."""

    source: str
    target: str
    crosses: tuple[str, ...] = ()

    @property
    def ends(self) -> tuple[str, str]:
        """Both of them."""
        return self.source, self.target


@dataclass(frozen=True, slots=True)
class Arrow:
    """One hop of a path: from node to node, over these WANs in order."""

    source: str
    target: str
    says: str
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PathLine:
    """An attack path as a line: `stops` are its nodes in the order in which they are told."""

    number: int
    id: str
    stops: tuple[str, ...]
    arrows: tuple[Arrow, ...]
    loses: str
    certain: bool
    likelihood: float
    impact: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything a picture shows. `services` and `stores` are those outside every LAN.

    `accounts` are those whose administration a path wins, as stores of a kind of their own.
    """

    name: str
    lans: tuple[Lan, ...]
    wans: tuple[Wan, ...]
    sites: tuple[Site, ...]
    links: tuple[Link, ...]
    services: tuple[Service, ...]
    stores: tuple[Store, ...]
    accounts: tuple[Store, ...]
    principals: tuple[Principal, ...]
    paths: tuple[PathLine, ...]

    @property
    def is_map(self) -> bool:
        """Whether it shows what crosses the borders of LANs, instead of attack paths."""
        return any(lan.crossings is not None for lan in self.lans)

    @property
    def beside(self) -> tuple[Service | Store, ...]:
        """What is outside every LAN: services, data stores, accounts."""
        return (*self.services, *self.stores, *self.accounts)

    def names(self) -> dict[str, str]:
        """What people call each node, by id."""
        names = {wan.id: wan.name for wan in self.wans}
        names |= {site.id: site.name for site in self.sites}
        for lan in self.lans:
            names |= {lan.id: lan.name} | {each.id: each.name for each in lan.contents}
        names |= {each.id: each.name for each in self.beside}
        return names | {principal.id: principal.name for principal in self.principals}

    def touched(self) -> frozenset[str]:
        """The ids of all nodes that a path passes."""
        return frozenset(stop for path in self.paths for stop in path.stops)
