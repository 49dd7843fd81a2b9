"""Draws who comes to read data, or to know what opens them, by changing what guards them.

A policy that is rewritten says what its writer wants: what it denied is gone. What stands above it,
a boundary or a guardrail, still counts. Nothing is drawn to a store that the caller reads already.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from graphs.build.callers import FROM_OUTSIDE, Caller, likeliest
from graphs.build.copying import copying
from graphs.evidence import Step
from graphs.identity.evaluate import ANYONE, Permission, Permissions
from graphs.identity.search import refused
from graphs.identity.techniques import Actions, Technique, Ways, catalogue, ways
from graphs.nodes import (
    Bucket,
    Database,
    DataStore,
    Group,
    Guardrail,
    Key,
    Node,
    NodeIndex,
    Organisation,
    PolicyText,
    PublicAccessBlock,
    Secret,
    Store,
    User,
)
from graphs.unknown import NO, YES, all_of, text, unknowns_in

Nodes = dict[str, tuple[Node, ...]]
_GRANT = "kms:CreateGrant"
_ADDING = ":AddPermission"


def change_guards(caller: Caller, technique: Technique, nodes: Nodes) -> None:
    """The edges from a caller to the stores whose guards it may change."""
    if technique.expose:
        _expose_any(caller, technique)
    if technique.unlock:
        _unlock(caller, technique)
    for store, found in _stores(caller, technique.unblock, nodes):
        _unblock(caller, technique, store, found)
    for store, found in _stores(caller, technique.copy, nodes):
        if not isinstance(store, Database) and (
            _told(caller, store) or already_reads(caller, store)
        ):
            continue
        options = [copying(caller, store, way) for way in found]
        caller.draw(store.id, technique.id, max(options, key=_surest))
    for store, found in _stores(caller, technique.reset, nodes):
        caller.draw(store.id, technique.id, (caller.best(found, store),))


def _stores(caller: Caller, table: Actions, nodes: Nodes) -> Iterator[tuple[DataStore, Ways]]:
    """The stores that ways are about, where the caller may go one of the ways on something."""
    for kind, found in table:
        if any(caller.able.issuperset(way) for way in found):
            for store in nodes.get(kind, ()):
                if isinstance(store, DataStore):
                    yield store, found


def _told(caller: Caller, store: DataStore) -> bool:
    """Whether it is a copy of a database that is here, of which it is told as a way to that."""
    origin = store.copy_of if isinstance(store, Store) else None
    return caller.drawing.index.get(origin, Database) is not None


def _surest(needed: Iterable[Permission]) -> tuple[bool, bool]:
    answer = all_of(each.answer for each in needed)
    return answer.certain, answer.possible


# ------------------------------------------------------------------------------------- policies


def _expose_any(caller: Caller, technique: Technique) -> None:
    permissions = caller.drawing.permissions
    for kind, found in technique.expose:
        if any(caller.able.issuperset(way) for way in found):
            for store in permissions.changing(kind, found).by(caller.holder.id):
                _expose(caller, technique, store, found)


def _expose(caller: Caller, technique: Technique, store: DataStore, found: Ways) -> None:
    if isinstance(store, Database) and store.interfaces:
        return  # whom its policy admits still has to get there
    for adds in (False, True):  # to rewrite a policy does more than to add to it
        mine = [way for way in found if way[0].endswith(_ADDING) == adds]
        allowed = likeliest([*(caller.may_on(way, store) for way in mine), refused("")])
        if allowed.answer.possible and not already_reads(caller, store):
            after = reading(caller, store, (_with_policy(caller, store, adds=adds),))
            if after.answer.possible:
                caller.draw(store.id, technique.id, (allowed, after))
                return


def _unblock(caller: Caller, technique: Technique, store: DataStore, found: Ways) -> None:
    """A policy or a list that lets anybody in is there, and only the block keeps it from counting.

    The account's block stays where the bucket's goes; Amazon S3 User Guide, "Blocking public
    access to your Amazon S3 storage".
    """
    if not isinstance(store, Bucket) or not (store.policies or store.grants):
        return
    known = caller.drawing.permissions
    if known.readable(ANYONE, store, FROM_OUTSIDE).answer.certain or already_reads(caller, store):
        return
    block = PublicAccessBlock(NO, NO, NO, NO)
    index = caller.drawing.index.changed(replace(store, block=block))
    after = Permissions(index, known.known).readable(ANYONE, index.by_id[store.id], FROM_OUTSIDE)
    if not after.answer.possible:
        return
    options = []
    for way in found:
        answer = YES if len(way) > 1 else ~store.block.above
        step = Step(f"Once {store.name} has no public access block:", store.proof())
        alone = Permission("", answer, evidence=(step,))
        options.append((caller.may_on(way, store), alone, after))
    caller.draw(store.id, technique.id, max(options, key=_surest))


def _unlock(caller: Caller, technique: Technique) -> None:
    """Stores whose key refuses; where the store does too, both policies have to be rewritten."""
    found = ways(technique.unlock, "aws_kms_key")
    if not any(caller.able.issuperset(way) for way in found):
        return
    for store in caller.drawing.index.of(DataStore):
        key = caller.drawing.index.get(store.key, Key)
        if key is not None and not already_reads(caller, store):
            options = [_unlocking(caller, store, key, way) for way in found]
            caller.draw(store.id, technique.id, max(options, key=_surest))


def _unlocking(
    caller: Caller, store: DataStore, key: Key, way: tuple[str, ...]
) -> tuple[Permission, ...]:
    allowed = caller.may_on(way, key)
    if not allowed.answer.possible:
        return (allowed,)
    own = _policy(caller)
    changed: Node = replace(key, policies=(own,))
    if way == (_GRANT,):
        changed = replace(key, grants=(*key.grants, own))
    after = reading(caller, store, (changed,))
    if after.answer.certain:
        return allowed, after
    kind = store.source.type
    exposing = [way for t in catalogue().values() for way in ways(t.expose, kind)]
    if not exposing:
        return allowed, after
    also = likeliest(caller.may_on(way, store) for way in exposing)
    return allowed, also, reading(caller, store, (changed, _with_policy(caller, store)))


def already_reads(caller: Caller, store: DataStore) -> bool:
    """Whether there is nothing to gain."""
    permissions = caller.drawing.permissions
    return permissions.readable(caller.holder.id, store, FROM_OUTSIDE).answer.certain


def reading(caller: Caller, store: DataStore, changed: tuple[Node, ...]) -> Permission:
    """Whether the caller reads a store once these nodes are as they are given."""
    now = {node.id: node for node in changed}
    surroundings = _surroundings(caller, store)
    index = NodeIndex(tuple(now.get(node.id, node) for node in surroundings))
    asked = Permissions(index, caller.drawing.permissions.known)
    return asked.readable(caller.holder.id, index.by_id[store.id], FROM_OUTSIDE)


def _surroundings(caller: Caller, store: DataStore) -> Iterable[Node]:
    """What the answer depends on; all nodes, where texts refer to some or somebody is above."""
    index, holder = caller.drawing.index, caller.holder
    groups = index.many(holder.groups, Group) if isinstance(holder, User) else ()
    key = index.get(store.key, Key)
    said = [policy for each in (holder, *groups) for policy in each.policies]
    said += [*key.policies, *key.grants] if key else []
    said += [holder.boundary] if holder.boundary else []
    above = (*index.of(Guardrail), *index.of(Organisation))
    if above or any(unknowns_in(each.text) for each in said):
        return index.nodes
    return (holder, *groups, store, *((key,) if key else ()))


def _with_policy(caller: Caller, store: DataStore, *, adds: bool = False) -> Node:
    if isinstance(store, Bucket | Secret | Store | Database):
        kept = store.policies if adds else ()
        return replace(store, policies=(*kept, _policy(caller)))
    return store


def _policy(caller: Caller) -> PolicyText:
    """A policy that lets the caller do everything."""
    before = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"'
    after = '"},"Action":"*","Resource":"*"}}'
    said = text((before, caller.holder.arn, after))
    return PolicyText(said, caller.holder.proof(), "policy of the attacker's own")
