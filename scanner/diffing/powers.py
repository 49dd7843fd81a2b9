"""What principals may newly do, each with a request that shows it.

Powers that lead somewhere are the edges of identity: running as a role, assuming it, reading,
writing, administering, techniques. Beside them stands what else the statements of a principal that
changed allow, action by action, as the identity engine answers on both sides.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from graphs.attack.words import called, sender
from graphs.estate import Edge, Relation
from graphs.evidence import Evidence, Proof
from graphs.identity.access import access
from graphs.identity.evaluate import ANYONE, Permission
from graphs.identity.techniques import Technique, catalogue
from graphs.network.reach import INTERNET
from graphs.nodes import Node, Role, User
from graphs.unknown import Text, Unknown
from graphs.verdict import Verdict
from scanner.diffing.connections import end_of
from scanner.diffing.difference import Power, Request
from scanner.diffing.matching import matched
from scanner.views import Scanned, call_of, seen_of, spot

POWERS: Final = (
    Relation.ADMINISTERS,
    Relation.READS,
    Relation.WRITES,
    Relation.MAY_ASSUME,
    Relation.MAY_CALL,
    Relation.RUNS_AS,
    Relation.HOLDS_CREDENTIALS_OF,
)
_VERBS: Final = {
    Relation.ADMINISTERS: "administer",
    Relation.READS: "read",
    Relation.WRITES: "change or destroy",
    Relation.MAY_ASSUME: "become",
    Relation.RUNS_AS: "act as",
    Relation.HOLDS_CREDENTIALS_OF: "open",
}
_ASSUME: Final = ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")
MOST_SHOWN: Final = 1_000
"""Powers for which a request is looked for; of more the text alone is told."""


@dataclass(frozen=True)
class Can:
    """One power: an edge of identity, and what names it on both sides."""

    root: Scanned
    edge: Edge
    ends: tuple[str, str, str, str]

    @property
    def home(self) -> str:
        """The root module of whoever has it."""
        return self.root.home(self.edge.source)


def powers(scanned: Iterable[Scanned]) -> list[Can]:
    """All powers of some estates."""
    return [
        Can(root, edge, ends_of(root, edge))
        for root in scanned
        for relation in POWERS
        for edge in root.estate.edges(relation)
    ]


def ends_of(root: Scanned, edge: Edge) -> tuple[str, str, str, str]:
    """What names an edge on both sides: its ends, its relation, and its detail."""
    detail = edge.allows if isinstance(edge.allows, str) else ""
    changed = [edge.gives, *(what for _, what in edge.needs)]
    detail = " ".join((detail, *(each for each in changed if each)))
    ends = (end_of(root, edge.source), str(edge.relation), end_of(root, edge.target))
    return (*ends, end_of(root, detail) if detail else "")


def added(base: Sequence[Can], head: Sequence[Can]) -> tuple[Power, ...]:
    """What the second may do and the first may not, or not surely."""
    found = matched(base, head, lambda each: each.ends, lambda each: each.home)
    surer = [
        (now, before)
        for before, now in found.both
        if now.edge.answer.certain and not before.edge.answer.certain
    ]
    told = [*((now, None) for now in found.new), *surer]
    told.sort(key=lambda each: (each[0].home, each[0].edge.source, _rank(each[0]), each[0].ends))
    return tuple(_power(now, before, show=n < MOST_SHOWN) for n, (now, before) in enumerate(told))


def _rank(each: Can) -> tuple[bool, int]:
    return not each.edge.answer.certain, POWERS.index(each.edge.relation)


def _power(now: Can, before: Can | None, *, show: bool) -> Power:
    root, edge = now.root, now.edge
    proof = _new_proof(edge.evidence(), before.edge.evidence() if before else ()) if show else None
    file, line = spot(proof.place if proof else None)
    technique = edge.allows if edge.relation is Relation.MAY_CALL else ""
    return Power(
        principal=edge.source,
        principal_name=called(root.estate, edge.source),
        relation=str(edge.relation),
        target=edge.target,
        target_name=called(root.estate, edge.target),
        technique=str(technique),
        verdict=str(Verdict.of(edge.answer)),
        root=now.home,
        says=_sentence(root, edge),
        witness=witness(root, edge) if show else None,
        file=file,
        line=line,
        call=call_of(root, proof.resource) if proof else "",
        seen=seen_of(root, proof.resource) if proof else "",
    )


def _sentence(root: Scanned, edge: Edge) -> str:
    may = "may" if edge.answer.certain else "may (cannot tell)"
    who, whom = sender(root.estate, edge.source), called(root.estate, edge.target)
    if edge.relation is Relation.MAY_CALL:
        means = catalogue()[str(edge.allows)]
        if edge.gives:
            return f"{who} {may} change what guards others: {edge.gives} of the {whom}"
        if edge.needs:
            first = ", ".join(what for _, what in edge.needs)
            return f"{who} {may} come to have the {whom}, once somebody changes {first}"
        return f"{who} {may} take over the {whom}: {means.title[:1].lower()}{means.title[1:]}"
    article = "" if edge.relation is Relation.ADMINISTERS else "the "
    return f"{who} {may} {_VERBS[edge.relation]} {article}{whom}"


def _new_proof(now: Evidence, before: Evidence) -> Proof | None:
    """What gives it: the first claim with a line that the other side does not make."""
    known = {step.claim for step in before}
    steps = [step for step in now if step.proof and step.proof.place]
    fresh = [step for step in steps if step.claim not in known] or steps
    return fresh[0].proof if fresh else None


# --------------------------------------------------------------------------------------- requests


def witness(root: Scanned, edge: Edge) -> Request | None:
    """A request that AWS allows, or may allow, by which the power is used, if it is used by one."""
    for action, resource in _asked(root, edge):
        found = root.estate.permissions.can(_caller(edge.source), action, resource)
        if found.answer.possible:
            return request(root, edge.source, action, resource, found)
    return None


def request(
    root: Scanned, principal: str, action: str, resource: "Node | Text", found: Permission
) -> Request:
    """What was asked, with the resource and the condition keys of the request that is allowed."""
    keys = dict(found.witness)
    said = shown(resource.arn) or resource.id if isinstance(resource, Node) else shown(resource)
    on = keys.pop("resource", "") or said
    if not isinstance(resource, Node) and resource != "*":
        on = said  # the shortest resource that a pattern matches has no name: the pattern says more
    on = f"{on}*" if on.endswith("/") else said if on.endswith(":") else on
    conditions = tuple(f"{key}={value}" if value else f"no {key}" for key, value in keys.items())
    return Request(called(root.estate, principal), action, on, conditions or found.keys)


def shown(resource: Text) -> str:
    """A resource with its holes as Terraform writes them.

    >>> from graphs.unknown import Cause, Unknown
    >>> shown(Unknown(Cause.DATA, "data.aws_kms_key.a.arn"))
    '${data.aws_kms_key.a.arn}'
    """
    return f"${{{resource.what}}}" if isinstance(resource, Unknown) else str(resource)


def _caller(source: str) -> str:
    return ANYONE if source == INTERNET else source


def _asked(root: Scanned, edge: Edge) -> Iterator[tuple[str, "Node | str"]]:
    """The requests that may show it, the plainest first."""
    node = root.estate.index.by_id.get(edge.target)
    if edge.relation is Relation.ADMINISTERS:
        yield "iam:AttachRolePolicy", "arn:aws:iam::*:*"
    elif edge.relation is Relation.MAY_CALL:
        yield from _called(root, edge, catalogue()[str(edge.allows)])
    elif node is None:
        return
    elif edge.relation is Relation.READS:
        yield from ((action, node) for action in access(node.source.type).reads)
    elif edge.relation is Relation.WRITES:
        found = access(node.source.type)
        yield from ((action, node) for action in (*found.writes, *found.deletes))
    elif edge.relation is Relation.MAY_ASSUME:
        yield from ((action, node) for action in _ASSUME)


def _called(root: Scanned, edge: Edge, technique: Technique) -> Iterator[tuple[str, "Node | str"]]:
    """The calls of a technique, each on what its evidence names of the call's own service."""
    proven = (step.proof.resource for step in edge.evidence() if step.proof)
    named = dict.fromkeys((edge.target, *proven))
    nodes = [root.estate.index.by_id[each] for each in named if each in root.estate.index.by_id]
    if technique.service and nodes and isinstance(nodes[0], Role):
        yield "iam:PassRole", nodes[0]
    for action in _actions(technique):
        service = action.partition(":")[0]
        own = [each for each in nodes if str(each.arn).split(":")[2:3] == [service]]
        yield from ((action, on) for on in own or ("*",))


def _actions(technique: Technique) -> Iterator[str]:
    yield from technique.actions
    for table in technique.tables:
        for _, ways in table:
            yield from (action for way in ways for action in way)


def holders(root: Scanned) -> tuple[Role | User, ...]:
    """Whoever carries policies."""
    return (*root.estate.index.of(Role), *root.estate.index.of(User))
