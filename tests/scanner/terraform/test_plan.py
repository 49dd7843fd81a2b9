"""Plans: what `terraform show -json PLANFILE` tells, with its configuration and without."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.attack.paths import attack_paths
from graphs.resource import Source
from graphs.unknown import Referent, Template, Unknown
from rules.catalogue import all_rules
from scanner.config import load_config
from scanner.errors import DocumentProblem, UsageProblem
from scanner.estates import Request, estates
from scanner.findings import judge
from scanner.pipeline import scan
from scanner.terraform.evaluate import evaluate_root
from scanner.terraform.recorded import read_recorded
from scanner.terraform.recorded.wiring import longest
from scanner.tree import Directory
from tests.harbor_table import HARBOR

HERE = Path(__file__).with_name("planned")
QUAY, WIRING = HERE / "quay", HERE / "wiring"


def by_id(found):
    return {each.id: each for each in found.resources}


@pytest.fixture
def alone(tmp_path):
    """A recorded plan without its configuration; `edit` changes the document first."""

    def read(recorded, edit=lambda document: None, source=None):
        document = json.loads((recorded / "plan.json").read_text())
        edit(document)
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(document))
        return read_recorded(path, source, {})

    return read


# ---- with its configuration ---------------------------------------------------------------------


def test_a_plan_beside_its_configuration_says_all_that_the_configuration_says():
    """Findings with their fingerprints, places and proofs, and paths with their ids."""
    plan, code = scan(Request(QUAY / "plan.json")), scan(Request(QUAY))
    assert len(code.findings) == 19
    assert plan.findings == code.findings
    assert plan.paths == code.paths
    assert plan.gaps == code.gaps
    assert (plan.coverage.files, plan.coverage.lines) == (code.coverage.files, code.coverage.lines)


def test_harbor_planned_by_terraform_says_what_harbor_says(tmp_path):
    record_plans = pytest.importorskip("tests.scanner.terraform.record_plans", reason="no grpcio")
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on the PATH")
    path, config = tmp_path / "plan.json", load_config(HARBOR)
    path.write_text(json.dumps(record_plans.planned(HARBOR)))
    (plan,) = estates(Request(path, config=config, source=HARBOR))
    (code,) = estates(Request(HARBOR, config=config))
    assert said(plan.estate) == said(code.estate)


def said(estate):
    """Findings by fingerprint and place, and paths by id."""
    findings = {(f.fingerprint, f.subject, f.verdict, f.place) for f in judge(estate, all_rules())}
    paths = {(path.id, path.answer.certain) for path in attack_paths(estate)}
    assert len(findings) >= 40
    assert len(paths) == 9
    return findings, paths


def test_a_hole_is_made_of_what_the_configuration_makes_it_of():
    found = by_id(read_recorded(QUAY / "plan.json", None, {}))
    policy = found['module.host["a"].aws_iam_role_policy.read'].values["policy"]
    assert isinstance(policy, Template)
    assert {str(hole) for each in policy.unknowns for hole in each.refers} == {
        "aws_s3_bucket.cargo.arn"
    }


def test_blocks_of_a_set_keep_their_lines(tmp_path):
    """A plan has them in an order of its own, and those of a dynamic block among them."""
    group = by_id(read_recorded(QUAY / "plan.json", None, {}))["aws_security_group.host"]
    lines = {
        each["description"]: group.origin.line_of(f"ingress[{at}].cidr_blocks").line
        for at, each in enumerate(group.values["ingress"])
    }
    text = (QUAY / "main.tf").read_text().splitlines()
    assert "cidr_blocks" in text[lines["ssh"] - 1]
    assert lines["ssh"] == lines["web"]
    assert "ingress {" in text[lines["office"] - 1]


def test_a_plan_in_another_directory_finds_its_configuration_by_source(alone):
    found = alone(QUAY, source=HERE)
    place = by_id(found)["aws_vpc.main"].origin.place
    assert str(place) == "quay/main.tf:40"
    assert not found.gaps


def test_the_wrong_configuration_is_refused(alone):
    with pytest.raises(UsageProblem, match=r"wiring does not hold .*: it has no aws_db_instance"):
        alone(QUAY, source=WIRING)


def test_of_several_that_fit_the_one_beside_the_plan_is_meant(alone, tmp_path):
    for name in ("east", "west"):
        shutil.copytree(QUAY, tmp_path / "live" / name)
    with pytest.raises(UsageProblem, match=r"may be of several root modules .*live/east, .*west"):
        alone(QUAY, source=tmp_path / "live")
    found = read_recorded(tmp_path / "live" / "west" / "plan.json", tmp_path / "live", {})
    assert by_id(found)["aws_vpc.main"].origin.place.file == "west/main.tf"


def test_a_configuration_that_has_changed_since_is_not_used(alone):
    def older(document):
        root = document["configuration"]["root_module"]
        root["resources"].append({"address": "aws_vpc.gone", "mode": "managed"})

    assert by_id(alone(QUAY, older))["aws_vpc.main"].origin.place.file.endswith("plan.json")


def test_the_variables_are_those_of_the_plan(tmp_path):
    """Whatever the files beside it say by now."""
    shutil.copytree(QUAY, tmp_path / "quay")
    (tmp_path / "quay" / "terraform.tfvars").write_text('region = "us-east-1"\n')
    found = by_id(read_recorded(tmp_path / "quay" / "plan.json", None, {}))
    assert found["aws_vpc.main"].scope.region == "eu-west-1"
    assert found["aws_s3_bucket.copy"].scope.region == "us-west-2"


# ---- alone --------------------------------------------------------------------------------------


def test_a_plan_alone_has_every_resource_and_its_scope(alone):
    code = by_id(evaluate_root(Directory(QUAY), "."))
    plan = by_id(alone(QUAY))
    managed = {key for key, each in code.items() if each.address.mode == "managed"}
    assert managed <= set(plan) <= set(code)
    assert {key: plan[key].scope for key in managed} == {key: code[key].scope for key in managed}
    assert {each.origin.source for each in plan.values()} == {Source.PLAN}


def test_a_plan_alone_never_contradicts_the_configuration(alone):
    """What is certain of the one is certain of the other; the rest is said to be open."""
    code = scan(Request(QUAY))
    alone(QUAY)
    plan = scan(Request(Path(alone(QUAY).resources[0].origin.place.file)))
    told = {(f.fingerprint, f.verdict) for f in code.findings}
    certain = {(f.fingerprint, f.verdict) for f in plan.findings if f.verdict == "violated"}
    assert len(certain) == 11
    assert certain <= told
    assert [gap.kind for gap in plan.gaps] == ["plan-without-source"]


def test_a_rule_that_needs_what_a_plan_does_not_tell_is_not_silent(alone):
    code = scan(Request(QUAY))
    plan = scan(Request(Path(alone(QUAY).resources[0].origin.place.file)))
    told = {(f.rule, f.subject): f.verdict for f in plan.findings}
    for rule in ("sensitive-data-may-leave-anywhere", "bucket-open-to-anyone"):
        found = [f for f in code.findings if f.rule == rule]
        assert found
        assert {told.get((rule, f.subject)) for f in found} == {"cannot-tell"}


def secret(document):
    """A secret without rotation, whose text the code makes of a local value, beside a database."""
    for kind, name, unknown, expressions in (
        ("aws_secretsmanager_secret", "login", {"id": True}, {}),
        (
            "aws_secretsmanager_secret_version",
            "login",
            {"secret_string": True},
            {
                "secret_id": {"references": ["aws_secretsmanager_secret.login.id"]},
                "secret_string": {"references": ["local.login"]},
            },
        ),
    ):
        address = {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name}
        provider = {"provider_name": "registry.terraform.io/hashicorp/aws"}
        document["planned_values"]["root_module"]["resources"].append(
            {**address, **provider, "values": {"name": "login"} if unknown == {"id": True} else {}}
        )
        change = {"actions": ["create"], "after_unknown": {**unknown, "secret_id": True}}
        document["resource_changes"].append({**address, "change": change})
        document["configuration"]["root_module"]["resources"].append(
            {**address, "provider_config_key": "aws", "expressions": expressions}
        )


def test_a_secret_of_which_a_plan_does_not_tell_what_it_opens_may_open_a_database(alone):
    path = Path(alone(QUAY, secret).resources[0].origin.place.file)
    found = [f for f in scan(Request(path)).findings if f.rule == "secret-never-renewed"]
    assert [(f.subject, f.verdict) for f in found] == [
        ("aws_secretsmanager_secret.login", "cannot-tell")
    ]


def test_a_plan_that_mentions_too_much_is_followed_so_far(alone, monkeypatch):
    monkeypatch.setattr("scanner.terraform.recorded.wiring.MAX_FOLLOWED", 5)
    found = alone(QUAY)
    assert {each.id for each in found.resources} > {"aws_vpc.main", "aws_s3_bucket.cargo"}
    assert "plan-too-large" in {gap.kind for gap in found.gaps}


NAMES = st.lists(
    st.sampled_from(("a.b", "a.b.c", "a.bc", "a.b[0]", "a", "a-b", "a.b-c", "a.b.c.d"))
)


@given(NAMES)
def test_the_longest_names_are_those_that_begin_no_other(said):
    def begins(name, other):
        return other.startswith((f"{name}.", f"{name}["))

    assert longest(said) == [n for n in said if not any(begins(n, other) for other in said)]


def test_known_values_are_those_of_the_configuration(alone):
    code, plan = by_id(evaluate_root(Directory(QUAY), ".")), by_id(alone(QUAY))
    compared = 0
    for key, resource in code.items():
        for name, value in resource.values.items() if key in plan else ():
            told = plan[key].values.get(name)
            if isinstance(value, str | int | bool) and told is not None:
                compared += 1
                assert told == value, f"{key}.{name}"
    assert compared == 36


def hole(resource, name):
    value = resource.values[name]
    assert isinstance(value, Unknown), value
    return [str(each) for each in value.refers]


def test_a_reference_leads_through_modules_and_for_each(alone):
    found = by_id(alone(QUAY))
    assert hole(found["aws_internet_gateway.main"], "vpc_id") == ["aws_vpc.main.id"]
    link = found['aws_route_table_association.public["b"]']
    assert hole(link, "subnet_id") == ['aws_subnet.public["b"].id']
    host = found['module.host["a"].aws_instance.this']
    assert hole(host, "subnet_id") == ['aws_subnet.public["a"].id']
    (group,) = host.values["vpc_security_group_ids"]
    assert group.refers == (Referent("aws_security_group.host", "id"),)


CHAINS = {
    "terraform_data.d[1]": "terraform_data.c[1]",
    'terraform_data.g["y"]': 'terraform_data.f["y"]',
    'terraform_data.h["x"]': 'terraform_data.f["x"]',
    'module.m["x"].terraform_data.in': "terraform_data.main",
    'module.m["y"].terraform_data.two[1]': 'terraform_data.f["y"]',
}


@pytest.mark.parametrize("address", CHAINS)
def test_names_are_followed_to_instances(alone, address):
    """terraform's plan lists the names, and not what an index in them is."""
    (target,) = by_id(alone(WIRING))[address].values["input"].refers
    assert target.address == CHAINS[address]


