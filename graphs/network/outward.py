"""Out to the internet and in again: internet gateways, NAT gateways, and what blocks them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphs.addresses import Prefix
from graphs.network.filters import unread
from graphs.network.middleboxes import by_middlebox
from graphs.network.paths import (
    End,
    Path,
    anywhere,
    beyond_nat,
    crossed,
    doubted,
    dropped,
    given,
    name_of,
    same,
    stepped,
)
from graphs.network.routes import partition
from graphs.nodes import (
    Gateway,
    InternetBlock,
    NatGateway,
    Node,
    Ref,
    Route,
    RouteTable,
    Subnet,
    Vpc,
    VpnGateway,
)
from graphs.unknown import NO, YES, Answer, Cause, Unknown, any_of, cannot_tell

if TYPE_CHECKING:
    from graphs.network.wan import Wan

OFF = "off"
BOTH_WAYS = "allow-bidirectional"


def by_internet_gateway(wan: "Wan", path: Path, route: Route, subnet: Subnet) -> Iterator[Path]:
    """Out by an internet gateway, which forwards only for addresses of its own VPC."""
    out = crossed(path, "")._replace(end=End.INTERNET, goal=route.target, groups=NO)
    gateway = wan.nodes.get(route.target, Gateway)
    if gateway is None:
        yield doubted(out, cannot_tell(unread(route.target)))
        return
    attached = same(gateway.vpc, subnet.vpc)
    if not attached.possible:
        claim = f"Internet gateway {gateway.name} is not attached to this VPC"
        yield dropped(path, claim, gateway.proof("vpc_id"))
    elif path.foreign.certain:
        claim = f"Internet gateway {gateway.name} drops packets from outside its VPC"
        yield dropped(path, claim, gateway.proof())
    else:
        one_way = gateway.egress_only or route.kind == "egress-only"
        usable = attached & ~path.foreign
        out = given(doubted(out._replace(outgoing_only=one_way), usable), gateway)
        yield _unblocked(wan, out, path, subnet)


def _unblocked(wan: "Wan", out: Path, path: Path, subnet: Subnet) -> Path:
    """The way out as far as VPC Block Public Access leaves it open.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """
    for block in blocks_of(wan, subnet.vpc):
        places = [p for p in (subnet.id, path.nat and path.started) if p]
        initiated = bool(path.nat) or out.outgoing_only
        leaves = [_leaves(wan, block, place, initiated) for place in places]
        allowed = leaves[0]
        if len(leaves) > 1 and allowed.certain and not leaves[1].certain:
            what = f"whether {block.id} stops {path.started} behind NAT gateway {path.nat}"
            allowed = cannot_tell(_unsaid(what))
        if not allowed.possible:
            claim = f"VPC Block Public Access keeps subnet {subnet.name} from the internet"
            return dropped(path, claim, block.proof("internet_gateway_block_mode"))
        enters = _enters(wan, block, subnet.id)
        out = out._replace(outgoing_only=out.outgoing_only or not enters.possible)
        out = doubted(given(out, block), allowed if out.outgoing_only else allowed & enters)
    return out


def blocks_of(wan: "Wan", vpc: Ref) -> tuple[InternetBlock, ...]:
    """The blocks of a VPC's account and region."""
    home = wan.nodes.get(vpc, Vpc)
    blocks = wan.nodes.of(InternetBlock)
    if home is None or not blocks:
        return blocks
    here = home.scope
    return tuple(
        b for b in blocks if (b.scope.account, b.scope.region) == (here.account, here.region)
    )


def _mode(block: InternetBlock, *modes: str) -> Answer:
    if isinstance(block.mode, Unknown):
        return cannot_tell(block.mode)
    return YES if block.mode in modes else NO


def _excluded(wan: "Wan", block: InternetBlock, subnet: str, *modes: str) -> Answer:
    """Whether a subnet, or its VPC, is excluded from the block in one of these modes."""
    node = wan.nodes.get(subnet, Subnet)
    homes = (subnet, node.vpc if node else unread(subnet))
    found = []
    for place, mode in block.exclusions:
        meant = any_of(same(place, home) for home in homes)
        said = cannot_tell(mode) if isinstance(mode, Unknown) else (YES if mode in modes else NO)
        found.append(meant & said)
    return any_of(found)


