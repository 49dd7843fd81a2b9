"""The catalogue of techniques: what an attacker can do, how plausible it is, and why.

Read once from graphs/identity/techniques.yaml, whose head documents its fields.
"""

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from graphs.tables import table

Actions: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]

# The field of each table of actions, where it is not called as in the file.
_TABLES = {"self": "own", "policy": "held"}


@dataclass(frozen=True, slots=True)
class Technique:
    """One row of the catalogue.

    `effort` is what making it impossible costs, 1 to 5. `actions` and `service` are set for
    passing a role on. The others list, per kind of node, the actions of which any one suffices:
    `own` on oneself, `held` on a policy of one's own, `group` on a group of one's own, `join` on a
    group that one then joins, `empower` on somebody whom the attacker controls too, `other` on
    what one takes.
    """

    id: str
    title: str
    attack: tuple[str, ...]
    plausibility: float
    why: str
    effort: int = 2
    actions: tuple[str, ...] = ()
    service: str = ""
    own: Actions = ()
    held: Actions = ()
    group: Actions = ()
    join: Actions = ()
    empower: Actions = ()
    other: Actions = ()


@cache
def catalogue() -> dict[str, Technique]:
    """All techniques by id, in the file's order."""
    rows = table("graphs.identity", "techniques.yaml")
    return {row["id"]: _technique(row) for row in rows}


def _technique(row: dict[str, object]) -> Technique:
    said = {_TABLES.get(name, name): _frozen(value) for name, value in row.items()}
    return Technique(**said)  # type: ignore[arg-type]


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return tuple((kind, tuple(actions)) for kind, actions in value.items())
    return tuple(value) if isinstance(value, list) else value
