"""The rules of Network Firewall's rule groups, in the order that a policy gives the groups."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from graphs.build import prefix_lists, read, suricata
from graphs.build.draft import Draft
from graphs.evidence import Proof
from graphs.nodes import FirewallRule
from graphs.resource import Resource
from graphs.unknown import Cause, Unknown

RULES = "aws_networkfirewall_rule_group"
_ENDS = {"aws:pass": "pass", "aws:drop": "drop", "aws:forward_to_sfe": "forward"}
_FLAGS = ("tcp_flag", "tcp_flags")


def end_of(holder: read.Holder, name: str) -> "str | Unknown":
    """What becomes of packets, of the actions that say so; custom ones only publish."""
    found = read.items(holder, name)
    hidden = [each for each in found if isinstance(each, Unknown)]
    known = [_ENDS[each] for each in found if isinstance(each, str) and each in _ENDS]
    return known[0] if known else hidden[0] if hidden else Unknown(Cause.EXPRESSION, f"no {name}")


def _groups(
    draft: Draft, policy: Resource, block: read.Holder, name: str
) -> Iterator[tuple["Resource | Unknown", read.Block]]:
    """The groups that a policy names, by priority; those without one in the order they stand."""
    found = list(read.blocks(block, name))
    found.sort(key=lambda b: p if isinstance(p := read.number(b, "priority"), int) else 0)
    for each in found:
        value = read.raw(each, "resource_arn")
        ref = draft.ref(policy, value, RULES)
        if isinstance(ref, str):
            yield draft.by_id[ref], each
        else:
            missing = Unknown(Cause.EXPRESSION, f"{policy.id} names no group")
            yield missing if ref is None else ref, each


def _anything(action: "str | Unknown", proof: Proof, only: Unknown | None) -> FirewallRule:
    everywhere = suricata.ANYWHERE
    return FirewallRule(action, (-1,), everywhere, everywhere, suricata.ALL_PORTS, proof, only)


def _foreign(policy: Resource, why: Unknown, draft: Draft) -> FirewallRule:
    """A group that is not here. AWS's own groups drop and alert, and pass nothing."""
    managed = ":aws-managed:" in why.what
    what = why.what.rpartition("/")[2] if managed else why.what
    lost = Unknown(Cause.MODEL, f"what the rule group {what} drops") if managed else why
    action: str | Unknown = "drop" if managed else why
    return _anything(action, draft.proof(policy), lost)


def stateless(draft: Draft, policy: Resource, block: read.Holder) -> Iterator[FirewallRule]:
    """The stateless rules of a policy, by the priorities of groups and rules."""
    name = "stateless_rule_group_reference"
    for group, _ in _groups(draft, policy, block, name):
        if isinstance(group, Unknown):
            yield _foreign(policy, group, draft)
            continue
        inner = read.first(read.first(group, "rule_group"), "rules_source")
        holder = read.first(inner, "stateless_rules_and_custom_actions")
        rules = list(read.known_blocks(holder, "stateless_rule"))
        rules.sort(key=lambda b: p if isinstance(p := read.number(b, "priority"), int) else 0)
        for why in read.unknown_blocks(holder, "stateless_rule"):
            yield _anything(why, draft.proof(group, "rule_group"), why)
        for rule in rules:
            yield _stateless_rule(group, read.first(rule, "rule_definition"), draft)


def _stateless_rule(group: Resource, block: read.Holder, draft: Draft) -> FirewallRule:
    match = read.first(block, "match_attributes")
    numbers = tuple(
        n if isinstance(n, Unknown) else int(str(n)) for n in read.items(match, "protocols")
    )
    source_ports = _spans(match, "source_port")
    narrowed = source_ports not in ((), suricata.ALL_PORTS) or any(
        read.items(match, flag) for flag in _FLAGS
    )
    why = Unknown(Cause.MODEL, f"the source ports and TCP flags that {group.id} asks for")
    return FirewallRule(
        action=end_of(block, "actions"),
        protocols=numbers or (-1,),
        sources=_definitions(match, "source"),
        destinations=_definitions(match, "destination"),
        ports=_spans(match, "destination_port") or suricata.ALL_PORTS,
        proof=draft.proof(group, "rule_group"),
        only=why if narrowed else None,
    )


