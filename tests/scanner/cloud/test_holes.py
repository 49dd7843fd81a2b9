"""The holes of moto that the proxy fills are still there: an upgrade that closes one shows here."""

import pytest
from botocore.exceptions import ClientError

from tests.scanner.cloud.conftest import ACCOUNTS, REGIONS
from tests.scanner.cloud.proxy import HOLES

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
    assert set(HOLES) == {name for names in (REFUSED, EVERY_KIND, FORGETS, KEEPS) for name in names}


REFUSED = {
    "lambda.list_function_url_configs": {"FunctionName": "quote"},
    "directconnect.describe_direct_connect_gateways": {},
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
KEEPS = ("ec2.get_transit_gateway_route_table_associations",)


@pytest.mark.parametrize("name", REFUSED)
def test_moto_refuses(bare, name):
    with pytest.raises(ClientError):
        bare(name, **REFUSED[name])


@pytest.mark.parametrize("name", EVERY_KIND)
def test_moto_lists_attachments_of_every_kind(bare, name):
    key, member = EVERY_KIND[name]
    assert [item for item in bare(name)[key] if member not in item]


def test_moto_forgets_which_vpn_a_route_leads_to(bare, world):
    table = next(iter(world.seeder.routes)).split("/")[0]
    filters = [{"Name": "type", "Values": ["static"]}]
    args = {"TransitGatewayRouteTableId": table, "Filters": filters}
    routes = bare(FORGETS[0], **args)["Routes"]
    assert [r for r in routes if r["State"] == "active" and not r["TransitGatewayAttachments"]]


def test_moto_keeps_attachments_in_the_default_table(bare, world):
    tables = bare("ec2.describe_transit_gateway_route_tables")["TransitGatewayRouteTables"]
    (own,) = (t["TransitGatewayRouteTableId"] for t in tables if t["DefaultAssociationRouteTable"])
    assert own not in world.seeder.tables.values()
    assert bare(KEEPS[0], TransitGatewayRouteTableId=own)["Associations"]
