"""Draws the calls by which a principal becomes another one, or an administrator.

Each edge names its technique in `allows`; what a technique needs is in the catalogue.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from graphs.build.structure import Drawing, account_id
from graphs.estate import Relation
from graphs.evidence import Evidence, Step
from graphs.identity import principals
from graphs.identity.evaluate import Permission, Permissions
from graphs.identity.techniques import Actions, Technique, catalogue
from graphs.nodes import Database, Function, Group, Instance, NodeIndex, PolicyText, Role, User
from graphs.unknown import YES, Cause, Referent, Text, Unknown, all_of, text

Holder: TypeAlias = Role | User
Taken: TypeAlias = Role | User | Function | Instance
KINDS: dict[str, type[Taken]] = {
    "role": Role,
    "user": User,
    "function": Function,
    "instance": Instance,
}
TOKEN = "rds-db:connect"
# What a machine's agent calls to be managed at all (Systems Manager User Guide, "Configure instance
# permissions required for Systems Manager").
AGENT = "ssm:UpdateInstanceInformation"
EVERYTHING = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'


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
            _empower(drawing, holder, technique)
            _take_over(drawing, holder, technique)
        for database in drawing.index.of(Database):
            _ask_token(drawing, holder, database)


def _draw(
    drawing: Drawing,
    holder: Holder,
    target: str,
    technique: str,
    needed: Iterable[Permission],
    also: str = "",
) -> None:
    steps = tuple(needed)
    answer = all_of(p.answer for p in steps)
    if not answer.certain and drawing.permissions.admin(holder.id).answer.possible:
        return  # what is not known of them may make them an administrator at once
    drawing.edge(
        holder.id,
        target,
        Relation.MAY_CALL,
        partial(_evidence, steps),
        answer,
        technique,
        f"{technique}:{also}" if also else technique,
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
    """Get more for oneself: by a policy of one's own, by a group, or by joining a group."""
    permissions, kind = drawing.permissions, _kind(holder)
    allowed = [permissions.can(holder.id, a, holder) for a in _of(technique.own, kind)]
    allowed += _on_policies(permissions, holder, _of(technique.held, kind))
    allowed += [
        permissions.can(holder.id, action, group)
        for group in _groups(drawing.index, holder)
        for action in _of(technique.group, kind)
    ]
    if ways := [a for a in allowed if a.answer.possible]:
        rules = _ruling(drawing, replace(holder, policies=(*holder.policies, _everything(holder))))
        _draw(drawing, holder, account_id(holder), technique.id, (_likeliest(ways), rules))
    for action in _of(technique.join, kind):
        for group in drawing.index.of(Group):
            joining = permissions.can(holder.id, action, group)
            if isinstance(holder, User) and joining.answer.possible:
                rules = _ruling(drawing, replace(holder, groups=(*holder.groups, group.id)))
                _draw(drawing, holder, account_id(holder), technique.id, (joining, rules))


def _empower(drawing: Drawing, holder: Holder, technique: Technique) -> None:
    """Make an administrator of somebody else, for whoever controls that one as well."""
    for kind, actions in technique.empower:
        for target in _others(drawing, holder, kind, actions):
            if not isinstance(target, Role | User):
                continue
            if drawing.permissions.admin(target.id).answer.certain:
                continue
            ways = [drawing.permissions.can(holder.id, a, target) for a in actions]
            more = replace(target, policies=(*target.policies, _everything(target)))
            if (allowed := _likeliest(ways)).answer.possible:
                _draw(drawing, holder, target.id, technique.id, (allowed, _ruling(drawing, more)))


def _take_over(drawing: Drawing, holder: Holder, technique: Technique) -> None:
    """Become somebody else, or what runs as them."""
    for kind, actions in technique.other:
        for target in _others(drawing, holder, kind, actions):
            allowed = _likeliest(_take(drawing, holder, target, a) for a in actions)
            if isinstance(target, Role | User):
                _draw(drawing, holder, target.id, technique.id, (allowed,))
            elif (role := drawing.index.get(target.role, Role)) and role.id != holder.id:
                runs = Step(f"{target.name} runs as {role.name}", target.proof("role"))
                needed = [allowed, Permission("allow", YES, evidence=(runs,))]
                if isinstance(target, Instance):
                    needed.append(drawing.permissions.can(role.id, AGENT, "*"))
                _draw(drawing, holder, role.id, technique.id, needed, also=target.id)


def _take(drawing: Drawing, holder: Holder, target: Taken, action: str) -> Permission:
    """One call; a console password is made where there is none and changed where there is one."""
    if isinstance(target, Instance) and target.fleet:
        return drawing.permissions.can(holder.id, action, _machine_of(target))
    found = drawing.permissions.can(holder.id, action, target)
    if not isinstance(target, User):
        return found
    has = {"iam:CreateLoginProfile": ~target.signs_in, "iam:UpdateLoginProfile": target.signs_in}
    return replace(found, answer=found.answer & has.get(action, YES))


def _machine_of(fleet: Instance) -> Text:
    """The ARN of a machine that a fleet will start."""
    hole = Unknown(Cause.COMPUTED, f"{fleet.id}.machines", (Referent(fleet.id, "machines"),))
    where = (fleet.scope.region, ":", fleet.scope.account)
    return text(("arn:aws:ec2:", *where, ":instance/", hole))


def _others(drawing: Drawing, holder: Holder, kind: str, actions: Iterable[str]) -> Iterator[Taken]:
    """The nodes of a kind beside oneself, where one of the actions is allowed on anything."""
    can = drawing.permissions.can
    if any(can(holder.id, action, "*").answer.possible for action in actions):
        yield from (t for t in drawing.index.of(KINDS[kind]) if t.id != holder.id)


def _on_policies(
    permissions: Permissions, holder: Holder, actions: tuple[str, ...]
) -> list[Permission]:
    named = [policy.arn for policy in holder.policies if policy.arn != ""]
    return [permissions.can(holder.id, action, arn) for arn in named for action in actions]


def _groups(index: NodeIndex, holder: Holder) -> tuple[Group, ...]:
    return index.many(holder.groups, Group) if isinstance(holder, User) else ()


def _ruling(drawing: Drawing, changed: Holder) -> Permission:
    """Whether somebody would rule the account if they were like this: a boundary still counts."""
    nodes = (changed if n.id == changed.id else n for n in drawing.index.nodes)
    return Permissions(NodeIndex(tuple(nodes)), drawing.permissions.known).admin(changed.id)


def _everything(holder: Holder) -> PolicyText:
    return PolicyText(EVERYTHING, holder.proof(), "policy of the attacker's own")


def _likeliest(ways: Iterable[Permission]) -> Permission:
    return max(ways, key=lambda way: (way.answer.certain, way.answer.possible))


def _kind(holder: Holder) -> str:
    return "role" if isinstance(holder, Role) else "user"


def _of(table: Actions, kind: str) -> tuple[str, ...]:
    return dict(table).get(kind, ())


def _ask_token(drawing: Drawing, holder: Holder, database: Database) -> None:
    if database.iam_login.possible:
        allowed = drawing.permissions.can(holder.id, TOKEN, "arn:aws:rds-db:*:*:dbuser:*")
        if allowed.answer.possible:
            answer = allowed.answer & database.iam_login
            proved = partial(_evidence, (allowed,))
            drawing.edge(holder.id, database.id, Relation.MAY_CALL, proved, answer, TOKEN, TOKEN)
