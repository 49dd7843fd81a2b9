"""A policy document, read into statements.

Input: a PolicyText, which may have holes. Output: a Policy, whose statements hold Unknowns where
the text did. What cannot be read at all becomes one statement that may be anything, so that it
makes everything possible and nothing certain. Nothing is evaluated here.

Grammar: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias, cast

from graphs.document import NotJson, read_json
from graphs.evidence import Proof
from graphs.identity.managed import managed_policy
from graphs.nodes import PolicyText
from graphs.unknown import Cause, Template, Text, Unknown, text, unknowns_in

Json: TypeAlias = "Text | None | bool | list[Json] | dict[Text, Json]"

VARIABLES_SINCE = "2012-10-17"
_LIMIT = 500_000
_OPERATOR = re.compile(r"(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?", re.IGNORECASE)


class PolicyError(ValueError):
    """The text is not a policy; the message says why."""


@dataclass(frozen=True, slots=True)
class PrincipalEntry:
    """One principal of a statement. `kind` is `*`, AWS, Service, Federated, CanonicalUser, or
    `?` where it is not known which."""

    kind: str
    value: Text


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key. `operator` is in lower case, without qualifier and IfExists.

    `key` is in lower case. Unknown as operator or key means that the block is not known.
    """

    operator: "str | Unknown"
    key: Text
    values: tuple[Text, ...]
    qualifier: str = ""
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. An element that is not written is None; actions are in lower case.

    `variables` tells whether `${...}` is a policy variable, which the version decides.
    """

    effect: "str | Unknown"
    proof: Proof
    sid: Text = ""
    principals: tuple[PrincipalEntry, ...] | None = None
    not_principals: tuple[PrincipalEntry, ...] | None = None
    actions: tuple[Text, ...] | None = None
    not_actions: tuple[Text, ...] | None = None
    resources: tuple[Text, ...] | None = None
    not_resources: tuple[Text, ...] | None = None
    conditions: tuple[Condition, ...] = ()
    variables: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """A document's statements. `problems` say what is wrong with it; `unread` why it was not read
    in full, empty when it was. `edition` is the version and the day of one of AWS's own."""

    statements: tuple[Statement, ...]
    version: Text = VARIABLES_SINCE
    name: str = ""
    edition: str = ""
    problems: tuple[str, ...] = ()
    unread: frozenset[Unknown] = frozenset()


@lru_cache(maxsize=16384)
def parse(document: PolicyText) -> Policy:
    """Read a policy document, or look up an AWS managed one.

    >>> from graphs.evidence import Proof
    >>> policy = parse(PolicyText('{"Statement": {"Effect": "Allow", "Action": "s3:*",'
    ...                           ' "Resource": "*"}}', Proof("aws_iam_policy.a", "policy")))
    >>> policy.statements[0].actions
    ('s3:*',)
    """
    if document.managed:
        return _managed(document)
    if isinstance(document.text, Unknown):
        return unread(document, document.text)
    try:
        return _document(_decode(document.text), document)
    except PolicyError as error:
        holes = sorted(unknowns_in(document.text), key=str)
        why = holes or [_not_understood(document, str(error))]
        problems = () if holes else (str(error),)
        return replace(unread(document, *why), problems=problems)


def unread(document: PolicyText, *why: Unknown) -> Policy:
    """A policy that may say anything."""
    statements = tuple(anything(each, document.proof) for each in why)
    return Policy(statements, name=document.name, unread=frozenset(why))


def anything(why: Unknown, proof: Proof, effect: "str | Unknown | None" = None) -> Statement:
    """A statement that may be anything, or anything with this effect."""
    return Statement(
        effect=why if effect is None else effect,
        proof=proof,
        principals=(PrincipalEntry("?", why),),
        actions=(why,),
        resources=(why,),
    )


def lower(value: Text) -> Text:
    """Text in lower case, holes kept."""
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, Template):
        return text(p.lower() if isinstance(p, str) else p for p in value.parts)
    return value


def _not_understood(document: PolicyText, why: str) -> Unknown:
    return Unknown(Cause.EXPRESSION, f"{document.proof}: {why}", place=document.proof.place)


# ------------------------------------------------------------------------------ managed policies


def _managed(document: PolicyText) -> Policy:
    """AWS's own policies: exact where the table has them, else there is no telling."""
    found = managed_policy(document.managed)
    name = document.name or document.managed.rpartition("/")[2]
    if found is None:
        why = Unknown(Cause.MODEL, document.managed)
        return Policy((anything(why, document.proof),), name=name, unread=frozenset((why,)))
    statements = tuple(
        _statement({n: _as_json(v) for n, v in s.items()}, document.proof, variables=True)
        for s in found.statements
    )
    return Policy(statements, name=name, edition=f"{found.version} of {found.day}")


# ------------------------------------------------------------------------------ JSON with holes


def _decode(source: "str | Template") -> Json:
    """JSON in which holes may stand, inside of quotes or for a whole value."""
    if len(str(source)) > _LIMIT:
        raise PolicyError("is longer than any policy may be")
    try:
        decoded = read_json(
            source, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_no_twins
        )
    except NotJson as problem:
        raise PolicyError(f"is not JSON: {problem}") from None
    return cast("Json", decoded)


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise PolicyError("has an element twice in the same place")
    return found


def _as_json(value: object) -> Json:
    """A statement of the table of managed policies, which holds plain text only."""
    if isinstance(value, list):
        return [_as_json(each) for each in value]
    if isinstance(value, dict):
        return {name: _as_json(each) for name, each in value.items()}
    return value if value is None or isinstance(value, bool) else str(value)


