"""Blocks, Client VPNs, PrivateLink services and firewalls as the AWS CLI prints them."""

import json

import pytest

from graphs.build import build_estate
from graphs.network.reach import INTERNET
from graphs.unknown import YES
from scanner.cloud.described import read_described
from scanner.cloud.shape import shaped

ACCOUNT, REGION = "111122223333", "eu-west-1"
WEB = "aws_instance.i-1"
ANY = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


def subnet(name, cidr):
    return {
        "SubnetId": name,
        "VpcId": "vpc-1",
        "CidrBlock": cidr,
        "AvailabilityZone": "eu-west-1a",
        "OwnerId": ACCOUNT,
    }


def table(name, links, *routes):
    return {
        "RouteTableId": name,
        "VpcId": "vpc-1",
        "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}, *routes],
        "Associations": [{"RouteTableAssociationId": f"as-{name}", **link} for link in links],
    }


def nic(name, instance):
    return {
        "NetworkInterfaceId": name,
        "SubnetId": "subnet-web",
        "VpcId": "vpc-1",
        "PrivateIpAddress": "10.0.1.10",
        "Groups": [{"GroupId": "sg-1"}],
        "Association": {"PublicIp": "198.51.100.7"},
        "PrivateIpAddresses": [
            {
                "PrivateIpAddress": "10.0.1.10",
                "Primary": True,
                "Association": {"PublicIp": "198.51.100.7"},
            }
        ],
        "Attachment": {"InstanceId": instance, "DeviceIndex": 0},
    }


OUT = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}
BY_FIREWALL = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "vpce-fw", "State": "active"}
BASE = {
    "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": ACCOUNT}]},
    "subnets": {
        "Subnets": [subnet("subnet-web", "10.0.1.0/24"), subnet("subnet-fw", "10.0.9.0/24")]
    },
    "igws": {
        "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1"}]}]
    },
    "tables": {
        "RouteTables": [
            table("rtb-main", [{"Main": True}]),
            table("rtb-web", [{"SubnetId": "subnet-web"}], OUT),
        ]
    },
    "acls": {
        "NetworkAcls": [
            {
                "NetworkAclId": "acl-1",
                "VpcId": "vpc-1",
                "IsDefault": True,
                "Associations": [],
                "Entries": [
                    {
                        "RuleNumber": 100,
                        "Egress": way,
                        "RuleAction": "allow",
                        "Protocol": "-1",
                        "CidrBlock": "0.0.0.0/0",
                    }
                    for way in (True, False)
                ],
            }
        ]
    },
    "groups": {
        "SecurityGroups": [
            {
                "GroupId": "sg-1",
                "GroupName": "any",
                "VpcId": "vpc-1",
                "IpPermissions": ANY,
                "IpPermissionsEgress": ANY,
            }
        ]
    },
    "instances": {
        "Reservations": [
            {
                "OwnerId": ACCOUNT,
                "Instances": [
                    {
                        "InstanceId": "i-1",
                        "State": {"Name": "running"},
                        "SubnetId": "subnet-web",
                        "VpcId": "vpc-1",
                        "PrivateIpAddress": "10.0.1.10",
                        "PublicIpAddress": "198.51.100.7",
                        "SecurityGroups": [{"GroupId": "sg-1"}],
                        "NetworkInterfaces": [nic("eni-1", "i-1")],
                    }
                ],
            }
        ]
    },
    "nics": {"NetworkInterfaces": [nic("eni-1", "i-1")]},
}


@pytest.fixture
def estate(tmp_path):
    """The estate of the answers above with others added or in their place."""

    def build(**more):
        for name, content in {**BASE, **more}.items():
            path = tmp_path / ACCOUNT / REGION / f"{name.replace('_', '-')}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content))
        found = shaped(read_described(tmp_path).snapshot)
        return build_estate(found.resources, gaps=found.gaps, coverage=found.coverage)

    return build


def asked(estate, source, goal, port=443):
    answer = estate.network.reach(source, goal).answer(6, port)
    if answer.undecided:
        return sorted(u.what for u in answer.because)
    return "yes" if answer == YES else "no"


def test_the_land_is_open_as_it_stands(estate):
    assert asked(estate(), INTERNET, WEB) == "yes"


def test_a_block_and_its_exclusions(estate):
    block = {
        "VpcBlockPublicAccessOptions": {
            "AwsAccountId": ACCOUNT,
            "AwsRegion": REGION,
            "State": "update-complete",
            "InternetGatewayBlockMode": "block-ingress",
        }
    }
    assert asked(estate(block=block), INTERNET, WEB) == "no"
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/subnet-web"
    exclusion = {
        "ExclusionId": "vpcbpa-exclude-1",
        "InternetGatewayExclusionMode": "allow-bidirectional",
        "ResourceArn": arn,
        "State": "create-complete",
    }
    listed = {"VpcBlockPublicAccessExclusions": [exclusion]}
    assert asked(estate(block=block, excluded=listed), INTERNET, WEB) == "yes"
    gone = {"VpcBlockPublicAccessExclusions": [{**exclusion, "State": "delete-complete"}]}
    assert asked(estate(block=block, excluded=gone), INTERNET, WEB) == "no"


