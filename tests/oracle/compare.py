"""Our resources beside terraform's plan: addresses, and every scalar that the plan knows.

A leaf is a scalar within the arguments of a resource or data source. Lists count by index, sets
regardless of order. What terraform leaves null is no leaf, since the plan has null for all that the
schema knows; of a data source only what we list is one, since the rest is computed when somebody
reads it. What holds ACCOUNT or ELSEWHERE, which stand for what nobody can know, is set apart.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphs.resource import Resource
from graphs.unknown import Template, Unknown
from scanner.terraform.evaluate import Evaluated
from tests.oracle import schema
from tests.oracle.answers import ACCOUNT, ELSEWHERE
from tests.oracle.rewrite import LATER

ABSENT = object()
"""What we do not list."""

SECTIONS = {"managed": "resource", "data": "data"}

Planned = Mapping[str, tuple[str, Any, Any]]
"""By address: the type, the values, and the tree of what is unknown."""


@dataclass(frozen=True)
class Leaf:
    """A scalar that terraform knows, and what we have: equal, different, unknown or missing; or it
    is set apart.
    """

    path: str
    result: str
    theirs: Any
    ours: Any

    def __str__(self) -> str:
        return f"{self.result}: {self.path}: terraform {self.theirs!r}, ours {_shown(self.ours)}"


def _shown(value: Any) -> str:
    return "nothing" if value is ABSENT else str(value) if _open(value) else repr(value)


@dataclass
class Comparison:
    """What came of it. `alone` counts the leaves that we know and terraform does not."""

    expected: set[str] = field(default_factory=set)
    ours: set[str] = field(default_factory=set)
    leaves: list[Leaf] = field(default_factory=list)
    alone: int = 0

    @property
    def counts(self) -> Counter[str]:
        """Leaves by result."""
        return Counter(each.result for each in self.leaves)

    @property
    def matched(self) -> int:
        """Addresses that both have."""
        return len(self.expected & self.ours)

    @property
    def wrong(self) -> list[str]:
        """What is not as terraform has it, one line each."""
        return [
            *(f"not there: {each}" for each in sorted(self.expected - self.ours)),
            *(f"not planned: {each}" for each in sorted(self.ours - self.expected)),
            *(str(each) for each in self.leaves if each.result not in ("equal", "apart")),
        ]


def planned(shown: Mapping[str, Any]) -> dict[str, tuple[str, Any, Any]]:
    """The instances of a plan as `terraform show -json` tells it, data sources among them."""
    found = {}
    for each in _modules(shown.get("prior_state", {}).get("values", {}).get("root_module", {})):
        if each["mode"] == "data":
            found[each["address"]] = (each["type"], each["values"], {})
    for each in shown.get("resource_changes", ()):
        change = each["change"]
        if change["actions"] != ["delete"]:
            unknown = change.get("after_unknown") or {}
            found[each["address"]] = (each["type"], change["after"] or {}, unknown)
    return {address: each for address, each in found.items() if LATER not in address}


def _modules(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _modules(child)


def compare(theirs: Planned, found: Evaluated) -> Comparison:
    """Compare a plan with a root module as we evaluate it."""
    ours = {each.id: each for each in found.resources if each.address.name != LATER}
    result = Comparison(set(theirs), set(ours))
    for address, (of, values, unknown) in theirs.items():
        if address in ours:
            mode = ours[address].address.mode
            block = schema.block(of, SECTIONS[mode])
            have = _values(ours[address], block)
            if mode == "data":
                listed = {name: each for name, each in values.items() if name in have}
            else:
                listed = values
            result.leaves += _leaves(address, block, listed, unknown, have)
            result.alone += sum(
                _known_leaves(have.get(name)) for name in unknown if unknown[name] is True
            )
    return result


def _values(made: Resource, block: schema.Block) -> dict[str, Any]:
    """What we know of a resource; its region is in its scope."""
    values = dict(made.values)
    if "region" in block["a"] and values.get("region") is None:
        values["region"] = made.scope.region
    return values


def _leaves(
    path: str, block: schema.Block, theirs: Mapping[str, Any], unknown: Any, ours: Any
) -> Iterator[Leaf]:
    """The leaves of a block."""
    for name, value in theirs.items():
        inner = f"{path}.{name}"
        have = ours.get(name, ABSENT) if isinstance(ours, Mapping) else _passed_on(ours)
        nested = block["b"].get(name)
        if nested is not None:
            inside: Any = nested[1]
            ordered = nested[0] not in ("S", "set")
        else:
            inside, ordered = None, not schema.is_set(block["a"].get(name, ["d"])[0])
        yield from _within(inner, inside, value, _part(unknown, name), have, ordered=ordered)


def _within(
    path: str, block: schema.Block | None, theirs: Any, unknown: Any, ours: Any, *, ordered: bool
) -> Iterator[Leaf]:
    if theirs is None or unknown is True:
        return
    if isinstance(theirs, dict):
        if isinstance(ours, tuple) and len(ours) == 1:
            ours = ours[0]  # a block that stands once
        if block is None and isinstance(ours, Mapping):
            yield from _more(path, theirs, unknown, ours)
        yield from _leaves(path, block or schema.EMPTY, theirs, unknown, ours)
    elif isinstance(theirs, list):
        if isinstance(ours, tuple) and len(ours) > len(theirs):
            yield Leaf(f"{path}.#", "different", len(theirs), len(ours))
        if not ordered:
            yield from _set(path, block, theirs, unknown, ours)
            return
        for at, each in enumerate(theirs):
            yield from _element(f"{path}[{at}]", block, each, _part(unknown, at), _at(ours, at))
    else:
        yield Leaf(path, _judged(theirs, ours), theirs, ours)


def _more(path: str, theirs: Any, unknown: Any, ours: Mapping[str, Any]) -> Iterator[Leaf]:
    """What a map of ours has that terraform's has not."""
    for key in ours.keys() - theirs.keys():
        if ours[key] is not None and not _part(unknown, key):
            yield Leaf(f"{path}.{key}", "different", None, ours[key])


