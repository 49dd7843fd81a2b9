"""What attackers are after, and what losing it costs."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphs.attack.facts import Fact, Holds
from graphs.build.structure import account_id
from graphs.estate import Estate, Relation, identity
from graphs.nodes import DataStore, Role, Secret, Store, User

UNCLASSED = "unclassified"
ADMINISTRATOR = "administrator"

# 0 to 10. Administrators come first because they can do all of the rest.
IMPACT = {
    ADMINISTRATOR: 10.0,
    "payment": 9.0,
    "health": 9.0,
    "customer": 8.0,
    "employee": 7.0,
    "secrets": 6.0,
    "state": 6.0,
    "backup": 5.0,
    "audit": 4.0,
    UNCLASSED: 2.0,
}


@dataclass(frozen=True, slots=True)
class Target:
    """A goal fact with its class, the node that is lost, and its cost from 0 to 10."""

    fact: Fact
    kind: str
    says: str
    impact: float
    identity: str


def targets(estate: Estate) -> tuple[Target, ...]:
    """Data stores, and the administration of each account.

    A secret that opens a node of the estate is a means; what it opens is the target. A store that
    nothing classes is a target still, at the least cost.
    """
    means = {e.source for e in estate.edges(Relation.HOLDS_CREDENTIALS_OF)}
    found = [
        _store(store)
        for store in estate.index.of(DataStore)
        if not (isinstance(store, Secret) and store.id in means) and _worth(store)
    ]
    accounts = set(_ruled(estate))
    return tuple(found + [_account(estate, account) for account in sorted(accounts)])


def _ruled(estate: Estate) -> Iterator[str]:
    """The accounts that somebody administers, or can make himself or another administrator of."""
    for relation in (Relation.ADMINISTERS, Relation.MAY_CALL):
        for edge in estate.edges(relation):
            if edge.gives:
                continue
            node = estate.index.by_id.get(edge.target)
            if node is None:
                yield edge.target
            elif isinstance(node, Role | User):
                yield account_id(node)


def _worth(store: DataStore) -> bool:
    """What only passes things on is worth taking where it is known what passes."""
    return not isinstance(store, Store) or store.lasting or bool(store.classes)


def _store(store: DataStore) -> Target:
    kind = max(store.classes, key=lambda c: (IMPACT[c], c), default=UNCLASSED)
    says = f"{kind} data in {store.name}"
    if kind == "secrets":
        says = f"the {store.kind if isinstance(store, Secret) else 'secret'} {store.name}"
    return Target(Fact(Holds.READS, store.id), kind, says, IMPACT[kind], identity(store))


def _account(estate: Estate, account: str) -> Target:
    label = estate.graph.nodes[account]["label"]
    fact = Fact(Holds.RULES, account)
    return Target(fact, ADMINISTRATOR, f"administration of {label}", IMPACT[ADMINISTRATOR], account)
