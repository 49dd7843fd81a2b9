"""What stands at the borders of networks: blocks, Client VPNs, PrivateLink services, firewalls."""

from collections.abc import Iterator, Mapping

from graphs.resource import Resource
from graphs.unknown import Unknown
from scanner.cloud.shape.answers import Answers, Item, tags

FIREWALL = "aws_networkfirewall_firewall"
POLICY = "aws_networkfirewall_firewall_policy"
GROUP = "aws_networkfirewall_rule_group"


def shape(answers: Answers) -> Iterator[Resource]:
    """Blocks and their exclusions, ways in for known people, and what inspects."""
    for part in (_blocks, _client_vpns, _services, _firewalls, _rule_groups):
        yield from part(answers)


def _blocks(answers: Answers) -> Iterator[Resource]:
    call = "ec2.describe_vpc_block_public_access_options"
    for answer in answers.of(call):
        said = answer.data.get("VpcBlockPublicAccessOptions")
        if said:
            values = {"internet_gateway_block_mode": said.get("InternetGatewayBlockMode")}
            kind = "aws_vpc_block_public_access_options"
            key = answers.local(answer.region)
            yield answers.make(kind, "block", values, (answer.region, call), key=key)
    call = "ec2.describe_vpc_block_public_access_exclusions"
    for region, said in answers.items(call, "VpcBlockPublicAccessExclusions"):
        arn, state = said.get("ResourceArn", ""), said.get("State", "")
        name = "subnet_id" if ":subnet/" in arn else "vpc_id"
        values = {
            "id": said["ExclusionId"],
            name: arn.rpartition("/")[2],
            "internet_gateway_exclusion_mode": said.get("InternetGatewayExclusionMode"),
        }
        kind = "aws_vpc_block_public_access_exclusion"
        if state in ("", "create-complete", "update-complete", "update-in-progress"):
            yield answers.make(kind, said["ExclusionId"], values, (region, call))


# Client VPN.

_GROUP = "CloudwatchLogGroup"
_OF_VPN = "ec2.describe_client_vpn_"


def _client_vpns(answers: Answers) -> Iterator[Resource]:
    call = f"{_OF_VPN}endpoints"
    for region, end in answers.items(call, "ClientVpnEndpoints"):
        name = end["ClientVpnEndpointId"]
        logs = end.get("ConnectionLogOptions", {})
        values = {
            "id": name,
            "client_cidr_block": end.get("ClientCidrBlock"),
            "split_tunnel": end.get("SplitTunnel"),
            "vpc_id": end.get("VpcId"),
            "security_group_ids": end.get("SecurityGroupIds"),
            "description": end.get("Description"),
            "connection_log_options": [
                {"enabled": logs.get("Enabled", False), "cloudwatch_log_group": logs.get(_GROUP)}
            ],
            "tags": tags(end.get("Tags")),
        }
        if end.get("Status", {}).get("Code") not in ("deleting", "deleted"):
            yield answers.make("aws_ec2_client_vpn_endpoint", name, values, (region, call))
            yield from _of_vpn(answers, region, name)


def _of_vpn(answers: Answers, region: str, vpn: str) -> Iterator[Resource]:
    for word, key, kind, names in (
        (
            "target_networks",
            "ClientVpnTargetNetworks",
            "network_association",
            {"subnet_id": "TargetNetworkId"},
        ),
        (
            "authorization_rules",
            "AuthorizationRules",
            "authorization_rule",
            {"target_network_cidr": "DestinationCidr", "access_group_id": "GroupId"},
        ),
        (
            "routes",
            "Routes",
            "route",
            {"destination_cidr_block": "DestinationCidr", "target_vpc_subnet_id": "TargetSubnet"},
        ),
    ):
        call = f"{_OF_VPN}{word}"
        read = answers.about(call, region, vpn)
        listed: list[Item] = (
            list(read.get(key, ())) if isinstance(read, Mapping) else [_any(names, read)]
        )
        for number, item in enumerate(listed):
            values = {"client_vpn_endpoint_id": vpn, **{n: item.get(m) for n, m in names.items()}}
            if _code(item) not in ("disassociated", "revoked", "deleted", "failed"):
                kind_ = f"aws_ec2_client_vpn_{kind}"
                yield answers.make(kind_, f"{vpn}.{number}", values, (region, call))


def _any(names: Mapping[str, str], why: Unknown) -> Item:
    """One that may be anything, where a list was refused."""
    return dict.fromkeys(names.values(), why)


def _code(item: Item) -> object:
    status = item.get("Status")
    return status.get("Code") if isinstance(status, Mapping) else None


# PrivateLink.


def _services(answers: Answers) -> Iterator[Resource]:
    call = "ec2.describe_vpc_endpoint_service_configurations"
    for region, said in answers.items(call, "ServiceConfigurations"):
        name = said["ServiceId"]
        values = {
            "id": name,
            "service_name": said.get("ServiceName"),
            "acceptance_required": said.get("AcceptanceRequired", False),
            "network_load_balancer_arns": said.get("NetworkLoadBalancerArns"),
            "gateway_load_balancer_arns": said.get("GatewayLoadBalancerArns"),
            "tags": tags(said.get("Tags")),
        }
        if said.get("ServiceState", "Available") not in ("Deleting", "Deleted", "Failed"):
            yield answers.make("aws_vpc_endpoint_service", name, values, (region, call))


