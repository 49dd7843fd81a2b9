"""Which calls a JSON document answers, told by its members, which are those that calls.yaml keeps.

Input: a document and where it is. Output: its Parts, the answers in it. A document may hold one
answer, several side by side, a list of pages, or answers by account, region and call as an object
of objects; a bare list, as `--query` prints it, is told by its name. Answers of a call that is made
for one thing at a time may stand in a list, each beside what it was asked about.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from scanner.cloud.calls import Call, all_calls

LEVELS: Final = 5
"""How deep answers may lie in objects of objects."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """An answer: the call, what it was asked about, and what is kept of it. `args` is None where a
    call is made for one thing at a time and the document does not say for which."""

    call: Call
    args: Mapping[str, Any] | None
    data: Json
    more: bool = False
    """Whether it says that further pages follow."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers that lie together, and their path: of the file, and of the objects in it."""

    path: str
    content: Any
    parts: tuple[Part, ...]


def answering(content: Any, path: str, levels: int = LEVELS) -> Iterator[Answering]:
    """All answers in a document."""
    named = _by_name(content, path) if isinstance(content, list) else None
    parts = tuple(_parts(named or content, path))
    if parts:
        yield Answering(path, content, parts)
    elif levels and isinstance(content, list):
        for each in content:
            if isinstance(each, dict):
                yield from answering(each, path, levels - 1)
    elif levels and isinstance(content, dict):
        directory = path.removesuffix(".json")
        for name, each in content.items():
            if isinstance(each, dict | list):
                yield from answering(each, f"{directory}/{name}", levels - 1)


@cache
def _keepers() -> Mapping[str, tuple[Call, ...]]:
    """The calls of which a member is kept, by its name."""
    found: dict[str, list[Call]] = {}
    for call in all_calls():
        for member in call.keep:
            found.setdefault(member, []).append(call)
    return {member: tuple(calls) for member, calls in found.items()}


def _name(path: str) -> str:
    return re.sub(r"[^a-z0-9]", "", posixpath.basename(path).lower().removesuffix(".json"))


def _by_name(content: list[Any], path: str) -> Json | None:
    """A bare list as the answer that it was taken from, told by its name."""
    name = _name(path)
    items = [item for item in content if isinstance(item, dict)]
    told = [
        (len(word), call.keep[0])
        for call in all_calls()
        for word in (call.keep[0].lower(), call.operation.replace("_", ""))
        if call.each is None and name.endswith(word)
    ]
    _, member = max(told, default=(0, ""))
    if not member or any(member in item for item in items):
        return None
    return {member: _in_reservations(items) if member == "Reservations" else items}


def _in_reservations(items: list[Json]) -> list[Json]:
    """Instances as EC2 lists them, which people take out of their reservations."""
    return [{"Instances": [each]} if "InstanceId" in each else each for each in items]


def _parts(content: Any, path: str) -> Iterator[Part]:
    if not isinstance(content, dict):
        return
    left = dict(content)
    while (call := _answered(left, path)) is not None:
        yield from _asked_about(call, content)
        for member in call.keep:
            left.pop(member, None)
    lists = (value for value in left.values() if isinstance(value, list))
    for item in (item for value in lists for item in value if isinstance(item, dict)):
        yield from _beside(item)


def _answered(content: Json, path: str) -> Call | None:
    """The call whose members a document has, the one that it is named after before others."""
    found = [
        call
        for member in content
        for call in _keepers().get(member, ())
        if not call.told or _tells(call, content)
    ]
    name = _name(path)

    def fit(call: Call) -> tuple[bool, bool, int, bool]:
        told = call.operation.replace("_", "")
        named = bool(name) and (name in told or told in name)
        kept = sum(member in content for member in call.keep)
        return named, bool(call.told), kept, call.each is None

    return max(found, key=fit, default=None)


def _tells(call: Call, content: Json) -> bool:
    """Whether a document, or what it lists, has what other calls' answers have not."""
    listed = content.get(call.keep[0])
    items = listed if isinstance(listed, list) else [listed]
    return call.told in content or any(isinstance(i, dict) and call.told in i for i in items[:1])


def _asked_about(call: Call, content: Json) -> Iterator[Part]:
    """A whole document as the answer of a call; of one made per thing, split by what was asked."""
    kept = {member: content[member] for member in call.keep if member in content}
    more = any(content.get(name) for name in ("NextToken", "nextToken", "NextMarker"))
    if call.each is None:
        yield Part(call, {}, kept, more)
        return
    argument = call.each.argument.removesuffix("[]")
    if isinstance(content.get(argument), str):
        yield Part(call, {argument: content[argument]}, kept, more)
        return
    told = [v[argument] for v in content.values() if isinstance(v, dict) and argument in v]
    if told and isinstance(told[0], str):
        yield Part(call, {argument: told[0]}, kept, more)
        return
    by = list(_by_argument(argument, kept))
    for about, member, items in by:
        yield Part(call, {argument: about}, {member: items}, more)
    if not by and any(kept.values()):
        yield Part(call, None, kept, more)


def _by_argument(argument: str, kept: Json) -> Iterator[tuple[str, str, list[Any]]]:
    """The items of lists that each say what was asked about."""
    for member, value in kept.items():
        by: dict[str, list[Any]] = {}
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict) and isinstance(item.get(argument), str):
                by.setdefault(item[argument], []).append(item)
        for about, items in by.items():
            yield about, member, items


def _beside(item: Json) -> Iterator[Part]:
    """An answer that stands in a list, beside what it was asked about."""
    for member in item:
        for call in _keepers().get(member, ()):
            argument = call.each.argument.removesuffix("[]") if call.each else ""
            if isinstance(item.get(argument), str):
                kept = {name: item[name] for name in call.keep if name in item}
                yield Part(call, {argument: item[argument]}, kept)
                return
