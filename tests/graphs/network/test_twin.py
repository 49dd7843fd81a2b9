"""The set engine agrees with a packet-by-packet twin on random small estates."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.addresses import Prefix
from graphs.network.packets import Packet
from graphs.network.reach import INTERNET
from graphs.nodes import Instance, Site
from graphs.unknown import Cause
from tests.graphs.network.estates import Land, address
from tests.graphs.network.single import Single

VPCS = {"v": "10.0.0", "w": "10.0.1", "x": "10.0.2"}
PLACES = (
    "0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/25", "10.0.0.0/27",
    "10.0.1.64/27", "192.168.0.0/16", "192.168.0.128/25", "8.0.0.0/8", "128.0.0.0/1",
)  # fmt: skip
SHAPES = (
    ("tcp", 22), ("tcp", (22, 80)), ("tcp", None), ("tcp", (1024, 65535)),
    ("tcp", (1024, 2000)), ("udp", None), ("udp", (32768, 60999)), ("icmp", (8, 8)),
    ("icmp", (0, 0)), ("icmp", None), ("all", None), ("all", None), ("all", None), ("esp", None),
)  # fmt: skip
PROBES = (
    (6, 22),
    (6, 80),
    (6, 443),
    (6, 1500),
    (17, 53),
    (17, 40000),
    (1, 8),
    (1, 0),
    (1, 3),
    (50, 0),
)
OUTSIDE = ("8.8.8.8", "200.1.1.1", "1.1.1.1")


def random_acl(dice, land, name, vpc):
    def lines():
        count = dice.choice((0, 1, 2, 3))
        first = [(0, dice.choice(("allow", "deny")), *dice.choice(SHAPES), dice.choice(PLACES))]
        rest = [(dice.choice(("allow", "deny")), *dice.choice(SHAPES), dice.choice(PLACES))
                for _ in range(count)]  # fmt: skip
        made = [first[0][1:], *rest, ("allow", "all", None, "0.0.0.0/0")]
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
    land.table(name, vpc, *routes)


def random_group(dice, land, name):
    def rules():
        peers = (*PLACES, "0.0.0.0/0", "0.0.0.0/0", "group:g0", "group:g1", "group:g2")
        return [(*dice.choice(SHAPES), dice.choice(peers)) for _ in range(dice.choice((1, 2, 3)))]

    outs = rules() if dice.random() < 0.3 else [("all", None, "0.0.0.0/0")]
    land.group(name, *rules(), outs=outs)


def random_wan(dice, land):
    land.igw("igw-v", "v")
    land.igw("igw-w", "w")
    land.nat("nat-v", "v0")
    land.nat("nat-w", "w1", public=dice.random() < 0.8)
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
            for goal in dice.sample(PLACES, dice.choice((0, 1, 2)))
        ]
        land.transit_table(table, "tgw", *static, propagations=dice.sample(spokes, 4))


def random_land(dice):
    land = Land()
    for vpc, start in VPCS.items():
        land.vpc(vpc, f"{start}.0/24")
        for i in (0, 1):
            random_table(dice, land, f"{vpc}{i}-t", vpc)
            acl = f"{vpc}-acl"
            if dice.random() < 0.5:
                acl = f"{vpc}{i}-acl"
                random_acl(dice, land, acl, vpc)
            land.subnet(f"{vpc}{i}", vpc, f"{start}.{64 * i}/26", table=f"{vpc}{i}-t", acl=acl,
                        zone=dice.choice("aab"))  # fmt: skip
    random_wan(dice, land)
    for i in range(3):
        random_group(dice, land, f"g{i}")
    for i in range(4):
        vpc, half = dice.choice("vvwx"), dice.choice((0, 1))
        fixed = f"{VPCS[vpc]}.{64 * half + dice.randrange(64)}" if dice.random() < 0.5 else None
        groups = dice.sample(("g0", "g1", "g2"), dice.choice((1, 2)))
        land.instance(f"i{i}", f"{vpc}{half}", *groups, public=dice.random() < 0.6, address=fixed)
    return land


def addresses(dice, land, place):
    """Some addresses of a place."""
    if place == INTERNET:
        return [address(dice.choice(OUTSIDE))]
    node = next(n for n in land.nodes if n.id == place)
    if isinstance(node, Site):
        spans = node.prefixes
    else:
        subnet = next(n for n in land.nodes if n.id == node.interfaces[0].subnet)
        spans = node.interfaces[0].addresses or subnet.cidrs
    span: Prefix = dice.choice(spans)
    return [dice.randint(span.low, span.high) for _ in range(2)]


def spot(land, place):
    """The place as the twin knows it."""
    if place == INTERNET:
        return ("internet",)
    node = next(n for n in land.nodes if n.id == place)
    return ("service", node.interfaces[0]) if isinstance(node, Instance) else ("site", place)


def check(dice, land, network, twin, source, goal):
    reached = network.reach(source, goal)
    packets = reached.packets
    exact = not any(u.cause is Cause.MODEL for u in packets.because)
    for protocol, port in dice.sample(PROBES, 4):
        for start in addresses(dice, land, source):
            for end in addresses(dice, land, goal):
                packet = Packet(4, start, end, protocol, port)
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
    network, twin = land.network(), Single(land.nodes)
    places = [INTERNET, "office", "plant", "i0", "i1", "i2", "i3"]
    for source in places:
        for goal in (INTERNET, "i0", "i1", "i2", "i3"):
            if source != goal and not (source in ("office", "plant") and goal == INTERNET):
                check(dice, land, network, twin, source, goal)


def test_the_random_estates_connect_often_enough_to_mean_something():
    connected = asked = 0
    for seed in range(40):
        dice = Random(seed)
        land = random_land(dice)
        network = land.network()
        for source in (INTERNET, "i0", "i1"):
            for goal in ("i2", "i3", INTERNET):
                if source != goal:
                    asked += 1
                    connected += bool(network.reach(source, goal).packets.possible)
    assert connected / asked > 0.1
