"""What traffic is led through on its way: network firewalls, whose rules are known, and appliances.

Rules on addresses, protocols and ports are exact. What a firewall decides by content, and what any
other appliance does, nobody here knows: cannot tell, because traffic passes through it.
https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-rules-engines.html
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from graphs.addresses import Prefix
from graphs.network.boxes import Span
from graphs.network.filters import ALL, NONE, doubtful, join, meet, unread
from graphs.network.packets import (
    ANYWHERE,
    EVERYTHING,
    NOTHING,
    PORTS,
    PROTOCOLS,
    TCP,
    UDP,
    PacketSet,
    packets,
    union,
)
from graphs.network.paths import (
    Path,
    Screen,
    anywhere,
    crossed,
    doubted,
    dropped,
    given,
    refers_of,
    target_name,
)
from graphs.nodes import Firewall, FirewallRule, NodeIndex, Route, RouteTable, Subnet
from graphs.unknown import NO, YES, Answer, Bounds, Cause, Unknown, cannot_tell, exactly

if TYPE_CHECKING:
    from graphs.network.wan import Wan

_BY_PORT = (TCP, UDP)


def by_middlebox(wan: "Wan", path: Path, route: Route, origin: str) -> Iterator[Path]:
    """Through what a route leads to, and on where that is known. `origin` is the subnet whose
    table it is, "" for a gateway's."""
    firewall = wan.nodes.get(route.target, Firewall)
    if firewall is None:
        what = f"what {target_name(wan.nodes, route)} lets through"
        yield anywhere(path, Unknown(Cause.MODEL, what, refers_of(route.target)), groups=NO)
        return
    seen = Screen(firewall.id, translated=bool(path.nat))
    if seen in path.screens:
        yield dropped(path, f"The routes loop at network firewall {firewall.name}", route.proof)
        return
    inside = given(path, firewall)._replace(groups=NO, screens=(*path.screens, seen))
    for ref, sure in _endpoints(wan, firewall, route, origin):
        subnet = wan.nodes.get(ref, Subnet)
        if subnet is None:
            yield anywhere(inside, *(sure.because or (unread(ref),)), groups=NO)
        else:
            yield from wan.routed(doubted(crossed(inside, subnet.id), sure), subnet)


def _endpoints(
    wan: "Wan", firewall: Firewall, route: Route, origin: str
) -> Iterable[tuple[str, Answer]]:
    """The subnets by which a route enters a firewall: the one that it names, else that in its own
    zone, which is where people lead it; else one for each way that they behave."""
    if isinstance(route.by, str) and route.by:
        return [(route.by, YES)]
    known = wan.nodes.many((ref for ref, _ in firewall.endpoints), Subnet)
    hidden = [unread(r) for r, _ in firewall.endpoints if wan.nodes.get(r, Subnet) is None]
    if not known:
        return [("", cannot_tell(*(hidden or (unread(firewall.id),))))]
    here = wan.nodes.get(origin, Subnet)
    near = [s for s in known if here and isinstance(s.zone, str) and s.zone == here.zone]
    alike: dict[object, str] = {}
    for subnet in near or known:
        table = wan.nodes.get(subnet.table, RouteTable)
        ways = frozenset((r.destination, r.kind) for r in table.routes) if table else None
        alike.setdefault((subnet.acl, ways), subnet.id)
    which = Unknown(Cause.COMPUTED, f"which endpoint of {firewall.id} a route leads to")
    sure = YES if len(alike) == 1 and not hidden else cannot_tell(which)
    return [(subnet, sure) for subnet in alike.values()]


