"""What is inside of a cluster of EKS: its machines, who commands it, and what its pods run as.

Amazon EKS User Guide, "Grant IAM users access to Kubernetes with EKS access entries", "Review
access policy permissions", "Grant IAM users access to Kubernetes with a ConfigMap", "Learn how EKS
Pod Identity grants pods access to AWS services".
"""

from collections.abc import Iterator, Mapping

from graphs.build import read
from graphs.build.draft import Draft
from graphs.nodes import Commander, Kubernetes, PodRole
from graphs.resource import Resource
from graphs.unknown import (
    NO,
    YES,
    Answer,
    Cause,
    Template,
    Unknown,
    cannot_tell,
    known,
    text,
    unknowns_in,
)

CLUSTER, NODES = "aws_eks_cluster", "aws_eks_node_group"
PRINCIPALS = ("aws_iam_role", "aws_iam_user")
PODS, POLICIES = "aws_eks_pod_identity_association", "aws_eks_access_policy_association"
ENTRIES = "aws_eks_access_entry"
CONFIG_MAPS = ("kubernetes_config_map", "kubernetes_config_map_v1", "kubernetes_config_map_v1_data")
MASTERS = "system:masters"
_MARK = "\ue001"


def inside(draft: Draft, cluster: Resource, public: Answer) -> Kubernetes:
    """What the code says of a cluster."""
    machines = draft.satellites(NODES, "cluster_name", CLUSTER).get(cluster.id, ())
    return Kubernetes(
        machines=tuple(each.id for each in machines),
        commanders=(*_by_entries(draft, cluster), *_by_config_map(draft, cluster)),
        pods=tuple(_pods(draft, cluster)),
        public=public,
        entries=_takes_entries(cluster),
    )


def _takes_entries(cluster: Resource) -> Answer:
    """Only its config map counts unless somebody chose otherwise."""
    mode = _mode(cluster)
    return cannot_tell(mode) if isinstance(mode, Unknown) else known(mode != "CONFIG_MAP")


def _mode(cluster: Resource) -> "str | Unknown":
    return read.word(read.first(cluster, "access_config"), "authentication_mode", "CONFIG_MAP")


def _pods(draft: Draft, cluster: Resource) -> Iterator[PodRole]:
    for each in draft.satellites(PODS, "cluster_name", CLUSTER).get(cluster.id, ()):
        role = draft.ref_at(each, "role_arn", PRINCIPALS[0])
        if role is not None:
            named = (read.text(each, name) for name in ("namespace", "service_account"))
            yield PodRole(role, "/".join(map(str, named)), draft.proof(each, "role_arn"))


# ------------------------------------------------------------------------------------ entries


def _by_entries(draft: Draft, cluster: Resource) -> Iterator[Commander]:
    """Those with an access entry: by AWS's policies for it, or by groups of the cluster's own."""
    for each in draft.satellites(POLICIES, "cluster_name", CLUSTER).get(cluster.id, ()):
        who = draft.ref_at(each, "principal_arn", *PRINCIPALS)
        admin = _by_policy(each)
        if who is not None and admin.possible:
            yield Commander(who, admin, draft.proof(each, "policy_arn"))
    for each in draft.satellites(ENTRIES, "cluster_name", CLUSTER).get(cluster.id, ()):
        who = draft.ref_at(each, "principal_arn", *PRINCIPALS)
        admin = _by_groups(read.items(each, "kubernetes_groups"))
        if who is not None and admin.possible:
            yield Commander(who, admin, draft.proof(each, "kubernetes_groups"))


def _by_policy(association: Resource) -> Answer:
    """Whoever may create pods reaches the machines, unless the cluster holds pods back."""
    arn = read.word(association, "policy_arn")
    if isinstance(arn, Unknown):
        return cannot_tell(arn)
    name = arn.rpartition("/")[2]
    if name == "AmazonEKSClusterAdminPolicy":
        scope = read.word(read.first(association, "access_scope"), "type", "cluster")
        if scope == "cluster":
            return YES
    if name in ("AmazonEKSClusterAdminPolicy", "AmazonEKSAdminPolicy", "AmazonEKSEditPolicy"):
        return cannot_tell(Unknown(Cause.MODEL, "what pods the cluster's namespaces admit"))
    return NO


def _by_groups(groups: object) -> Answer:
    """What a cluster's own rules give to groups is not read; AWS's nodes have groups of theirs."""
    if isinstance(groups, Unknown):
        return cannot_tell(groups)
    listed = [str(each) for each in groups] if isinstance(groups, tuple | list) else []
    if MASTERS in listed:
        return YES
    if holes := unknowns_in(groups):
        return cannot_tell(*holes)
    own = [each for each in listed if not each.startswith("system:")]
    if own:
        why = Unknown(Cause.MODEL, f"what the cluster lets the group {own[0]} do")
        return cannot_tell(why)
    return NO


# ------------------------------------------------------------------------------------ aws-auth


def _by_config_map(draft: Draft, cluster: Resource) -> Iterator[Commander]:
    """Those whom the config map aws-auth of the cluster names, unless the cluster asks none."""
    if _mode(cluster) == "API":
        return
    clusters = draft.all(CLUSTER)
    for each in draft.all(*CONFIG_MAPS):
        if read.word(read.first(each, "metadata"), "name") != "aws-auth":
            continue
        which = YES
        if len(clusters) > 1:
            which = cannot_tell(Unknown(Cause.DATA, f"which cluster {each.id} is in"))
        for found in _named(draft, each):
            yield Commander(found.principal, found.admin & which, found.proof)


def _named(draft: Draft, config_map: Resource) -> Iterator[Commander]:
    data = read.raw(config_map, "data")
    for key, field in (("mapRoles", "rolearn"), ("mapUsers", "userarn")):
        proof = draft.proof(config_map, f"data.{key}")
        written = data.get(key) if isinstance(data, Mapping) else data
        if isinstance(written, Unknown):
            for referent in written.refers:
                if draft.by_id.get(referent.address) and referent.attribute == "arn":
                    yield Commander(referent.address, cannot_tell(written), proof)
            continue
        for row in _rows(written):
            who = draft.ref(config_map, row.get(field), *PRINCIPALS)
            admin = _by_groups(row.get("groups"))
            if who is not None and admin.possible:
                yield Commander(who, admin, proof)


def _rows(written: object) -> list[dict[str, object]]:
    """The rows of a list in YAML, with holes in their texts."""
    if not isinstance(written, str | Template):
        return []
    import yaml  # here, so that starting up does not pay for it

    holes = sorted(unknowns_in(written), key=str)
    marks = {hole: f"{_MARK}{number}{_MARK}" for number, hole in enumerate(holes)}
    parts = written.parts if isinstance(written, Template) else (written,)
    said = "".join(marks[p] if isinstance(p, Unknown) else p for p in parts)
    try:
        rows = yaml.safe_load(said)
    except yaml.YAMLError:
        return []
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [{str(k): _restored(v, holes) for k, v in row.items()} for row in listed]


def _restored(value: object, holes: list[Unknown]) -> object:
    if isinstance(value, list):
        return [_restored(each, holes) for each in value]
    if not isinstance(value, str) or _MARK not in value:
        return value
    pieces = value.split(_MARK)
    found: list[object] = [holes[int(p)] if n % 2 else p for n, p in enumerate(pieces)]
    told: list[object] = [each for each in found if each != ""]
    return told[0] if len(told) == 1 else text(told)
