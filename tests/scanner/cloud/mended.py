"""What moto does not answer, or answers wrongly, and how its answers are mended.

Input: an action and moto's answer to it. Output: the answer that AWS would give.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

HOLES = {
    "lambda.list_function_url_configs": "not implemented",
    "directconnect.describe_direct_connect_gateways": "not implemented",
    "directconnect.describe_direct_connect_gateway_associations": "not implemented",
    "directconnect.describe_virtual_interfaces": "not implemented",
    "ec2.describe_vpc_block_public_access_options": "not implemented",
    "ec2.describe_vpc_block_public_access_exclusions": "not implemented",
    "ec2.describe_client_vpn_endpoints": "not implemented",
    "ec2.get_serial_console_access_status": "not implemented",
    "ec2.get_snapshot_block_public_access_state": "not implemented",
    "ec2.get_image_block_public_access_state": "not implemented",
    "network-firewall.list_rule_groups": "not implemented",
    "cloudfront.list_vpc_origins": "not implemented",
    "redshift-serverless.list_workgroups": "not implemented",
    "elasticache.describe_serverless_caches": "not implemented",
    "ecr-public.describe_repositories": "not implemented",
    "globalaccelerator.list_accelerators": "not implemented",
    "apprunner.list_services": "not implemented",
    "lightsail.get_instances": "not implemented",
    "ec2.describe_network_acls": "keeps those of VPCs that are gone",
    "ec2.describe_transit_gateway_attachments": "has none of Direct Connect",
    "ec2.get_transit_gateway_route_table_associations": "has none of Direct Connect",
    "ec2.get_transit_gateway_route_table_propagations": "has none of Direct Connect",
    "ec2.describe_transit_gateway_vpc_attachments": "lists attachments of every kind",
    "ec2.describe_transit_gateway_peering_attachments": "lists attachments of every kind",
    "ec2.describe_transit_gateway_route_tables": "makes a default table that is switched off",
    "ec2.search_transit_gateway_routes": "forgets which VPN a route leads to",
}
"""Each is asked of moto itself in test_holes.py, so that an upgrade that fills one shows."""

_EMPTY = '<R xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId></R>'
_ORIGINS = (
    '<VpcOriginList xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Marker></Marker>'
    "<MaxItems>100</MaxItems><IsTruncated>false</IsTruncated><Quantity>0</Quantity></VpcOriginList>"
)
_CACHES = (
    "<DescribeServerlessCachesResponse><DescribeServerlessCachesResult><ServerlessCaches/>"
    "</DescribeServerlessCachesResult></DescribeServerlessCachesResponse>"
)
NONE_OF: Mapping[str, "str | dict[str, object]"] = {
    "ec2:DescribeVpcBlockPublicAccessOptions": _EMPTY,
    "ec2:DescribeVpcBlockPublicAccessExclusions": _EMPTY,
    "ec2:DescribeClientVpnEndpoints": _EMPTY,
    "ec2:GetSerialConsoleAccessStatus": _EMPTY,
    "ec2:GetSnapshotBlockPublicAccessState": _EMPTY,
    "ec2:GetImageBlockPublicAccessState": _EMPTY,
    "network-firewall:ListRuleGroups": {"RuleGroups": []},
    "cloudfront:GET /2020-05-31/vpc-origin": _ORIGINS,
    "redshift-serverless:ListWorkgroups": {"workgroups": []},
    "elasticache:DescribeServerlessCaches": _CACHES,
    "ecr-public:DescribeRepositories": {"repositories": []},
    "globalaccelerator:ListAccelerators": {"Accelerators": []},
    "apprunner:ListServices": {"ServiceSummaryList": []},
    "lightsail:GetInstances": {"instances": []},
    "directconnect:DescribeVirtualInterfaces": {"virtualInterfaces": []},
    "airflow:GET /environments": {"Environments": []},
}
"""What Harbor has nothing of, so that AWS would answer an empty list."""

Item = Mapping[str, str]


@dataclass
class Filled:
    """What was seeded beside moto, to be told where moto is asked."""

    told: dict[tuple[str, str], "dict[str, object] | str"] = field(default_factory=dict)
    """Whole answers, by account and action."""
    urls: dict[str, str] = field(default_factory=dict)
    """How functions' URLs are called, by region and function."""
    routes: dict[str, str] = field(default_factory=dict)
    """Attachments of transit routes, by table and destination."""
    without_default: set[str] = field(default_factory=set)
    """Transit gateways that have no default table."""
    gone: set[str] = field(default_factory=set)
    """VPCs that were deleted."""
    gateways: list[dict[str, object]] = field(default_factory=list)
    associations: list[dict[str, object]] = field(default_factory=list)
    attachments: dict[str, Item] = field(default_factory=dict)
    """Attachments of Direct Connect gateways, by id."""
    links: dict[str, list[Item]] = field(default_factory=dict)
    """Attachments in a transit table or announced to it, by table and list."""

    def link(self, listed: str, values: Mapping[str, str]) -> None:
        """Keep that an attachment is in a list of a table."""
        end = values["transit_gateway_attachment_id"]
        place = f"{values['transit_gateway_route_table_id']}/{listed}"
        state = {"state": "associated" if listed == "associations" else "enabled"}
        self.links.setdefault(place, []).append({"transitGatewayAttachmentId": end, **state})

    def answer(
        self, action: str, path: str, where: tuple[str, str]
    ) -> "dict[str, object] | str | None":
        """The whole of an answer that moto does not give; `where` is the account and region."""
        account, region = where
        if (account, action) in self.told:
            return self.told[account, action]
        if action in NONE_OF:
            return NONE_OF[action]
        if action.startswith("lambda:GET") and urlsplit(path).path.rstrip("/").endswith("/urls"):
            name = urlsplit(path).path.split("/")[-2]
            return {"FunctionUrlConfigs": _url(name, self.urls.get(f"{region}/{name}"))}
        if action == "directconnect:DescribeDirectConnectGateways":
            own = [g for g in self.gateways if g["ownerAccount"] == account]
            return {"directConnectGateways": own}
        if action == "directconnect:DescribeDirectConnectGatewayAssociations":
            return {"directConnectGatewayAssociations": self.associations}
        return None

    def mended(self, action: str, data: bytes, asked: Mapping[str, list[str]]) -> bytes:
        """moto's answer to EC2's questions about transit gateways, as AWS would give it."""
        mend = MENDED.get(action)
        if mend is None:
            return data
        ET.register_namespace("", "http://ec2.amazonaws.com/doc/2016-11-15/")
        root = ET.fromstring(data)
        mend(self, root, asked.get("TransitGatewayRouteTableId", [""])[0])
        return ET.tostring(root)


