"""Values as a person reads them: HCL with its type, unknown parts with their origin, no secrets."""

import json
from fractions import Fraction

from graphs.unknown import Template, Unknown
from scanner.terraform.values import to_string
from scanner.terraform.values.kinds import ANY, Type
from scanner.terraform.values.shapes import Ephemeral, Sensitive, Value, is_null, known_of, type_of

_WIDE = 80
SECRET = "(sensitive)"


def readable(value: Value, indent: int = 0) -> str:
    """The value in HCL: on one line where it fits, else an element a line."""
    if isinstance(value, Sensitive):
        return SECRET
    if isinstance(value, Ephemeral):
        return "(ephemeral)"
    if isinstance(value, Unknown):
        return origin(value)
    if isinstance(value, Template):
        inner = "".join(_part(each) for each in value.parts)
        return f'"{inner}"'
    if isinstance(value, str):
        return _text(value)
    if is_null(value):
        return "null"
    if isinstance(value, bool | int | Fraction | float):
        return str(to_string(value))
    return _collection(value, indent)


def _part(part: "str | Unknown") -> str:
    return _text(part)[1:-1] if isinstance(part, str) else "${" + origin(part) + "}"


def _text(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False)
    return written.replace("${", "$${").replace("%{", "%%{")


def origin(unknown: Unknown) -> str:
    """Why a value is not known, and where that stands: "(unknown: var.x, ... at main.tf:3)"."""
    where = f" at {unknown.place}" if unknown.place else ""
    because = [str(root) for root in unknown.roots if root != unknown]
    why = f" from {', '.join(because)}" if because else ""
    return f"(unknown: {unknown}{why}{where})"


def _collection(value: Value, indent: int) -> str:
    if isinstance(value, dict):
        opening, closing = "{}"
        inner = [f"{_key(key)} = {readable(value[key], indent + 2)}" for key in sorted(value)]
    else:
        opening, closing = "[]"
        inner = [readable(each, indent + 2) for each in value]  # type: ignore[attr-defined]
    line = opening + ", ".join(inner) + closing
    if len(line) + indent <= _WIDE and "\n" not in line:
        return f"{opening} {line[1:-1]} {closing}" if opening == "{" and inner else line
    pad = "\n" + " " * (indent + 2)
    end = "" if isinstance(value, dict) else ","
    return opening + "".join(f"{pad}{each}{end}" for each in inner) + f"\n{' ' * indent}{closing}"


def _key(key: str) -> str:
    return key if key.replace("-", "_").isidentifier() else _text(key)


def type_text(of: Type) -> str:
    """A type as one writes it after `type =`."""
    if isinstance(of, str):
        return of
    word, inner = of
    if word == "object":
        fields = ", ".join(f"{_key(key)} = {type_text(inner[key][0])}" for key in sorted(inner))
        return f"object({{{fields}}})"
    if word == "tuple":
        return f"tuple([{', '.join(map(type_text, inner))}])"
    return f"{word}({type_text(inner)})"


def described(value: Value) -> str:
    """The value and its type, which is left out where nothing is known of it."""
    bare = value.value if isinstance(value, Sensitive | Ephemeral) else value
    of = known_of(bare).of if isinstance(bare, Unknown) else type_of(bare)
    text = readable(value)
    return text if of == ANY else f"{text}  # {type_text(of)}"
