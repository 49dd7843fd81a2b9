"""Whatever an unknown value turns out to be, the answer lies between the two bounds."""

from dataclasses import fields, replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.addresses import ANY4
from graphs.network.reach import INTERNET, Network
from graphs.nodes import (
    Acl,
    AclEntry,
    Gateway,
    GroupRule,
    Instance,
    Interface,
    NatGateway,
    NodeIndex,
    Peering,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    TransitAttachment,
    TransitTable,
    VpnConnection,
)
from graphs.unknown import Answer, cannot_tell
from tests.graphs.network.estates import unknown
from tests.graphs.network.test_twin import random_land

WHY = unknown("var.x")
# The fields whose value is hidden. A route's destination is not among them: what leads inside is
# taken not to cover the internet, and test_reach tells what an unknown one does.
HIDDEN = {
    Acl: ("ingress", "egress"),
    AclEntry: ("number", "allow", "protocol", "ports", "prefix"),
    Gateway: ("vpc",),
    GroupRule: ("protocol", "ports", "prefixes", "groups"),
    Instance: ("interfaces",),
    Interface: ("subnet", "groups", "public"),
    NatGateway: ("subnet", "public"),
    Peering: ("requester", "accepter", "active"),
    Route: ("target",),
    RouteTable: ("routes",),
    SecurityGroup: ("ingress", "egress"),
    Subnet: ("vpc", "cidrs", "zone", "table", "acl"),
    TransitAttachment: ("gateway", "target", "table", "subnets"),
    TransitTable: ("routes", "propagations"),
    VpnConnection: ("customer", "gateway", "transit"),
}


def hidden(dice, value):
    """The value with one thing in it unknown; itself where there is nothing to hide."""
    if isinstance(value, tuple) and value and not isinstance(value[0], int):
        which = dice.randrange(len(value))
        return (*value[:which], hidden(dice, value[which]), *value[which + 1 :])
    if isinstance(value, Answer):
        return cannot_tell(WHY)
    if type(value) in HIDDEN:
        names = {f.name for f in fields(value)}
        choices = [n for n in HIDDEN[type(value)] if n in names]
        name = dice.choice(choices)
        inner = getattr(value, name)
        return value if inner in ((), None) else replace(value, **{name: hidden(dice, inner)})
    return WHY


def check(seed):
    dice = Random(seed)
    land = random_land(dice)
    spots = [i for i, n in enumerate(land.nodes) if type(n) in HIDDEN]
    which = dice.choice(spots)
    blurred = [hidden(dice, n) if i == which else n for i, n in enumerate(land.nodes)]
    sharp, dull = land.network(), Network(NodeIndex(tuple(blurred)))
    for source in (INTERNET, "office", "plant", "i0", "i1", "i2"):
        for goal in ("i0", "i1", "i2", INTERNET):
            if source != goal and not (source in ("office", "plant") and goal == INTERNET):
                known, guess = sharp.reach(source, goal), dull.reach(source, goal)
                what = seed, blurred[which], source, goal, known.packets, guess.packets
                assert guess.packets.certain <= guess.packets.possible, what
                # Where the range of a subnet is hidden, so is the address of what is in it.
                place = (ANY4,) if isinstance(blurred[which], Subnet) else None
                assert guess.packets.certain.moved(place, place) <= (
                    known.packets.possible.moved(place, place)
                ), what
                assert known.packets.certain <= guess.packets.possible, what
                if guess.answer().undecided:
                    assert guess.answer().because, what


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_the_answer_lies_between_its_bounds(seed):
    check(seed)
