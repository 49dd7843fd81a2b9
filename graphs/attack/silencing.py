"""What an attacker may switch off or erase of what would tell of them.

Input: an estate, the steps of a path. Output: a Silence for each log that somebody may end whom the
attacker acts as on the way. It leads nowhere by itself and counts for no likelihood: a path works
whether anybody watches it or not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from weakref import WeakKeyDictionary

from graphs.attack.facts import Derivable, Fact, Holds
from graphs.build.recording import CONFIG, WATCH
from graphs.build.structure import account_id
from graphs.estate import Estate
from graphs.evidence import Evidence
from graphs.identity.techniques import Technique, Ways, catalogue
from graphs.nodes import (
    Bucket,
    FlowLog,
    LogGroup,
    Node,
    Record,
    Role,
    Service,
    Subnet,
    Trail,
    User,
)

CALLS, FLOWS = "CloudTrail", "flow log"
Stopping = tuple[tuple[Technique, str], ...]


@dataclass(frozen=True, slots=True)
class Silence:
    """A log that `principal` may end by an action. `kind` is the word for the log."""

    technique: Technique
    log: Node
    kind: str
    principal: str
    action: str
    evidence: Evidence


@cache
def against(kind: str) -> Stopping:
    """The actions that end a log or erase what is kept, by the type of what they are done to."""
    found: list[tuple[Technique, str]] = []
    for technique in catalogue().values():
        table: Ways = dict(technique.blind).get(kind, ())
        found += [(technique, action) for way in table for action in way]
    return tuple(found)


_ASKED: "WeakKeyDictionary[Estate, dict[tuple[str, str], Silence | None]]" = WeakKeyDictionary()


def silences(estate: Estate, steps: Iterable[Derivable]) -> tuple[Silence, ...]:
    """The logs that the attacker surely may end on a path, each once, by whom they act as first."""
    facts = dict.fromkeys(f for step in steps for f in (*step.premises, step.conclusion))
    acting = [f.node for f in facts if f.holds is Holds.CONTROLS]
    held = [each for each in acting if isinstance(estate.index.by_id.get(each), Role | User)]
    found: dict[str, Silence] = {}
    for kind, log in _logs(estate, facts) if held else ():
        ended = (_ended(estate, kind, log, principal) for principal in held)
        first = next((each for each in ended if each is not None), None)
        if first is not None:
            found.setdefault(log.id, first)
    return tuple(found.values())


def _ended(estate: Estate, kind: str, log: Node, principal: str) -> Silence | None:
    """By which action somebody ends a log; asked once for all paths."""
    asked = _ASKED.setdefault(estate, {})
    key = principal, log.id
    if key not in asked:
        asked[key] = _asked(estate, kind, log, principal)
    return asked[key]


def _asked(estate: Estate, kind: str, log: Node, principal: str) -> Silence | None:
    if isinstance(log, Bucket) and log.locked.possible:
        return None
    for technique, action in against(log.source.type):
        allowed = estate.permissions.can(principal, action, log)
        if allowed.answer.certain:
            return Silence(technique, log, kind, principal, action, allowed.evidence)
    return None


# ------------------------------------------------------------------------------- what would tell


def _logs(estate: Estate, facts: Iterable[Fact]) -> Iterator[tuple[str, Node]]:
    """The logs of the accounts and networks that a path passes, then where they are kept."""
    passed = [node for f in facts if (node := estate.index.by_id.get(f.node)) is not None]
    homes = {account_id(node) for node in passed}
    kept: list[tuple[str, object]] = []
    for trail in estate.index.of(Trail):
        if account_id(trail) in homes and trail.logging.possible:
            yield CALLS, trail
            kept.append((CALLS, trail.bucket))
    for record in estate.index.of(Record):
        if record.kind in (WATCH, CONFIG) and record.about in homes and record.on.possible:
            yield record.kind, record
    places = _places(estate, passed)
    for flow in estate.index.of(FlowLog):
        if flow.target in places:
            yield FLOWS, flow
            kept.append((FLOWS, flow.store))
    for kind, ref in kept:
        store = estate.index.by_id.get(ref) if isinstance(ref, str) else None
        if isinstance(store, Bucket | LogGroup):
            what = "bucket" if isinstance(store, Bucket) else "log group"
            yield f"{what} of the {kind}", store


def _places(estate: Estate, passed: Iterable[Node]) -> set[object]:
    """The subnets and VPCs in which something that is passed has an interface."""
    services = (node for node in passed if isinstance(node, Service))
    refs = {interface.subnet for each in services for interface in each.interfaces}
    subnets = estate.index.many(sorted(r for r in refs if isinstance(r, str)), Subnet)
    return {*refs, *(subnet.vpc for subnet in subnets)}
