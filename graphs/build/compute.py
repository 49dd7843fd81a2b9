"""Instances, fleets and functions."""

import json
from dataclasses import dataclass

from graphs.build import credentials, filters, interfaces, policies, read, vpc
from graphs.build.draft import Draft
from graphs.nodes import Function, FunctionUrl, Instance, Interface, PolicyText, Ref, Setting
from graphs.resource import Resource
from graphs.unknown import Answer, Cause, Template, Unknown, cannot_tell, known, text

TEMPLATES = ("aws_launch_template", "aws_launch_configuration")
STARTED_FROM = ("launch_template", "launch_configuration", "mixed_instances_policy")
LAMBDA = "aws_lambda_function"
MACHINES = ("aws_instance", "aws_spot_instance_request")


def lower(draft: Draft) -> None:
    """Make what runs code on virtual machines and in functions."""
    for resource in draft.all(*MACHINES):
        draft.add(_instance(draft, resource))
    for resource in draft.all("aws_autoscaling_group"):
        draft.add(_fleet(draft, resource))
    for resource in draft.all(LAMBDA):
        draft.add(_function(draft, resource))


@dataclass(frozen=True, slots=True)
class Plan:
    """An instance's own arguments before its launch template's.

    `unread` are templates that are not in this code: they may set what nothing else does.
    """

    draft: Draft
    holders: tuple[Resource, ...]
    unread: tuple[Unknown, ...] = ()

    def holder(self, name: str) -> Resource:
        """The first of them that sets an argument."""
        for holder in self.holders[:-1]:
            if read.raw(holder, name) is not None:
                return holder
        return self.holders[-1]

    def raw(self, name: str) -> object:
        """An argument's value."""
        return read.raw(self.holder(name), name)


def plan_of(draft: Draft, resource: Resource) -> Plan:
    """An instance, fleet or node group with the template that it is started from."""
    if all(read.raw(resource, name) is None for name in STARTED_FROM):
        return Plan(draft, (resource,))
    block = read.first(resource, "launch_template")
    values = [block.get("id"), block.get("name"), read.raw(resource, "launch_configuration")]
    mixed = read.first(read.first(resource, "mixed_instances_policy"), "launch_template")
    chosen = read.first(mixed, "launch_template_specification")
    values += [chosen.get("launch_template_id"), chosen.get("launch_template_name")]
    found = [draft.ref(resource, v, *TEMPLATES) for v in values]
    templates = [draft.by_id[f] for f in found if isinstance(f, str)]
    unread = tuple(f for f in found if isinstance(f, Unknown))
    return Plan(draft, (resource, *templates), unread)


def start_text(draft: Draft, machine: Resource) -> object:
    """The user data that a machine or a fleet is started with; None without any."""
    plan = plan_of(draft, machine)
    said = (plan.raw(name) for name in ("user_data", "user_data_base64"))
    return next((credentials.decoded(text) for text in said if text is not None), None)


def _instance(draft: Draft, resource: Resource) -> Instance:
    plan = plan_of(draft, resource)
    return machine(plan, resource, _own_interfaces(draft, plan, resource), fleet="")


def _fleet(draft: Draft, resource: Resource) -> Instance:
    plan = plan_of(draft, resource)
    found = draft.refs_at(resource, "vpc_zone_identifier", *vpc.SUBNET_TYPES)
    places = found or (vpc.default_subnet(draft, resource),)
    nics = tuple(launched(draft, plan, subnet) for subnet in places)
    return machine(plan, resource, nics, fleet=resource.id)


def machine(plan: Plan, resource: Resource, nics: tuple[Interface, ...], *, fleet: str) -> Instance:
    """A machine, or the template of a fleet of them, with its interfaces."""
    draft, start = plan.draft, tuple[Setting, ...]()
    for name in ("user_data", "user_data_base64"):
        holder = plan.holder(name)
        script = credentials.decoded(read.raw(holder, name))
        start += credentials.settings(draft, holder, "user data", script, name)
    return Instance(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=nics,
        role=_role(draft, plan),
        settings=start,
        token_required=_token_required(plan),
        fleet=fleet,
    )


def _token_required(plan: Plan) -> Answer:
    """Left out, it is the account's and the image's default (EC2 User Guide, IMDS options)."""
    holder = plan.holder("metadata_options")
    tokens = read.word(read.first(holder, "metadata_options"), "http_tokens")
    if isinstance(tokens, Unknown):
        return cannot_tell(tokens)
    if not tokens:
        default = f"{plan.holders[0].id}.metadata_options[0].http_tokens"
        return cannot_tell(Unknown(Cause.COMPUTED, default))
    return known(tokens == "required")


