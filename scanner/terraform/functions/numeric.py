"""Functions of numbers: abs, ceil, floor, log, max, min, parseint, pow, signum, sum.

https://developer.hashicorp.com/terraform/language/functions/abs
"""

import math
from collections.abc import Callable
from fractions import Fraction

from scanner.errors import FunctionProblem, ValueProblem
from scanner.terraform.functions import gomath
from scanner.terraform.functions.function import ArgumentProblem, Function
from scanner.terraform.values.conversion import to_number
from scanner.terraform.values.kinds import kind
from scanner.terraform.values.number import INFINITY, Float, Number, is_negative, negated, rounded
from scanner.terraform.values.shapes import Value, is_null, type_of

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_EXACT = 1 << 53
"""Whole numbers below this are written in full by a float too."""
_INT64 = 1 << 63


def whole(number: Value, what: str = "") -> int:
    """A number that must be whole and fit 64 bits, as Go's int; `what` begins the message."""
    if not isinstance(number, int) or not -_INT64 <= number < _INT64:
        reach = f"between {-_INT64} and {_INT64 - 1}"
        raise FunctionProblem(f"{what}value must be a whole number, {reach}")
    return number


def _absolute(number: Number) -> Number:
    return negated(number) if is_negative(number) else number


def _rounding(rounds: Callable[[Number], int]) -> Callable[[Number], Number]:
    """Ceil or floor, which leave infinity alone."""
    return lambda number: number if isinstance(number, float) else rounds(number)


def _signum(number: Number) -> int:
    whole(number)
    return (number > 0) - (number < 0)


def _log(number: Number, base: Number) -> Value:
    if number < 0 or base < 0:
        raise FunctionProblem("the logarithm of a negative number is not a number")
    top, bottom = _logarithm(number), _logarithm(base)
    if bottom == 0:
        if top == 0:
            raise FunctionProblem("the result is not a number")
        return INFINITY if top > 0 else -INFINITY
    if math.isinf(top) and math.isinf(bottom):
        raise FunctionProblem("the result is not a number")
    return _from_float(top / bottom)


def _logarithm(number: Number) -> float:
    """The natural logarithm as Go has it: of zero it is minus infinity."""
    if number == 0:
        return -math.inf
    try:
        return math.inf if isinstance(number, float) else gomath.log(float(number))
    except OverflowError:
        return math.inf


def _pow(number: Number, power: Number) -> Value:
    try:
        result = gomath.power(float(number), float(power))
    except (OverflowError, ZeroDivisionError):
        odd = number < 0 and isinstance(power, int) and power % 2
        return -INFINITY if odd else INFINITY
    except ValueError:
        raise FunctionProblem("the result is not a number") from None
    return _from_float(result)


def _from_float(result: float) -> Number:
    """A number with the precision of a float."""
    if math.isnan(result):
        raise FunctionProblem("the result is not a number")
    if math.isinf(result):
        return result
    exact = Fraction(result)
    if exact.denominator > 1 or abs(exact) >= _EXACT:
        return Float(exact)
    return exact.numerator


def _max(*numbers: Number) -> Number:
    if not numbers:
        raise FunctionProblem("must pass at least one number")
    return max(numbers)


def _min(*numbers: Number) -> Number:
    if not numbers:
        raise FunctionProblem("must pass at least one number")
    return min(numbers)


def _parseint(source: Value, base: Number) -> int:
    if not isinstance(source, str):
        given = kind(type_of(source))
        raise ArgumentProblem(0, f"first argument must be a string, not {given}")
    if not isinstance(base, int) or not 2 <= base <= 62:
        raise ArgumentProblem(1, "base must be a whole number between 2 and 62 inclusive")
    digits = source[1:] if source[:1] in ("+", "-") else source
    try:
        places = [_DIGITS.index(each.lower() if base <= 36 else each) for each in digits]
    except ValueError:
        places = []
    if not places or max(places) >= base or len(places) > 10_000:
        raise ArgumentProblem(0, f'cannot parse "{source}" as a base {base} integer')
    value = 0
    for place in places:
        value = value * base + place
    return -value if source[0] == "-" else value


def _sum(items: Value) -> Number:
    if not isinstance(items, tuple):
        given = kind(type_of(items))
        message = f"argument must be list, set, or tuple. Received {given}"
        raise ArgumentProblem(0, message)
    if not items:
        raise ArgumentProblem(0, "cannot sum an empty list")
    total: Number = 0
    for each in items:
        if is_null(each):
            raise ArgumentProblem(0, "argument must be list, set, or tuple of number values")
        total = rounded(total + _addend(each))
    return total


def _addend(value: Value) -> Number:
    try:
        number = to_number(value)
    except ValueProblem:
        number = None
    if not isinstance(number, int | Fraction | float):
        raise ArgumentProblem(0, "argument must be list, set, or tuple of number values")
    return number


FUNCTIONS = (
    Function("abs", _absolute, forgets=1),
    Function("ceil", _rounding(math.ceil)),
    Function("floor", _rounding(math.floor)),
    Function("log", _log),
    Function("max", _max),
    Function("min", _min),
    Function("parseint", _parseint, effort=150),
    Function("pow", _pow),
    Function("signum", _signum),
    Function("sum", _sum),
)
