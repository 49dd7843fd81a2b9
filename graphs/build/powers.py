"""Draws what principals can do: run as, assume, pass on, read, administer, open."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from graphs.build.callers import FROM_OUTSIDE
from graphs.build.escalations import draw_escalations
from graphs.build.hosted import draw_hosted
from graphs.build.pods import draw_pods
from graphs.build.revealed import opened
from graphs.build.sharing import draw_shared
from graphs.build.structure import Drawing, Proved, account_id, said
from graphs.build.supplied import Supplied
from graphs.estate import Relation
from graphs.evidence import Evidence, Step
from graphs.identity import principals
from graphs.identity.access import access
from graphs.identity.evaluate import ANYONE, Permission
from graphs.identity.guests import unasked
from graphs.identity.keys import Given
from graphs.identity.trusting import Callers
from graphs.network.reach import INTERNET
from graphs.nodes import (
    Bucket,
    Database,
    DataStore,
    Delegate,
    Endpoint,
    Role,
    Secret,
    Service,
    Store,
    Subnet,
    User,
    Workload,
)
from graphs.unknown import Cause, Referent, Unknown, unknowns_in

if TYPE_CHECKING:
    from networkx import MultiDiGraph

BUILD = "propose-build"
STATE = "terraform_state"
# The attribute that gives a service its role, where it is not called so.
_ROLE_AT = {
    "aws_instance": "iam_instance_profile",
    "aws_autoscaling_group": "launch_template",
    "aws_apprunner_service": "instance_configuration",
    "aws_batch_compute_environment": "compute_resources",
    "aws_codebuild_project": "service_role",
    "aws_db_proxy": "role_arn",
    "aws_ecs_service": "task_definition",
    "aws_eks_cluster": "role_arn",
    "aws_eks_node_group": "node_role_arn",
    "aws_elastic_beanstalk_environment": "setting",
    "aws_emr_cluster": "ec2_attributes",
    "aws_glue_dev_endpoint": "role_arn",
    "aws_mwaa_environment": "execution_role_arn",
    "aws_redshift_cluster": "iam_roles",
    "aws_sagemaker_notebook_instance": "role_arn",
}


def draw_powers(drawing: Drawing) -> "MultiDiGraph[str]":
    """Add the edges of identity to a drawing that has its nodes, and give its graph."""
    for service in drawing.index.of(Service):
        draw_runs_as(drawing, service)
        draw_pods(drawing, service)
        draw_hosted(drawing, service)
        draw_proposals(drawing, service)
        draw_start_text(drawing, service)
    for secret in drawing.index.of(Secret):
        draw_stored(drawing, secret)
    for bucket in drawing.index.of(Bucket):
        draw_kept(drawing, bucket)
    for table in drawing.index.of(Store):
        draw_kept(drawing, table)
    callers = Callers(drawing.permissions)
    for role in drawing.index.of(Role):
        _trust(drawing, callers, role)
    holders: tuple[Role | User, ...] = (*drawing.index.of(Role), *drawing.index.of(User))
    for holder in holders:
        draw_powers_of(drawing, holder)
    for store in drawing.index.of(DataStore):
        if isinstance(store, Database):
            draw_open_reads(drawing, store)
        else:
            draw_reads(drawing, ANYONE, store)
            draw_shared(drawing, store)
    draw_escalations(drawing, callers)
    Supplied(drawing).draw_for_strangers()
    return drawing.graph


def _unblocked(bucket: Bucket) -> Evidence:
    """What would have kept a public policy from counting, and does not."""
    if bucket.block.proof is None or not (~bucket.block.restrict).certain:
        return ()
    claim = f"The public access block of {bucket.name} does not restrict public policies"
    return (Step(claim, bucket.block.proof),)


def _by_endpoint(drawing: Drawing, principal: str, bucket: Bucket) -> None:
    """What a principal reads only from behind an endpoint that the bucket's policy names."""
    for endpoint in drawing.index.of(Endpoint):
        if not _named_by(bucket, endpoint) or endpoint.kind != "Gateway":
            continue
        context: Given = {**FROM_OUTSIDE, "aws:SourceVpce": (_own_id(endpoint),)}
        allowed = drawing.permissions.readable(principal, bucket, context)
        source = INTERNET if principal == ANYONE else principal
        for service in drawing.index.of(Service) if allowed.answer.possible else ():
            if _routes_through(drawing, service, endpoint):
                proved = partial(_evidence, allowed)
                drawing.edge(
                    source,
                    bucket.id,
                    Relation.READS,
                    proved,
                    allowed.answer,
                    service.id,
                    service.id,
                )


