"""What any network keeps to: an allow opens and never closes, a deny closes and never opens, and
the order of what was read does not matter."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.network.reach import INTERNET, Network
from graphs.nodes import Acl, NodeIndex, SecurityGroup
from tests.graphs.network.estates import Land, prefix
from tests.graphs.network.test_twin import BALANCERS, SHAPES, anywhere, random_land

STARTS = (INTERNET, "office", "plant", "i0", "i1")
ENDS = ("i0", "i1", "i2", INTERNET, *BALANCERS)


def answers(nodes):
    """What gets from where to where."""
    network = Network(NodeIndex(tuple(nodes)))
    return {
        (source, goal): network.reach(source, goal).packets
        for source in STARTS for goal in ENDS
        if source != goal and not (source in ("office", "plant") and goal == INTERNET)
    }  # fmt: skip


def swapped(nodes, old, new):
    return [new if node is old else node for node in nodes]


@settings(max_examples=25)
@given(st.integers(0, 10**9), st.booleans())
def test_a_rule_more_in_a_group_never_closes_anything(seed, inward):
    dice = Random(seed)
    nodes = random_land(dice).nodes
    group = dice.choice([n for n in nodes if isinstance(n, SecurityGroup)])
    way = "ingress" if inward else "egress"
    peer = dice.choice((anywhere(dice), "group:g0", "group:g1"))
    rule = Land().rule(group.id, f"{way}[more]", *dice.choice(SHAPES), peer)
    more = replace(group, **{way: (*getattr(group, way), rule)})
    before, after = answers(nodes), answers(swapped(nodes, group, more))
    for ends, known in before.items():
        assert known.certain <= after[ends].certain, ends
        assert known.possible <= after[ends].possible, ends


@settings(max_examples=25)
@given(st.integers(0, 10**9), st.booleans(), st.booleans())
def test_a_first_entry_of_an_acl_does_one_thing_alone(seed, inward, allow):
    dice = Random(seed)
    nodes = random_land(dice).nodes
    acl = dice.choice([n for n in nodes if isinstance(n, Acl)])
    way = "ingress" if inward else "egress"
    other = next(e for e in acl.egress)
    protocol, ports = dice.choice(SHAPES)
    rule = Land().rule(acl.id, way, protocol, ports, "0.0.0.0/0")
    first = replace(
        other, number=0, allow=allow, protocol=rule.protocol, ports=rule.ports,
        prefix=prefix(anywhere(dice)),
    )  # fmt: skip
    changed = replace(acl, **{way: (first, *getattr(acl, way))})
    before, after = answers(nodes), answers(swapped(nodes, acl, changed))
    for ends, known in before.items():
        less, more = (known, after[ends]) if allow else (after[ends], known)
        assert less.certain <= more.certain, ends
        assert less.possible <= more.possible, ends


@settings(max_examples=15)
@given(st.integers(0, 10**9))
def test_the_order_in_which_things_are_read_changes_nothing(seed):
    dice = Random(seed)
    nodes = random_land(dice).nodes
    mixed = dice.sample(nodes, len(nodes))
    assert answers(nodes) == answers(mixed)
