"""Provider schemas, and as terraform asks for them.

A block is {"a": attributes, "b": nested blocks}. An attribute is [type, flag]: a type is s, n, b or
d for string, number, bool and any, L:, S: or M: before an element type, [L, {"o": {name: type}}]
for collections of objects, or as terraform's JSON has it; a flag is r(equired), o(ptional),
c(omputed) or oc. A nested block is [1 | L | S, block, "c" where the provider computes it]. Nothing
is demanded of configurations: they are of many versions of a provider.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.oracle.wire import number, text

HOME = Path(__file__).parents[2]
TABLES = HOME / "tests/tables/schemas"
AWS = HOME / "scanner/terraform/aws_schema.txt"
"""The resources of AWS, in the notation of docs/schema/derive.py."""

WORDS = {"s": "string", "n": "number", "b": "bool", "d": "dynamic"}
COLLECTIONS = {"L": "list", "S": "set", "M": "map"}
NESTING = {"1": 1, "single": 1, "L": 2, "list": 2, "S": 3, "set": 3, "map": 4, "group": 5}

Block = dict[str, Any]

EMPTY: Block = {"a": {}, "b": {}}


@cache
def provider(name: str) -> dict[str, dict[str, Block]]:
    """The schema of a provider: "provider", "resource" and "data" blocks by type.

    Raises FileNotFoundError where there is none.
    """
    found: dict[str, dict[str, Block]] = json.loads((TABLES / f"{name}.json").read_text())
    return found


@cache
def block(name: str, section: str) -> Block:
    """The block of a resource, data source or provider; empty where there is no table of it."""
    if section == "resource" and name in _aws():
        return _block_of(json.loads(_aws()[name]))
    try:
        found = provider(name.split("_", 1)[0]).get(section, {}).get(name, EMPTY)
    except FileNotFoundError:
        return EMPTY
    return _looked_up(found) if section == "data" else found


def _looked_up(block: Block) -> Block:
    """What a data source does not ask for it may tell."""
    flags = {"o": "oc"}
    return {
        **block,
        "a": {name: [of, flags.get(flag, flag)] for name, (of, flag) in block["a"].items()},
    }


@cache
def _aws() -> dict[str, str]:
    return dict(line.split(" ", 1) for line in AWS.read_text().splitlines())


def _block_of(row: dict[str, Any]) -> Block:
    attributes = {
        name: [of, flags] for flags, of, names in row.get("a", ()) for name in names.split(" ")
    }
    nested = {
        name: [nesting, _block_of(inner), mark]
        for name, (nesting, mark, inner) in row.get("b", {}).items()
    }
    return {"a": attributes, "b": nested}


def kind(notation: Any) -> Any:
    """A type as terraform's JSON has it.

    >>> kind("L:M:s")
    ['list', ['map', 'string']]
    """
    if isinstance(notation, list):
        word, inner = notation
        return [COLLECTIONS.get(word, word), inner if word == "object" else kind(inner)]
    if isinstance(notation, dict):
        return ["object", {name: kind(each) for name, each in notation["o"].items()}]
    if ":" in notation:
        word, inner = notation.split(":", 1)
        return [COLLECTIONS[word], kind(inner)]
    return WORDS.get(notation, notation)


def is_set(notation: Any) -> bool:
    """Whether the order of the elements means nothing."""
    found = kind(notation)
    return isinstance(found, list) and found[0] == "set"


def write_only(name: str, flag: str) -> bool:
    """Whether AWS gets an attribute and nobody keeps it; such attributes are named alike.

    https://developer.hashicorp.com/terraform/language/resources/ephemeral/write-only
    """
    return name.endswith("_wo") and flag != "c"


def message(block: Block) -> bytes:
    """A Schema."""
    return text(2, _block(block))


def _block(block: Block) -> bytes:
    attributes = (_attribute(name, each) for name, each in block["a"].items())
    return b"".join((*attributes, *(_nested(name, each) for name, each in block["b"].items())))


def _attribute(name: str, notation: list[Any]) -> bytes:
    of, flag = notation
    parts = (
        text(1, name),
        text(2, json.dumps(kind(of))),
        number(5, flag != "c"),
        number(6, "c" in flag),
        number(10, write_only(name, flag)),
    )
    return text(2, b"".join(parts))


def _nested(name: str, notation: list[Any]) -> bytes:
    word, inner = notation[:2]
    parts = (
        text(1, name),
        text(2, _block(inner)),
        number(3, NESTING[word]),
    )
    return text(3, b"".join(parts))
