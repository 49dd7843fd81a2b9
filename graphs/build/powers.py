"""Draws what principals can do: run as, assume, pass on, read, administer, open."""

from functools import partial
from typing import TYPE_CHECKING

from graphs.build.escalations import draw_escalations
from graphs.build.structure import Drawing, account_id, said
from graphs.estate import Relation
from graphs.evidence import Evidence
from graphs.identity import principals
from graphs.identity.evaluate import ANYONE, Permission
from graphs.identity.keys import Given
from graphs.network.reach import INTERNET
from graphs.nodes import (
    AccessKey,
    Bucket,
    Database,
    DataStore,
    Endpoint,
    Outsider,
    Role,
    Secret,
    Service,
    Subnet,
    User,
)
from graphs.unknown import Cause, Referent, Unknown

if TYPE_CHECKING:
    from networkx import MultiDiGraph

# The attribute that gives a service its role, where it is not called so.
_ROLE_AT = {
    "aws_instance": "iam_instance_profile",
    "aws_autoscaling_group": "launch_template",
    "aws_ecs_service": "task_definition",
}


def draw_powers(drawing: Drawing) -> "MultiDiGraph[str]":
    """Add the edges of identity to a drawing that has its nodes, and give its graph."""
    for service in drawing.index.of(Service):
        _runs_as(drawing, service)
        _start_text(drawing, service)
    for secret in drawing.index.of(Secret):
        for opened in secret.opens:
            claim = f"{secret.name} holds what opens {opened}"
            proved = said(claim, secret.proof("secret_string"))
            drawing.edge(secret.id, opened, Relation.HOLDS_CREDENTIALS_OF, proved)
    for role in drawing.index.of(Role):
        _trust(drawing, role)
    holders: tuple[Role | User, ...] = (*drawing.index.of(Role), *drawing.index.of(User))
    for holder in holders:
        _powers(drawing, holder)
    for store in drawing.index.of(DataStore):
        everyone = drawing.permissions.readable(ANYONE, store)
        _permitted(drawing, INTERNET, store.id, Relation.READS, everyone)
        if isinstance(store, Bucket) and not everyone.answer.certain:
            _by_endpoint(drawing, store)
    draw_escalations(drawing)
    return drawing.graph


def _by_endpoint(drawing: Drawing, bucket: Bucket) -> None:
    """Workloads whose subnets route S3 through an endpoint that the bucket asks no names of."""
    for endpoint in drawing.index.of(Endpoint):
        if endpoint.kind != "Gateway" or not str(endpoint.service).endswith(".s3"):
            continue
        own_id = Unknown(Cause.COMPUTED, f"{endpoint.id}.id", (Referent(endpoint.id, "id"),))
        context: Given = {"aws:SourceVpce": own_id}
        allowed = drawing.permissions.can(ANYONE, "s3:GetObject", bucket, context)
        for service in drawing.index.of(Service) if allowed.answer.possible else ():
            if _routes_through(drawing, service, endpoint):
                _permitted(drawing, service.id, bucket.id, Relation.READS, allowed)


def _routes_through(drawing: Drawing, service: Service, endpoint: Endpoint) -> bool:
    subnets = drawing.index.many((i.subnet for i in service.interfaces), Subnet)
    return any(subnet.table in endpoint.tables for subnet in subnets)


def _permitted(
    drawing: Drawing, source: str, target: str, relation: Relation, permission: Permission
) -> None:
    drawing.edge(
        source, target, relation, partial(_evidence, permission), permission.answer
    )


def _evidence(permission: Permission) -> Evidence:
    return permission.evidence


def _runs_as(drawing: Drawing, service: Service) -> None:
    role = drawing.index.get(service.role, Role)
    if role is not None:
        claim = f"{service.name} runs as {role.name}"
        proved = said(claim, service.proof(_ROLE_AT.get(service.source.type, "role")))
        drawing.edge(service.id, role.id, Relation.RUNS_AS, proved)


def _start_text(drawing: Drawing, service: Service) -> None:
    for setting in service.settings:
        for opened in setting.reveals:
            key = drawing.index.get(opened, AccessKey)
            target = key.user if key else opened
            if isinstance(target, str) and target in drawing.graph:
                claim = f"{setting.name} of {service.name} holds what opens {target}"
                proved = said(claim, setting.proof)
                also = setting.name
                drawing.edge(service.id, target, Relation.HOLDS_CREDENTIALS_OF, proved, also=also)


def _trust(drawing: Drawing, role: Role) -> None:
    """Who may become the role: its trust policy together with the caller's own permissions."""
    callers = (*drawing.index.of(Role), *drawing.index.of(User), *drawing.index.of(Outsider))
    for caller in callers:
        if caller.id != role.id:
            allowed = principals.may_assume(drawing.permissions, caller.id, role)
            _permitted(drawing, caller.id, role.id, Relation.MAY_ASSUME, allowed)
    federated = principals.open_federation(drawing.permissions, role)
    _permitted(drawing, INTERNET, role.id, Relation.MAY_ASSUME, federated)


def _powers(drawing: Drawing, holder: "Role | User") -> None:
    admin = drawing.permissions.admin(holder.id)
    _permitted(drawing, holder.id, account_id(holder), Relation.ADMINISTERS, admin)
    for store in drawing.index.of(DataStore):
        if not isinstance(store, Database):  # which is read by network and password
            readable = drawing.permissions.readable(holder.id, store)
            _permitted(drawing, holder.id, store.id, Relation.READS, readable)
