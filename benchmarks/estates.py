"""Large estates to measure with, as the resources that a front end would have read.

Input: how many instances, and a seed. Output: resources with AWS's ids in them: VPCs of three
tiers (public, private, data), their tables, ACLs and groups, peerings, a transit gateway with
three domains of which one is shared, and the instances. The same seed gives the same estate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from graphs.resource import Address, Origin, Resource, Scope, Source

TIERS = ("public", "private", "data")
PORTS = (22, 25, 53, 80, 123, 443, 1433, 2049, 3306, 3389, 5000, 5432, 6379, 8000, 8080, 8443,
         9000, 9092, 9200, 27017)  # fmt: skip
WITHIN = "10.0.0.0/8"
ANY = "0.0.0.0/0"
_SCOPE = Scope("aws", "111111111111", "eu-west-1")
_ORIGIN = Origin(Source.STATE)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of each kind there is; the VPCs have twelve subnets each, in three zones."""

    instances: int = 100_000
    vpcs: int = 500
    groups: int = 2_000
    partners: int = 120


def estate(size: Size, seed: int = 1) -> Iterator[Resource]:
    """The resources of an estate."""
    dice = Random(seed)
    partners = [_partner(dice) for _ in range(size.partners)]
    domains = dice.choices(("prod", "dev", "shared"), (5, 4, 1), k=size.vpcs)
    peers = _peers(dice, size.vpcs)
    yield _made("aws_ec2_transit_gateway", "tgw", default_route_table_association="disable",
                default_route_table_propagation="disable")  # fmt: skip
    for domain in ("prod", "dev", "shared"):
        yield _made(
            "aws_ec2_transit_gateway_route_table", f"tgw-{domain}", transit_gateway_id="tgw"
        )
    for one, other in peers:
        yield _made("aws_vpc_peering_connection", f"pcx-{one}-{other}", vpc_id=f"vpc-{one}",
                    peer_vpc_id=f"vpc-{other}", auto_accept=True)  # fmt: skip
    of_vpc = _groups_of(dice, size)
    for vpc in range(size.vpcs):
        gateway = dice.random() < 0.6
        attached = dice.random() < 0.85
        yield from _vpc(dice, vpc, gateway, attached, partners, peers)
        if attached:
            yield from _attachment(vpc, domains[vpc])
        yield from _groups(dice, vpc, of_vpc[vpc], partners, size.vpcs)
    yield from _instances(dice, size, of_vpc)


def _made(kind: str, name: str, **values: object) -> Resource:
    told = {"id": name, **values}
    return Resource(Address("", kind, name), kind, told, _SCOPE, _ORIGIN)  # type: ignore[arg-type]


def _partner(dice: Random) -> str:
    length = dice.choice((16, 20, 24, 28, 32))
    number = dice.randrange(20 << 24, 100 << 24) >> (32 - length) << (32 - length)
    return f"{_dotted(number)}/{length}"


def _dotted(number: int) -> str:
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def _start(vpc: int) -> int:
    return (10 << 24) + (vpc << 14)


def _range(vpc: int) -> str:
    return f"{_dotted(_start(vpc))}/18"


def _subnet_range(vpc: int, subnet: int) -> str:
    return f"{_dotted(_start(vpc) + (subnet << 10))}/22"