# ------------------------------------------------------------------------------ JSON to statements


def _document(root: Json, document: PolicyText) -> Policy:
    if isinstance(root, Unknown):
        return unread(document, root)
    if not isinstance(root, dict):
        raise PolicyError("is not a JSON object")
    if "Statement" not in root:
        raise PolicyError("has no Statement")
    version = root.get("Version", "2008-10-17")
    if not isinstance(version, str | Template | Unknown):
        raise PolicyError("has a Version that is not text")
    written = _list(root["Statement"])
    statements, problems, why = [], [], []
    for number, each in enumerate(written):
        proof = document.statements[number] if number < len(document.statements) else document.proof
        try:
            statements.append(_known_or_anything(each, proof, version))
        except PolicyError as error:
            problems.append(f"statement {number + 1} {error}")
            why.append(_not_understood(document, problems[-1]))
            statements.append(anything(why[-1], proof))
    return Policy(
        tuple(statements), version, document.name, problems=tuple(problems), unread=frozenset(why)
    )


def _known_or_anything(each: Json, proof: Proof, version: Text) -> Statement:
    if isinstance(each, Unknown | Template):
        return anything(min(unknowns_in(each), key=str), proof)
    if not isinstance(each, dict):
        raise PolicyError("is not an object")
    if any(not isinstance(name, str) for name in each):
        return anything(min(unknowns_in(tuple(each)), key=str), proof)
    variables = not isinstance(version, str) or version == VARIABLES_SINCE
    return _statement(each, proof, variables=variables)


def _statement(each: Mapping[Text, Json], proof: Proof, *, variables: bool) -> Statement:
    result = Statement(
        effect=_effect(each.get("Effect")),
        proof=proof,
        sid=_text(each.get("Sid", "")),
        principals=_principals(each, "Principal"),
        not_principals=_principals(each, "NotPrincipal"),
        actions=_texts(each, "Action", lowered=True),
        not_actions=_texts(each, "NotAction", lowered=True),
        resources=_texts(each, "Resource"),
        not_resources=_texts(each, "NotResource"),
        conditions=tuple(_conditions(each.get("Condition"))),
        variables=variables,
    )
    if result.actions is None and result.not_actions is None:
        raise PolicyError("has neither Action nor NotAction")
    return result


def _effect(value: "Json") -> "str | Unknown":
    if isinstance(value, Unknown | Template):
        return min(unknowns_in(value), key=str)
    if value not in ("Allow", "Deny") or not isinstance(value, str):
        raise PolicyError("has an Effect that is neither Allow nor Deny")
    return value


def _list(value: Json) -> "list[Json]":
    return value if isinstance(value, list) else [value]


def _text(value: Json) -> Text:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | Template | Unknown):
        return value
    raise PolicyError("has something else where text must stand")


def _texts(
    each: Mapping[Text, Json], element: str, *, lowered: bool = False
) -> tuple[Text, ...] | None:
    if element not in each:
        return None
    written = each[element]
    if isinstance(written, str):
        return (written.lower() if lowered else written,)
    values = map(_text, _list(written))
    return tuple(map(lower, values) if lowered else values)


def _principals(each: Mapping[Text, Json], element: str) -> tuple[PrincipalEntry, ...] | None:
    """`"*"` and `{"AWS": "*"}` mean the same; IAM User Guide, "Principal"."""
    if element not in each:
        return None
    value = each[element]
    if value == "*":
        return (PrincipalEntry("*", "*"),)
    if isinstance(value, Unknown | Template):
        return tuple(PrincipalEntry("?", hole) for hole in sorted(unknowns_in(value), key=str))
    if not isinstance(value, dict):
        raise PolicyError(f"has a {element} that is neither * nor an object")
    named = ((kind, who) for kind, listed in value.items() for who in _list(listed))
    return tuple(_entry(kind, _text(who)) for kind, who in named)


def _entry(kind: Text, who: Text) -> PrincipalEntry:
    if not isinstance(kind, str):
        return PrincipalEntry("?", min(unknowns_in(kind), key=str))
    if kind not in ("AWS", "Service", "Federated", "CanonicalUser"):
        raise PolicyError(f"names a principal of the unknown kind {kind}")
    return PrincipalEntry("*", "*") if (kind, who) == ("AWS", "*") else PrincipalEntry(kind, who)


def _conditions(block: Json) -> Iterable[Condition]:
    if block is None:
        return
    if isinstance(block, Unknown | Template):
        hole = min(unknowns_in(block), key=str)
        yield Condition(hole, hole, ())
        return
    if not isinstance(block, dict):
        raise PolicyError("has a Condition that is not an object")
    for written, keys in block.items():
        if isinstance(written, Unknown | Template) or isinstance(keys, Unknown | Template):
            hole = min(unknowns_in((written, keys)), key=str)
            yield Condition(hole, hole, ())
        elif isinstance(keys, dict):
            for key, values in keys.items():
                yield _condition(written, key, tuple(_text(v) for v in _list(values)))
        else:
            raise PolicyError(f"has a {written} that is not an object")


def _condition(written: str, key: Text, values: tuple[Text, ...]) -> Condition:
    form = _OPERATOR.fullmatch(written)
    if form is None:
        raise PolicyError(f"has the unknown condition operator {written}")
    return Condition(
        operator=form[2].lower(),
        key=lower(key),
        values=values,
        qualifier=(form[1] or "").lower(),
        if_exists=bool(form[3]),
    )