def _url(name: str, kind: str | None) -> list[dict[str, object]]:
    said = {
        "FunctionUrl": f"https://{name}.example",
        "FunctionArn": f"arn:aws:lambda:eu-north-1:000000000000:function:{name}",
        "AuthType": kind,
        "CreationTime": "2025-01-01T00:00:00Z",
        "LastModifiedTime": "2025-01-01T00:00:00Z",
    }
    return [said] if kind else []


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _members(item: ET.Element) -> dict[str, ET.Element]:
    return {_local(child): child for child in item}


def _only(member: str) -> "Mend":
    """Without the items that lack a member, which are of another kind."""

    def mend(_filled: Filled, root: ET.Element, _table: str) -> None:
        for listed in root:
            for item in list(listed):
                if member not in _members(item):
                    listed.remove(item)

    return mend


def _without_default(filled: Filled, root: ET.Element, _table: str) -> None:
    for listed in root:
        for item in list(listed):
            said = {name: child.text for name, child in _members(item).items()}
            own = said.get("defaultAssociationRouteTable") == "true"
            if own and said.get("transitGatewayId") in filled.without_default:
                listed.remove(item)


def _not_gone(filled: Filled, root: ET.Element, _table: str) -> None:
    for listed in root:
        for item in list(listed):
            if _members(item)["vpcId"].text in filled.gone:
                listed.remove(item)


def _grow(root: ET.Element, name: str, items: Iterable[Item]) -> None:
    """Add items to a list of an answer, which is there even when it is empty."""
    (listed,) = (child for child in root if _local(child) == name)
    space = listed.tag.removesuffix(name)
    for item in items:
        made = ET.SubElement(listed, f"{space}item")
        for key, value in item.items():
            ET.SubElement(made, f"{space}{key}").text = value


def _attached(filled: Filled, root: ET.Element, _table: str) -> None:
    _grow(root, "transitGatewayAttachments", filled.attachments.values())


def _linked(name: str) -> "Mend":
    def mend(filled: Filled, root: ET.Element, table: str) -> None:
        _grow(root, name, filled.links.get(f"{table}/{name}", ()))

    return mend


def _led(filled: Filled, root: ET.Element, table: str) -> None:
    """Transit routes with the attachments that were seeded."""
    for item in list(root.iter()):
        named = _members(item)
        if "destinationCidrBlock" not in named:
            continue
        place = f"{table}/{named['destinationCidrBlock'].text}"
        name = "transitGatewayAttachments"
        if place in filled.routes and not len(named.get(name, ())):
            if name in named:
                item.remove(named[name])
            space = named["destinationCidrBlock"].tag.removesuffix("destinationCidrBlock")
            ET.SubElement(item, f"{space}{name}")
            _grow(item, name, [{"transitGatewayAttachmentId": filled.routes[place]}])


Mend = Callable[[Filled, ET.Element, str], None]
MENDED: dict[str, Mend] = {
    "ec2:DescribeNetworkAcls": _not_gone,
    "ec2:DescribeTransitGatewayVpcAttachments": _only("vpcId"),
    "ec2:DescribeTransitGatewayPeeringAttachments": _only("requesterTgwInfo"),
    "ec2:DescribeTransitGatewayRouteTables": _without_default,
    "ec2:DescribeTransitGatewayAttachments": _attached,
    "ec2:GetTransitGatewayRouteTableAssociations": _linked("associations"),
    "ec2:GetTransitGatewayRouteTablePropagations": _linked("transitGatewayRouteTablePropagations"),
    "ec2:SearchTransitGatewayRoutes": _led,
}
