"""Resource instances as plain JSON: what `pathwarden resources` writes.

Input: what was read of one root module, plan, state or sweep. Output: a row for each instance. What
Terraform holds sensitive is redacted wherever it stands; the trees of what is unknown are those of
`terraform show -json`, and `why` tells their origins by path.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from graphs.resource import Resource
from graphs.unknown import Template, Unknown
from scanner.redact import REDACTED, hider
from scanner.terraform.evaluate import Evaluated


def listed(read: Evaluated) -> list[dict[str, Any]]:
    """A row for each resource instance and data source, in the order in which they were read."""
    hide = hider(read.secrets)
    return [_row(each, read.name, hide) for each in read.resources]


def _row(made: Resource, root: str, hide: Any) -> dict[str, Any]:
    values = {name: _known(each, name, made, hide) for name, each in made.values.items()}
    unknown = {name: _tree(each) for name, each in made.values.items()}
    place = made.origin.place
    return {
        "address": made.id,
        "type": made.type,
        "root": root,
        "exists": "certain" if made.exists.certain else "maybe",
        "values": {name: each for name, each in values.items() if each is not _NOTHING},
        "unknown": {name: each for name, each in unknown.items() if each is not False},
        "why": {path: hide(why) for name in made.values for path, why in _why(made, name)},
        "file": place.file if place else None,
        "line": place.line if place else None,
    }


_NOTHING = object()


def _known(value: object, path: str, made: Resource, hide: Any) -> Any:
    """What is known of a value; objects leave out the rest, lists have null in its place."""
    if path in made.marks:
        return REDACTED
    if isinstance(value, Unknown | Template):
        return _NOTHING
    if isinstance(value, Mapping):
        inner = {key: _known(each, f"{path}.{key}", made, hide) for key, each in value.items()}
        return {key: each for key, each in inner.items() if each is not _NOTHING}
    if isinstance(value, tuple | list):
        parts = [_known(each, f"{path}[{at}]", made, hide) for at, each in enumerate(value)]
        return [None if each is _NOTHING else each for each in parts]
    if isinstance(value, Fraction):
        return float(value)
    return hide(value) if isinstance(value, str) else value


def _tree(value: object) -> Any:
    """True where a value is unknown; objects have only what holds something other than false."""
    if isinstance(value, Unknown | Template):
        return True
    if isinstance(value, Mapping):
        inner = {key: _tree(each) for key, each in value.items()}
        return {key: each for key, each in inner.items() if each is not False}
    return [_tree(each) for each in value] if isinstance(value, tuple | list) else False


def _why(made: Resource, name: str) -> Iterator[tuple[str, str]]:
    yield from _origins(made.values[name], name)


def _origins(value: object, path: str) -> Iterator[tuple[str, str]]:
    """The paths of what is unknown, with its causes."""
    if isinstance(value, Unknown):
        yield path, ", ".join(map(str, value.roots))
    elif isinstance(value, Template):
        yield path, str(value)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _origins(each, f"{path}.{key}")
    elif isinstance(value, tuple | list):
        for at, each in enumerate(value):
            yield from _origins(each, f"{path}[{at}]")
