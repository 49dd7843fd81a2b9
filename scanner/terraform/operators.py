"""Terraform's operators over values that may be unknown or secret.

https://developer.hashicorp.com/terraform/language/expressions/operators
"""

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

from graphs.unknown import Cause, Unknown
from scanner.errors import EvaluationProblem
from scanner.terraform import number
from scanner.terraform.symbols import derived, symbol
from scanner.terraform.values import (
    Ephemeral,
    Sensitive,
    Value,
    equal,
    to_bool,
    to_number,
)


def negated(value: Value) -> Value:
    """!value"""
    return _marked(_not, "!", value)


def _not(value: Value) -> Value:
    known = to_bool(_present(value, "!"))
    return derived(f"!{symbol(known)}", (known,)) if isinstance(known, Unknown) else not known


def minus(value: Value) -> Value:
    """-value"""
    return _marked(_minus, "-", value)


def _minus(value: Value) -> Value:
    known = to_number(_present(value, "-"))
    if isinstance(known, int | Fraction):
        return -known
    return derived(f"-{symbol(known)}", (known,))


def binary(word: str, left: Value, right: Value) -> Value:
    """The value of `left word right`; words are those of Terraform."""
    if type(left) is int and type(right) is int and word in _QUICK:
        return _QUICK[word](left, right)
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
    if value is None:
        raise EvaluationProblem(f"an operand of {word} is null")
    return value


def _both_unknown(word: str, left: Value, right: Value) -> Unknown:
    return derived(f"{symbol(left)} {word} {symbol(right)}", (left, right))


def _arithmetic(word: str, left: Value, right: Value) -> Value:
    one, other = to_number(_present(left, word)), to_number(_present(right, word))
    if not isinstance(one, int | Fraction) or not isinstance(other, int | Fraction):
        return _both_unknown(word, one, other)
    if word in "/%" and other == 0:
        raise EvaluationProblem("division by zero")
    if word == "/":
        return number.divide(one, other)
    result: int | Fraction = _ARITHMETIC[word](one, other)
    return number.rounded(result)


def _remainder(left: int | Fraction, right: int | Fraction) -> "int | Fraction":
    """The remainder that has the sign of the dividend, as in Go."""
    dividend, divisor = Fraction(left), Fraction(right)
    rest = abs(dividend) % abs(divisor)
    signed = -rest if left < 0 else rest
    return int(signed) if signed.denominator == 1 else signed


def _ordered(word: str, left: Value, right: Value) -> Value:
    one, other = to_number(_present(left, word)), to_number(_present(right, word))
    if not isinstance(one, int | Fraction) or not isinstance(other, int | Fraction):
        return _both_unknown(word, one, other)
    return bool(_ORDER[word](one, other))


def _equality(word: str, left: Value, right: Value) -> Value:
    if (left is None and _never_null(right)) or (right is None and _never_null(left)):
        return word == "!="
    answer = equal(left, right)
    if isinstance(answer, Unknown):
        return _both_unknown(word, left, right)
    return answer == (word == "==")


def _never_null(value: Value) -> bool:
    """Whether an unknown value is known not to be null: providers always compute these."""
    return (
        isinstance(value, Unknown)
        and value.cause is Cause.COMPUTED
        and value.what.endswith((".id", ".arn"))
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


_ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
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
BINARY: Final[dict[str, Callable[[str, Value, Value], Value]]] = {
    **dict.fromkeys("+-*/%", _arithmetic),
    **dict.fromkeys(_ORDER, _ordered),
    "==": _equality,
    "!=": _equality,
    "&&": _logic,
    "||": _logic,
}
