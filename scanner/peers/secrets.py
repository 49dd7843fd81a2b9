"""Takes secrets out of the values that another program is given.

Input: texts with the attribute that holds them. Output: the same, or words in their place. What a
secret tells of how it is kept, that there is one in the clear, stays visible.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Final

from scanner.cloud.redact import decoded, revealed
from scanner.redact import REDACTED, hider

NAMED: Final = re.compile(
    r"(?i)(?:^|_)(?:password|passwd|secret|secret_string|secret_binary|secret_key|private_key"
    r"|auth_token|access_token|api_?key|preshared_key)$"
)
"""Names of attributes and of environment variables that hold a secret in the clear."""
OWN: Final = frozenset((("aws_ssm_parameter", "value"), ("aws_ssm_parameter", "insecure_value")))
STARTS: Final = ("user_data", "user_data_base64")
CONTAINERS: Final = ("container_definitions", "container_properties")


class Hidden:
    """Knows the texts that are held sensitive, and the names of what is secret."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = frozenset(secrets)

    @cached_property
    def _hide(self) -> Any:
        return hider(self._secrets)

    def text(self, text: str, path: str, kind: str) -> str:
        """A text at an attribute path of a type of resource, without secrets."""
        name = path.rpartition(".")[2].partition("[")[0]
        if not text:
            return text
        if NAMED.search(name) or (kind, name) in OWN:
            return REDACTED
        if name in STARTS:
            return revealed(decoded(text)) or str(self._hide(text))
        if name in CONTAINERS:
            text = _containers(text)
        return str(self._hide(text))


def _containers(text: str) -> str:
    """The containers of a task without the values of variables that are named like secrets."""
    try:
        said = json.loads(text)
    except ValueError:
        return text
    found = [pair for pair in _pairs(said) if NAMED.search(str(pair.get("name")))]
    for pair in found:
        pair["value"] = REDACTED
    return json.dumps(said) if found else text


def _pairs(said: object) -> Iterator[dict[str, Any]]:
    """The environment variables of containers, one or several."""
    for each in said if isinstance(said, list) else [said]:
        pairs = each.get("environment") if isinstance(each, dict) else None
        yield from (pair for pair in pairs or () if isinstance(pair, dict))
