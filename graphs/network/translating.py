"""Through a NAT gateway into private networks, which see its own private address.

The way is two: to the gateway's subnet and back, with the sender's address, and from the gateway to
the goal and back, with the gateway's. A public gateway does the same wherever its subnet's routes
do not lead to the internet.
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
"""

from typing import TYPE_CHECKING

from graphs.addresses import Prefix
from graphs.network.filters import meet
from graphs.network.floating import moved
from graphs.network.packets import EVERYTHING, ICMP, TCP, UDP, PacketSet, packets
from graphs.network.paths import Path
from graphs.network.replies import answered_always, answered_bounds
from graphs.network.zones import Zone
from graphs.nodes import NatGateway, NodeIndex, Subnet
from graphs.unknown import Bounds, Cause, Referent, Unknown, answer, exactly

if TYPE_CHECKING:
    from graphs.network.flows import Flow, Flows, Leg

# https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
CARRIED = (
    packets(protocols=(TCP, TCP)) | packets(protocols=(UDP, UDP)) | packets(protocols=(ICMP, ICMP))
)
"""What a NAT gateway carries."""


def near(path: Path) -> Path:
    """The way as far as the NAT gateway."""
    return path if path.before is None else path.before._replace(prefix=path.prefix)


def zone_of(nodes: NodeIndex, ref: str) -> Zone | None:
    """Where a NAT gateway sends from: one of its private addresses, somewhere in its subnet where
    none is known. None where its subnet is not."""
    nat = nodes.get(ref, NatGateway)
    home = nodes.get(nat.subnet, Subnet) if nat else None
    if nat is None or home is None:
        return None
    known = tuple(c for c in home.cidrs if isinstance(c, Prefix) and c.family == 4)
    why = Unknown(Cause.COMPUTED, f"the private address of {nat.id}", (Referent(nat.id),))
    return Zone(
        place=home.id,
        vpc=home.vpc,
        family=4,
        ranges=nat.addresses or known,
        floats=True,
        doubt=why,
        filtered=False,
        public=answer(nat.public),
        given=nat.exists.because,
    )


def over(flows: "Flows", leg: "Leg", source: Zone, goal: Zone, within: PacketSet) -> "Flow | None":
    """What gets from one zone to another by a NAT gateway and is answered; None for nothing."""
    path = leg.forward
    zone = zone_of(flows.nodes, path.nat)
    if zone is None or (path.nat, goal) in flows.relaying:
        return None  # gateways that send to each other in a circle
    flows.relaying.add((path.nat, goal))
    asked = within if within is EVERYTHING else within.moved(zone.ranges, None)
    far = flows.flow(zone, goal, asked)
    flows.relaying.discard((path.nat, goal))
    ahead = meet(moved(far.packets, source.ranges, None), exactly(CARRIED))
    there = meet(ahead, _forward(flows, near(path), source, goal, within))
    if not there.possible:
        return None
    replies = flows.replies(leg.replies, source, goal, within, near(path).screens)
    total = meet(there, answered_bounds(replies))
    some = total.possible - answered_always(replies.possible)
    return _flow(total, some | far.partly.moved(source.ranges, None))


def _flow(total: Bounds[PacketSet], partly: PacketSet) -> "Flow | None":
    from graphs.network.flows import Flow

    return Flow(total, partly & total.possible) if total.possible else None


def _forward(
    flows: "Flows", path: Path, source: Zone, goal: Zone, within: PacketSet
) -> Bounds[PacketSet]:
    """What gets as far as the NAT gateway: no filter of the goal is met there."""
    total = flows.carried(path, source, goal)
    checks = [flows.group_check(source, goal.peer(path.groups), False, within)]
    checks += [flows.acl_check(crossing, within) for crossing in path.crossings]
    checks += [flows.screens.opened(screen) for screen in path.screens]
    for check in checks:
        total = meet(total, check)
    return total