def _definitions(match: read.Holder, name: str) -> suricata.Known:
    found = [p for b in read.blocks(match, name) for p in read.networks(b, "address_definition")]
    return tuple(found) or suricata.ANYWHERE


def _spans(match: read.Holder, name: str) -> suricata.Ports:
    found = []
    for block in read.blocks(match, name):
        low, high = read.number(block, "from_port"), read.number(block, "to_port")
        if isinstance(low, int):
            found.append((low, high if isinstance(high, int) else low))
        else:
            found.append((0, 65535))
    return tuple(found)


def stateful(
    draft: Draft, policy: Resource, block: read.Holder, sets: Mapping[str, suricata.Known]
) -> Iterator[FirewallRule]:
    """The stateful rules of a policy, by the priorities of groups and the order of rules."""
    for group, said in _groups(draft, policy, block, "stateful_rule_group_reference"):
        if read.raw(read.first(said, "override"), "action") == "DROP_TO_ALERT":
            continue
        if isinstance(group, Unknown):
            yield _foreign(policy, group, draft)
        else:
            yield from _of_group(draft, group, sets)


def _of_group(
    draft: Draft, group: Resource, sets: Mapping[str, suricata.Known]
) -> Iterator[FirewallRule]:
    block = read.first(group, "rule_group")
    addresses, numbers = _group_sets(draft, group, block, sets)
    source = read.first(block, "rules_source")
    proof = draft.proof(group, "rule_group")
    for text in (read.text(group, "rules"), read.text(source, "rules_string")):
        if isinstance(text, str):
            for line in suricata.lines(text):
                yield from _rules(line, addresses, numbers, proof, group.id)
        elif text is not None:
            why = read.whole(text)
            yield _anything(why, proof, why)
    for rule in read.known_blocks(source, "stateful_rule"):
        yield from _rules(_written(rule), addresses, numbers, proof, group.id)
    for why in (*read.unknown_blocks(source, "stateful_rule"), *_hidden(source)):
        yield _anything(why, proof, why)
    for domains in read.blocks(source, "rules_source_list"):
        yield _domains(domains, addresses, proof, group.id)


def _hidden(source: read.Holder) -> tuple[Unknown, ...]:
    return (source.why,) if isinstance(source, read.Perhaps) else ()


def _written(rule: read.Block) -> "suricata.Line | str":
    """A stateful_rule block in the words of a line."""
    header = read.first(rule, "header")
    names = ("protocol", "source", "source_port", "destination", "destination_port", "direction")
    words = [read.word(header, name, "ANY") for name in names]
    action = read.word(rule, "action")
    if isinstance(action, Unknown) or any(isinstance(word, Unknown) for word in words):
        hidden = next(w for w in (action, *words) if isinstance(w, Unknown))
        return hidden.what
    protocol, source, source_port, goal, port, way = (str(word) for word in words)
    options = tuple(str(read.word(b, "keyword")) for b in read.blocks(rule, "rule_option"))
    both = way.upper() == "ANY"
    return suricata.Line(action, protocol, source, source_port, both, goal, port, options)


def _rules(
    line: "suricata.Line | str",
    sets: Mapping[str, suricata.Known],
    numbers: Mapping[str, suricata.Ports],
    proof: Proof,
    group: str,
) -> Iterator[FirewallRule]:
    """One that holds in both directions is two: the other has all ends changed, ports as well."""
    if isinstance(line, str):
        why = Unknown(Cause.EXPRESSION, f"the rule {line[:60]!r} of {group}")
        yield _anything(why, proof, why)
        return
    yield _rule(line, sets, numbers, proof, group)
    if line.both:
        turned = replace(
            line,
            source=line.destination,
            source_port=line.port,
            destination=line.source,
            port=line.source_port,
        )
        yield _rule(turned, sets, numbers, proof, group)


