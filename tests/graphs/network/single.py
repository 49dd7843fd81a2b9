"""One packet at a time: the plain twin that the set engine is held against.

It knows known values alone. A packet is followed hop by hop as the AWS pages tell it; nothing here
is shared with graphs.network. An address is its family and its number.
"""

from graphs.nodes import (
    Acl,
    Balancer,
    CustomerGateway,
    DirectConnectGateway,
    Gateway,
    NatGateway,
    Peering,
    RouteTable,
    SecurityGroup,
    Site,
    Subnet,
    TransitAttachment,
    TransitGateway,
    TransitTable,
    Vpc,
    VpnConnection,
    VpnGateway,
)

EPHEMERAL = (1024, 1500, 2000, 2001, 32767, 32768, 40000, 60999, 61000, 65535)
ANSWER = {1: {8: 0, 13: 14, 15: 16, 17: 18}, 58: {128: 129}}
ICMP = (1, 58)
HELD = ("service", "balancer")
SEATED = (*HELD, "nat")
HEARD = {"TCP": (6,), "UDP": (17,), "TCP_UDP": (6, 17)}


def has(prefix, address):
    """Whether an address is in a prefix."""
    return prefix.family == address[0] and prefix.low <= address[1] <= prefix.high


def within(prefixes, address):
    """Whether an address is in one of them."""
    return any(has(p, address) for p in prefixes)


def start(packet):
    """Where a packet comes from."""
    return packet.family, packet.source


def end(packet):
    """Where it goes."""
    return packet.family, packet.destination


