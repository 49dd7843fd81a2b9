"""Sets of packets as unions of boxes: family x source x destination x protocol x port.

The port axis holds the destination port of TCP and UDP, type and code of ICMP as one number (the
type times 256, and the code), and is whole for every other protocol.
"""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple, TypeAlias

from graphs.addresses import ANY4, ANY6, PUBLIC4, PUBLIC6, Prefix
from graphs.network.boxes import Box, Span, covers, meet, reduced, subtract

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
_FAMILIES = {ICMP: ANY4, ICMPV6: ANY6}
PROTOCOLS: Span = (0, 255)
PORTS: Span = (0, 65535)
ANYWHERE = (ANY4, ANY6)
_NAMES = {ICMP: "icmp", TCP: "tcp", UDP: "udp", ICMPV6: "icmpv6"}


Port: TypeAlias = int | Span
"""What is asked of: a port, a type of ICMP with any code, or a span of the port axis."""

CODES = 256


def message(kind: int, code: int | None = None) -> Span:
    """The place of a type of ICMP on the port axis, with one code or all of them.

    >>> message(8), message(8, 0)
    ((2048, 2303), (2048, 2048))
    """
    return (kind * CODES + (code or 0), kind * CODES + (CODES - 1 if code is None else code))


class Packet(NamedTuple):
    """One packet. `port` is its place on the port axis."""

    family: int
    source: int
    destination: int
    protocol: int
    port: int


