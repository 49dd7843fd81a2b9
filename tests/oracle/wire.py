"""The few messages of the plugin protocol that a provider needs, as Protocol Buffers.

https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/tfplugin5.proto
https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import msgpack

UNKNOWN = msgpack.Ext(0, b"\0")
"""What is known only after apply, in MessagePack as terraform writes it."""


def text(field: int, value: str | bytes) -> bytes:
    """A field of text, bytes, or a message."""
    content = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def number(field: int, value: int) -> bytes:
    """A field of a whole number or a yes-or-no; zero is what is left out."""
    return _varint(field << 3) + _varint(value) if value else b""


def table(field: int, rows: Mapping[str, bytes]) -> bytes:
    """A map from text to messages."""
    return b"".join(text(field, text(1, key) + text(2, rows[key])) for key in sorted(rows))


def value(field: int, content: Any) -> bytes:
    """A DynamicValue."""
    return text(field, text(1, msgpack.encode(content)))


def problem(field: int, summary: str) -> bytes:
    """A diagnostic that is an error."""
    return text(field, number(1, 1) + text(2, summary))


def fields(message: bytes) -> dict[int, bytes]:
    """The last text, bytes or message of each number; other fields are passed over."""
    return dict(_fields(message))


def content(message: bytes) -> Any:
    """What a DynamicValue holds."""
    return msgpack.decode(fields(message)[1])


def is_known(value: Any) -> bool:
    """Whether nothing in a value is unknown, with or without refinements."""
    if isinstance(value, dict):
        return all(map(is_known, value.values()))
    return all(map(is_known, value)) if isinstance(value, list) else type(value) is not msgpack.Ext


def _varint(value: int) -> bytes:
    result = bytearray()
    while value > 127:
        result.append(value & 127 | 128)
        value >>= 7
    return bytes((*result, value))


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(message):
        key, at = _number_at(message, at)
        size, at = _number_at(message, at)
        if key & 7 == 2:
            yield key >> 3, message[at : at + size]
            at += size
        elif key & 7 != 0:
            raise ValueError(f"no message of the protocol has a field of wire type {key & 7}")


def _number_at(message: bytes, at: int) -> tuple[int, int]:
    result = shift = 0
    while message[at] & 128:
        result |= (message[at] & 127) << shift
        shift, at = shift + 7, at + 1
    return result | message[at] << shift, at + 1
