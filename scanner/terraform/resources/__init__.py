"""Resources and data sources: their instances, and the values of their arguments.

An argument is computed when it is first read, and converted to the type that the provider gives it;
nested blocks become a tuple of objects under their type, whether they are written out, made by
`dynamic`, or given as an attribute. What the configuration does not set is the provider's default,
what the provider computes, or null.
https://developer.hashicorp.com/terraform/language/resources/syntax
"""

from typing import TYPE_CHECKING, Final

from graphs.resource import Address
from graphs.unknown import Answer, Cause, Place, Referent, Unknown, cannot_tell
from scanner.errors import EvaluationProblem
from scanner.terraform import data_sources, schema
from scanner.terraform.definitions import Definition
from scanner.terraform.providers import Provider, all_tags, local_name
from scanner.terraform.resources import builtin, certificates
from scanner.terraform.resources.blocks import Nesting, one_or_all
from scanner.terraform.resources.repetition import Key, Names, Repetition, repetition
from scanner.terraform.scope import (
    Computed,
    Lazy,
    Refers,
    Scope,
    Symbolic,
    computed,
    cycle,
)
from scanner.terraform.syntax import Attribute, Block
from scanner.terraform.values import Value, is_null
from scanner.terraform.values.kinds import ANY, Type
from scanner.terraform.values.shapes import Known

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
        self.schema = schema.resource(kind) if mode == "managed" else None
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
        try:
            self._instances = [Instance(self, key, names) for key, names in turns.turns]
        except EvaluationProblem as problem:
            return self._too_many(problem.message)
        if turns.doubt is not None:
            return Symbolic(self.full, self._instances[0], turns.doubt, refers=True)
        if turns.form == "once":
            return self._instances[0]
        if turns.form == "count":
            return tuple(self._instances)
        return {str(each.address.key): each for each in self._instances}

    def _too_many(self, what: str) -> Unknown:
        """No instances, where there are more in all than are expanded."""
        place = self.definition.place
        effect = f"{self.full} and what follows is left out"
        self.module.session.gap("too-large", what, effect, place)
        return Unknown(Cause.EXPRESSION, self.full, (), place)

    def exists(self) -> Answer:
        """Whether the instances exist."""
        doubt = self.turns.doubt if self.turns else None
        return self.module.exists & cannot_tell(doubt) if doubt is not None else self.module.exists

    def provider(self) -> Provider:
        """The provider configuration of the block."""
        stated = self.definition.body.attributes.get("provider")
        name = local_name(stated.expr) if stated else ""
        return self.module.provider(name or self.kind.split("_", 1)[0], self.definition.place)


class Instance(Lazy):
    """One instance of a resource, as an object."""

    __slots__ = ("address", "complete", "group", "layout", "memo", "name", "scope")

    def __init__(self, group: Group, key: Key, names: Names) -> None:
        super().__init__()
        block = group.definition.block
        group.module.session.instance(block.end - block.start)
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
        return self._absent(name) if is_null(value) else value

    def fill(self) -> None:
        """All that the configuration says, and what the provider or a data source adds."""
        self.scope.session.refers[Referent(self.name)] = None
        if not self.complete:
            for name in (*self.names(), *builtin.also(self.group.kind)):
                self[name] = self.get_value(name)
            for name in self.group.schema.names() if self.group.schema else ():
                if is_null(self.get(name)):
                    self[name] = self._absent(name)
            self.complete = True

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
            literal = stated.expr[3]
            if schema.fits(literal, self.group.schema, name):
                self.memo[name] = Computed(literal, {})
                return literal
        full = f"{self.name}.{name}"
        place = self._place(stated or groups[name][0], name)
        if full in session.running:
            return cycle(session, full, place)
        blocks = groups.get(name, [])
        self.memo[name] = computed(session, full, lambda: self._stated(name, stated, blocks), place)
        return self.memo[name].value

    def _place(self, stated: "Attribute | Block", name: str) -> Place:
        file = self.group.definition.overridden.get(name, self.scope.file)
        return file.place(stated.start, stated.end)

    def computed_at(self, path: str, of: Type = ANY) -> Unknown:
        """The Unknown for what the provider computes, of that type."""
        refers, place = (Referent(self.name, path),), self.group.definition.place
        return Unknown(Cause.COMPUTED, f"{self.name}.{path}", refers, place, (), Known(of))

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
        if self.group.kind == builtin.TYPE:
            return builtin.absent(self, name)
        allowed = self.group.schema
        if allowed is not None and name in allowed.attributes:
            value = self._planned(name, allowed)
            if value is not None:
                return value
        return self.omitted(allowed, name, name)

    def _planned(self, name: str, allowed: "schema.Block") -> Value:
        """What the provider plans from other attributes and its own configuration, or None."""
        if name == "region":
            return self.group.provider().region
        if name == "tags_all":
            return all_tags(self.group.provider(), self.get_value("tags"))
        if (self.group.kind, name) == (certificates.TYPE, certificates.OPTIONS):
            return certificates.validation_options(self, allowed)
        return None

    def omitted(self, allowed: "schema.Block | None", name: str, path: str) -> Value:
        """What an attribute is that the configuration does not set, in the resource or a block.

        Raises EvaluationProblem where the provider has no such attribute.
        """
        try:
            if allowed is None:
                return self.computed_at(path)
            if allowed.computes(name):
                return self.computed_at(path, allowed.type_of(name))
        except KeyError:
            what = f"{self.group.kind} has no attribute {path!r} in {schema.provider()}"
            raise EvaluationProblem(what) from None
        return allowed.omitted(name)

    def _stated(self, name: str, stated: "Attribute | None", blocks: list[Block]) -> Value:
        allowed = self.group.schema
        value: Value = ()
        if stated is not None:
            expr = stated.expr
            value = expr[3] if expr[0] == "lit" else self.scope.evaluate(expr)
            value = schema.fitted(value, allowed, name)
            if not blocks:
                return value
        before = value if isinstance(value, tuple) else ()
        more = Nesting(self, self.scope, "", allowed).elements(blocks)
        return one_or_all((*before, *more), allowed, name)


__all__ = ["META", "META_BLOCKS", "Group", "Instance"]
