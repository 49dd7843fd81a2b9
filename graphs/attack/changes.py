"""Concrete changes: what the proof of an edge can be broken by, and the nodes without it.

Input: an edge with its evidence; nodes and changes. Output: the changes that would each take a
step of the proof away; the nodes as they are after some changes. A change only ever takes away
what allows, so what stands after more of them stood after fewer.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, reduce

from graphs.attack.words import called
from graphs.estate import Edge, Estate, Relation
from graphs.evidence import Proof
from graphs.identity.actors import ANYONE
from graphs.identity.policy import parse
from graphs.identity.techniques import catalogue
from graphs.nodes import (
    Bucket,
    Container,
    Delegate,
    Function,
    Group,
    Instance,
    Interface,
    Node,
    NodeIndex,
    PolicyText,
    Role,
    Route,
    RouteTable,
    Secret,
    SecurityGroup,
    Service,
    Store,
    Supply,
    User,
)
from graphs.resource import Source
from graphs.unknown import NO, YES, Unknown

NOBODY = '{"Statement":{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}}'
"""A trust policy that lets nobody in."""


MOVABLE, FIXED = "image", "locked-image"
"""Kinds of supplies: an image by a tag that can be moved, and by one that cannot."""


class Kind(StrEnum):
    """What is changed. Costs are by these words, in pathwarden.yaml too."""

    CLOSE_PORT = "close-port"
    CLOSE_OUTWARD = "close-outward"
    MAKE_PRIVATE = "make-private"
    CONTAIN = "contain-container"
    SIGN_CALLS = "sign-calls"
    CLOSE_DATA = "close-data"
    LOCK_TAGS = "lock-image-tags"
    UNSHARE = "stop-sharing"
    TRUST = "narrow-trust"
    POLICY = "narrow-policy"
    STORE_POLICY = "narrow-store-policy"
    START_SECRET = "remove-start-secret"
    ROLE = "replace-role"
    ROUTE = "remove-route"


COSTS: dict[Kind, float] = {
    Kind.CLOSE_PORT: 1,
    Kind.SIGN_CALLS: 1,
    Kind.CLOSE_DATA: 1,
    Kind.LOCK_TAGS: 1,
    Kind.UNSHARE: 1,
    Kind.TRUST: 2,
    Kind.CLOSE_OUTWARD: 2,
    Kind.STORE_POLICY: 2,
    Kind.START_SECRET: 2,
    Kind.CONTAIN: 2,
    Kind.POLICY: 3,
    Kind.MAKE_PRIVATE: 3,
    Kind.ROLE: 5,
    Kind.ROUTE: 5,
}
"""How dear a change is where nobody says otherwise: what it takes, and what else may need it."""


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """Something to take away: `kind` of `what`, which stands in the node `node`.

    `what` is the proof that it stands, as text; `says` tells people what to do.
    """

    kind: Kind
    node: str
    what: str
    says: str = field(compare=False)
    proof: Proof = field(compare=False)


@dataclass(frozen=True, eq=False)
class Breakable:
    """Finds the changes that break a proof. Made once for an estate."""

    estate: Estate

    def of(self, edge: Edge) -> frozenset[Change]:
        """The changes each of which takes a step away from the proof of an edge."""
        find = _FINDERS.get(edge.relation)
        return frozenset(find(self, edge)) if find else frozenset()

    def _change(self, kind: Kind, node: str, proof: Proof, says: str) -> Iterator[Change]:
        """A change where there is something to change: what AWS implies stands nowhere."""
        holder = self.estate.index.by_id.get(node)
        if holder is None or holder.source.origin.source is Source.IMPLIED:
            return
        if proof.place or holder.source.seen:
            yield Change(kind, node, str(proof), says, proof)

    @cached_property
    def _lines(self) -> dict[Proof, tuple[Kind, str, str]]:
        """What is changed where a proof stands that a packet's way names."""
        found: dict[Proof, tuple[Kind, str, str]] = {}
        for group in self.estate.index.of(SecurityGroup):
            for rule in group.egress:
                found[rule.proof] = Kind.CLOSE_OUTWARD, group.id, ""
            for rule in group.ingress:
                found[rule.proof] = Kind.CLOSE_PORT, group.id, ""
        for table in self.estate.index.of(RouteTable):
            for route in table.routes:
                if route.kind != "local" and _last(route, table):
                    says = f"remove the route to {route.destination} from {table.name}"
                    found[route.proof] = Kind.ROUTE, table.id, says
        for service in self.estate.index.of(Service):
            says = f"give the {called(self.estate, service.id)} no public address"
            for interface in service.interfaces:
                found[interface.public_proof] = Kind.MAKE_PRIVATE, service.id, says
            if isinstance(service, Function) and service.url:
                says = f"ask callers of the {called(self.estate, service.id)} for a signature"
                found[service.url.proof] = Kind.SIGN_CALLS, service.id, says
        return found

    def connection(self, edge: Edge) -> Iterator[Change]:
        """What lets packets pass. A rule of a group, a route, a public address, an open URL."""
        for step in edge.evidence():
            if step.proof in self._lines:
                kind, node, says = self._lines[step.proof]
                claim = step.claim[:1].lower() + step.claim[1:]
                told = says or f"remove or narrow the rule by which {claim}"
                yield from self._change(kind, node, step.proof, told)

    def power(self, edge: Edge) -> Iterator[Change]:
        """Whatever in the policies of a principal allows it, and in those of what it is done to."""
        proofs = {step.proof for step in edge.evidence() if step.proof}
        for holder in self._carriers(edge.source):
            whom = called(self.estate, holder.id)
            for policy in holder.policies:
                if proofs & {policy.proof, *policy.statements} and _only_allows(policy):
                    says = f"take the policy {policy.name} from the {whom}, or narrow it"
                    yield from self._change(Kind.POLICY, holder.id, policy.proof, says)
        if edge.relation is Relation.MAY_CALL:
            yield from self.connection(edge)  # to what is reached once a call is made
            yield from self._container(edge, proofs)
            if edge.allows in catalogue() and catalogue()[str(edge.allows)].supply:
                yield from self._supply(proofs)
        target = self.estate.index.by_id.get(edge.target)
        if isinstance(target, Role):
            yield from self._trust(target, proofs)
        elif isinstance(target, Bucket | Secret):
            yield from self._store(target, proofs)
        elif isinstance(target, Store):
            yield from self._shares(target, proofs)

    def _container(self, edge: Edge, proofs: Collection[Proof]) -> Iterator[Change]:
        """What leads out of a container onto its machine, or to the keys of the machine."""
        node = self.estate.index.get(edge.source, Container)
        if node is None:
            return
        whom = called(self.estate, node.id)
        if node.escape and node.escape.proof in proofs:
            says = f"give the {whom} nothing that is its machine's"
            yield from self._change(Kind.CONTAIN, node.id, node.escape.proof, says)
        for machine in self.estate.index.many((h.machine for h in node.hosts), Instance):
            options = machine.proof("metadata_options")
            if options in proofs:
                says = f"let the metadata service of {machine.name} answer no container"
                yield from self._change(Kind.CONTAIN, node.id, options, says)

    def _supply(self, proofs: Collection[Proof]) -> Iterator[Change]:
        """What lets somebody write what something runs."""
        for node in self.estate.index.many({p.resource for p in proofs}, Store):
            tags = node.proof("image_tag_mutability")
            if tags in proofs and any(tags == each.loose for each in self._images):
                says = f"let no tag of the {called(self.estate, node.id)} be moved"
                yield from self._change(Kind.LOCK_TAGS, node.id, tags, says)
        index = self.estate.index
        stores: tuple[Bucket | Store, ...] = (*index.of(Bucket), *index.of(Store))
        for store in stores:
            yield from self._policies(store, proofs)

    @cached_property
    def _images(self) -> tuple[Supply, ...]:
        """The images that something runs by a tag that can be moved."""
        index = self.estate.index
        nodes: tuple[Service | Delegate, ...] = (*index.of(Service), *index.of(Delegate))
        return tuple(each for node in nodes for each in node.supplies if each.kind == MOVABLE)

    def _carriers(self, principal: str) -> Iterator[Role | User | Group]:
        """A principal, and the groups whose policies are its own too."""
        index = self.estate.index
        holder = index.by_id.get(principal)
        if isinstance(holder, Role | User):
            yield holder
        if isinstance(holder, User):
            yield from index.many(holder.groups, Group)

    def _trust(self, role: Role, proofs: Collection[Proof]) -> Iterator[Change]:
        if {role.trust.proof, *role.trust.statements}.intersection(proofs):
            says = f"let the {called(self.estate, role.id)} trust nobody beyond whom it must"
            yield from self._change(Kind.TRUST, role.id, role.trust.proof, says)

    def _store(self, store: Bucket | Secret, proofs: Collection[Proof]) -> Iterator[Change]:
        what = called(self.estate, store.id)
        block = store.block.proof if isinstance(store, Bucket) else None
        if block and block in proofs:
            yield from self._change(
                Kind.CLOSE_DATA, store.id, block, f"close the {what} to the public"
            )
        yield from self._policies(store, proofs)

    def _shares(self, store: Store, proofs: Collection[Proof]) -> Iterator[Change]:
        for share in store.shared:
            if share.proof in proofs:
                whom = (
                    "everybody" if share.principal == ANYONE else share.principal.replace(":", " ")
                )
                says = f"share the {called(self.estate, store.id)} with {whom} no longer"
                yield from self._change(Kind.UNSHARE, store.id, share.proof, says)

    def _policies(
        self, store: Bucket | Secret | Store, proofs: Collection[Proof]
    ) -> Iterator[Change]:
        what = called(self.estate, store.id)
        for policy in store.policies:
            named = {policy.proof, *policy.statements}.intersection(proofs)
            if named and _only_allows(policy):
                says = f"narrow the policy of the {what}"
                yield from self._change(Kind.STORE_POLICY, store.id, policy.proof, says)

    def role(self, edge: Edge) -> Iterator[Change]:
        """The role that a service's code has."""
        service, role = (called(self.estate, end) for end in (edge.source, edge.target))
        says = f"let the {service} run as a role that may do less than the {role}"
        for step in edge.evidence():
            if step.proof:
                yield from self._change(Kind.ROLE, edge.source, step.proof, says)

    def text(self, edge: Edge) -> Iterator[Change]:
        """A secret in a text that a service is started with."""
        service = self.estate.index.get(edge.source, Service)
        proofs = {step.proof for step in edge.evidence()}
        for setting in service.settings if service else ():
            if setting.proof in proofs and service:
                whom = called(self.estate, service.id)
                says = f"keep secrets out of the {setting.name} of the {whom}"
                yield from self._change(Kind.START_SECRET, service.id, setting.proof, says)