def test_names_lead_where_the_configuration_leads(alone):
    """Or to several instances, where the plan leaves open which."""
    code = evaluate_root(Directory(WIRING), ".")
    plan, compared = by_id(alone(WIRING)), 0
    for resource in code.resources:
        for reference in resource.references:
            told = {each.address for each in plan[resource.id].refers(reference.attribute)}
            compared += bool(told)
            assert not told or reference.target.address in told, f"{resource.id}: {reference}"
    assert compared == 23


def test_elements_of_a_list_have_a_reference_each(alone):
    found = by_id(alone(WIRING))["terraform_data.i"].values["input"]
    assert [str(each.refers[0]) for each in found] == [
        'module.m["x"].terraform_data.in.id',
        'module.m["y"].terraform_data.in.id',
        'terraform_data.f["x"].id',
    ]


def test_a_local_value_is_where_the_trail_ends(alone):
    said = by_id(alone(WIRING))["terraform_data.c[0]"].values["input"]
    assert said["l"].refers == said["main"].refers == (Referent("terraform_data.main", "id"),)
    policy = by_id(alone(QUAY))['module.host["a"].aws_iam_role_policy.read'].values["policy"]
    assert policy.refers == ()


def test_what_the_provider_computes_is_left_out_as_in_the_configuration(alone):
    vpc = by_id(alone(QUAY))["aws_vpc.main"]
    assert vpc.values["cidr_block"] == "10.7.0.0/16"
    assert not {"id", "arn", "main_route_table_id"} & vpc.values.keys()