def _role(draft: Draft, plan: Plan) -> "Ref | None":
    holder = plan.holder("iam_instance_profile")
    value = read.raw(holder, "iam_instance_profile")
    for block in read.blocks(holder, "iam_instance_profile"):
        value = block.get("arn") if block.get("name") is None else block.get("name")
    if value is None and plan.unread:
        return plan.unread[0]
    profile = draft.ref(holder, value, "aws_iam_instance_profile")
    if isinstance(profile, str):
        return draft.ref_at(draft.by_id[profile], "role", "aws_iam_role")
    return profile


def _own_interfaces(draft: Draft, plan: Plan, resource: Resource) -> tuple[Interface, ...]:
    blocks = read.blocks(resource, "network_interface") + read.blocks(
        resource, "primary_network_interface"
    )
    ready = (
        draft.ref(resource, b.get("network_interface_id"), "aws_network_interface") for b in blocks
    )
    made = tuple(
        _ready(draft, draft.by_id[r]) if isinstance(r, str) else _unread(draft, resource, r)
        for r in ready
        if r is not None
    )
    links = draft.satellites("aws_network_interface_attachment", "instance_id", "aws_instance")
    for link in links.get(resource.id, ()):
        found = draft.ref_at(link, "network_interface_id", "aws_network_interface")
        made += (_ready(draft, draft.by_id[found]),) if isinstance(found, str) else ()
    attached = draft.nested("aws_network_interface", "attachment", "instance", *MACHINES)
    made += tuple(_ready(draft, nic) for nic in attached.get(resource.id, ()))
    return made if blocks else (launched(draft, plan, _subnet(draft, plan)), *made)


def _subnet(draft: Draft, plan: Plan) -> Ref:
    """Where an instance is launched: by its own word, its template's, else in the default VPC."""
    owner, template = plan.holders[0], plan.holder("network_interfaces")
    block = read.first(template, "network_interfaces")
    for holder, value in (
        (owner, read.raw(owner, "subnet_id")),
        (template, block.get("subnet_id")),
        *((owner, unread) for unread in plan.unread),
    ):
        found = draft.ref(holder, value, *vpc.SUBNET_TYPES)
        if found is not None:
            return found
    return vpc.default_subnet(draft, owner)


def _unread(draft: Draft, resource: Resource, nic: Unknown) -> Interface:
    """An interface that is not in this code: somewhere, behind something."""
    proof = draft.proof(resource, "network_interface")
    public = (cannot_tell(nic), proof)
    return interfaces.interface(draft, resource, nic, (nic,), public=public, proof=proof)


def launched(draft: Draft, plan: Plan, subnet: Ref) -> Interface:
    """The interface that AWS makes at launch, by the instance's or the template's arguments."""
    owner = plan.holders[0]
    template = plan.holder("network_interfaces")
    block = read.first(template, "network_interfaces")
    groups = groups_of(draft, plan)
    holder = plan.holder("associate_public_ip_address")
    public = interfaces.public_address(draft, holder, holder, subnet)
    if block.get("associate_public_ip_address") is not None:
        path = "network_interfaces[0]"
        public = interfaces.public_address(draft, template, block, subnet, path)
    elif plan.unread and read.raw(holder, "associate_public_ip_address") is None:
        public = cannot_tell(*plan.unread), draft.proof(owner, "launch_template")
    names = ("private_ip", "secondary_private_ips", "ipv6_addresses")
    addresses = read.addresses(*(read.raw(owner, name) for name in names))
    return interfaces.interface(
        draft,
        owner,
        subnet,
        tuple(dict.fromkeys(groups)) or plan.unread,
        public=interfaces.elastic_address(draft, owner) or public,
        addresses=addresses,
        proof=draft.proof(
            owner, "vpc_zone_identifier" if owner.type.endswith("group") else "subnet_id"
        ),
    )


def groups_of(draft: Draft, plan: Plan) -> tuple[Ref, ...]:
    """The groups that an instance or its template names."""
    holder = plan.holder("vpc_security_group_ids")
    groups = filters.group_refs(draft, holder, read.raw(holder, "vpc_security_group_ids"))
    by_name = plan.holder("security_groups")
    groups += filters.group_refs(draft, by_name, read.raw(by_name, "security_groups"))
    template = plan.holder("network_interfaces")
    block = read.first(template, "network_interfaces")
    return groups + filters.group_refs(draft, template, block.get("security_groups"))


