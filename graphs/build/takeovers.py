"""Draws who becomes somebody else: by a key, a password, a trust, or by what runs as a role."""

from collections.abc import Iterable
from dataclasses import replace

from graphs.build.callers import Caller, likeliest
from graphs.build.making import may_make
from graphs.build.pods import inside
from graphs.build.revealed import opened
from graphs.build.structure import Drawing, account_id
from graphs.estate import Relation
from graphs.evidence import Step
from graphs.identity.evaluate import Permission
from graphs.identity.techniques import Technique, Ways
from graphs.network.packets import TCP, PacketSet
from graphs.network.reach import INTERNET
from graphs.nodes import (
    AccessKey,
    Console,
    DataStore,
    Delegate,
    Front,
    Function,
    Instance,
    Node,
    NodeIndex,
    Role,
    Service,
    Setting,
    User,
)
from graphs.resource import Source
from graphs.unknown import (
    NO,
    YES,
    Answer,
    Cause,
    Referent,
    Template,
    Text,
    Unknown,
    cannot_tell,
    known,
    text,
)

# What a machine's agent calls to be managed at all (Systems Manager User Guide, "Configure instance
# permissions required for Systems Manager").
AGENT = "ssm:UpdateInstanceInformation"
LOGIN = 22
SWITCH_ON = "ec2:EnableSerialConsoleAccess"
SET = "aws_ssoadmin_permission_set"
# IAM User Guide, "IAM and AWS STS quotas": access keys of a user.
MOST_KEYS = 2


def nodes_by_kind(index: NodeIndex) -> dict[str, tuple[Node, ...]]:
    """All nodes by what tables of actions call them: role, user, or their Terraform type."""
    found: dict[str, list[Node]] = {"role": [*index.of(Role)], "user": [*index.of(User)]}
    for node in index.nodes:
        found.setdefault(node.source.type, []).append(node)
    return {kind: tuple(nodes) for kind, nodes in found.items()}


def take_over(caller: Caller, technique: Technique, nodes: dict[str, tuple[Node, ...]]) -> None:
    """The edges of a technique to whom it makes the caller."""
    if not caller.able.issuperset(technique.actions):
        return
    calls = may_make(caller, technique.actions)
    if not all(each.answer.possible for each in calls):
        return
    for kind, ways in technique.other:
        for target in _candidates(caller, ways, nodes.get(kind, ())):
            found = [_take(caller, target, way) for way in ways]
            if (allowed := likeliest(found)).answer.possible:
                _draw(caller, technique, target, [allowed, *calls])


def _candidates(caller: Caller, ways: Ways, nodes: tuple[Node, ...]) -> Iterable[Node]:
    """The others of some nodes; of those that have policies of their own alone, where the caller's
    policies allow none of the ways."""
    if any(caller.able.issuperset(way) for way in ways):
        return (node for node in nodes if node.id != caller.holder.id)
    if not nodes or not isinstance(nodes[0], Function):
        return ()
    return (node for node in nodes if isinstance(node, Function) and node.policies)


def _take(caller: Caller, target: Node, way: tuple[str, ...]) -> Permission:
    """One way, where the target is as the way needs it."""
    on: Node | Text = _machine_of(target) if isinstance(target, Instance) else target
    found = caller.may(way, on) if way else Permission("allow", YES)
    if isinstance(target, User) and found.answer.possible:
        found = replace(found, answer=found.answer & _open_to(caller.drawing, target, way))
    return found


def _open_to(drawing: Drawing, user: User, way: tuple[str, ...]) -> Answer:
    """A console password is made where there is none and changed where there is one; a third key
    is not made."""
    if way == ("iam:CreateAccessKey",):
        keys = [k for k in drawing.index.of(AccessKey) if k.user == user.id and k.exists.certain]
        return known(len(keys) < MOST_KEYS)
    if way == ("iam:CreateLoginProfile",):
        return ~user.signs_in
    return user.signs_in if way == ("iam:UpdateLoginProfile",) else YES


def _machine_of(machine: Instance) -> "Node | Text":
    """The machine, or the ARN of one that a fleet will start."""
    if not machine.fleet:
        return machine
    hole = Unknown(Cause.COMPUTED, f"{machine.id}.machines", (Referent(machine.id, "machines"),))
    where = (machine.scope.region, ":", machine.scope.account)
    return text(("arn:aws:ec2:", *where, ":instance/", hole))


def _draw(caller: Caller, technique: Technique, target: Node, needed: list[Permission]) -> None:
    if isinstance(target, Role | User):
        caller.draw(target.id, technique.id, needed)
        return
    if not isinstance(target, Service | Delegate):
        return
    if target.source.type == SET:
        _draw_set(caller, technique, target, needed)
        return
    if isinstance(target, Delegate) and target.machines:
        _draw_machines(caller, technique, target, needed)
        return
    if isinstance(target, Front):
        for lent, entered in inside(caller.drawing, target):
            if lent.id != caller.holder.id:
                caller.draw(lent.id, technique.id, [*needed, entered], also=target.id)
        return
    role = caller.drawing.index.get(target.role, Role)
    if role is None or role.id == caller.holder.id:
        return
    step = Step(f"{target.name} runs as {role.name}", target.proof("role"))
    needed.append(Permission("allow", YES, evidence=(step,)))
    if technique.where == "managed":
        needed.append(caller.drawing.permissions.can(role.id, AGENT, "*"))
    elif technique.where == "login":
        needed.append(_reached(caller.drawing, target))
    elif technique.where == "console":
        needed.append(_console(caller, target))
    caller.draw(role.id, technique.id, needed, also=target.id)


