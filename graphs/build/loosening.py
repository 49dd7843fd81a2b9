"""What holds somebody back and can be changed: tags and a second factor that conditions ask for, a
boundary, the organisation's policies.

Input: a drawing, a role or user. Output: Loosenings, each with the nodes as they would be; and who
may bring them about. What is held back is an attacker's whoever makes the change.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from graphs.build.callers import NOTHING_SAID, Caller, likeliest
from graphs.build.making import may_make as made
from graphs.build.structure import Drawing, account_id
from graphs.build.tagging import SECOND, Guarding, asked_of, carried_tags, gone, said_tags, tagged
from graphs.identity.access import access
from graphs.identity.actors import account_of
from graphs.identity.changes import by_changing
from graphs.identity.evaluate import Permission
from graphs.identity.guardrails import is_under
from graphs.identity.keys import Given
from graphs.identity.layers import read
from graphs.identity.search import refused, together
from graphs.identity.techniques import Technique, Ways, catalogue, ways
from graphs.nodes import DataStore, Guardrail, Key, Node, NodeIndex, Organisation, Role, User

POLICY = "policy"
STRIP = "delete-store-policy"
BOUNDARY, POLICIES, MEMBERSHIP = "boundary", "policies of the organisation", "membership"
FACTOR, _BY_FACTOR = "give-second-factor", "aws:multifactorauth"
TAG, LIFT, GUARDRAIL, LEAVE = "change-tag", "lift-boundary", "lift-guardrail", "leave-organisation"


@dataclass(frozen=True, slots=True)
class Loosening:
    """Some things of which the same is changed by one technique. `what` says what of them.

    `changed` are the nodes afterwards by id, `removed` those that are gone. Where it is not of
    single nodes, `home` is the graph node that stands for all. `only` are the roles and stores that
    it is about, where it is not about whatever somebody may do.
    """

    technique: str
    what: str
    changed: Mapping[str, Node] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    home: str = ""
    only: frozenset[str] = frozenset()

    def after(self, index: NodeIndex) -> NodeIndex:
        """The nodes once all of it is done."""
        now = (self.changed.get(n.id, n) for n in index.nodes if n.id not in self.removed)
        return NodeIndex(tuple(now))


class Makers:
    """Those whose policies allow some change of the kind at all, each asked once for each thing."""

    def __init__(self, drawing: Drawing) -> None:
        """Nobody is asked yet."""
        self._drawing = drawing
        self._found: dict[tuple[str, str, str], tuple[tuple[Caller, Permission], ...]] = {}

    @cached_property
    def _callers(self) -> tuple[Caller, ...]:
        index, permissions = self._drawing.index, self._drawing.permissions
        holders: tuple[Role | User, ...] = (*index.of(Role), *index.of(User))
        found = (Caller(self._drawing, h, permissions.abilities(h.id)) for h in holders)
        return tuple(each for each in found if each.able & _actions())

    @property
    def anybody(self) -> bool:
        """Whether there is anybody to ask."""
        return bool(self._callers)

    def any(self, technique: str, kinds: Iterable[str]) -> bool:
        """Whether anybody's policies allow it of one of some kinds of things."""
        rows = [way for kind in kinds for way in _ways(catalogue()[technique], kind)]
        return any(each.able.issuperset(way) for each in self._callers for way in rows)

    def of(self, technique: str, node: str, what: str) -> tuple[tuple[Caller, Permission], ...]:
        """Whoever may make a change, and by what permission."""
        key = technique, node, what
        if key not in self._found:
            asked = ((each, _may_make(each, *key)) for each in self._callers)
            self._found[key] = tuple((each, p) for each, p in asked if p and p.answer.possible)
        return self._found[key]


@cache
def _actions() -> frozenset[str]:
    """All that some change of what is in the way takes."""
    loosens = (each for each in catalogue().values() if each.loosens)
    return frozenset(
        action
        for technique in loosens
        for table in technique.tables
        for _, found in table
        for way in found
        for action in way
    )


def _ways(technique: Technique, kind: str) -> Ways:
    return (*ways(technique.tag, kind), *ways(technique.untag, kind), *ways(technique.lift, kind))


def may_make(
    drawing: Drawing, holder: Role | User, technique: str, node: str, what: str
) -> Permission | None:
    """By what permission a principal makes a change; None where it cannot at all."""
    caller = Caller(drawing, holder, drawing.permissions.abilities(holder.id))
    return _may_make(caller, technique, node, what)


def _may_make(caller: Caller, technique: str, node: str, what: str) -> Permission | None:
    """By what permission a caller makes a change; None where it cannot at all.

    Whoever administers the account of the thing has nothing to gain by it.
    """
    row, index = catalogue()[technique], caller.drawing.index
    if technique in (GUARDRAIL, LEAVE):
        return _over_accounts(caller, row, node)
    thing = index.by_id.get(asked_of(node, what))
    if thing is None or thing.scope.account != caller.holder.scope.account:
        return None
    if caller.drawing.permissions.admin(caller.holder.id).answer.certain:
        return None
    kind = kind_of(thing)
    if technique == FACTOR:
        return _makes_factor(caller, thing)
    if technique != TAG:
        return _best(caller, ways(row.lift, kind), thing, NOTHING_SAID)
    found = ways(row.untag if gone(what) else row.tag, kind)
    asks = any(caller.about(action).conditions for way in found for action in way)
    return _best(caller, found, thing, tagged(what) if asks else NOTHING_SAID)


def _best(caller: Caller, found: Ways, thing: Node, given: Given) -> Permission:
    """The surest way; a store's or a key's own policy may refuse it."""
    able = tuple(way for way in found if caller.able.issuperset(way))
    if isinstance(thing, DataStore | Key):
        return likeliest([*(caller.may_on(way, thing, given) for way in able), refused("")])
    return caller.best(able, thing, given)