def _ready(draft: Draft, nic: Resource) -> Interface:
    subnet = draft.ref_at(nic, "subnet_id", *vpc.SUBNET_TYPES)
    place: Ref = Unknown(Cause.EXPRESSION, f"{nic.id} has no subnet") if subnet is None else subnet
    addresses = read.addresses(
        *(read.raw(nic, name) for name in ("private_ip", "private_ips", "ipv6_addresses"))
    )
    held = filters.group_refs(draft, nic, read.raw(nic, "security_groups"))
    for link in draft.satellites(
        "aws_network_interface_sg_attachment", "network_interface_id", "aws_network_interface"
    ).get(nic.id, ()):
        held += filters.group_refs(draft, link, read.raw(link, "security_group_id"))
    return interfaces.interface(
        draft,
        nic,
        place,
        held,
        public=interfaces.elastic_address(draft, nic),
        addresses=addresses,
    )


def _function(draft: Draft, resource: Resource) -> Function:
    environment = read.first(resource, "environment").get("variables")
    config = read.first(resource, "vpc_config")
    return Function(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=interfaces.in_subnets(
            draft, resource, config, "subnet_ids", "security_group_ids", "vpc_config[0]"
        ),
        role=draft.ref_at(resource, "role", "aws_iam_role"),
        settings=credentials.settings(
            draft, resource, "environment", environment, "environment[0].variables"
        ),
        url=_url(draft, resource),
        policies=_function_policies(draft, resource),
    )


def _function_policies(draft: Draft, function: Resource) -> tuple[PolicyText, ...]:
    """Statement by statement from code; a live account has the whole policy."""
    whole = policies.policy_at(draft, function, "policy", "function policy")
    parts = (_permission(draft, p, function) for p in _linked(draft, "permission", function))
    return (*([whole] if whole else []), *parts)


def _linked(draft: Draft, kind: str, function: Resource) -> list[Resource]:
    return draft.satellites(f"aws_lambda_{kind}", "function_name", LAMBDA).get(function.id, [])


def _url(draft: Draft, function: Resource) -> FunctionUrl | None:
    """With NONE the provider also grants everyone the call (aws_lambda_function_url's docs)."""
    for url in _linked(draft, "function_url", function):
        said = read.word(url, "authorization_type")
        is_open = cannot_tell(said) if isinstance(said, Unknown) else known(said == "NONE")
        return FunctionUrl(is_open & url.exists, draft.proof(url, "authorization_type"))
    return None


# Arguments of aws_lambda_permission that limit it: operator and key of the condition in the policy.
LIMITS = (
    ("source_arn", "ArnLike", "AWS:SourceArn"),
    ("source_account", "StringEquals", "AWS:SourceAccount"),
    ("principal_org_id", "StringEquals", "aws:PrincipalOrgID"),
    ("function_url_auth_type", "StringEquals", "lambda:FunctionUrlAuthType"),
)


def _permission(draft: Draft, permission: Resource, function: Resource) -> PolicyText:
    """One statement of a function's resource policy, written out as AWS stores it."""
    said = {n: draft.settle(read.text(permission, n)) for n in ("principal", "action")}
    who = said["principal"]
    kind = "Service" if isinstance(who, str) and who.endswith(".amazonaws.com") else "AWS"
    parts: list[object] = ['{"Statement":[{"Effect":"Allow","Action":', *_quoted(said["action"])]
    parts += [f',"Principal":{{"{kind}":', *_quoted(who), '},"Resource":']
    parts += [*_quoted(draft.arn(function)), *_limits(draft, permission), "}]}"]
    return PolicyText(text(parts), draft.proof(permission), permission.address.name)


def _limits(draft: Draft, permission: Resource) -> list[object]:
    by_operator: dict[str, list[object]] = {}
    for name, operator, key in LIMITS:
        value = draft.settle(read.text(permission, name))
        if value is not None:
            known = by_operator.setdefault(operator, [])
            known += ["," if known else "", f'"{key}":', *_quoted(value)]
    parts: list[object] = []
    for operator, pairs in by_operator.items():
        parts += ["," if parts else ',"Condition":{', f'"{operator}":{{', *pairs, "}"]
    return [*parts, "}"] if parts else []


def _quoted(value: object) -> tuple[object, ...]:
    """A JSON string with the holes of a value in it."""
    parts = value.parts if isinstance(value, Template) else ("" if value is None else value,)
    return '"', *(json.dumps(p)[1:-1] if isinstance(p, str) else p for p in parts), '"'
