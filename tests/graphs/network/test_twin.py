"""The set engine agrees with a packet-by-packet twin on random small estates."""

from collections import Counter
from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.network.packets import Packet
from graphs.network.reach import INTERNET
from graphs.nodes import Balancer, Instance, Service, Site, Subnet, Target
from graphs.unknown import Cause, answer
from tests.graphs.network.estates import Land, address
from tests.graphs.network.single import Single

VPCS = {"v": "10.0.0", "w": "10.0.1", "x": "10.0.2"}
SIX = {"v": "2600:1f00:0:a", "w": "2600:1f00:0:b"}
BALANCERS = ("nlb", "alb")
PLACES = (
    "0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/25", "10.0.0.0/27",
    "10.0.1.64/27", "192.168.0.0/16", "192.168.0.128/25", "8.0.0.0/8", "128.0.0.0/1",
)  # fmt: skip
PLACES_6 = (
    "::/0", "2600:1f00::/32", "2600:1f00:0:a00::/56", "2600:1f00:0:a00::/65",
    "2600:1f00:0:b01::/64", "2600:1f00:0:b00:8000::/65", "2a00::/16",
)  # fmt: skip
SHAPES = (
    ("tcp", 22), ("tcp", (22, 80)), ("tcp", None), ("tcp", (1024, 65535)),
    ("tcp", (1024, 2000)), ("udp", None), ("udp", (32768, 60999)), ("icmp", 8),
    ("icmp", 0), ("icmp", "8:0"), ("icmp", None), ("icmpv6", None), ("icmpv6", 128),
    ("all", None), ("all", None), ("all", None), ("esp", None),
)  # fmt: skip
PROBES = (
    (6, 22),
    (6, 80),
    (6, 443),
    (6, 1500),
    (17, 53),
    (17, 40000),
    (1, 8 * 256),
    (1, 8 * 256 + 1),
    (1, 0),
    (1, 3 * 256 + 4),
    (50, 0),
    (58, 128 * 256),
    (58, 129 * 256),
)
HEARD = ((6, 443), (6, 80), (17, 53), (6, 22), (17, 443))
OUTSIDE = {
    4: ("8.8.8.8", "200.1.1.1", "1.1.1.1"),
    6: ("2a00:1450::1", "2001:4860:4860::8888", "2600:1f00:0:cc::9"),
}


def anywhere(dice):
    """A prefix of either family."""
    return dice.choice(PLACES_6 if dice.random() < 0.35 else PLACES)


def random_acl(dice, land, name, vpc):
    def lines():
        count = dice.choice((0, 1, 2, 3))
        first = [(0, dice.choice(("allow", "deny")), *dice.choice(SHAPES), anywhere(dice))]
        rest = [(dice.choice(("allow", "deny")), *dice.choice(SHAPES), anywhere(dice))
                for _ in range(count)]  # fmt: skip
        ends = [("allow", "all", None, place) for place in ("0.0.0.0/0", "::/0")]
        made = [first[0][1:], *rest, *ends]
        numbers = dice.sample(range(1, 50), len(made))
        return [(n, *line) for n, line in zip(numbers, made, strict=True)]

    land.acl(name, vpc, lines(), lines())


def random_table(dice, land, name, vpc):
    targets = {
        "internet": ("igw-v", "igw-w"), "nat": ("nat-v", "nat-w"), "peering": ("pcx", "pcx2"),
        "transit": ("tgw",), "vpn": ("vgw",), "blackhole": ("",),
    }  # fmt: skip
    goals = [p for p in ("0.0.0.0/0", *PLACES) if not p.startswith(f"{VPCS[vpc]}.")]
    likely = {"0.0.0.0/0": ("internet", "nat", "transit"), "10.0.0.0/8": ("transit", "peering")}
    routes = []
    for goal in dict.fromkeys(dice.sample(goals, dice.choice((1, 2, 3)))):
        kind = dice.choice(likely.get(goal, tuple(targets)))
        routes.append((goal, kind, dice.choice(targets[kind])))
    if not any(r[0] == "10.0.0.0/8" for r in routes) and dice.random() < 0.7:
        routes.append(("10.0.0.0/8", "transit", "tgw"))
    if vpc in SIX:
        routes += random_routes_6(dice, vpc)
    land.table(name, vpc, *routes)


