"""yamldecode and yamlencode, by the rules of terraform's own YAML library, not of PyYAML.

Reading is bounded: what aliases expand to is counted, so that a small text cannot fill the memory.
https://developer.hashicorp.com/terraform/language/functions/yamldecode
"""

import re
from fractions import Fraction
from functools import cache
from typing import Any

from scanner.errors import FunctionProblem
from scanner.terraform.functions.dates import instant, rfc3339
from scanner.terraform.functions.function import Context, Function, bounded
from scanner.terraform.functions.yaml_text import yaml_text
from scanner.terraform.values import number
from scanner.terraform.values.json_text import normalized
from scanner.terraform.values.shapes import Value
from scanner.terraform.values.weight import Scales

MAX_SOURCE = 1024 * 1024
"""Longest document, in characters."""

MAX_NODES = 200_000
"""Values in a document, those that aliases repeat included."""

_NODE = 3_000
"""What a node costs in units of work: PyYAML takes its time."""

MAX_FLOW = 100
"""Brackets within brackets."""

_TAG = "tag:yaml.org,2002:"
_KNOWN_TAGS = {"", *("str", "int", "float", "bool", "null", "timestamp", "binary", "merge")}
_TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
_FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
_CONSTANTS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(_TRUE, True),
    **dict.fromkeys(_FALSE, False),
}
_BASED = re.compile(r"(?:0x([0-9a-fA-F]+)|0o([0-7]+))\Z")
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z")
_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d+)?(Z|[-+]\d\d:\d\d)"
    r"| (\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d+)?)?\Z",
    re.ASCII,
)


@cache
def _loader() -> Any:
    """PyYAML's composer without its tag rules: what has no written tag gets "" or "!"."""
    from yaml import MarkedYAMLError, composer, nodes, parser, reader, scanner

    class Loader(reader.Reader, scanner.Scanner, parser.Parser, composer.Composer):
        """Reads events into nodes."""

        def __init__(self, source: str, scales: Scales) -> None:
            self.scales = scales
            reader.Reader.__init__(self, source)
            scanner.Scanner.__init__(self)
            parser.Parser.__init__(self)
            composer.Composer.__init__(self)

        def fetch_flow_collection_start(self, token: Any) -> None:
            """A bracket: PyYAML looks through all that are open for each token that follows."""
            if self.flow_level >= MAX_FLOW:
                mark = self.get_mark()
                what = f"collections nested more than {MAX_FLOW} levels deep"
                raise MarkedYAMLError(problem=what, problem_mark=mark)
            super().fetch_flow_collection_start(token)

        def compose_node(self, parent: Any, index: Any) -> Any:
            """A node, once its work is counted."""
            self.scales.spend(_NODE)
            return super().compose_node(parent, index)

        def resolve(self, kind: type, _value: object, implicit: tuple[bool, bool]) -> str:
            """The tag of a node that has none in the text."""
            return "" if kind is nodes.ScalarNode and implicit[0] else "!"

        def descend_resolver(self, *_args: object) -> None:
            """Paths play no part."""

        def ascend_resolver(self) -> None:
            """Paths play no part."""

    return Loader


def _yamldecode(context: Context, source: str) -> Value:
    from yaml import MarkedYAMLError, YAMLError

    bounded(len(source), MAX_SOURCE, "characters")
    try:
        node = _loader()(source, context.scales).get_single_node()
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        where = f"on line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise FunctionProblem(f"{where}{problem.problem or problem.context}") from None
    except YAMLError as problem:
        raise FunctionProblem(str(problem).splitlines()[0]) from None
    if node is None:
        raise FunctionProblem("on line 1, column 1: missing start of document")
    return _Reader().value(node)


