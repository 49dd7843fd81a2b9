"""The set engine agrees with the plain twin on what stands at the borders of LANs."""

from collections import Counter
from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.network.packets import Packet
from graphs.network.reach import INTERNET
from graphs.nodes import (
    Endpoint,
    Service,
    Site,
)
from graphs.unknown import Cause
from tests.graphs.network.bordered import Bordered
from tests.graphs.network.bordering import BUCKET, HOSTS, OUTSIDE, random_land
from tests.graphs.network.estates import address
from tests.graphs.network.test_twin import PROBES

HEARD = {"ep": ((6, 443), (17, 53), (6, 22)), BUCKET: ((6, 443), (6, 80))}


def seats(land):
    """The address of each interface."""
    return {
        (id(i), 4): i.addresses[0].low
        for n in land.nodes
        if isinstance(n, Service | Endpoint)
        for i in n.interfaces
    }


def spots(land, place):
    """A place as the twin knows it, once for each of its addresses."""
    if place == BUCKET:
        return [(("host",), address(BUCKET))]
    if place == INTERNET:
        return [(("internet",), address(text)) for text in OUTSIDE]
    node = next(n for n in land.nodes if n.id == place)
    if isinstance(node, Site):
        return [
            (("site", place), address("192.168.0.5")),
            (("site", place), address("192.168.0.200")),
        ]
    if isinstance(node, Endpoint):
        return [(("endpoint", i, node), i.addresses[0].low) for i in node.interfaces]
    return [(("service", i), i.addresses[0].low) for i in node.interfaces]


def check(dice, land, network, twins, source, goal, count):
    reached = network.reach(source, goal).packets
    exact = not any(u.cause is Cause.MODEL for u in reached.because)
    probes = HEARD.get(goal) or dice.sample(PROBES[:-2], 4)
    for (here, begin), (there, finish) in product(spots(land, source), spots(land, goal)):
        for protocol, port in probes:
            packet = Packet(4, begin, finish, protocol, port)
            said = {twin.passes(here, there, packet) for twin in twins}
            what = source, goal, packet, said, reached
            count[frozenset(said)] += 1
            if said != {False}:
                assert packet in reached.possible, what
            if said != {True}:
                assert packet not in reached.certain, what
            if exact and len(said) == 1 and None not in said:
                assert (True in said) == (packet in reached.possible), what


def agree(seed, count):
    dice = Random(seed)
    land = random_land(dice)
    network = land.network()
    twins = [Bordered(land.nodes, seats(land), pick) for pick in (0, 1)]
    for source in (INTERNET, "office", *HOSTS):
        for goal in (INTERNET, BUCKET, *HOSTS, "ep"):
            outside = source in (INTERNET, "office") and goal in (INTERNET, BUCKET)
            if source != goal and not outside and (source, goal) != (INTERNET, "ep"):
                check(dice, land, network, twins, source, goal, count)


@settings(max_examples=25)
@given(st.integers(0, 10**9))
def test_every_sampled_packet_gets_the_answer_of_its_twin(seed):
    agree(seed, Counter())


def test_the_random_borders_let_enough_pass_to_mean_something():
    count = Counter()
    for seed in range(12):
        agree(seed, count)
    whole = sum(count.values())
    for said, share in ((True, 0.06), (False, 0.5), (None, 0.005)):
        assert count[frozenset({said})] / whole > share, count
