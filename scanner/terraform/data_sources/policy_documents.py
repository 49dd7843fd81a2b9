"""aws_iam_policy_document, rendered as the provider renders it, with holes where it must.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

from graphs.unknown import Template, Unknown, text
from scanner.errors import EvaluationProblem
from scanner.terraform.data_sources.policy_json import (
    Document,
    Json,
    Pairs,
    descending,
    given,
    parsed,
    sid,
    written,
)
from scanner.terraform.values import Sensitive, Value, to_string, unmark_deep
from scanner.terraform.values.shapes import is_null

if TYPE_CHECKING:
    from scanner.terraform.resources import Instance

VERSION: Final = "2012-10-17"
_WITHOUT_VARIABLES: Final = "2008-10-17"


def document(instance: "Instance") -> Document:
    """The policy document of a data source: sources, then its own, then overrides, by Sid."""
    read = _Reader(instance)
    sources = read.documents("source_policy_documents", "source_json")
    _refuse_twice(sources, "two source policy documents have")
    own = _own(read)
    _refuse_twice([own], "there is more than one")
    overrides = read.documents("override_policy_documents", "override_json")
    return reduce(Document.merged, (*sources, own, *overrides), Document())


def rendered(instance: "Instance", *, indent: bool = True) -> Value:
    """The `json` or `minified_json` attribute."""
    value = written(document(instance), indent=indent)
    return Sensitive(value) if _Reader(instance).secret() else value


class _Reader:
    """Reads the arguments of the data source without their marks."""

    def __init__(self, instance: "Instance") -> None:
        self.instance = instance

    def one(self, name: str) -> Any:
        if name not in self.instance.names():
            return None
        return unmark_deep(self.instance.get_value(name))[0]

    def many(self, name: str) -> list[Value]:
        return _listed(self.one(name))

    def documents(self, name: str, old: str) -> list[Document]:
        """What is to be merged; `old` is the argument for a single one, before version 5."""
        stated = [*self.many(name), *self.many(old)]
        return [parsed(each) for each in stated if given(each)]

    def secret(self) -> bool:
        stated = self.instance.group.definition.body.attributes
        names = [*stated, "statement"]
        return any(
            unmark_deep(self.instance.get_value(name))[1]
            for name in names
            if name in self.instance.names()
        )


def _listed(value: Value) -> list[Value]:
    """The elements of a list; nulls are left out."""
    items = value if isinstance(value, tuple) else (value,)
    return [each for each in items if not is_null(each)]


def _own(read: _Reader) -> Document:
    """The data source's own statements."""
    stated = read.one("version")
    version = to_string(stated) if given(stated) else VERSION
    name = read.one("policy_id")
    variables = _as_written if version == _WITHOUT_VARIABLES else _variables
    statements = tuple([_statement(each, variables) for each in read.many("statement")])
    return Document(version, _quoted(to_string(name)) if given(name) else "", statements)


def _refuse_twice(documents: Iterable[Document], which: str) -> None:
    seen: set[str] = set()
    for name in (sid(each) for document in documents for each in document.statements):
        if name and name in seen:
            raise EvaluationProblem(f"{which} statement {name!r}")
        seen.add(name)


Change = Callable[[Value], Any]


def _statement(block: Value, variables: Change) -> Json:
    if not isinstance(block, dict):
        return block if isinstance(block, Unknown) else Pairs()
    result = Pairs()
    if given(block.get("sid")):
        result.append(("Sid", _quoted(to_string(block["sid"]))))
    effect = block.get("effect")
    result.append(("Effect", _quoted(to_string(effect)) if given(effect) else "Allow"))
    for name, key in _LISTS:
        change = variables if key.endswith("Resource") else to_string
        if (items := _items(block.get(name), change)) is not None:
            result.append((key, items))
    for name, key in _PRINCIPALS:
        if (principals := _principals(block.get(name), variables)) is not None:
            result.append((key, principals))
    if (conditions := _conditions(block.get("condition"), variables)) is not None:
        result.append(("Condition", conditions))
    return result


_LISTS: Final = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)
_PRINCIPALS: Final = (("principals", "Principal"), ("not_principals", "NotPrincipal"))


def _variables(value: Value) -> Any:
    """`&{` is how a policy variable is written, since `${` would be terraform's."""
    value = to_string(value)
    if isinstance(value, Template):
        parts = (p.replace("&{", "${") if isinstance(p, str) else p for p in value.parts)
        return text(parts)
    return value.replace("&{", "${") if isinstance(value, str) else value


def _as_written(value: Value) -> Any:
    """The older language has no policy variables, and the provider refuses them there."""
    value = to_string(value)
    if isinstance(value, str) and "&{" in value:
        raise EvaluationProblem(
            f"{value!r} has a policy variable, which {_WITHOUT_VARIABLES} lacks"
        )
    return value


def _items(value: Value, change: Change) -> Any:
    """A set as the provider writes it: one item bare, more in descending order; None for none."""
    if is_null(value):
        return None
    if isinstance(value, Unknown):
        return value
    items = dict.fromkeys(_quoted(change(each)) for each in _listed(value))
    if len(items) == 1:
        return next(iter(items))
    return descending(list(items)) or None


def _quoted(value: Any) -> Any:
    """An unknown item is a string, so that its hole stands within quotes."""
    return Template((value,)) if isinstance(value, Unknown) else value


def _principals(blocks: Value, variables: Change) -> Any:
    """By type, in order of type; everybody is "*" only where nobody is named beside."""
    if is_null(blocks):
        return None
    if isinstance(blocks, Unknown):
        return blocks
    found: list[tuple[Any, Any]] = []
    for block in _listed(blocks):
        if not isinstance(block, dict):
            return block
        found.append((_required(block, "type"), _items(block.get("identifiers"), variables)))
    found = [each for at, each in enumerate(found) if each not in found[:at]]
    if found == [("*", "*")]:
        return "*"
    by_type: dict[Any, Any] = {}
    for kind, items in found:
        by_type[kind] = _joined(by_type[kind], items) if kind in by_type else items
    pairs = sorted(by_type.items(), key=lambda pair: str(pair[0]))
    return Pairs([(key, value) for key, value in pairs if value is not None]) or None


def _joined(one: Any, other: Any) -> Any:
    for items in (one, other):
        if isinstance(items, Unknown):
            return items
    left = one if isinstance(one, list) else [one]
    return left + (other if isinstance(other, list) else [other])


def _conditions(blocks: Value, variables: Change) -> Any:
    if is_null(blocks):
        return None
    if isinstance(blocks, Unknown):
        return blocks
    tests: dict[Any, dict[Any, list[Any]]] = {}
    for block in _listed(blocks):
        if not isinstance(block, dict):
            return block
        values = block.get("values")
        items = _listed(values)
        test, variable = _required(block, "test"), _required(block, "variable")
        found = tests.setdefault(test, {}).setdefault(variable, [])
        found += [each if each is values else _quoted(variables(each)) for each in items]
    pairs = [(test, _condition_keys(tests[test])) for test in sorted(tests, key=str)]
    return Pairs(pairs) if pairs else None


def _required(block: "dict[str, Value]", name: str) -> Any:
    value = to_string(block.get(name))
    if is_null(value):
        raise EvaluationProblem(f"a block of a policy document lacks its {name}")
    return value


def _condition_keys(found: Mapping[Any, list[Any]]) -> Pairs:
    pairs = [(key, found[key]) for key in sorted(found, key=str)]
    return Pairs([(key, items[0] if len(items) == 1 else items) for key, items in pairs])
