"""What is not known, as a value: Unknown, Template, and the algebra that answers with both.

Every engine computes two answers. In the *certain* one an unknown allow is empty and an unknown
deny is full; in the *possible* one the reverse. Inside certain: yes. Outside possible: no. Between
them: cannot tell, and the Unknowns that decide it say why.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, NoReturn, TypeAlias, TypeVar


class Cause(StrEnum):
    """Why a value is not known; the words that people read."""

    VARIABLE = "variable without a value"
    COMPUTED = "known only after apply"
    DATA = "looked up outside this code"
    MODULE = "module not present"
    EXPRESSION = "cannot be evaluated"
    SCOPE = "not said by the provider"
    DENIED = "could not be read"
    MODEL = "not modelled"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span of lines in a file; `file` is relative to the scanned root, lines count from 1."""

    file: str
    line: int
    end_line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, order=True)
class Referent:
    """What a value refers to: a resource's address and an attribute path ("" for all of it)."""

    address: str
    attribute: str = ""

    def __str__(self) -> str:
        return f"{self.address}.{self.attribute}" if self.attribute else self.address


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is not known, with its origin. Two with the same origin are equal.

    `what` names the origin (`var.vpc_id`, `aws_vpc.main.id`). `refers` lists the resource
    attributes behind it, so that `aws_vpc.main.id` still leads to aws_vpc.main. `place` is where
    the origin stands, `origins` are the Unknowns that an expression was computed from, `known` is
    what whoever made it knows of it all the same, such as its type, or the block that stands for
    several of unknown number; none of them takes part in equality.
    """

    cause: Cause
    what: str
    refers: tuple[Referent, ...] = ()
    place: Place | None = field(default=None, compare=False)
    origins: tuple["Unknown", ...] = field(default=(), compare=False, repr=False)
    known: object = field(default=None, compare=False, repr=False)

    def __bool__(self) -> NoReturn:
        raise TypeError(f"{self} is unknown: it is neither true nor false")

    def __str__(self) -> str:
        return f"{self.what} ({self.cause})"

    @property
    def roots(self) -> tuple["Unknown", ...]:
        """The Unknowns at the bottom of it, in order: what one would have to find out."""
        return self.origins or (self,)


@dataclass(frozen=True, slots=True)
class Template:
    """A string with known parts and holes, in order; at least one part is an Unknown.

    Build it with `text`, which joins neighbouring strings and gives a plain str when it can.
    """

    parts: tuple[str | Unknown, ...]

    def __str__(self) -> str:
        return "".join(p if isinstance(p, str) else "${" + p.what + "}" for p in self.parts)

    @property
    def unknowns(self) -> frozenset[Unknown]:
        """The holes."""
        return frozenset(p for p in self.parts if isinstance(p, Unknown))


Text: TypeAlias = "str | Template | Unknown"

T = TypeVar("T")


def text(parts: Iterable[object]) -> "str | Template":
    """Join strings, Unknowns and Templates into one string, or a Template where holes remain.

    >>> text(["arn:", "aws"])
    'arn:aws'
    """
    flat: list[str | Unknown] = []
    run: list[str] = []  # strings since the last hole
    for part in parts:
        for piece in part.parts if isinstance(part, Template) else (part,):
            if isinstance(piece, str):
                run.append(piece)
            elif isinstance(piece, Unknown):
                if before := "".join(run):
                    flat.append(before)
                flat.append(piece)
                run.clear()
            else:
                raise TypeError(f"not text: {piece!r}")
    rest = "".join(run)
    if not flat:
        return rest
    return Template((*flat, rest) if rest else tuple(flat))


def unknowns_in(value: object) -> frozenset[Unknown]:
    """Every Unknown inside a value: itself, a Template's holes, or those within collections."""
    if isinstance(value, Unknown):
        return frozenset((value,))
    if isinstance(value, Template):
        return value.unknowns
    if isinstance(value, dict):
        return frozenset().union(*map(unknowns_in, value.values())) if value else frozenset()
    if isinstance(value, list | tuple | set | frozenset):
        return frozenset().union(*map(unknowns_in, value)) if value else frozenset()
    return frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, no, or cannot tell because of some Unknowns.

    `certain` implies `possible`; `because` is empty unless the two differ. Combine with
    `&`, `|` and `~`, which are Kleene's strong connectives.
    """

    certain: bool
    possible: bool
    because: frozenset[Unknown] = frozenset()

    def __post_init__(self) -> None:
        if self.certain and not self.possible:
            raise ValueError("what is certain is possible")
        if self.certain == self.possible and self.because:
            object.__setattr__(self, "because", frozenset())

    @property
    def undecided(self) -> bool:
        """Neither yes nor no."""
        return self.possible and not self.certain

    def __and__(self, other: "Answer") -> "Answer":
        if self.certain or not other.possible:
            return other
        if other.certain or not self.possible:
            return self
        return Answer(
            self.certain and other.certain,
            self.possible and other.possible,
            self.because | other.because,
        )

    def __or__(self, other: "Answer") -> "Answer":
        if self.certain or not other.possible:
            return self
        if other.certain or not self.possible:
            return other
        return Answer(
            self.certain or other.certain,
            self.possible or other.possible,
            self.because | other.because,
        )

    def __invert__(self) -> "Answer":
        return Answer(not self.possible, not self.certain, self.because)

    def __bool__(self) -> NoReturn:
        raise TypeError("ask an Answer for .certain or .possible")


YES = Answer(certain=True, possible=True)
NO = Answer(certain=False, possible=False)


def known(value: bool) -> Answer:
    """The Answer for a plain boolean."""
    return YES if value else NO


def cannot_tell(*because: Unknown) -> Answer:
    """The Answer that these Unknowns leave open."""
    return Answer(certain=False, possible=True, because=frozenset(because))


def answer(value: "bool | Unknown") -> Answer:
    """A boolean or an Unknown, as an Answer."""
    return cannot_tell(value) if isinstance(value, Unknown) else known(value)


def any_of(answers: Iterable[Answer]) -> Answer:
    """Kleene's or over many; no for none."""
    result = NO
    for each in answers:
        if each.certain:
            return YES
        if each.possible:
            result = result | each
    return result


def all_of(answers: Iterable[Answer]) -> Answer:
    """Kleene's and over many; yes for none."""
    result = YES
    for each in answers:
        if not each.possible:
            return NO
        if not each.certain:
            result = result & each
    return result


@dataclass(frozen=True, slots=True)
class Bounds(Generic[T]):
    """A set between two bounds: what is certainly in it and what is possibly in it."""

    certain: T
    possible: T
    because: frozenset[Unknown] = frozenset()

    def both(self, other: "Bounds[T]", combine: Callable[[T, T], T]) -> "Bounds[T]":
        """Combine two pairs of bounds by a monotone operation such as union or intersection."""
        return Bounds(
            combine(self.certain, other.certain),
            combine(self.possible, other.possible),
            self.because | other.because,
        )


def exactly(value: T) -> Bounds[T]:
    """Bounds without a gap."""
    return Bounds(value, value)
