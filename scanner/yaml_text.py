"""YAML as configuration needs it: plain values, each with its line, from text that may be hostile.

Input: text. Output: dicts, lists and scalars, and the Place of each by its path. Plain scalars
follow the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema), not PyYAML's
1.1: Norway's `NO` is a string, and so are dates, `on`, and account ids that start with a zero.
Depth and size are bounded with aliases counted as often as they stand, tags are refused.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphs.unknown import Place
from scanner.errors import ConfigProblem

MAX_DEPTH = 32
MAX_VALUES = 50_000

Event: TypeAlias = Any
"""A PyYAML event; their attributes are not in its type stubs."""

Plain: TypeAlias = "None | bool | int | float | str | list[Plain] | dict[str, Plain]"

WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,300})")
FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]{0,300})?(\.[0-9]{1,300})?([eE][-+]?[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where. Paths look like `$.sites[0].country`."""

    value: Plain
    places: dict[str, Place]

    def place(self, path: str) -> Place:
        """Where the value at a path stands, or the nearest thing around it."""
        while path not in self.places and len(path) > 1:
            path = path[: max(path.rfind("."), path.rfind("["), 1)]
        return self.places.get(path, self.places["$"])


def read_yaml(text: str, file: str) -> Document:
    """The one document in a text. Raises ConfigProblem with file and line."""
    import yaml

    reading = _Reading(file)
    try:
        events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        value = _document(iter(events), reading)
    except yaml.YAMLError as problem:
        raise _syntax(problem, file) from None
    return Document(value, reading.places)


def _syntax(problem: Exception, file: str) -> ConfigProblem:
    mark: Any = getattr(problem, "problem_mark", None)
    what = getattr(problem, "problem", None) or str(problem).partition("\n")[0]
    line = mark.line + 1 if mark else 1
    return ConfigProblem(f"not valid YAML: {what}", Place(file, line, line))


def core_scalar(text: str) -> "None | bool | int | float | str":
    """What a plain scalar means in YAML 1.2.

    >>> core_scalar("NO"), core_scalar("0123"), core_scalar("2027-01-31"), core_scalar("1e3")
    ('NO', '0123', '2027-01-31', 1000.0)
    """
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    if FLOAT.fullmatch(text) and any(map(str.isdigit, text)):
        number = _float(text)
        return text if number is None else number
    return text


def _float(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


@dataclass(slots=True)
class _Reading:
    """What has been read so far. An anchor holds its value and how many values are in it."""

    file: str
    count: int = 0
    places: dict[str, Place] = field(default_factory=dict)
    anchors: dict[str, tuple[Plain, int]] = field(default_factory=dict)

    def problem(self, message: str, event: Event) -> ConfigProblem:
        return ConfigProblem(message, self.place(event))

    def place(self, event: Event) -> Place:
        first, last = event.start_mark.line + 1, event.end_mark.line + 1
        return Place(self.file, first, last)

    def spend(self, values: int, event: Event) -> None:
        self.count += values
        if self.count > MAX_VALUES:
            raise self.problem(f"more than {MAX_VALUES:,} values, aliases included", event)


def _document(events: Iterator[Event], reading: _Reading) -> Plain:
    import yaml

    value: Plain = None
    reading.places["$"] = Place(reading.file, 1, 1)
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise reading.problem("a second document; only one is read", event)
        elif isinstance(event, yaml.NodeEvent):
            value = _value(event, events, reading, "$", 0)
    return value


def _value(
    event: Event, events: Iterator[Event], reading: _Reading, path: str, depth: int
) -> Plain:
    import yaml

    reading.places.setdefault(path, reading.place(event))
    if isinstance(event, yaml.AliasEvent):
        return _alias(event, reading)
    before = reading.count
    reading.spend(1, event)
    if depth > MAX_DEPTH:
        raise reading.problem(f"nested more than {MAX_DEPTH} deep", event)
    if event.tag is not None:
        raise reading.problem(f"tags such as {event.tag} are not read", event)
    value: Plain
    if isinstance(event, yaml.MappingStartEvent):
        value = _mapping(events, reading, path, depth)
    elif isinstance(event, yaml.SequenceStartEvent):
        value = _sequence(events, reading, path, depth)
    else:
        plain = event.implicit[0] and not event.style
        value = core_scalar(event.value) if plain else event.value
    if event.anchor:
        reading.anchors[event.anchor] = value, reading.count - before
    return value


def _alias(event: Event, reading: _Reading) -> Plain:
    if event.anchor not in reading.anchors:
        raise reading.problem(f"nothing complete is called &{event.anchor} before here", event)
    value, size = reading.anchors[event.anchor]
    reading.spend(size, event)
    return value


def _mapping(events: Iterator[Event], reading: _Reading, path: str, depth: int) -> dict[str, Plain]:
    import yaml

    found: dict[str, Plain] = {}
    for key in events:
        if isinstance(key, yaml.MappingEndEvent):
            break
        if not isinstance(key, yaml.ScalarEvent):
            raise reading.problem("a key is a plain word here", key)
        if key.value in found:
            raise reading.problem(f"key {key.value!r} stands twice", key)
        inner = f"{path}.{key.value}"
        reading.places[inner] = reading.place(key)
        found[key.value] = _value(next(events), events, reading, inner, depth + 1)
    return found


def _sequence(events: Iterator[Event], reading: _Reading, path: str, depth: int) -> list[Plain]:
    import yaml

    found: list[Plain] = []
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            break
        found.append(_value(event, events, reading, f"{path}[{len(found)}]", depth + 1))
    return found
