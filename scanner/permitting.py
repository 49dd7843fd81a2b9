"""Questions about permissions, as people ask them: by name, address or ARN.

Input: an estate, a principal, an action and a resource in words. Output: verdicts with proof.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from graphs.estate import Estate
from graphs.identity import actions
from graphs.identity.access import access
from graphs.identity.actors import Kind
from graphs.identity.changes import Change, by_changing
from graphs.identity.evaluate import ANYONE, Permission
from graphs.identity.keys import Given
from graphs.identity.search import refused
from graphs.identity.services import Service, named_by
from graphs.nodes import Bucket, Key, Node, Outsider, PolicyText, Record, Role, User
from graphs.unknown import Text
from scanner.errors import UsageProblem

WORLD: Final = ("anyone", "internet", "*")
MOST: Final = 8
USES: Final = ("reads", "writes", "administers")


@dataclass(frozen=True, slots=True)
class Told:
    """What one principal may do. `who` is its id, `label` what people call it; `changes` are what
    the caller does first, where only that lets it."""

    who: str
    label: str
    kind: str
    permission: Permission
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Uses:
    """What one principal may do with a thing, by USES."""

    who: str
    label: str
    kind: str
    found: Mapping[str, Permission]


def can(
    estate: Estate,
    principal: str,
    action: str,
    resource: "Node | Text",
    context: Given,
    session: PolicyText | None = None,
) -> Told:
    """Whether a principal that `subject` has found may do an action."""
    permissions = estate.permissions
    service = _service(principal)
    if service is not None:
        found = service.ask(permissions, action, resource, context)
        return Told(principal, service.name, Kind.SERVICE, found)
    found = permissions.can(principal, action, resource, context, session)
    changes: tuple[Change, ...] = ()
    if session is None and found.verdict in ("deny", "unknown"):
        found, changes = by_changing(permissions, principal, action, resource, context, found)
    return Told(principal, *_called(estate, principal), found, changes)


def who_can(estate: Estate, action: str, resource: "Node | Text", context: Given) -> Iterator[Told]:
    """Everybody who may, or of whom it cannot be told: outsiders first, then services, then the
    estate's own."""
    for told in _everybody(estate, action, resource, context):
        if told.permission.answer.possible:
            yield told


def uses(estate: Estate, node: Node, context: Given) -> Iterator[Uses]:
    """Everybody who may read, write or administer a thing, outsiders first."""
    for who, label, kind in _principals(estate):
        asks = estate.permissions
        found = {
            "reads": asks.readable(who, node, context),
            "writes": asks.writable(who, node, context),
            "administers": asks.administers(who, node, context),
        }
        if any(each.answer.possible for each in found.values()):
            yield Uses(who, label, kind, found)
    yield from _uses_of_services(estate, node, context)


def _uses_of_services(estate: Estate, node: Node, context: Given) -> Iterator[Uses]:
    ways = access(node.source.type)
    rows = (ways.reads, (*ways.writes, *ways.deletes), ways.administers)
    for service in named_by(estate.index, node, [each for row in rows for each in row]):
        found = {
            use: service.any_of(estate.permissions, row, node, context)
            if row
            else refused(f"No AWS action does this to {node.name}")
            for use, row in zip(USES, rows, strict=True)
        }
        if any(each.answer.possible for each in found.values()):
            yield Uses(service.id, service.name, Kind.SERVICE, found)


def _everybody(
    estate: Estate, action: str, resource: "Node | Text", context: Given
) -> Iterator[Told]:
    owner = estate.permissions.node_of(resource)
    principals = list(_principals(estate))
    outside = [each for each in principals if each[2] not in (Kind.ROLE, Kind.USER)]
    for who, label, kind in outside:
        yield Told(who, label, kind, estate.permissions.can(who, action, resource, context))
    for service in named_by(estate.index, owner, (action,)) if owner is not None else ():
        found = service.ask(estate.permissions, action, resource, context)
        yield Told(service.id, service.name, Kind.SERVICE, found)
    for who, label, kind in principals[len(outside) :]:
        yield Told(who, label, kind, estate.permissions.can(who, action, resource, context))


def _principals(estate: Estate) -> Iterator[tuple[str, str, str]]:
    """Id, label and kind of everybody who could ask, outsiders first."""
    yield ANYONE, "anyone", "outside"
    for outsider in estate.index.of(Outsider):
        yield outsider.id, outsider.name, "outside"
    for node in (*estate.index.of(Role), *estate.index.of(User)):
        yield node.id, node.name, Kind.ROLE if isinstance(node, Role) else Kind.USER


