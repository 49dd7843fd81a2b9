"""What a plan or a state tells, together with the configuration that it was made from.

A plan knows values and not where they are written; the configuration knows that, and what an
unknown value is made of. Input: resources of both. Output: the plan's, at the lines of the
configuration, with the configuration's holes where the plan has one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from graphs.resource import Origin, Resource, Scope, Value
from graphs.unknown import Place, Referent, Template, Unknown, text, unknowns_in

_INDEX: Final = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_STEP: Final = re.compile(r'\.?([^.\[\]"]+)|\[(\d+|"(?:[^"\\]|\\.)*")\]')
_SCALAR: Final = (str, int, float, bool)

Written = Mapping[str, Resource]
Known = Mapping[str, Resource]


def joined(found: tuple[Resource, ...], written: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """The resources of a plan or a state with what their configuration says of them."""
    exact = {each.id: each for each in written}
    loose = {bare(each.id): each for each in written}
    known = {each.id: each for each in found if each.address.mode == "data"}
    return tuple([_joined(each, exact, loose, known) for each in found])


def bare(address: str) -> str:
    """An address without keys: the block that it comes of.

    >>> bare('module.a["x"].aws_subnet.b[0]')
    'module.a.aws_subnet.b'
    """
    return _INDEX.sub("", address)


def _joined(found: Resource, exact: Written, loose: Written, known: Known) -> Resource:
    said = exact.get(found.id)
    if said is None:
        block = loose.get(bare(found.id))
        return found if block is None else replace(found, origin=_origin(found, block, {}))
    moved: dict[str, str] = {}
    values = _object(found.values, said.values, "", moved, known)
    return replace(
        found,
        values=values,
        scope=_scope(found.scope, said.scope),
        origin=_origin(found, said, moved),
        marks=found.marks | said.marks,
        references=said.references or found.references,
    )


def _scope(found: Scope, said: Scope) -> Scope:
    """What a document does not tell of a provider, its block may."""
    account = said.account if isinstance(found.account, Unknown) else found.account
    return Scope(
        found.provider, account, said.region if isinstance(found.region, Unknown) else found.region
    )


def _origin(found: Resource, said: Resource, moved: Mapping[str, str]) -> Origin:
    lines = said.origin.lines if not moved else Moved(said.origin.lines, moved)
    return replace(found.origin, place=said.origin.place, lines=lines, calls=said.origin.calls)


def _object(
    found: Mapping[str, Value],
    said: Mapping[str, Value],
    path: str,
    moved: dict[str, str],
    known: Known,
) -> dict[str, Value]:
    """An object; what neither sets and the plan leaves open is the provider's to say."""
    made: dict[str, Value] = {}
    for name, value in found.items():
        inner = f"{path}.{name}" if path else name
        if name in said:
            made[name] = _value(value, said[name], inner, moved, known)
        elif not isinstance(value, Unknown):
            made[name] = value
    for name, value in said.items():
        if name not in found and unknowns_in(value):
            made[name] = filled(value, known)
    return made


def _value(found: Value, said: Value, path: str, moved: dict[str, str], known: Known) -> Value:
    if isinstance(found, Unknown):
        return filled(said, known) if unknowns_in(said) else found
    if isinstance(found, Mapping) and isinstance(said, Mapping):
        return _object(found, said, path, moved, known)
    if isinstance(found, tuple) and isinstance(said, tuple):
        return _several(found, said, path, moved, known)
    return found


def _several(
    found: tuple[Value, ...],
    said: tuple[Value, ...],
    path: str,
    moved: dict[str, str],
    known: Known,
) -> tuple[Value, ...]:
    """Elements with those they come of: sets stand in another order than they are written in."""
    made: list[Value] = []
    for at, (each, other) in enumerate(_pairs(found, said)):
        inner = f"{path}[{at}]"
        if isinstance(each, Mapping) and other != at:
            moved[inner] = "" if other is None else f"{path}[{other}]"
        made.append(each if other is None else _value(each, said[other], inner, moved, known))
    return tuple(made)


def _pairs(found: tuple[Value, ...], said: tuple[Value, ...]) -> Iterator[tuple[Value, int | None]]:
    """Each element with the place of the first unused one that it agrees with."""
    free = list(range(len(said)))
    for at, each in enumerate(found):
        order = sorted(free, key=lambda n: n != at)
        match = next((n for n in order if agree(each, said[n])), None)
        if match is not None:
            free.remove(match)
        yield each, match


def agree(found: Value, said: Value) -> bool:
    """Whether a value of a plan can be what the configuration says, as far as both are known."""
    open_ended = not isinstance(said, Mapping) and unknowns_in(said)
    if open_ended or isinstance(found, Unknown | Template):
        return True
    if isinstance(said, Mapping):
        return isinstance(found, Mapping) and all(
            agree(found.get(name), each) for name, each in said.items() if name in found
        )
    if isinstance(said, tuple) and isinstance(found, tuple):
        pairs = list(_pairs(found, said))
        return len(found) == len(said) and all(other is not None for _, other in pairs)
    if isinstance(said, _SCALAR) and isinstance(found, _SCALAR):
        return str(found).lower() == str(said).lower()
    return not found and not said


def filled(value: Value, known: Known) -> Value:
    """A value of the configuration with what the plan has looked up put in."""
    if isinstance(value, Unknown):
        told = _looked_up(value, known)
        return value if told is None else told
    if isinstance(value, Template):
        return text(_printed(filled(each, known)) for each in value.parts)
    if isinstance(value, Mapping):
        return {name: filled(each, known) for name, each in value.items()}
    if isinstance(value, tuple):
        return tuple(filled(each, known) for each in value)
    return value


def _printed(value: Value) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _looked_up(hole: Unknown, known: Known) -> Value:
    """What a data source answered, where the hole is exactly one attribute of it."""
    if len(hole.refers) != 1 or str(hole.refers[0]) != hole.what:
        return None
    target: Referent = hole.refers[0]
    source = known.get(target.address)
    value: Value = source.values if source else None
    for match in _STEP.finditer(target.attribute):
        name, at = match[1], (match[2] or "").strip('"')
        if isinstance(value, Mapping):
            value = value.get(name or at)
        elif isinstance(value, tuple) and at.isdecimal() and int(at) < len(value):
            value = value[int(at)]
        else:
            return None
    return value if isinstance(value, _SCALAR) else None


class Moved(Mapping[str, Place]):
    """The lines of the configuration by the paths of a plan, whose sets are ordered otherwise."""

    __slots__ = ("_lines", "_moved")

    def __init__(self, lines: Mapping[str, Place], moved: Mapping[str, str]) -> None:
        self._lines = lines
        self._moved = moved

    def __getitem__(self, path: str) -> Place:
        head = path
        while head not in self._moved and head:
            head = head[: max(head.rfind("."), head.rfind("["), 0)]
        if not head:
            return self._lines[path]
        there = self._moved[head]
        if not there:
            raise KeyError(path)
        return self._lines[there + path[len(head) :]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)
