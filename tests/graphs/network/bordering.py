"""Random small estates with everything at the borders of their LANs: `random_land(dice)`."""

from dataclasses import replace
from ipaddress import IPv4Address

from graphs.addresses import prefix
from graphs.evidence import Proof
from graphs.nodes import (
    Endpoint,
    EndpointService,
    Firewall,
    FirewallRule,
    Instance,
    Target,
)
from graphs.unknown import NO, YES, answer
from tests.graphs.network.estates import Land, unknown
from tests.graphs.network.test_twin import SHAPES

SUBNETS = {
    "va": ("v", "10.0.0.0/26", "a"),
    "vb": ("v", "10.0.0.64/26", "b"),
    "vs": ("v", "10.9.0.0/26", "a"),
    "vf": ("v", "10.0.0.128/28", "a"),
    "wa": ("w", "10.0.1.0/26", "a"),
    "wt": ("w", "10.0.1.64/28", "b"),
    "xa": ("x", "10.0.2.0/26", "a"),
}
VPCS = {"v": ("10.0.0.0/24", "10.9.0.0/25"), "w": ("10.0.1.0/24",), "x": ("10.0.2.0/24",)}
PLACES = (
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/24",
    "10.0.0.0/27",
    "10.0.0.64/26",
    "10.0.1.0/24",
    "10.0.2.0/25",
    "10.9.0.0/25",
    "192.168.0.0/16",
    "192.168.0.128/25",
    "8.0.0.0/8",
    "52.216.0.0/15",
)
OUTSIDE = ("8.8.8.8", "200.1.1.1", "52.216.1.1")
BUCKET = "52.216.1.1"
S3 = "com.amazonaws.eu-west-1.s3"
HOSTS = ("i0", "i1", "i2", "i3", "i4", "two")


def random_acls(dice, land):
    for name, (vpc, _, _) in SUBNETS.items():
        if dice.random() < 0.4:
            sides = []
            for _ in range(2):
                made = [
                    (dice.choice(("allow", "deny")), *dice.choice(SHAPES), dice.choice(PLACES))
                    for _ in range(dice.choice((0, 1, 2)))
                ]
                made.append(("allow", "all", None, "0.0.0.0/0"))
                sides.append([(n, *line) for n, line in enumerate(made, 1)])
            land.acl(f"{name}-acl", vpc, *sides)


def random_tables(dice, land):
    """Tables with routes more specific than `local`, lists, and what gateways announce."""
    choices = {
        "v": ("internet", "firewall", "transit", "peering", "vpn", "blackhole"),
        "w": ("internet", "transit", "peering", "blackhole"),
        "x": ("internet", "transit2"),
    }
    for name, (vpc, own, _) in SUBNETS.items():
        goals = dict.fromkeys(
            ["0.0.0.0/0", *dice.sample(PLACES, 2), dice.choice(("pl", "10.0.0.0/8"))]
        )
        routes = []
        for goal in goals:
            kind = dice.choice(choices[vpc])
            if name == "vf" and kind == "firewall":
                kind = "internet"
            home = any(_inside(goal, cidr) for cidr in VPCS[vpc])
            if goal in VPCS[vpc] or (home and (kind != "firewall" or goal == own)):
                continue
            routes.append((goal, kind))
        if vpc == "v" and name != "vf" and dice.random() < 0.4:
            goal = dice.choice([p for n, (v, p, _) in SUBNETS.items() if v == "v" and n != name])
            routes.append((goal, "firewall"))
        land.table(f"{name}-t", vpc, *_routes(dict(routes), vpc))
        if vpc == "v" and dice.random() < 0.5:
            learn(land, f"{name}-t")


def _inside(goal, cidr):
    return "/" in goal and prefix(cidr).covers(prefix(goal))


def _routes(goals, vpc):
    targets = {
        "internet": ("internet", f"igw-{vpc}"),
        "firewall": ("firewall", "fw"),
        "transit": ("transit", "tgw"),
        "transit2": ("transit", "tgw2"),
        "peering": ("peering", "pcx"),
        "vpn": ("vpn", "vgw"),
        "blackhole": ("blackhole", ""),
    }
    return [(goal, *targets[kind]) for goal, kind in goals.items()]


