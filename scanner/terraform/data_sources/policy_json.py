"""Policy documents as the AWS provider reads and writes them, with holes where it must.

Input: JSON text, or a document of parts. Output: a document of parts, or JSON text as Go writes it.
The order of keys, what is left out and what is sorted are the provider's:
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

import json
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from graphs.document import NotJson, read_json
from graphs.unknown import Template, Unknown, text
from scanner.errors import EvaluationProblem
from scanner.terraform.values import Ephemeral, Sensitive, Value, to_string
from scanner.terraform.values.shapes import is_null

Json: TypeAlias = "str | Template | Unknown | list[Any] | Pairs"

_LISTS: Final = ("Action", "NotAction", "Resource", "NotResource")
_PRINCIPALS: Final = ("Principal", "NotPrincipal")
_ORDER: Final = ("Sid", "Effect", *_LISTS, *_PRINCIPALS, "Condition")
_ESCAPES: Final = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


class Pairs(list[tuple["str | Template | Unknown", Any]]):
    """A JSON object as a list, since its keys may have holes."""

    def get(self, name: str) -> Any:
        """The value of a key, or None."""
        return next((value for key, value in self if key == name), None)


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document; `name` is its Id. An Unknown among the statements stands for several."""

    version: Any = ""
    name: Any = ""
    statements: tuple[Json, ...] = ()

    def merged(self, other: "Document") -> "Document":
        """This one and then the other, whose statements replace those with the same Sid."""
        statements = list(self.statements)
        sids = [sid(each) for each in statements]
        for statement in other.statements:
            known = sid(statement)
            if known and known in sids:
                statements[sids.index(known)] = statement
            else:
                statements.append(statement)
                sids.append(known)
        version = _later(self.version, other.version)
        return Document(version, other.name or self.name, tuple(statements))

    def pairs(self) -> Pairs:
        """The document as a JSON object; what is empty is left out."""
        found = (("Version", self.version), ("Id", self.name), ("Statement", list(self.statements)))
        return Pairs([(key, value) for key, value in found if given(value)])


def given(value: object) -> bool:
    """Whether there is something; what is not known counts as something."""
    return not is_null(value) and value not in ("", [])


def sid(statement: Json) -> str:
    """The Sid of a statement; "" where it has none or it is not known."""
    found = statement.get("Sid") if isinstance(statement, Pairs) else ""
    return found if isinstance(found, str) else ""


def _later(one: Any, other: Any) -> Any:
    """The later version; one that is not known, where one is not known."""
    for version in (one, other):
        if not isinstance(version, str):
            return version
    return max(one, other)


def parsed(source: Value) -> Document:
    """A document that is to be merged. Raises EvaluationProblem where the provider refuses it."""
    try:
        found = read_json(source)  # type: ignore[arg-type]
    except NotJson as problem:
        raise EvaluationProblem(f"a policy document to merge is not JSON: {problem}") from None
    if isinstance(found, Unknown):
        return Document(statements=(found,))
    if not isinstance(found, dict):
        raise EvaluationProblem("a policy document to merge is not an object")
    statements = found.get("Statement") or []
    if isinstance(statements, Unknown):
        statements = [statements]
    if not isinstance(statements, list):
        raise EvaluationProblem("Statement of a policy document to merge is not a list")
    adopted = tuple([_statement(each) for each in statements])
    return Document(found.get("Version") or "", found.get("Id") or "", adopted)


def _statement(found: object) -> Json:
    """A statement of foreign JSON: keys that the provider does not know are dropped."""
    if isinstance(found, Unknown):
        return found
    if not isinstance(found, dict):
        raise EvaluationProblem("a statement of a policy document to merge is not an object")
    pairs = ((name, _part(name, found.get(name))) for name in _ORDER)
    return Pairs([(name, value) for name, value in pairs if value is not None and value != ""])


def _part(name: str, value: object) -> Any:
    if value is None or isinstance(value, Unknown):
        return value
    if name in _PRINCIPALS:
        return _principals(value)
    return _conditions(value) if name == "Condition" else _adopted(value)


def _adopted(value: object) -> Any:
    """Actions and resources stay as they were written, also a list of one."""
    if isinstance(value, dict):
        return Pairs([(name, _adopted(value[name])) for name in sorted(value, key=str)])
    return [_adopted(each) for each in value] if isinstance(value, list) else value


def _principals(value: object) -> Any:
    """Principals by type; lists of them are sorted and a list of one stays a list."""
    if not isinstance(value, dict):
        return "*" if isinstance(value, str) else value
    if list(value) == ["*"] and value["*"] in ("*", ["*"]):
        return "*"
    found = Pairs()
    for kind in sorted(value, key=str):
        names = value[kind]
        found.append((kind, descending(names) if isinstance(names, list) else names))
    return found


def _conditions(value: object) -> Any:
    """Conditions by test and key; a list of one is written as the one, and numbers are lost."""
    if not isinstance(value, dict):
        return _adopted(value)
    found = Pairs()
    for test in sorted(value, key=str):
        keys = value[test]
        if not isinstance(keys, dict):
            found.append((test, keys))
            continue
        pairs = [(key, _values(keys[key])) for key in sorted(keys, key=str)]
        if kept := Pairs([pair for pair in pairs if pair[1] is not None]):
            found.append((test, kept))
    return found or None


def _values(value: object) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return None
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def descending(items: list[Any]) -> list[Any]:
    """Texts in descending order, as the provider sorts what AWS holds as a set."""
    return sorted(items, key=str, reverse=True)


def written(document: Document, *, indent: bool) -> "str | Template":
    """The document as text: Go's JSON, with two spaces of indentation or none."""
    parts: list[Any] = []
    _write(document.pairs(), parts, "\n" if indent else "")
    return text(parts)


def _write(value: Any, parts: list[Any], line: str) -> None:
    """Go's JSON with its HTML escapes; `line` is "" without indentation."""
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
