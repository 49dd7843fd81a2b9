"""Numbers as terraform keeps them: binary floats with a 512-bit mantissa, exact inside Python.

A number is an int when it is whole and a Fraction otherwise; either has at most 512 significant
bits, rounded half to even. https://developer.hashicorp.com/terraform/language/expressions/types
"""

import re
from fractions import Fraction
from typing import Self, TypeAlias

from scanner.errors import ValueProblem

Number: TypeAlias = "int | Fraction | float"
"""A float is infinite, and nothing else is a float."""

INFINITY = float("inf")
PRECISION = 512
MAX_EXPONENT = 20_000
"""Decimal exponents beyond this are refused: "1e999999999" would fill the memory."""


class MinusZero(int):
    """The zero that terraform writes "-0"; it equals the other one."""

    __slots__ = ()

    def __neg__(self) -> int:
        return 0

    def __add__(self, other: object) -> "int | MinusZero":
        return self if type(other) is MinusZero else super().__add__(other)  # type: ignore[operator]


class Float(Fraction):
    """A number of less precision, as functions of mathematics give; it is written shorter."""

    bits: int

    def __new__(cls, value: Fraction, bits: int = 53) -> Self:
        """`bits` is how long its mantissa may be."""
        self = super().__new__(cls, value)
        self.bits = bits
        return self


def precise(result: Number, one: Number, other: Number) -> Number:
    """The result of arithmetic in the precision that its operands have, if both have less."""
    if not isinstance(one, Float) or not isinstance(other, Float):
        return rounded(result)
    return Float(Fraction(rounded(result)), max(one.bits, other.bits, _needed(result)))


def _needed(result: Number) -> int:
    return min(PRECISION, abs(Fraction(result).numerator).bit_length())


MINUS_ZERO = MinusZero()
"""The only one."""

MAX_BITS = 70_000
"""Numbers of more digits than that are refused: products of products double them each time."""

_LIMIT = 1 << PRECISION
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?\Z")
_SHORT_DECIMAL = re.compile(r"(?:0|-?[1-9][0-9]{0,99})\Z")


def rounded(number: Number) -> Number:
    """The nearest number with a 512-bit mantissa; an int when it is whole."""
    if isinstance(number, float):
        if number != number:  # noqa: PLR0124  so it is not a number
            raise ValueProblem("infinity cannot be subtracted from itself")
        return number
    if isinstance(number, int):
        if -_LIMIT < number < _LIMIT:
            return number
        size = abs(number).bit_length()
        if size > MAX_BITS:
            raise ValueProblem("the number has too many digits")
        return _half_even(number, 1 << (size - PRECISION)) << (size - PRECISION)
    top, bottom = number.numerator, number.denominator
    if isinstance(number, Float):
        return number
    if bottom == 1:
        return rounded(int(top))
    if bottom.bit_length() > MAX_BITS:
        raise ValueProblem("the number has too many digits")
    if not bottom & (bottom - 1) and -_LIMIT < top < _LIMIT:
        return number
    return _scaled(*_mantissa(number))


def parse(text: str) -> "Number | None":
    """The number that a decimal text stands for, or None if it is not one.

    >>> parse("1.50")
    Fraction(3, 2)
    """
    if _SHORT_DECIMAL.match(text):
        return int(text)
    if text.startswith("-") and not text.lower().partition("e")[0].strip("-0."):
        return MINUS_ZERO if _DECIMAL.match(text) else None
    match = _DECIMAL.match(text)
    if match is None or len(text) > MAX_EXPONENT or abs(int((match[1] or "0")[:9])) > MAX_EXPONENT:
        return None
    digits, _, exponent = text.lower().partition("e")
    whole, _, decimals = digits.partition(".")
    power = int(exponent or 0) - len(decimals)
    value = _digits(whole + decimals)
    return rounded(value * 10**power if power >= 0 else Fraction(value, 10**-power))


def divide(dividend: Number, divisor: Number) -> Number:
    """The quotient, rounded; by zero it is infinite. Raises ValueProblem for 0/0 and its like."""
    if isinstance(dividend, float) or not divisor:
        if not dividend or isinstance(divisor, float):
            raise ValueProblem("zero cannot be divided by zero, nor infinity by infinity")
        return -INFINITY if is_negative(dividend) != is_negative(divisor) else INFINITY
    if isinstance(divisor, float) or not dividend:
        return MINUS_ZERO if is_negative(dividend) != is_negative(divisor) else 0
    return rounded(Fraction(dividend) / divisor)


