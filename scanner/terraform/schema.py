"""What the AWS provider says of a resource type: the types, defaults and origins of attributes.

The table `aws_schema.txt` was derived by docs/schema/derive.py, which describes it, from the schema
of the provider version that its first line names. A type is read when it is first asked for.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from scanner.terraform.values import Value, convert
from scanner.terraform.values.kinds import ANY, Type

TABLE: Final = "aws_schema.txt"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute. `computed`: where the configuration does not set it, the provider may.

    `blocks` is set where the attribute may be written as nested blocks too, and says what is in
    one of them.
    """

    type: Type
    computed: bool = False
    blocks: "Block | None" = None


@dataclass(frozen=True, slots=True)
class Nested:
    """Nested blocks of one type; `single` where there is an object instead of several."""

    block: "Block"
    single: bool = False
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """What may stand in a resource or a nested block."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    nested: Mapping[str, Nested] = field(default_factory=dict)
    defaults: Mapping[str, "str | bool | int | float"] = field(default_factory=dict)

    def names(self) -> list[str]:
        """All attributes and nested blocks."""
        return [*self.attributes, *self.nested]

    def type_of(self, name: str) -> Type:
        """The type of an attribute; "any" for nested blocks."""
        return self.attributes[name].type if name in self.attributes else ANY

    def inside(self, name: str) -> "Block | None":
        """What may stand in the nested blocks of a type; None where there are none."""
        if name in self.nested:
            return self.nested[name].block
        return self.attributes[name].blocks if name in self.attributes else None

    def orders(self, name: str) -> bool:
        """Whether the elements of an attribute stay in the order of the source; a set's do not."""
        attribute = self.attributes.get(name)
        return attribute is None or attribute.blocks is not None or attribute.type[0] != "set"

    def computes(self, name: str) -> bool:
        """Whether the provider may give a value to what the configuration does not set.

        Raises KeyError for what cannot stand here.
        """
        found = self.attributes.get(name) or self.nested[name]
        return found.computed and name not in self.defaults

    def omitted(self, name: str) -> Value:
        """What an attribute or nested block is that is neither set nor computed."""
        nested = self.nested.get(name)
        return self.defaults.get(name) if nested is None or nested.single else ()


def fits(value: Value, block: "Block | None", name: str) -> bool:
    """Whether the provider takes a value as it is; also where the schema does not know."""
    if value is None or block is None or name not in block.attributes:
        return True
    of = block.attributes[name].type
    return isinstance(of, str) and type(value) is _SAME.get(of)


def fitted(value: Value, block: "Block | None", name: str) -> Value:
    """A value as the provider takes it: "22" for a number is 22, a list for a set is sorted.

    Raises ValueProblem where terraform refuses.
    """
    if block is None or fits(value, block, name):
        return value
    return convert(value, block.attributes[name].type)


_SAME: Final = {"string": str, "number": int, "bool": bool}


@cache
def _lines() -> tuple[str, dict[str, str]]:
    """The provider and its version, and the line of each type."""
    text = files("scanner.terraform").joinpath(TABLE).read_text(encoding="utf-8")
    provider, _, rest = text.partition("\n")
    return provider, dict([line.split(" ", 1) for line in rest.splitlines()])


def provider() -> str:
    """The provider and its version that the table was made of: `hashicorp/aws 6.25.0`."""
    return _lines()[0]


@cache
def resource(kind: str) -> Block | None:
    """What may stand in a managed resource of this type; None for a type that is not known."""
    line = _lines()[1].get(kind) if kind.startswith("aws_") else None
    return _block(json.loads(line)) if line is not None else None


def _block(found: Mapping[str, Any]) -> Block:
    attributes: dict[str, Attribute] = {}
    for flags, spelled, names in found.get("a", ()):
        of = _type(spelled)
        computed, blocks = "c" in flags, _blocks_of(of)
        for name in names.split(" "):
            attributes[name] = Attribute(of, computed, blocks)
    nested = {
        name: Nested(_block(inner), single=nesting in ("single", "group"), computed=mark == "c")
        for name, (nesting, mark, inner) in found.get("b", {}).items()
    }
    return Block(attributes, nested, found.get("d", {}))


def _type(spelled: Any) -> Type:
    """A type of terraform's JSON. Attributes of objects may be left out, as blocks leave them."""
    if isinstance(spelled, str):
        return ANY if spelled == "dynamic" else spelled
    word, inner = spelled[0], spelled[1]
    if word == "object":
        return ("object", {name: (_type(each), True, None) for name, each in inner.items()})
    if word == "tuple":
        return ("tuple", tuple(_type(each) for each in inner))
    return (word, _type(inner))


def _blocks_of(of: Type) -> Block | None:
    """What stands in a block, where an attribute is a list or set of objects.

    The provider gives what is left out in one a zero value or one that it finds out.
    https://developer.hashicorp.com/terraform/language/attr-as-blocks
    """
    if isinstance(of, str) or of[0] not in ("list", "set") or isinstance(of[1], str):
        return None
    word, inner = of[1]
    if word != "object":
        return None
    return Block({name: Attribute(each[0], computed=True) for name, each in inner.items()})
