"""The holes of moto that the proxy fills are still there: an upgrade that closes one shows here."""

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from tests.scanner.cloud.conftest import ACCOUNTS, REGIONS
from tests.scanner.cloud.mended import HOLES

pytestmark = pytest.mark.xdist_group("moto")


@pytest.fixture
def bare(world):
    """Calls of moto itself, past the proxy."""
    session = world.seeder.sessions[ACCOUNTS["production"]]
    endpoint = f"http://127.0.0.1:{world.proxy.moto}"

    def call(name, **args):
        service, operation = name.split(".")
        client = session.client(service, region_name=REGIONS[0], endpoint_url=endpoint)
        return getattr(client, operation)(**args)

    return call


def test_the_list_of_holes_is_whole():
    listed = (REFUSED, EVERY_KIND, WITHOUT_DIRECT_CONNECT, FORGETS, KEEPS, MAKES)
    assert set(HOLES) == {name for names in listed for name in names}


REFUSED = {
    "lambda.list_function_url_configs": {"FunctionName": "quote"},
    "ec2.describe_vpc_block_public_access_options": {},
    "ec2.describe_vpc_block_public_access_exclusions": {},
    "ec2.describe_client_vpn_endpoints": {},
    "ec2.get_serial_console_access_status": {},
    "ec2.get_snapshot_block_public_access_state": {},
    "ec2.get_image_block_public_access_state": {},
    "network-firewall.list_rule_groups": {},
    "cloudfront.list_vpc_origins": {},
    "redshift-serverless.list_workgroups": {},
    "elasticache.describe_serverless_caches": {},
    "ecr-public.describe_repositories": {},
    "globalaccelerator.list_accelerators": {},
    "apprunner.list_services": {},
    "lightsail.get_instances": {},
    "directconnect.describe_direct_connect_gateways": {},
    "directconnect.describe_virtual_interfaces": {},
    "directconnect.describe_direct_connect_gateway_associations": {"directConnectGatewayId": "a"},
}
EVERY_KIND = {
    "ec2.describe_transit_gateway_vpc_attachments": ("TransitGatewayVpcAttachments", "VpcId"),
    "ec2.describe_transit_gateway_peering_attachments": (
        "TransitGatewayPeeringAttachments",
        "RequesterTgwInfo",
    ),
}
FORGETS = ("ec2.search_transit_gateway_routes",)
KEEPS = ("ec2.describe_network_acls",)
MAKES = ("ec2.describe_transit_gateway_route_tables",)
WITHOUT_DIRECT_CONNECT = {
    "ec2.describe_transit_gateway_attachments": "",
    "ec2.get_transit_gateway_route_table_associations": "associations",
    "ec2.get_transit_gateway_route_table_propagations": "transitGatewayRouteTablePropagations",
}


@pytest.mark.parametrize("name", REFUSED)
def test_moto_refuses(bare, name):
    with pytest.raises((ClientError, ResponseParserError)):
        bare(name, **REFUSED[name])


@pytest.mark.parametrize("name", EVERY_KIND)
def test_moto_lists_attachments_of_every_kind(bare, name):
    key, member = EVERY_KIND[name]
    assert [item for item in bare(name)[key] if member not in item]


@pytest.mark.parametrize("name", WITHOUT_DIRECT_CONNECT)
def test_moto_has_nothing_of_direct_connect(bare, world, name):
    ends, listed = world.seeder.filled.attachments, WITHOUT_DIRECT_CONNECT[name]
    places = [p for p in world.seeder.filled.links if listed and p.endswith(f"/{listed}")]
    tables = [{"TransitGatewayRouteTableId": p.split("/")[0]} for p in places] or [{}]
    assert len(ends) == len(tables) == 1
    said = bare(name, **tables[0])
    assert not [end for end in ends if end in str(said)]


def test_moto_forgets_which_vpn_a_route_leads_to(bare, world):
    table = next(iter(world.seeder.filled.routes)).split("/")[0]
    filters = [{"Name": "type", "Values": ["static"]}]
    args = {"TransitGatewayRouteTableId": table, "Filters": filters}
    routes = bare(FORGETS[0], **args)["Routes"]
    assert [r for r in routes if r["State"] == "active" and not r["TransitGatewayAttachments"]]


def test_moto_keeps_the_acls_of_vpcs_that_are_gone(bare, world):
    acls = bare(KEEPS[0])["NetworkAcls"]
    assert [acl for acl in acls if acl["VpcId"] in world.seeder.filled.gone]


def test_moto_makes_a_default_table_that_is_switched_off(bare, world):
    (gateway,) = world.seeder.filled.without_default
    tables = bare(MAKES[0])["TransitGatewayRouteTables"]
    own = [t for t in tables if t["TransitGatewayId"] == gateway]
    assert [t for t in own if t["DefaultAssociationRouteTable"]]
