"""States: a file that terraform keeps, and what `terraform show -json` tells of one."""

import json
from pathlib import Path

import pytest

from graphs.attack.paths import attack_paths
from graphs.build import build_estate
from graphs.nodes import Subnet
from graphs.resource import Source
from rules.catalogue import all_rules
from scanner.config import load_config
from scanner.errors import DocumentProblem
from scanner.estates import Request, estates
from scanner.findings import judge
from scanner.pipeline import scan
from scanner.terraform.recorded import read_recorded
from tests.harbor_table import HARBOR
from tests.scanner.terraform.applied import state_of

HERE = Path(__file__).with_name("planned")
AWS = 'provider["registry.terraform.io/hashicorp/aws"]'
ARN = "arn:aws:ec2:eu-west-1:111122223333"


def resource(kind, name, *instances, provider=AWS, **more):
    """One resource of a state file; instances are attributes, or whole."""
    whole = [each if "attributes" in each else {"attributes": each} for each in instances]
    block = {"mode": "managed", "type": kind, "name": name, "provider": provider, **more}
    return {**block, "instances": whole}


@pytest.fixture
def state(tmp_path):
    """What is read of a state file that holds these resources."""

    def read(*resources, **more):
        path = tmp_path / "terraform.tfstate"
        path.write_text(
            json.dumps({"version": 4, "serial": 1, "resources": resources, **more}, indent=2)
        )
        return read_recorded(path, None, {})

    return read


def by_id(found):
    return {each.id: each for each in found.resources}


# ---- what terraform itself wrote ----------------------------------------------------------------


def test_a_state_and_what_terraform_shows_of_it_are_the_same():
    kept, shown = (
        by_id(read_recorded(HERE / "wiring" / name, HERE / "wiring", {}))
        for name in ("terraform.tfstate", "state.json")
    )
    assert kept.keys() == shown.keys()
    assert len(kept) == 18
    assert [kept[key].values["id"] for key in kept] == [shown[key].values["id"] for key in kept]
    assert {each.origin.source for each in kept.values()} == {Source.STATE}


def test_instances_have_the_addresses_that_terraform_gives_them():
    found = read_recorded(HERE / "wiring" / "terraform.tfstate", None, {})
    shown = json.loads((HERE / "wiring" / "state.json").read_text())
    assert set(by_id(found)) == set(addresses(shown["values"]["root_module"]))


def addresses(module):
    for each in module.get("resources", ()):
        yield each["address"]
    for child in module.get("child_modules", ()):
        yield from addresses(child)


def test_a_resource_stands_at_its_block_where_the_configuration_is_there(tmp_path):
    beside = by_id(read_recorded(HERE / "wiring" / "terraform.tfstate", None, {}))
    assert str(beside["terraform_data.c[1]"].origin.place) == "main.tf:11"
    assert str(beside['module.m["x"].terraform_data.in'].origin.place) == "m/main.tf:3"
    alone = tmp_path / "kept.tfstate"
    alone.write_bytes((HERE / "wiring" / "terraform.tfstate").read_bytes())
    place = by_id(read_recorded(alone, None, {}))["terraform_data.d[0]"].origin.place
    assert '"type": "terraform_data"' in alone.read_text().splitlines()[place.line]
    assert place.file == str(alone)


def test_what_is_marked_sensitive_is_a_secret():
    for name in ("terraform.tfstate", "state.json"):
        found = read_recorded(HERE / "wiring" / name, None, {})
        assert "hunter2hunter2" in found.secrets


# ---- what a state says --------------------------------------------------------------------------


def test_harbor_applied_says_what_harbor_says(tmp_path):
    """Findings, and paths by their ids. A fingerprint differs where only AWS knows the ARN."""
    config, path = load_config(HARBOR), tmp_path / "terraform.tfstate"
    (code,) = estates(Request(HARBOR, config=config))
    path.write_text(json.dumps(state_of(code.evaluated.resources)))
    (kept,) = estates(Request(path, config=config))
    assert findings(kept.estate) == findings(code.estate)
    assert sorted(p.id for p in attack_paths(kept.estate)) == sorted(
        p.id for p in attack_paths(code.estate)
    )


def findings(estate):
    """What is said of what, and how surely; there is something, and no doubt."""
    said = judge(estate, all_rules())
    assert said
    assert not [each for each in said if each.unknowns]
    return {(f.rule, f.subject, f.verdict, f.severity) for f in said}


def test_the_account_is_the_one_that_its_instances_are_in(state):
    near = resource("aws_vpc", "a", {"id": "vpc-1", "arn": f"{ARN}:vpc/vpc-1"})
    none = resource("aws_vpn_gateway_attachment", "a", {"id": "x", "vpc_id": "vpc-1"})
    far = resource(
        "aws_iam_role", "b", {"id": "r"}, provider=f"module.m.{AWS}.far", module="module.m"
    )
    found = by_id(state(near, none, far))
    assert (found["aws_vpn_gateway_attachment.a"].scope.account) == "111122223333"
    assert (found["aws_vpn_gateway_attachment.a"].scope.region) == "eu-west-1"
    assert str(found["module.m.aws_iam_role.b"].scope.account) == (
        "account of provider module.m: aws.far (not said by the provider)"
    )


