"""The plain twin beyond plain routing: firewalls, tables of gateways, prefix lists, PrivateLink.

What a packet meets on its way is followed one thing after the other, as the AWS pages tell it.
An answer is True, False, or None where AWS does not say what becomes of the packet.
"""

from graphs.nodes import (
    Endpoint,
    EndpointService,
    Firewall,
    Gateway,
    PrefixList,
    Route,
    TransitAttachment,
    Vpc,
    VpnConnection,
)
from tests.graphs.network.single import EPHEMERAL, HEARD, Single, end, has, start, within

OUTGOING = ("internet", "outgoing only")


def all_of(*said):
    """Three-valued: all of them hold."""
    return False if False in said else None if None in said else True


def some_of(said):
    """Three-valued: one of them holds."""
    held = list(said)
    return True if True in held else None if None in held else False


class Bordered(Single):
    """An estate with everything at its borders. `pick` is the subnet that a transit gateway
    delivers to where it may choose."""

    def __init__(self, nodes, addresses=(), pick=0):
        super().__init__(nodes, addresses)
        self.pick = pick

    def passes(self, source, goal, packet):
        """As of Single; a place may be ("endpoint", interface, node) too."""
        if goal[0] == "endpoint":
            return all_of(self._reached(source, goal, packet), self._provided(goal, packet))
        return self._reached(source, goal, packet)

    def _reached(self, source, goal, packet):
        if goal[0] == "internet":
            return self._going_out(source, packet, (("internet",), OUTGOING))
        if goal[0] == "host":
            return self._going_out(source, packet, (("internet",), OUTGOING, ("aws",)))
        if source[0] == "internet":
            return self._coming_in(goal, packet)
        return some_of(
            self._both_ways(source, goal, packet, there, back)
            for there in self._go(source, end(packet)) if self._arrives(there, goal)
            for back in self._go(goal, start(packet)) if self._arrives(back, source)
        )  # fmt: skip

    def _both_ways(self, source, goal, packet, there, back):
        plain = self._groups(source, goal, packet, there["groups"]) and self._answered(
            self._borders(there, goal), self._borders(back, source), packet
        )
        return all_of(plain, self._screened(there, back, packet))

    def _groups(self, source, goal, packet, named):
        return super()._groups(*map(_seated, (source, goal)), packet, named)

    def _arrives(self, state, place):
        return super()._arrives(state, _seated(place))

    def _borders(self, state, place):
        return super()._borders(state, _seated(place))

    # Rules and routes that name prefix lists.

    def _entries(self, ref):
        return self.by_id[ref].prefixes if isinstance(self.by_id[ref], PrefixList) else ()

    def _admits(self, place, peer, packet, named, inward):
        if super()._admits(place, peer, packet, named, inward):
            return True
        remote = start(packet) if inward else end(packet)
        groups = [self.by_id[ref] for ref in place[1].groups] if place[0] == "service" else []
        return any(
            within(self._entries(ref), remote) and self._shape(rule, packet.protocol, packet.port)
            for group in groups
            for rule in (group.ingress if inward else group.egress)
            for ref in rule.lists
        )

    def _best(self, routes, destination):
        """The longest prefix; static before lists before what is learned, which never comes
        before `local`. Of two lists AWS takes either: `pick` says which."""
        local = [r.destination for r in routes if r.kind == "local"]
        found = []
        for route in routes:
            if isinstance(route.destination, str):
                found += [(p, 1, route) for p in self._entries(route.destination)]
            elif route.propagated:
                found += [(p, 2, route) for p in self._learned(route.target)]
            else:
                found.append((route.destination, 0, route))
        inside = [
            f for f in found
            if has(f[0], destination) and not (f[1] == 2 and within(local, destination))
        ]  # fmt: skip
        if not inside:
            return None
        best = min((-f[0].length, f[1]) for f in inside)
        tied = [f[2] for f in inside if (-f[0].length, f[1]) == best]
        return tied[self.pick % len(tied) if best[1] == 1 else 0]

    def _learned(self, gateway):
        for vpn in self.of(VpnConnection):
            if vpn.gateway == gateway:
                yield from vpn.routes or [p for s in self._sites(vpn) for p in s.prefixes]

    def _behind(self, link, state, destination):
        routes = link.routes if isinstance(link, VpnConnection) else ()
        if routes and not within(routes, destination):
            return []
        return super()._behind(link, state, destination)

    def _route(self, state, subnet, destination):
        if within(subnet.cidrs, destination):
            return self._by_local(state, subnet, destination, None)
        routes = [*self.by_id[subnet.table].routes, *self._to_services(subnet.table)]
        route = self._best(routes, destination)
        if route is None:
            return []
        if route.kind == "gateway-endpoint":
            return [{**state, "end": ("aws",)}]
        if route.kind == "firewall":
            return self._into_firewall(state, route, destination)
        follow = getattr(self, "_by_" + route.kind.replace("-", "_"))
        return follow(state, subnet, destination, self.by_id.get(route.target))

    def _to_services(self, table):
        for node in self.of(Endpoint):
            if node.kind == "Gateway" and table in node.tables:
                lists = [p.id for p in self.of(PrefixList) if p.name == node.service]
                yield from (Route(ref, "gateway-endpoint", node.id, None) for ref in lists)

    # Firewalls.

    def _into_firewall(self, state, route, destination):
        if route.target in state.get("screens", ()):
            return []
        home = self.by_id[route.by]
        inside = {
            **self._cross(state, home.id), "groups": False,
            "screens": (*state.get("screens", ()), route.target),
        }  # fmt: skip
        return self._route(inside, home, destination)

    def _matches(self, rule, source, destination, protocol, port):
        ends = within(rule.sources, source) and within(rule.destinations, destination)
        kind = -1 in rule.protocols or protocol in rule.protocols
        ports = protocol not in (6, 17) or any(low <= port <= high for low, high in rule.ports)
        return ends and kind and ports

    def _stateless(self, firewall, *packet):
        for rule in firewall.stateless:
            if self._matches(rule, *packet):
                return rule.action
        return firewall.stateless_rest

    def _stateful(self, firewall, *packet):
        """The action, and whether a pass rule said it."""
        hit = [r.action for r in firewall.stateful if self._matches(r, *packet)]
        said = [action for action in hit if action != "alert"]
        if not said:
            return (firewall.stateful_rest if firewall.strict else "pass"), False
        action = said[0] if firewall.strict else ("pass" if "pass" in said else "drop")
        return action, action == "pass"

    def _screened(self, there, back, packet):
        ways = there.get("screens", ()), back.get("screens", ())
        asked = start(packet), end(packet), packet.protocol, packet.port
        said = [self._opens(self.by_id[ref], asked) for ref in ways[0]]
        if False in said:
            return False
        if set(ways[0]) != set(ways[1]):
            blocked = [self._stateless(self.by_id[f], *asked[1::-1], packet.protocol, port)
                       == "drop" for f in ways[1] for port in self._ports(packet)]  # fmt: skip
            return False if ways[1] and blocked and all(blocked) else None
        return all_of(*(self._comes_back(self.by_id[ref], asked, packet) for ref in ways[1]))

    def _opens(self, firewall: Firewall, asked):
        first = self._stateless(firewall, *asked)
        return first == "pass" or (
            first == "forward" and self._stateful(firewall, *asked)[0] == "pass"
        )

    @staticmethod
    def _ports(packet):
        return EPHEMERAL if packet.protocol in (6, 17) else (packet.port,)

    def _comes_back(self, firewall, asked, packet):
        first = self._stateless(firewall, *asked)
        _, named = self._stateful(firewall, *asked)
        said = []
        for port in self._ports(packet):
            reply = asked[1], asked[0], packet.protocol, port
            action = self._stateless(firewall, *reply)
            if action != "forward":
                said.append(action == "pass")
            elif first == "pass":
                said.append(None)
            else:
                dropped = any(
                    r.action == "drop" and self._matches(r, *reply) for r in firewall.stateful
                )
                said.append(None if dropped and not named else True)
        return some_of(said)

    # The internet.

    def _edge(self, vpc, destination):
        """In by the VPC's gateway, by its table where it has one."""
        gateway = next(g for g in self.of(Gateway) if g.vpc == vpc and not g.egress_only)
        state = {
            "at": "", "origin": vpc, "zone": None, "borders": (), "groups": False, "nat": None,
            "seen": (),
        }  # fmt: skip
        route = self._best(self.by_id[gateway.table].routes, destination) if gateway.table else None
        if route is not None and route.kind == "firewall":
            return self._into_firewall(state, route, destination)
        return [{**state, "end": ("vpc", vpc)}]

    def _coming_in(self, goal, packet):
        if not self._has_public_address(goal, packet):
            return False
        return some_of(
            self._both_ways(("internet",), goal, packet, there, back)
            for back in self._go(goal, start(packet))
            if back["end"] == ("internet",) and not back["nat"]
            for there in self._edge(self._vpc(_seated(goal)), end(packet))
            if self._arrives(there, goal)
        )

    def _going_out(self, source, packet, ends):
        return some_of(
            self._both_ways(source, ("internet",), packet, there, back)
            for there in self._go(source, end(packet))
            if there["end"] in ends and not there["nat"]
            and (there["end"] == ("aws",) or self._has_public_address(source, packet))
            for back in self._home(source, packet, there)
        )  # fmt: skip

    def _home(self, source, packet, there):
        """The way of replies; what AWS's services answer comes straight to the subnet."""
        if there["end"] != ("aws",):
            found = self._edge(self._vpc(_seated(source)), start(packet))
            return [state for state in found if self._arrives(state, source)]
        vpc = self._vpc(_seated(source))
        return [{"at": "", "borders": (), "end": ("vpc", vpc), "nat": None}]

    # Transit gateways.

    def _leave(self, state, onward: TransitAttachment, destination):
        state = {**state, "groups": state["groups"] and onward.kind != "peering"}
        if onward.kind == "peering":
            far = next(
                a for a in self.of(TransitAttachment)
                if a.kind == "peering" and a.gateway == onward.target
                and a.target == onward.gateway
            )  # fmt: skip
            return self._transit({**state, "at": ""}, far, destination)
        if isinstance(self.by_id[onward.target], Vpc) and onward.subnets:
            chosen = [s for s in onward.subnets if self.by_id[s].zone == state["zone"]]
            if not chosen or onward.attribute("appliance_mode_support") == "enable":
                chosen = onward.subnets
            home = self.by_id[chosen[self.pick % len(chosen)]]
            return self._route({**state, "at": home.id}, home, destination)
        return super()._leave(state, onward, destination)

    # PrivateLink.

    def _provided(self, goal, packet):
        """Whether the provider's balancers have somebody to answer what comes to an endpoint."""
        service: EndpointService = self.by_id[goal[2].provider]
        return some_of(self._behind_balancer(self.by_id[ref], packet) for ref in service.balancers)

    def _behind_balancer(self, balancer, packet):
        seat = balancer.interfaces[0]
        place = ("service", seat)
        if balancer.attribute("enforce_security_group_inbound_rules_on_private_link_traffic") != (
            "off"
        ) and not self._admits(place, ("internet",), packet, False, True):
            return False
        heard = [
            x for x in balancer.listeners
            if x.port == packet.port and packet.protocol in HEARD[x.protocol]
        ]  # fmt: skip
        own = self.addresses[id(seat), packet.family]
        said = []
        for target in (t for x in heard for t in x.targets):
            far = self.by_id[target.service].interfaces[0]
            near = self.by_id[far.subnet].zone == self.by_id[seat.subnet].zone
            if near or balancer.cross_zone.certain:
                onward = packet._replace(
                    source=own, destination=self.addresses[id(far), packet.family],
                    port=target.port,
                )  # fmt: skip
                said.append(self._reached(place, ("service", far), onward))
        return some_of(said)


def _seated(place):
    """An endpoint is an interface like another's."""
    return ("service", place[1]) if place[0] == "endpoint" else place
