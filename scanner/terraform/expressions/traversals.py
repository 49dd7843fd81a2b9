"""Traversals: names, attributes, indexes and splats, followed from the left.

`source` leaves resources and modules lazy, so that `aws_subnet.a[0].id` computes one attribute of
one subnet. `traversal` is the same for a value that is used as a whole.
https://developer.hashicorp.com/terraform/language/expressions/references
"""

from dataclasses import replace
from typing import Final

from graphs.unknown import Cause, Place, Template, Unknown
from scanner.errors import EvaluationProblem
from scanner.terraform.functions.paths import absolute
from scanner.terraform.scope import Lazy, Scope, Symbolic, filled
from scanner.terraform.syntax import Node
from scanner.terraform.values import (
    ANY,
    Ephemeral,
    Known,
    List,
    Map,
    Null,
    Sensitive,
    Set,
    Type,
    Value,
    is_null,
    known_of,
    to_number,
    to_string,
    type_of,
    unify,
    unmark,
)
from scanner.terraform.values import (
    name as type_name,
)
from scanner.terraform.values.json_text import normalized
from scanner.terraform.values.kinds import kind
from scanner.terraform.values.promises import attribute_type, element_type
from scanner.terraform.values.symbols import derived, part, symbol

_PLAIN: Final = frozenset((str, bool, int, type(None), Null, Unknown))
_MODES: Final = {"data": "data", "ephemeral": "ephemeral", "resource": "managed"}
_LOCAL: Final = ("each", "count", "self")


def traversal(node: Node, scope: Scope) -> Value:
    """The value of a traversal, complete."""
    value = source(node, scope)
    if type(value) in _PLAIN:
        return value
    if isinstance(value, tuple | dict):
        scope.session.scales.spend(len(value))
    return filled(value)


def source(node: Node, scope: Scope) -> Value:
    """The value of a traversal, or of what it starts from; resources and modules stay lazy."""
    kind = node[0]
    if kind == "attr":
        return _attribute(node, scope)
    if kind == "index":
        return element(source(node[3], scope), scope.typed(node[4]), node, scope)
    if kind == "var":
        return _name(node, scope)
    return scope.typed(node)


def collection(node: Node, scope: Scope) -> Value:
    """The value of an expression to go through; the resources in it stay lazy."""
    value = source(node, scope)
    if isinstance(value, Symbolic):
        return value.whole()
    if isinstance(value, Lazy):
        value.fill()
    return None if type(value) is Null else value


def _attribute(node: Node, scope: Scope) -> Value:
    before = node[3]
    if before[0] == "var" and before[3] not in scope.names:
        return _reference(before[3], node, scope)
    if before[0] == "attr" and before[3][0] == "var":
        root = before[3][3]
        if root in _MODES and root not in scope.names:
            return scope.module.resource(_MODES[root], before[4], node[4], scope, node)
    return attribute(source(before, scope), node[4], node, scope)


def _reference(root: str, node: Node, scope: Scope) -> Value:
    """What `root.name` refers to, where root is no local name."""
    module, name = scope.module, node[4]
    if root == "var":
        return module.variable(name, scope, node)
    if root == "local":
        return module.local(name, scope, node)
    if root == "module":
        return module.call(name, scope, node)
    if root == "path":
        return _path(name, node, scope)
    if root in ("terraform", "tofu") and name == "workspace":
        return scope.session.workspace
    if root in _LOCAL or root in _MODES or root == "terraform":
        raise EvaluationProblem(f"{root}.{name} means nothing here", scope.place(*node[1:3]))
    return module.resource("managed", root, name, scope, node)


def _path(name: str, node: Node, scope: Scope) -> Value:
    if name == "module":
        return scope.module.path_module
    if name == "root":
        return "."
    if name == "cwd":
        return scope.session.cwd or absolute(scope.session.directory, ".")
    raise EvaluationProblem(f"there is no path.{name}", scope.place(node[1], node[2]))


def _name(node: Node, scope: Scope) -> Value:
    name = node[3]
    if name in scope.names:
        return scope.names[name]
    place = scope.place(node[1], node[2])
    raise EvaluationProblem(f"{name!r} alone is not a value: an attribute must follow", place)


def attribute(value: Value, name: str, node: Node, scope: Scope) -> Value:
    """value.name"""
    if isinstance(value, Lazy):
        return value.read(name)
    name = normalized(name)  # as the keys of objects are
    if isinstance(value, dict):
        if name in value:
            return value[name]
    elif isinstance(value, Unknown):
        of = attribute_type(known_of(value).of, name)
        if of is not None:
            return part(value, "." + name, of)
    elif isinstance(value, Sensitive | Ephemeral):
        return type(value)(unmark(attribute(value.value, name, node, scope))[0])
    elif isinstance(value, Symbolic):
        return attribute(value.whole(), name, node, scope)
    what = "null has no attributes" if is_null(value) else f"there is no attribute {name!r}"
    raise EvaluationProblem(what, scope.place(node[1], node[2]))


def element(value: Value, key: Value, node: Node, scope: Scope) -> Value:
    """value[key]"""
    if type(value) is tuple and type(key) is int and 0 <= key < len(value):
        return value[key]
    if isinstance(value, Sensitive | Ephemeral):
        return type(value)(unmark(element(value.value, key, node, scope))[0])
    if isinstance(key, Sensitive | Ephemeral):
        return type(key)(unmark(element(value, key.value, node, scope))[0])
    if isinstance(value, Symbolic):
        scope.session.doubts.append(value.doubt)
        return value.instance
    if isinstance(value, Unknown):
        of = _promised(value, key, scope.place(node[1], node[2]))
        return part(value, f"[{symbol(key)}]", of)
    if isinstance(key, Unknown) or not isinstance(to_string(key), str | None):
        return _unknown_element(value, key, node, scope)
    return _known_element(value, key, node, scope)