def _rule(
    line: suricata.Line,
    sets: Mapping[str, suricata.Known],
    numbers: Mapping[str, suricata.Ports],
    proof: Proof,
    group: str,
) -> FirewallRule:
    protocols, inner = suricata.protocols_of(line.protocol)
    ports = suricata.ports(line.port, numbers)
    if protocols == suricata.ANY and ports != suricata.ALL_PORTS:
        protocols = suricata.WITH_PORTS
    narrow = inner or suricata.narrowing(line.options) or ports is None
    narrow = narrow or suricata.ports(line.source_port, numbers) != suricata.ALL_PORTS
    why = Unknown(Cause.MODEL, f"what rules of {group} decide by the content of packets")
    return FirewallRule(
        action=suricata.action_of(line.action),
        protocols=protocols,
        sources=suricata.addresses(line.source, sets),
        destinations=suricata.addresses(line.destination, sets),
        ports=ports or suricata.ALL_PORTS,
        proof=proof,
        only=why if narrow else None,
    )


def _domains(
    block: read.Block, sets: Mapping[str, suricata.Known], proof: Proof, group: str
) -> FirewallRule:
    """A list of domains concerns web traffic of HOME_NET; which names that asks for is content."""
    why = Unknown(Cause.MODEL, f"what {group} decides by domain names")
    denies = read.word(block, "generated_rules_type") == "DENYLIST"
    return FirewallRule(
        action="drop" if denies else why,
        protocols=(6,),
        sources=sets["HOME_NET"],
        destinations=suricata.ANYWHERE,
        ports=suricata.ALL_PORTS,
        proof=proof,
        only=why,
    )


def ip_sets(owner: Resource, blocks: "tuple[read.Block, ...]") -> dict[str, suricata.Known]:
    """The named sets of addresses in a policy's or a group's variables."""
    found: dict[str, suricata.Known] = {}
    for block in blocks:
        inner = read.first(block, "ip_set")
        name = read.word(block, "key")
        if isinstance(name, str):
            found[name] = read.networks(inner, "definition") or (_lost(owner, name),)
    return found


def _group_sets(
    draft: Draft, owner: Resource, group: read.Holder, sets: Mapping[str, suricata.Known]
) -> tuple[dict[str, suricata.Known], dict[str, suricata.Ports]]:
    """The address and port sets that a group's rules may name; its own before the policy's."""
    held = read.first(group, "rule_variables")
    addresses = {**sets, **ip_sets(owner, read.known_blocks(held, "ip_sets"))}
    for block in read.known_blocks(read.first(group, "reference_sets"), "ip_set_references"):
        name = read.word(block, "key")
        listed = read.first(block, "ip_set_reference")
        if isinstance(name, str):
            value = read.raw(listed, "reference_arn")
            addresses[name] = prefix_lists.named(draft, owner, value) or (_lost(owner, name),)
    if "EXTERNAL_NET" not in addresses:
        addresses["EXTERNAL_NET"] = suricata.addresses("!$HOME_NET", addresses)
    numbers: dict[str, suricata.Ports] = {}
    for block in read.known_blocks(held, "port_sets"):
        name, words = (
            read.word(block, "key"),
            read.items(read.first(block, "port_set"), "definition"),
        )
        spans = [suricata.ports(w, {}) if isinstance(w, str) else None for w in words]
        if isinstance(name, str) and all(span is not None for span in spans):
            numbers[name] = tuple(s for span in spans for s in span or ())
    return addresses, numbers


def _lost(owner: Resource, name: str) -> Unknown:
    return Unknown(Cause.EXPRESSION, f"the set {name} of {owner.id}")
