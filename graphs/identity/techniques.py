"""The catalogue of techniques: what an attacker can do, how plausible it is, and why.

Read once from graphs/identity/techniques.yaml, whose head documents its fields.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Technique:
    """One row of the catalogue.

    `effort` is what making it impossible costs, 1 to 5. `actions` and `service` are set for passing
    a role on; `own` and `other` list, per kind of principal, the actions of which any one suffices
    on oneself or on another.
    """

    id: str
    title: str
    attack: tuple[str, ...]
    plausibility: float
    why: str
    effort: int = 2
    actions: tuple[str, ...] = ()
    service: str = ""
    own: tuple[tuple[str, tuple[str, ...]], ...] = ()
    other: tuple[tuple[str, tuple[str, ...]], ...] = ()


@cache
def catalogue() -> dict[str, Technique]:
    """All techniques by id, in the file's order."""
    import yaml

    source = files("graphs.identity").joinpath("techniques.yaml").read_text("utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {row["id"]: _technique(row) for row in yaml.load(source, Loader=loader)}  # noqa: S506


def _technique(row: dict[str, object]) -> Technique:
    plain = {k: v for k, v in row.items() if k not in ("self", "other", "attack", "actions")}
    return Technique(
        **plain,  # type: ignore[arg-type]
        attack=tuple(row["attack"]),  # type: ignore[arg-type]
        actions=tuple(row.get("actions", ())),  # type: ignore[arg-type]
        own=_by_kind(row.get("self")),
        other=_by_kind(row.get("other")),
    )


def _by_kind(table: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((k, tuple(v)) for k, v in table.items()) if isinstance(table, dict) else ()
