"""Logarithm and power in floats, to the last bit as Go computes them on every machine.

The C library rounds some results otherwise: log(27, 3) is 3 there and 3.0000000000000004 here.
The method and constants are those of Sun's fdlibm. https://pkg.go.dev/math
"""

import math

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_ODD = (
    6.666666666666735130e-01,
    2.857142874366239149e-01,
    1.818357216161805012e-01,
    1.479819860511658591e-01,
)
_EVEN = (3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01)


def log(x: float) -> float:
    """The natural logarithm of a positive number."""
    mantissa, exponent = math.frexp(x)
    if mantissa < math.sqrt(2) / 2:
        mantissa, exponent = mantissa * 2, exponent - 1
    f, k = mantissa - 1, float(exponent)
    s = f / (2 + f)
    s2 = s * s
    s4 = s2 * s2
    odd = s2 * (_ODD[0] + s4 * (_ODD[1] + s4 * (_ODD[2] + s4 * _ODD[3])))
    even = s4 * (_EVEN[0] + s4 * (_EVEN[1] + s4 * _EVEN[2]))
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + (odd + even)) + k * _LN2_LOW)) - f)


def power(x: float, y: float) -> float:
    """X to the power y, by squaring; OverflowError, ValueError or ZeroDivisionError as math.pow."""
    whole = math.modf(abs(y))[1]
    if x == 0 or y == 0 or abs(y) == 0.5 or whole >= 1 << 62 or (x < 0 and whole != abs(y)):
        return math.pow(x, y)
    part = abs(y) - whole
    result = 1.0
    if part:
        part, whole = (part - 1, whole + 1) if part > 0.5 else (part, whole)
        result = math.exp(part * log(x))
    result, exponent = _raised(x, int(whole), result)
    return math.ldexp(1 / result, -exponent) if y < 0 else math.ldexp(result, exponent)


def _raised(x: float, whole: int, result: float) -> tuple[float, int]:
    """Result * x**whole, as a mantissa and a binary exponent."""
    mantissa, step = math.frexp(x)
    exponent = 0
    while whole:
        if abs(step) > 1 << 12:
            return result, exponent + step
        if whole & 1:
            result, exponent = result * mantissa, exponent + step
        mantissa, step = mantissa * mantissa, step * 2
        if mantissa < 0.5:
            mantissa, step = mantissa * 2, step - 1
        whole >>= 1
    return result, exponent