def _draw_machines(
    caller: Caller, technique: Technique, group: Delegate, needed: list[Permission]
) -> None:
    """The roles of the machines that a deployment comes to."""
    for machine_id, chosen in group.machines:
        machine = caller.drawing.index.get(machine_id, Instance)
        if machine is not None:
            claim = f"{group.name} deploys to {machine.name}"
            step = Step(claim, group.proof(), chosen.because)
            _draw(caller, technique, machine, [*needed, Permission("", chosen, evidence=(step,))])


def _draw_set(caller: Caller, technique: Technique, own: Node, needed: list[Permission]) -> None:
    """The account that a permission set of IAM Identity Center leads to; for whom, its directory
    knows."""
    why = Unknown(Cause.DATA, f"who signs in with permission sets such as {own.name}")
    step = Step(f"{own.name} is a permission set", own.proof(), frozenset((why,)))
    needed.append(Permission("unknown", cannot_tell(why), evidence=(step,)))
    caller.draw(account_id(caller.holder), technique.id, needed, also=own.id)


def _console(caller: Caller, machine: Node) -> Permission:
    """Whether the account lets anybody in by the serial console, or the caller may switch it on. It
    is off where nothing switches it on; of an account that was swept, nobody asked."""
    found = [caller.may((SWITCH_ON,))]
    if machine.source.origin.source is Source.AWS:
        why = Unknown(Cause.DATA, "whether the account lets anybody in by the serial console")
        found.append(Permission("unknown", cannot_tell(why)))
    for console in caller.drawing.index.of(Console):
        if console.scope == machine.scope:
            step = Step("The serial console is switched on", console.proof(), console.on.because)
            found.append(Permission("", console.on, evidence=(step,)))
    return likeliest(found)


def _reached(drawing: Drawing, target: Node) -> Permission:
    """Whether the internet gets to the login port of a machine."""
    edges = drawing.graph.get_edge_data(INTERNET, target.id) or {}
    for data in edges.values():
        allows = data["allows"]
        if data["relation"] == Relation.MAY_CONNECT and isinstance(allows, PacketSet):
            spans = allows.ports(TCP)
            if any(low <= LOGIN <= high for low, high in spans):
                answer: Answer = data["answer"]
                verdict = "allow" if answer.certain else "unknown"
                return Permission(verdict, answer, evidence=data["evidence"]())
    return Permission("deny", NO)


def ask_for_password(
    caller: Caller, technique: Technique, nodes: dict[str, tuple[Node, ...]]
) -> None:
    """The edges to machines whose password only their key decrypts, where something has the key."""
    graph = caller.drawing.graph
    for kind, ways in technique.hand:
        for machine in nodes.get(kind, ()):
            if any(
                data["relation"] == Relation.HOLDS_CREDENTIALS_OF
                for _, _, data in graph.in_edges(machine.id, data=True)
            ):
                caller.draw(machine.id, technique.id, (caller.best(ways, machine),))


# ------------------------------------------------------------------------------------ reading


def read_text(caller: Caller, technique: Technique, nodes: dict[str, tuple[Node, ...]]) -> None:
    """The edges to whatever a secret opens that stands in text which the caller may ask for."""
    for kind, ways in technique.read:
        for node in nodes.get(kind, ()):
            revealing = [s for s in _settings(node) if s.reveals]
            allowed = caller.best(ways, _asked(caller, node)) if revealing else None
            if allowed is not None and allowed.answer.possible:
                for setting in revealing:
                    _draw_opened(caller, technique, node, setting, allowed)


def _asked(caller: Caller, node: Node) -> "Node | Text":
    """What the call is about: an object by its ARN, so that its bucket has a say; the table that an
    item is in."""
    if not isinstance(node, Delegate) or node.store is None:
        return node
    named = isinstance(node.arn, str | Template) and node.arn != ""
    return node.arn if named else caller.drawing.index.get(node.store, DataStore) or node


def _draw_opened(
    caller: Caller, technique: Technique, node: Node, setting: Setting, allowed: Permission
) -> None:
    for target in opened(caller.drawing, setting.reveals):
        if target.id != caller.holder.id:
            claim = f"The {setting.name} of {node.name} holds what opens {target.name}"
            seen = Permission("allow", YES, evidence=(Step(claim, setting.proof),))
            caller.draw(target.id, technique.id, (allowed, seen), also=f"{node.id}:{setting.name}")


def _settings(node: Node) -> Iterable[Setting]:
    return node.settings if isinstance(node, Service | Delegate) else ()