# Network Firewall.


def _firewalls(answers: Answers) -> Iterator[Resource]:
    call = "network-firewall.describe_firewall"
    for answer in answers.of(call):
        wall, status = answer.data.get("Firewall"), answer.data.get("FirewallStatus", {})
        if not wall:
            continue
        name = wall["FirewallArn"]
        values = {
            "arn": name,
            "name": wall.get("FirewallName"),
            "vpc_id": wall.get("VpcId"),
            "firewall_policy_arn": wall.get("FirewallPolicyArn"),
            "subnet_mapping": [
                {"subnet_id": m.get("SubnetId")} for m in wall.get("SubnetMappings", ())
            ],
            "firewall_status": [{"sync_states": _states(status)}],
            "tags": tags(wall.get("Tags")),
        }
        yield answers.make(FIREWALL, name, values, (answer.region, call))
    call = "network-firewall.describe_firewall_policy"
    for answer in answers.of(call):
        arn = next((a for a in answer.args.values() if isinstance(a, str)), "")
        policy = answer.data.get("FirewallPolicy")
        if policy:
            values = {"arn": arn, "firewall_policy": [_snake(policy)]}
            yield answers.make(POLICY, arn, values, (answer.region, call))


def _states(status: Item) -> list[object]:
    """The endpoints of a firewall, by zone."""
    ends = (state.get("Attachment", {}) for state in status.get("SyncStates", {}).values())
    return [
        {"attachment": [{"endpoint_id": e.get("EndpointId"), "subnet_id": e.get("SubnetId")}]}
        for e in ends
    ]


def _rule_groups(answers: Answers) -> Iterator[Resource]:
    call = "network-firewall.describe_rule_group"
    for answer in answers.of(call):
        arn = next((a for a in answer.args.values() if isinstance(a, str)), "")
        group = answer.data.get("RuleGroup")
        if group:
            values = {"arn": arn, "rule_group": [_group(group)]}
            yield answers.make(GROUP, arn, values, (answer.region, call))


def _group(group: Item) -> dict[str, object]:
    """A rule group's members as Terraform's blocks, which name some of them otherwise."""
    source = group.get("RulesSource", {})
    sets = group.get("RuleVariables", {})
    references = group.get("ReferenceSets", {}).get("IPSetReferences", {})
    return {
        "rule_variables": [
            {
                "ip_sets": _sets(sets.get("IPSets", {}), "ip_set"),
                "port_sets": _sets(sets.get("PortSets", {}), "port_set"),
            }
        ],
        "reference_sets": [
            {
                "ip_set_references": [
                    {"key": key, "ip_set_reference": [{"reference_arn": r.get("ReferenceArn")}]}
                    for key, r in references.items()
                ]
            }
        ],
        "rules_source": [_source(source)],
    }


def _sets(found: Mapping[str, Item], block: str) -> list[object]:
    return [{"key": k, block: [{"definition": v.get("Definition", ())}]} for k, v in found.items()]


def _source(source: Item) -> dict[str, object]:
    listed = source.get("RulesSourceList")
    quick = source.get("StatelessRulesAndCustomActions")
    return {
        "rules_string": source.get("RulesString"),
        "rules_source_list": [_snake(listed)] if listed else [],
        "stateful_rule": [
            {
                "action": rule.get("Action"),
                "header": [_snake(rule.get("Header", {}))],
                "rule_option": [
                    {"keyword": o.get("Keyword"), "settings": o.get("Settings", ())}
                    for o in rule.get("RuleOptions", ())
                ],
            }
            for rule in source.get("StatefulRules", ())
        ],
        "stateless_rules_and_custom_actions": [
            {"stateless_rule": [_stateless(r) for r in quick.get("StatelessRules", ())]}
        ]
        if quick
        else [],
    }


def _stateless(rule: Item) -> dict[str, object]:
    said = rule.get("RuleDefinition", {})
    match = said.get("MatchAttributes", {})
    ends = {
        name: [_snake(each) for each in match.get(member, ())]
        for name, member in (
            ("source", "Sources"),
            ("destination", "Destinations"),
            ("source_port", "SourcePorts"),
            ("destination_port", "DestinationPorts"),
            ("tcp_flag", "TCPFlags"),
        )
    }
    return {
        "priority": rule.get("Priority"),
        "rule_definition": [
            {
                "actions": said.get("Actions", ()),
                "match_attributes": [{"protocols": match.get("Protocols", ()), **ends}],
            }
        ],
    }


_BLOCKS = {
    "StatelessRuleGroupReferences": "stateless_rule_group_reference",
    "StatefulRuleGroupReferences": "stateful_rule_group_reference",
}


def _snake(item: Item) -> dict[str, object]:
    """Members as Terraform spells them; what stands within another becomes a block."""
    found: dict[str, object] = {}
    for member, value in item.items():
        name = _BLOCKS.get(member) or "".join(
            f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(member)
        )
        if isinstance(value, Mapping):
            found[name] = [_variables(value) if member == "PolicyVariables" else _snake(value)]
        elif isinstance(value, list | tuple):
            found[name] = [_snake(v) if isinstance(v, Mapping) else v for v in value]
        else:
            found[name] = value
    return found


def _variables(said: Item) -> dict[str, object]:
    return {"rule_variables": _sets(said.get("RuleVariables", {}), "ip_set")}
