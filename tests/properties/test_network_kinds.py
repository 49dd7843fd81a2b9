"""What the internet and sites reach, asked of kinds of services: each gets what it gets alone."""

from functools import cached_property
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.network.reach import INTERNET, Network
from graphs.network.zones import CLOUDFRONT
from graphs.nodes import Endpoint, Service, Site
from scanner.estates import Request, estates
from tests.graphs.network.estates import Land
from tests.graphs.network.test_twin import random_land
from tests.properties.test_network_classes import doubted, dual_stack

FIXTURES = Path(__file__).parents[2] / "fixtures"
RECORDED = sorted(path for path in (FIXTURES / "aws").iterdir() if path.is_dir())
LABS = sorted(path for path in (FIXTURES / "terraform" / "labs").iterdir() if path.is_dir())
ESTATES = [FIXTURES / "terraform" / "harbor", *LABS, *RECORDED]


class OneByOne(Network):
    """A network that asks for every pair of places by itself, and keeps nothing of it."""

    def _alike(self, source, destination):
        return None

    @cached_property
    def inward(self):
        return SimpleNamespace(flow=self.flows.flow)


def check(nodes):
    """Every service from every place outside, both ways; how many are reached, and kinds asked."""
    network, apart = Network(nodes), OneByOne(nodes)
    found = asked = 0
    for source in (INTERNET, CLOUDFRONT, "9.9.9.9", *(s.id for s in nodes.of(Site))):
        kinds = list(network.exposed(source))
        asked += len(kinds)
        told = {place for kind in kinds for place in kind.places}
        for node in (*nodes.of(Service), *nodes.of(Endpoint)):
            alone, alike = apart.reach(source, node.id), network.reach(source, node.id)
            assert alike.packets.possible == alone.packets.possible, (source, node.id)
            assert alike.packets.certain == alone.packets.certain, (source, node.id)
            assert alike.partly == alone.partly, (source, node.id)
            assert alike.answer().because == alone.answer().because, (source, node.id)
            assert (node.id in told) == bool(alone.packets.possible), (source, node.id)
            found += bool(alone.packets.possible)
    return found, asked


def crowded(seed):
    """A random estate with several instances of each kind, some of their groups unknown."""
    dice = Random(seed)
    land = doubted(seed) if dice.random() < 0.3 else random_land(dice)
    for i in range(12):
        vpc, half = dice.choice("vw"), dice.choice((0, 1))
        start = {"v": "10.0.0", "w": "10.0.1"}[vpc]
        fixed = f"{start}.{64 * half + dice.randrange(64)}" if dice.random() < 0.7 else None
        group, public = dice.choice(("g0", "g1")), dice.random() < 0.8
        land.instance(f"c{i}", f"{vpc}{half}", group, public=public, address=fixed)
    return land


@settings(max_examples=30)
@given(st.integers(0, 10**9))
def test_random_estates(seed):
    check(crowded(seed).network().nodes)


def test_both_families():
    land = dual_stack()
    land.igw("igw", "v")
    land.site("office", "192.168.0.0/24", behind="cgw")
    land.customer("cgw")
    check(land.network().nodes)


def test_many_are_asked_as_one():
    land = Land()
    land.vpc("v", "10.0.0.0/16")
    land.igw("igw", "v")
    land.table("to-internet", "v", ("0.0.0.0/0", "internet", "igw"))
    land.group("web", ("tcp", 443, "0.0.0.0/0"))
    for name, start in (("a", "10.0.1"), ("b", "10.0.2")):
        land.subnet(name, "v", f"{start}.0/24", table="to-internet")
        for host in range(5):
            land.instance(f"{name}{host}", name, "web", public=True, address=f"{start}.{host + 4}")
    land.instance("hidden", "a", "web", address="10.0.1.77")
    (kind,) = land.network().exposed()
    assert len(kind.places) == 10
    assert check(land.network().nodes) == (30, 3)


@pytest.mark.parametrize("path", ESTATES, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_real_estates(path):
    for read in estates(Request(path)):
        check(read.estate.index)
