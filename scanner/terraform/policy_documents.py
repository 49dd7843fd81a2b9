"""aws_iam_policy_document, rendered as the provider renders it, with holes where it must.

The order of keys, what is left out, and what is sorted are the provider's:
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from graphs.unknown import Template, Unknown, text, unknowns_in
from scanner.errors import EvaluationProblem
from scanner.terraform.values import (
    Ephemeral,
    Sensitive,
    Value,
    ValueProblem,
    from_json,
    to_string,
    unmark_deep,
)

if TYPE_CHECKING:
    from scanner.terraform.resources import Instance

Json: TypeAlias = "str | Template | Unknown | list[Any] | Pairs"

VERSION: Final = "2012-10-17"
_ORDER: Final = (
    "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal",
    "NotPrincipal", "Condition",
)  # fmt: skip
_ESCAPES: Final = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


class Pairs(list[tuple["str | Template | Unknown", Any]]):
    """A JSON object as a list, since its keys may have holes."""

    def get(self, name: str) -> Any:
        """The value of a key, or None."""
        return next((value for key, value in self if key == name), None)


def document(instance: "Instance") -> Pairs:
    """The policy document of a data source, as JSON."""
    read = _Reader(instance)
    statements: list[Json] = []
    for source in read.many("source_policy_documents", old="source_json"):
        statements += _statements(instance, source)
    _refuse_twice(statements)
    own = [_statement(each) for each in read.many("statement")]
    statements = _merged(statements, own, replace=False)
    for override in read.many("override_policy_documents", old="override_json"):
        statements = _merged(statements, _statements(instance, override), replace=True)
    version = read.one("version")
    result = Pairs([("Version", VERSION if _empty(version) else to_string(version))])
    if (name := read.one("policy_id")) is not None:
        result.append(("Id", _quoted(to_string(name))))
    if statements:
        result.append(("Statement", statements))
    return result


def rendered(instance: "Instance", indent: bool = True) -> Value:
    """The `json` or `minified_json` attribute."""
    made = document(instance)
    parts: list[Any] = []
    _write(made, parts, "\n" if indent else "")
    value = text(parts)
    instance.scope.session.documents[value] = made
    return Sensitive(value) if _Reader(instance).secret() else value


class _Reader:
    """Reads the arguments of the data source without their marks."""

    def __init__(self, instance: "Instance") -> None:
        self.instance = instance

    def one(self, name: str) -> Any:
        if name not in self.instance.names():
            return None
        return unmark_deep(self.instance.get_value(name))[0]

    def many(self, name: str, old: str = "") -> list[Value]:
        value = self.one(name)
        if value is None and old:
            single = self.one(old)
            return [] if single in (None, "") else [single]
        return _listed(value)

    def secret(self) -> bool:
        stated = self.instance.group.definition.body.attributes
        names = [*stated, "statement"]
        return any(
            unmark_deep(self.instance.get_value(name))[1]
            for name in names
            if name in self.instance.names()
        )


def _listed(value: Value) -> list[Value]:
    if value is None:
        return []
    return list(value) if isinstance(value, tuple) else [value]


def _statements(instance: "Instance", source: Value) -> list[Json]:
    """The statements of another document; an Unknown stands for those of one not known."""
    if source is None or source == "":
        return []
    known = instance.scope.session.documents.get(source)
    if known is not None:
        return list(known.get("Statement") or [])
    if not isinstance(source, str):
        return [source if isinstance(source, Unknown) else _hole(source)]
    try:
        parsed = from_json(source)
    except ValueProblem as problem:
        raise EvaluationProblem(f"a policy document to merge is not JSON: {problem}") from None
    found = parsed.get("Statement") if isinstance(parsed, dict) else None
    return [_adopted(each) for each in _listed(found)]


def _hole(source: Value) -> Unknown:
    return next(iter(sorted(unknowns_in(source), key=lambda hole: hole.what)))


def _adopted(value: Value) -> Any:
    """Foreign JSON: a statement's keys come in the provider's order, others sorted."""
    if isinstance(value, dict):
        rank = {name: at for at, name in enumerate(_ORDER)}
        names = sorted(value, key=lambda name: (rank.get(name, len(rank)), name))
        return Pairs([(name, _adopted(value[name])) for name in names])
    if isinstance(value, tuple):
        items = [_adopted(each) for each in value]
        return items[0] if len(items) == 1 and isinstance(items[0], str) else items
    return value if isinstance(value, str) else to_string(value)


def _sid(statement: Json) -> Any:
    return statement.get("Sid") if isinstance(statement, Pairs) else None


def _refuse_twice(statements: list[Json]) -> None:
    seen: set[object] = set()
    for sid in map(_sid, statements):
        if isinstance(sid, str) and sid and sid in seen:
            raise EvaluationProblem(f"two source policy documents have a statement {sid!r}")
        seen.add(sid)


def _merged(base: list[Json], more: list[Json], replace: bool) -> list[Json]:
    """Statements after others: one whose Sid is there takes its place."""
    result = list(base)
    sids = [_sid(each) for each in result]
    for statement in more:
        sid = _sid(statement)
        if isinstance(sid, str) and sid and sid in sids:
            result[sids.index(sid)] = statement
        else:
            result.append(statement)
            sids.append(sid if replace else None)
    return result


def _statement(block: Value) -> Json:
    if not isinstance(block, dict):
        return block if isinstance(block, Unknown) else Pairs()
    result = Pairs()
    if not _empty(block.get("sid")):
        result.append(("Sid", _quoted(to_string(block["sid"]))))
    effect = block.get("effect")
    result.append(("Effect", "Allow" if _empty(effect) else _quoted(to_string(effect))))
    for name, key, change in _LISTS:
        if (items := _items(block.get(name), change)) is not None:
            result.append((key, items))
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if (principals := _principals(block.get(name))) is not None:
            result.append((key, principals))
    if (conditions := _conditions(block.get("condition"))) is not None:
        result.append(("Condition", conditions))
    return result


def _empty(value: Value) -> bool:
    """Whether an optional text is not given; one that is unknown is."""
    return value is None or value == ""


def _as_is(value: Value) -> Any:
    return to_string(value)


def _variables(value: Value) -> Any:
    """`&{` is how a policy variable is written, since `${` would be terraform's."""
    value = to_string(value)
    if isinstance(value, Template):
        parts = (p.replace("&{", "${") if isinstance(p, str) else p for p in value.parts)
        return text(parts)
    return value.replace("&{", "${") if isinstance(value, str) else value


