"""Evaluated instances as Resources: plain values, marks, references and lines."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from graphs.resource import Origin, Reference, Resource, Scope, Source
from graphs.resource import Value as Plain
from graphs.unknown import Place, Referent, Template, Unknown
from scanner.terraform import schema
from scanner.terraform.providers import Provider, all_tags
from scanner.terraform.resources import Instance
from scanner.terraform.scope import Lazy, Refers, failed
from scanner.terraform.syntax import File, Node
from scanner.terraform.values import Ephemeral, Null, Sensitive, Value
from scanner.terraform.values.weight import Spent

if TYPE_CHECKING:
    from scanner.terraform.modules import Module

_SCALARS: Final = frozenset((str, int, bool, type(None)))
_TAGS: Final = ("tags", "tags_all")
MAX_DEPTH: Final = 4
_COPIED: Final = 4
"""How much more a copy that stays costs than a look."""


def plain(value: Value, path: str, marks: set[str]) -> Plain:
    """A value of plain Python; the paths of secrets are added to `marks`."""
    if type(value) in _SCALARS:
        return value  # type: ignore[return-value]
    if isinstance(value, dict):
        if isinstance(value, Lazy):
            value.fill()
        return {key: plain(each, f"{path}.{key}", marks) for key, each in value.items()}
    if isinstance(value, tuple):
        return tuple([plain(each, f"{path}[{at}]", marks) for at, each in enumerate(value)])
    if isinstance(value, Sensitive):
        marks.add(path)
        return plain(value.value, path, marks)
    if isinstance(value, Ephemeral):
        return plain(value.value, path, marks)
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    if isinstance(value, Null):
        return None
    if isinstance(value, Unknown) and isinstance(value.known, Lazy):
        return replace(value, known=plain(value.known, path, marks))
    return value  # type: ignore[return-value]


def secrets(made: Resource) -> Iterator[str]:
    """The texts in a resource that are held sensitive, those of unknown parts left out."""
    for name, value in made.values.items() if made.marks else ():
        yield from _secrets(value, name, made.marks, inside=False)


def shown(made: Resource) -> Iterator[str]:
    """The texts that a resource has as arguments which are not held sensitive."""
    for name, value in made.values.items():
        if isinstance(value, str) and name not in made.marks:
            yield value


def texts(value: Value) -> Iterator[str]:
    """All the texts in a value."""
    yield from _secrets(plain(value, "", set()), "", frozenset(), inside=True)


def _secrets(value: object, path: str, marks: frozenset[str], *, inside: bool) -> Iterator[str]:
    inside = inside or path in marks
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _secrets(each, f"{path}.{key}", marks, inside=inside)
    elif isinstance(value, tuple):
        for at, each in enumerate(value):
            yield from _secrets(each, f"{path}[{at}]", marks, inside=inside)
    elif inside and isinstance(value, Template):
        yield from (part for part in value.parts if isinstance(part, str))
    elif isinstance(value, Unknown):
        if isinstance(value.known, Mapping):
            yield from _secrets(value.known, path, marks, inside=inside)
    elif inside and isinstance(value, str):
        yield value


def resources(module: "Module") -> Iterator[Resource]:
    """The resources of one module, in the order of the source."""
    for key in module.configuration.resources:
        group = module.group(key)
        for instance in group.instances() if group else ():
            yield resource(instance)


def resource(instance: Instance) -> Resource:
    """One instance as a Resource."""
    marks: set[str] = set()
    values = {name: _published(instance, name, marks) for name in instance.names()}
    allowed = instance.group.schema
    for name, default in allowed.defaults.items() if allowed else ():
        if values.get(name) is None:
            values[name] = default
    provider = instance.group.provider()
    managed = instance.group.mode == "managed"
    if managed and "tags" not in marks:
        _merge_tags(values, provider, allowed)
    return Resource(
        address=instance.address,
        type=instance.group.kind,
        values=values,
        scope=_scope(instance, provider, values),
        origin=_origin(instance),
        exists=instance.group.exists(),
        marks=frozenset(marks),
        references=tuple(_references(instance)),
    )


def _published(instance: Instance, name: str, marks: set[str]) -> Plain:
    """An argument of an instance; each has its own copy, so that it counts as work."""
    value, session = instance.get_value(name), instance.scope.session
    if type(value) in _SCALARS and type(value) is not str:
        return plain(value, name, marks)
    try:
        session.scales.spend(_COPIED * session.scales.size(value))
    except Spent as problem:
        place = instance.group.definition.place
        return failed(session, f"{instance.name}.{name}", problem, place)
    return plain(value, name, marks)


def _merge_tags(
    values: dict[str, Plain], provider: Provider, allowed: "schema.Block | None"
) -> None:
    """tags_all, as the provider computes it; left out where either half is not known."""
    has = "tags_all" in allowed.attributes if allowed else provider.default_tags is not None
    if not has:
        return
    own = values.get("tags")
    every = own if provider.default_tags is None else all_tags(provider, own)
    if isinstance(every, dict) and every:
        values["tags_all"] = plain(every, "tags_all", set())


def _scope(instance: Instance, provider: Provider, values: Mapping[str, Plain]) -> Scope:
    own, name = values.get("region"), provider.name.split(".", 1)[0]
    if isinstance(own, str | Unknown) and own != "" and instance.group.mode == "managed":
        return Scope(name, provider.account, own)
    return Scope(name, provider.account, provider.region)


def _origin(instance: Instance) -> Origin:
    return Origin(
        Source.TERRAFORM,
        instance.group.definition.place,
        lines=Lines(instance),
        calls=instance.group.module.calls,
    )


def _references(instance: Instance) -> Iterator[Reference]:
    turns = instance.group.turns
    if turns is not None and turns.refers:
        for target in specific(turns.refers):
            yield Reference(turns.form, target)
    for name in instance.names():
        refers = instance.refers(name)
        if refers:
            for target in specific(refers):
                yield Reference(name, target)


def specific(refers: Refers) -> Iterator[Referent]:
    """Mentions in order; one of a whole resource only where no attribute of it is mentioned."""
    named = {each.address for each in refers if each.attribute}
    for each in refers:
        if each.attribute or each.address not in named:
            yield each


class Lines(Mapping[str, Place]):
    """The places of arguments and nested blocks by path, worked out on the first question."""

    __slots__ = ("_instance", "_places")

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._places: dict[str, Place] | None = None

    def _known(self) -> dict[str, Place]:
        if self._places is None:
            self._places = _places(self._instance)
        return self._places

    def __getitem__(self, path: str) -> Place:
        return self._known()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known())

    def __len__(self) -> int:
        return len(self._known())


def _places(instance: Instance) -> dict[str, Place]:
    definition, allowed = instance.group.definition, instance.group.schema
    places: dict[str, Place] = {}
    for name in instance.names():
        file = definition.overridden.get(name, definition.file)
        stated = definition.body.attributes.get(name)
        if stated is not None:
            places[name] = file.place(stated.start, stated.end)
            if allowed is None or allowed.orders(name):
                _inner(stated.expr, name, file, places, MAX_DEPTH)
        elif name in definition.groups:
            blocks = definition.groups[name]
            places[name] = file.place(blocks[0].start, blocks[-1].end)
    for path, block in instance.layout.items():
        file = definition.overridden.get(path.split("[", 1)[0], definition.file)
        places[path] = file.place(block.start, block.end)
        for name, stated in block.body.attributes.items():
            places[f"{path}.{name}"] = file.place(stated.start, stated.end)
            _inner(stated.expr, f"{path}.{name}", file, places, MAX_DEPTH)
    return places


def _inner(node: Node, path: str, file: File, places: dict[str, Place], depth: int) -> None:
    """The places within a list or object that is written out, and within jsonencode(...)."""
    if depth == 0:
        return
    kind = node[0]
    if kind == "call" and node[3] == "jsonencode" and len(node[4]) == 1:
        _inner(node[4][0], path, file, places, MAX_DEPTH + 1)
    elif kind == "tuple":
        for at, each in enumerate(node[3]):
            places[f"{path}[{at}]"] = file.place(each[1], each[2])
            _inner(each, f"{path}[{at}]", file, places, depth - 1)
    elif kind == "object":
        for key, each in node[3]:
            if key[0] == "lit":
                places[f"{path}.{key[3]}"] = file.place(key[1], each[2])
                _inner(each, f"{path}.{key[3]}", file, places, depth - 1)
