"""YAML as terraform writes it: every string in double quotes, or as a literal block of lines.

https://developer.hashicorp.com/terraform/language/functions/yamlencode
"""

from scanner.terraform.values.conversion import to_string
from scanner.terraform.values.shapes import Value, is_null

MAX_WIDTH = 80
MAX_SIMPLE_KEY = 128

_ESCAPES = {
    "\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f",
    "\r": "\\r", "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\u2028": "\\L",
    "\u2029": "\\P",
}  # fmt: skip


def yaml_text(value: Value) -> str:
    r"""The YAML document of a value.

    >>> yaml_text({"a": (1, "x")})
    '"a":\n- 1\n- "x"\n'
    """
    lines = [""]
    _write(value, 0, lines)
    is_plain = not isinstance(value, str | tuple | dict)
    return "\n".join(lines) + ("\n...\n" if is_plain else "\n")


def _write(value: Value, indent: int, lines: list[str]) -> None:
    """Write a value where the last line ends; nested lines start at `indent`."""
    if isinstance(value, tuple) and value:
        _write_sequence(value, indent, lines)
    elif isinstance(value, dict) and value:
        _write_mapping(value, indent, lines)
    else:
        _write_scalar(value, indent + 2, lines)


def _write_sequence(items: tuple[Value, ...], indent: int, lines: list[str]) -> None:
    for at, each in enumerate(items):
        if at:
            lines.append(" " * indent)
        lines[-1] += "- "
        if isinstance(each, tuple | dict) and each:
            _write(each, indent + 2, lines)
        else:
            _write_scalar(each, indent + 2, lines)


def _write_mapping(items: dict[str, Value], indent: int, lines: list[str]) -> None:
    for at, key in enumerate(sorted(items)):
        if at:
            lines.append(" " * indent)
        _write_pair(key, items[key], indent, lines)


def _write_pair(key: str, value: Value, indent: int, lines: list[str]) -> None:
    if "\n" in key or len(key.encode()) > MAX_SIMPLE_KEY:
        lines[-1] += "? "
        _write_scalar(key, indent + 2, lines)
        lines.append(" " * indent + ": ")
        _write(value, indent + 2, lines)
        return
    lines[-1] += _quoted(key) + ":"
    if isinstance(value, tuple) and value:
        lines.append(" " * indent)
        _write(value, indent, lines)
    elif isinstance(value, dict) and value:
        lines.append(" " * (indent + 2))
        _write(value, indent + 2, lines)
    else:
        lines[-1] += " "
        _write_scalar(value, indent + 2, lines)


def _write_scalar(value: Value, indent: int, lines: list[str]) -> None:
    if isinstance(value, str):
        if "\n" in value and _fits_block(value):
            _write_block(value, indent, lines)
        else:
            _write_quoted(value, indent, lines)
    elif isinstance(value, tuple):
        lines[-1] += "[]"
    elif isinstance(value, dict):
        lines[-1] += "{}"
    else:
        lines[-1] += "null" if is_null(value) else str(to_string(value))


def _fits_block(text: str) -> bool:
    return (
        " \n" not in text
        and not text.endswith(" ")
        and all(map(_is_printable, text.replace("\n", "")))
    )


def _write_block(text: str, indent: int, lines: list[str]) -> None:
    hint = "2" if text[0] in " \n" else ""
    if not text.endswith("\n"):
        chomping = "-"
    else:
        chomping = "+" if text == "\n" or text.endswith("\n\n") else ""
    lines[-1] += f"|{hint}{chomping}"
    rows = text.split("\n") if chomping == "-" else text.split("\n")[:-1]
    lines.extend(" " * indent + row if row else "" for row in rows)


def _is_printable(letter: str) -> bool:
    """What may stand in a text without an escape; letters beyond 16 bits may not."""
    code = ord(letter)
    return 0x20 <= code < 0x7F or 0xA0 <= code < 0xD800 or 0xE000 <= code < 0xFFFE != code + 0xFF


def _quoted(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if _is_printable(letter):
        return letter
    code = ord(letter)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _write_quoted(text: str, indent: int, lines: list[str]) -> None:
    """A quoted text, broken at a space once a line is longer than 80 columns."""
    lines[-1] += '"'
    column, pieces, after_space = len(lines[-1]), [lines[-1]], False
    for at, letter in enumerate(text):
        if letter != " ":
            escaped = _escaped(letter)
            pieces.append(escaped)
            column, after_space = column + len(escaped), False
        elif column > MAX_WIDTH and not after_space and 0 < at < len(text) - 1:
            lines[-1] = "".join(pieces)
            lines.append("")
            pieces = [" " * indent + ("\\" if text[at + 1] == " " else "")]
            column, after_space = len(pieces[0]), True
        else:
            pieces.append(letter)
            column, after_space = column + 1, True
    lines[-1] = "".join([*pieces, '"'])