def _called(estate: Estate, principal: str) -> tuple[str, str]:
    node = estate.index.by_id.get(principal)
    if isinstance(node, Role | User):
        return node.name, Kind.ROLE if isinstance(node, Role) else Kind.USER
    return ("anyone" if principal == ANYONE else principal.replace(":", " ")), "outside"


# ------------------------------------------------------------------------------------ naming


def subject(estate: Estate, text: str) -> str | None:
    """The principal that a text names; None where it names none of this estate.

    `anyone`, an account's number, a service (`lambda.amazonaws.com`), a role or a user. Raises
    UsageProblem where several have the name.
    """
    if text in WORLD:
        return ANYONE
    number = text.removeprefix("account:")
    if number.isdecimal() and len(number) == 12:
        return f"account:{number}"
    if text.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return f"service:{text.removeprefix('service:')}"
    node = _one([n for n in estate.index.nodes if isinstance(n, Role | User)], text)
    return node.id if node else None


def thing(estate: Estate, text: str, action: str = "") -> "Node | str | None":
    """The node that a text names, or the text itself where it is an ARN or `*`.

    Of several with one name it is the one that the action is about.
    """
    nodes = [n for n in estate.index.nodes if not isinstance(n, Outsider | Record)]
    about = [n for n in nodes if _is_about(action, n)]
    node = _one(about, text) or _one([n for n in nodes if not about or text == n.id], text)
    if node is not None:
        return node
    return text if text == "*" or text.startswith("arn:") else None


def _is_about(action: str, node: Node) -> bool:
    """Whether a node is of the service that an action is of."""
    service = action.partition(":")[0].lower()
    parts = str(node.arn).split(":")
    return len(parts) > 2 and parts[2] == ("iam" if service == "sts" else service)


def _one(nodes: Sequence[Node], text: str) -> Node | None:
    found = [n for n in nodes if text in (n.id, str(n.arn))]
    found = found or [n for n in nodes if _has_name(n, text)]
    guarded = [n for n in found if access(n.source.type).reads or isinstance(n, Key)]
    found = guarded if len(found) > 1 and len(guarded) == 1 else found
    if len(found) > 1:
        names = ", ".join(sorted(node.id for node in found)[:MOST])
        raise UsageProblem(f"{text!r} names several things: {names}", fix="say one in full")
    return found[0] if found else None


def _has_name(node: Node, text: str) -> bool:
    if isinstance(node, Bucket) and node.bucket == text:
        return True
    return text in (node.name, node.source.address.name) or node.id.endswith(f".{text}")


def nobody(estates: Iterable[Estate], text: str, *, principal: bool) -> UsageProblem:
    """The complaint about a name that nothing has, with what is near to it."""
    nodes = [
        n for e in estates for n in e.index.nodes if not principal or isinstance(n, Role | User)
    ]
    names = {str(name) for n in nodes for name in (n.id, n.name)}
    near = get_close_matches(text, sorted(names), 3)
    what = "role or user" if principal else "thing"
    said = "anyone, an account's number or a service" if principal else "an ARN"
    fix = f"did you mean {', '.join(near)}?" if near else f"name a {what} of the estate, or {said}"
    return UsageProblem(f"nothing here is called {text!r}", fix=fix)


def spelled(text: str) -> str:
    """An action as AWS spells it. Raises UsageProblem for what is none."""
    found = actions.action(text)
    if found is not None:
        return found.name
    prefix, colon, rest = text.partition(":")
    if not colon or not rest:
        raise UsageProblem(f"{text!r} is no action", fix="an action is like s3:GetObject")
    if "*" in text or "?" in text:
        some = ", ".join(actions.expand(text)[:MOST])
        raise UsageProblem("ask of one action", fix=f"{text} is {some} ..." if some else "")
    if not actions.known_prefix(prefix):
        raise UsageProblem(f"{text!r} is no action: no service has the prefix {prefix!r}")
    names = {each.lower(): each for each in actions.expand(f"{prefix}:*")}
    near = [names[each] for each in get_close_matches(text.lower(), sorted(names), 3)]
    fix = f"did you mean {', '.join(near)}?" if near else ""
    raise UsageProblem(f"{actions.source()} knows no action {text!r}", fix=fix)


def keys(said: Sequence[str]) -> Given:
    """What `--context key=value` says: several values of one key are a list; `key=` is absent."""
    found: dict[str, tuple[str, ...]] = {}
    for each in said:
        key, equals, value = each.partition("=")
        if not equals or not key:
            raise UsageProblem(f"{each!r} is no key=value", fix="such as aws:SourceIp=203.0.113.7")
        found[key] = (*found.get(key, ()), *((value,) if value else ()))
    return {key: values or None for key, values in found.items()}


def _service(principal: str) -> Service | None:
    if not principal.startswith("service:"):
        return None
    return Service(principal.removeprefix("service:"))
