"""Bounds on what hostile input may make of a few lines.

Values share their parts, so that `b = [local.a, local.a]`, written forty times over, is small in
memory and endless for whoever walks through it. Each named value is therefore weighed when it is
computed, counting shared parts as often as they stand.
"""

from typing import Final

from scanner.errors import EvaluationProblem
from scanner.terraform.values import Ephemeral, Sensitive, Value

MAX_PARTS: Final = 1_000_000
MAX_LEVELS: Final = 300
MAX_TEXT: Final = 128 * 1024 * 1024


_INFINITE: Final = "the number is infinite: no attribute or output can hold it"


class Scales:
    """What the values of one evaluation weigh: (parts, levels), each container weighed once."""

    __slots__ = ("_known", "text")

    def __init__(self) -> None:
        self._known: dict[int, tuple[Value, int, int]] = {}
        self.text = 0

    def weigh(self, value: Value) -> None:
        """Raise EvaluationProblem if a value is too large or deep to walk through, or infinite."""
        if isinstance(value, float):
            raise EvaluationProblem(_INFINITE)
        if isinstance(value, dict | tuple | Sensitive | Ephemeral):
            self._weight(value)

    def _weight(self, value: Value) -> tuple[int, int]:
        if isinstance(value, Sensitive | Ephemeral):
            return self._weight(value.value)
        if not isinstance(value, dict | tuple):
            return 1, 0
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = (value, *self._inner(value))
        return known[1], known[2]

    def _inner(self, value: "dict[str, Value] | tuple[Value, ...]") -> tuple[int, int]:
        parts, levels = 1, 0
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, dict | tuple | Sensitive | Ephemeral):
                inner, depth = self._weight(each)
                parts += inner
                levels = max(levels, depth)
            elif isinstance(each, float):
                raise EvaluationProblem(_INFINITE)
            else:
                parts += 1
        if parts > MAX_PARTS:
            raise EvaluationProblem(f"the value has more than {MAX_PARTS:,} parts")
        if levels >= MAX_LEVELS:
            raise EvaluationProblem(f"the value is nested more than {MAX_LEVELS} levels deep")
        return parts, levels + 1

    def spend(self, size: int) -> None:
        """Count text that was made. Raises EvaluationProblem where it would fill the memory."""
        self.text += size
        if self.text > MAX_TEXT:
            raise EvaluationProblem(f"more than {MAX_TEXT:,} characters of text were made")
