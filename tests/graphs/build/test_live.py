"""What an account tells by itself: ids and ARNs, default tables and groups, whole policies."""

import pytest

from graphs.build import build_estate
from graphs.nodes import Acl, Database, Function, RouteTable, SecurityGroup, TransitTable, User
from graphs.resource import Address, Origin, Resource, Scope, Source
from graphs.unknown import YES, Cause, Unknown, cannot_tell
from graphs.verdict import Coverage

ACCOUNT = "444455556666"
DENIED = Unknown(Cause.DENIED, "ec2:DescribeRouteTables: AccessDenied")


def live(kind, name, exists=YES, /, **values):
    scope = Scope("aws", ACCOUNT, "eu-north-1")
    origin = Origin(Source.AWS, account=ACCOUNT, region="eu-north-1")
    return Resource(Address("", kind, name), kind, values, scope, origin, exists)


VPC = live("aws_vpc", "vpc-1", id="vpc-1", cidr_block="10.0.0.0/16")


@pytest.mark.parametrize("kind", [RouteTable, Acl, SecurityGroup])
def test_the_defaults_of_a_vpc_that_were_not_read_may_hold_anything(kind):
    (node,) = build_estate([VPC]).index.of(kind)
    assert [why.cause for why in node.unread] == [Cause.DENIED]


def test_defaults_that_were_read_are_as_they_are():
    group = live("aws_default_security_group", "sg-1", id="sg-1", vpc_id="vpc-1")
    acl = live("aws_default_network_acl", "acl-1", id="acl-1", vpc_id="vpc-1")
    table = live("aws_route_table", "rtb-1", id="rtb-1", vpc_id="vpc-1")
    main = live("aws_main_route_table_association", "a", vpc_id="vpc-1", route_table_id="rtb-1")
    estate = build_estate([VPC, group, acl, table, main])
    found = [*estate.index.of(RouteTable), *estate.index.of(Acl), *estate.index.of(SecurityGroup)]
    assert [node.source for node in found] == [table, acl, group]
    assert not [node for node in found if node.unread]


def test_a_gateways_default_table_is_the_one_it_names():
    gateway = live("aws_ec2_transit_gateway", "tgw-1", id="tgw-1")
    gateway.values["association_default_route_table_id"] = "tgw-rtb-1"
    gateway.values["propagation_default_route_table_id"] = "tgw-rtb-1"
    kind = "aws_ec2_transit_gateway_route_table"
    table = live(kind, "tgw-rtb-1", id="tgw-rtb-1", transit_gateway_id="tgw-1")
    (found,) = build_estate([gateway, table]).index.of(TransitTable)
    assert found.id == f"{kind}.tgw-rtb-1"


def test_a_function_carries_its_whole_policy():
    function = live("aws_lambda_function", "f", function_name="f", policy='{"Statement":[]}')
    (found,) = build_estate([function]).index.of(Function)
    assert [policy.text for policy in found.policies] == ['{"Statement":[]}']


def test_whether_there_is_a_password_may_be_open():
    user = live("aws_iam_user", "ann", name="ann")
    login = live("aws_iam_user_login_profile", "ann", cannot_tell(DENIED), user="ann")
    (found,) = build_estate([user, login]).index.of(User)
    assert found.signs_in.undecided


def test_the_secret_that_rds_keeps_opens_its_database():
    arn = f"arn:aws:secretsmanager:eu-north-1:{ACCOUNT}:secret:rds!db-1-AbCdEf"
    kept = live("aws_secretsmanager_secret", "rds!db-1", name="rds!db-1", arn=arn)
    group = live("aws_db_subnet_group", "g", name="g", subnet_ids=())
    database = live(
        "aws_db_instance",
        "orders",
        identifier="orders",
        engine="postgres",
        db_subnet_group_name="g",
        master_user_secret=({"secret_arn": arn},),
    )
    (found,) = build_estate([kept, group, database]).index.of(Database)
    assert found.secrets == (kept.id,)


def test_a_list_that_is_short_anywhere_is_short_everywhere():
    missing = {("RouteTable", f"{ACCOUNT}/eu-north-1"): DENIED}
    estate = build_estate([VPC], coverage=Coverage(assumed=False, missing=missing))
    assert estate.all(RouteTable).gaps == {DENIED}
    assert estate.all(RouteTable, f"{ACCOUNT}/us-east-1").gaps == frozenset()
    assert estate.all(Acl).gaps == frozenset()
