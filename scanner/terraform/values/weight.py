"""Bounds on what hostile input may make of a few lines.

Values share their parts, so that `b = [local.a, local.a]`, written forty times over, is small in
memory and endless for whoever walks through it. Each named value is therefore weighed when it is
computed, counting shared parts as often as they stand.

What is done with values is counted too: every call of a function, by the size of what it is given
and of what it makes, and every turn of a loop. A root module has so much work and no more; so have
all root modules of a tree together.
"""

from typing import Final

from graphs.unknown import Template
from scanner.errors import EvaluationProblem
from scanner.terraform.values.shapes import Ephemeral, Sensitive, Value

MAX_PARTS: Final = 1_000_000
MAX_LEVELS: Final = 300
MAX_WORK: Final = 500_000_000
"""In units of some ten nanoseconds; the largest root module that we met needs a third of it."""
IN_ALL: Final = 4
"""How many root modules of one tree may do all that they may; the others are left the least."""
LEAST_WORK: Final = 2_000_000
"""What is left to every root module; most need a tenth of it."""

PART: Final = 40
"""What a part of a collection costs whoever goes through it; an ASCII character costs one."""
FOREIGN: Final = 10
"""What any other character costs: it is normalized, and looked up where its kind matters."""

CALL: Final = 200
"""What a call of a function costs before it looks at anything."""
TURN: Final = 50
"""What a turn of a loop costs before anything is evaluated in it."""
LETTER: Final = 12
"""What a character of source costs where it is evaluated again."""

_INFINITE: Final = "the number is infinite: no attribute or output can hold it"
_SPENT: Final = "the root module needs more than {:,} steps of work to evaluate"
_OTHERS: Final = ", and other root modules took what there was"
_FIX: Final = "make the values that it goes through smaller, or split the root module"


class Spent(EvaluationProblem):
    """All the work that a root module may take is done: no `try` saves what comes then."""


class Scales:
    """What the values of one evaluation weigh, each container weighed once, and the work done."""

    __slots__ = ("_known", "most", "told", "work")

    def __init__(self) -> None:
        self._known: dict[int, tuple[Value, int, int, int]] = {}
        self.work = 0
        self.most = MAX_WORK
        self.told = False
        """Whether it was said where the work came to its end."""

    def weigh(self, value: Value) -> None:
        """Raise EvaluationProblem if a value is too large or deep to walk through, or infinite."""
        if isinstance(value, float):
            raise EvaluationProblem(_INFINITE)
        if isinstance(value, dict | tuple | Sensitive | Ephemeral):
            self._weight(value)

    def _weight(self, value: Value) -> tuple[int, int, int]:
        """Parts, levels and size."""
        if isinstance(value, Sensitive | Ephemeral):
            return self._weight(value.value)
        if not isinstance(value, dict | tuple):
            return 1, 0, extent(value)
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = (value, *self._inner(value))
        return known[1:]

    def _inner(self, value: "dict[str, Value] | tuple[Value, ...]") -> tuple[int, int, int]:
        parts, levels, size = 1, 0, PART * (len(value) + 1)
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, str):
                parts += 1
                size += len(each) if each.isascii() else FOREIGN * len(each)
            elif isinstance(each, dict | tuple | Sensitive | Ephemeral | Template):
                inner, depth, more = self._weight(each)
                parts += inner
                levels = max(levels, depth)
                size += more
            elif isinstance(each, float):
                raise EvaluationProblem(_INFINITE)
            else:
                parts += 1
        if parts > MAX_PARTS:
            raise EvaluationProblem(f"the value has more than {MAX_PARTS:,} parts")
        if levels >= MAX_LEVELS:
            raise EvaluationProblem(f"the value is nested more than {MAX_LEVELS} levels deep")
        return parts, levels + 1, size

    def size(self, value: Value) -> int:
        """What it costs to go through a value once."""
        return self._size(value, {}) if isinstance(value, dict | tuple) else extent(value)

    def _size(self, value: "dict[str, Value] | tuple[Value, ...]", seen: dict[int, int]) -> int:
        """Of what has no name yet, parts that stand more than once are gone through once."""
        weighed = self._known.get(id(value))
        if weighed is not None:
            return weighed[3]
        size = PART * (len(value) + 1)
        for each in value.values() if isinstance(value, dict) else value:
            while isinstance(each, Sensitive | Ephemeral):
                each = each.value  # noqa: PLW2901
            if isinstance(each, dict | tuple):
                if id(each) not in seen:
                    seen[id(each)] = self._size(each, seen)
                size += seen[id(each)]
            elif isinstance(each, str | Template):
                size += extent(each)
        return size

    @staticmethod
    def length(value: Value) -> int:
        """What it costs to go through the elements of a value, but not into them."""
        while isinstance(value, Sensitive | Ephemeral):
            value = value.value
        return PART * (len(value) + 1) if isinstance(value, dict | tuple) else extent(value)

    def spend(self, units: int) -> None:
        """Count work that is about to be done. Raises Spent where it is more than there may be."""
        self.work += units
        if self.work > self.most:
            others = _OTHERS if self.most < MAX_WORK else ""
            raise Spent(_SPENT.format(self.most) + others, fix=_FIX)

    def again(self, letters: int) -> None:
        """Count one more evaluation of so many characters of source, as a turn of a loop is."""
        self.spend(TURN + LETTER * letters)


def extent(value: Value) -> int:
    """What it costs to go through a text, or through what else has no parts."""
    if isinstance(value, str):
        return len(value) if value.isascii() else FOREIGN * len(value)
    if isinstance(value, Template):
        return sum([PART + extent(part) for part in value.parts])
    return extent(value.value) if isinstance(value, Sensitive | Ephemeral) else 1
