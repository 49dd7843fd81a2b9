"""Resources and data sources: their instances, and the values of their arguments.

An argument is computed when it is first read; nested blocks become a tuple of objects under
their type, whether they are written out, made by `dynamic`, or given as an attribute.
https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
"""

from typing import TYPE_CHECKING, Final

from graphs.resource import Address
from graphs.unknown import Answer, Cause, Place, Referent, Unknown, cannot_tell
from scanner.errors import EvaluationProblem
from scanner.terraform import data_sources
from scanner.terraform.definitions import Definition, made_type
from scanner.terraform.providers import Provider, local_name
from scanner.terraform.repetition import Key, Names, Repetition, repetition
from scanner.terraform.scope import (
    PROBLEMS,
    Computed,
    Lazy,
    Refers,
    Scope,
    Secrets,
    Symbolic,
    computed,
    cycle,
    failed,
)
from scanner.terraform.symbols import derived, part
from scanner.terraform.syntax import Attribute, Block, Node
from scanner.terraform.traversals import collection
from scanner.terraform.values import Value, iterate

if TYPE_CHECKING:
    from scanner.terraform.modules import Module

META: Final = frozenset(("count", "for_each", "provider", "depends_on"))
META_BLOCKS: Final = frozenset(("lifecycle", "provisioner", "connection"))


class Group:
    """All the instances of one resource block."""

    def __init__(
        self, module: "Module", definition: Definition, mode: str, kind: str, name: str
    ) -> None:
        self.module = module
        self.definition = definition
        self.mode = mode
        self.kind = kind
        self.name = name
        prefix = "" if mode == "managed" else f"{mode}."
        self.full = f"{module.prefix}{prefix}{kind}.{name}"
        self.turns: Repetition | None = None
        self._instances: list[Instance] = []
        self._value: Value = None

    def instances(self) -> list["Instance"]:
        """Every instance; the one that stands for all where their number is unknown."""
        self.value()
        return self._instances

    def value(self) -> Value:
        """What `type.name` is: an instance, several, or Symbolic; all of them lazy."""
        if self.turns is None:
            session = self.module.session
            if self.full in session.running:
                return cycle(session, self.full, self.definition.place)
            session.running.append(self.full)
            try:
                self._value = self._expand()
            finally:
                session.running.pop()
        return self._value

    def _expand(self) -> Value:
        scope = Scope(self.module, self.definition.file)
        self.turns = turns = repetition(self.definition, scope, self.full)
        self._instances = [Instance(self, key, names) for key, names in turns.turns]
        if turns.doubt is not None:
            return Symbolic(self.full, self._instances[0], turns.doubt, refers=True)
        if turns.form == "once":
            return self._instances[0]
        if turns.form == "count":
            return tuple(self._instances)
        return {str(each.address.key): each for each in self._instances}

    def exists(self) -> Answer:
        """Whether the instances exist."""
        doubt = self.turns.doubt if self.turns else None
        return self.module.exists & cannot_tell(doubt) if doubt is not None else self.module.exists

    def provider(self) -> Provider:
        """The provider configuration of the block."""
        stated = self.definition.body.attributes.get("provider")
        name = local_name(stated.expr) if stated else ""
        return self.module.provider(name or self.kind.split("_", 1)[0])


