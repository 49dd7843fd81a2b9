"""JSON whose text has holes: policies and container definitions that name what is not applied yet.

A hole inside quotes is a hole in that string; an unquoted one stands for a whole value.
"""

import json
import re

from graphs.unknown import Cause, Template, Text, Unknown, text

# Private-use characters that no policy holds; they carry a hole's number through json.loads.
_MARK = re.compile("\ue000(\\d+)\ue001")


class NotJson(ValueError):
    """The text is not JSON; says where."""


def read_json(document: Text) -> object:
    """Parse JSON; dicts, lists and scalars, with Template and Unknown where there are holes.

    Raises NotJson. A wholly Unknown document comes back as that Unknown.

    >>> read_json('{"a": [1]}')
    {'a': [1]}
    """
    if isinstance(document, Unknown):
        return document
    parts = document.parts if isinstance(document, Template) else (document,)
    holes = [p for p in parts if isinstance(p, Unknown)]
    source, numbers = _marked(parts), range(len(holes))
    try:
        parsed = json.loads(source)
    except ValueError as problem:
        raise NotJson(str(problem)) from None
    except RecursionError:
        raise NotJson("nested too deeply") from None
    return _filled(parsed, holes) if numbers else parsed


def _marked(parts: "tuple[str | Unknown, ...]") -> str:
    pieces: list[str] = []
    quoted, number = False, 0
    for part in parts:
        if isinstance(part, str):
            quoted = ends_quoted(part, quoted=quoted)
            pieces.append(part)
            continue
        mark = f"\ue000{number}\ue001"
        pieces.append(mark if quoted else f'"\ue002{mark}"')
        number += 1
    return "".join(pieces)


def ends_quoted(part: str, *, quoted: bool) -> bool:
    """Whether a string is open at the end of this piece of JSON."""
    for token in re.findall(r'\\.|"', part):
        if token == '"':
            quoted = not quoted
    return quoted


def _filled(value: object, holes: list[Unknown]) -> object:
    if isinstance(value, str):
        return _restored(value, holes)
    if isinstance(value, list):
        return [_filled(v, holes) for v in value]
    if isinstance(value, dict):
        return {_key(k, holes): _filled(v, holes) for k, v in value.items()}
    return value


def _restored(value: str, holes: list[Unknown]) -> Text:
    if value.startswith("\ue002"):
        return holes[int(value[2:-1])]
    pieces = _MARK.split(value)
    if len(pieces) == 1:
        return value
    return text(holes[int(p)] if n % 2 else p for n, p in enumerate(pieces))


def _key(key: str, holes: list[Unknown]) -> str:
    told = _restored(key, holes)
    return told if isinstance(told, str) else str(told)


def strings(value: object) -> tuple[Text, ...]:
    """A string or a list of strings, as AWS takes either; what is neither is an Unknown."""
    found = value if isinstance(value, list) else () if value is None else (value,)
    return tuple(v if isinstance(v, str | Template | Unknown) else _scalar(v) for v in found)


def _scalar(value: object) -> Text:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return Unknown(Cause.EXPRESSION, f"not a string: {str(value)[:40]}")
