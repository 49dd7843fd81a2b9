"""What terraform refuses in a directory before it evaluates anything, and we read all the same.

Each is a Gap: the rest of the configuration is judged as it stands. What only a provider's
schema forbids is not among them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from graphs.unknown import Place
from graphs.verdict import Gap
from scanner.terraform.definitions import Definition
from scanner.terraform.gaps import Gaps
from scanner.terraform.refusals.conditions import REFUSED
from scanner.terraform.refusals.constraints import constraint, refuse_names
from scanner.terraform.scope import PROBLEMS, Scope
from scanner.terraform.syntax import Block, File, Node
from scanner.terraform.syntax.names import free
from scanner.terraform.syntax.statements import INNER, RESERVED, RESOURCES, TOP, Shape
from scanner.terraform.variables import refuses_null

if TYPE_CHECKING:
    from scanner.terraform.modules import Module

_CONDITIONS: Final = ("precondition", "postcondition", "assert")


def refusals(module: "Module") -> Gaps:
    """What the configuration of a module holds that terraform refuses; read once for all."""
    found = module.configuration
    if found.refused is None:
        found.refused = Gaps(_all(module))
    return found.refused


def _all(module: "Module") -> Iterator[Gap]:
    found = module.configuration
    for file in found.files:
        for name, attribute in file.body.attributes.items():
            if name != "//":
                place = file.place(attribute.start, attribute.end)
                yield _gap(f"{name} is an argument outside of any block", place)
        for block in file.body.blocks:
            yield from _block(file, block)
    for name, definition in found.variables.items():
        yield from _variable(name, definition, Scope(module, definition.file))
    for name, definition in found.calls.items():
        yield from _call(name, definition)
    for definition in (*found.resources.values(), *found.calls.values()):
        yield from _meta(definition)
    for definition in found.settings:
        yield from _backend(definition, module)
    yield from _statements(module)


def _backend(definition: Definition, module: "Module") -> Iterator[Gap]:
    if definition.file.name.endswith((".tofu", ".tofu.json")):
        return
    for block in definition.body.blocks:
        for name, stated in block.body.attributes.items() if block.type == "backend" else ():
            node, scope = stated.expr, Scope(module, definition.file)
            what = f"{name} of the backend"
            yield from _refused(lambda: refuse_names(node, scope.file), what, scope, node)  # noqa: B023


def _gap(what: str, place: Place, kind: str = "not-allowed") -> Gap:
    return Gap(kind, what, REFUSED, place)


def _block(file: File, block: Block) -> Iterator[Gap]:
    """A block at the top of a file."""
    shape = TOP.get(block.type)
    place = file.place(block.start, block.end)
    if shape is None:
        yield _gap(f"there is no block {block.type}", place)
        return
    if len(block.labels) != shape.labels:
        yield _gap(f"a block {block.type} has {shape.labels} labels", place)
        return
    for label in block.labels:
        if not label.replace("-", "_").isidentifier() or label.startswith("-"):
            yield _gap(f"{label!r} is no name", place)
    name = " ".join((block.type, *block.labels))
    own = RESOURCES.get(block.labels[0]) if block.type == "resource" else None
    yield from _content(name, file, block, own or shape)
    if block.type == "variable" and block.labels[0] in RESERVED:
        yield _gap(f"no variable can be called {block.labels[0]}", place)


def _content(name: str, file: File, block: Block, shape: Shape) -> Iterator[Gap]:
    """What stands in a block, and what should."""
    for argument, attribute in block.body.attributes.items():
        place = file.place(attribute.start, attribute.end)
        if shape.arguments is not None and argument not in shape.arguments:
            yield _gap(f"{name} has no argument {argument}", place)
    for inner in block.body.blocks:
        known = INNER if shape.blocks is None and shape.labels == 2 else shape.blocks
        own = known.get(inner.type) if known is not None else None
        place = file.place(inner.start, inner.end)
        if own is not None:
            yield from _content(f"{inner.type} of {name}", file, inner, own)
            yield from _flags(inner, file, name)
        elif shape.blocks is not None:
            yield _gap(f"{name} has no block {inner.type}", place)
        if inner.type in _CONDITIONS:
            yield from _pointless(inner, file, name)
    if not _overrides(file):
        for argument in shape.required:
            if argument not in block.body.attributes:
                place = file.place(block.start, block.end)
                yield _gap(f"{name} needs an argument {argument}", place)


def _flags(block: Block, file: File, name: str) -> Iterator[Gap]:
    """What terraform must know of a lifecycle before it evaluates anything."""
    for flag in ("prevent_destroy", "create_before_destroy"):
        stated = block.body.attributes.get(flag) if block.type == "lifecycle" else None
        if stated is not None and stated.expr[0] != "lit":
            place = file.place(stated.start, stated.end)
            yield _gap(f"{flag} of {name} is neither true nor false as it stands", place)


def _overrides(file: File) -> bool:
    stem = file.name.rsplit("/", 1)[-1].split(".", 1)[0]
    return stem == "override" or stem.endswith("_override")


def _pointless(block: Block, file: File, name: str) -> Iterator[Gap]:
    """A condition that refers to nothing, and so is always the same."""
    stated = block.body.attributes.get("condition")
    if stated is not None and next(free(stated.expr), None) is None:
        place = file.place(stated.start, stated.end)
        yield _gap(f"a condition of {name} refers to nothing", place)


def _variable(name: str, definition: Definition, scope: Scope) -> Iterator[Gap]:
    attributes = definition.body.attributes
    if "type" in attributes:
        node = attributes["type"].expr
        yield from _refused(lambda: constraint(node, scope), f"the type of var.{name}", scope, node)
        if node[0] == "lit" and not definition.file.name.endswith(".json"):
            place = scope.place(node[1], node[2])
            effect = "terraform from 0.12.14 on warns and from 1.0 on refuses it; it is understood"
            yield Gap("legacy-syntax", "types of variables are in quotes", effect, _file(place))
    if "default" in attributes:
        node = attributes["default"].expr
        what = f"the default of var.{name}"
        yield from _refused(lambda: refuse_names(node, scope.file), what, scope, node)
        if node[0] == "lit" and node[3] is None and refuses_null(definition):
            yield _gap(f"{what} is null, which nullable = false forbids", definition.place)
    for block in definition.groups.get("validation", ()):
        stated = block.body.attributes.get("condition")
        if stated is not None and ("var", name) not in {path[:2] for path in free(stated.expr)}:
            place = definition.file.place(stated.start, stated.end)
            yield _gap(f"a validation of var.{name} does not refer to it", place)
        elif stated is not None and name in _through_locals(stated.expr, scope.module):
            place = definition.file.place(stated.start, stated.end)
            yield _gap(f"cycle: a validation of var.{name} needs what needs it", place, "cycle")


def _through_locals(node: Node, module: "Module") -> set[str]:
    """The variables that an expression needs by way of local values."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [path[1] for path in free(node) if path[0] == "local" and len(path) > 1]
    while waiting:
        local = module.configuration.locals.get(waiting.pop())
        for path in free(local.attribute.expr) if local is not None else ():
            if path[0] == "var" and len(path) > 1:
                found.add(path[1])
            elif path[0] == "local" and len(path) > 1 and path[1] not in seen:
                seen.add(path[1])
                waiting.append(path[1])
    return found