def protocol_name(protocol: int) -> str:
    """`tcp`, `udp`, `icmp`, `icmpv6`, or the number."""
    return _NAMES.get(protocol, f"protocol {protocol}")


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same numbers in as few spans as possible, in order."""
    out: list[Span] = []
    for low, high in sorted(spans):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(high, out[-1][1]))
        else:
            out.append((low, high))
    return tuple(out)


@dataclass(frozen=True, slots=True, eq=False)
class PacketSet:
    """A set of packets. Two are equal when they hold the same packets, however written.

    >>> web = packets(protocols=(6, 6), ports=(443, 443))
    >>> web <= EVERYTHING, bool(web - EVERYTHING)
    (True, False)
    """

    boxes: tuple[Box, ...] = ()

    def __and__(self, other: "PacketSet") -> "PacketSet":
        if self is EVERYTHING or not other.boxes:
            return other
        if other is EVERYTHING or not self.boxes:
            return self
        return PacketSet(reduced(meet(self.boxes, other.boxes)))

    def __or__(self, other: "PacketSet") -> "PacketSet":
        if not other.boxes or self is EVERYTHING:
            return self
        if not self.boxes or other is EVERYTHING:
            return other
        return PacketSet(reduced(self.boxes + other.boxes))

    def __sub__(self, other: "PacketSet") -> "PacketSet":
        if not self.boxes or not other.boxes:
            return self
        return PacketSet(reduced(subtract(self.boxes, other.boxes)))

    def __bool__(self) -> bool:
        return bool(self.boxes)

    def __le__(self, other: "PacketSet") -> bool:
        if all(any(covers(big, box) for big in other.boxes) for box in self.boxes):
            return True
        return not subtract(self.boxes, other.boxes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PacketSet):
            return NotImplemented
        return self.boxes == other.boxes or (self <= other <= self)

    def __hash__(self) -> int:
        # The bounding box depends on the packets alone, not on how the set is cut into boxes.
        lows = tuple(min(box[i] for box in self.boxes) for i in (0, 1, 3, 5, 7) if self.boxes)
        highs = tuple(max(box[i] for box in self.boxes) for i in (0, 2, 4, 6, 8) if self.boxes)
        return hash((lows, highs))

    def __contains__(self, packet: Packet) -> bool:
        f, s, d, p, t = packet
        return any(
            b[0] == f and b[1] <= s <= b[2] and b[3] <= d <= b[4]
            and b[5] <= p <= b[6] and b[7] <= t <= b[8]
            for b in self.boxes
        )  # fmt: skip

    def __str__(self) -> str:
        return describe(self)

    def witness(self) -> Packet | None:
        """One packet of the set; None of an empty one. TCP is preferred where it is in."""
        if not self.boxes:
            return None
        box = min(self.boxes, key=lambda b: (not b[5] <= TCP <= b[6], b))
        protocol = TCP if box[5] <= TCP <= box[6] else box[5]
        return Packet(box[0], box[1], box[3], protocol, box[7])

    def sources(self) -> tuple[Prefix, ...]:
        """Every source address of some packet, as ranges in order."""
        return self._axis(1)

    def destinations(self) -> tuple[Prefix, ...]:
        """Every destination address of some packet, as ranges in order."""
        return self._axis(3)

    def _axis(self, low: int) -> tuple[Prefix, ...]:
        return tuple(
            Prefix(family, *span)
            for family in (4, 6)
            for span in merged((b[low], b[low + 1]) for b in self.boxes if b[0] == family)
        )

    def ports(self, protocol: int) -> tuple[Span, ...]:
        """Every port of some packet of this protocol, as spans in order."""
        return merged((b[7], b[8]) for b in self.boxes if b[5] <= protocol <= b[6])

    def protocols(self) -> tuple[Span, ...]:
        """Every protocol of some packet, as spans in order."""
        return merged((b[5], b[6]) for b in self.boxes)

    def moved(
        self, sources: Sequence[Prefix] | None, destinations: Sequence[Prefix] | None
    ) -> "PacketSet":
        """Each box with these sources and these destinations in place of its own (None: kept)."""
        if not self.boxes or (sources is None and destinations is None):
            return self
        if sources is None and destinations is not None and len(destinations) == 1:
            (goal,), span = destinations, self.boxes[0][3:5]
            if all(b[0] == goal.family and b[3:5] == span for b in self.boxes):
                if span == (goal.low, goal.high):
                    return self
                return self.to({goal.family: goal})  # none comes to lie inside of another
        return PacketSet(reduced([
            (box[0], s[0], s[1], d[0], d[1], *box[5:])
            for box in self.boxes
            for s in _spans(sources, box[0], box[1:3])
            for d in _spans(destinations, box[0], box[3:5])
        ]))  # fmt: skip

    def to(self, addresses: Mapping[int, Prefix]) -> "PacketSet":
        """Each box of a family that is given here with this one destination in place of its own."""
        return PacketSet(tuple([
            (*box[:3], goal.low, goal.high, *box[5:]) if (goal := addresses.get(box[0])) else box
            for box in self.boxes
        ]))  # fmt: skip

    def reversed(self) -> "PacketSet":
        """Sources and destinations exchanged."""
        return PacketSet(tuple((b[0], b[3], b[4], b[1], b[2], *b[5:]) for b in self.boxes))


def _spans(ranges: Sequence[Prefix] | None, family: int, own: tuple[int, ...]) -> list[Span]:
    if ranges is None:
        return [(own[0], own[1])]
    return [(r.low, r.high) for r in ranges if r.family == family]


def packets(
    sources: Iterable[Prefix] = ANYWHERE,
    destinations: Iterable[Prefix] = ANYWHERE,
    protocols: Span = PROTOCOLS,
    ports: Span = PORTS,
) -> PacketSet:
    """All packets from these sources to these destinations, of these protocols and ports."""
    goals = tuple(destinations)
    return PacketSet(tuple(
        (s.family, s.low, s.high, d.low, d.high, *protocols, *ports)
        for s in sources
        for d in goals
        if s.family == d.family
    ))  # fmt: skip


def union(sets: Iterable[PacketSet]) -> PacketSet:
    """All packets of some sets."""
    return PacketSet(reduced([box for each in sets for box in each.boxes]))


def asked(protocol: int | None = None, port: Port | None = None) -> PacketSet:
    """All packets of a protocol and port, each of them any when None. A port alone means TCP
    or UDP, and each ICMP is of one family of addresses alone."""
    ports = _span_of(protocol, port)
    if protocol is None and port is not None:
        return packets(protocols=(TCP, TCP), ports=ports) | packets(
            protocols=(UDP, UDP), ports=ports
        )
    if protocol in _FAMILIES:
        own = (_FAMILIES[protocol],)
        return packets(own, own, (protocol, protocol), ports)
    return packets(protocols=PROTOCOLS if protocol is None else (protocol, protocol), ports=ports)


def _span_of(protocol: int | None, port: Port | None) -> Span:
    if port is None or isinstance(port, tuple):
        return port or PORTS
    return message(port) if protocol in _FAMILIES else (port, port)


NOTHING = PacketSet()
EVERYTHING = packets()


def _cells(spans: Iterable[Span]) -> list[Span]:
    edges = sorted({edge for low, high in spans for edge in (low, high + 1)})
    return [(low, high - 1) for low, high in pairwise(edges)]


def address_text(ranges: Sequence[Prefix]) -> str:
    """Addresses for people; what hosts on the internet can have reads 0.0.0.0/0 or ::/0."""
    out = []
    for family, public, everything in ((4, PUBLIC4, "0.0.0.0/0"), (6, PUBLIC6, "::/0")):
        own = [r for r in ranges if r.family == family]
        absent = _absent(own, public)
        if own and len(absent) <= 3 and _total(absent) * 16 < _total(public):
            but = " except " + ", ".join(map(str, absent)) if absent else ""
            out.append(everything + but)
            own = [r for r in own if not any(r.meets(p) for p in public)]
        out += [_blocks(r) for r in own]
    return ", ".join(out)


def _blocks(span: Prefix) -> str:
    """A range as CIDR blocks, unless they are many."""
    make = ipaddress.IPv4Address if span.family == 4 else ipaddress.IPv6Address
    blocks = ipaddress.summarize_address_range(make(span.low), make(span.high))
    first = [str(block) for block in islice(blocks, 5)]
    return ", ".join(first) if len(first) < 5 else str(span)


def _total(ranges: Iterable[Prefix]) -> int:
    return sum(r.high - r.low + 1 for r in ranges)


def _absent(own: Sequence[Prefix], public: Sequence[Prefix]) -> tuple[Prefix, ...]:
    """The public addresses that are not among one's own."""
    return (packets(public) - packets(own)).sources()


