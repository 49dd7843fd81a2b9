"""Directories of what `aws ... describe-*` printed: whose they are, and what is not read."""

import json

import pytest

from graphs.nodes import Balancer
from graphs.unknown import NO, YES
from scanner.cloud.described import holds_answers, read_described
from scanner.cloud.shape import shaped
from scanner.cloud.snapshot import CUT_OFF
from scanner.config import load_config
from scanner.estates import Request, estates

VPCS = {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111122223333"}]}
SUBNETS = {
    "Subnets": [
        {
            "SubnetId": "subnet-1",
            "VpcId": "vpc-1",
            "CidrBlock": "10.0.1.0/24",
            "AvailabilityZone": "eu-west-1b",
            "OwnerId": "111122223333",
        }
    ]
}


@pytest.fixture
def handed(tmp_path):
    """Write files by path and read the directory."""

    def call(**files):
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_", "-")
            path = path.with_name(path.name + ".json")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        return read_described(tmp_path)

    call.root = tmp_path
    return call


def answers(read):
    """What was answered, by account, region and call."""
    return {
        (swept.account, answer.region, f"{answer.service}.{answer.operation}"): answer
        for swept in read.snapshot.accounts
        for answer in swept.answers
        if not answer.refused
    }


def test_directories_say_account_and_region(handed):
    read = handed(**{"444455556666__us-east-1__Vpcs": VPCS})
    assert set(answers(read)) == {("444455556666", "us-east-1", "ec2.describe_vpcs")}


def test_the_answers_say_account_and_region_where_no_directory_does(handed):
    read = handed(vpcs=VPCS, my_subnets=SUBNETS)
    assert set(answers(read)) == {
        ("111122223333", "eu-west-1", "ec2.describe_vpcs"),
        ("111122223333", "eu-west-1", "ec2.describe_subnets"),
    }


def test_pages_of_one_list_are_joined(handed):
    other = {"Vpcs": [{"VpcId": "vpc-2", "CidrBlock": "10.1.0.0/16", "OwnerId": "111122223333"}]}
    (answer,) = answers(handed(page1=VPCS, page2=other)).values()
    assert [vpc["VpcId"] for vpc in answer.data["Vpcs"]] == ["vpc-1", "vpc-2"]


@pytest.mark.parametrize("content", [
    {"LoadBalancerArn": "arn:lb", "Listeners": [{"ListenerArn": "l", "LoadBalancerArn": "arn:lb"}]},
    {"Listeners": [{"ListenerArn": "l", "LoadBalancerArn": "arn:lb"}]},
    {"ByBalancer": [{"LoadBalancerArn": "arn:lb", "Listeners": [{"ListenerArn": "l"}]}]},
])  # fmt: skip
def test_answers_about_one_thing_say_which(handed, content):
    (answer,) = answers(handed(listeners=content)).values()
    assert (answer.operation, answer.args) == ("describe_listeners", {"LoadBalancerArn": "arn:lb"})
    assert answer.data["Listeners"][0]["ListenerArn"] == "l"


TABLES = {"TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1"}]}
ROUTES = {"Routes": [{"DestinationCidrBlock": "10.0.0.0/8", "State": "active"}]}


def routes(read):
    """The searches of transit tables: by table, how many routes were found."""
    return {
        answer.args["TransitGatewayRouteTableId"]: len(answer.data["Routes"])
        for (_, _, call), answer in answers(read).items()
        if call == "ec2.search_transit_gateway_routes"
    }


def test_an_answer_is_about_the_only_thing_that_there_is(handed):
    assert routes(handed(tables=TABLES, search=ROUTES)) == {"tgw-rtb-1": 1}


def test_an_answer_is_about_what_its_file_is_named_after(handed):
    two = {"TransitGatewayRouteTables": [
        {"TransitGatewayRouteTableId": "tgw-rtb-1"}, {"TransitGatewayRouteTableId": "tgw-rtb-11"},
    ]}  # fmt: skip
    assert routes(handed(tables=two, search_tgw_rtb_11=ROUTES)) == {"tgw-rtb-11": 1}


