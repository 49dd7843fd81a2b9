"""Managed services as code and as an account say the same."""

import json

import pytest

from graphs.build import build_estate
from graphs.nodes import Database, Front, Store, Workload
from graphs.unknown import NO, YES, Unknown
from scanner.cloud.shape import shaped
from scanner.cloud.snapshot import Answer, Snapshot, Swept
from tests.scanner.cloud.conftest import both_sides
from tests.scanner.cloud.likeness import findings, paths

CHOSEN = {
    "aws_cloudfront_distribution": ("name", "scope"),
    "aws_efs_file_system": ("interfaces.addresses",),
}
"""What only AWS knows: a distribution has no name but an id, and belongs to no region."""

pytestmark = pytest.mark.xdist_group("moto")


@pytest.fixture(scope="session")
def quay(moto, tmp_path_factory):
    with both_sides("quay", "333344445555", moto, tmp_path_factory) as made:
        yield made


def test_everything_was_applied(quay):
    assert quay.left_out == set()


@pytest.mark.parametrize("kind", [Database, Store, Front, Workload])
def test_they_are_the_same_nodes(quay, kind):
    ours, theirs = quay.sides
    assert len(quay.live.index.of(kind)) == len(quay.code.index.of(kind)) > 0
    for node in quay.code.index.of(kind):
        said, seen = ours.node(node), theirs.node(quay.live.index.by_id[quay.names[node.id]])
        for name in CHOSEN.get(node.source.type, ()):
            assert said.pop(name) != seen.pop(name)
        assert said == seen


def test_findings_edges_and_paths_are_the_same(quay):
    ours, theirs = quay.sides
    assert ours.edges(quay.code) == theirs.edges(quay.live)
    assert findings(quay.code, quay.names) == findings(quay.live, {})
    assert set(paths(quay.code, quay.names)) == set(paths(quay.live, {}))


def test_no_secret_of_a_project_or_an_origin_is_kept(quay):
    kept = json.dumps([a.data for s in quay.snapshot.accounts for a in s.answers])
    assert "correct-horse-battery" not in kept
    assert "hush-hush-1234" not in kept


# Caches: moto keeps no security groups of theirs, so that their answers are written here as the
# pages of the API give them.

HOME = "eu-north-1"
ARN = "arn:aws:elasticache:eu-north-1:333344445555"
MACHINE = {
    "CacheClusterId": "berths-001",
    "ReplicationGroupId": "berths",
    "Engine": "valkey",
    "CacheSubnetGroupName": "inner",
    "SecurityGroups": [{"SecurityGroupId": "sg-1", "Status": "active"}],
}
GROUP = {
    "ReplicationGroupId": "berths",
    "ARN": f"{ARN}:replicationgroup:berths",
    "NodeGroups": [{"PrimaryEndpoint": {"Address": "berths.example", "Port": 6390}}],
    "AtRestEncryptionEnabled": True,
    "AuthTokenEnabled": True,
}
ALONE = {
    "CacheClusterId": "tides",
    "ARN": f"{ARN}:cluster:tides",
    "Engine": "memcached",
    "ConfigurationEndpoint": {"Address": "tides.example", "Port": 11211},
    "CacheSubnetGroupName": "inner",
    "SecurityGroups": [{"SecurityGroupId": "sg-1", "Status": "active"}],
}
INNER = {"CacheSubnetGroupName": "inner", "Subnets": [{"SubnetIdentifier": "subnet-1"}]}


def caches(**said):
    """The caches of an account that answers so."""
    answers = [
        Answer("elasticache", f"describe_{name}", HOME, {}, data) for name, data in said.items()
    ]
    account = Swept("333344445555", "arn:aws:iam::333344445555:user/a", (HOME,), tuple(answers))
    found = build_estate(shaped(Snapshot("", (account,))).resources)
    return {node.name: node for node in found.index.of(Database)}


def test_a_group_of_caches_is_one_store_and_stands_where_its_machines_do():
    found = caches(
        cache_clusters={"CacheClusters": [MACHINE, ALONE]},
        replication_groups={"ReplicationGroups": [GROUP]},
        cache_subnet_groups={"CacheSubnetGroups": [INNER]},
    )
    assert sorted(found) == ["berths", "tides"]
    group, alone = found["berths"], found["tides"]
    assert (group.engine, group.port) == ("valkey", 6390)
    assert (alone.engine, alone.port) == ("memcached", 11211)
    assert (group.encrypted, group.guarded, alone.encrypted, alone.guarded) == (YES, YES, NO, NO)
    for node in (group, alone):
        (place,) = node.interfaces
        assert [str(g.what) for g in place.groups] == ["sg-1"]


def test_a_group_whose_machines_were_not_read_is_somewhere():
    group = caches(replication_groups={"ReplicationGroups": [GROUP]})["berths"]
    assert isinstance(group.engine, Unknown)
    assert all(isinstance(place.subnet, Unknown) for place in group.interfaces)