def _services(boxes: Sequence[Box]) -> list[tuple[Span, tuple[Span, ...]]]:
    """Protocol spans with their ports, protocols of equal ports joined."""
    out: list[tuple[Span, tuple[Span, ...]]] = []
    for low, high in _cells((b[5], b[6]) for b in boxes):
        ports = merged((b[7], b[8]) for b in boxes if b[5] <= low and high <= b[6])
        if ports and out and out[-1][0][1] + 1 == low and out[-1][1] == ports:
            out[-1] = ((out[-1][0][0], high), ports)
        elif ports:
            out.append(((low, high), ports))
    return out


def _service_text(protocols: Span, ports: tuple[Span, ...]) -> str:
    low, high = protocols
    if protocols == PROTOCOLS and ports == (PORTS,):
        return "all traffic"
    name = protocol_name(low) if low == high else f"protocols {low}-{high}"
    if ports == (PORTS,):
        return f"all {name}" if low == high and low in _NAMES else name
    return f"{name} " + ", ".join(ports_text(low if low == high else -1, span) for span in ports)


def ports_text(protocol: int, span: Span) -> str:
    """A span of the port axis: `443`, `1024-65535`; of ICMP types with a code where not all are
    meant.

    >>> ports_text(6, (80, 80)), ports_text(1, (2048, 2303)), ports_text(1, (2048, 2048))
    ('80', '8', '8:0')
    """
    low, high = span
    if protocol not in _FAMILIES:
        return str(low) if low == high else f"{low}-{high}"
    kinds = range(low // CODES, high // CODES + 1)
    if low == message(kinds[0])[0] and high == message(kinds[-1])[1]:
        return str(kinds[0]) if len(kinds) == 1 else f"{kinds[0]}-{kinds[-1]}"
    if len(kinds) == 1:
        codes = str(low % CODES) if low == high else f"{low % CODES}-{high % CODES}"
        return f"{kinds[0]}:{codes}"
    edge = message(kinds[0])[1]
    return f"{ports_text(protocol, (low, edge))}, {ports_text(protocol, (edge + 1, high))}"


def services(packet_set: PacketSet) -> list[tuple[Span, tuple[Span, ...]]]:
    """Protocol spans with their ports."""
    return _services(packet_set.boxes)


def services_text(packet_set: PacketSet) -> str:
    """Protocols and ports for people: `tcp 22, 443; udp 53`; empty of an empty set."""
    return "; ".join(_service_text(*service) for service in services(packet_set))


def by_sources(packet_set: PacketSet) -> dict[tuple[Prefix, ...], PacketSet]:
    """The packets, those that the same sources may send together. Destinations are one of each."""
    found: dict[tuple[Prefix, ...], list[Box]] = {}
    boxes = packet_set.boxes
    for protocols in _cells((b[5], b[6]) for b in boxes):
        inside = [b for b in boxes if b[5] <= protocols[0] and protocols[1] <= b[6]]
        for ports in _cells((b[7], b[8]) for b in inside):
            cell = [b for b in inside if b[7] <= ports[0] and ports[1] <= b[8]]
            if cell:
                box: Box = (*cell[0][:5], *protocols, *ports)
                found.setdefault(PacketSet(tuple(cell)).sources(), []).append(box)
    return {sources: PacketSet(tuple(cells)) for sources, cells in found.items()}


def describe(packet_set: PacketSet) -> str:
    """The set for people: `tcp 22, 443 from 0.0.0.0/0; udp 53 from 10.0.0.0/8`.

    Ports that the same sources may use stand together.
    """
    lines = [
        f"{services_text(passing)} from {address_text(sources)}"
        for sources, passing in by_sources(packet_set).items()
    ]
    return "; ".join(lines) or "nothing"
