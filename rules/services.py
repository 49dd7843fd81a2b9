"""What managed services do for anyone who asks."""

from collections.abc import Iterator

from graphs.estate import Estate, Relation
from graphs.identity import guests
from graphs.identity.access import access
from graphs.identity.evaluate import ANYONE, Permission
from graphs.identity.search import best
from graphs.network.reach import INTERNET
from graphs.nodes import Database, Front, Function, Store
from graphs.unknown import NO, any_of
from rules.api import Severity, Violation, rule, shown
from rules.ports import opening
from rules.words import can, is_, listed

API = 443


@rule(
    id="kubernetes-api-open-to-internet",
    title="The API of a cluster answers the internet",
    severity=Severity.MEDIUM,
    objectives=("restrict-remote-admin", "limit-internet-exposure"),
    looks_at=(Front,),
)
def kubernetes_api_open_to_internet(estate: Estate) -> Iterator[Violation]:
    """It asks who calls, as every login does that one stolen credential opens."""
    for front in estate.all(Front).items:
        if front.kind != "Kubernetes API":
            continue
        if found := opening(estate, INTERNET, front, {API: "the API"}):
            yield Violation(
                subject=front,
                danger=found.danger,
                because=f"Anyone on the internet {can(found.danger)} speak to the API of the "
                f"cluster {front.name}, and needs no more than a stolen login to command it.",
                evidence=found.evidence,
                fix="Set endpoint_public_access to false, or public_access_cidrs to the addresses "
                "of those who administer the cluster.",
            )


@rule(
    id="api-open-to-anyone",
    title="An API runs code for anyone",
    severity=Severity.MEDIUM,
    objectives=("deny-anonymous-access", "limit-internet-exposure"),
    looks_at=(Front, Function),
)
def api_open_to_anyone(estate: Estate) -> Iterator[Violation]:
    """Method, route and resource policy together say who may call a function by an API."""
    for front in estate.all(Front).items:
        called = {
            edge.target: edge
            for edge in estate.edges(Relation.MAY_CONNECT, source=front.id)
            if estate.index.get(edge.target, Function) is not None
        }
        way = any_of(e.answer for e in estate.edges(Relation.MAY_CONNECT, target=front.id))
        danger = any_of(edge.answer for edge in called.values()) & way
        if danger.possible:
            first = max(called.values(), key=lambda e: (e.answer.certain, e.target))
            names = listed([estate.index.by_id[each].name for each in sorted(called)])
            yield Violation(
                subject=front,
                danger=danger,
                because=f"Anyone on the internet {can(danger)} run {names} by the {front.kind} "
                f"{front.name}, without saying who they are.",
                evidence=first.evidence(),
                fix="Give its methods or routes an authoriser, or ask for signatures.",
            )


@rule(
    id="store-open-to-anyone",
    title="Anyone can read or fill a queue, table or image repository",
    severity=Severity.HIGH,
    objectives=("deny-anonymous-access",),
    looks_at=(Store,),
)
def store_open_to_anyone(estate: Estate) -> Iterator[Violation]:
    """The policy of a queue, topic, table, repository or vault can name everybody there is."""
    for store in estate.all(Store).items:
        for does, found in _done_by_anyone(estate, store):
            if found.answer.possible:
                yield Violation(
                    subject=store,
                    danger=found.answer,
                    because=f"Any AWS account {can(found.answer)} {does} the {store.kind} "
                    f"{store.name}.",
                    evidence=found.evidence,
                    fix="Name the accounts, roles or services in its policy that use it.",
                    severity=Severity.CRITICAL if store.classes and does == "read" else None,
                    key=does,
                )


def _done_by_anyone(estate: Estate, store: Store) -> Iterator[tuple[str, Permission]]:
    if not store.policies:
        return
    actions = access(store.source.type)
    ways = {"read": actions.reads, "write to": actions.writes, "rule": actions.administers}
    for does, names in ways.items():
        if names:
            yield does, best(estate.permissions.can(ANYONE, name, store) for name in names)


@rule(
    id="database-without-login",
    title="A store lets in whoever connects",
    severity=Severity.LOW,
    objectives=("deny-anonymous-access", "segment-networks"),
    looks_at=(Database,),
)
def database_without_login(estate: Estate) -> Iterator[Violation]:
    """A cache, a file system or a broker may ask for a login, and often is not told to."""
    for database in estate.all(Database).items:
        found = guests.unasked(estate.permissions, database)
        danger = found.answer if database.interfaces else NO
        if danger.possible:
            yield Violation(
                subject=database,
                danger=danger,
                because=f"Whoever gets a connection to the {database.kind} {database.name} "
                f"{is_(danger)} let in without a login.",
                evidence=found.evidence or shown("It asks for no login", database, "", danger),
                fix="Let it ask for a login: a token or users for a cache, client authentication "
                "for a broker, a policy for a file system or a search domain.",
                severity=Severity.MEDIUM if database.classes else None,
            )
