"""Terraform's operators over values that may be unknown or secret.

https://developer.hashicorp.com/terraform/language/expressions/operators
"""

import operator
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from graphs.unknown import Cause, Template, Unknown, text
from scanner.errors import EvaluationProblem, ValueProblem
from scanner.terraform.functions.strings import safe_beginning
from scanner.terraform.values import (
    Ephemeral,
    Known,
    Sensitive,
    Value,
    equal,
    is_known,
    is_null,
    iterate,
    known_of,
    mark,
    name,
    number,
    to_bool,
    to_number,
    type_of,
    unmark,
    unmark_deep,
)
from scanner.terraform.values.kinds import kind
from scanner.terraform.values.symbols import derived, symbol

BOOL: Final = Known("bool", null=False)
NUMBER: Final = Known("number", null=False)


def negated(value: Value) -> Value:
    """!value"""
    return _marked(_not, "!", value)


def _not(value: Value) -> Value:
    known = to_bool(_present(value, "!"))
    if isinstance(known, Unknown):
        return derived(f"!{symbol(known)}", (known,), known=BOOL)
    return not known


def minus(value: Value) -> Value:
    """-value"""
    return _marked(_minus, "-", value)


def _minus(value: Value) -> Value:
    known = to_number(_present(value, "-"))
    if isinstance(known, int | Fraction | float):
        return number.negated(known)
    return derived(f"-{symbol(known)}", (known,), known=NUMBER)


def binary(word: str, left: Value, right: Value, *, exact: bool = False) -> Value:
    """The value of `left word right`; words are those of Terraform.

    Terraform waits for both sides of && and ||, and never knows two unknown values to be equal.
    Unless it has to be `exact`, what one side or their names decide is known all the same.
    """
    if type(left) is int and type(right) is int and word in _QUICK:
        return _QUICK[word](left, right)
    if exact and word in ("&&", "||"):
        return _wary_logic(word, left, right)
    if word in ("==", "!="):
        apply = _wary_equality if exact else _equality
        (one, secret), (other, also) = unmark_deep(left), unmark_deep(right)
        return mark(apply(word, one, other), secret or also)
    return _marked(BINARY[word], word, left, right)


def _marked(apply: Callable[..., Value], word: str, *operands: Value) -> Value:
    """Apply to unmarked operands; the result is as secret as they were."""
    bare, secret, fleeting = [], False, False
    for operand in operands:
        inner = operand
        while isinstance(inner, Sensitive | Ephemeral):
            secret = secret or isinstance(inner, Sensitive)
            fleeting = fleeting or isinstance(inner, Ephemeral)
            inner = inner.value
        bare.append(inner)
    result = apply(*bare) if len(bare) == 1 else apply(word, *bare)
    if secret:
        result = Sensitive(result)
    return Ephemeral(result) if fleeting else result


def _present(value: Value, word: str) -> Value:
    if is_null(value):
        raise EvaluationProblem(f"an operand of {word} is null")
    return value


def _both_unknown(word: str, left: Value, right: Value) -> Unknown:
    known = NUMBER if word in _ARITHMETIC else BOOL
    return derived(f"{symbol(left)} {word} {symbol(right)}", (left, right), known=known)


def _arithmetic(word: str, left: Value, right: Value) -> Value:
    one, other = to_number(_present(left, word)), to_number(_present(right, word))
    if not isinstance(one, int | Fraction | float) or not isinstance(other, int | Fraction | float):
        return _both_unknown(word, one, other)
    try:
        return number.precise(_ARITHMETIC[word](one, other), one, other)
    except ValueProblem as problem:
        raise EvaluationProblem(str(problem)) from None


def _remainder(left: number.Number, right: number.Number) -> number.Number:
    """The remainder that has the sign of the dividend, as in Go; by zero, the dividend."""
    if isinstance(left, float) or isinstance(right, float):
        return number.multiply(left, right)
    if right == 0:
        return left
    times = int(number.divide(left, right))
    return number.rounded(left - number.rounded(times * right))


def _ordered(word: str, left: Value, right: Value) -> Value:
    one, other = to_number(_present(left, word)), to_number(_present(right, word))
    if not isinstance(one, int | Fraction | float) or not isinstance(other, int | Fraction | float):
        return _by_reach(word, one, other)
    return bool(_ORDER[word](one, other))