class Single:
    """An estate, asked about one packet."""

    def __init__(self, nodes, addresses=()):
        """`addresses` says which address an interface has, by its id() and family."""
        self.by_id = {n.id: n for n in nodes}
        self.addresses = dict(addresses)
        self.relaying = []

    def of(self, kind):
        return [n for n in self.by_id.values() if isinstance(n, kind)]

    def passes(self, source, goal, packet):
        """Whether a packet between two places gets there and its reply back. A place is
        ("internet",), ("site", id), ("service", interface) or ("balancer", interface, node)."""
        if goal[0] == "balancer":
            return self._delivered(source, goal, packet) and self._handed_on(source, goal, packet)
        return self._delivered(source, goal, packet)

    def _delivered(self, source, goal, packet):
        if goal[0] == "internet":
            return self._out(source, packet)
        if source[0] == "internet":
            return self._in(goal, packet)
        there = self._go(source, end(packet))
        if any(f["nat"] and self._relayed(source, goal, packet, f) for f in there):
            return True
        back = self._go(goal, start(packet))
        return any(
            self._arrives(f, goal) and self._arrives(b, source)
            and self._groups(source, goal, packet, f["groups"])
            and self._answered(
                self._borders(f, goal), self._borders(b, source), packet
            )
            for f in there for b in back
        )  # fmt: skip

    def _relayed(self, source, goal, packet, state):
        """Whether a packet that a NAT gateway takes gets there with the gateway's address, and the
        reply back to the gateway and on to the sender."""
        nat = self.by_id[state["nat"]]
        if (
            state["end"][0] not in ("vpc", "site", "relayed")
            or packet.protocol not in (1, 6, 17)
            or nat.id in self.relaying
            or not self._admits(source, goal, packet, False, False)
        ):
            return False
        backs = [b for b in self._go(("nat", nat), start(packet)) if self._arrives(b, source)]
        if not any(self._answered(state["near"], self._borders(b, source), packet) for b in backs):
            return False
        self.relaying.append(nat.id)
        own = nat.addresses[0].low
        passes = self._delivered(("nat", nat), goal, packet._replace(source=own))
        self.relaying.pop()
        return passes

    # Balancers.

    def _handed_on(self, source, goal, packet):
        """Whether a balancer has somebody to answer the packet."""
        balancer: Balancer = goal[2]
        heard = [
            x for x in balancer.listeners
            if x.port == packet.port and packet.protocol in HEARD[x.protocol]
        ]  # fmt: skip
        if balancer.kind != "network":
            return bool(heard)
        targets = [target for listener in heard for target in listener.targets]
        return any(self._to_target(source, goal, packet, target) for target in targets)

    def _to_target(self, source, goal, packet, target):
        seat = self.by_id[target.service].interfaces[0]
        address = self.addresses.get((id(seat), packet.family))
        home, far = self.by_id[goal[1].subnet], self.by_id[seat.subnet]
        if address is None or (home.zone != far.zone and not goal[2].cross_zone.certain):
            return False
        onward = packet._replace(destination=address, port=target.port)
        if not target.keeps_client.certain:
            onward = onward._replace(source=packet.destination)
            return self._delivered(goal, ("service", seat), onward)
        if source[1:] == (seat,):
            return False
        there, back = (), ()
        if home is not far:
            there = ((home.id, False), (far.id, True))
            back = ((far.id, False), (home.id, True))
        return self._admits(("service", seat), goal, onward, True, True) and self._answered(
            there, back, onward
        )

    # Ends.

    def _vpc(self, place):
        return self.by_id[place[1].subnet].vpc if place[0] in SEATED else None

    def _go(self, place, destination):
        if place[0] == "site":
            return self._from_site(place[1], destination)
        subnet = self.by_id[place[1].subnet]
        state = {
            "at": subnet.id, "origin": subnet.vpc, "zone": subnet.zone, "borders": (),
            "groups": True, "nat": None, "seen": (),
        }  # fmt: skip
        return self._route(state, subnet, destination)

    def _arrives(self, state, place):
        if place[0] == "site":
            return state["end"] == ("site", place[1])
        return state["end"] == ("vpc", self._vpc(place)) and not state["nat"]

    def _borders(self, state, place):
        borders = state["borders"]
        if place[0] in SEATED and state["at"] != place[1].subnet:
            if state["at"]:
                borders += ((state["at"], False),)
            borders += ((place[1].subnet, True),)
        return borders

    def _in(self, goal, packet):
        interface = goal[1]
        if not self._has_public_address(goal, packet):
            return False
        subnet = interface.subnet
        return any(
            self._groups(("internet",), goal, packet, False)
            and self._answered(((subnet, True),), b["borders"], packet)
            for b in self._go(goal, start(packet))
            if b["end"] == ("internet",) and not b["nat"]
        )

    @staticmethod
    def _has_public_address(place, packet):
        """By IPv6 all addresses are public; an internal balancer has none."""
        if place[0] == "balancer" and place[2].internal:
            return False
        if place[0] == "nat":
            return place[1].public
        return packet.family == 6 or place[1].public.certain

    def _out(self, source, packet):
        for state in self._go(source, end(packet)):
            if state["end"][0] == "relayed" and self._relayed(source, ("internet",), packet, state):
                return True
            if state["end"][0] != "internet":
                continue
            if not self._groups(source, ("internet",), packet, False):
                continue
            own = source[1].subnet
            if not state["nat"]:
                if self._has_public_address(source, packet) and self._answered(
                    state["borders"], ((own, True),), packet
                ):
                    return True
                continue
            if packet.protocol not in (1, 6, 17):
                continue
            home = self.by_id[state["nat"]].subnet
            fake = ("service", _At(home))
            for back in self._go(fake, start(packet)):
                if self._arrives(back, source):
                    borders = ((home, True), *self._borders(back, source))
                    if self._answered(state["borders"], borders, packet):
                        return True
        return False

    # Filters.

    def _groups(self, source, goal, packet, named):
        return self._admits(source, goal, packet, named, False) and self._admits(
            goal, source, packet, named, True
        )

    def _admits(self, place, peer, packet, named, inward):
        if place[0] not in HELD or (not place[1].groups and place[1].group_optional):
            return True
        held = set(peer[1].groups) if peer[0] in HELD and named else set()
        remote = start(packet) if inward else end(packet)
        for ref in place[1].groups:
            group: SecurityGroup = self.by_id[ref]
            for rule in group.ingress if inward else group.egress:
                who = within(rule.prefixes, remote) or held & set(rule.groups)
                if who and self._shape(rule, packet.protocol, packet.port):
                    return True
        return False

    def _shape(self, line, protocol, port):
        if line.protocol == -1:
            return True
        if line.protocol != protocol:
            return False
        return protocol not in (1, 6, 17, 58) or line.ports[0] <= port <= line.ports[1]

    def _acl(self, border, source, destination, protocol, port):
        subnet, inward = border
        acl: Acl = self.by_id[self.by_id[subnet].acl]
        remote = source if inward else destination
        entries = acl.ingress if inward else acl.egress
        for entry in sorted(entries, key=lambda e: e.number):
            inside = has(entry.prefix, remote)
            if inside and self._shape(entry, protocol, port):
                return entry.allow
        return False

    def _answered(self, there, back, packet):
        if not all(
            self._acl(b, start(packet), end(packet), packet.protocol, packet.port) for b in there
        ):
            return False
        ports = (packet.port,)
        if packet.protocol in (6, 17):
            ports = EPHEMERAL
        elif packet.protocol in ICMP:
            kind, code = divmod(packet.port, 256)
            ports = (ANSWER[packet.protocol].get(kind, kind) * 256 + code,)
        return any(
            all(self._acl(b, end(packet), start(packet), packet.protocol, port) for b in back)
            for port in ports
        )

    # Routing: every function gives the states in which the packet can end.

    def _best(self, routes, destination):
        found = [r for r in routes if has(r.destination, destination)]
        return min(found, key=lambda r: (-r.destination.length, r.propagated), default=None)

    def _cross(self, state, subnet):
        if state["at"] == subnet:
            return state
        borders = state["borders"]
        if state["at"]:
            borders += ((state["at"], False),)
        if subnet:
            borders += ((subnet, True),)
        return {**state, "at": subnet, "borders": borders}

    def _route(self, state, subnet: Subnet, destination):
        table: RouteTable = self.by_id[subnet.table]
        route = self._best(table.routes, destination)
        if route is None:
            return []
        follow = getattr(self, "_by_" + route.kind.replace("-", "_"))
        return follow(state, subnet, destination, self.by_id.get(route.target))

    def _by_local(self, state, subnet, destination, _):
        return [{**state, "end": ("vpc", subnet.vpc)}]

    def _by_blackhole(self, *_):
        return []

    def _by_internet(self, state, subnet, destination, gateway: Gateway):
        if gateway.vpc != subnet.vpc or state["origin"] != subnet.vpc:
            return []
        if state["nat"] and not self.by_id[state["nat"]].public:
            return []
        way = ("internet", "outgoing only") if gateway.egress_only else ("internet",)
        return [{**self._cross(state, ""), "end": way}]

    def _by_egress_only(self, state, subnet, destination, gateway: Gateway):
        return self._by_internet(state, subnet, destination, gateway)

    def _by_nat(self, state, subnet, destination, nat: NatGateway):
        if nat.subnet == subnet.id or state["nat"] == nat.id or destination[0] == 6:
            return []
        home = self.by_id[nat.subnet]
        if home.vpc != subnet.vpc:
            return []
        if state["nat"]:
            return [{**state, "end": ("relayed",)}]
        over = self._cross(state, home.id)
        through = {**over, "nat": nat.id, "near": over["borders"], "origin": home.vpc}
        return self._route(through, home, destination)

    def _by_peering(self, state, subnet, destination, peering: Peering):
        if not peering.active.certain or state["origin"] != subnet.vpc:
            return []
        ends = [peering.requester, peering.accepter]
        if subnet.vpc not in ends:
            return []
        other: Vpc = self.by_id[ends[1 - ends.index(subnet.vpc)]]
        if not within(other.cidrs, destination):
            return []
        return [{**self._cross(state, ""), "end": ("vpc", other.id)}]

    def _by_transit(self, state, subnet, destination, gateway: TransitGateway):
        out = []
        for attachment in self.of(TransitAttachment):
            if attachment.gateway == gateway.id and attachment.target == subnet.vpc:
                near = attachment.subnets
                if subnet.id in near or not near:
                    entered = state if near else self._cross(state, "")
                    out += self._transit(entered, attachment, destination)
                elif any(self.by_id[s].zone == subnet.zone for s in near):
                    eni = next(s for s in near if self.by_id[s].zone == subnet.zone)
                    out += self._transit(self._cross(state, eni), attachment, destination)
        return out

    def _transit(self, state, attachment: TransitAttachment, destination):
        if attachment.id in state["seen"]:
            return []
        gateway = self.by_id[attachment.gateway]
        support = gateway.attribute("security_group_referencing_support") == "enable"
        state = {
            **state, "seen": (*state["seen"], attachment.id),
            "groups": state["groups"] and support,
        }  # fmt: skip
        table: TransitTable = self.by_id[attachment.table]
        options = [(r.destination, 0, r.kind, r.target) for r in table.routes]
        for i in table.propagations:
            target = self.by_id[self.by_id[i].target]
            if isinstance(target, Vpc):
                options += [(c, 1, "attachment", i) for c in target.cidrs]
            elif isinstance(target, VpnConnection | DirectConnectGateway):
                rank = 2 if isinstance(target, DirectConnectGateway) else 3
                options += [
                    (p, rank, "attachment", i)
                    for site in self._sites(target)
                    for p in site.prefixes
                ]
        inside = [o for o in options if has(o[0], destination)]
        if not inside:
            return []
        _, _, kind, target = min(inside, key=lambda o: (-o[0].length, o[1]))
        return [] if kind == "blackhole" else self._leave(state, self.by_id[target], destination)

    def _leave(self, state, onward: TransitAttachment, destination):
        target = self.by_id[onward.target]
        state = {**state, "at": ""}
        if not isinstance(target, Vpc):
            return self._behind(target, state, destination)
        if not onward.subnets:
            if within(target.cidrs, destination):
                return [{**state, "end": ("vpc", target.id)}]
            return []
        same = [s for s in onward.subnets if self.by_id[s].zone == state["zone"]]
        eni = self.by_id[(same or onward.subnets)[0]]
        return self._route({**state, "at": eni.id}, eni, destination)

    def _sites(self, link):
        behind = link.customer if isinstance(link, VpnConnection) else link.id
        return [s for s in self.of(Site) if behind in s.behind]

    def _behind(self, link, state, destination):
        return [
            {**state, "at": "", "end": ("site", site.id), "groups": False}
            for site in self._sites(link)
            if within(site.prefixes, destination)
        ]

    def _by_vpn(self, state, subnet, destination, gateway: VpnGateway):
        if gateway.vpc != subnet.vpc or state["origin"] != subnet.vpc:
            return []
        state = self._cross(state, "")
        links = [c for c in self.of(VpnConnection) if c.gateway == gateway.id]
        links += [d for d in self.of(DirectConnectGateway) if gateway.id in d.gateways]
        return [end for link in links for end in self._behind(link, state, destination)]

    def _from_site(self, site, destination):
        state = {
            "at": "", "origin": site, "zone": None, "borders": (), "groups": False, "nat": None,
            "seen": (),
        }  # fmt: skip
        out = []
        for ref in self.by_id[site].behind:
            node = self.by_id[ref]
            if isinstance(node, CustomerGateway):
                for vpn in self.of(VpnConnection):
                    if vpn.customer == ref:
                        out += self._over(state, vpn, vpn.gateway, destination)
                        out += self._over(state, vpn, vpn.transit, destination)
            else:
                for gateway in node.gateways:
                    if self._announced(node, gateway, destination):
                        out += self._over(state, node, gateway, destination)
        return out

    def _announced(self, direct, gateway, destination):
        if isinstance(self.by_id[gateway], TransitGateway):
            return within(direct.allowed_for(gateway), destination)
        ranges = self.by_id[self.by_id[gateway].vpc].cidrs
        allowed = direct.allowed_for(gateway)
        told = [c for c in ranges if any(p.covers(c) for p in allowed)]
        return not allowed or within(told, destination)

    def _over(self, state, link, gateway, destination):
        node = self.by_id.get(gateway)
        if isinstance(node, VpnGateway):
            vpc = self.by_id[node.vpc]
            inside = within(vpc.cidrs, destination)
            return [{**state, "end": ("vpc", vpc.id)}] if inside else []
        if isinstance(node, TransitGateway):
            return [
                end
                for a in self.of(TransitAttachment)
                if a.target == link.id and a.gateway == gateway
                for end in self._transit(state, a, destination)
            ]
        return []


class _At:
    """A place in a subnet with nothing else to it."""

    def __init__(self, subnet):
        self.subnet = subnet