def random_routes_6(dice, vpc):
    """Routes of IPv6, all but those that stay in the VPC."""
    targets = (
        ("internet", f"igw-{vpc}"), ("internet", f"igw-{vpc}"), ("egress-only", f"out-{vpc}"),
        ("peering", "pcx"), ("transit", "tgw"), ("blackhole", ""),
    )  # fmt: skip
    goals = [p for p in PLACES_6 if not p.startswith(SIX[vpc])]
    return [(goal, *dice.choice(targets)) for goal in dice.sample(goals, dice.choice((1, 2, 3)))]


def random_group(dice, land, name):
    def rules():
        peers = ("0.0.0.0/0", "0.0.0.0/0", "::/0", "group:g0", "group:g1", "group:g2")
        either = (lambda: dice.choice(peers), lambda: anywhere(dice))
        count = dice.choice((1, 2, 3))
        return [(*dice.choice(SHAPES), dice.choice(either)()) for _ in range(count)]

    outs = rules() if dice.random() < 0.3 else [
        ("all", None, "0.0.0.0/0"), ("all", None, "::/0"),
    ]  # fmt: skip
    land.group(name, *rules(), outs=outs)


def random_wan(dice, land):
    land.igw("igw-v", "v")
    land.igw("igw-w", "w")
    land.igw("out-v", "v", egress_only=True)
    land.igw("out-w", "w", egress_only=True)
    land.nat("nat-v", "v0", addresses=["10.0.0.60"])
    land.nat("nat-w", "w1", public=dice.random() < 0.6, addresses=["10.0.1.125"])
    land.peering("pcx", "v", "w")
    land.peering("pcx2", "w", "x")
    land.transit("tgw", dice.choice((None, "enable", "disable")))
    land.vgw("vgw", "v")
    land.customer("cgw")
    land.vpn("vpn", "cgw", gateway="vgw")
    land.vpn("vpn-t", "cgw", transit="tgw")
    land.direct_connect("dx", "tgw", "vgw", allowed=dice.sample(PLACES[1:5], 2))
    land.site("office", "192.168.0.0/24", behind="cgw")
    land.site("plant", "192.168.1.0/24", behind="dx")
    spokes = ["a-v", "a-w", "a-x", "a-vpn", "a-dx"]
    for name, target, kind in zip(
        spokes,
        ("v", "w", "x", "vpn-t", "dx"),
        ("vpc",) * 3 + ("vpn", "direct-connect"),
        strict=True,
    ):
        inner = [f"{target}{dice.choice((0, 1))}"] if kind == "vpc" and dice.random() < 0.7 else []
        land.attachment(name, "tgw", target, dice.choice(("red", "blue")), kind, inner)
    for table in ("red", "blue"):
        static = [
            (goal, *dice.choice([("blackhole", ""), *[("attachment", s) for s in spokes]]))
            for goal in dict.fromkeys(anywhere(dice) for _ in range(dice.choice((0, 1, 2))))
        ]
        land.transit_table(table, "tgw", *static, propagations=dice.sample(spokes, 4))


def random_land(dice):
    land = Land()
    for vpc, start in VPCS.items():
        land.vpc(vpc, f"{start}.0/24", *([f"{SIX[vpc]}00::/56"] if vpc in SIX else ()))
        for i in (0, 1):
            random_table(dice, land, f"{vpc}{i}-t", vpc)
            acl = f"{vpc}-acl"
            if dice.random() < 0.5:
                acl = f"{vpc}{i}-acl"
                random_acl(dice, land, acl, vpc)
            ranges = [f"{start}.{64 * i}/26"]
            if vpc in SIX and dice.random() < 0.7:
                ranges.append(f"{SIX[vpc]}0{i}::/64")
            land.subnet(f"{vpc}{i}", vpc, *ranges, table=f"{vpc}{i}-t", acl=acl,
                        zone=dice.choice("aab"))  # fmt: skip
    random_wan(dice, land)
    for i in range(3):
        random_group(dice, land, f"g{i}")
    for i in range(4):
        vpc, half = dice.choice("vvwx"), dice.choice((0, 1))
        fixed = f"{VPCS[vpc]}.{64 * half + dice.randrange(64)}" if dice.random() < 0.5 else None
        groups = dice.sample(("g0", "g1", "g2"), dice.choice((1, 2)))
        land.instance(f"i{i}", f"{vpc}{half}", *groups, public=dice.random() < 0.6, address=fixed)
    random_balancer(dice, land, "nlb", "network")
    random_balancer(dice, land, "alb", "application")
    return land