def _file(place: Place) -> Place:
    """The beginning of the file, where one word for all that is in it will do."""
    return Place(place.file, 1, 1)


def _refused(read: object, what: str, scope: Scope, node: Node) -> Iterator[Gap]:
    try:
        read()  # type: ignore[operator]
    except PROBLEMS as problem:
        place = getattr(problem, "place", None) or scope.place(node[1], node[2])
        yield _gap(f"{what}: {getattr(problem, 'message', problem)}", place)


def _call(name: str, definition: Definition) -> Iterator[Gap]:
    attributes = definition.body.attributes
    source = attributes.get("source")
    literal = source.expr[3] if source is not None and source.expr[0] == "lit" else None
    early = definition.file.name.endswith((".tofu", ".tofu.json"))  # OpenTofu evaluates sources
    if source is not None and literal is None and not early:
        what = f"the source of module.{name} is not a plain string"
        yield _gap(what, definition.file.place(source.start, source.end))
    local = str(literal).startswith(("./", "../"))
    if local and "version" in attributes:
        yield _gap(f"module.{name} has a version, which a local path cannot have", definition.place)
    for block in definition.body.blocks:
        place = definition.file.place(block.start, block.end)
        yield _gap(f"module {name} has no block {block.type}", place)


def _meta(definition: Definition) -> Iterator[Gap]:
    attributes, name = definition.body.attributes, " ".join(definition.block.labels)
    if "count" in attributes and "for_each" in attributes and not definition.overridden:
        yield _gap(f"{name} has both count and for_each", definition.place)
    stated = attributes.get("depends_on")
    if stated is not None and stated.expr[0] == "tuple":
        for item in stated.expr[3]:
            if item[0] not in ("attr", "index", "lit", "wrap"):
                place = definition.file.place(item[1], item[2])
                yield _gap(f"depends_on of {name} holds something other than a reference", place)


def _statements(module: "Module") -> Iterator[Gap]:
    """Blocks that say something of others: check, removed and import."""
    seen: set[str] = set()
    for file in module.configuration.files:
        for block in file.body.blocks:
            place = file.place(block.start, block.end)
            if block.type == "check" and len(block.labels) == 1:
                if block.labels[0] in seen:
                    yield _gap(f"check {block.labels[0]} is declared twice", place, "duplicate")
                seen.add(block.labels[0])
            elif block.type == "removed" and _there(module, block, "from"):
                yield _gap("what is declared removed is still there", place)
            elif block.type == "import" and _there(module, block, "to") is False:
                yield _gap("what is to be imported has no configuration", place)


def _there(module: "Module", block: Block, argument: str) -> "bool | None":
    """Whether what a statement names is declared in this directory; None if it cannot be said."""
    stated = block.body.attributes.get(argument)
    path = next(free(stated.expr), ()) if stated is not None else ()
    if len(path) != 2 or path[0] == "data":
        return None
    if path[0] == "module":
        return path[1] in module.configuration.calls
    return ("managed", *path) in module.configuration.resources