FIREWALL = f"arn:aws:network-firewall:{REGION}:{ACCOUNT}:firewall/main"
POLICY = f"arn:aws:network-firewall:{REGION}:{ACCOUNT}:firewall-policy/main"
RULES = f"arn:aws:network-firewall:{REGION}:{ACCOUNT}:stateful-rulegroup/one"
FIREWALLED = {
    "tables": {
        "RouteTables": [
            table("rtb-main", [{"Main": True}]),
            table("rtb-web", [{"SubnetId": "subnet-web"}], BY_FIREWALL),
            table("rtb-fw", [{"SubnetId": "subnet-fw"}], OUT),
            table(
                "rtb-edge",
                [{"GatewayId": "igw-1"}],
                {"DestinationCidrBlock": "10.0.1.0/24", "GatewayId": "vpce-fw", "State": "active"},
            ),
        ]
    },
    "firewall": {
        "Firewall": {
            "FirewallArn": FIREWALL,
            "FirewallName": "main",
            "FirewallPolicyArn": POLICY,
            "VpcId": "vpc-1",
            "SubnetMappings": [{"SubnetId": "subnet-fw"}],
        },
        "FirewallStatus": {
            "SyncStates": {
                "eu-west-1a": {"Attachment": {"SubnetId": "subnet-fw", "EndpointId": "vpce-fw"}}
            }
        },
    },
    "policy": {
        "FirewallPolicyResponse": {"FirewallPolicyArn": POLICY},
        "FirewallPolicy": {
            "StatelessDefaultActions": ["aws:forward_to_sfe"],
            "StatelessFragmentDefaultActions": ["aws:forward_to_sfe"],
            "StatefulRuleGroupReferences": [{"ResourceArn": RULES, "Priority": 1}],
            "StatefulDefaultActions": ["aws:drop_strict"],
            "StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER"},
        },
    },
}


def rules(**source):
    group = {
        "RuleVariables": {"IPSets": {"WEB": {"Definition": ["10.0.1.0/24"]}}},
        "RulesSource": source,
    }
    return {"RuleGroupResponse": {"RuleGroupArn": RULES}, "RuleGroup": group}


HEADER = {
    "Protocol": "TCP",
    "Source": "ANY",
    "SourcePort": "ANY",
    "Direction": "FORWARD",
    "Destination": "$WEB",
    "DestinationPort": "443",
}
GROUPS = {
    "text": rules(RulesString="pass tcp any any -> $WEB 443 (sid:1;)"),
    "members": rules(
        StatefulRules=[{"Action": "PASS", "Header": HEADER, "RuleOptions": [{"Keyword": "sid:1"}]}]
    ),
}


@pytest.mark.parametrize("case", GROUPS)
def test_a_firewall_and_its_rules(estate, case):
    found = estate(**FIREWALLED, rules=GROUPS[case])
    assert asked(found, INTERNET, WEB) == "yes"
    assert asked(found, INTERNET, WEB, 22) == "no"


def test_a_firewall_whose_rules_were_not_handed_over_leaves_it_open(estate):
    assert asked(estate(**FIREWALLED), INTERNET, WEB) == [RULES]


def test_a_gateways_table_counts_where_its_endpoint_is_not_known(estate):
    answers = {"tables": FIREWALLED["tables"]}
    assert asked(estate(**answers), INTERNET, WEB) == ["what endpoint vpce-fw lets through"]


VPN = {
    "vpns": {
        "ClientVpnEndpoints": [
            {
                "ClientVpnEndpointId": "cvpn-1",
                "Status": {"Code": "available"},
                "ClientCidrBlock": "172.16.0.0/22",
                "VpcId": "vpc-1",
                "SecurityGroupIds": ["sg-1"],
            }
        ]
    },
    "client_vpn_target_networks": {
        "ClientVpnTargetNetworks": [
            {
                "ClientVpnEndpointId": "cvpn-1",
                "TargetNetworkId": "subnet-fw",
                "VpcId": "vpc-1",
                "Status": {"Code": "associated"},
            }
        ]
    },
    "client_vpn_routes": {
        "Routes": [
            {
                "ClientVpnEndpointId": "cvpn-1",
                "DestinationCidr": "10.0.0.0/16",
                "TargetSubnet": "subnet-fw",
                "Status": {"Code": "active"},
            }
        ]
    },
}
MAY = {
    "AuthorizationRules": [
        {
            "ClientVpnEndpointId": "cvpn-1",
            "DestinationCidr": "10.0.1.0/24",
            "AccessAll": True,
            "Status": {"Code": "active"},
        }
    ]
}
STAFF = "aws_ec2_client_vpn_endpoint.cvpn-1"


def test_a_client_vpn_and_who_is_authorized(estate):
    assert asked(estate(**VPN, client_vpn_authorization_rules=MAY), STAFF, WEB) == "yes"


def test_authorizations_that_were_not_handed_over_leave_it_open(estate):
    (why,) = asked(estate(**VPN), STAFF, WEB)
    assert "describe_client_vpn_authorization_rules of cvpn-1" in why


def test_a_privatelink_service_is_read(estate):
    service = {
        "ServiceConfigurations": [
            {
                "ServiceId": "vpce-svc-1",
                "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
                "ServiceState": "Available",
                "AcceptanceRequired": True,
                "NetworkLoadBalancerArns": [],
            }
        ]
    }
    node = estate(services=service).index.by_id["aws_vpc_endpoint_service.vpce-svc-1"]
    assert (node.balancers, node.accepts == YES) == ((), False)