_FINDERS: dict[Relation, Callable[[Breakable, Edge], Iterator[Change]]] = {
    Relation.MAY_CONNECT: Breakable.connection,
    Relation.RUNS_AS: Breakable.role,
    Relation.HOLDS_CREDENTIALS_OF: Breakable.text,
    Relation.MAY_ASSUME: Breakable.power,
    Relation.MAY_CALL: Breakable.power,
    Relation.ADMINISTERS: Breakable.power,
    Relation.READS: Breakable.power,
}


def _only_allows(policy: PolicyText) -> bool:
    """Whether a policy can be taken away without what it denies."""
    return all(statement.effect == "Allow" for statement in parse(policy).statements)


def _last(route: Route, table: RouteTable) -> bool:
    """Whether its packets go nowhere without a route: a wider one would take them elsewhere."""
    mine = route.destination
    others = [each.destination for each in table.routes if each is not route]
    if isinstance(mine, Unknown) or any(isinstance(other, Unknown) for other in others):
        return False
    return not any(o.covers(mine) for o in others if not isinstance(o, Unknown))


# ------------------------------------------------------------------------- the nodes afterwards


FEW = 8
"""Up to so many nodes are put in the place of others one by one."""


def without(index: NodeIndex, changes: Collection[Change]) -> NodeIndex:
    """The nodes after these changes."""
    by_node: dict[str, list[Change]] = {}
    for change in sorted(changes):
        by_node.setdefault(change.node, []).append(change)
    locked = {change.proof for change in changes if change.kind is Kind.LOCK_TAGS}
    if not locked and len(by_node) <= FEW:
        for name, mine in by_node.items():
            old = index.by_id.get(name)
            new = old and reduce(_changed, mine, old)
            if new is not None and new is not old:
                index = index.changed(new)
        return index
    nodes = (reduce(_changed, by_node.get(n.id, ()), n) for n in index.nodes)
    return NodeIndex(tuple(_supplied(node, locked) if locked else node for node in nodes))