def test_a_deposed_object_exists_until_it_is_destroyed(state):
    instances = {"attributes": {"id": "i-1"}}, {"attributes": {"id": "i-0"}, "deposed": "1a2b3c4d"}
    found = by_id(state(resource("aws_instance", "web", *instances)))
    assert found["aws_instance.web (deposed object 1a2b3c4d)"].values["id"] == "i-0"
    assert found["aws_instance.web"].values["id"] == "i-1"


def test_ids_lead_from_one_resource_to_another(state):
    found = state(
        resource("aws_vpc", "main", {"id": "vpc-1", "cidr_block": "10.0.0.0/16"}),
        resource(
            "aws_subnet", "a", {"id": "subnet-1", "vpc_id": "vpc-1", "cidr_block": "10.0.1.0/24"}
        ),
    )
    (subnet,) = build_estate(found.resources).index.of(Subnet)
    assert subnet.vpc == "aws_vpc.main"


def test_what_a_vpc_came_with_is_found_by_its_id(state):
    vpc = {
        "id": "vpc-1",
        "cidr_block": "10.0.0.0/16",
        "default_security_group_id": "sg-1",
        "default_route_table_id": "rtb-1",
    }
    table = {"id": "rtb-1", "default_route_table_id": "rtb-1", "vpc_id": "vpc-1", "route": []}
    subnet = {"id": "subnet-1", "vpc_id": "vpc-1", "cidr_block": "10.0.1.0/24"}
    host = {"id": "i-1", "subnet_id": "subnet-1", "vpc_security_group_ids": ["sg-1"]}
    found = state(
        resource("aws_vpc", "main", vpc),
        resource("aws_default_route_table", "main", table),
        resource("aws_subnet", "a", subnet),
        resource("aws_instance", "web", host),
    )
    estate = build_estate(found.resources)
    (interface,) = estate.index.by_id["aws_instance.web"].interfaces
    assert interface.groups == ("aws_vpc.main.default_security_group",)
    assert not [gap for gap in estate.gaps if gap.kind == "belongs-elsewhere"]


def test_secrets_are_known_by_name_where_the_state_does_not_mark_them(state):
    values = {"id": "db", "password": "correct-horse-battery", "username": "quay"}
    found = state(resource("aws_db_instance", "stock", values))
    assert found.secrets == {"correct-horse-battery"}


def test_a_secret_of_a_state_is_in_no_report(state, tmp_path):
    text = "#!/bin/sh\nexport DB_PASSWORD=correct-horse-battery"
    host = {"attributes": {"id": "i-1", "user_data": text}}
    host["sensitive_attributes"] = [[{"type": "get_attr", "value": "user_data"}]]
    state(resource("aws_instance", "web", host))
    result = scan(Request(tmp_path / "terraform.tfstate"))
    assert "secret-in-startup-text" in {f.rule for f in result.findings}
    assert "correct-horse" not in repr(result)


def test_a_place_in_a_list_and_in_a_map_can_be_marked(state):
    index = {"type": "index", "value": {"value": 0, "type": "number"}}
    key = {"type": "index", "value": {"value": "k", "type": "string"}}
    steps = [{"type": "get_attr", "value": "rule"}, index, {"type": "get_attr", "value": "a"}, key]
    each = {"attributes": {"rule": [{"a": {"k": "long enough"}}]}, "sensitive_attributes": [steps]}
    found = state(resource("aws_x", "a", each))
    assert found.secrets == {"long enough"}


# ---- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"version": 3, "serial": 1, "modules": []}, "is a state of version 3, not 4"),
        ({"version": "4", "lineage": ""}, "is a state of version 4, not 4"),
        ({"version": 4, "serial": 1, "resources": {}}, "resources is not an array"),
        ({"version": 4, "serial": 1, "resources": [1]}, "resources[0] is not an object"),
        (
            {"version": 4, "serial": 1, "resources": [{"mode": "managed", "instances": [{}]}]},
            "resources[0].type is not a string",
        ),
        ({"format_version": "0.1", "values": {}}, "is in format 0.1"),
        ({"format_version": "1.0", "values": {"root_module": []}}, "root_module is not an object"),
        ({"resource": {}}, "is neither a plan nor a state of terraform"),
    ],
)
def test_another_document_is_one_line(document, said, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document))
    with pytest.raises(DocumentProblem) as problem:
        read_recorded(path, None, {})
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_resource_that_stands_twice_is_refused(state):
    twice = resource("aws_vpc", "a", {"id": "vpc-1"}, {"id": "vpc-2"})
    with pytest.raises(DocumentProblem, match=r"holds aws_vpc\.a twice"):
        state(twice)


def test_attributes_of_terraform_0_11_are_refused(state):
    with pytest.raises(DocumentProblem, match=r"in the form of terraform 0\.11"):
        state(resource("aws_vpc", "a", {"attributes": None, "attributes_flat": {"id": "vpc-1"}}))
