"""Harbor as code and as an account say the same, for all of it that could be applied."""

import sys
from dataclasses import dataclass, replace

import pytest

from graphs.build import build_estate
from graphs.estate import Estate
from graphs.nodes import Function
from scanner.cloud.shape import shaped, unread_kinds
from scanner.config import load_config
from tests.harbor_table import HARBOR
from tests.scanner.cloud.conftest import pointed, swept
from tests.scanner.cloud.likeness import all_twins, findings, paths, twins
from tests.scanner.cloud.mended import HOLES
from tests.scanner.cloud.plain import Plain, narrowed, statements
from tests.scanner.cloud.seeder import APPLY, WITHHELD

pytestmark = pytest.mark.xdist_group("moto")

DIFFERENCES = {
    "AWS knows it by an id, code by a word of its own": {
        "name": "AccessKey Acl Endpoint Federation FlowLog Gateway Key NatGateway Peering "
        "RouteTable SecurityGroup TransitAttachment TransitGateway VpnConnection",
    },
    "AWS chooses addresses": {
        "interfaces.addresses": "Endpoint Instance",
        "interfaces.public_addresses": "Instance",
        "addresses": "NatGateway",
        "public_addresses": "NatGateway",
    },
    "IAM is in no region, the provider of code is in one": {
        "scope": "AccessKey Federation Profile Role User",
    },
    "Lambda does not tell where the code of a function was": {"supplies": "Function"},
    "tags of identity providers are not asked for, nor does a list tell them of profiles": {
        "tags": "Federation Profile",
    },
    "moto's list of what is tagged has no trails": {"tags": "Trail"},
    "moto takes no bucket of another account for a flow log": {"store": "FlowLog"},
    "in code a secret is a reference, in an account it is written out": {
        "settings.literal": "Instance",
    },
    "an account has one policy, of which code has the statements": {"policies": "Function"},
}
"""Why, and of which fields and kinds of nodes, code and account may differ: in these they do."""

ONLY_LIVE = {"PrefixList": "AWS's own lists of addresses, which every account sees"}


@dataclass(frozen=True)
class Both:
    """Both estates, and the addresses of the code in the account."""

    code: Estate
    live: Estate
    names: dict[str, str]
    sides: tuple[Plain, Plain]

    @property
    def pairs(self):
        """Every node of the code with its twin."""
        for node in self.code.index.nodes:
            yield node, self.live.index.by_id[self.names[node.id]]


def _read(coverage):
    """The coverage as if a sweep read every kind: of those that it does not read, none was applied,
    and code is sure that there is none."""
    left = {(k, w): why for (k, w), why in coverage.missing.items() if k not in unread_kinds()}
    return replace(coverage, missing=left)


@pytest.fixture(scope="module")
def both(world):
    """The estates of the code that was applied and of the account, under one configuration."""
    with pointed(world):
        found = shaped(swept("production", "shared", "archive"))
    declared = load_config(HARBOR).declared
    data = [r for r in world.evaluated.resources if r.address.mode == "data"]
    code = build_estate([*world.part, *data], declared)
    live = build_estate(found.resources, declared, found.gaps, _read(found.coverage))
    names = all_twins(code, live, twins(world.seeder.applied, world.part, found.resources))
    return Both(code, live, names, (Plain(names, world.seeder.settled), Plain({})))


def test_code_and_account_have_the_same_findings_and_paths(both):
    assert findings(both.live, {}) == findings(both.code, both.names)
    in_code, in_account = paths(both.code, both.names), paths(both.live, {})
    assert set(in_account) == set(in_code)
    assert len(in_code) >= 9
    told = {what: path for what, (path, same) in in_code.items() if same}
    assert told == {what: in_account[what][0] for what in told}
    assert len(told) >= 7


def test_code_and_account_have_the_same_nodes(both):
    assert len(both.names) == len(set(both.names.values()))
    rest = set(both.live.index.by_id) - set(both.names.values())
    assert {type(both.live.index.by_id[each]).__name__ for each in rest} == set(ONLY_LIVE)
    for node, twin in both.pairs:
        assert type(node) is type(twin)


def test_the_nodes_say_the_same_but_for_what_is_excused(both):
    code, live = both.sides
    found: dict[tuple[str, str], list[object]] = {}
    for node, twin in both.pairs:
        ours, theirs = code.node(node), live.node(twin)
        for name in ours:
            if ours[name] != theirs[name]:
                case = (node.id, ours[name], theirs[name])
                found.setdefault((type(node).__name__, name), []).append(case)
    excused = {
        (kind, name)
        for cases in DIFFERENCES.values()
        for name, kinds in cases.items()
        for kind in kinds.split()
    }
    assert {what: found[what] for what in set(found) - excused} == {}
    assert excused - set(found) == set(), "excuses for what is equal"


def test_a_function_may_be_called_by_whom_its_permissions_say(both):
    """The provider adds a statement for an open URL, which code tells apart (see its docs)."""
    code, live = both.sides
    for node, twin in both.pairs:
        if isinstance(node, Function):
            ours = statements(node.policies, code)
            theirs = statements(twin.policies, live)
            more = [said for said in theirs if said not in ours]
            assert len(theirs) == len(ours) + len(more)
            assert [s["Action"] for s in more] == ["lambda:InvokeFunctionUrl"]


def test_code_and_account_have_the_same_edges(both):
    code, live = both.sides
    ours, theirs = code.edges(both.code), live.edges(both.live)
    assert set(ours) == set(theirs)
    assert len(ours) > 200
    ends = both.live.index.by_id
    for place, (allows, sure) in ours.items():
        there = narrowed(allows, ends.get(place[0]), ends.get(place[1]))
        assert (there, sure) == theirs[place], place


def test_nothing_was_refused(both):
    assert not both.live.coverage.missing
    assert not [gap for gap in both.live.gaps if gap.kind == "refused"]


def test_what_cannot_be_applied_is_named(world, capsys):
    managed = [r for r in world.evaluated.resources if r.address.mode == "managed"]
    left = {r.id: WITHHELD.get(r.type, "") for r in managed if r.id not in world.seeder.applied}
    lines = [f"{len(world.seeder.applied)} of {len(managed)} resources of Harbor are applied; not:"]
    lines += [f"  {address}: {why}" for address, why in sorted(left.items())]
    lines += [f"  moto, {call}: {what}" for call, what in HOLES.items()]
    with capsys.disabled():
        sys.stdout.write("\n".join(("", *lines, "")))
    assert all(left.values())
    assert not set(APPLY) & set(WITHHELD)
    assert len(world.seeder.applied) >= 360
