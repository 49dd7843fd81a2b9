"""Draws who gets more for themselves, or for somebody whom they have."""

from collections.abc import Container, Iterator
from dataclasses import replace

from graphs.build.callers import Caller, likeliest
from graphs.build.edits import already_reads, reading
from graphs.build.structure import Drawing, account_id
from graphs.evidence import Step
from graphs.identity.access import access
from graphs.identity.evaluate import Permission, Permissions
from graphs.identity.glob import FRESH
from graphs.identity.keys import Given
from graphs.identity.search import refused
from graphs.identity.techniques import Technique, Ways, ways
from graphs.nodes import (
    DataStore,
    Group,
    Guardrail,
    Node,
    NodeIndex,
    Organisation,
    PolicyText,
    Role,
    User,
)
from graphs.unknown import YES, Cause, Text, Unknown, cannot_tell, text, unknowns_in

EVERYTHING = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
# A boundary that is asked of whoever creates a principal would hold the new one too.
UNBOUND: Given = {"iam:PermissionsBoundary": None}


def gain(caller: Caller, technique: Technique) -> None:
    """The edges from a caller to its account: it may make itself, or another, an administrator."""
    _rewrite_own(caller, technique)
    _join(caller, technique)
    _drop_boundary(caller, technique)
    _create(caller, technique)


def _rewrite_own(caller: Caller, technique: Technique) -> None:
    """By a policy of one's own or by a group of one's own."""
    holder, kind = caller.holder, caller.kind
    if not (technique.own or technique.held or technique.stored or technique.group):
        return
    found = [caller.may(way, holder) for way in ways(technique.own, kind)]
    found += _on_policies(caller, holder, ways(technique.held, kind))
    stored = _on_policies(caller, holder, ways(technique.stored, kind))
    found += [_if_stored(holder, each) for each in stored if each.answer.possible]
    found += [caller.may(way, g) for g in _groups(caller) for way in ways(technique.group, kind)]
    if allowed := [each for each in found if each.answer.possible]:
        more = replace(holder, policies=(*holder.policies, _everything(holder)))
        rules = _ruling(caller.drawing, more)
        caller.draw(account_id(holder), technique.id, (likeliest(allowed), rules))
        if not rules.answer.certain:
            _read_what_is_left(caller, technique, likeliest(allowed), more)


def _read_what_is_left(
    caller: Caller, technique: Technique, allowed: Permission, more: Role | User
) -> None:
    """The data that somebody comes to read who gives itself all that a boundary leaves."""
    for store in caller.drawing.index.of(DataStore):
        if access(store.source.type).reads and not already_reads(caller, store):
            after = reading(caller, store, (more,))
            if after.answer.certain:
                caller.draw(store.id, technique.id, (allowed, after))


def _if_stored(holder: Role | User, allowed: Permission) -> Permission:
    why = Unknown(Cause.DATA, f"what older versions of the policies of {holder.name} say")
    return replace(allowed, verdict="unknown", answer=allowed.answer & cannot_tell(why))


def _join(caller: Caller, technique: Technique) -> None:
    holder = caller.holder
    if not isinstance(holder, User):
        return
    for way in ways(technique.join, caller.kind):
        for group in caller.drawing.index.of(Group):
            if (joining := caller.may(way, group)).answer.possible:
                more = replace(holder, groups=(*holder.groups, group.id))
                rules = _ruling(caller.drawing, more)
                caller.draw(account_id(holder), technique.id, (joining, rules))


def _drop_boundary(caller: Caller, technique: Technique) -> None:
    """Only what the other policies give anyway is gained."""
    holder = caller.holder
    if holder.boundary is None:
        return
    found = [caller.may(way, holder) for way in ways(technique.unbound, caller.kind)]
    if allowed := [each for each in found if each.answer.possible]:
        rules = _ruling(caller.drawing, replace(holder, boundary=None))
        caller.draw(account_id(holder), technique.id, (likeliest(allowed), rules))


def empower(caller: Caller, technique: Technique, linked: Container[str]) -> None:
    """The edges to those whom a caller may make administrators, should it control them as well.

    `linked` are users, and the roles that lead to others or are led to: no attacker comes to
    control any other role together with the caller.
    """
    for table in technique.empowering:
        for kind, found in table:
            for target in _others(caller, kind, found):
                if target.id in linked:
                    _empower(caller, technique, target, found)