def _makes_factor(caller: Caller, user: Node) -> Permission:
    """A device of a new name is made first, and then it becomes the user's; the maker may set a tag
    that this asks for."""
    (making, enabling), *_ = catalogue()[FACTOR].lift[0][1]
    enabled = caller.may((enabling,), user)
    if not enabled.answer.certain and enabling in caller.able:
        asked = caller.drawing.permissions, caller.holder.id, enabling, user
        enabled = by_changing(*asked, NOTHING_SAID, enabled)[0]
    return together([*made(caller, (making,)), enabled])


def _over_accounts(caller: Caller, row: Technique, home: str) -> Permission | None:
    """Only whoever is in the account that manages the organisation takes its policies away, and
    only whoever is in an account takes it out."""
    own = account_of(caller.holder)
    managed = any(own == each.management for each in caller.drawing.index.of(Organisation))
    if row.id == GUARDRAIL:
        return caller.best(ways(row.lift, "guardrail")) if managed else None
    if managed or account_id(caller.holder) != home:
        return None
    return caller.best(ways(row.lift, "account"))


def kind_of(node: Node) -> str:
    """What tables of actions call a node."""
    kinds = {Role: "role", User: "user"}
    return next((word for kind, word in kinds.items() if isinstance(node, kind)), node.source.type)


# ------------------------------------------------------------------------------- what there is


def loosenings(
    drawing: Drawing, holder: Role | User, makers: Makers | None, said: Guarding
) -> Iterator[Loosening]:
    """What would let somebody do more, as far as anybody may bring it about; without `makers`,
    whoever that may be. `said` is what roles and stores ask of the tags of who comes."""
    if drawing.index.of(Guardrail):
        yield from _of_organisation(drawing, holder, makers)
    if drawing.permissions.admin(holder.id).answer.certain:
        return
    if holder.boundary is not None and _made(makers, LIFT, holder.id, BOUNDARY):
        bare = replace(holder, boundary=None)
        yield Loosening(LIFT, BOUNDARY, {holder.id: bare})
    if isinstance(holder, User) and _made(makers, FACTOR, holder.id, SECOND):
        yield from _of_factor(drawing, holder)
    if makers is None or makers.any(STRIP, _kinds(STRIP)):
        yield from _of_stores(drawing, holder, makers)
    if makers is None or makers.any(TAG, _kinds(TAG)):
        yield from _of_tags(drawing, holder, makers, said)


def _of_factor(drawing: Drawing, holder: User) -> Iterator[Loosening]:
    """With a second factor, about all that it may do where its own policies ask for one; else about
    the roles that do."""
    said = drawing.permissions.carried(holder.id)
    keys = (str(condition.key) for each in said for condition in each.statement.conditions)
    whole = any(key.startswith(_BY_FACTOR) for key in keys)
    roles = drawing.index.of(Role)
    asking = frozenset(r.id for r in roles if _BY_FACTOR in str(r.trust.text).lower())
    if whole or asking:
        changed = {holder.id: replace(holder, factor=True)}
        yield Loosening(FACTOR, SECOND, changed, only=frozenset() if whole else asking)


def _of_stores(drawing: Drawing, holder: Role | User, makers: Makers | None) -> Iterator[Loosening]:
    """Policies of stores that may deny; what only they allow is gone with them."""
    for store in drawing.index.of(DataStore):
        kind = store.source.type
        if kind not in _kinds(STRIP) or not _denies(drawing.index, store):
            continue
        reads = access(kind).reads
        if _spoken_of(drawing, holder, reads) and _made(makers, STRIP, store.id, POLICY):
            bare = replace(store, policies=())  # type: ignore[call-arg]  # all of these have some
            yield Loosening(STRIP, POLICY, {store.id: bare}, only=frozenset((store.id,)))


def _spoken_of(drawing: Drawing, holder: Role | User, actions: Iterable[str]) -> bool:
    """Whether what somebody carries says anything of some actions."""
    documents = drawing.permissions.documents(holder.id)
    return any(each.about(action.lower()) for each in documents for action in actions)


def _denies(index: NodeIndex, store: DataStore) -> bool:
    said = (read(index, each) for each in getattr(store, "policies", ()))
    return any(each.effect != "Allow" for policy in said for each in policy.statements)


def _of_tags(
    drawing: Drawing, holder: Role | User, makers: Makers | None, said: Guarding
) -> Iterator[Loosening]:
    """By what the principal carries, about all that it may do; else by what others say of it."""
    for what, changed in carried_tags(drawing, holder):
        mine = {n: new for n, new in changed.items() if _made(makers, TAG, n, what)}
        if mine:
            yield Loosening(TAG, what, mine)
    for what, changed, only in said_tags(holder, said):
        if _made(makers, TAG, holder.id, what):
            yield Loosening(TAG, what, changed, only=only)


@cache
def _kinds(technique: str) -> tuple[str, ...]:
    """What a change may be made on."""
    row = catalogue()[technique]
    return tuple(kind for kind, _ in (*row.tag, *row.lift))


def _made(makers: Makers | None, technique: str, node: str, what: str) -> bool:
    return makers is None or bool(makers.of(technique, node, what))


def _of_organisation(
    drawing: Drawing, holder: Role | User, makers: Makers | None
) -> Iterator[Loosening]:
    home, account = account_id(holder), account_of(holder)
    over = frozenset(
        each.id for each in drawing.index.of(Guardrail) if is_under(each, account).possible
    )
    for technique, what in ((GUARDRAIL, POLICIES), (LEAVE, MEMBERSHIP)):
        if over and _made(makers, technique, home, what):
            yield Loosening(technique, what, removed=over, home=home)