def _peers(dice: Random, vpcs: int) -> list[tuple[int, int]]:
    found = {tuple(sorted(dice.sample(range(vpcs), 2))) for _ in range(vpcs // 5)}
    return sorted(found)  # type: ignore[arg-type]


def _vpc(
    dice: Random,
    vpc: int,
    gateway: bool,
    attached: bool,
    partners: list[str],
    peers: list[tuple[int, int]],
) -> Iterator[Resource]:
    home = f"vpc-{vpc}"
    yield _made("aws_vpc", home, cidr_block=_range(vpc))
    if gateway:
        yield _made("aws_internet_gateway", f"igw-{vpc}", vpc_id=home)
        yield _made("aws_nat_gateway", f"nat-{vpc}", subnet_id=f"subnet-{vpc}-0")
    for number, tier in enumerate(TIERS):
        table, acl = f"rtb-{vpc}-{tier}", f"acl-{vpc}-{tier}"
        routes = [*_routes(dice, vpc, tier, gateway, attached), *_over_peers(vpc, peers)]
        yield _made("aws_route_table", table, vpc_id=home, route=tuple(routes))
        subnets = [f"subnet-{vpc}-{number * 4 + each}" for each in range(4)]
        if dice.random() < 0.5:
            into, out = _entries(dice, tier, partners)
            yield _made("aws_network_acl", acl, vpc_id=home, subnet_ids=tuple(subnets),
                        ingress=into, egress=out)  # fmt: skip
        for each, subnet in enumerate(subnets):
            yield _made("aws_subnet", subnet, vpc_id=home, availability_zone="abc"[each % 3],
                        cidr_block=_subnet_range(vpc, number * 4 + each))  # fmt: skip
            yield _made("aws_route_table_association", f"{subnet}-rtb", subnet_id=subnet,
                        route_table_id=table)  # fmt: skip


def _routes(
    dice: Random, vpc: int, tier: str, gateway: bool, attached: bool
) -> Iterator[dict[str, object]]:
    if gateway and tier == "public":
        yield {"cidr_block": ANY, "gateway_id": f"igw-{vpc}"}
    if gateway and tier == "private":
        yield {"cidr_block": ANY, "nat_gateway_id": f"nat-{vpc}"}
    if attached:
        yield {"cidr_block": WITHIN, "transit_gateway_id": "tgw"}
    if tier == "public" and dice.random() < 0.1:
        yield {"cidr_block": f"{dice.randrange(20, 99)}.{dice.randrange(256)}.0.0/16"}  # blackhole


def _over_peers(vpc: int, peers: list[tuple[int, int]]) -> Iterator[dict[str, object]]:
    for one, other in peers:
        if vpc in (one, other):
            far = other if vpc == one else one
            yield {
                "cidr_block": _range(far),
                "vpc_peering_connection_id": f"pcx-{one}-{other}",
            }


def _entry(
    number: int, allow: bool, protocol: str, place: str, low: int, high: int
) -> dict[str, object]:
    return {"rule_no": number, "action": "allow" if allow else "deny", "protocol": protocol,
            "cidr_block": place, "from_port": low, "to_port": high}  # fmt: skip


def _entries(
    dice: Random, tier: str, partners: list[str]
) -> tuple[tuple[dict[str, object], ...], tuple[dict[str, object], ...]]:
    into = []
    for number in range(dice.randrange(6)):
        port = dice.choice(PORTS)
        ports = (0, 65535) if dice.random() < 0.4 else (port, port)
        protocol = dice.choice(("-1", "tcp"))
        into.append(_entry(100 + number, dice.random() < 0.5, protocol, dice.choice(partners),
                           *ports))  # fmt: skip
    every = _entry(900, True, "-1", ANY, 0, 0)
    if tier != "public":
        into += [_entry(200, False, "tcp", ANY, 3389, 3389), _entry(201, True, "-1", WITHIN, 0, 0),
                 _entry(202, True, "tcp", ANY, 1024, 65535)]  # fmt: skip
        return tuple(into), (every,)
    into += [_entry(200, True, "tcp", ANY, 443, 443), _entry(201, True, "tcp", ANY, 80, 80),
             _entry(202, True, "tcp", ANY, 1024, 65535),
             _entry(203, True, "-1", WITHIN, 0, 0)]  # fmt: skip
    answers = (1024, 65535) if dice.random() < 0.9 else (443, 443)
    out = (_entry(100, True, "tcp", ANY, *answers), _entry(110, True, "-1", WITHIN, 0, 0),
           _entry(120, True, "tcp", ANY, 80, 443))  # fmt: skip
    return tuple(into), out


def _attachment(vpc: int, domain: str) -> Iterator[Resource]:
    """In its own domain's table; announced there and in the shared one, the shared everywhere."""
    name = f"tgw-attach-{vpc}"
    kind = "aws_ec2_transit_gateway"
    yield _made(f"{kind}_vpc_attachment", name, transit_gateway_id="tgw", vpc_id=f"vpc-{vpc}",
                subnet_ids=tuple(f"subnet-{vpc}-{each}" for each in (8, 9, 10)))  # fmt: skip
    yield _made(f"{kind}_route_table_association", f"{name}-rtb",
                transit_gateway_attachment_id=name,
                transit_gateway_route_table_id=f"tgw-{domain}")  # fmt: skip
    tables = ("prod", "dev", "shared") if domain == "shared" else (domain, "shared")
    for table in tables:
        yield _made(f"{kind}_route_table_propagation", f"{name}-{table}",
                    transit_gateway_attachment_id=name,
                    transit_gateway_route_table_id=f"tgw-{table}")  # fmt: skip


def _groups_of(dice: Random, size: Size) -> list[list[str]]:
    """The names of each VPC's groups, of which every VPC has one at least."""
    found: list[list[str]] = [[f"sg-{vpc}"] for vpc in range(size.vpcs)]
    for number in range(size.vpcs, max(size.groups, size.vpcs)):
        found[dice.randrange(size.vpcs)].append(f"sg-{number}")
    return found


def _groups(
    dice: Random, vpc: int, names: list[str], partners: list[str], vpcs: int
) -> Iterator[Resource]:
    for name in names:
        into = [_rule(dice, vpc, names, partners, vpcs) for _ in range(dice.randrange(2, 12))]
        if dice.random() < 0.1:
            into.append({"protocol": "-1", "from_port": 0, "to_port": 0, "self": True})
        every: list[dict[str, object]] = [_allow("-1", 0, 0, ANY)]
        if dice.random() > 0.85:
            every = [_allow("tcp", 443, 443, ANY), _allow("-1", 0, 0, _range(vpc))]
        yield _made("aws_security_group", name, vpc_id=f"vpc-{vpc}", ingress=tuple(into),
                    egress=tuple(every))  # fmt: skip


def _allow(protocol: str, low: int, high: int, *places: str) -> dict[str, object]:
    return {"protocol": protocol, "from_port": low, "to_port": high, "cidr_blocks": places}


def _rule(
    dice: Random, vpc: int, names: list[str], partners: list[str], vpcs: int
) -> dict[str, object]:
    low = dice.choice(PORTS)
    high = low if dice.random() < 0.85 else min(65535, low + dice.randrange(1, 2000))
    protocol = "tcp" if dice.random() < 0.9 else "udp"
    kind = dice.random()
    if kind < 0.12:
        return _allow(protocol, low, high, ANY)
    if kind < 0.32:
        return _allow(protocol, low, high, dice.choice(partners))
    if kind < 0.55:
        far = _subnet_range(dice.randrange(vpcs), dice.randrange(12))
        return _allow(protocol, low, high, dice.choices((WITHIN, _range(vpc), far), (3, 4, 3))[0])
    named = (dice.choice(names),)
    return {"protocol": protocol, "from_port": low, "to_port": high, "security_groups": named}


def _instances(dice: Random, size: Size, of_vpc: list[list[str]]) -> Iterator[Resource]:
    """Each has one of its VPC's usual sets of groups; half of the public tier is public."""
    usual = [
        [tuple(dice.sample(names, min(len(names), dice.randrange(1, 4))))
         for _ in range(dice.randrange(3, 12))]
        for names in of_vpc
    ]  # fmt: skip
    free: dict[tuple[int, int], int] = {}
    for number in range(size.instances):
        vpc, subnet = dice.randrange(size.vpcs), dice.randrange(12)
        place = free[vpc, subnet] = free.get((vpc, subnet), 3) + 1
        values: dict[str, object] = {
            "subnet_id": f"subnet-{vpc}-{subnet}",
            "private_ip": _dotted(_start(vpc) + (subnet << 10) + place),
            "vpc_security_group_ids": dice.choice(usual[vpc]),
            "associate_public_ip_address": subnet < 4 and dice.random() < 0.5,
        }
        yield _made("aws_instance", f"i-{number:07}", **values)
