"""Takes out of a result what the code holds secret.

Input: a result, and texts that Terraform holds sensitive. Output: the result without them. Names,
ARNs and messages repeat values, so that it looks at every sentence, whoever wrote it. What names
files, rules and findings stays as it is: they are not made of values.
"""

import operator
import re
from collections.abc import Callable, Collection
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

LEAST = 6
"""Shorter texts stay: taking every "eu" or "1" out of a report would leave nothing to read."""
REDACTED = "(sensitive)"
_NAMES = ("schema", "scanned", "directory", "root", "file", "call", "rule", "rules", "id")
_CODES = ("path", "paths", "fingerprint", "severity", "verdict", "status", "kind", "technique")
EXACT = frozenset((*_NAMES, *_CODES))

T = TypeVar("T")


def redacted(result: T, secrets: Collection[str]) -> T:
    """The result with each secret text replaced, the longest first."""
    secret = _pattern(secrets)
    return result if secret is None else _without(result, secret)


def hider(secrets: Collection[str]) -> Callable[[str], str]:
    """A function that takes these texts out of one."""
    secret = _pattern(secrets)
    return str if secret is None else lambda text: secret.sub(REDACTED, text)


def _pattern(secrets: Collection[str]) -> "re.Pattern[str] | None":
    texts = sorted((t for t in secrets if len(t) >= LEAST), key=lambda t: (-len(t), t))
    return re.compile("|".join(map(re.escape, texts))) if texts else None


def _without(value: T, secret: re.Pattern[str], exact: frozenset[str] = EXACT) -> T:
    if isinstance(value, str):
        return secret.sub(REDACTED, value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        parts = tuple(_without(each, secret, exact) for each in value)
        same = all(map(operator.is_, parts, value))
        return value if same else parts  # type: ignore[return-value]
    if not is_dataclass(value) or isinstance(value, type):
        return value
    from graphs.views.values import Summary  # here, since most commands draw nothing

    if isinstance(value, Summary):
        exact = frozenset()  # its ids name each other: replaced alike, they still do
    names = [field.name for field in fields(value)]
    dives = [n for n in names if n not in exact or not _text(getattr(value, n))]
    told = {n: _without(getattr(value, n), secret, exact) for n in dives}
    changed = {name: new for name, new in told.items() if new is not getattr(value, name)}
    return replace(value, **changed) if changed else value


def _text(value: object) -> bool:
    """A text or texts, rather than values that hold texts."""
    return isinstance(value, str) or (
        isinstance(value, tuple) and all(isinstance(each, str) for each in value)
    )