def changed(land, ref, change):
    """The land with a node changed."""
    land.nodes[:] = [change(n) if n.id == ref else n for n in land.nodes]


def learn(land, table):
    """Let a table learn what a gateway announces."""
    route = land.route(table, 99, unknown("what vgw announces"), "vpn", "vgw", propagated=True)
    changed(land, table, lambda t: replace(t, routes=(*t.routes, route)))


def name_endpoints(land):
    """Routes to the firewall name its endpoint."""
    for node in list(land.nodes):
        routes = getattr(node, "routes", ())
        if any(getattr(r, "kind", "") == "firewall" for r in routes):
            made = tuple(replace(r, by="vf") if r.kind == "firewall" else r for r in routes)
            changed(land, node.id, lambda n, made=made: replace(n, routes=made))


def random_firewall(dice, land):
    def rules(actions, count):
        return tuple(
            FirewallRule(
                dice.choice(actions),
                (dice.choice((-1, 6, 6, 17, 1)),),
                (prefix(dice.choice(PLACES)),),
                (prefix(dice.choice(PLACES)),),
                (dice.choice(((0, 65535), (22, 22), (22, 80), (1024, 65535))),),
                Proof("fw", f"rule[{i}]"),
            )
            for i in range(count)
        )

    land.add(
        Firewall(
            **land.basics("fw"),
            vpc="v",
            endpoints=(("vf", "vpce-fw"),),
            stateless=rules(("pass", "drop", "forward"), dice.choice((0, 0, 1, 2))),
            stateless_rest=dice.choice(("forward", "forward", "forward", "pass", "drop")),
            stateful=rules(("pass", "pass", "drop", "alert"), dice.choice((0, 1, 2, 3))),
            stateful_rest=dice.choice(("pass", "drop")),
            strict=dice.random() < 0.5,
        )
    )


def random_gateways(dice, land):
    for vpc in VPCS:
        land.igw(f"igw-{vpc}", vpc)
    if dice.random() < 0.5:
        inner = dice.sample(("10.0.0.0/26", "10.0.0.64/26", "10.9.0.0/26"), dice.choice((1, 2)))
        land.table("edge", "v", *((goal, "firewall", "fw") for goal in inner))
        changed(land, "igw-v", lambda g: replace(g, table="edge"))
    land.peering("pcx", "v", "w")
    land.vgw("vgw", "v")
    land.customer("cgw")
    routes = dice.choice(((), ("192.168.0.0/25",), ("192.168.0.0/24", "10.0.0.64/27")))
    land.vpn("vpn", "cgw", gateway="vgw", routes=routes)
    land.site("office", "192.168.0.0/24", behind="cgw")
    listed = dict.fromkeys(dice.sample(PLACES[2:], 3))
    land.prefix_list(
        "pl", *(p for p in listed if not any(_inside(p, c) for v in VPCS.values() for c in v))
    )
    land.prefix_list(S3, "52.216.0.0/15")
    tables = tuple(f"{n}-t" for n in SUBNETS if n[0] == "v" and dice.random() < 0.3)
    land.add(Endpoint(**land.basics("s3"), vpc="v", service=S3, kind="Gateway", tables=tables))


def random_transit(dice, land):
    land.transit("tgw", dice.choice((None, "enable")))
    land.region = "eu-north-1"
    land.transit("tgw2")
    land.region = "eu-west-1"
    inner = {
        "v": dice.choice((("va", "vb"), ("vb",), ())),
        "w": dice.choice((("wt",), ("wa", "wt"))),
    }
    for vpc in "vw":
        land.attachment(f"a-{vpc}", "tgw", vpc, dice.choice(("red", "blue")), "vpc", inner[vpc])
    if dice.random() < 0.3:
        made = {"appliance_mode_support": "enable"}
        changed(land, "a-v", lambda a: replace(a, source=replace(a.source, values=made)))
    land.attachment("a-x", "tgw2", "x", "green", "vpc", ("xa",))
    land.attachment("p1", "tgw", "tgw2", dice.choice(("red", "blue")), "peering")
    land.attachment("p2", "tgw2", "tgw", "green", "peering")
    for table in ("red", "blue"):
        static = {"10.0.2.0/24": ("attachment", "p1")}
        for goal in dice.sample(PLACES, 2):
            static[goal] = dice.choice(
                (("blackhole", ""), ("attachment", "a-v"), ("attachment", "a-w"))
            )
        land.transit_table(
            table,
            "tgw",
            *((goal, *end) for goal, end in static.items()),
            propagations=dice.sample(("a-v", "a-w"), dice.choice((1, 2))),
        )
    land.transit_table("green", "tgw2", ("10.0.0.0/23", "attachment", "p2"), propagations=("a-x",))