def _by_reach(word: str, one: Value, other: Value) -> Value:
    """What the bounds of unknown numbers say of their order."""
    (low, high), (other_low, other_high) = _reach(one), _reach(other)
    if word in (">", ">="):
        low, high, other_low, other_high = other_low, other_high, low, high
    if word in ("<", ">"):
        if high is not None and other_low is not None and high < other_low:
            return True
        if low is not None and other_high is not None and low > other_high:
            return False
    return _both_unknown(word, one, other)


def _reach(value: Value) -> "tuple[number.Number | None, number.Number | None]":
    if isinstance(value, int | Fraction | float):
        return value, value
    known = known_of(value) if isinstance(value, Unknown) else Known()
    return known.low, known.high


def _equality(word: str, left: Value, right: Value) -> Value:
    if (is_null(left) and _never_null(right)) or (is_null(right) and _never_null(left)):
        return word == "!="
    answer = equal(left, right)
    if isinstance(answer, Unknown):
        return _both_unknown(word, left, right)
    return answer == (word == "==")


def _never_null(value: Value) -> bool:
    """Whether an unknown value is known not to be null: providers always compute these."""
    if isinstance(value, Template):
        return True
    return isinstance(value, Unknown) and (
        not known_of(value).null
        or (value.cause is Cause.COMPUTED and value.what.endswith((".id", ".arn")))
    )


def _logic(word: str, left: Value, right: Value) -> Value:
    one, other = to_bool(_present(left, word)), to_bool(_present(right, word))
    deciding = word == "||"
    if one is deciding or other is deciding:
        return deciding
    if isinstance(one, bool) and isinstance(other, bool):
        return not deciding
    if isinstance(one, bool):
        return other
    return one if isinstance(other, bool) else _both_unknown(word, one, other)


def _wary_logic(word: str, left: Value, right: Value) -> Value:
    """Terraform forgets the marks of what it does not know here."""
    secrets = [unmark(left), unmark(right)]
    one, other = (to_bool(_present(each, word)) for each, _ in secrets)
    if not isinstance(one, bool) or not isinstance(other, bool):
        return _both_unknown(word, one, other)
    answer = (one or other) if word == "||" else (one and other)
    return mark(answer, any(secret for _, secret in secrets))


def _wary_equality(word: str, left: Value, right: Value) -> Value:
    if is_known(left) and is_known(right):
        return _equality(word, left, right)
    if isinstance(left, tuple | dict) and isinstance(right, tuple | dict):
        return _one_by_one(word, left, right)
    answer = _equality(word, _beginning(left), _beginning(right))
    if isinstance(answer, Unknown) or (is_known(left) and is_known(right)):
        return answer
    if answer is (word == "==") and not (is_null(left) or is_null(right)):
        return _both_unknown(word, left, right)
    both = isinstance(left, Template) and isinstance(right, Template)
    return _both_unknown(word, left, right) if both else answer


def _one_by_one(word: str, left: Value, right: Value) -> Value:
    """The first pair that differs, or that terraform cannot tell, decides."""
    if equal(_emptied(left), _emptied(right)) is False:
        return word == "!="
    for key, one in iterate(left):
        other = right[key] if isinstance(right, dict) else right[int(str(key))]  # type: ignore[index]
        answer = unmark(_wary_equality("==", unmark(one)[0], unmark(other)[0]))[0]
        if answer is not True:
            return _both_unknown(word, left, right) if answer is not False else word == "!="
    return word == "=="


def _emptied(value: Value) -> Value:
    """What stands for the type of a value and the number of its parts."""
    of = type_of(value)
    keys = tuple(sorted(value)) if isinstance(value, dict) else len(value)  # type: ignore[arg-type]
    return (name(of) if kind(of) in ("list", "set", "map") else "", kind(of), keys)


def _beginning(value: Value) -> Value:
    """Of a text with holes, what terraform is sure that it begins with, and a hole."""
    if not isinstance(value, Template):
        return value
    first = value.parts[0]
    head = safe_beginning(first) if isinstance(first, str) else ""
    return text([head, replace(NEVER_NULL, what=str(value))])


_ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": number.multiply,
    "/": number.divide,
    "%": _remainder,
}
_ORDER: Final[dict[str, Callable[..., object]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_QUICK: Final[dict[str, Callable[..., Value]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    **_ORDER,
}
NEVER_NULL: Final = Unknown(Cause.EXPRESSION, "", known=Known("string", null=False))
BINARY: Final[dict[str, Callable[[str, Value, Value], Value]]] = {
    **dict.fromkeys("+-*/%", _arithmetic),
    **dict.fromkeys(_ORDER, _ordered),
    "==": _equality,
    "!=": _equality,
    "&&": _logic,
    "||": _logic,
}