def test_blocks_that_are_not_to_be_seen_are_unknown_where_nothing_computes_them(alone):
    """A `dynamic` block of unknown number is in a plan as one unknown value."""

    def unknown(document):
        text = json.dumps(document).replace("aws_db_instance", "aws_lb_listener")
        document.update(json.loads(text))
        change = changes(document)["aws_lb_listener.stock"]["change"]
        change["after_unknown"] = {"default_action": True, "arn": True}

    values = by_id(alone(QUAY, unknown))["aws_lb_listener.stock"].values
    assert isinstance(values["default_action"], Unknown)
    assert "arn" not in values


def test_secrets_are_those_that_terraform_marks(alone):
    assert "correct-horse-battery" in alone(QUAY).secrets
    assert "hunter2hunter2" in alone(WIRING).secrets


def test_a_finding_stands_at_the_line_of_its_address(tmp_path):
    document = json.loads((QUAY / "plan.json").read_text())
    path = tmp_path / "pretty.json"
    path.write_text(json.dumps(document, indent=2))
    place = by_id(read_recorded(path, None, {}))["aws_vpc.main"].origin.place
    assert path.read_text().splitlines()[place.line - 1].strip() == '"address": "aws_vpc.main",'


# ---- what becomes of things ---------------------------------------------------------------------


