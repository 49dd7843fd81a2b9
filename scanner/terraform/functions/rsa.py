"""rsadecrypt: RSA with PKCS #1 v1.5 padding and a private key in PEM form.

https://developer.hashicorp.com/terraform/language/functions/rsadecrypt
"""

import base64
import binascii
import re
from collections.abc import Iterator

from graphs.unknown import Unknown
from scanner.errors import FunctionProblem
from scanner.terraform.functions.function import ArgumentProblem, Function, unknown
from scanner.terraform.values.json_text import normalized

MAX_KEY_BITS = 8_192
"""Larger keys are refused: raising to their power takes too long."""

_PEM = re.compile(
    r"-----BEGIN ([A-Z ]*)PRIVATE KEY-----(.*?)-----END \1PRIVATE KEY-----", re.DOTALL
)
_SEQUENCE = 0x30


def _rsadecrypt(ciphertext: str, privatekey: str) -> "str | Unknown":
    try:
        encrypted = base64.b64decode(ciphertext, validate=True)
    except (binascii.Error, ValueError):
        must = "cipher text must be base64-encoded"
        raise ArgumentProblem(0, f'failed to decode input "{ciphertext[:80]}": {must}') from None
    match = _PEM.search(privatekey)
    if match is None:
        raise ArgumentProblem(1, "failed to parse key: no key found")
    if match[1] not in ("", "RSA ") or "ENCRYPTED" in match[2]:
        return unknown("rsadecrypt", "(ciphertext)", "(key in another format)")
    modulus, exponent = _key(match[2])
    return _unpadded(_decrypted(encrypted, modulus, exponent))


def _key(body: str) -> tuple[int, int]:
    """Modulus and private exponent of a PKCS #1 key, also when wrapped in PKCS #8."""
    try:
        fields = list(_fields(next(_fields(base64.b64decode(body)))[1]))
        if fields[1][0] == _SEQUENCE:  # PKCS #8: version, algorithm, key
            fields = list(_fields(next(_fields(fields[2][1]))[1]))
        modulus, exponent = (int.from_bytes(content) for _, content in (fields[1], fields[3]))
    except (binascii.Error, ValueError, IndexError, StopIteration):
        raise ArgumentProblem(1, "failed to parse key: not an RSA key") from None
    if not 0 < modulus.bit_length() <= MAX_KEY_BITS or exponent >= modulus:
        raise ArgumentProblem(1, "failed to parse key: not an RSA key of usual size")
    return modulus, exponent


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The (tag, content) pairs of DER."""
    at = 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(data[at : at + count]), at + count
        if at + size > len(data):
            raise ValueError("DER ends early")
        yield tag, data[at : at + size]
        at += size


def _decrypted(encrypted: bytes, modulus: int, exponent: int) -> bytes:
    number = int.from_bytes(encrypted)
    if number >= modulus:
        raise FunctionProblem("failed to decrypt: decryption error")
    return pow(number, exponent, modulus).to_bytes((modulus.bit_length() + 7) // 8)


def _unpadded(padded: bytes) -> str:
    end = padded.find(b"\0", 2)
    if padded[:2] != b"\0\x02" or end < 10:
        raise FunctionProblem("failed to decrypt: decryption error")
    return normalized(padded[end + 1 :].decode(errors="replace"))


FUNCTIONS = (Function("rsadecrypt", _rsadecrypt, effort=5_000),)