def random_balancer(dice, land, name, kind):
    """A balancer of one interface before one or two of the instances."""
    vpc, half = dice.choice("vvw"), dice.choice((0, 1))
    held = dice.sample(("g0", "g1", "g2"), dice.choice((0, 1) if kind == "network" else (1, 2)))

    def target():
        which = dice.choice([n for n in land.nodes if isinstance(n, Instance)])
        keeps = kind == "network" and which.interfaces[0].subnet[0] == vpc and dice.random() < 0.5
        return Target(which.id, dice.choice((22, 80, 1500)), answer(keeps))

    land.balancer(
        name, [f"{vpc}{half}"], *held, kind=kind, internal=dice.random() < 0.4,
        listeners=[("TCP", 443), (dice.choice(("TCP_UDP", "UDP", "TCP")), 53), ("TCP", 22)],
        targets=tuple(target() for _ in range(dice.choice((1, 1, 2)))),
        cross_zone=answer(dice.random() < 0.5),
    )  # fmt: skip


def seated(dice, land):
    """An address for each interface and family."""
    found = {}
    cidrs = {n.id: n.cidrs for n in land.nodes if isinstance(n, Subnet)}
    for interface in (i for n in land.nodes if isinstance(n, Service) for i in n.interfaces):
        spans = {p.family: p for p in (*cidrs[interface.subnet], *interface.addresses)}
        for family, span in spans.items():
            found[id(interface), family] = dice.randint(span.low, span.high)
    return found


def addresses(dice, land, place, seats, family):
    """Some addresses of a place."""
    if place == INTERNET:
        return [address(dice.choice(OUTSIDE[family]))]
    node = next(n for n in land.nodes if n.id == place)
    if isinstance(node, Site):
        spans = [p for p in node.prefixes if p.family == family]
        return [dice.randint(span.low, span.high) for span in (*spans, *spans)]
    own = seats.get((id(node.interfaces[0]), family))
    return [] if own is None else [own]


def spot(land, place):
    """The place as the twin knows it."""
    if place == INTERNET:
        return ("internet",)
    node = next(n for n in land.nodes if n.id == place)
    if isinstance(node, Balancer):
        return ("balancer", node.interfaces[0], node)
    return ("service", node.interfaces[0]) if isinstance(node, Instance) else ("site", place)


def check(dice, land, network, twin, source, goal):
    reached = network.reach(source, goal)
    packets = reached.packets
    exact = goal not in BALANCERS and not any(u.cause is Cause.MODEL for u in packets.because)
    probes = HEARD if goal in BALANCERS else dice.sample(PROBES, 4)
    for (protocol, port), family in product(probes, (4, 6)):
        if protocol == {4: 58, 6: 1}[family]:
            continue  # each family has an ICMP of its own
        starts, ends = (addresses(dice, land, p, twin.addresses, family) for p in (source, goal))
        for start, end in product(starts, ends):
            packet = Packet(family, start, end, protocol, port)
            passes = twin.passes(spot(land, source), spot(land, goal), packet)
            what = (source, goal, packet, passes, reached)
            assert not passes or packet in packets.possible, what
            assert passes or packet not in packets.certain, what
            if exact:
                assert passes == (packet in packets.possible), what
    told = network.trace(source, goal), network.blockers(source, goal)
    assert [bool(steps) for steps in told] == [bool(packets.possible), not packets.possible]


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_every_sampled_packet_gets_the_answer_of_its_twin(seed):
    dice = Random(seed)
    land = random_land(dice)
    network, twin = land.network(), Single(land.nodes, seated(dice, land))
    places = [INTERNET, "office", "plant", "i0", "i1", "i2", "i3"]
    for source in places:
        for goal in (INTERNET, "i0", "i1", "i2", "i3", *BALANCERS):
            if source != goal and not (source in ("office", "plant") and goal == INTERNET):
                check(dice, land, network, twin, source, goal)


def test_the_random_estates_connect_often_enough_to_mean_something():
    """By both families, and to balancers too."""
    asked, connected = Counter(), Counter()
    for seed in range(40):
        network = random_land(Random(seed)).network()
        for source, goal in product((INTERNET, "i0", "i1"), ("i2", "i3", INTERNET, *BALANCERS)):
            if source != goal:
                kind = "balancer" if goal in BALANCERS else "other"
                found = network.reach(source, goal).packets.possible
                asked[kind] += 1
                connected.update((kind, family) for family in {box[0] for box in found.boxes})
    least = {("other", 4): 0.1, ("other", 6): 0.04, ("balancer", 4): 0.05, ("balancer", 6): 0.02}
    for (kind, family), share in least.items():
        assert connected[kind, family] / asked[kind] > share, (kind, family, connected, asked)
