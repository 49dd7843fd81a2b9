"""One of every further kind that a sweep reads: code and account say the same of it."""

import json

import pytest

from graphs.build import build_estate
from graphs.nodes import Database, Delegate, Front, Guarded, IdentityPool, Store, Workload
from scanner.cloud.shape import shaped
from tests.scanner.cloud.conftest import both_sides, refused
from tests.scanner.cloud.likeness import findings, paths
from tests.scanner.cloud.plain import narrowed

CHOSEN = {
    "aws_cognito_identity_pool": ("name",),
    "aws_db_snapshot": ("name",),
    "aws_emr_cluster": ("arn",),
    "aws_globalaccelerator_accelerator": ("scope",),
    "aws_glue_resource_policy": ("name",),
    "aws_transfer_server": ("name",),
}
"""What code cannot say alike: servers have no name but an id, those of pools are not unique, code
calls a snapshot by a word of its own, and an accelerator belongs to no region. moto puts all
clusters of EMR into one region."""
KINDS = (Database, Delegate, Front, Guarded, IdentityPool, Store, Workload)

pytestmark = pytest.mark.xdist_group("moto")


@pytest.fixture(scope="session")
def pier(moto, tmp_path_factory):
    with both_sides("pier", "555566667777", moto, tmp_path_factory) as made:
        yield made


def test_everything_was_applied(pier):
    assert pier.left_out == set()


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_the_same_nodes(pier, kind):
    ours, theirs = pier.sides
    assert len(pier.live.index.of(kind)) == len(pier.code.index.of(kind)) > 0
    for node in pier.code.index.of(kind):
        twin = pier.live.index.by_id[pier.names[node.id]]
        said, seen = ours.node(node), theirs.node(twin)
        for name in CHOSEN.get(node.source.type, ()):
            assert said.pop(name) != seen.pop(name)
        assert said == seen


def test_findings_edges_and_paths_are_the_same(pier):
    ours, theirs = pier.sides
    in_code, in_account = ours.edges(pier.code), theirs.edges(pier.live)
    ends = pier.live.index.by_id
    told = {
        place: (narrowed(allows, ends.get(place[0]), ends.get(place[1])), sure)
        for place, (allows, sure) in in_code.items()
    }
    assert told == in_account
    assert findings(pier.code, pier.names) == findings(pier.live, {})
    assert set(paths(pier.code, pier.names)) == set(paths(pier.live, {}))


def test_nothing_was_refused(pier):
    assert not [gap for gap in pier.live.gaps if gap.kind == "refused"]


REFUSED = {
    "describe_db_snapshot_attributes": ("aws_db_snapshot", ""),
    "describe_snapshot_attribute": ("aws_ebs_snapshot", ""),
    "describe_db_proxy_targets": ("aws_db_proxy", "passages"),
    "describe_broker": ("aws_mq_broker", "public"),
    "describe_stream_summary": ("aws_kinesis_stream", "encrypted"),
    "get_backup_vault_access_policy": ("aws_backup_vault", "policies"),
    "describe_server": ("aws_transfer_server", "doors"),
    "list_endpoint_groups": ("aws_globalaccelerator_accelerator", "passages"),
    "describe_notebook_instance": ("aws_sagemaker_notebook_instance", "interfaces"),
    "describe_service": ("aws_apprunner_service", "doors"),
    "describe_configuration_settings": ("aws_elastic_beanstalk_environment", "interfaces"),
    "get_environment": ("aws_mwaa_environment", "doors"),
    "describe_state_machine": ("aws_sfn_state_machine", "role"),
    "get_access_point_policy": ("aws_s3_access_point", "policies"),
    "describe_identity_pool": ("aws_cognito_identity_pool", "guests"),
    "get_identity_pool_roles": ("aws_cognito_identity_pool", "roles"),
}
"""By the call that was refused: of what it would have told, and the field that is not known, or
none where a gap says so."""


@pytest.mark.parametrize("operation", REFUSED)
def test_what_was_refused_is_not_known(pier, operation):
    kind, name = REFUSED[operation]
    found = shaped(refused(pier.snapshot, operation))
    live = build_estate(found.resources, gaps=found.gaps, coverage=found.coverage)
    (node,) = (n for n in live.index.nodes if n.source.type == kind)
    said = getattr(node, name) if name else [g for g in live.gaps if g.kind == "shared-elsewhere"]
    assert operation.replace("_", "") in str(said).lower()


def test_an_api_of_which_the_functions_were_refused_leaves_its_kind_open(pier):
    missing = shaped(refused(pier.snapshot, "list_data_sources")).coverage.missing
    assert "appsync:ListDataSources" in str(missing["Front", "555566667777/eu-north-1"])


def test_no_secret_is_kept(pier):
    kept = json.dumps([a.data for s in pier.snapshot.accounts for a in s.answers])
    assert "correct-horse-battery" not in kept
