"""What the statements of a principal newly allow, asked of the identity engine on both sides.

Only principals whose own statements differ are asked about, and only the actions that a new
statement names. A grant that a boundary or an organisation takes away again is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from graphs.attack.words import called, sender
from graphs.identity import actions
from graphs.identity.access import is_object_action, read_or_written
from graphs.identity.decide import about_action
from graphs.identity.evaluate import Permission, Permissions
from graphs.identity.layers import Clause, Layer
from graphs.identity.policy import Statement
from graphs.identity.techniques import actions_asked
from graphs.nodes import Guardrail, Role, User
from graphs.unknown import Text
from graphs.verdict import Verdict
from scanner.diffing.connections import end_of
from scanner.diffing.difference import Power
from scanner.diffing.matching import matched
from scanner.diffing.powers import holders, request, shown
from scanner.views import Scanned, call_of, seen_of, spot

MOST_ACTIONS: Final = 200
"""Actions that one pattern is asked about; of a wider one the first of each service."""
MOST_RESOURCES: Final = 12
MOST_NAMED: Final = 4
ALLOWS: Final = "allows"


@dataclass(frozen=True)
class Holder:
    """A principal with what its statements say; `known` are answers by what decides them."""

    root: Scanned
    node: Role | User
    known: dict[object, Permission] = field(default_factory=dict, compare=False, repr=False)

    def said(self, layer: Layer, *, denies: bool = False) -> dict[tuple[object, ...], Statement]:
        """Its statements of a layer by what they say: those that deny, or those that allow."""
        found = (c.statement for c in self._carried if c.layer is layer)
        return {_said(s): s for s in found if (s.effect == "Deny") is denies}

    def asked(self, action: str, resource: Text) -> Permission:
        """Whether it may do an action. Actions that the same statements are about are alike."""
        key = (self._decided_by(action, resource), str(resource))
        if key not in self.known:
            self.known[key] = self._permissions.can(self.node.id, action, resource)
        return self.known[key]

    @property
    def _permissions(self) -> Permissions:
        return self.root.estate.permissions

    @property
    def _carried(self) -> tuple[Clause, ...]:
        return self._permissions.carried(self.node.id)

    def _decided_by(self, action: str, resource: Text) -> object:
        """All that the answer for an action can hang on."""
        owner = self._permissions.node_of(resource)
        if getattr(owner, "policies", ()) or self.root.estate.index.of(Guardrail):
            return action
        known = actions.action(action)
        about = (about_action(c.statement, action.lower()) for c in self._carried)
        said = tuple((answer.certain, answer.possible) for answer in about)
        kind = (action.partition(":")[0], is_object_action(action), known and known.wholesale)
        return (*kind, said)


def all_holders(scanned: Sequence[Scanned]) -> list[Holder]:
    """Everybody who carries policies."""
    return [Holder(root, node) for root in scanned for node in holders(root)]


def grants(base: Sequence[Holder], head: Sequence[Holder]) -> Iterator[Power]:
    """What principals of the second may do that those of the first may not."""
    found = matched(base, head, _identity, lambda h: h.root.home(h.node.id))
    for before, now in (*found.both, *((None, each) for each in found.new)):
        for statement in _different(before, now):
            yield from _granted(before, now, statement)


def _identity(holder: Holder) -> str:
    return end_of(holder.root, holder.node.id)


def _said(statement: Statement) -> tuple[object, ...]:
    return (
        statement.effect,
        statement.actions,
        statement.not_actions,
        statement.resources,
        statement.not_resources,
        statement.conditions,
    )


def _different(before: Holder | None, now: Holder) -> Iterator[Statement]:
    """What may newly have an effect: allows that are new, denies that are gone, and everything
    that is allowed where the boundary is another."""
    allows = now.said(Layer.IDENTITY)
    if before is None or before.said(Layer.BOUNDARY) != now.said(Layer.BOUNDARY):
        yield from allows.values()
        return
    known = before.said(Layer.IDENTITY)
    yield from (each for said, each in allows.items() if said not in known)
    denies = now.said(Layer.IDENTITY, denies=True)
    gone = before.said(Layer.IDENTITY, denies=True)
    yield from (each for said, each in gone.items() if said not in denies)


def _granted(before: Holder | None, now: Holder, statement: Statement) -> Iterator[Power]:
    """One power for each resource of a statement, of all the actions that are new on it."""
    wanted = [action for named in _patterns(statement).values() for action in _some(named)]
    for resource in (statement.resources or ("*",))[:MOST_RESOURCES]:
        fresh = {
            action: found
            for action in dict.fromkeys(wanted)
            if (found := now.asked(action, resource)).answer.possible
            and not (before and before.asked(action, resource).answer.possible)
        }
        if fresh:
            yield _power(now, statement, resource, fresh)


def _patterns(statement: Statement) -> dict[str, tuple[str, ...]]:
    """The actions that a statement names, by how it names them."""
    written = (each for each in statement.actions or ("*",) if isinstance(each, str))
    return {pattern: actions.expand(pattern) for pattern in written}


def _some(named: Sequence[str]) -> Sequence[str]:
    """Actions of one pattern, those of a very wide one cut to the first of each service."""
    if len(named) <= MOST_ACTIONS:
        return named
    first: dict[str, str] = {}
    for action in named:
        first.setdefault(action.partition(":")[0], action)
    return list(first.values())[:MOST_ACTIONS] if len(first) > 1 else named[:MOST_ACTIONS]


def _power(
    now: Holder, statement: Statement, resource: Text, fresh: Mapping[str, Permission]
) -> Power:
    root, node = now.root, now.node
    sure = [action for action, found in fresh.items() if found.answer.certain]
    known = actions_asked() | read_or_written()
    action = min(sure or fresh, key=lambda each: each not in known)
    file, line = spot(statement.proof.place)
    may = "may" if sure else "may (cannot tell)"
    what, on = _named(statement, fresh), shown(resource)
    return Power(
        principal=node.id,
        principal_name=called(root.estate, node.id),
        relation=ALLOWS,
        target=on,
        target_name=on,
        technique="",
        verdict=str(Verdict.of(fresh[action].answer)),
        root=root.home(node.id),
        says=f"{sender(root.estate, node.id)} {may} call {what} on {on}",
        witness=request(root, node.id, action, resource, fresh[action]),
        file=file,
        line=line,
        call=call_of(root, statement.proof.resource),
        seen=seen_of(root, statement.proof.resource),
        actions=len(fresh),
    )


def _named(statement: Statement, fresh: Mapping[str, Permission]) -> str:
    """The actions in words: those of a wide pattern as their number, others one by one."""
    words: list[str] = []
    told: set[str] = set()
    for pattern, named in _patterns(statement).items():
        new = [each for each in _some(named) if each in fresh]
        if len(new) > MOST_NAMED:
            words.append(_counted(pattern, named, new))
            told.update(new)
    words += [action for action in fresh if action not in told]
    rest = len(words) - MOST_NAMED
    return ", ".join(words[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _counted(pattern: str, named: Sequence[str], new: Sequence[str]) -> str:
    """`s3:* (153 of 165 actions, such as s3:GetObject)`."""
    known = actions_asked() | read_or_written()
    example = next((each for each in new if each in known), new[0])
    whole = len(new) == len(_some(named))
    many = f"{len(named):,}" if whole else f"{len(new):,} of {len(named):,}"
    return f"{pattern} ({many} actions, such as {example})"