class _Reader:
    """Turns nodes into values, counting each time an alias is followed."""

    def __init__(self) -> None:
        self.left = MAX_NODES
        self.open: set[int] = set()

    def value(self, node: Any) -> Value:
        """The value of a node."""
        self.left -= 1
        if self.left < 0:
            raise FunctionProblem(f"the document holds more than {MAX_NODES:,} values")
        if node.id == "scalar":
            return _scalar(node)
        if id(node) in self.open:
            raise _problem(node, "cannot refer to an anchor from inside its own definition")
        word = {"sequence": "seq", "mapping": "map"}[node.id]
        if node.tag not in ("!", _TAG + word):
            raise _problem(node, f"can't interpret {node.id} as {node.tag}")
        self.open.add(id(node))
        inside = node.value
        value = self.mapping(inside) if word == "map" else tuple(map(self.value, inside))
        self.open.discard(id(node))
        return value

    def mapping(self, pairs: list[tuple[Any, Any]]) -> dict[str, Value]:
        """The object of a mapping: of two equal keys, and of a key and a merge, the later wins."""
        found: dict[str, Value] = {}
        for key_node, value_node in pairs:
            value = self.value(value_node)
            if key_node.id == "scalar" and key_node.tag == "" and key_node.value == "<<":
                if not isinstance(value, dict):
                    raise _problem(key_node, f"cannot merge {value_node.id} into mapping")
                found.update(value)
                continue
            found[_key(key_node, self.value(key_node))] = value
        return found


def _key(node: Any, key: Value) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int | Fraction):
        return number.text_of(key)
    if isinstance(key, str):
        return key
    if key is None:
        raise _problem(node, "mapping key cannot be null")
    raise _problem(node, "only strings are allowed as mapping keys")


def _problem(node: Any, why: str) -> FunctionProblem:
    mark = node.start_mark
    return FunctionProblem(f"on line {mark.line + 1}, column {mark.column + 1}: {why}")


def _scalar(node: Any) -> Value:
    """Quoted scalars are strings whatever their tag; plain ones are what they look like."""
    source, tag = node.value, node.tag.removeprefix(_TAG)
    if tag not in _KNOWN_TAGS and node.tag != "!":
        raise _problem(node, f'unsupported tag "{node.tag}"')
    if node.style is not None or tag in ("str", "binary", "!"):
        return normalized(source)
    value = _resolved(node, source)
    if tag and not _fits(tag, value, source):
        raise _problem(node, f"cannot parse {source!r} as {node.tag}")
    return value


def _fits(tag: str, value: Value, source: str) -> bool:
    if tag in ("int", "float"):
        fits_kind = isinstance(value, int) if tag == "int" else isinstance(value, int | Fraction)
        return fits_kind and not isinstance(value, bool)
    if tag == "timestamp":
        return isinstance(value, str) and value != source
    return True


def _resolved(node: Any, source: str) -> Value:
    if source in _CONSTANTS:
        return _CONSTANTS[source]
    if source[0] not in "+-.0123456789":
        return normalized(source)
    if _INFINITE.match(source):
        raise _problem(node, "infinity cannot be represented")
    if source in (".nan", ".NaN", ".NAN"):
        raise _problem(node, "floating point NaN is not supported")
    parsed = number.parse(source)
    if parsed is not None:
        return parsed
    based = _BASED.match(source)
    if based:
        return int(based[1], 16) if based[1] else int(based[2], 8)
    return _time(source) or normalized(source)


def _time(source: str) -> "str | None":
    """A date or time as RFC 3339, without fractions of a second; None if it is neither."""
    match = _TIME.match(source)
    if match is None:
        return None
    year, month, day, *clock = match.groups()
    hour, minute, second = clock[0:3] if clock[0] else clock[5:8]
    zone = clock[4] or "Z"
    date = f"{year}-{month:0>2}-{day:0>2}"
    try:
        moment = instant(f"{date}T{hour or '':0>2}:{minute or '':0>2}:{second or '':0>2}{zone}")
    except ValueError:
        return None
    return rfc3339(moment.second)


def _yamlencode(value: Value) -> str:
    return yaml_text(value)


FUNCTIONS = (
    Function("yamldecode", _yamldecode, takes_context=True, effort=20),
    Function("yamlencode", _yamlencode),
)
