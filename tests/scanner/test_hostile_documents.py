"""Plans, states, snapshots and answers that somebody made up: an answer or one line, and soon."""

import copy
import gzip
import json
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.cli import main
from scanner.cloud.snapshot import FORMAT
from scanner.errors import PathwardenError
from scanner.estates import Request, estates
from scanner.pipeline import scan
from scanner.reports.json import render

HOME = Path(__file__).parents[2]
RECORDED = HOME / "tests/scanner/terraform/planned"
VPC = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111122223333"}
GROUP = {"GroupId": "sg-1", "GroupName": "web", "VpcId": "vpc-1"}


@pytest.fixture
def line(monkeypatch, capsys):
    """Run a command that has to end with 2 and one line; the line."""

    def run(*words):
        monkeypatch.setattr("sys.argv", ["pathwarden", *map(str, words)])
        with pytest.raises(SystemExit) as done:
            main()
        said = capsys.readouterr()
        assert (done.value.code, said.out) == (2, "")
        (only,) = said.err.splitlines()
        return only

    return run


BOMBS = {
    "blanks": (b" " * 85_000_000, "larger than a snapshot may be"),
    "arrays": (b'{"accounts":[' + b"[]," * 28_000_000, "larger than a snapshot may be"),
    "depth": (b"[" * 1_000_000, "damaged, or no snapshot"),
    "digits": (b'{"version":' + b"9" * 1_000_000 + b"}", "damaged, or no snapshot"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_snapshots_that_unpack_to_too_much(line, tmp_path, name):
    content, said = BOMBS[name]
    (tmp_path / "a").write_bytes(gzip.compress(content, 1 if name == "depth" else 6))
    assert said in line("scan", tmp_path / "a")


def test_what_never_ends_is_not_read_to_its_end(line, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for endless in (tmp_path / "pipe", "/dev/zero"):
        assert "nor a plan, a state or a snapshot" in line("scan", endless)
    for words in (
        ("report", "--from", "/dev/zero"),
        ("eval", tmp_path, "--batch", "/dev/zero"),
        ("scan", tmp_path, "--config", "/dev/zero"),
    ):
        assert "/dev/zero is larger than" in line(*words)


def test_too_little_memory_is_one_line(line, monkeypatch, tmp_path):
    def full(*_args, **_options):
        raise MemoryError

    monkeypatch.setattr("scanner.cli.scan.load_config", full)
    assert "too little memory" in line("scan", tmp_path)


def live(directory):
    """The types that are there, and what is said of the rest."""
    (read,) = estates(Request(directory, environ={}))
    kinds = sorted(each.type for each in read.evaluated.resources)
    return kinds, [f"{gap.place}: {gap.what}" for gap in read.evaluated.gaps]


def test_a_file_that_is_no_answer_costs_that_file(tmp_path):
    def handed(name, said):
        (tmp_path / f"{name}.json").write_text(said if isinstance(said, str) else json.dumps(said))

    handed("Vpcs", {"Vpcs": [VPC]})
    handed("Functions", {"Functions": [{"Environment": {"Variables": ["DB_PASSWORD"]}}]})
    handed("Subnets", '{"Subnets": ' + "[" * 900 + "]" * 900 + "}")
    kinds, gaps = live(tmp_path)
    assert kinds == ["aws_vpc"]
    for name in ("Functions", "Subnets"):
        assert f"{name}.json:1: it does not have the form of AWS's answers" in gaps


def test_an_item_that_is_none_costs_that_item(tmp_path):
    groups = [GROUP, {"GroupId": "sg-2"}, 5, {**GROUP, "GroupId": ["sg-3"]}]
    (tmp_path / "Vpcs.json").write_text(json.dumps({"Vpcs": [VPC]}))
    (tmp_path / "SecurityGroups.json").write_text(json.dumps({"SecurityGroups": groups}))
    kinds, gaps = live(tmp_path)
    assert kinds == ["aws_security_group", "aws_vpc"]
    said = "that ec2:DescribeSecurityGroups answered 3 times in 111122223333/unknown-region"
    assert any(said in gap for gap in gaps)


def test_thousands_of_answers_are_read_once_each(tmp_path):
    for n in range(1_500):
        said = {"SecurityGroups": [{**GROUP, "GroupId": f"sg-{n}"}]}
        (tmp_path / f"groups{n}.json").write_text(json.dumps(said))
    kinds, _ = live(tmp_path)
    assert len(kinds) == 1_500


def test_values_of_other_types_than_the_providers(tmp_path):
    instance = {"attributes": {"id": "i-1", "tags": [5], "root_block_device": "big", "ami": {}}}
    instance["attributes"]["vpc_security_group_ids"] = ["sg-1", {"a": "b"}]
    instance["attributes"]["ebs_optimized"] = "true"
    block = {"mode": "managed", "type": "aws_instance", "name": "x", "instances": [instance]}
    path = tmp_path / "terraform.tfstate"
    path.write_text(json.dumps({"version": 4, "serial": 1, "lineage": "", "resources": [block]}))
    _, (gap,) = live(path)
    assert gap.endswith(
        ":1: aws_instance.x: tags, root_block_device, ami and 1 more: "
        "not of the type that the provider gives it"
    )


WORDS = ("", "\ud800", "*", "${", "9" * 400)
WRONG = (*WORDS, None, True, -1, 1e999, 10**30, [], {}, [[]], [{}], [None])


def places(value, way=()):
    """The way to every part of a document."""
    yield way
    parts = value.items() if isinstance(value, dict) else ()
    for key, each in enumerate(value) if isinstance(value, list) else parts:
        yield from places(each, (*way, key))


def put(value, way, new):
    """The document with another value in one place."""
    if not way:
        return new
    value = copy.copy(value)
    value[way[0]] = put(value[way[0]], way[1:], new)
    return value


def one_line(read):
    """Read something, which may end with an error of ours."""
    said = ""
    try:
        read()
    except PathwardenError as problem:
        said = str(problem)
    assert "\n" not in said


def documents():
    """Recorded plans, states, and the answers of an account."""
    for name in ("quay/plan.json", "wiring/plan.json", "wiring/terraform.tfstate"):
        yield json.loads((RECORDED / name).read_text())
    region = HOME / "fixtures/aws/demo/us-east-1"
    files = ("Reservations", "SecurityGroups", "RouteTables", "Vpcs", "LoadBalancers")
    yield {each: json.loads((region / f"{each}.json").read_text()) for each in files}


DOCUMENTS = tuple(documents())


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(range(len(DOCUMENTS))), st.integers(), st.lists(st.sampled_from(WRONG)))
def test_any_value_may_be_of_any_type(tmp_path_factory, which, chance, wrong):
    said, pick = DOCUMENTS[which], random.Random(chance)
    for new in wrong[:4]:
        said = put(said, pick.choice(list(places(said))), new)
    home = tmp_path_factory.mktemp("x")
    files = said if which == len(DOCUMENTS) - 1 and isinstance(said, dict) else {"plan": said}
    for name, content in files.items():
        (home / f"{name}.json").write_text(json.dumps(content).replace("Infinity", "1e999"))
    path = home / "plan.json" if files.keys() == {"plan"} else home
    one_line(lambda: render(scan(Request(path, environ={}))))


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_any_part_of_a_snapshot_may_be_of_any_type(tmp_path, wrong):
    def answer(operation, data):
        call = {"service": "ec2", "operation": operation, "region": "us-east-1"}
        return {**call, "args": {}, "data": data, "refused": ""}

    answers = [
        answer("describe_vpcs", {"Vpcs": wrong}),
        answer("describe_security_groups", {"SecurityGroups": [GROUP]}),
    ]
    account = {"account": "1", "arn": "arn:aws:iam::1:root", "regions": [], "answers": answers}
    whole = {"format": FORMAT, "version": 1, "taken": "", "tool": "", "accounts": [account]}
    for way in ((), ("accounts",), ("accounts", 0), *(("accounts", 0, key) for key in account)):
        said = json.dumps(put(whole, way, wrong)).replace("Infinity", "1e999")
        (tmp_path / "a").write_bytes(gzip.compress(said.encode()))
        one_line(lambda: list(estates(Request(tmp_path / "a", environ={}))))


def test_a_fault_of_ours_is_one_line_and_no_finding(line, monkeypatch, tmp_path):
    def faulty(*_args, **_options):
        return {}["x"]

    monkeypatch.setattr("scanner.cli.scan.load_config", faulty)
    said = line("scan", tmp_path)
    assert "a fault of Pathwarden itself, KeyError in test_hostile_documents.py:" in said
    monkeypatch.setenv("PATHWARDEN_TRACEBACK", "1")
    monkeypatch.setattr("sys.argv", ["pathwarden", "scan", str(tmp_path)])
    with pytest.raises(KeyError):
        main()
