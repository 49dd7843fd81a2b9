"""AWS Network Firewall: firewalls with the rules of their policies, in order of evaluation."""

from graphs.build import firewall_rules, read, suricata, vpc
from graphs.build.draft import Draft
from graphs.nodes import Firewall, Ref, Vpc
from graphs.resource import Resource
from graphs.unknown import Cause, Unknown

POLICY = "aws_networkfirewall_firewall_policy"


def lower(draft: Draft) -> None:
    """Make the firewalls."""
    for resource in draft.all(vpc.FIREWALL):
        draft.add(_firewall(draft, resource))


def _firewall(draft: Draft, resource: Resource) -> Firewall:
    home = vpc.vpc_of(draft, resource)
    named = draft.ref_at(resource, "firewall_policy_arn", POLICY)
    owner = draft.by_id.get(named) if isinstance(named, str) else None
    if owner is None:
        lost = named if isinstance(named, Unknown) else Unknown(Cause.DATA, f"{resource.id}.policy")
        return _unread(draft, resource, home, lost)
    policy = read.first(owner, "firewall_policy")
    options = read.first(policy, "stateful_engine_options")
    order = read.word(options, "rule_order", "DEFAULT_ACTION_ORDER")
    strict = order if isinstance(order, Unknown) else order == "STRICT_ORDER"
    sets = _home_net(draft, home) | firewall_rules.ip_sets(owner, _variables(policy))
    return Firewall(
        source=resource,
        id=resource.id,
        vpc=home,
        endpoints=vpc.firewall_endpoints(draft, resource),
        stateless=tuple(firewall_rules.stateless(draft, owner, policy)),
        stateless_rest=firewall_rules.end_of(policy, "stateless_default_actions"),
        stateful=tuple(firewall_rules.stateful(draft, owner, policy, sets)),
        stateful_rest=_stateful_rest(policy, strict),
        strict=strict,
    )


def _unread(draft: Draft, resource: Resource, home: Ref, lost: Unknown) -> Firewall:
    return Firewall(
        source=resource,
        id=resource.id,
        vpc=home,
        endpoints=vpc.firewall_endpoints(draft, resource),
        stateless=(),
        stateless_rest=lost,
        stateful=(),
        stateful_rest=lost,
        unread=(lost,),
    )


def _stateful_rest(policy: read.Holder, strict: "bool | Unknown") -> "str | Unknown":
    """What the stateful engine does with what no rule matches: it passes unless told to drop.

    https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html
    """
    if isinstance(strict, Unknown):
        return strict
    if not strict:
        return "pass"
    for said in read.items(policy, "stateful_default_actions"):
        if isinstance(said, Unknown):
            return said
        if said == "aws:drop_strict":
            return "drop"
        if "drop" in str(said):
            return Unknown(Cause.MODEL, f"what {said} stops of connections that it lets begin")
    return "pass"


# Variables.


def _home_net(draft: Draft, home: Ref) -> dict[str, suricata.Known]:
    """HOME_NET is the firewall's VPC unless it is set."""
    node = draft.nodes.get(home) if isinstance(home, str) else None
    cidrs = node.cidrs if isinstance(node, Vpc) else (Unknown(Cause.DATA, str(home)),)
    return {"HOME_NET": cidrs}


def _variables(block: read.Holder, path: str = "policy_variables") -> "tuple[read.Block, ...]":
    return read.known_blocks(read.first(block, path), "rule_variables")