@dataclass(frozen=True)
class Screens:
    """The network firewalls of an estate, worked out once each."""

    nodes: NodeIndex
    _opened: dict[str, Bounds[PacketSet]] = field(default_factory=dict, repr=False)

    def opened(self, screen: Screen) -> Bounds[PacketSet]:
        """The connections that a firewall lets somebody open."""
        if screen.firewall not in self._opened:
            self._opened[screen.firewall] = self._judged(screen.firewall)
        known = self._opened[screen.firewall]
        return _as_translated(known, screen, ANYWHERE, None) if screen.translated else known

    def answered(self, screen: Screen, opened_by: tuple[Screen, ...]) -> Bounds[PacketSet]:
        """The replies that come back: those of connections that the same firewall saw opened, as
        far as no stateless rule drops them."""
        firewall = self.nodes.get(screen.firewall, Firewall)
        if firewall is None or screen.firewall not in {s.firewall for s in opened_by}:
            return doubtful(_half_seen(screen.firewall))
        if firewall.unread:
            return doubtful(*firewall.unread)
        passed, handed = stateless(firewall)
        unseen = _replies_to(passed.possible)  # the stateful rules did not see these opened
        known = _less(handed, unseen, _half_seen(firewall.id))
        what = f"what {firewall.id} does with replies that a rule drops by itself"
        known = _less(known, _dropped_replies(firewall), Unknown(Cause.MODEL, what))
        both = join((passed, known))
        if both.certain >= EVERYTHING:
            return ALL
        return _as_translated(both, screen, None, ANYWHERE) if screen.translated else both

    def _judged(self, ref: str) -> Bounds[PacketSet]:
        firewall = self.nodes.get(ref, Firewall)
        if firewall is None:
            return doubtful(unread(ref))
        passed, handed = stateless(firewall)
        through = meet(handed, stateful(firewall)) if handed.possible else NONE
        total = join((passed, through))
        if firewall.unread:
            return Bounds(NOTHING, EVERYTHING, total.because.union(firewall.unread))
        return ALL if total.certain >= EVERYTHING else total


def _less(bounds: Bounds[PacketSet], lost: PacketSet, why: Unknown) -> Bounds[PacketSet]:
    """The same, certain no more of some packets."""
    if not bounds.possible & lost:
        return bounds
    return Bounds(bounds.certain - lost, bounds.possible, bounds.because | {why})


def _dropped_replies(firewall: Firewall) -> PacketSet:
    """Replies that a rule for the other direction may drop: a pass rule ends the inspection of a
    flow, while one that passes by default is inspected both ways.

    https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_StatefulRule.html
    """
    named = {"pass": NOTHING, "drop": NOTHING}
    for rule in firewall.stateful:
        match = matched(rule)
        if rule.action == "pass":
            named["pass"] |= match.certain
        elif rule.action != "alert" and rule.only is None:
            named["drop"] |= match.possible
    if not named["drop"]:
        return NOTHING
    return named["drop"] & _replies_to(stateful(firewall).possible - named["pass"])


def half_seen(forward: tuple[Screen, ...], back: tuple[Screen, ...]) -> frozenset[Unknown]:
    """Why a connection may fail of which a firewall sees one direction alone."""
    lost = {s.firewall for s in forward} - {s.firewall for s in back}
    return frozenset(map(_half_seen, lost))


def _half_seen(firewall: str) -> Unknown:
    what = f"what {firewall} does with connections of which it sees one direction"
    return Unknown(Cause.MODEL, what)


def stateless(firewall: Firewall) -> tuple[Bounds[PacketSet], Bounds[PacketSet]]:
    """What the stateless rules pass at once, and what they hand to the stateful ones."""
    ends = [_first_match(firewall, end) for end in ("pass", "forward")]
    return ends[0], ends[1]


def _first_match(firewall: Firewall, wanted: str) -> Bounds[PacketSet]:
    """The packets with which the first matching stateless rule, or the rest, does one thing."""
    certain, possible = NOTHING, NOTHING
    sure_rest, maybe_rest = EVERYTHING, EVERYTHING
    because: set[Unknown] = set()
    for rule in firewall.stateless:
        match = matched(rule)
        because |= match.because
        if isinstance(rule.action, Unknown):
            because.add(rule.action)
            possible |= maybe_rest & match.possible
        elif rule.action == wanted:
            certain |= sure_rest & match.certain
            possible |= maybe_rest & match.possible
        sure_rest -= match.possible
        maybe_rest -= NOTHING if isinstance(rule.action, Unknown) else match.certain
    if isinstance(firewall.stateless_rest, Unknown):
        because.add(firewall.stateless_rest)
        possible |= maybe_rest
    elif firewall.stateless_rest == wanted:
        certain |= sure_rest
        possible |= maybe_rest
    return Bounds(certain, possible, frozenset(because)) if because else exactly(possible)