def _promised(value: Unknown, key: Value, place: Place) -> Type:
    """The type of an element of something unknown; refuses what it cannot have."""
    of = known_of(value).of
    if is_null(key):
        raise EvaluationProblem("null is no index", place)
    if of == ANY:
        return ANY
    if kind(of) in ("object", "map"):
        name = to_string(key)
        if not isinstance(name, str):
            return of[1] if kind(of) == "map" else ANY
        found = attribute_type(of, name)
    else:
        found = element_type(of, _position(key))
    if found is None:
        raise EvaluationProblem(f"there is no element {symbol(key)}", place)
    return found


def _position(key: Value) -> "int | None":
    """The place that a key means; -1 where it means none, None where that is not known."""
    number = key if isinstance(key, Unknown | Template) else to_number(key)
    if isinstance(number, Unknown | Template):
        return None
    return number if isinstance(number, int) else -1


def _known_element(value: Value, key: Value, node: Node, scope: Scope) -> Value:
    place = scope.place(node[1], node[2])
    if isinstance(value, dict):
        name = to_string(key)
        if isinstance(value, Lazy):
            return value.read(str(name))
        if isinstance(name, str) and name in value:
            return value[name]
        raise EvaluationProblem(f"there is no element {symbol(key)}", place)
    if not isinstance(value, tuple) or isinstance(value, Set):
        what = "null" if is_null(value) else f"a {type_name(type_of(value))}"
        raise EvaluationProblem(f"{what} has no elements to index", place)
    at = to_number(key) if isinstance(key, str) and key.isdecimal() else key
    if isinstance(at, int) and not isinstance(at, bool) and 0 <= at < len(value):
        return value[at]
    raise EvaluationProblem(f"there is no element {symbol(key)} of {len(value)}", place)


def _unknown_element(value: Value, key: Value, node: Node, scope: Scope) -> Value:
    """An element under an unknown key: known only where all elements are one."""
    whole = filled(value)
    inner = list(whole.values()) if isinstance(whole, dict) else whole
    exact = scope.session.exact
    if (
        not exact
        and isinstance(inner, tuple | list)
        and inner
        and all(each == inner[0] for each in inner[1:])
    ):
        return inner[0]
    name = f"{symbol(whole)}[{symbol(key)}]"
    known = Known(whole.of) if isinstance(whole, List | Map) else None
    return derived(name, (whole,), scope.place(node[1], node[2]), (key,), known)


def splat(node: Node, scope: Scope) -> Value:
    """source[*] followed by what is read from each element."""
    return _splat(source(node[3], scope), node, scope)


def _splat(several: Value, node: Node, scope: Scope) -> Value:
    if is_null(several):
        return _of_null(several, node, scope)
    if isinstance(several, Sensitive | Ephemeral):
        return type(several)(_splat(several.value, node, scope))
    if isinstance(several, Symbolic):
        inner = _each(several.instance, node, scope)
        refers = (inner, several.whole()) if not isinstance(inner, Unknown) else (inner,)
        return derived(f"{several.name}[*]: {symbol(inner)}", refers, also=(several.doubt,))
    if isinstance(several, Unknown):
        return _of_unknown(several, node, scope)
    if isinstance(several, tuple):
        values = []
        for each in several:
            scope.session.scales.again(node[2] - node[1])
            values.append(_each(each, node, scope))
        if isinstance(several, List | Set):
            return List(values, _shared(several, values, node, scope))
        return tuple(values)
    return (_each(several, node, scope),)


def _of_null(several: Value, node: Node, scope: Scope) -> Value:
    """No elements; a sequence that is null is refused, and so is what its type does not have."""
    of = several.of if isinstance(several, Null) else ANY
    if kind(of) in ("list", "set", "tuple"):
        raise EvaluationProblem("the source of a splat is null", scope.place(*node[1:3]))
    if of != ANY:
        _each(Unknown(Cause.EXPRESSION, "null", known=Known(of)), node, scope)
    return ()


def _of_unknown(several: Unknown, node: Node, scope: Scope) -> Value:
    """A splat over something unknown; where its type is known, so is that of the result."""
    of = known_of(several).of
    if kind(of) == "tuple":
        places = [part(several, f"[{at}]", each) for at, each in enumerate(of[1])]
        made = tuple([_each(each, node, scope) for each in places])
        return derived(f"{several.what}[*]", (several, *made), known=Known(type_of(made)))
    inner = _each(part(several, "[*]", of[1] if kind(of) in ("list", "set") else of), node, scope)
    if kind(of) == ANY or not isinstance(inner, Unknown):
        return inner
    lists = kind(of) in ("list", "set")
    made_of: Type = ("list", type_of(inner)) if lists else ("tuple", (type_of(inner),))
    return replace(inner, known=Known(made_of)) if lists or known_of(several).null else (inner,)


def _shared(several: "List | Set", values: list[Value], node: Node, scope: Scope) -> Type:
    """The type of what a splat reads from each element; of none, by what the type promises."""
    if node[4][0] == "item":
        return several.of
    if values:
        return unify([type_of(each) for each in values]) or ANY
    promised = _each(Unknown(Cause.EXPRESSION, "[*]", known=Known(several.of)), node, scope)
    return type_of(promised)


def _each(item: Value, node: Node, scope: Scope) -> Value:
    if node[4][0] == "item" and isinstance(item, Lazy):
        item.fill()
    return scope.inner({"": item}).typed(node[4])
