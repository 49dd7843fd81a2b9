"""`for` expressions, and the turns that every loop of the language takes.

https://developer.hashicorp.com/terraform/language/expressions/for
"""

from collections.abc import Iterator

from graphs.unknown import Template, Unknown
from scanner.errors import EvaluationProblem
from scanner.terraform.expressions.traversals import collection
from scanner.terraform.scope import Scope, Secrets
from scanner.terraform.syntax import Node
from scanner.terraform.values import Value, is_null, iterate, to_bool, to_string
from scanner.terraform.values.symbols import derived, symbol


def turns(several: Value, node: Node, scope: Scope) -> Iterator[Scope]:
    """The scope of each turn of a `for`; it is one object, whose names change."""
    _, start, end, key, value, *_ = node
    inner, scales = scope.inner({}), scope.session.scales
    for own_key, own_value in iterate(several):
        scales.again(end - start)
        if key is not None:
            inner.names[key] = own_key
        inner.names[value] = own_value
        yield inner


def for_tuple(node: Node, scope: Scope) -> Value:
    """[for k, v in coll : value if cond]"""
    secrets = Secrets()
    _, start, end, key, item, source, value, test = node
    several = _several(source, scope, secrets)
    if isinstance(several, Unknown):
        return secrets.mark(_of_unknown(several, (value,), key, item, scope, (start, end)))
    result: list[Value] = []
    for inner in turns(several, node, scope):
        wanted = True if test is None else _wanted(test, inner, secrets)
        if isinstance(wanted, Unknown):
            return secrets.mark(_of_test(several, wanted, scope, (start, end)))
        if wanted:
            result.append(inner.typed(value))
    return secrets.mark(tuple(result))


def for_object(node: Node, scope: Scope) -> Value:
    """{for k, v in coll : key => value if cond}, with `...` values of one key are grouped."""
    secrets = Secrets()
    _, start, end, key, item, source, name, value, test, grouped = node
    several = _several(source, scope, secrets)
    if isinstance(several, Unknown):
        return secrets.mark(_of_unknown(several, (name, value), key, item, scope, (start, end)))
    result: dict[str, list[Value]] = {}
    for inner in turns(several, node, scope):
        wanted = True if test is None else _wanted(test, inner, secrets)
        if isinstance(wanted, Unknown):
            return secrets.mark(_of_test(several, wanted, scope, (start, end)))
        if not wanted:
            continue
        own = _key(name, inner, secrets)
        if not isinstance(own, str):
            return secrets.mark(_of_key(several, own, scope, (start, end)))
        values = result.setdefault(own, [])
        if values and not grouped:
            raise EvaluationProblem(f"two elements have the key {own!r}", scope.place(start, end))
        values.append(inner.typed(value))
    if grouped:
        return secrets.mark({each: tuple(values) for each, values in sorted(result.items())})
    return secrets.mark({each: values[0] for each, values in sorted(result.items())})


def _several(source: Node, scope: Scope, secrets: Secrets) -> Value:
    several = secrets.reveal(collection(source, scope))
    if several is None:
        raise EvaluationProblem("the collection of a for is null", scope.place(*source[1:3]))
    if isinstance(several, Template):
        raise EvaluationProblem("a string has no elements", scope.place(*source[1:3]))
    return several


def _wanted(test: Node, scope: Scope, secrets: Secrets) -> "bool | Unknown":
    value = secrets.reveal(scope.typed(test))
    if is_null(value):
        raise EvaluationProblem("the condition of a for is null", scope.place(*test[1:3]))
    answer = to_bool(value)
    return answer if isinstance(answer, bool | Unknown) else derived("condition", (answer,))


def _key(node: Node, scope: Scope, secrets: Secrets) -> Value:
    value = to_string(secrets.reveal(scope.typed(node)))
    if is_null(value):
        raise EvaluationProblem("the key of an object is null", scope.place(*node[1:3]))
    return value


def _of_unknown(
    several: Unknown,
    results: tuple[Node, ...],
    key: "str | None",
    item: str,
    scope: Scope,
    span: tuple[int, int],
) -> Unknown:
    """A `for` over something unknown: what one turn would mention is still worth knowing."""
    names: dict[str, Value] = {item: Unknown(several.cause, f"{several.what}[*]", several.refers)}
    if key is not None:
        names[key] = derived(f"keys({several.what})", (several,))
    inner = scope.inner(names)
    values = [inner.typed(each) for each in results]
    name = f"[for {several.what}: {', '.join(map(symbol, values))}]"
    return derived(name, (several, *values), scope.place(*span))


def _of_test(several: Value, test: Unknown, scope: Scope, span: tuple[int, int]) -> Unknown:
    name = f"[for {symbol(several)} if {test.what}]"
    return derived(name, (several,), scope.place(*span), also=(test,))


def _of_key(several: Value, key: Value, scope: Scope, span: tuple[int, int]) -> Unknown:
    name = f"{{for {symbol(several)}: {symbol(key)}}}"
    return derived(name, (several, key), scope.place(*span))
