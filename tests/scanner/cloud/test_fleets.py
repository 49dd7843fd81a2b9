"""Fleets, classic balancers and parameters as code and as an account say the same."""

import json
from dataclasses import replace

import pytest

from graphs.build import build_estate
from graphs.nodes import Balancer, Instance, Secret
from graphs.unknown import Unknown
from scanner.cloud.redact import redacted
from scanner.cloud.shape import shaped
from scanner.cloud.snapshot import Answer, Snapshot, Swept
from tests.scanner.cloud.conftest import both_sides
from tests.scanner.cloud.likeness import findings, paths

pytestmark = pytest.mark.xdist_group("moto")


@pytest.fixture(scope="session")
def yard(moto, tmp_path_factory):
    with both_sides("fleets", "222233334444", moto, tmp_path_factory) as made:
        yield made


def test_everything_was_applied(yard):
    assert yard.left_out == set()


def test_fleets_balancers_and_parameters_are_the_same_nodes(yard):
    ours, theirs = yard.sides
    seen = []
    for kind in (Instance, Balancer, Secret):
        for node in yard.code.index.of(kind):
            said, found = ours.node(node), theirs.node(yard.live.index.by_id[yard.names[node.id]])
            if getattr(node, "fleet", ""):  # which the provider's default tags leave out
                said["tags"] = {}
            assert said == found
            seen.append(node.name)
        assert len(yard.live.index.of(kind)) == len(yard.code.index.of(kind))
    assert sorted(seen) == [
        "/yard/gate-password",
        "/yard/host",
        "/yard/token",
        "crane",
        "forklift",
        "front",
    ]


def test_findings_edges_and_paths_are_the_same(yard):
    ours, theirs = yard.sides
    assert ours.edges(yard.code) == theirs.edges(yard.live)
    assert findings(yard.code, yard.names) == findings(yard.live, {})
    assert set(paths(yard.code, yard.names)) == set(paths(yard.live, {}))
    assert paths(yard.code, yard.names)


def test_no_secret_of_a_template_is_kept(yard):
    assert "correct-horse-battery" not in str(yard.snapshot)
    text = "ZXhwb3J0IEFQSV9UT0tFTj1jb3JyZWN0LWhvcnNlLWJhdHRlcnk="
    listed = {"LaunchConfigurations": [{"LaunchConfigurationName": "a", "UserData": text}]}
    kept = redacted("autoscaling", "describe_launch_configurations", listed)
    assert kept["LaunchConfigurations"][0]["UserData"] == 'secret = "(redacted)"'


def test_no_value_of_a_parameter_is_asked_for(yard):
    assert not [asked for asked in yard.world.proxy.asked if "GetParameter" in asked]
    kept = json.dumps([a.data for s in yard.snapshot.accounts for a in s.answers])
    assert "hidden" not in kept


def version(number, default, tokens):
    data = {"MetadataOptions": {"HttpTokens": tokens}, "SecurityGroupIds": ["sg-1"]}
    return {
        "LaunchTemplateId": "lt-1",
        "LaunchTemplateName": "crane",
        "VersionNumber": number,
        "DefaultVersion": default,
        "LaunchTemplateData": data,
    }


def fleet(chosen, *, refused=""):
    """A fleet that launches a version of a template with a lax default and a strict latest."""
    versions = {
        "LaunchTemplateVersions": [version(5, False, "required"), version(2, True, "optional")]
    }
    spec = {"LaunchTemplateId": "lt-1", **({"Version": chosen} if chosen else {})}
    group = {"AutoScalingGroupName": "g", "VPCZoneIdentifier": "subnet-1", "LaunchTemplate": spec}
    said = {
        ("ec2", "describe_launch_template_versions"): {} if refused else versions,
        ("autoscaling", "describe_auto_scaling_groups"): {"AutoScalingGroups": [group]},
    }
    answers = tuple(Answer(s, o, "eu-north-1", {}, data) for (s, o), data in said.items())
    answers = (replace(answers[0], refused=refused), *answers[1:])
    account = Swept("222233334444", "arn:aws:iam::222233334444:user/a", ("eu-north-1",), answers)
    (node,) = build_estate(shaped(Snapshot("", (account,))).resources).index.of(Instance)
    return node


@pytest.mark.parametrize(
    ("chosen", "required"),
    [("$Latest", True), ("5", True), ("$Default", False), ("", False), ("2", False)],
)
def test_a_fleet_is_what_the_version_says_that_it_launches(chosen, required):
    node = fleet(chosen)
    assert (node.token_required.certain, node.token_required.possible) == (required, required)


@pytest.mark.parametrize(("chosen", "refused"), [("3", ""), ("$Latest", "AccessDenied")])
def test_a_version_that_was_not_read_leaves_the_fleet_open(chosen, refused):
    node = fleet(chosen, refused=refused)
    assert node.token_required.undecided
    assert isinstance(node.role, Unknown)
    (nic,) = node.interfaces
    assert nic.public.undecided
    assert all(isinstance(group, Unknown) for group in nic.groups)
