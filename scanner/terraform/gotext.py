"""Numbers and texts as Go's verbs print them; `format` and the order of sets depend on it.

https://pkg.go.dev/fmt
"""

from fractions import Fraction

from scanner.terraform import number
from scanner.terraform.number import Number


def general(value: Number, digits: "int | None" = None, capital: bool = False) -> str:
    """Go's %g: an exponent when it is below -4 or too large for the digits, else plain."""
    if value == 0:
        return "0"
    size = max(value, -value)
    short, point = number.shortest(size) if digits is None else _cut(size, digits)
    sign = "-" if value < 0 else ""
    most = 21 if digits is None else max(digits, 1)
    if -4 <= point - 1 < most:
        if point <= 0:
            return f"{sign}0.{'0' * -point}{short}"
        whole = short[:point].ljust(point, "0")
        return sign + whole + ("." + short[point:] if len(short) > point else "")
    mantissa = short[0] + ("." + short[1:] if len(short) > 1 else "")
    return f"{sign}{mantissa}{'E' if capital else 'e'}{point - 1:+03d}"


def _cut(value: Number, digits: int) -> tuple[str, int]:
    """The first `digits` significant digits, rounded half to even, and the decimal point."""
    _, point = number.shortest(value)
    unit = Fraction(10) ** (point - max(digits, 1))
    rounded = round(Fraction(value) / unit)
    text = str(rounded)
    return text.rstrip("0") or "0", point + len(text) - max(digits, 1)


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
