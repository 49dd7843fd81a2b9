"""Where services and sites sit, reduced to the classes that the network tells apart.

A service with a fixed address stands for the atom around it: all neighbouring addresses that no
rule, ACL entry or route of the estate tells from it. One without a fixed address may be at any
address of its subnet.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from graphs.addresses import ANY4, ANY6, Prefix, is_public
from graphs.network.atoms import Cuts, of_group, written
from graphs.network.filters import Peer, unread
from graphs.network.holders import HOST, PUBLISHED, Holders, address_of, host
from graphs.network.published import somewhere
from graphs.network.routes import overlap
from graphs.nodes import (
    Balancer,
    ClientVpn,
    Database,
    Endpoint,
    Front,
    Instance,
    Interface,
    Node,
    NodeIndex,
    Ref,
    SecurityGroup,
    Service,
    Site,
    Subnet,
    Vpc,
    Workload,
)
from graphs.unknown import NO, YES, Answer, Cause, Referent, Unknown, answer, cannot_tell

INTERNET = "internet"
CLOUDFRONT = "cloudfront"
"""The servers of CloudFront that fetch from origins: who reaches CloudFront comes in as them."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A class of places that the network treats alike: in a subnet, at a site, on the internet.

    `floats` says that the one address is somewhere in `ranges`; otherwise there is something at
    each address of them. `doubt` is why the address is not known. `given` are the conditions
    under which the place exists at all. The internet's ranges are all addresses: flows leave out
    those that no host there can have once, at their end.
    """

    place: Ref
    vpc: Ref
    family: int
    ranges: tuple[Prefix, ...]
    floats: bool = False
    doubt: Unknown | None = None
    groups: tuple[Ref, ...] = ()
    filtered: bool = True
    public: Answer = YES
    given: frozenset[Unknown] = frozenset()
    sends_to: tuple[Prefix, ...] | None = None
    """The destinations that are open to the users of a Client VPN; None is any."""
    sends_doubt: frozenset[Unknown] = frozenset()
    keeper: str = ""
    """The AWS service that something on the internet is."""

    def peer(self, counts: Answer) -> Peer:
        """The zone as the rules of security groups see it."""
        host = self.place == INTERNET and self.ranges not in ((ANY4,), (ANY6,))
        held = frozenset(self.groups)
        return Peer(held, counts if held else YES, host, self.keeper)


@dataclass(frozen=True, slots=True)
class Seat:
    """One address of a service: its zone, and the address itself where it is fixed."""

    zone: Zone
    number: int
    address: Prefix | None = None
    interface: Interface | None = None


@dataclass(frozen=True)
class Zones:
    """The zones of an estate, numbered as they are met."""

    nodes: NodeIndex
    zones: list[Zone] = field(default_factory=list, repr=False)
    _numbers: dict[Zone, int] = field(default_factory=dict, repr=False)
    _seats: dict[str, tuple[Seat, ...]] = field(default_factory=dict, repr=False)
    _holders: dict[Ref, list[int]] = field(default_factory=dict, repr=False)
    _seen: list[int] = field(default_factory=list, repr=False)
    _alike: "dict[object, tuple[tuple[int, int | None], ...]]" = field(
        default_factory=dict, repr=False
    )

    def seats(self, place: str) -> tuple[Seat, ...]:
        """Where a service, a site or the internet sits; empty of what has no interface."""
        if place not in self._seats:
            self._seats[place] = tuple(self._find(place))
        return self._seats[place]

    def node(self, place: str) -> Node | None:
        """What is at a place: the node of that id, or the one that has the address."""
        address = address_of(place)
        if address is None:
            return self.nodes.by_id.get(place.removeprefix(PUBLISHED))
        holders = () if place.startswith(HOST) else self.holders.of(address)
        site = next((s for s in self.nodes.of(Site) if _holds(s, address)), None)
        return holders[0].node if holders else site

    def interfaces(self, place: str) -> tuple[Interface, ...]:
        """The interfaces of a service, or the one that has the address."""
        return tuple(
            {id(s.interface): s.interface for s in self.seats(place) if s.interface}.values()
        )

    def asked_publicly(self, place: str) -> Prefix | None:
        """The address of a place that is named by what the internet knows something here by."""
        address = address_of(place)
        if address is None or place.startswith(HOST):
            return None
        holders = self.holders.of(address)
        return address if holders and all(h.public for h in holders) else None

    def outside(self, place: str) -> str | None:
        """What a place is on the internet, where it is named by what that knows it by."""
        if place.startswith(PUBLISHED):
            return HOST + place
        told = self.asked_publicly(place)
        return None if told is None else host(told)

    def vacant(self, place: str) -> "Answer | None":
        """Whether something may have an address that nothing is known to have; None where the
        question does not arise. Addresses in no LAN and no site of the estate are anybody's."""
        address = address_of(place)
        if address is None or self.seats(place) or self.holders.of(address):
            return None
        for subnet in self.nodes.of(Subnet):
            if any(isinstance(c, Prefix) and c.covers(address) for c in subnet.cidrs):
                return self._roaming(subnet, address)
        return cannot_tell(Unknown(Cause.MODEL, f"what has {place}, which is in no network here"))

    def _roaming(self, subnet: Subnet, address: Prefix) -> Answer:
        """Whether something in a subnet may have this address of it."""
        for held, why in subnet.strays:
            if held is None or held.covers(address):
                return cannot_tell(why)
        for node in self.nodes.of(Service):
            for interface in node.interfaces:
                if interface.subnet == subnet.id and not interface.addresses:
                    return cannot_tell(Unknown(Cause.COMPUTED, f"the addresses in {subnet.id}"))
        return NO

    def foreign(self, place: str) -> bool:
        """Whether a place is the internet, or a host there."""
        return any(seat.zone.place == INTERNET for seat in self.seats(place))

    @cached_property
    def holders(self) -> Holders:
        """Who has which address."""
        return Holders(self.nodes)

    def unseen(self, place: str) -> bool:
        """Whether the internet has no address for a service: neither IPv4 nor IPv6."""
        node = self.node(place)
        interfaces = node.interfaces if isinstance(node, Service) else ()
        six = not isinstance(node, _SHIELDED)
        return not any(i.public.possible or (six and self._speaks_ipv6(i)) for i in interfaces)

    def _speaks_ipv6(self, interface: Interface) -> bool:
        subnet = self.nodes.get(interface.subnet, Subnet)
        if subnet is None:
            return True
        cidrs = (*interface.addresses, *subnet.cidrs)
        return any(isinstance(c, Unknown) or c.family == 6 for c in cidrs)

    def _find(self, place: str) -> Iterator[Seat]:
        address = address_of(place)
        if address is not None:
            yield from self._at(place, address)
            return
        if place in (INTERNET, CLOUDFRONT):
            keeper = "CloudFront" if place == CLOUDFRONT else ""
            for family, whole in ((4, ANY4), (6, ANY6)):
                zone = Zone(INTERNET, "", family, (whole,), filtered=False, keeper=keeper)
                yield self._seat(zone)
            return
        if place.startswith((PUBLISHED, HOST)):
            yield from self._published(place)
            return
        node = self.nodes.by_id.get(place)
        if isinstance(node, Instance):  # most are
            for interface in node.interfaces:
                yield from self._of_instance(node, interface)
        elif isinstance(node, Site):
            for family in (4, 6):
                ranges = tuple(p for p in node.prefixes if p.family == family)
                if ranges:
                    yield self._seat(Zone(node.id, "", family, ranges, filtered=False))
        elif isinstance(node, Service | Endpoint | ClientVpn):
            for interface in node.interfaces:
                yield from self._of_interface(node, interface)

    def _at(self, place: str, address: Prefix) -> Iterator[Seat]:
        """The seats of an address: on an interface, at a site, else somewhere on the internet."""
        holders = () if place.startswith(HOST) else self.holders.of(address)
        for holder in holders:
            if isinstance(holder.node, Service | Endpoint) and holder.interface is not None:
                seats = self._of_interface(holder.node, holder.interface)
                yield from (
                    s for s in seats if holder.private is None or s.address == holder.private
                )
        if holders:
            return
        sites = [s for s in self.nodes.of(Site) if _holds(s, address)]
        for site in sites:
            yield self._seat(Zone(site.id, "", address.family, (address,), filtered=False))
        if not sites and is_public(address) and not self._own(address):
            yield self._seat(Zone(INTERNET, "", address.family, (address,), filtered=False))

    def _published(self, place: str) -> Iterator[Seat]:
        """What has a public address that is not known; with `host` before it, that address."""
        name = place.removeprefix(HOST).removeprefix(PUBLISHED)
        if not place.startswith(HOST):
            yield from (seat for seat in self.seats(name) if seat.zone.family == 4)
            return
        why = Unknown(Cause.COMPUTED, f"the public address of {name}", (Referent(name),))
        ranges = somewhere(self.nodes)
        yield self._seat(Zone(INTERNET, "", 4, ranges, floats=True, doubt=why, filtered=False))

    def _own(self, address: Prefix) -> bool:
        """Whether an address lies in a LAN."""
        ranges = (cidr for vpc in self.nodes.of(Vpc) for cidr in vpc.cidrs)
        return any(isinstance(cidr, Prefix) and cidr.covers(address) for cidr in ranges)

    def _seat(
        self, zone: Zone, address: Prefix | None = None, interface: Interface | None = None
    ) -> Seat:
        number = self._numbers.setdefault(zone, len(self.zones))
        if number == len(self.zones):
            self.zones.append(zone)
        return Seat(self.zones[number], number, address, interface)

    def _of_instance(self, node: Instance, interface: Interface) -> Iterator[Seat]:
        """The same, found by what its zone is made of where an instance like it was met before."""
        if interface.public_addresses or not interface.addresses:
            yield from self._of_interface(node, interface)
            return
        atoms = tuple([self.cuts.atom(address) for address in interface.addresses])
        key = (interface.subnet, interface.groups, interface.group_optional, interface.public,
               node.exists, atoms)  # fmt: skip
        if key not in self._alike:
            seats = self._of_interface(node, interface)
            places = {address: at for at, address in enumerate(interface.addresses)}
            self._alike[key] = tuple(
                (s.number, None if s.address is None else places[s.address]) for s in seats
            )
        for number, at in self._alike[key]:
            address = None if at is None else interface.addresses[at]
            yield Seat(self.zones[number], number, address, interface)

    def _of_interface(
        self, service: "Service | Endpoint | ClientVpn", interface: Interface
    ) -> Iterator[Seat]:
        sends = _open_to(service, interface.subnet) if isinstance(service, ClientVpn) else None
        subnet = self.nodes.get(interface.subnet, Subnet)
        place: Ref = subnet.id if subnet else unread(interface.subnet)
        vpc: Ref = subnet.vpc if subnet else unread(interface.subnet)
        for family in (4, 6):
            for ranges, address, doubt in self._ranges(interface, subnet, family):
                zone = Zone(
                    place=place,
                    vpc=vpc,
                    family=family,
                    ranges=ranges,
                    floats=address is None,
                    doubt=doubt,
                    groups=tuple(sorted(interface.groups, key=str)),
                    filtered=bool(interface.groups) or not interface.group_optional,
                    public=_public(service, interface, family, address),
                    given=service.exists.because,
                    sends_to=sends[0] if sends else None,
                    sends_doubt=sends[1] if sends else frozenset(),
                )
                yield self._seat(zone, address, interface)

    def _ranges(
        self, interface: Interface, subnet: Subnet | None, family: int
    ) -> Iterator[tuple[tuple[Prefix, ...], Prefix | None, Unknown | None]]:
        """The address ranges of an interface in a family, one for each fixed address."""
        fixed = [a for a in interface.addresses if a.family == family]
        if fixed:
            for address in fixed:
                yield (self.cuts.around(address),), address, None
            return
        if subnet is None:
            yield (ANY4 if family == 4 else ANY6,), None, unread(interface.subnet)
            return
        known = tuple(c for c in subnet.cidrs if isinstance(c, Prefix) and c.family == family)
        hidden = [c for c in subnet.cidrs if isinstance(c, Unknown)]
        if known:
            where = Unknown(
                Cause.COMPUTED, f"the address in {subnet.id}", (Referent(subnet.id, "cidr_block"),)
            )
            yield known, None, where
        elif hidden and (family == 4 or any(isinstance(c, Prefix) for c in subnet.cidrs)):
            yield self._vpc_ranges(subnet, family), None, hidden[0]

    def _vpc_ranges(self, subnet: Subnet, family: int) -> tuple[Prefix, ...]:
        """Where a subnet of unknown range can be: in its VPC, if that is known."""
        vpc = self.nodes.get(subnet.vpc, Vpc)
        known = tuple(
            c for c in (vpc.cidrs if vpc else ()) if isinstance(c, Prefix) and c.family == family
        )
        whole = vpc is not None and not any(isinstance(c, Unknown) for c in vpc.cidrs)
        return known if known and whole else (ANY4 if family == 4 else ANY6,)

    def after(self, nodes: NodeIndex, group: SecurityGroup) -> "Zones | None":
        """The same in an estate in which a group has changed; None where it cuts a zone."""
        known = (p for p in of_group(group) if isinstance(p, Prefix))
        new = self.cuts.new(known)
        if not any(new.edges.values()):  # places are where they were, asked about or not
            made = replace(self, nodes=nodes)
            vars(made)["cuts"] = self.cuts
            return made
        if any(self._cut(zone, new) for zone in self.zones):
            return None
        made = Zones(nodes, [*self.zones], dict(self._numbers), dict(self._seats))
        vars(made)["cuts"] = self.cuts.joined(new)
        return made

    def holding(self, group: Ref) -> frozenset[int]:
        """The zones met so far that hold a group, by number."""
        for number in range(len(self._seen), len(self.zones)):
            self._seen.append(number)
            for each in self.zones[number].groups:
                self._holders.setdefault(each, []).append(number)
        return frozenset(self._holders.get(group, ()))

    def _cut(self, zone: Zone, new: Cuts) -> bool:
        here = self.nodes.get(zone.place, Subnet) is not None
        return here and any(new.inside(span) for span in zone.ranges)

    @cached_property
    def cuts(self) -> Cuts:
        """Every place where some filter or router of the estate tells two addresses apart."""
        return Cuts.at(written(self.nodes))