def _leaves(wan: "Wan", block: InternetBlock, subnet: str, initiated: bool) -> Answer:
    """Whether packets may go out: in ingress mode by NAT and egress-only gateways alone."""
    fully = _excluded(wan, block, subnet, BOTH_WAYS)
    if initiated:
        outgoing = _excluded(wan, block, subnet, BOTH_WAYS, "allow-egress")
        return _mode(block, OFF, "block-ingress") | outgoing
    if fully.certain or not _excluded(wan, block, subnet, "allow-egress").possible:
        return _mode(block, OFF) | fully
    # The guide does not say what an egress exclusion does without a gateway that remembers.
    open_question = cannot_tell(_unsaid(f"what {subnet} may send out past {block.id}"))
    return _mode(block, OFF) | fully | (_mode(block, "block-bidirectional") & open_question)


def _enters(wan: "Wan", block: InternetBlock, subnet: str) -> Answer:
    return _mode(block, OFF) | _excluded(wan, block, subnet, BOTH_WAYS)


def by_nat_gateway(wan: "Wan", path: Path, route: Route, subnet: Subnet) -> Iterator[Path]:
    """Through a NAT gateway, and on by the table of the subnet it stands in."""
    nat = wan.nodes.get(route.target, NatGateway)
    if nat is None:
        out = crossed(path, "")._replace(end=End.INTERNET, nat=name_of(route.target), groups=NO)
        yield doubted(out, cannot_tell(unread(route.target)))
        return
    home = wan.nodes.get(nat.subnet, Subnet)
    if nat.subnet == subnet.id or path.nat == nat.id:
        yield dropped(path, f"NAT gateway {nat.name} routes back to itself", route.proof)
    elif path.prefix.family == 6:
        yield dropped(path, f"NAT gateway {nat.name} carries IPv4 only", nat.proof())
    elif home is None:
        yield anywhere(path, unread(nat.subnet), groups=NO)
    elif not (own := same(home.vpc, subnet.vpc)).possible:
        yield dropped(path, f"NAT gateway {nat.name} is in another VPC", nat.proof("subnet_id"))
    elif path.nat:
        yield path._replace(end=End.RELAYED, goal=nat.id)
    else:
        near = given(doubted(crossed(path, home.id), own), nat)
        through = near._replace(nat=nat.id, started=subnet.id, groups=NO, foreign=NO, before=near)
        for end in wan.routed(through, home):
            yield beyond_nat(end, nat)


# In by a gateway.


def by_edge(wan: "Wan", path: Path, gateway: "Gateway | VpnGateway | None") -> Iterator[Path]:
    """From a gateway into its VPC, by the gateway's route table where it has one.

    https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
    """
    if gateway is None or gateway.table == "":
        yield path
        return
    table = wan.nodes.get(gateway.table, RouteTable)
    if table is None:
        yield anywhere(path, unread(gateway.table), groups=NO)
        return
    for choice in partition(table.routes, path.prefix, table.unread, inside=YES):
        part = path._replace(prefix=choice.prefix)
        if not choice.certain:
            part = doubted(part, cannot_tell(*choice.because))
        route = choice.route
        if isinstance(route, Unknown):
            yield anywhere(part, route, groups=NO)
        elif route is None or route.kind == "local":
            yield part
        else:
            yield from by_middlebox(wan, _told(part, gateway, table, route), route, "")


def _told(path: Path, gateway: Node, table: RouteTable, route: Route) -> Path:
    claim = f"What comes in by {gateway.name} follows route table {table.name}"
    return stepped(path, claim, route.proof)


def entering(wan: "Wan", gateway: Ref, vpc: Ref, spans: tuple[Prefix, ...]) -> Iterator[Path]:
    """In by an internet gateway to addresses of a VPC; to its border, where nothing else leads."""
    for span in spans:
        start = Path(span, "", end=End.VPC, goal=vpc, groups=NO)
        yield from by_edge(wan, start, wan.nodes.get(gateway, Gateway))


def _unsaid(what: str) -> Unknown:
    return Unknown(Cause.MODEL, what)
