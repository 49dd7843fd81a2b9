"""Which types a configuration uses, and schemas that fit them.

The table of the AWS provider is of one version, and configurations are of many; of other providers
there may be no table at all. What a configuration sets or reads beyond its table is therefore
added, as a value of any type.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.errors import SyntaxProblem
from scanner.terraform.definitions import made_type
from scanner.terraform.syntax import Block as Written
from scanner.terraform.syntax import Body, File, Node, parse
from tests.oracle import schema
from tests.oracle.schema import Block

META = {"count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"}
META |= {"alias", "version"}
HOST = "registry.terraform.io/"


@dataclass
class Usage:
    """Schemas of what is used: of providers by name, of resources and data sources by type; and the
    addresses of the providers.
    """

    providers: dict[str, Block] = field(default_factory=dict)
    resources: dict[str, Block] = field(default_factory=dict)
    data: dict[str, Block] = field(default_factory=dict)
    addresses: set[str] = field(default_factory=set)

    def kinds(self, data: bool) -> dict[str, Block]:
        """Schemas of data sources, or of resources."""
        return self.data if data else self.resources


def read(path: Path) -> Iterator[File]:
    """The file, parsed; nothing where it does not parse, which terraform will say too."""
    try:
        yield parse(path.read_bytes().decode("utf-8-sig"), path.name)
    except (SyntaxProblem, UnicodeDecodeError, OSError):
        return


def used(directory: Path) -> Usage:
    """What all configuration below a directory uses."""
    found = Usage()
    bodies = [file.body for path in directory.rglob("*.tf") for file in read(path)]
    for block in (each for body in bodies for each in body.blocks):
        if block.type in ("resource", "data") and block.labels:
            of = block.labels[0]
            table = found.kinds(block.type == "data")
            _widen(table.setdefault(of, deepcopy(schema.block(of, block.type))), block.body)
            found.addresses.add(f"{HOST}hashicorp/{of.split('_', 1)[0]}")
        elif block.type == "provider" and block.labels:
            name = block.labels[0]
            _widen(
                found.providers.setdefault(name, deepcopy(schema.block(name, "provider"))),
                block.body,
            )
            found.addresses.add(f"{HOST}hashicorp/{name}")
        elif block.type == "terraform":
            found.addresses |= {f"{HOST}{each}" for each in _sources(block.body)}
    for body in bodies:
        for data, of, name in _mentions(body):
            _mention(found.kinds(data).get(of), name)
    return found


def _sources(settings: Body) -> Iterator[str]:
    for block in settings.blocks:
        for stated in block.body.attributes.values() if block.type == "required_providers" else ():
            for key, each in stated.expr[3] if stated.expr[0] == "object" else ():
                if key[3] == "source" and each[0] == "lit":
                    yield str(each[3]).lower()


def _widen(block: Block, body: Body) -> None:
    """Add what a body sets beyond a schema."""
    for name in body.attributes:
        if name not in META and name not in block["b"]:
            block["a"].setdefault(name, ["d", "o"])
    for each in body.blocks:
        name, inside = made_type(each), _content(each)
        if name in META or inside is None or name in block["a"]:
            continue  # an attribute of objects may be written as blocks; terraform judges the rest
        _widen(block["b"].setdefault(name, ["L", deepcopy(schema.EMPTY)])[1], inside)


def _content(block: Written) -> Body | None:
    """What one nested block holds, dynamic ones included."""
    if block.type != "dynamic":
        return block.body
    return next((each.body for each in block.body.blocks if each.type == "content"), None)


def _mention(block: Block | None, name: str) -> None:
    if block is not None and name not in block["a"] and name not in block["b"]:
        block["a"][name] = ["d", "oc"]


def _mentions(body: Body) -> Iterator[tuple[bool, str, str]]:
    """Attributes of resources that expressions read: (of a data source, type, attribute)."""
    for attribute in body.attributes.values():
        yield from _mentioned(attribute.expr)
    for block in body.blocks:
        yield from _mentions(block.body)


def _mentioned(node: Any) -> Iterator[tuple[bool, str, str]]:
    if not isinstance(node, tuple | list):
        return
    if node and node[0] == "attr":
        path = _path(node[3])
        if path is not None:
            yield from _attribute(path, str(node[4]))
    elif node and node[0] == "splat":
        path = _path(node[3])
        if path is not None:
            yield from _attribute(path, _first(node[4]))
    for each in node:
        yield from _mentioned(each)


def _attribute(path: tuple[str, ...], name: str) -> Iterator[tuple[bool, str, str]]:
    data = path[0] == "data"
    if len(path) == 2 + data and name:
        yield data, path[data], name


def _path(node: Node) -> tuple[str, ...] | None:
    """The names that lead to a value, without indexes."""
    if node[0] == "var":
        return (str(node[3]),)
    if node[0] == "attr":
        before = _path(node[3])
        return (*before, str(node[4])) if before else None
    return _path(node[3]) if node[0] == "index" else None


def _first(node: Node) -> str:
    """The attribute that a splat reads of each element."""
    while node[0] in ("attr", "index"):
        if node[0] == "attr" and node[3][0] == "item":
            return str(node[4])
        node = node[3]
    return ""


def served(found: Usage, name: str) -> tuple[Block, dict[str, Block], dict[str, Block]]:
    """What a provider serves: its own block, resources and data sources. One of a variant, such as
    google-beta, serves what the provider itself does.
    """
    prefix = name.split("-", 1)[0]
    own = found.providers.get(name) or deepcopy(schema.block(name, "provider"))
    return own, _of(found.resources.items(), prefix), _of(found.data.items(), prefix)


def _of(table: Iterable[tuple[str, Block]], prefix: str) -> dict[str, Block]:
    return {of: block for of, block in table if of.split("_", 1)[0] == prefix}
