"""Load balancers, and from which port to which service they lead."""

from collections.abc import Iterator
from dataclasses import replace

from graphs.addresses import Prefix
from graphs.build import filters, interfaces, read, shields, vpc
from graphs.build.draft import Draft
from graphs.evidence import Proof
from graphs.nodes import Balancer, Interface, Listener, Ref, Target
from graphs.resource import Resource
from graphs.unknown import YES, Answer, Cause, Unknown, answer, cannot_tell, known

LOAD_BALANCERS = ("aws_lb", "aws_alb")
TARGET_GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
LISTENERS = ("aws_lb_listener", "aws_alb_listener")
TARGETS = ("aws_instance", "aws_lambda_function", *LOAD_BALANCERS)

DEFAULT_TLS = "ELBSecurityPolicy-2016-08"
"""What a listener that is made without a policy gets.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""

Targets = tuple[Target, ...]
Ends = tuple[tuple[Ref, "int | Unknown"], ...]


def lower(draft: Draft) -> None:
    """Make the load balancers, after everything they can lead to."""
    for resource in draft.all(*LOAD_BALANCERS):
        draft.add(_balancer(draft, resource))
    for resource in draft.all("aws_elb"):
        draft.add(_classic(draft, resource))


def _balancer(draft: Draft, resource: Resource) -> Balancer:
    kind = read.word(resource, "load_balancer_type", "application")
    found = draft.refs_at(resource, "subnets", *vpc.SUBNET_TYPES)
    for block in read.blocks(resource, "subnet_mapping"):
        end = draft.ref(resource, block.get("subnet_id"), *vpc.SUBNET_TYPES)
        found += (end,) if end is not None and end not in found else ()
    internal = read.boolean(resource, "internal", default=False)
    return Balancer(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=_interfaces(draft, resource, found, internal, open_without=kind == "network"),
        kind=kind,
        internal=internal,
        listeners=_listeners(draft, resource),
        cross_zone=_cross_zone(resource, kind),
        shielded=shields.shielded(draft, {resource.id}, *LOAD_BALANCERS),
    )


def _cross_zone(balancer: Resource, kind: "str | Unknown") -> Answer:
    """Always on for application balancers; off for network balancers unless it is switched on.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
    """
    if kind == "network":
        return answer(read.boolean(balancer, "enable_cross_zone_load_balancing", default=False))
    return cannot_tell(kind) if isinstance(kind, Unknown) else YES


def _interfaces(
    draft: Draft,
    resource: Resource,
    subnets: tuple[Ref, ...],
    internal: "bool | Unknown",
    *,
    open_without: bool,
) -> tuple[Interface, ...]:
    groups = filters.group_refs(draft, resource, read.raw(resource, "security_groups"))
    public = cannot_tell(internal) if isinstance(internal, Unknown) else known(not internal)
    proof = draft.proof(resource, "internal")
    held = _mapped(draft, resource)
    made = (
        replace(
            interfaces.interface(
                draft,
                resource,
                subnet,
                groups,
                public=(public, proof),
                proof=draft.proof(resource, "subnets"),
            ),
            addresses=held[subnet][0] if subnet in held else (),
            public_addresses=held[subnet][1] if subnet in held else (),
        )
        for subnet in subnets
    )
    if groups or not open_without:
        return tuple(made)
    return tuple(replace(each, groups=(), group_optional=True) for each in made)


def _mapped(
    draft: Draft, resource: Resource
) -> dict[Ref, tuple[tuple[Prefix, ...], tuple[tuple[Prefix | None, Prefix], ...]]]:
    """The addresses that a balancer has in subnets: its own, and those that the internet knows."""
    found = {}
    for block in read.blocks(resource, "subnet_mapping"):
        subnet = draft.ref(resource, block.get("subnet_id"), *vpc.SUBNET_TYPES)
        if subnet is None:
            continue
        own = read.addresses(block.get("private_ipv4_address"), block.get("ipv6_address"))
        told = list(read.addresses(block.get("public_ipv4_address")))
        elastic = draft.ref(resource, block.get("allocation_id"), "aws_eip")
        if isinstance(elastic, str):
            told += read.addresses(read.raw(draft.by_id[elastic], "public_ip"))
        first = own[0] if own else None
        found[subnet] = own, tuple((first, address) for address in told)
    return found


def _listeners(draft: Draft, balancer: Resource) -> tuple[Listener, ...]:
    found: list[Resource] = []
    for kind in LISTENERS:
        found += draft.satellites(kind, "load_balancer_arn", *LOAD_BALANCERS).get(balancer.id, [])
    return tuple(_listener(draft, r) for r in found)


def _listener(draft: Draft, resource: Resource) -> Listener:
    port = read.number(resource, "port")
    holders = [(resource, b) for b in read.blocks(resource, "default_action")]
    for kind in ("aws_lb_listener_rule", "aws_alb_listener_rule"):
        for rule in draft.satellites(kind, "listener_arn", *LISTENERS).get(resource.id, ()):
            holders += [(rule, b) for b in read.blocks(rule, "action")]
    groups = [g for owner, block in holders for g in _target_groups(draft, owner, block)]
    protocol = read.word(resource, "protocol", "HTTP")
    return Listener(
        protocol=protocol,
        port=_no_port(resource) if port is None else port,
        targets=tuple(dict.fromkeys(t for g in groups for t in _targets(draft, g))),
        proof=draft.proof(resource, "port"),
        tls=read.word(resource, "ssl_policy", DEFAULT_TLS) if protocol in ("HTTPS", "TLS") else "",
    )


def _no_port(resource: Resource) -> Unknown:
    return Unknown(Cause.EXPRESSION, f"{resource.id} has no port")


def _target_groups(draft: Draft, owner: Resource, action: read.Block) -> list[Ref]:
    values = [action.get("target_group_arn")]
    for forward in read.blocks(action, "forward"):
        values += [b.get("arn") for b in read.blocks(forward, "target_group")]
    found = (draft.ref(owner, v, *TARGET_GROUPS) for v in values)
    return [f for f in found if f is not None]


def _targets(draft: Draft, group: Ref) -> Targets:
    """What is registered with a target group, by whichever side says so."""
    if isinstance(group, Unknown):
        return (Target(group, group, cannot_tell(group)),)
    resource = draft.by_id[group]
    port = read.number(resource, "port")
    default = Unknown(Cause.EXPRESSION, f"{group} has no port") if port is None else port
    kept = _keeps_client(resource)
    found = (
        *_attached(draft, group, default),
        *_services(draft, group, default),
        *_fleets(draft, group, default),
    )
    return tuple(Target(service, number, kept) for service, number in found)


def _keeps_client(group: Resource) -> Answer:
    """Whether a network balancer hands on the client's address; other balancers never do.

    Left out, it does so for instances, and for addresses under UDP alone.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
    """
    said = read.raw(group, "preserve_client_ip")
    if said is not None and said != "":
        return answer(read.boolean(group, "preserve_client_ip", default=True))
    kind = read.word(group, "target_type", "instance")
    protocol = read.word(group, "protocol")
    hidden = [each for each in (kind, protocol) if isinstance(each, Unknown)]
    if kind == "instance":
        return YES
    return cannot_tell(*hidden) if hidden else known(protocol in ("UDP", "TCP_UDP"))


def _attached(draft: Draft, group: str, default: "int | Unknown") -> Ends:
    found: list[tuple[Ref, int | Unknown]] = []
    for kind in ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment"):
        for link in draft.satellites(kind, "target_group_arn", *TARGET_GROUPS).get(group, ()):
            target = draft.ref_at(link, "target_id", *TARGETS)
            port = read.number(link, "port")
            if target is not None:
                found.append((target, default if port is None else port))
    return tuple(found)


def _services(draft: Draft, group: str, default: "int | Unknown") -> Ends:
    found: list[tuple[Ref, int | Unknown]] = []
    for service in draft.all("aws_ecs_service"):
        for block in read.blocks(service, "load_balancer"):
            if draft.ref(service, block.get("target_group_arn"), *TARGET_GROUPS) == group:
                port = read.number(block, "container_port")
                found.append((service.id, default if port is None else port))
    return tuple(found)


def _fleets(draft: Draft, group: str, default: "int | Unknown") -> Ends:
    found: list[Ref] = [
        fleet.id
        for fleet in draft.all("aws_autoscaling_group")
        if group in draft.refs_at(fleet, "target_group_arns", *TARGET_GROUPS)
        or group in _traffic_sources(draft, fleet, "traffic_source")
    ]
    for link in draft.all("aws_autoscaling_traffic_source_attachment"):
        if group in _traffic_sources(draft, link, "traffic_source"):
            fleet_ref = draft.ref_at(link, "autoscaling_group_name", "aws_autoscaling_group")
            found += [] if fleet_ref is None else [fleet_ref]
    for kind in ("lb_target_group_arn", "alb_target_group_arn"):
        links = draft.satellites("aws_autoscaling_attachment", kind, *TARGET_GROUPS)
        for link in links.get(group, ()):
            fleet_ref = draft.ref_at(link, "autoscaling_group_name", "aws_autoscaling_group")
            found += [] if fleet_ref is None else [fleet_ref]
    return tuple((f, default) for f in dict.fromkeys(found))


def _traffic_sources(draft: Draft, holder: Resource, name: str) -> list["Ref | None"]:
    found = (b.get("identifier") for b in read.blocks(holder, name))
    return [draft.ref(holder, value, *TARGET_GROUPS) for value in found]


def _classic(draft: Draft, resource: Resource) -> Balancer:
    targets = draft.refs_at(resource, "instances", "aws_instance")
    links = draft.satellites("aws_elb_attachment", "elb", "aws_elb").get(resource.id, ())
    more = (draft.ref_at(r, "instance", "aws_instance") for r in links)
    ends = (*targets, *(m for m in more if m is not None), *_registered(draft, resource.id))
    subnets = draft.refs_at(resource, "subnets", *vpc.SUBNET_TYPES)
    internal = read.boolean(resource, "internal", default=False)
    places = subnets or (vpc.default_subnet(draft, resource),)
    return Balancer(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=_interfaces(draft, resource, places, internal, open_without=False),
        kind="classic",
        internal=internal,
        listeners=tuple(
            _classic_listener(resource, block, ends, draft.proof(resource, f"listener[{n}]"))
            for n, block in enumerate(read.blocks(resource, "listener"))
        ),
    )


def _registered(draft: Draft, balancer: str) -> Iterator[Ref]:
    """The fleets and services that register themselves."""
    for fleet in draft.all("aws_autoscaling_group"):
        if balancer in draft.refs_at(fleet, "load_balancers", "aws_elb"):
            yield fleet.id
    for link in draft.satellites("aws_autoscaling_attachment", "elb", "aws_elb").get(balancer, ()):
        fleet_ref = draft.ref_at(link, "autoscaling_group_name", "aws_autoscaling_group")
        if fleet_ref is not None:
            yield fleet_ref
    for service in draft.all("aws_ecs_service"):
        names = (b.get("elb_name") for b in read.blocks(service, "load_balancer"))
        if balancer in [draft.ref(service, name, "aws_elb") for name in names]:
            yield service.id


def _classic_listener(
    resource: Resource, block: read.Block, ends: tuple[Ref, ...], proof: Proof
) -> Listener:
    port, inner = read.number(block, "lb_port"), read.number(block, "instance_port")
    behind = _no_port(resource) if inner is None else inner
    return Listener(
        protocol=read.word(block, "lb_protocol", "TCP"),
        port=_no_port(resource) if port is None else port,
        targets=tuple(Target(e, behind) for e in ends),
        proof=proof,
    )