class Instance(Lazy):
    """One instance of a resource, as an object."""

    __slots__ = ("address", "complete", "group", "layout", "memo", "name", "scope")

    def __init__(self, group: Group, key: Key, names: Names) -> None:
        super().__init__()
        group.module.session.instance()
        self.group = group
        self.scope = Scope(group.module, group.definition.file, names)
        self.address = Address(group.module.path, group.kind, group.name, key, group.mode)
        self.name = str(self.address)
        self.memo: dict[str, Computed] = {}
        self.layout: dict[str, Block] = {}
        """Nested blocks by path (`ingress[0]`), to find their lines."""
        self.complete = False

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)

    def read(self, name: str) -> Value:
        """One attribute, noting that it was mentioned.

        An argument that is set to null counts as not set: the provider may compute it.
        """
        self.scope.session.refers[Referent(self.name, name)] = None
        value = self.get_value(name)
        return self._absent(name) if value is None else value

    def fill(self) -> None:
        """All that the configuration says, and what a data source adds."""
        self.scope.session.refers[Referent(self.name)] = None
        if not self.complete:
            self.complete = True
            for name in self.names():
                self[name] = self.get_value(name)

    def names(self) -> list[str]:
        """The arguments that the configuration sets, in the order of the source."""
        definition = self.group.definition
        names = [name for name in definition.body.attributes if name not in META]
        names += [name for name in definition.groups if name not in META_BLOCKS]
        if self.group.mode == "data":
            names += data_sources.made(self.group.kind)
        return list(dict.fromkeys(names))

    def refers(self, name: str) -> Refers:
        """What an argument mentions."""
        self.get_value(name)
        return self.memo[name].refers

    def get_value(self, name: str) -> Value:
        """The value of an attribute, computed at most once."""
        known = self.memo.get(name)
        if known is not None:
            return known.value
        body, groups = self.group.definition.body, self.group.definition.groups
        stated = body.attributes.get(name) if name not in META else None
        session = self.scope.session
        if stated is None and (name not in groups or name in META_BLOCKS):
            return self._absent(name)
        if stated is not None and stated.expr[0] == "lit" and name not in groups:
            self.memo[name] = Computed(stated.expr[3], {})
            return stated.expr[3]
        full = f"{self.name}.{name}"
        place = self._place(stated or groups[name][0], name)
        if full in session.running:
            return cycle(session, full, place)
        blocks = groups.get(name, [])
        self.memo[name] = computed(session, full, lambda: self._stated(stated, blocks), place)
        return self.memo[name].value

    def _place(self, stated: "Attribute | Block", name: str) -> Place:
        file = self.group.definition.overridden.get(name, self.scope.file)
        return file.place(stated.start, stated.end)

    def computed_at(self, path: str) -> Unknown:
        """The Unknown for what the provider computes."""
        refers = (Referent(self.name, path),)
        return Unknown(Cause.COMPUTED, f"{self.name}.{path}", refers, self.group.definition.place)

    def _absent(self, name: str) -> Value:
        """An attribute that the configuration does not set: computed, or looked up."""
        if self.group.mode == "data":
            found = computed(
                self.scope.session,
                f"{self.name}.{name}",
                lambda: data_sources.read(self, name),
                self.group.definition.place,
            )
            self.memo.setdefault(name, Computed(found.value, {}))
            return found.value
        return self.computed_at(name)

    def _stated(self, stated: "Attribute | None", blocks: list[Block]) -> Value:
        if stated is None:
            return tuple(self._elements(blocks, self.scope, "", 0))
        value = self.scope.evaluate(stated.expr)
        if not blocks:
            return value
        more = tuple(self._elements(blocks, self.scope, "", 0))
        return (*value, *more) if isinstance(value, tuple) else more

    def _elements(self, blocks: list[Block], scope: Scope, path: str, before: int) -> list[Value]:
        """The objects that blocks of one type make; `path` is what they stand in."""
        elements: list[Value] = []
        for block in blocks:
            at = before + len(elements)
            if block.type == "dynamic" and block.labels:
                elements += self._dynamic(block, scope, path, at)
            else:
                inner = f"{path}{block.type}[{at}]"
                elements.append(self._content(block, scope, inner))
        return elements

    def _content(self, written: Block, scope: Scope, path: str) -> "Nested":
        self.layout[path] = written
        body = written.body
        values = Nested(self, path)
        for name, attribute in body.attributes.items():
            expr = attribute.expr
            values[name] = (
                expr[3] if expr[0] == "lit" else self._guarded(expr, scope, f"{path}.{name}")
            )
        for block in body.blocks:
            made = made_type(block)
            before = values.get(made, ())
            before = before if isinstance(before, tuple) else ()
            more = self._elements([block], scope, f"{path}.", len(before))
            values[made] = (*before, *more)
        return values

    def _guarded(self, node: Node, scope: Scope, path: str) -> Value:
        """A problem in one argument of a nested block leaves the others known."""
        try:
            return scope.evaluate(node)
        except PROBLEMS as problem:
            place = scope.place(node[1], node[2])
            return failed(scope.session, f"{self.name}.{path}", problem, place)

    def _dynamic(self, block: Block, scope: Scope, path: str, at: int) -> list[Value]:
        attributes, kind = block.body.attributes, block.labels[0]
        content = next((each for each in block.body.blocks if each.type == "content"), None)
        several = attributes.get("for_each")
        if several is None or content is None:
            place = scope.place(block.start, block.end)
            raise EvaluationProblem("a dynamic block needs for_each and content", place)
        stated = attributes.get("iterator")
        iterator = local_name(stated.expr) if stated else kind
        secrets = Secrets()
        value = secrets.reveal(collection(several.expr, scope))
        if isinstance(value, Unknown):
            return [self._symbolic(value, content, iterator, scope, f"{path}{kind}[{at}]")]
        if value is None:
            place = scope.place(several.start, several.end)
            raise EvaluationProblem("for_each of a dynamic block is null", place)
        elements: list[Value] = []
        for key, item in iterate(value):
            scope.session.step()
            inner = scope.inner({iterator: {"key": key, "value": item}})
            elements.append(self._content(content, inner, f"{path}{kind}[{at + len(elements)}]"))
        return elements

    def _symbolic(
        self, several: Unknown, content: Block, iterator: str, scope: Scope, path: str
    ) -> Unknown:
        """What stands for an unknown number of blocks: it refers to all that they would."""
        key = derived(f"keys({several.what})", (several,))
        inner = scope.inner({iterator: {"key": key, "value": part(several, "[*]")}})
        values = self._content(content, inner, path)
        name = f"{path} for each of {several.what}"
        return derived(name, (several, values), several.place)


class Nested(Lazy):
    """A nested block as an object: what it does not set, the provider may compute."""

    __slots__ = ("instance", "path")

    def __init__(self, instance: Instance, path: str) -> None:
        super().__init__()
        self.instance = instance
        self.path = path

    def read(self, name: str) -> Value:
        """One attribute of the block."""
        value = self.get(name)
        if value is not None:
            return value
        path = f"{self.path}.{name}"
        self.instance.scope.session.refers[Referent(self.instance.name, path)] = None
        if self.instance.group.mode == "data":
            return data_sources.looked_up(self.instance, path)
        return self.instance.computed_at(path)


__all__ = ["META", "META_BLOCKS", "Group", "Instance"]