def test_an_answer_about_nobody_knows_what_is_named(handed):
    two = {"TransitGatewayRouteTables": [
        {"TransitGatewayRouteTableId": "tgw-rtb-1"}, {"TransitGatewayRouteTableId": "tgw-rtb-2"},
    ]}  # fmt: skip
    read = handed(tables=two, search=ROUTES)
    assert routes(read) == {}
    (gap,) = read.gaps
    assert "does not say which thing ec2.search_transit_gateway_routes was asked about" in gap.what


def test_what_further_pages_would_tell_is_not_known(handed):
    (gap,) = [
        gap for gap in shaped(handed(vpcs={**VPCS, "NextToken": "abc"}).snapshot).gaps
        if CUT_OFF in gap.what
    ]  # fmt: skip
    assert "ec2:DescribeVpcs" in gap.what
    assert gap.kind == "not-given"


def test_names_of_directories_hold_account_and_region(handed):
    read = handed(**{"prod_444455556666__region=us_east_1__Vpcs": VPCS})
    assert set(answers(read)) == {("444455556666", "us-east-1", "ec2.describe_vpcs")}


def test_a_directory_that_is_named_like_a_region_is_none(handed):
    read = handed(my_network_1__Vpcs=VPCS, my_network_1__Subnets=SUBNETS)
    assert {region for _, region, _ in answers(read)} == {"eu-west-1"}


def test_secrets_are_taken_out(handed):
    vpn = {"VpnConnections": [{"VpnConnectionId": "v", "CustomerGatewayConfiguration": "psk"}]}
    (answer,) = answers(handed(vpns=vpn)).values()
    assert "psk" not in json.dumps(answer.data)


@pytest.mark.parametrize(("item", "service"), [
    ({"ClusterIdentifier": "a", "NodeType": "ra3.large"}, "redshift"),
    ({"Name": "a", "ACLName": "open-access"}, "memorydb"),
    ({"ClusterName": "a", "ActiveNodes": 3}, "dax"),
    ({"Id": "j-1", "Name": "a", "NormalizedInstanceHours": 8}, "emr"),
])  # fmt: skip
def test_lists_of_one_name_are_told_by_what_is_in_them(handed, item, service):
    (answer,) = answers(handed(clusters={"Clusters": [item]})).values()
    assert (answer.service, answer.data) == (service, {"Clusters": [item]})


def test_what_no_call_answers_is_named(handed):
    read = handed(vpcs=VPCS, broken='{"Vpcs": [', notes={"hello": ["world"]}, empty={"Things": []})
    assert {(gap.place.file, gap.kind) for gap in read.gaps} == {
        ("broken.json", "syntax-error"),
        ("notes.json", "not-an-answer"),
    }
    (gap,) = [gap for gap in shaped(read.snapshot).gaps if gap.kind == "not-given"]
    assert "ec2.describe_subnets" in gap.what
    assert "ec2.describe_vpcs" not in gap.what


def test_a_directory_is_told_by_what_is_in_it(handed, tmp_path):
    assert not holds_answers(tmp_path)
    handed(vpcs=VPCS)
    assert holds_answers(tmp_path)
    request = Request(tmp_path, load_config(tmp_path, None))
    (read,) = estates(request)
    assert "aws_vpc.vpc-1" in read.estate.index.by_id


@pytest.mark.parametrize(("said", "shielded"), [
    ({"WebACL": {"ARN": "arn:aws:wafv2:eu-west-1:1:regional/webacl/w/1"}}, YES),
    ({"WebACL": {}}, NO),
    (None, None),
])  # fmt: skip
def test_whether_requests_are_filtered(handed, said, shielded):
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/1"
    lists = {"balancers": {"LoadBalancers": [{"LoadBalancerArn": arn, "LoadBalancerName": "shop",
                                              "Type": "application"}]}}  # fmt: skip
    if said is not None:
        lists["acls"] = {"ResourceArn": arn, **said}
    handed(**{f"111122223333__eu-west-1__{name}": content for name, content in lists.items()})
    (read,) = estates(Request(handed.root, load_config(handed.root, None)))
    (shop,) = read.estate.index.of(Balancer)
    assert shop.shielded == shielded if said is not None else shop.shielded.undecided
