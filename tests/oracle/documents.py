"""aws_iam_policy_document as the provider renders it, written apart from the scanner's own.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

import json
from typing import Any

Statement = dict[str, Any]

ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""What Go's encoder escapes, so that JSON may stand in HTML."""


class NotAnswered(Exception):
    """Why a data source has no answer."""


def document(asked: dict[str, Any], *, indent: bool) -> str:
    """The JSON text. Raises NotAnswered for what the provider refuses."""
    head: dict[str, Any] = {"Version": asked["version"] or "2012-10-17", "Id": asked["policy_id"]}
    statements: list[Statement] = []
    for source in _texts(asked, "source_json", "source_policy_documents"):
        head, statements = _merged(head, statements, json.loads(source), override=False)
    own = [_statement(each) for each in asked["statement"]]
    head, statements = _merged(head, statements, {"Statement": own}, override=False)
    for source in _texts(asked, "override_json", "override_policy_documents"):
        head, statements = _merged(head, statements, json.loads(source), override=True)
    whole = {key: each for key, each in head.items() if each}
    return _encoded({**whole, "Statement": statements or None}, indent=indent)


def _texts(asked: dict[str, Any], single: str, several: str) -> list[str]:
    return [text for text in (asked[single], *(asked[several] or ())) if text]


def _merged(
    head: dict[str, Any], before: list[Statement], more: dict[str, Any], *, override: bool
) -> tuple[dict[str, Any], list[Statement]]:
    """Two documents as one: the later head wins, and where it may, a statement of the same Sid."""
    head = {key: more.get(key) or value for key, value in head.items()}
    found = more.get("Statement") or []
    result = list(before)
    for each in map(_ordered, [found] if isinstance(found, dict) else found):
        sids = [one.get("Sid") for one in result]
        if each.get("Sid") and each["Sid"] in sids:
            if not override:
                raise NotAnswered(f"duplicate Sid ({each['Sid']})")
            result[sids.index(each["Sid"])] = each
        else:
            result.append(each)
    return head, result


ORDER = (
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
)


def _ordered(statement: Statement) -> Statement:
    return {key: statement[key] for key in ORDER if statement.get(key)}


def _statement(asked: dict[str, Any]) -> Statement:
    return _ordered(
        {
            "Sid": asked["sid"],
            "Effect": asked["effect"] or "Allow",
            "Action": _several(asked["actions"]),
            "NotAction": _several(asked["not_actions"]),
            "Resource": _several(asked["resources"]),
            "NotResource": _several(asked["not_resources"]),
            "Principal": _principals(asked["principals"]),
            "NotPrincipal": _principals(asked["not_principals"]),
            "Condition": _conditions(asked["condition"]),
        }
    )


def _several(values: list[str] | None) -> str | list[str] | None:
    found = sorted(map(_variables, values or ()), reverse=True)
    return found[0] if len(found) == 1 else found


def _variables(text: str) -> str:
    return text.replace("&{", "${")


def _principals(asked: list[dict[str, Any]]) -> Any:
    found: dict[str, list[str]] = {}
    for each in asked:
        found.setdefault(each["type"], []).extend(each["identifiers"])
    if found == {"*": ["*"]}:
        return "*"
    return {kind: _several(names) for kind, names in sorted(found.items())}


def _conditions(asked: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, dict[str, list[str]]] = {}
    for each in asked:
        values = found.setdefault(each["test"], {}).setdefault(each["variable"], [])
        values.extend(map(_variables, each["values"]))
    return {
        test: {
            key: values[0] if len(values) == 1 else values for key, values in sorted(inner.items())
        }
        for test, inner in sorted(found.items())
    }


def _encoded(whole: dict[str, Any], *, indent: bool) -> str:
    style: dict[str, Any] = {"indent": 2} if indent else {"separators": (",", ":")}
    text = json.dumps(whole, ensure_ascii=False, **style)
    for sign, escape in ESCAPES.items():
        text = text.replace(sign, escape)
    return text