def _own_id(endpoint: Endpoint) -> "str | Unknown":
    """The id that AWS chose, which an account tells and code does not."""
    said = endpoint.attribute("id")
    if isinstance(said, str):
        return said
    return Unknown(Cause.COMPUTED, f"{endpoint.id}.id", (Referent(endpoint.id, "id"),))


def _named_by(bucket: Bucket, endpoint: Endpoint) -> bool:
    """Whether the policy names this endpoint, or one by an id that may be its own."""
    own = _own_id(endpoint)
    word = own if isinstance(own, str) else "vpce-"
    for policy in bucket.policies:
        holes = {r.address for u in unknowns_in(policy.text) for r in u.refers}
        if endpoint.id in holes or word in str(policy.text):
            return True
    return False


def _routes_through(drawing: Drawing, service: Service, endpoint: Endpoint) -> bool:
    subnets = drawing.index.many((i.subnet for i in service.interfaces), Subnet)
    return any(subnet.table in endpoint.tables for subnet in subnets)


def permitted(
    drawing: Drawing, source: str, target: str, relation: Relation, permission: Permission
) -> None:
    """Draw what a permission says."""
    drawing.edge(source, target, relation, partial(_evidence, permission), permission.answer)


def _evidence(permission: Permission) -> Evidence:
    return permission.evidence


def draw_runs_as(drawing: Drawing, service: Service) -> None:
    """The role that a service's code has."""
    role = drawing.index.get(service.role, Role)
    if role is not None:
        claim = f"{service.name} runs as {role.name}"
        proved = said(claim, service.proof(_ROLE_AT.get(service.source.type, "role")))
        drawing.edge(service.id, role.id, Relation.RUNS_AS, proved)


def draw_kept(drawing: Drawing, store: Bucket | Store) -> None:
    """What the texts open that lie in a store."""
    for kept in drawing.index.of(Delegate):
        for setting in kept.settings if kept.store == store.id else ():
            for target in opened(drawing, setting.reveals):
                claim = f"The {setting.name} of {kept.name} holds what opens {target.name}"
                proved, also = said(claim, setting.proof), kept.id
                drawing.edge(store.id, target.id, Relation.HOLDS_CREDENTIALS_OF, proved, also=also)
    for state in store.states if isinstance(store, Bucket) else ():
        for target in opened(drawing, state.reveals):
            claim = f"The {state.name} in {store.name} holds what opens {target.name}"
            proved, relation = said(claim, state.proof), Relation.HOLDS_CREDENTIALS_OF
            drawing.edge(store.id, target.id, relation, proved, allows=STATE, also=state.name)


def draw_proposals(drawing: Drawing, service: Service) -> None:
    """The role of what runs code that strangers propose."""
    if not isinstance(service, Workload) or service.proposals is None:
        return
    role = drawing.index.get(service.role, Role)
    if role is not None:
        claim = f"{service.name} builds the pull requests of whoever opens one, as {role.name}"
        answer = service.proposals.open
        steps = (Step(claim, service.proposals.proof, answer.because),)
        proved = partial(tuple, steps)
        technique, also = BUILD, f"{BUILD}:{service.id}"
        drawing.edge(INTERNET, role.id, Relation.MAY_CALL, proved, answer, technique, also)


