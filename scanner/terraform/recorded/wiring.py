"""What a plan's attributes were computed from: the references of its configuration, as addresses.

A plan lists the names that each expression mentions, not the expression. Names are followed through
variables, module calls, outputs and `for_each` to instances of resources. Local values are not in
a plan, so that what goes through them is lost here; the source, where there is one, still tells it.
https://developer.hashicorp.com/terraform/internals/json-format#expression-representation
"""

import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from graphs.resource import Address
from graphs.unknown import Referent
from scanner.terraform.recorded.documents import At

Key: TypeAlias = "int | str | None"
MAX_TARGETS: Final = 100
"""Instances that a name may lead to one by one; of more it names the block."""
MAX_FOLLOWED: Final = 250_000
"""Names that are followed in one plan: each takes some ten microseconds."""
_STEP: Final = re.compile(r'\.?([^.\[\]"]+)|(\[(?:\d+|"(?:[^"\\]|\\.)*")\])')
_CALL: Final = re.compile(r'module\.([^.\[]+)(\[(?:\d+|"(?:[^"\\]|\\.)*")\])?(?:\.|$)')
_TURNS: Final = ("each.key", "count.index")
_NOTHING: Final = ("local", "path", "terraform", "tofu", "self", "count", "each")


@dataclass(frozen=True, slots=True)
class Turn:
    """Which of several instances an expression is evaluated for, and what it goes through."""

    key: Key = None
    over: At | None = None
    number: int = 1

    def same(self, number: int) -> Key:
        """The key of what `x[each.key]` names among so many; None where that is a guess.

        Numbers are often calculated with, which leads nowhere else only where both sides have
        equally many.
        """
        return None if isinstance(self.key, int) and self.number != number else self.key


ONCE: Turn = Turn()


@dataclass(frozen=True, slots=True)
class Inside:
    """One instance of a module: its configuration, and the call that made it."""

    path: str
    config: At
    call: At | None = None
    parent: "Inside | None" = None
    turn: Turn = ONCE
    """The repetition of the call, as its arguments see it."""


@dataclass
class Wiring:
    """The configuration of a plan, and the instances that came of it."""

    config: At
    instances: Mapping[str, Mapping[Key, Address]]
    """The instances of each block, by its address with the module's keys and without its own."""
    modules: Mapping[str, Mapping[str, None]]
    """The instances of each call, likewise."""
    _inside: dict[str, Inside] = field(default_factory=dict)
    _blocks: dict[tuple[str, str], At] = field(default_factory=dict)
    _followed: Counter[str] = field(default_factory=Counter)

    def follows(self, count: int) -> bool:
        """Whether so many names more may be followed, and count them."""
        self._followed["names"] += count
        return not self.cut

    @property
    def cut(self) -> bool:
        """Whether the plan mentions more names than are followed."""
        return self._followed["names"] > MAX_FOLLOWED

    def inside(self, path: str) -> Inside:
        """The instance of a module at an address; the root at ""."""
        if path not in self._inside:
            self._inside[path] = self._found(path)
        return self._inside[path]

    def _found(self, path: str) -> Inside:
        here = Inside("", self.config)
        for match in _CALL.finditer(path):
            name, index = match[1], match[2] or ""
            call = here.config.get("module_calls").get(name)
            stem = f"{here.path}.module.{name}" if here.path else f"module.{name}"
            key = _key(index)
            turn = Turn(key, call.get("for_each_expression"), len(self.modules.get(stem, ())))
            here = Inside(stem + index, call.get("module"), call, here, turn)
        return here

    def block(self, address: Address) -> At | None:
        """The block that an instance comes of; None where the configuration has none."""
        inside = self.inside(address.module)
        if (inside.config.path, "") not in self._blocks:
            self._index(inside.config)
        return self._blocks.get((inside.config.path, _local(address)))

    def _index(self, config: At) -> None:
        self._blocks[config.path, ""] = config
        for each in config.get("resources").items():
            self._blocks[config.path, each.get("address").text()] = each

    def referents(self, said: Iterable[str], inside: Inside, turn: Turn) -> tuple[Referent, ...]:
        """The resource attributes that names of an expression lead to, in their order."""
        return tuple(dict.fromkeys(_Walk(self).all(tuple(said), inside, turn)))


