"""What a function is: its code, its signature, and how it treats what is unknown or secret."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from functools import cache
from pathlib import Path

from graphs.unknown import Cause, Template, Unknown
from scanner.errors import FunctionProblem
from scanner.terraform.values import brief, referents
from scanner.terraform.values.kinds import Type
from scanner.terraform.values.number import Float, MinusZero
from scanner.terraform.values.shapes import Ephemeral, Null, Sensitive, Value
from scanner.terraform.values.weight import Scales
from scanner.tree import Tree

MAX_TEXT = 16 * 1024 * 1024
"""No function makes a text longer than this, in characters."""

MAX_ELEMENTS = 1_000_000
"""No function makes, or walks through, more elements than this."""

UNKNOWN, SECRET, EPHEMERAL = 1, 2, 4
STATE: dict[type, int] = {
    str: 0, bool: 0, int: 0, Fraction: 0, float: 0, Float: 0, MinusZero: 0, type(None): 0, Null: 0,
    Unknown: UNKNOWN, Template: UNKNOWN,
}  # fmt: skip
"""What a scalar contributes to what `search` finds."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a call stands: what `file` may read and how `templatefile` evaluates its text."""

    tree: "Tree | None" = None
    root: str = "."
    """Directory of the root module within the tree: relative paths start there."""
    module: str = "."
    """Directory of the calling module within the tree."""
    evaluate_template: "Callable[[str, str, Mapping[str, Value]], Value] | None" = None
    """(text, name for messages, variables) -> the value of a template."""
    exact: bool = False
    """Whether to know no more of unknown arguments than terraform does."""
    cwd: "str | None" = None
    """Where terraform would be run, where that is told."""
    scales: Scales = field(default_factory=Scales)
    """What counts the work."""


SEGMENTED, PARSED, LETTER_BY_LETTER, COMPARED = 5, 5, 15, 10
"""The effort of cutting a text into clusters, of reading a value in it, of a step of ours for each
letter, and of telling whether elements of any kind are equal."""


class Handling(Enum):
    """Who deals with unknown parts, or with marks, of the arguments.

    DEEP: `call` does; an unknown anywhere makes the result unknown, a secret anywhere secret.
    OUTER: `call` does so for whole arguments only; the function carries elements unchanged.
    OWN: the function sees everything.
    """

    DEEP = 0
    OUTER = 1
    OWN = 2


MANY = 1_000
"""More arguments than anybody passes."""

DEEP, OUTER, OWN = Handling.DEEP, Handling.OUTER, Handling.OWN


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the language; `run` takes converted arguments, after the context if asked.

    `wary` functions know more of unknown arguments than terraform does; where the context is
    exact, an unknown anywhere makes their result unknown. `forgets` is how
    many arguments, from the first, lose their marks in terraform where one of them is unknown.
    `effort` is how often it goes through its arguments and what it makes, in the units of
    weight.py; 0 is for what looks at one element only, `shallow` for what looks at all elements
    and not into them.
    """

    name: str
    run: Callable[..., Value]
    unknowns: Handling = DEEP
    marks: Handling = DEEP
    takes_context: bool = False
    wary: bool = False
    forgets: int = 0
    effort: int = 1
    shallow: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its name, the type that arguments convert to, whether null may be passed."""

    name: str
    type: Type
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a function and what it returns."""

    parameters: tuple[Parameter, ...]
    rest: "Parameter | None"
    returns: Type


class ArgumentProblem(FunctionProblem):
    """A function refuses one argument, counted from 0."""

    def __init__(self, position: int, message: str) -> None:
        super().__init__(message)
        self.position = position


@cache
def signatures() -> dict[str, Signature]:
    """All functions of Terraform 1.11, as `terraform metadata functions` lists them."""
    source = Path(__file__).with_name("signatures.json").read_bytes()
    return {
        name: Signature(
            tuple(_parameter(each) for each in parameters),
            _parameter(rest) if rest else None,
            _type(returns),
        )
        for name, (parameters, rest, returns) in json.loads(source).items()
    }


def _parameter(row: list[Value]) -> Parameter:
    return Parameter(str(row[0]), _type(row[1]), len(row) > 2)


def _type(row: Value) -> Type:
    return (row[0], _type(row[1])) if isinstance(row, list) else str(row)


def unknown(name: str, *args: Value) -> Unknown:
    """The unknown result of a call, named after it and referring to what its arguments do."""
    refers = args[0].refers if len(args) == 1 and isinstance(args[0], Unknown) else referents(args)
    return Unknown(Cause.EXPRESSION, f"{name}({', '.join(map(brief, args))})", refers)


def bounded(size: int, limit: int, what: str) -> None:
    """Refuse a result that would fill the memory."""
    if size > limit:
        raise FunctionProblem(f"the result would have more than {limit:,} {what}")


def search(value: Value) -> int:
    """What is found within a collection; refuses one that is too large to walk through."""
    found, budget, stack = 0, MAX_ELEMENTS, [value]
    while stack:
        inner = stack.pop()
        if isinstance(inner, Sensitive | Ephemeral):
            found |= SECRET if isinstance(inner, Sensitive) else EPHEMERAL
            inner = (inner.value,)
        elements = inner.values() if isinstance(inner, dict) else inner
        budget -= len(elements)  # type: ignore[arg-type]
        if budget < 0:
            raise FunctionProblem(f"the argument has more than {MAX_ELEMENTS:,} elements")
        for each in elements:  # type: ignore[attr-defined]
            state = STATE.get(type(each))
            if state is None:
                stack.append(each)
            else:
                found |= state
    return found