def draw_stored(drawing: Drawing, secret: Secret) -> None:
    """What a stored secret opens."""
    for target in opened(drawing, secret.opens):
        claim = f"Secret {secret.name} holds what opens {target.name}"
        proved = said(claim, secret.proof("secret_string"))
        drawing.edge(secret.id, target.id, Relation.HOLDS_CREDENTIALS_OF, proved)


def draw_start_text(drawing: Drawing, service: Service) -> None:
    """What the texts that a service is started with open."""
    for setting in service.settings:
        for target in opened(drawing, setting.reveals):
            claim = f"The {setting.name} of {service.name} holds what opens {target.name}"
            proved = said(claim, setting.proof)
            also = setting.name
            drawing.edge(service.id, target.id, Relation.HOLDS_CREDENTIALS_OF, proved, also=also)


def _trust(drawing: Drawing, callers: Callers, role: Role) -> None:
    """Who may become the role: its trust policy together with the caller's own permissions."""
    for caller in callers.of(role):
        if caller.id != role.id:
            answer = drawing.permissions.answer(caller.id, principals.ASSUME, role)
            proved = partial(_proof, drawing, caller.id, role)
            drawing.edge(caller.id, role.id, Relation.MAY_ASSUME, proved, answer)
    federated = principals.open_federation(drawing.permissions, role)
    permitted(drawing, INTERNET, role.id, Relation.MAY_ASSUME, federated)
    for provider, allowed in principals.by_theft(drawing.permissions, role):
        permitted(drawing, provider.id, role.id, Relation.MAY_ASSUME, allowed)
    if ANYONE in drawing.graph:
        allowed = principals.open_to_strangers(drawing.permissions, role)
        permitted(drawing, ANYONE, role.id, Relation.MAY_ASSUME, allowed)


def _proof(drawing: Drawing, caller: str, role: Role) -> Evidence:
    return principals.may_assume(drawing.permissions, caller, role).evidence


def draw_powers_of(drawing: Drawing, holder: "Role | User") -> None:
    """What a principal rules, reads and writes."""
    admin = drawing.permissions.admin(holder.id)
    permitted(drawing, holder.id, account_id(holder), Relation.ADMINISTERS, admin)
    for store in drawing.permissions.handling.by(holder.id):
        if not isinstance(store, Database) or _is_called(store):
            draw_reads(drawing, holder.id, store)


def _is_called(store: Database) -> bool:
    """Whether it is read by calls from anywhere, and not by network and password."""
    return not store.interfaces and bool(access(store.source.type).reads)


def draw_open_reads(drawing: Drawing, store: Database) -> None:
    """What asks nobody who they are is read from wherever it can be connected to."""
    found = unasked(drawing.permissions, store)
    if not found.answer.possible:
        return
    ways = list(drawing.graph.in_edges(store.id, data=True))
    for source, _, data in ways:
        if data["relation"] == Relation.MAY_CONNECT:
            proved = partial(_together, found, data["evidence"])
            answer = found.answer & data["answer"]
            drawing.edge(INTERNET, store.id, Relation.READS, proved, answer, source, source)


def _together(found: Permission, way: Proved) -> Evidence:
    return (*way(), *found.evidence)


def draw_reads(drawing: Drawing, principal: str, store: DataStore) -> None:
    """Stolen keys are used from outside; only some stores ask to be called from an endpoint."""
    readable = drawing.permissions.readable(principal, store, FROM_OUTSIDE)
    source = INTERNET if principal == ANYONE else principal
    if isinstance(store, Bucket) and principal == ANYONE:
        steps = (*readable.evidence, *_unblocked(store))
        readable = replace(readable, evidence=steps)
    permitted(drawing, source, store.id, Relation.READS, readable)
    writable = drawing.permissions.writable(principal, store, FROM_OUTSIDE)
    permitted(drawing, source, store.id, Relation.WRITES, writable)
    if isinstance(store, Bucket) and not readable.answer.certain:
        _by_endpoint(drawing, principal, store)
