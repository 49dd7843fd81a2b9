"""Clusters of EKS: their API, the group that EKS makes for them, and the machines of its nodes."""

from dataclasses import replace

from graphs.addresses import ANY4
from graphs.build import commanding, compute, filters, implied, interfaces, read, vpc
from graphs.build.draft import Draft
from graphs.nodes import Door, Front, Instance, Interface, Ref, Subnet
from graphs.resource import Resource
from graphs.unknown import NO, YES, Answer, Cause, Unknown, answer

CLUSTER, NODES = "aws_eks_cluster", "aws_eks_node_group"
API = 443
GROUP = "vpc_config[0].cluster_security_group_id"


def name_groups(draft: Draft) -> None:
    """Tell which group a cluster's attribute names, before rules are hung on groups."""
    for resource in draft.all(CLUSTER):
        draft.aliases[f"{resource.id}.{GROUP}"] = _group_id(resource)


def lower(draft: Draft) -> None:
    """Make the clusters, their groups and their machines."""
    for resource in draft.all(CLUSTER):
        _add_group(draft, resource)
        draft.add(_api(draft, resource))
    for resource in draft.all(NODES):
        draft.add(_nodes(draft, resource))


def _group_id(cluster: Resource) -> str:
    return f"{cluster.id}.cluster_security_group"


def _place(draft: Draft, resource: Resource, found: tuple[Ref, ...]) -> Ref:
    """The VPC of the first subnet that was read."""
    for ref in found:
        node = draft.nodes.get(ref) if isinstance(ref, str) else None
        if isinstance(node, Subnet):
            return node.vpc
    holes = [ref for ref in found if isinstance(ref, Unknown)]
    return holes[0] if holes else Unknown(Cause.EXPRESSION, f"{resource.id} has no subnet")


def _config(cluster: Resource) -> read.Block:
    return read.first(cluster, "vpc_config")


def _subnets(draft: Draft, holder: Resource, block: read.Holder) -> tuple[Ref, ...]:
    found = (draft.ref(holder, v, *vpc.SUBNET_TYPES) for v in read.items(block, "subnet_ids"))
    return tuple(dict.fromkeys(ref for ref in found if ref is not None))


def _add_group(draft: Draft, cluster: Resource) -> None:
    """The group that EKS made, with what the code adds to it; as an account tells it."""
    said = read.raw(_config(cluster), "cluster_security_group_id")
    if isinstance(draft.ref(cluster, said, *filters.GROUP_TYPES), str):
        return
    place = _place(draft, cluster, _subnets(draft, cluster, _config(cluster)))
    group = implied.cluster_group(cluster, _group_id(cluster), place)
    into, out, unread = filters.attached(draft, group.id, cluster)
    ingress, egress = (*group.ingress, *into), (*group.egress, *out)
    draft.add(replace(group, ingress=ingress, egress=egress, unread=unread))


def _own_group(draft: Draft, cluster: Resource) -> Ref:
    said = read.raw(_config(cluster), "cluster_security_group_id")
    found = draft.ref(cluster, said, *filters.GROUP_TYPES)
    return found if isinstance(found, str) else _group_id(cluster)


def _api(draft: Draft, cluster: Resource) -> Front:
    """The Kubernetes API: on the internet for the prefixes it names, everyone by default, and
    inside on the cluster's interfaces. Whoever connects is asked who they are.

    https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
    """
    config = _config(cluster)
    private = read.flag(config, "endpoint_private_access", default=False)
    named = filters.group_refs(draft, cluster, read.raw(config, "security_group_ids"))
    groups = (_own_group(draft, cluster), *named)
    made = interfaces.in_subnets(
        draft, cluster, config, "subnet_ids", "security_group_ids", "vpc_config[0]"
    )
    return Front(
        source=cluster,
        id=cluster.id,
        arn=draft.arn(cluster),
        interfaces=tuple(replace(each, groups=groups) for each in made),
        role=draft.ref_at(cluster, "role_arn", "aws_iam_role"),
        doors=(_door(draft, cluster, config),),
        kind="Kubernetes API",
        cluster=commanding.inside(draft, cluster, _is_public(config)),
        ports=(API,) if private.possible else (),
    )


def _door(draft: Draft, cluster: Resource, config: read.Block) -> Door:
    name = "endpoint_public_access"
    proof = draft.proof(cluster, f"vpc_config[0].{name}")
    admitted = read.networks(config, "public_access_cidrs") or (ANY4,)
    is_open = answer(read.boolean(config, name, default=True))
    return Door((API, API), is_open, proof, admitted)


def _is_public(config: read.Block) -> Answer:
    """Whether anybody on the internet can ask the API; less than everybody is not known to be."""
    admitted = read.networks(config, "public_access_cidrs")
    everybody = YES if not admitted or ANY4 in admitted else NO
    return everybody & read.flag(config, "endpoint_public_access", default=True)


def _nodes(draft: Draft, resource: Resource) -> Instance:
    """A node group as the template of its machines: with the cluster's group, unless its launch
    template names others.

    https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
    """
    plan = compute.plan_of(draft, resource)
    places = _subnets(draft, resource, resource)
    own = compute.groups_of(draft, plan) or plan.unread or _default_groups(draft, resource, places)
    nics = tuple(_interface(draft, plan, place, own) for place in places)
    made = compute.machine(plan, resource, nics, fleet=resource.id)
    return replace(made, role=draft.ref_at(resource, "node_role_arn", "aws_iam_role"))


def _interface(draft: Draft, plan: compute.Plan, place: Ref, groups: tuple[Ref, ...]) -> Interface:
    proof = draft.proof(plan.holders[0], "subnet_ids")
    return replace(compute.launched(draft, plan, place), groups=groups, proof=proof)


def _default_groups(draft: Draft, nodes: Resource, places: tuple[Ref, ...]) -> tuple[Ref, ...]:
    cluster = draft.ref_at(nodes, "cluster_name", CLUSTER)
    own = _own_group(draft, draft.by_id[cluster]) if isinstance(cluster, str) else None
    first = own or cluster or Unknown(Cause.EXPRESSION, f"{nodes.id} names no cluster")
    login = read.first(nodes, "remote_access")
    if login.get("ec2_ssh_key") is None:
        return (first,)
    name = f"{nodes.id}.remote_access_security_group"
    sources = filters.group_refs(draft, nodes, login.get("source_security_group_ids"))
    draft.add(implied.login_group(nodes, name, _place(draft, nodes, places), sources))
    return (first, name)