def changes(document):
    return {each["address"]: each for each in document["resource_changes"]}


def test_what_will_be_destroyed_is_not_there(alone):
    def destroyed(document):
        resources = document["planned_values"]["root_module"]["resources"]
        resources[:] = [each for each in resources if each["address"] != "aws_vpc.main"]
        gone = {"actions": ["delete"], "before": {"id": "vpc-1"}, "after": None}
        changes(document)["aws_vpc.main"]["change"] = {**gone, "after_unknown": {}}

    assert "aws_vpc.main" not in by_id(alone(QUAY, destroyed))


def test_a_deposed_object_decides_nothing(alone):
    def deposed(document):
        change = {"actions": ["delete"], "after_unknown": {"cidr_block": True}}
        document["resource_changes"].append(
            {"address": "aws_vpc.main", "deposed": "1a2b3c4d", "change": change}
        )

    assert by_id(alone(QUAY, deposed))["aws_vpc.main"].values["cidr_block"] == "10.7.0.0/16"


def test_what_was_looked_up_stands_in_the_prior_state(alone):
    """And tells the account, where the provider's block does not."""

    def looked_up(document):
        del document["configuration"]["provider_config"]["aws"]["expressions"]["assume_role"]
        root = document["configuration"]["root_module"]
        head = {"mode": "data", "type": "aws_caller_identity", "name": "me"}
        address = "data.aws_caller_identity.me"
        root["resources"].append({"address": address, **head, "provider_config_key": "aws"})
        values = {"address": address, **head, "values": {"account_id": "444455556666"}}
        document["prior_state"] = {"values": {"root_module": {"resources": [values]}}}

    found = by_id(alone(QUAY, looked_up))
    assert found["data.aws_caller_identity.me"].values["account_id"] == "444455556666"
    assert found["aws_vpc.main"].scope.account == "444455556666"


def test_a_plan_that_leaves_something_out_says_so(alone):
    found = alone(QUAY, lambda document: document.update(complete=False))
    assert "plan-incomplete" in {gap.kind for gap in found.gaps}


# ---- what is refused ----------------------------------------------------------------------------


def without(name):
    return lambda document: document.pop(name)


REFUSED = {
    "without planned_values": (without("planned_values"), "is a plan without planned_values"),
    "errored": (lambda d: d.update(errored=True), "is a plan that ended in an error"),
    "older": (lambda d: d.update(format_version="0.2"), "is in format 0.2, not in 1.x"),
    "newer": (lambda d: d.update(format_version="2.0"), "is in format 2.0, not in 1.x"),
    "refresh": (
        lambda d: (
            d.pop("resource_changes"),
            d.update(prior_state={"values": d["planned_values"]}),
        ),
        "is a plan of -refresh-only",
    ),
    "twice": (
        lambda d: d["planned_values"]["root_module"]["resources"].append(
            d["planned_values"]["root_module"]["resources"][0]
        ),
        "which stands there twice",
    ),
    "module": (
        lambda d: d["planned_values"]["root_module"]["child_modules"][0].update(address="x\ny"),
        "is not the address of a module",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_one_line(alone, name):
    edit, words = REFUSED[name]
    with pytest.raises(DocumentProblem) as problem:
        alone(QUAY, edit)
    assert words in str(problem.value)
    assert "\n" not in str(problem.value)