def _supplied(node: Node, locked: Collection[Proof]) -> Node:
    """What runs images of these repositories, once their tags are locked."""
    if not isinstance(node, Service | Delegate) or not node.supplies:
        return node
    lock = (
        replace(each, kind=FIXED, taken=YES)
        if each.kind == MOVABLE and each.loose in locked
        else each
        for each in node.supplies
    )
    return replace(node, supplies=tuple(lock))


def _changed(node: Node, change: Change) -> Node:
    proof = change.proof
    match node:
        case SecurityGroup():
            ingress = tuple(r for r in node.ingress if r.proof != proof)
            egress = tuple(r for r in node.egress if r.proof != proof)
            return replace(node, ingress=ingress, egress=egress)
        case RouteTable():
            return replace(node, routes=tuple(r for r in node.routes if r.proof != proof))
        case Role() if change.kind is Kind.TRUST:
            return replace(node, trust=PolicyText(NOBODY, proof))
        case Role() | User() | Group():
            return replace(node, policies=_others(node.policies, proof))
        case Bucket() if change.kind is Kind.CLOSE_DATA:
            return replace(node, block=replace(node.block, restrict=YES))
        case Store() if change.kind is Kind.UNSHARE:
            return replace(node, shared=tuple(s for s in node.shared if s.proof != proof))
        case Bucket() | Secret() | Store():
            return replace(node, policies=_others(node.policies, proof))
        case Service():
            return _service(node, change)
    return node


def _others(policies: tuple[PolicyText, ...], proof: Proof) -> tuple[PolicyText, ...]:
    return tuple(policy for policy in policies if policy.proof != proof)


def _service(node: Service, change: Change) -> Service:
    if change.kind is Kind.ROLE:
        return replace(node, role=None)
    if change.kind is Kind.START_SECRET:
        settings = (replace(s, reveals=()) if s.proof == change.proof else s for s in node.settings)
        return replace(node, settings=tuple(settings))
    if change.kind is Kind.CONTAIN and isinstance(node, Container):
        return _contained(node, change)
    if change.kind is Kind.SIGN_CALLS and isinstance(node, Function) and node.url:
        return replace(node, url=replace(node.url, open=NO))
    return replace(node, interfaces=tuple(_private(i, change) for i in node.interfaces))


def _contained(node: Container, change: Change) -> Container:
    if node.escape and node.escape.proof == change.proof:
        return replace(node, escape=None)
    shut = (
        replace(h, metadata=NO) if h.machine == change.proof.resource else h for h in node.hosts
    )
    return replace(node, hosts=tuple(shut))


def _private(interface: Interface, change: Change) -> Interface:
    if interface.public_proof != change.proof:
        return interface
    return replace(interface, public=NO, public_addresses=())
