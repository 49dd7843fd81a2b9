"""The values of one planned instance, with an Unknown where the plan says "known after apply".

What the configuration does not set and the provider has yet to compute is left out, as it is where
the configuration itself is read: omitted then means what AWS would make of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphs.resource import Reference, Value
from graphs.unknown import Cause, Referent, Unknown
from scanner.terraform import schema
from scanner.terraform.recorded.documents import At, frozen
from scanner.terraform.recorded.wiring import Inside, Turn, Wiring, names

_LEAF: Final = frozenset(("references", "constant_value"))
_LEFT_OUT: Final = object()


@dataclass(frozen=True, slots=True)
class Planned:
    """One instance of a plan: its address, its block, and where its expressions stand."""

    address: str
    kind: str
    block: At | None
    wiring: Wiring
    inside: Inside
    turn: Turn

    def values(self, after: Mapping[str, Any], unknown: Any) -> dict[str, Value]:
        """What it will be, with holes."""
        written = [self.block.get("expressions")] if self.block else None
        found = self._filled(after, unknown, written, "")
        return found if isinstance(found, dict) else {}

    def references(self) -> Iterator[Reference]:
        """What each attribute and block that the configuration sets was computed from."""
        if self.block is None:
            return
        for name, said in self.block.get("expressions").members():
            for target in self._leads(list(_leaves(said))):
                yield Reference(name, target)

    def _filled(self, value: Any, unknown: Any, written: "list[At] | None", path: str) -> Any:
        """A value with holes. `written` are the expressions that may have made it; None: unseen."""
        if unknown is True:
            computed = written == [] and not self._dynamic(path)
            return _LEFT_OUT if computed else self._hole(written, path)
        if isinstance(unknown, dict) and isinstance(value, dict | None):
            return self._object(value or {}, unknown, written, path)
        if isinstance(unknown, list) and isinstance(value, list | None):
            return self._list(value or [], unknown, written, path)
        return frozen(value)

    def _object(
        self, value: dict[str, Any], unknown: dict[str, Any], written: "list[At] | None", path: str
    ) -> dict[str, Value]:
        made = {}
        for name in dict.fromkeys((*value, *unknown)):
            inner = f"{path}.{name}" if path else name
            said = _part(written, name)
            made[name] = self._filled(value.get(name), unknown.get(name), said, inner)
        return {name: each for name, each in made.items() if each is not _LEFT_OUT}

    def _dynamic(self, name: str) -> bool:
        """Whether these are blocks that no provider computes: a `dynamic` block makes them."""
        block = schema.resource(self.kind)
        nested = block.nested.get(name) if block else None
        return nested is not None and not nested.computed

    def _list(
        self, value: list[Any], unknown: list[Any], written: "list[At] | None", path: str
    ) -> tuple[Value, ...]:
        count = max(len(value), len(unknown))
        values = [*value, *[None] * (count - len(value))]
        flags = [*unknown, *[False] * (count - len(unknown))]
        said = [_element(written, each, at, count) for at, each in enumerate(values)]
        if turns := self._in_turn(flags, written):
            return tuple(
                self._named(f"{path}[{at}]", (turns.pop(0),)) if flag is True else frozen(each)
                for at, (each, flag) in enumerate(zip(values, flags, strict=True))
            )
        return tuple(
            self._filled(each, flag, expr, f"{path}[{at}]")
            for at, (each, flag, expr) in enumerate(zip(values, flags, said, strict=True))
        )

    def _in_turn(self, flags: list[Any], written: "list[At] | None") -> list[Referent]:
        """The referents of the unknown elements, where there is one for each."""
        holes = sum(flag is True for flag in flags)
        found = list(self._leads(written)) if holes and written else []
        return found if len(found) == holes else []

    def _hole(self, written: "list[At] | None", path: str) -> Unknown:
        leads = self._leads(written or [])
        return self._named(path, leads or ((Referent(self.address, path),) if not written else ()))

    def _named(self, path: str, refers: tuple[Referent, ...]) -> Unknown:
        return Unknown(Cause.COMPUTED, f"{self.address}.{path}", refers)

    def _leads(self, written: list[At]) -> tuple[Referent, ...]:
        said = [name for each in written if _is_leaf(each) for name in names(each)]
        found = self.wiring.referents(said, self.inside, self.turn)
        named = {each.address for each in found if each.attribute}
        return tuple(each for each in found if each.attribute or each.address not in named)


def _is_leaf(said: At) -> bool:
    """Whether this is one expression, rather than the expressions of a nested block."""
    return isinstance(said.value, dict) and _LEAF.issuperset(said.value)


def _leaves(said: At) -> Iterator[At]:
    """Every expression in an attribute or in nested blocks."""
    if isinstance(said.value, list):
        for each in said.items():
            yield from _leaves(each)
    elif _is_leaf(said):
        yield said
    else:
        for _, each in said.members():
            yield from _leaves(each)


def _part(written: "list[At] | None", name: str) -> "list[At] | None":
    """What sets one attribute: [] where nothing does, None where that is not to be seen."""
    if written is None:
        return None
    found = [each if _is_leaf(each) else each.get(name) for each in written]
    return [each for each in found if each.value is not None]


def _element(written: "list[At] | None", value: Any, at: int, count: int) -> "list[At] | None":
    """What sets one element: the blocks that say nothing else than it does.

    A `dynamic` block is not in a plan, so that nothing is known where no block fits.
    """
    if not written:
        return None
    if all(map(_is_leaf, written)):
        return written
    blocks = [block for each in written for block in _blocks(each)]
    fitting = [block for block in blocks if _agrees(block, value)]
    if len(blocks) == count and at < count and blocks[at] in fitting:
        return [blocks[at]] if len(fitting) == 1 else fitting
    return fitting or None


def _blocks(said: At) -> Iterator[At]:
    if isinstance(said.value, list):
        yield from said.items()
    else:
        yield said


def _agrees(block: At, value: Any) -> bool:
    """Whether the constants of a block are those of an element."""
    if not isinstance(value, dict):
        return True
    for name, said in block.members():
        if not _is_leaf(said) or "constant_value" not in said:
            continue
        constant, found = said.get("constant_value").value, value.get(name)
        if found is not None and not isinstance(constant, list | dict):
            if str(found).lower() != str(constant).lower():
                return False
        elif isinstance(found, list) and sorted(map(str, found)) != sorted(map(str, constant)):
            return False
    return True