def _empower(caller: Caller, technique: Technique, target: Role | User, found: Ways) -> None:
    if technique.empower_held:
        allowed = likeliest([*_on_policies(caller, target, found), refused("")])
    else:
        allowed = caller.best(found, target)
    if not allowed.answer.possible or caller.drawing.permissions.admin(target.id).answer.certain:
        return
    known = caller.drawing.rulers
    if target.id not in known:
        more = replace(target, policies=(*target.policies, _everything(target)))
        known[target.id] = _ruling(caller.drawing, more)
    caller.draw(target.id, technique.id, (allowed, known[target.id]))


def _others(caller: Caller, kind: str, found: Ways) -> Iterator[Role | User]:
    """Those beside oneself, where one of the ways is open on anything."""
    if any(caller.able.issuperset(way) for way in found):
        of_kind: tuple[Role | User, ...] = (
            caller.drawing.index.of(Role) if kind == "role" else caller.drawing.index.of(User)
        )
        yield from (each for each in of_kind if each.id != caller.holder.id)


# ------------------------------------------------------------------------------------ creating


def _create(caller: Caller, technique: Technique) -> None:
    """All of a way has to be allowed on one and the same new name."""
    for kind, found in technique.create:
        allowed = [
            caller.may(way, name, UNBOUND)
            for way in found
            if caller.able.issuperset(way)
            for name in _new_names(caller, kind)
        ]
        if best := [each for each in allowed if each.answer.possible]:
            caller.draw(account_id(caller.holder), technique.id, (likeliest(best),))


def _new_names(caller: Caller, kind: str) -> list[Text]:
    """Names that nobody has yet, one for each pattern of names in the caller's policies."""
    account = caller.holder.scope.account
    names: dict[Text, None] = {text(("arn:aws:iam::", account, f":{kind}/{FRESH}")): None}
    for clause in caller.drawing.permissions.carried(caller.holder.id):
        for written in clause.statement.resources or ():
            said = str(written)
            if f":{kind}/" in said and ("*" in said or "?" in said):
                end = said.partition(f":{kind}/")[2].replace("*", FRESH).replace("?", FRESH)
                names[text(("arn:aws:iam::", account, f":{kind}/{end}"))] = None
    return list(names)


# ------------------------------------------------------------------------------------ policies


def _on_policies(caller: Caller, holder: Role | User, found: Ways) -> list[Permission]:
    named = [policy.arn for policy in holder.policies if policy.arn != ""] if found else []
    return [caller.may(way, arn) for arn in named for way in found]


def _groups(caller: Caller) -> tuple[Group, ...]:
    holder = caller.holder
    if not isinstance(holder, User):
        return ()
    return caller.drawing.index.many(holder.groups, Group)


def _everything(holder: Role | User) -> PolicyText:
    return PolicyText(EVERYTHING, holder.proof(), "policy of the attacker's own")


def _ruling(drawing: Drawing, changed: Role | User) -> Permission:
    """Whether somebody would rule the account if they were like this: a boundary still counts."""
    said = drawing.permissions.documents(changed.id)
    plain = not drawing.index.of(Guardrail) and all(each.only_allows for each in said)
    added = bool(changed.policies) and changed.policies[-1].text == EVERYTHING
    if plain and added and changed.boundary is None:
        claim = f"Nothing that is said of {changed.name} would stop a policy that allows everything"
        return Permission("allow", YES, evidence=(Step(claim, changed.proof()),))
    nodes = _surroundings(drawing, changed)
    return Permissions(NodeIndex(nodes), drawing.permissions.known).admin(changed.id)


def _surroundings(drawing: Drawing, changed: Role | User) -> tuple[Node, ...]:
    """What the permissions of a principal depend on; all nodes, where its policies name some."""
    groups = drawing.index.many(changed.groups, Group) if isinstance(changed, User) else ()
    texts = [policy.text for each in (changed, *groups) for policy in each.policies]
    if changed.boundary is not None:
        texts.append(changed.boundary.text)
    above = (*drawing.index.of(Guardrail), *drawing.index.of(Organisation))
    if above or any(unknowns_in(each) for each in texts):
        return tuple(changed if n.id == changed.id else n for n in drawing.index.nodes)
    return (changed, *groups)
