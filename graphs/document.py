"""JSON whose text has holes: policies and container definitions that name what is not applied yet.

A hole inside quotes is a hole in that string; an unquoted one stands for a whole value.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from graphs.unknown import Template, Text, Unknown, text

# Private-use characters: one that the document does not hold carries a hole through json.loads.
_PRIVATE_USE = range(0xE000, 0xF900)


class NotJson(ValueError):
    """The text is not JSON; says where."""


def read_json(document: Text, **decoding: Any) -> object:
    """Parse JSON; dicts, lists and scalars, with Template and Unknown where there are holes.

    Raises NotJson. A wholly Unknown document comes back as that Unknown. `decoding` are options of
    `json.loads`; what their functions raise comes through.

    >>> read_json('{"a": [1]}')
    {'a': [1]}
    """
    if isinstance(document, Unknown):
        return document
    try:
        if isinstance(document, str):
            return json.loads(document, **decoding)
        marks = _Marks(_unused(document.parts), _holes(document))
        return marks.filled(json.loads(marks.put_into(document.parts), **decoding))
    except json.JSONDecodeError as problem:
        raise NotJson(str(problem)) from None
    except RecursionError:
        raise NotJson("nested too deeply") from None


def _holes(document: Template) -> tuple[Unknown, ...]:
    return tuple(p for p in document.parts if isinstance(p, Unknown))


def _unused(parts: "tuple[str | Unknown, ...]") -> str:
    """A character that stands nowhere in the document, not even as an escape."""
    known = "".join(p for p in parts if isinstance(p, str))
    escapes = {int(code, 16) for code in re.findall(r"\\u([0-9a-fA-F]{4})", known)}
    taken = escapes | {ord(c) for c in set(known)}
    free = next((n for n in _PRIVATE_USE if n not in taken), None)
    if free is None:
        raise NotJson("too many private-use characters")
    return chr(free)


@dataclass(frozen=True, slots=True)
class _Marks:
    """Stands in for holes: `X3X` for the fourth one within a string, `"X:3X"` for a whole value,
    where X is a character of no other use."""

    mark: str
    holes: tuple[Unknown, ...]

    def put_into(self, parts: "tuple[str | Unknown, ...]") -> str:
        pieces: list[str] = []
        quoted, number = False, 0
        for part in parts:
            if isinstance(part, str):
                quoted = ends_quoted(part, quoted=quoted)
                pieces.append(part)
                continue
            inside, whole = f"{self.mark}{number}{self.mark}", f"{self.mark}:{number}{self.mark}"
            pieces.append(inside if quoted else f'"{whole}"')
            number += 1
        return "".join(pieces)

    def filled(self, value: object) -> object:
        if isinstance(value, str):
            return self._restored(value)
        if isinstance(value, list):
            return [self.filled(v) for v in value]
        if isinstance(value, dict):
            return {self._restored(k): self.filled(v) for k, v in value.items()}
        return value

    def _restored(self, value: str) -> Text:
        if value.startswith(f"{self.mark}:"):
            return self.holes[int(value[2:-1])]
        pieces = value.split(self.mark)
        return text(self.holes[int(p)] if n % 2 else p for n, p in enumerate(pieces))


def ends_quoted(part: str, *, quoted: bool) -> bool:
    """Whether a string is open at the end of this piece of JSON."""
    for token in re.findall(r'\\.|"', part):
        if token == '"':
            quoted = not quoted
    return quoted
