"""The JSON documents of a file, as the tools write them that keep answers of AWS.

Input: bytes. Output: values. A file may hold several documents, one a line or one after the other.
What is null is taken out of objects: AWS leaves out what is not set, some tools write it as null.
"""

import json
from collections.abc import Iterator
from typing import Any


def documents(source: bytes) -> list[Any]:
    """Every document of a file, in whatever encoding JSON may have. Raises ValueError."""
    text = source.decode(json.detect_encoding(source))
    decoder = json.JSONDecoder(object_hook=_set if "null" in text else None)
    return list(_each(decoder, text))


def _each(decoder: json.JSONDecoder, text: str) -> Iterator[Any]:
    at = _next(text, 0)
    while True:
        value, end = decoder.raw_decode(text, at)
        yield value
        at = _next(text, end)
        if at == len(text):
            return


def _next(text: str, at: int) -> int:
    """Where the next document begins: after white space."""
    while at < len(text) and text[at] in " \t\r\n\x1e":
        at += 1
    return at


def _set(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
