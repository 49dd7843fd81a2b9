"""A network after a change of one group answers as one that is made anew does."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.network.floating import moved
from graphs.network.reach import INTERNET, Network
from graphs.nodes import Endpoint, SecurityGroup, Service, Site
from tests.graphs.network.estates import Land, unknown
from tests.graphs.network.test_twin import PLACES, SHAPES
from tests.properties.test_network_kinds import crowded


def places(nodes):
    return [node.id for node in (*nodes.of(Service), *nodes.of(Endpoint))]


def asked(network):
    """Every answer of a network: from outside, of all services at once, and by class."""
    nodes = network.nodes
    outside = (INTERNET, *(site.id for site in nodes.of(Site)))
    found = {
        (source, place): network.reach(source, place).packets
        for source in outside
        for place in places(nodes)
    }
    for place in network.pairs.places:
        found |= {(source, place, "into"): bounds for source, bounds, _ in network.into(place)}
    exposed = [(kind.places, kind.reached.packets) for kind in network.exposed()]
    return found, sorted(exposed, key=lambda kind: kind[0])


def fixed(seat):
    return seat.address and (seat.address,)


def by_class(network):
    """What gets from class to class, each place at its address: a change may leave small ones."""
    seats = {place: network.zones.seats(place) for place in network.pairs.places}
    return {
        (source, goal, a.zone.family): moved(network.pairs.between(a, b), fixed(a), fixed(b))
        for source in seats
        for goal in seats
        for a in seats[source]
        for b in seats[goal]
        if a.zone.family == b.zone.family
    }


def same(left, right):
    assert left.keys() == right.keys()
    for key, bounds in left.items():
        assert (bounds.certain, bounds.possible) == (right[key].certain, right[key].possible), key


def changed(dice, group):
    """A group with other rules: some gone, some new, some of them with what is not known."""
    land = Land()

    def rules(old, way):
        places = (*PLACES, "10.0.0.77/32", "203.0.113.0/24", "group:g1", unknown("var.office"))
        made = tuple(
            land.rule(group.id, f"{way}[{i}]", *dice.choice(SHAPES), dice.choice(places))
            for i in range(dice.randrange(3))
        )
        return tuple(rule for rule in old if dice.random() < 0.5) + made

    ways = dice.choice((("ingress",), ("egress",), ("ingress", "egress")))
    new = replace(group, **{way: rules(getattr(group, way), way) for way in ways})
    return replace(new, unread=(unknown("var.more"),)) if dice.random() < 0.1 else new


@settings(max_examples=10)
@given(st.integers(0, 10**9))
def test_one_change_after_another(seed):
    dice = Random(seed)
    network = crowded(seed).network()
    for _ in range(2):
        if dice.random() < 0.8:
            asked(network)
        group = changed(dice, dice.choice(network.nodes.of(SecurityGroup)))
        network = network.after(group)
        anew = Network(network.nodes)
        assert network.nodes.by_id[group.id] is group
        (left, exposed), (right, exposed_anew) = asked(network), asked(anew)
        same(left, right)
        assert exposed == exposed_anew
        same(by_class(network), by_class(anew))


def busy():
    """Two groups of instances, one of which the internet reaches."""
    land = Land()
    land.vpc("v", "10.0.0.0/16")
    land.igw("igw", "v")
    land.table("t", "v", ("0.0.0.0/0", "internet", "igw"))
    land.subnet("a", "v", "10.0.0.0/24", table="t")
    land.group("web", ("tcp", 443, "0.0.0.0/0"))
    land.group("inner", ("tcp", 5432, "group:web"))
    for number in range(4):
        land.instance(f"web{number}", "a", "web", public=True, address=f"10.0.0.{number + 4}")
        land.instance(f"db{number}", "a", "inner", public=True, address=f"10.0.0.{number + 40}")
    return land


def test_what_does_not_hold_the_group_is_not_asked_again():
    land = busy()
    network = land.network()
    assert len(list(network.exposed())) == 1
    group = network.nodes.by_id["inner"]
    opened = replace(group, ingress=(land.rule("inner", "x", "tcp", 22, "0.0.0.0/0"),))
    after = network.after(opened)
    assert after.reach(INTERNET, "web0") is network.reach(INTERNET, "web0")
    assert len(list(after.exposed())) == 2
    assert after.zones.seats("db0")[0].number == network.zones.seats("db0")[0].number


def test_a_range_that_cuts_a_class_makes_new_classes():
    land = busy()
    network = land.network()
    list(network.exposed())
    ssh = land.rule("web", "x", "tcp", 22, "10.0.0.4/31")
    after = network.after(replace(network.nodes.by_id["web"], ingress=(ssh,)))
    assert [s.zone.ranges for s in after.zones.seats("web0")] != [
        s.zone.ranges for s in network.zones.seats("web0")
    ]
    assert after.reach("web1", "web2").ports == "tcp 22"
    assert after.reach("web2", "web1").ports == ""


def test_the_network_of_changed_nodes_keeps_what_a_group_leaves_alone():
    network = busy().network()
    list(network.exposed())
    group = replace(network.nodes.by_id["inner"], egress=())
    assert network.changed(network.nodes.changed(group)).reach(INTERNET, "web0") is network.reach(
        INTERNET, "web0"
    )
    moved = network.nodes.changed(replace(network.nodes.by_id["a"], zone="b"))
    assert network.changed(moved).nodes is moved
