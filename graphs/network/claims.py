"""Filters in words: what a group rule or an ACL entry lets through, as a sentence."""

from graphs.network.packets import ICMP, ICMPV6, PORTS, TCP, UDP, ports_text, protocol_name
from graphs.nodes import AclEntry, GroupRule, NodeIndex, PrefixList, SecurityGroup
from graphs.unknown import Unknown


def text_of(value: object) -> str:
    """A value for people; an Unknown by its origin."""
    return value.what if isinstance(value, Unknown) else str(value)


def rule_claim(nodes: NodeIndex, group: SecurityGroup, rule: GroupRule, inward: bool) -> str:
    """`Security group web lets TCP 443 in from 0.0.0.0/0`."""
    peers = [text_of(prefix) for prefix in rule.prefixes]
    for ref in rule.lists:
        entries = nodes.get(ref, PrefixList)
        peers.append(f"prefix list {entries.name if entries else text_of(ref)}")
    for ref in rule.groups:
        named = nodes.get(ref, SecurityGroup)
        own = "itself" if ref == group.id else f"group {named.name if named else text_of(ref)}"
        peers.append(own)
    way = "in from" if inward else "out to"
    return f"Security group {group.name} lets {service_of(rule)} {way} {', '.join(peers)}"


def entry_claim(acl: str, entry: AclEntry, inward: bool) -> str:
    """`Network ACL main, entry 100, allows TCP 443 from 0.0.0.0/0`."""
    far = f"{'from' if inward else 'to'} {text_of(entry.prefix)}"
    return f"Network ACL {acl}, entry {text_of(entry.number)}, allows {service_of(entry)} {far}"


def service_of(line: GroupRule | AclEntry) -> str:
    """Protocol and ports of a filter's line: `TCP 443`."""
    protocol, ports = line.protocol, line.ports
    if protocol == -1:
        return "all traffic"
    name = text_of(protocol) if isinstance(protocol, Unknown) else protocol_name(protocol).upper()
    if protocol not in (TCP, UDP, ICMP, ICMPV6):
        return name.lower() if isinstance(protocol, int) else name
    if isinstance(ports, Unknown):
        return f"{name} {ports.what}"
    if ports == PORTS or ports[0] < 0:
        return f"all {name}"
    if ports[0] > ports[1]:
        return f"no {name}"
    return f"{name} {ports_text(-1 if isinstance(protocol, Unknown) else protocol, ports)}"