@dataclass
class _Walk:
    """Follows names. Each is followed once at each place, so that no circle holds it."""

    wiring: Wiring
    seen: set[tuple[tuple[str, ...], str, Key]] = field(default_factory=set)

    def all(self, said: tuple[str, ...], inside: Inside, turn: Turn) -> Iterator[Referent]:
        if (said, inside.path, turn.key) in self.seen:
            return
        self.seen.add((said, inside.path, turn.key))
        whole = longest(said)
        if not self.wiring.follows(len(whole)):
            return
        same = turn if len(whole) == 2 and any(each in _TURNS for each in whole) else ONCE
        for name in whole:
            yield from self.one(_steps(name), inside, turn, same)

    def one(
        self, steps: Sequence[str], inside: Inside, turn: Turn, same: Turn
    ) -> Iterator[Referent]:
        """What one name leads to. `same` is the key that it goes along with."""
        root, second = steps[0], steps[1] if len(steps) > 1 else ""
        if root == "var" and inside.parent and inside.call:
            said = names(inside.call.get("expressions").get(second))
            yield from self.all(said, inside.parent, inside.turn)
        elif root == "each" and second == "value" and turn.over is not None:
            yield from self._of_each(names(turn.over), steps[2:], inside, turn.key)
        elif root == "module" and second:
            yield from self._output(steps[1:], inside, same)
        elif root not in _NOTHING:
            yield from self._resource(steps, inside, same)

    def _of_each(
        self, over: tuple[str, ...], rest: Sequence[str], inside: Inside, key: Key
    ) -> Iterator[Referent]:
        """each.value: the instance of the same key, where for_each goes through a resource."""
        if len(over) == 1 and isinstance(key, str):
            yield from self.one([*_steps(over[0]), _index(key), *rest], inside, ONCE, ONCE)
        else:
            yield from self.all(over, inside, ONCE)

    def _output(self, steps: Sequence[str], inside: Inside, same: Turn) -> Iterator[Referent]:
        stem = _under(inside, "module", steps[0])
        index, rest = _indexed(steps[1:])
        paths = self.wiring.modules.get(stem, {})
        wanted = stem + (index or _index(same.same(len(paths))))
        several = paths if len(paths) <= MAX_TARGETS else {}
        for path in (wanted,) if wanted in paths else several:
            there = self.wiring.inside(path)
            outputs = there.config.get("outputs")
            said = names(outputs.get(rest[0]).get("expression")) if rest else ()
            yield from self.all(said, there, ONCE)

    def _resource(self, steps: Sequence[str], inside: Inside, same: Turn) -> Iterator[Referent]:
        length = 3 if steps[0] == "data" else 2
        index, rest = _indexed(steps[length:])
        stem = _under(inside, *steps[:length])
        made = self.wiring.instances.get(stem, {})
        key = _key(index) if index else same.same(len(made))
        attribute = "".join(each if each[0] == "[" else f".{each}" for each in rest)
        attribute = attribute.removeprefix(".")
        if key in made:
            yield Referent(str(made[key]), attribute)
        elif len(made) > MAX_TARGETS:
            yield Referent(stem, attribute)
        else:
            yield from (Referent(str(each), attribute) for each in made.values())


def _under(inside: Inside, *steps: str) -> str:
    return ".".join((*([inside.path] if inside.path else []), *steps))


def _local(address: Address) -> str:
    return f"{'data.' if address.mode == 'data' else ''}{address.type}.{address.name}"


def names(expression: "At | None") -> tuple[str, ...]:
    """The names that an expression mentions."""
    said = expression.get("references") if expression else None
    return tuple([each.text() for each in said.items()]) if said else ()


def longest(said: Iterable[str]) -> list[str]:
    """Names without those that only begin another: terraform lists both."""
    every = list(said)
    ordered = sorted(every)
    return [each for each in every if not any(_begins(each + sign, ordered) for sign in ".[")]


def _begins(start: str, ordered: list[str]) -> bool:
    """Whether one of several names, in order, has this beginning."""
    at = bisect_left(ordered, start)
    return at < len(ordered) and ordered[at].startswith(start)


@lru_cache(maxsize=1 << 14)
def _steps(name: str) -> tuple[str, ...]:
    """A traversal by its names and `[key]`s.

    >>> _steps('aws_subnet.a["x.y"].id')
    ('aws_subnet', 'a', '["x.y"]', 'id')
    """
    return tuple([match[1] or match[2] for match in _STEP.finditer(name)]) or ("",)


def _indexed(steps: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The index that a name begins with, "" without one, and the rest."""
    return (steps[0], steps[1:]) if steps and steps[0][0] == "[" else ("", steps)


def _key(index: str) -> Key:
    """The key in an index; its text where it cannot be read."""
    try:
        key: Key = json.loads(index[1:-1]) if index else None
    except ValueError:
        return index
    return key


def _index(key: Key) -> str:
    return "" if key is None else f"[{json.dumps(key, ensure_ascii=False)}]"