def stateful(firewall: Firewall) -> Bounds[PacketSet]:
    """What the stateful rules let pass: in order where that is strict, else passes before drops."""
    if isinstance(firewall.strict, Unknown):
        orders = [_in_order(firewall), _passes_first(firewall)]
        certain, possible = orders[0].certain & orders[1].certain, union(o.possible for o in orders)
        because = orders[0].because | orders[1].because | {firewall.strict}
        return Bounds(certain, possible, because)
    return _in_order(firewall) if firewall.strict else _passes_first(firewall)


def _passes_first(firewall: Firewall) -> Bounds[PacketSet]:
    """Default order: pass rules, then drop and reject rules; the rest passes."""
    passing, dropping, because = [], [], set[Unknown]()
    for rule in firewall.stateful:
        match = matched(rule)
        because |= match.because
        if isinstance(rule.action, Unknown):
            because.add(rule.action)
            dropping.append(Bounds(NOTHING, match.possible))
            passing.append(Bounds(NOTHING, match.possible))
        elif rule.action != "alert":
            (passing if rule.action == "pass" else dropping).append(match)
    certain = union(p.certain for p in passing) | (EVERYTHING - union(d.possible for d in dropping))
    possible = union(p.possible for p in passing) | (
        EVERYTHING - union(d.certain for d in dropping)
    )
    return Bounds(certain, possible, frozenset(because)) if because else exactly(possible)


def _in_order(firewall: Firewall) -> Bounds[PacketSet]:
    """Strict order: the first rule that matches, then the policy's default."""
    lines = tuple(rule for rule in firewall.stateful if rule.action != "alert")
    alone = replace(firewall, stateless=lines, stateless_rest=firewall.stateful_rest)
    return _first_match(alone, "pass")


def matched(rule: FirewallRule) -> Bounds[PacketSet]:
    """What a line surely and possibly matches."""
    values = (*rule.protocols, *rule.sources, *rule.destinations)
    because = {v for v in (*values, rule.only) if isinstance(v, Unknown)}
    ends = _ends(rule.sources), _ends(rule.destinations)
    spans = [span for each in rule.protocols for span in _protocols(each)]
    possible = union(
        packets(*ends, span, ports if span[0] in _BY_PORT else PORTS)
        for span in spans
        for ports in rule.ports
    )
    return Bounds(NOTHING, possible, frozenset(because)) if because else exactly(possible)


def _ends(found: "tuple[Prefix | Unknown, ...]") -> tuple[Prefix, ...]:
    known = tuple(p for p in found if isinstance(p, Prefix))
    return known if len(known) == len(found) else ANYWHERE


def _protocols(number: "int | Unknown") -> tuple[Span, ...]:
    """Ports tell packets apart where there are any."""
    if isinstance(number, Unknown) or number == -1:
        return ((0, TCP - 1), (TCP, TCP), (TCP + 1, UDP - 1), (UDP, UDP), (UDP + 1, PROTOCOLS[1]))
    return ((number, number),)


def _replies_to(opened: PacketSet) -> PacketSet:
    """All packets that may answer connections."""
    boxes = ((b[0], b[3], b[4], b[1], b[2], b[5], b[6], 0, 65535) for b in opened.boxes)
    return union((PacketSet(tuple(boxes)),))


def _as_translated(
    bounds: Bounds[PacketSet],
    screen: Screen,
    sources: tuple[Prefix, ...] | None,
    goals: tuple[Prefix, ...] | None,
) -> Bounds[PacketSet]:
    """What a firewall beyond a NAT gateway lets through: it sees another address than the sender's,
    so that what depends on that is not told."""
    certain = EVERYTHING - (EVERYTHING - bounds.certain).moved(sources, goals)
    possible = bounds.possible.moved(sources, goals)
    if possible <= certain:
        return exactly(possible)
    what = f"what {screen.firewall} lets through of what a NAT gateway sends"
    return Bounds(certain, possible, bounds.because | {Unknown(Cause.MODEL, what)})
