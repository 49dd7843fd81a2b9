"""Nested blocks: the objects that they make, whether written out or made by `dynamic`.

https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graphs.unknown import Referent, Unknown
from scanner.errors import EvaluationProblem
from scanner.terraform import data_sources, schema
from scanner.terraform.expressions.traversals import collection
from scanner.terraform.providers import local_name
from scanner.terraform.scope import PROBLEMS, Lazy, Scope, Secrets, failed
from scanner.terraform.syntax import Block, Node
from scanner.terraform.syntax.overrides import made_type
from scanner.terraform.values import Value, is_null, iterate
from scanner.terraform.values.symbols import derived, part

if TYPE_CHECKING:
    from scanner.terraform.resources import Instance


class Nested(Lazy):
    """A nested block as an object."""

    __slots__ = ("allowed", "instance", "path")

    def __init__(self, instance: "Instance", path: str, allowed: schema.Block | None) -> None:
        super().__init__()
        self.instance = instance
        self.path = path
        self.allowed = allowed

    def read(self, name: str) -> Value:
        """One attribute of the block. One set to null counts as not set."""
        value = self.get(name)
        if not is_null(value):
            return value
        path = f"{self.path}.{name}"
        self.instance.scope.session.refers[Referent(self.instance.name, path)] = None
        if self.instance.group.mode == "data":
            return data_sources.looked_up(self.instance, path)
        return self.instance.omitted(self.allowed, name, path)


@dataclass(frozen=True, slots=True)
class Nesting:
    """Where blocks stand: in which instance, under which path (`ingress[0].`), seeing what."""

    instance: "Instance"
    scope: Scope
    path: str = ""
    allowed: schema.Block | None = None

    def elements(self, blocks: list[Block], before: int = 0) -> list[Value]:
        """The objects that blocks of one type make, where others stand before them."""
        elements: list[Value] = []
        for block in blocks:
            at = before + len(elements)
            if block.type == "dynamic" and block.labels:
                elements += self._dynamic(block, at)
            else:
                elements.append(self.one(block, block.type, at))
        return elements

    def one(self, written: Block, kind: str, at: int) -> Nested:
        """One block as an object, with what the provider adds to it."""
        path = f"{self.path}{kind}[{at}]"
        self.instance.layout[path] = written
        allowed = self.allowed.inside(kind) if self.allowed else None
        values = Nested(self.instance, path, allowed)
        inner = replace(self, path=f"{path}.", allowed=allowed)
        for name, attribute in written.body.attributes.items():
            values[name] = inner.argument(name, attribute.expr)
        for block in written.body.blocks:
            inner.add(values, block)
        for name, default in allowed.defaults.items() if allowed else ():
            if is_null(values.get(name)):
                values[name] = default
        return values

    def argument(self, name: str, node: Node) -> Value:
        """An argument as the provider takes it; a problem in one leaves the others known."""
        try:
            value = node[3] if node[0] == "lit" else self.scope.evaluate(node)
            return schema.fitted(value, self.allowed, name)
        except PROBLEMS as problem:
            place = self.scope.place(node[1], node[2])
            session = self.scope.session
            return failed(session, f"{self.instance.name}.{self.path}{name}", problem, place)

    def add(self, values: Nested, block: Block) -> None:
        """Add what a block within this one makes to those before it."""
        made = made_type(block)
        before = values.get(made, ())
        before = before if isinstance(before, tuple) else ()
        more = self.elements([block], len(before))
        values[made] = one_or_all((*before, *more), self.allowed, made)

    def _dynamic(self, block: Block, at: int) -> list[Value]:
        attributes, kind, scope = block.body.attributes, block.labels[0], self.scope
        content = next((each for each in block.body.blocks if each.type == "content"), None)
        several = attributes.get("for_each")
        if several is None or content is None:
            place = scope.place(block.start, block.end)
            raise EvaluationProblem("a dynamic block needs for_each and content", place)
        stated = attributes.get("iterator")
        iterator = local_name(stated.expr) if stated else kind
        value = Secrets().reveal(collection(several.expr, scope))
        if isinstance(value, Unknown):
            return [self._symbolic(value, content, iterator, kind, at)]
        if value is None:
            place = scope.place(several.start, several.end)
            raise EvaluationProblem("for_each of a dynamic block is null", place)
        elements: list[Value] = []
        for key, item in iterate(value):
            scope.session.scales.again(content.end - content.start)
            inner = self._turn(iterator, key, item)
            elements.append(inner.one(content, kind, at + len(elements)))
        return elements

    def _turn(self, iterator: str, key: Value, item: Value) -> "Nesting":
        """The same place, seeing one element of `for_each`."""
        return replace(self, scope=self.scope.inner({iterator: {"key": key, "value": item}}))

    def _symbolic(
        self, several: Unknown, content: Block, iterator: str, kind: str, at: int
    ) -> Unknown:
        """What stands for an unknown number of blocks: it refers to all that they would.

        What all of them have in common is in its `known`: one block, with holes.
        """
        key = derived(f"keys({several.what})", (several,))
        values = self._turn(iterator, key, part(several, "[*]")).one(content, kind, at)
        name = f"{self.path}{kind}[{at}] for each of {several.what}"
        return replace(derived(name, (several, values), several.place), known=values)


def one_or_all(made: tuple[Value, ...], allowed: schema.Block | None, kind: str) -> Value:
    """The value of blocks of one type: an object where there can be one only, else all of them."""
    nested = allowed.nested.get(kind) if allowed is not None else None
    if nested is not None and nested.single:
        return made[0] if made else None
    return made