_LISTS: Final = (
    ("actions", "Action", _as_is),
    ("not_actions", "NotAction", _as_is),
    ("resources", "Resource", _variables),
    ("not_resources", "NotResource", _variables),
)


def _items(value: Value, change: Callable[[Value], Any], ordered: bool = False) -> Any:
    """A list as the provider writes it: one item bare, more in descending order; None for none."""
    if value is None or isinstance(value, Unknown):
        return value
    items = [_quoted(change(each)) for each in _listed(value) if each is not None]
    if not ordered:
        items = sorted(dict.fromkeys(items), key=str, reverse=True)
    return (items[0] if len(items) == 1 else items) if items else None


def _quoted(value: Any) -> Any:
    """An unknown item is a string, so that its hole stands within quotes."""
    return Template((value,)) if isinstance(value, Unknown) else value


def _principals(blocks: Value) -> Any:
    if blocks is None or isinstance(blocks, Unknown):
        return blocks
    by_type: dict[Any, Any] = {}
    for block in _listed(blocks):
        if not isinstance(block, dict):
            return block
        kind, items = _required(block, "type"), _items(block.get("identifiers"), _variables)
        if kind == "*" and items == "*":
            return "*"
        by_type[kind] = _joined(by_type[kind], items) if kind in by_type else items
    found = sorted(by_type.items(), key=lambda pair: str(pair[0]))
    return Pairs([(key, value) for key, value in found if value is not None]) or None


def _joined(one: Any, other: Any) -> Any:
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return one if isinstance(one, Unknown) else other
    left = one if isinstance(one, list) else [one]
    return left + (other if isinstance(other, list) else [other])


def _conditions(blocks: Value) -> Any:
    if blocks is None or isinstance(blocks, Unknown):
        return blocks
    tests: dict[Any, dict[Any, list[Any]]] = {}
    for block in _listed(blocks):
        if not isinstance(block, dict):
            return block
        values = block.get("values")
        items = _listed(values)
        test, variable = _required(block, "test"), _required(block, "variable")
        found = tests.setdefault(test, {}).setdefault(variable, [])
        found += [each if each is values else _quoted(_variables(each)) for each in items]
    pairs = [(test, _condition_keys(tests[test])) for test in sorted(tests, key=str)]
    return Pairs(pairs) if pairs else None


def _required(block: "dict[str, Value]", name: str) -> Any:
    value = to_string(block.get(name))
    if value is None:
        raise EvaluationProblem(f"a block of a policy document lacks its {name}")
    return value


def _condition_keys(found: Mapping[Any, list[Any]]) -> Pairs:
    pairs = [(key, found[key]) for key in sorted(found, key=str)]
    return Pairs([(key, items[0] if len(items) == 1 else items) for key, items in pairs])


def _write(value: Any, parts: list[Any], line: str) -> None:
    """Go's JSON: two spaces of indentation and HTML escapes; `line` is "" without indentation."""
    if isinstance(value, Unknown):
        parts.append(value)
    elif isinstance(value, str | Template):
        _write_text(value, parts)
    elif isinstance(value, Pairs):
        _write_all(value, "{}", parts, line)
    elif isinstance(value, list):
        _write_all([(None, each) for each in value], "[]", parts, line)
    elif isinstance(value, Sensitive | Ephemeral):
        _write(value.value, parts, line)
    else:
        parts.append("null" if value is None else str(to_string(value)))


def _write_all(
    pairs: "list[tuple[Any, Any]] | Pairs", brackets: str, parts: list[Any], line: str
) -> None:
    inner = line + "  " if line else ""
    parts.append(brackets[0])
    for at, (key, value) in enumerate(pairs):
        parts.append(("," if at else "") + inner)
        if key is not None:
            _write_text(key, parts)
            parts.append(": " if line else ":")
        _write(value, parts, inner)
    parts.append((line if pairs else "") + brackets[1])


def _write_text(value: Any, parts: list[Any]) -> None:
    parts.append('"')
    for piece in value.parts if isinstance(value, Template) else (value,):
        if isinstance(piece, str):
            parts.append(json.dumps(piece, ensure_ascii=False)[1:-1].translate(_ESCAPES))
        else:
            parts.append(piece)
    parts.append('"')
