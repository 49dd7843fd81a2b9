"""Numbers and texts as Go's verbs print them; `format` and the order of sets depend on it.

https://pkg.go.dev/fmt
"""

from fractions import Fraction

from scanner.terraform.values import number
from scanner.terraform.values.number import Number, is_negative


def general(value: Number, digits: "int | None" = None) -> str:
    """Go's %g of a big number: an exponent below -4 or beyond the digits (6 if none are given)."""
    if isinstance(value, float):
        return "+Inf" if value > 0 else "-Inf"
    if value == 0:
        return "-0" if is_negative(value) else "0"
    bits = value.bits if isinstance(value, number.Float) else number.PRECISION
    short, point = number.shortest(max(value, -value), bits)
    most = 6
    if digits is not None:
        short, point = significant(value, max(digits, 1))
        most = len(short) if digits > len(short) >= point else max(digits, 1)
    sign = "-" if value < 0 else ""
    if not -4 <= point - 1 < most:
        rest = "." + short[1:] if len(short) > 1 else ""
        return f"{sign}{short[0]}{rest}e{point - 1:+03d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{short}"
    rest = "." + short[point:] if len(short) > point else ""
    return sign + short[:point].ljust(point, "0") + rest


def significant(value: Number, count: int) -> tuple[str, int]:
    """The first `count` digits d, without zeros at the end, and p: the size is 0.d * 10**p."""
    size = Fraction(max(value, -value))
    if not size:
        return "0", 1
    point = number.shortest(size)[1]
    text = str(round(size / Fraction(10) ** (point - count)))
    return text.rstrip("0"), point + len(text) - count


def exponential(value: Number, decimals: int) -> str:
    """Go's %e: one digit, the decimals, and an exponent of at least two digits."""
    digits, point = significant(value, decimals + 1)
    digits = digits.ljust(decimals + 1, "0")
    rest = "." + digits[1:] if decimals else ""
    return f"{'-' if is_negative(value) else ''}{digits[0]}{rest}e{point - 1:+03d}"


def fixed(value: Number, decimals: int) -> str:
    """Go's %f: the decimals, rounded half to even."""
    scaled = str(round(Fraction(max(value, -value)) * 10**decimals)).rjust(decimals + 1, "0")
    rest = "." + scaled[-decimals:] if decimals else ""
    whole = scaled[: len(scaled) - decimals]
    return f"{'-' if is_negative(value) else ''}{whole}{rest}"


def quoted(text: str) -> str:
    """Go's %q of a text."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_go_escape, text)) + '"'


_SHORT_ESCAPES = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
    '"': '\\"', "\\": "\\\\",
}  # fmt: skip


def _go_escape(char: str) -> str:
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
