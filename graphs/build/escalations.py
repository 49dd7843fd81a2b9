"""Draws the calls by which a principal becomes another one, or an administrator.

Each edge names its technique in `allows`; what a technique needs is in the catalogue.
"""

from collections.abc import Iterable
from functools import partial
from typing import TypeAlias

from graphs.build.structure import Drawing, account_id
from graphs.estate import Relation
from graphs.evidence import Evidence
from graphs.identity import principals
from graphs.identity.evaluate import Permission
from graphs.identity.techniques import Technique, catalogue
from graphs.nodes import Database, Role, User
from graphs.unknown import all_of

Holder: TypeAlias = Role | User
TOKEN = "rds-db:connect"


def draw_escalations(drawing: Drawing) -> None:
    """Add may-call edges. Certain administrators have nothing to gain."""
    roles, users = drawing.index.of(Role), drawing.index.of(User)
    holders: tuple[Holder, ...] = (*roles, *users)
    for holder in holders:
        if drawing.permissions.admin(holder.id).answer.certain:
            continue
        for technique in catalogue().values():
            if technique.service:
                _pass_roles(drawing, holder, technique, roles)
            _rewrite_own(drawing, holder, technique)
            _take_over(drawing, holder, technique)
        for database in drawing.index.of(Database):
            _ask_token(drawing, holder, database)


def _draw(
    drawing: Drawing, holder: Holder, target: str, technique: str, needed: Iterable[Permission]
) -> None:
    steps = tuple(needed)
    answer = all_of(p.answer for p in steps)
    drawing.edge(
        holder.id,
        target,
        Relation.MAY_CALL,
        partial(_evidence, steps),
        answer,
        technique,
        technique,
    )


def _evidence(needed: tuple[Permission, ...]) -> Evidence:
    return tuple(step for permission in needed for step in permission.evidence)


def _pass_roles(
    drawing: Drawing, holder: Holder, technique: Technique, roles: tuple[Role, ...]
) -> None:
    """Start something of one's own as a role that trusts the service which runs it."""
    permissions = drawing.permissions
    calls = [permissions.can(holder.id, action, "*") for action in technique.actions]
    if not all_of(p.answer for p in calls).possible:
        return
    for role in roles:
        if role.id != holder.id and role.scope.account == holder.scope.account:
            passing = principals.can_pass(permissions, holder.id, role, technique.service)
            _draw(drawing, holder, role.id, technique.id, (passing, *calls))


def _rewrite_own(drawing: Drawing, holder: Holder, technique: Technique) -> None:
    kind = "role" if isinstance(holder, Role) else "user"
    for action in dict(technique.own).get(kind, ()):
        allowed = drawing.permissions.can(holder.id, action, holder)
        if allowed.answer.possible:
            _draw(drawing, holder, account_id(holder), technique.id, (allowed,))
            return


def _take_over(drawing: Drawing, holder: Holder, technique: Technique) -> None:
    permissions = drawing.permissions
    for kind, actions in technique.other:
        able = [a for a in actions if permissions.can(holder.id, a, "*").answer.possible]
        targets: tuple[Holder, ...] = drawing.index.of(Role if kind == "role" else User)
        for target in targets if able else ():
            if target.id == holder.id:
                continue
            allowed = max(
                (permissions.can(holder.id, a, target) for a in able),
                key=lambda p: (p.answer.certain, p.answer.possible),
            )
            _draw(drawing, holder, target.id, technique.id, (allowed,))


def _ask_token(drawing: Drawing, holder: Holder, database: Database) -> None:
    if database.iam_login.possible:
        allowed = drawing.permissions.can(holder.id, TOKEN, "arn:aws:rds-db:*:*:dbuser:*")
        if allowed.answer.possible:
            answer = allowed.answer & database.iam_login
            proved = partial(_evidence, (allowed,))
            drawing.edge(holder.id, database.id, Relation.MAY_CALL, proved, answer, TOKEN, TOKEN)
