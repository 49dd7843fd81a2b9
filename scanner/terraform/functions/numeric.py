"""Functions of numbers: abs, ceil, floor, log, max, min, parseint, pow, signum, sum.

https://developer.hashicorp.com/terraform/language/functions/abs
"""

import math
from decimal import Decimal
from fractions import Fraction

from scanner.errors import FunctionProblem, ValueProblem
from scanner.terraform.conversion import to_number
from scanner.terraform.functions import gomath
from scanner.terraform.functions.function import ArgumentProblem, Function
from scanner.terraform.kinds import kind
from scanner.terraform.number import Number, rounded
from scanner.terraform.shapes import Value, type_of

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_INT64 = 1 << 63


def whole(number: Value, what: str = "") -> int:
    """A number that must be whole and fit 64 bits, as Go's int; `what` begins the message."""
    if not isinstance(number, int) or not -_INT64 <= number < _INT64:
        reach = f"between {-_INT64} and {_INT64 - 1}"
        raise FunctionProblem(f"{what}value must be a whole number, {reach}")
    return number


def _absolute(number: Number) -> Number:
    return -number if number < 0 else number


def _signum(number: Number) -> int:
    whole(number)
    return (number > 0) - (number < 0)


def _log(number: Number, base: Number) -> Value:
    if number < 0 or base < 0:
        raise FunctionProblem("the logarithm of a negative number is not a number")
    if number == 0 or base in (0, 1):
        raise FunctionProblem("the result is infinite")
    try:
        return _from_float(gomath.log(float(number)) / gomath.log(float(base)))
    except OverflowError:
        raise FunctionProblem("the number is too large") from None


def _pow(number: Number, power: Number) -> Value:
    try:
        result = gomath.power(float(number), float(power))
    except (OverflowError, ValueError, ZeroDivisionError):
        raise FunctionProblem("the result is infinite or not a number") from None
    return _from_float(result)


def _from_float(result: float) -> Number:
    """A float by its shortest text, which is how terraform prints it."""
    if not math.isfinite(result):
        raise FunctionProblem("the result is infinite or not a number")
    return rounded(_fraction(result))


def _fraction(result: float) -> Number:
    exact = Fraction(Decimal(repr(result)))
    return exact.numerator if exact.denominator == 1 else exact


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
        if each is None:
            raise ArgumentProblem(0, "argument must be list, set, or tuple of number values")
        total = rounded(total + _addend(each))
    return total


def _addend(value: Value) -> Number:
    try:
        number = to_number(value)
    except ValueProblem:
        number = None
    if not isinstance(number, int | Fraction):
        raise ArgumentProblem(0, "argument must be list, set, or tuple of number values")
    return number


FUNCTIONS = (
    Function("abs", _absolute),
    Function("ceil", math.ceil),
    Function("floor", math.floor),
    Function("log", _log),
    Function("max", _max),
    Function("min", _min),
    Function("parseint", _parseint),
    Function("pow", _pow),
    Function("signum", _signum),
    Function("sum", _sum),
)