def _element(
    path: str, block: schema.Block | None, theirs: Any, unknown: Any, ours: Any
) -> Iterator[Leaf]:
    yield from _within(path, block, theirs, unknown, ours, ordered=True)


def _set(
    path: str, block: schema.Block | None, theirs: list[Any], unknown: Any, ours: Any
) -> Iterator[Leaf]:
    """Each element beside the one of ours that is most like it."""
    rest = list(ours) if isinstance(ours, tuple) else []
    for at, each in enumerate(theirs):
        inner = f"{path}{{{at}}}"
        tried = [list(_element(inner, block, each, _part(unknown, at), one)) for one in rest]
        right = [sum(leaf.result == "equal" for leaf in leaves) for leaves in tried]
        if right and any(tried):
            best = right.index(max(right))
            yield from tried[best]
            rest.pop(best)
        else:
            yield from _element(inner, block, each, _part(unknown, at), _passed_on(ours))


def _part(unknown: Any, key: Any) -> Any:
    """The tree of what is unknown, one step down."""
    if isinstance(unknown, dict):
        return unknown.get(key, False)
    if isinstance(unknown, list):
        return unknown[key] if key < len(unknown) else False
    return unknown


def _at(ours: Any, at: int) -> Any:
    if isinstance(ours, tuple):
        if at < len(ours):
            return ours[at]
        return next((each for each in ours if _open(each)), ABSENT)  # it stands for several
    return _passed_on(ours)


def _passed_on(ours: Any) -> Any:
    """What is unknown is so in all its parts."""
    return ours if _open(ours) else ABSENT


def _open(value: Any) -> bool:
    return isinstance(value, Unknown | Template)


def _judged(theirs: Any, ours: Any) -> str:
    if isinstance(theirs, str) and (ACCOUNT in theirs or ELSEWHERE in theirs):
        return "apart"
    if ours is ABSENT or ours is None:
        return "missing"
    if _open(ours):
        return "unknown"
    same = ours == theirs and isinstance(ours, bool) == isinstance(theirs, bool)
    return "equal" if same else "different"


def _known_leaves(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(map(_known_leaves, value.values()))
    if isinstance(value, tuple):
        return sum(map(_known_leaves, value))
    return value is not None and not _open(value)