def multiply(one: Number, other: Number) -> Number:
    """The product, rounded. Raises ValueProblem for zero times infinity."""
    if not one or not other:
        if isinstance(one, float) or isinstance(other, float):
            raise ValueProblem("zero cannot be multiplied by infinity")
        return MINUS_ZERO if is_negative(one) != is_negative(other) else 0
    return rounded(one * other)


def is_negative(number: Number) -> bool:
    """Whether there is a minus before it; there may be one before a zero."""
    return number < 0 or type(number) is MinusZero


def negated(number: Number) -> Number:
    """The number with the other sign."""
    if number == 0:
        return 0 if type(number) is MinusZero else MINUS_ZERO
    return -number


def text_of(number: Number) -> str:
    """Decimal text: as few digits as tell the number from its 512-bit neighbours.

    >>> text_of(Fraction(1, 10))
    '0.1'
    """
    if isinstance(number, float):
        return "+Inf" if number > 0 else "-Inf"
    if isinstance(number, int) and -_LIMIT < number < _LIMIT:
        return "-0" if type(number) is MinusZero else str(number)
    bits = number.bits if isinstance(number, Float) else PRECISION
    digits, point = shortest(max(number, -number), bits)
    sign = "-" if number < 0 else ""
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return sign + digits + "0" * (point - len(digits))
    return f"{sign}{digits[:point]}.{digits[point:]}"


def shortest(number: "int | Fraction", bits: int = PRECISION) -> tuple[str, int]:
    """The shortest digits d and point p, so that 0.d * 10**p reads back as this positive number."""
    mantissa, exponent = _mantissa(Fraction(number), bits)
    value = Fraction(_scaled(mantissa, exponent))
    half = Fraction(_scaled(1, exponent - 1))
    low, high, closed = value - half, value + half, mantissa % 2 == 0
    point = _decimal_point(value)
    for count in range(1, PRECISION * 4):
        unit = Fraction(10) ** (point - count)
        down = value // unit
        fits_down = down * unit > low or (closed and down * unit == low)
        fits_up = (down + 1) * unit < high or (closed and (down + 1) * unit == high)
        if fits_down or fits_up:
            whole, part = (value / unit).as_integer_ratio()
            near = _half_even(whole, part)
            best = near if fits_down and fits_up else down + (not fits_down)
            return _trimmed(best, point, count)
    raise ArithmeticError(f"no short decimal for {number}")


def _trimmed(digits: int, point: int, count: int) -> tuple[str, int]:
    text = str(digits)
    return text.rstrip("0") or "0", point + len(text) - count


def _decimal_point(value: Fraction) -> int:
    """The p for which value lies in [10**(p-1), 10**p)."""
    bits = value.numerator.bit_length() - value.denominator.bit_length()
    point = int(bits * 0.30103)
    while value >= Fraction(10) ** point:
        point += 1
    while value < Fraction(10) ** (point - 1):
        point -= 1
    return point


def _mantissa(number: Fraction, bits: int = PRECISION) -> tuple[int, int]:
    """Mantissa of so many bits and the binary exponent of its last one, rounded half to even."""
    top, bottom = number.numerator, number.denominator
    shift = abs(top).bit_length() - bottom.bit_length() - bits
    while True:
        up, down = (top, bottom << shift) if shift > 0 else (top << -shift, bottom)
        mantissa = _half_even(up, down)
        size = abs(mantissa).bit_length()
        if size == bits:
            return mantissa, shift
        shift += 1 if size > bits else -1


def _scaled(mantissa: int, exponent: int) -> Number:
    if exponent >= 0:
        return mantissa << exponent
    value = Fraction(mantissa, 1 << -exponent)
    return value.numerator if value.denominator == 1 else value


def _half_even(top: int, bottom: int) -> int:
    quotient, rest = divmod(top, bottom)
    twice = rest * 2
    return quotient + (twice > bottom or (twice == bottom and quotient & 1))


def _digits(text: str) -> int:
    """int(text) in pieces, since Python refuses texts of more than 4300 digits."""
    sign = -1 if text.startswith("-") else 1
    value, text = 0, text.lstrip("+-")
    for start in range(0, len(text), 4000):
        piece = text[start : start + 4000]
        value = value * 10 ** len(piece) + int(piece)
    return sign * value
