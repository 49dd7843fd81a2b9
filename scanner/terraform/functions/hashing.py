"""Digests of texts and files, and identifiers: md5, sha256, filesha1, uuidv5, rsadecrypt ...

https://developer.hashicorp.com/terraform/language/functions/sha256
"""

import base64
import hashlib
from collections.abc import Callable

from graphs.unknown import Cause, Unknown
from scanner.errors import FunctionProblem
from scanner.terraform.functions.function import Context, Function
from scanner.terraform.functions.paths import content
from scanner.terraform.values.number import Number
from scanner.terraform.values.shapes import Value

_NAMESPACES = {
    "dns": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "url": "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
    "oid": "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
    "x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
}


def _digest(algorithm: str, data: bytes) -> bytes:
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def _hex(algorithm: str) -> Callable[[str], str]:
    return lambda source: _digest(algorithm, source.encode()).hex()


def _base64(algorithm: str) -> Callable[[str], str]:
    return lambda source: base64.b64encode(_digest(algorithm, source.encode())).decode()


def _file_hex(name: str, algorithm: str) -> Callable[[Context, str], Value]:
    def run(context: Context, path: str) -> Value:
        data = content(context, name, path)
        return data if isinstance(data, Unknown) else _digest(algorithm, data).hex()

    return run


def _file_base64(name: str, algorithm: str) -> Callable[[Context, str], Value]:
    def run(context: Context, path: str) -> Value:
        data = content(context, name, path)
        if isinstance(data, Unknown):
            return data
        return base64.b64encode(_digest(algorithm, data)).decode()

    return run


def _uuid() -> Unknown:
    return Unknown(Cause.COMPUTED, "uuid()")


def _bcrypt(_source: str, *_cost: Number) -> Unknown:
    """Salted by chance, so never the same twice."""
    return Unknown(Cause.COMPUTED, "bcrypt()")


def _uuidv5(namespace: str, name: str) -> str:
    import uuid

    try:
        space = uuid.UUID(_NAMESPACES.get(namespace, namespace))
    except ValueError:
        length = f"invalid UUID length: {len(namespace)}"
        unsupported = f"uuidv5() doesn't support namespace {namespace} ({length})"
        raise FunctionProblem(unsupported) from None
    return str(uuid.uuid5(space, name))


FUNCTIONS = (
    Function("base64sha256", _base64("sha256")),
    Function("base64sha512", _base64("sha512")),
    Function("bcrypt", _bcrypt),
    Function("filebase64sha256", _file_base64("filebase64sha256", "sha256"), takes_context=True),
    Function("filebase64sha512", _file_base64("filebase64sha512", "sha512"), takes_context=True),
    Function("filemd5", _file_hex("filemd5", "md5"), takes_context=True),
    Function("filesha1", _file_hex("filesha1", "sha1"), takes_context=True),
    Function("filesha256", _file_hex("filesha256", "sha256"), takes_context=True),
    Function("filesha512", _file_hex("filesha512", "sha512"), takes_context=True),
    Function("md5", _hex("md5")),
    Function("sha1", _hex("sha1")),
    Function("sha256", _hex("sha256")),
    Function("sha512", _hex("sha512")),
    Function("uuid", _uuid),
    Function("uuidv5", _uuidv5),
)