_SHIELDED = (Database, Front, Workload)


def _holds(site: Site, address: Prefix) -> bool:
    return any(p.covers(address) for p in site.prefixes)


def _open_to(vpn: ClientVpn, subnet: Ref) -> tuple[tuple[Prefix, ...], frozenset[Unknown]]:
    """Where the users that come out in a subnet are led and authorized to go.

    https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/cvpn-working-rules.html
    """
    led = [prefix for prefix, by in vpn.routes if by == subnet or isinstance(by, Unknown)]
    both = (*led, *vpn.authorized)
    known = [[p for p in each if isinstance(p, Prefix)] for each in (led, vpn.authorized)]
    hidden = frozenset(p for p in (*both, subnet) if isinstance(p, Unknown))
    return overlap(known[0], known[1]), hidden


def _public(
    service: "Service | Endpoint | ClientVpn",
    interface: Interface,
    family: int,
    address: Prefix | None,
) -> Answer:
    """Whether hosts on the internet have an address to send to.

    Every IPv6 address is public, but for those of managed services: RDS keeps the internet from
    the ones that are not publicly accessible (Amazon RDS User Guide, "Dual-stack mode").
    """
    public = interface.public if family == 4 or isinstance(service, _SHIELDED) else YES
    told = [behind for behind, _ in interface.public_addresses]
    if family == 4 and address is not None and told and None not in told and address not in told:
        return NO  # another address of the interface is the public one
    if isinstance(service, Balancer):
        return public & ~answer(service.internal)
    return public
