"""The catalogue of techniques: what an attacker can do, how plausible it is, and why.

Read once from graphs/identity/techniques.yaml, whose head documents its fields.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from graphs.tables import table

Ways: TypeAlias = tuple[tuple[str, ...], ...]
"""Any one of these is enough; each is of actions that are needed together."""
Actions: TypeAlias = tuple[tuple[str, Ways], ...]
"""Ways by the kind of what they are done to."""

# The field of each table of actions, where it is not called as in the file.
_TABLES = {"policy": "held"}
_TOGETHER = " + "
# What it takes to make a machine of one's own run as a role that no instance profile has in it.
FILLING = (
    "iam:CreateInstanceProfile",
    "iam:AddRoleToInstanceProfile",
    "iam:RemoveRoleFromInstanceProfile",
)


@dataclass(frozen=True, slots=True)
class Technique:
    """One row of the catalogue.

    `effort` is what making it impossible costs, 1 to 5. `known_as` are ids of pathfinding.cloud.
    The rest is what one has to be allowed, as the file's head says: `actions` on anything,
    `service` is who the passed role must trust,
    `where` how a machine has to be, and the tables are of actions by kind of node or
    type of resource (`held` is the file's `policy`).
    """

    id: str
    title: str
    attack: tuple[str, ...]
    plausibility: float
    why: str
    effort: int = 2
    known_as: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    service: str = ""
    where: str = ""
    existing: Actions = ()
    hand: Actions = ()
    other: Actions = ()
    read: Actions = ()
    own: Actions = ()
    held: Actions = ()
    stored: Actions = ()
    group: Actions = ()
    join: Actions = ()
    unbound: Actions = ()
    create: Actions = ()
    empower: Actions = ()
    empower_held: Actions = ()
    expose: Actions = ()
    unlock: Actions = ()
    copy: Actions = ()
    reset: Actions = ()
    admit: Actions = ()
    supply: Actions = ()
    tag: Actions = ()
    untag: Actions = ()
    lift: Actions = ()
    reroute: Actions = ()
    unblock: Actions = ()
    blind: Actions = ()

    @property
    def tables(self) -> tuple[Actions, ...]:
        """All tables of actions that the row has."""
        named = (self.existing, self.other, self.read, self.own, self.held, self.stored)
        more = (self.group, self.join, self.unbound, self.create, *self.empowering)
        loosening = (self.tag, self.untag, self.lift)
        others = (self.hand, *self.guards, self.admit, self.supply, self.reroute, *loosening)
        return tuple(each for each in (*named, *more, *others) if each)

    @property
    def empowering(self) -> tuple[Actions, ...]:
        """Its tables of what makes an administrator of somebody whom the attacker controls too."""
        return tuple(each for each in (self.empower, self.empower_held) if each)

    @property
    def guards(self) -> tuple[Actions, ...]:
        """Its tables of what is done to data and to what guards them."""
        return tuple(
            each for each in (self.expose, self.unlock, self.unblock, self.copy, self.reset) if each
        )

    @property
    def loosens(self) -> bool:
        """Whether it only changes what holds somebody back."""
        return any((self.tag, self.untag, self.lift))

    @property
    def escalates(self) -> bool:
        """Whether it takes power by calls that were not meant to give it, unlike the others."""
        return bool(self.service or self.tables)


def ways(actions: Actions, kind: str) -> Ways:
    """The ways of a table for one kind; none where it has none.

    >>> ways(catalogue()["rewrite-trust"].other, "role")
    (('iam:UpdateAssumeRolePolicy',),)
    """
    return dict(actions).get(kind, ())


@cache
def catalogue() -> dict[str, Technique]:
    """All techniques by id, in the file's order."""
    rows = table("graphs.identity", "techniques.yaml")
    return {row["id"]: _technique(row) for row in rows}


@cache
def actions_asked() -> frozenset[str]:
    """Every action that a technique of the catalogue needs, and what some need beside it."""
    listed = (action for each in catalogue().values() for action in _needed(each))
    return frozenset((*listed, "sts:AssumeRole", *FILLING, "ec2:EnableSerialConsoleAccess"))


def within_reach(technique: Technique, able: frozenset[str]) -> bool:
    """Whether somebody who is allowed these actions is allowed any of a technique's, which may
    need none."""
    needed = frozenset(_needed(technique))
    free = not technique.actions and any(() in found for t in technique.tables for _, found in t)
    return free or not needed or not needed.isdisjoint(able)


def _needed(technique: Technique) -> Iterator[str]:
    yield from technique.actions
    if technique.service:
        yield "iam:PassRole"
    for listed in technique.tables:
        for _, found in listed:
            yield from (action for way in found for action in way)


def _technique(row: dict[str, object]) -> Technique:
    said = {_TABLES.get(name, name): _frozen(value) for name, value in row.items()}
    return Technique(**said)  # type: ignore[arg-type]


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return tuple(
            (kind, tuple(tuple(way.split(_TOGETHER)) for way in found) or ((),))
            for kind, found in value.items()
        )
    return tuple(value) if isinstance(value, list) else value
