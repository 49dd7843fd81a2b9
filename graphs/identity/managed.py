"""What AWS's managed policies say: managed.yaml, read when it is first asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from graphs.tables import table


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """A managed policy's statements, as JSON elements by name.

    `exact_for` lists the services for which they are whole; empty means for all.
    """

    name: str
    version: str
    statements: tuple[Mapping[str, object], ...]
    exact_for: tuple[str, ...] = ()


def managed_policy(arn: str) -> "ManagedPolicy | str":
    """The policy of this ARN, else `may-deny` or `only-allows`.

    >>> managed_policy("arn:aws:iam::aws:policy/AdministratorAccess").version
    'v1'
    """
    name = arn.rpartition("/")[2]
    policies, denying = _table()
    if ":iam::aws:policy/" not in arn:
        return "may-deny"
    return policies.get(name, "may-deny" if name in denying else "only-allows")


def as_of() -> str:
    """The day of the table."""
    return str(_read()["as_of"])


def names() -> tuple[str, ...]:
    """The policies of the table."""
    return tuple(_table()[0])


@cache
def _read() -> "dict[str, list[dict[str, object]]]":
    return table("graphs.identity", "managed.yaml")  # type: ignore[no-any-return]


_ELEMENTS = {
    "effect": "Effect",
    "action": "Action",
    "not_action": "NotAction",
    "resource": "Resource",
    "not_resource": "NotResource",
    "condition": "Condition",
}


@cache
def _table() -> "tuple[dict[str, ManagedPolicy], frozenset[object]]":
    data = _read()
    policies = {
        str(entry["name"]): ManagedPolicy(
            name=str(entry["name"]),
            version=str(entry["version"]),
            statements=tuple(
                {_ELEMENTS[k]: v for k, v in statement.items()}
                for statement in entry["statements"]  # type: ignore[attr-defined]
            ),
            exact_for=tuple(entry.get("exact_for", ())),  # type: ignore[arg-type]
        )
        for entry in data["policies"]
    }
    return policies, frozenset(data["with_deny"])