def random_group(dice, land, name):
    peers = (
        "0.0.0.0/0",
        "0.0.0.0/0",
        "group:g0",
        "group:g1",
        "list:pl",
        f"list:{S3}",
        *PLACES[1:7],
    )
    rules = [(*dice.choice(SHAPES), dice.choice(peers)) for _ in range(dice.choice((1, 2, 3)))]
    outs = [("all", None, "0.0.0.0/0")]
    if dice.random() < 0.3:
        outs = [(*dice.choice(SHAPES), dice.choice(peers)) for _ in range(2)]
    land.group(name, *rules, outs=outs)


def seat_in(dice, subnet):
    span = prefix(SUBNETS[subnet][1])
    return str(IPv4Address(span.low + dice.randrange(4, 12)))


def random_hosts(dice, land):
    for i, subnet in enumerate(
        ("va", dice.choice(("vb", "vs")), "wa", "xa", dice.choice(tuple(SUBNETS)))
    ):
        groups = dice.sample(("g0", "g1", "g2"), dice.choice((1, 2)))
        land.instance(
            f"i{i}", subnet, *groups, public=dice.random() < 0.5, address=seat_in(dice, subnet)
        )
    spots = dice.sample(("va", "vb", "vs"), 2)
    nics = [
        land.interface("two", s, (g,), answer(n == 1 and dice.random() < 0.5), (seat_in(dice, s),))
        for n, (s, g) in enumerate(zip(spots, ("g0", "g1"), strict=True))
    ]
    land.add(Instance(**land.basics("two"), interfaces=tuple(nics), token_required=YES))


def random_service(dice, land):
    """A balancer in v, a service before it, and an endpoint of it in w."""
    target = Target(dice.choice(("i0", "i1")), dice.choice((22, 80)), answer(dice.random() < 0.5))
    home = dice.choice(("va", "vb"))
    land.balancer(
        "nlb",
        [home],
        *dice.choice(((), ("g2",))),
        kind="network",
        internal=True,
        listeners=[("TCP", 443), ("TCP_UDP", 53)],
        targets=(target,),
        cross_zone=answer(dice.random() < 0.5),
    )
    if dice.random() < 0.3:
        name = "enforce_security_group_inbound_rules_on_private_link_traffic"
        changed(land, "nlb", lambda b: replace(b, source=replace(b.source, values={name: "off"})))
    changed(
        land,
        "nlb",
        lambda b: replace(
            b,
            interfaces=tuple(
                replace(i, addresses=(prefix(seat_in(dice, home)),)) for i in b.interfaces
            ),
        ),
    )
    land.add(EndpointService(**land.basics("svc"), balancers=("nlb",)))
    place = land.interface("ep", "wa", (dice.choice(("g0", "g1")),), NO, (seat_in(dice, "wa"),))
    land.add(
        Endpoint(
            **land.basics("ep"),
            vpc="w",
            service="com.amazonaws.vpce.eu-west-1.vpce-svc-1",
            kind="Interface",
            tables=(),
            interfaces=(place,),
            provider="svc",
        )
    )


def random_land(dice):
    land = Land()
    for vpc, cidrs in VPCS.items():
        land.vpc(vpc, *cidrs, region="eu-north-1" if vpc == "x" else "eu-west-1")
    random_gateways(dice, land)
    random_acls(dice, land)
    random_tables(dice, land)
    for name, (vpc, cidr, zone) in SUBNETS.items():
        known = {n.id for n in land.nodes}
        acl = f"{name}-acl" if f"{name}-acl" in known else f"{vpc}-acl"
        land.subnet(name, vpc, cidr, table=f"{name}-t", acl=acl, zone=zone)
    random_firewall(dice, land)
    name_endpoints(land)
    random_transit(dice, land)
    for i in range(3):
        random_group(dice, land, f"g{i}")
    random_hosts(dice, land)
    random_service(dice, land)
    return land
