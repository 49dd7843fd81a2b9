"""Patterns of `*` and `?` against text, where both may have holes.

A hole of the text stands for any string, a hole of the pattern for any pattern. So a match is
certain where holes meet only themselves or a `*`, and possible where some filling matches.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import lru_cache, partial
from itertools import product
from typing import TypeAlias

from graphs.identity.fillings import Filling, anything, filling_of
from graphs.unknown import (
    NO,
    YES,
    Answer,
    Cause,
    Template,
    Text,
    Unknown,
    cannot_tell,
    known,
    text,
    unknowns_in,
)


class Wild(Enum):
    """The two wildcards."""

    ONE = "?"
    ANY = "*"


Token: TypeAlias = "str | Wild | Unknown"
Pattern: TypeAlias = tuple[Token, ...]

FRESH = "\ue000"
"""A letter of the private use area, standing for "anything else" where a word is chosen."""

_MEETS = 24
_CONTRIVED = 2000
_RUN = 3
_STARS = 4


@lru_cache(maxsize=16384)
def literal(value: Text) -> Pattern:
    """The tokens of plain text: `*` and `?` are letters."""
    return tuple(
        token
        for part in _parts(value)
        for token in (tuple(part) if isinstance(part, str) else (part,))
    )


@lru_cache(maxsize=16384)
def pattern(value: Text) -> Pattern:
    """The tokens of a pattern; runs of `*` become one.

    >>> pattern("a**")
    ('a', <Wild.ANY: '*'>)
    """
    return squeeze(Wild(token) if token in ("*", "?") else token for token in literal(value))


def squeeze(tokens: Iterable[Token]) -> Pattern:
    """A pattern with each run of `*` as one."""
    result: list[Token] = []
    for token in tokens:
        if not (token is Wild.ANY and result and result[-1] is Wild.ANY):
            result.append(token)
    return tuple(result)


def show(tokens: Pattern) -> "str | Template":
    """A pattern as text again; letters that are wildcards come out as they are written.

    >>> show(pattern("s3:Get*"))
    's3:Get*'
    """
    return text(token.value if isinstance(token, Wild) else token for token in tokens)


def matches(wanted: Text, value: Text) -> Answer:
    """Whether the pattern matches the text.

    >>> matches("arn:aws:s3:::logs/*", "arn:aws:s3:::logs/2026/a.gz").certain
    True
    """
    if isinstance(wanted, str) and isinstance(value, str):
        return known(_plain(wanted, value))
    return fits(pattern(wanted), literal(value))


def same(one: Text, other: Text) -> Answer:
    """Whether two texts are equal, without wildcards."""
    if one == other or (isinstance(one, str) and isinstance(other, str)):
        return known(one == other)
    if isinstance(one, Unknown) and not any(FRESH in part for part in _known_parts(other)):
        return cannot_tell(one, *unknowns_in(other))
    return fits(literal(one), literal(other))


def _known_parts(value: Text) -> Iterator[str]:
    return (part for part in _parts(value) if isinstance(part, str))


@lru_cache(maxsize=65536)
def fits(wanted: Pattern, value: Pattern) -> Answer:
    """Whether a pattern given by tokens matches a text given by tokens."""
    if wanted in ((Wild.ANY,), value):
        return YES
    holes = [t for t in (*wanted, *value) if isinstance(t, Unknown)]
    if _run(wanted, value):
        return YES
    if holes and _run(*_differing(wanted, value), filling=filling_of(value)):
        return cannot_tell(*holes)
    return NO


def _differing(wanted: Pattern, value: Pattern) -> tuple[Pattern, Pattern]:
    """Both without what they surely have in common, holes as well, at their start and end."""
    start, end = _shared(wanted, value)
    return wanted[start : len(wanted) - end], value[start : len(value) - end]


def meets(one: Text, other: Text) -> "str | Template | None":
    """A text that both patterns match (for some filling of their holes), or None.

    >>> meets("a*", "*b")
    'ab'
    """
    for shared in intersection(pattern(one), pattern(other)):
        return next(words(shared))
    return None


def intersection(one: Pattern, other: Pattern) -> tuple[Pattern, ...]:
    """Patterns which together match what both do; at least one where any text does.

    Their number is bounded, so for contrived patterns some of the union may be left out.

    >>> [str(show(p)) for p in intersection(pattern("a*"), pattern("*b"))]
    ['a*b']
    """
    start, end = _shared(one, other)
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    if _apart(left[:1], right[:1]) or _apart(left[-1:], right[-1:]):
        return ()
    found = _Meeting(left, right).solve()
    head, tail = one[:start], one[len(one) - end :]
    return tuple(squeeze((*head, *each, *tail)) for each in dict.fromkeys(found))


def _shared(one: Pattern, other: Pattern) -> tuple[int, int]:
    """How many letters and holes both begin with, and how many more both end with."""
    most = min(len(one), len(other))
    start = 0
    while start < most and one[start] == other[start] and _fixed(one[start]):
        start += 1
    end = 0
    while end < most - start and one[-1 - end] == other[-1 - end] and _fixed(one[-1 - end]):
        end += 1
    return start, end


def _fixed(token: Token) -> bool:
    return not isinstance(token, Wild)


def _apart(one: Pattern, other: Pattern) -> bool:
    """Whether two letters differ: nothing begins, or ends, with both."""
    letters = [token for token in (*one, *other) if isinstance(token, str) and _fixed(token)]
    return len(letters) == 2 and letters[0] != letters[1]


def words(tokens: Pattern) -> Iterator["str | Template"]:
    """Texts that stand for all the pattern matches: each `*` is empty or a run of fresh letters.

    The first leaves every `*` empty. Another pattern built from `*` and `?` that misses some
    text of this one nearly always misses one of these words as well.
    """
    stars = sum(token is Wild.ANY for token in tokens)
    runs = ("", FRESH * _RUN)
    choices: Iterable[tuple[str, ...]] = product(runs, repeat=stars)
    if stars > _STARS:
        choices = ((run,) * stars for run in runs)
    for choice in choices:
        fill = iter(choice)
        yield text(next(fill) if t is Wild.ANY else FRESH if t is Wild.ONE else t for t in tokens)


def contains(outer: Text, inner: Text) -> bool:
    """Whether the outer pattern certainly matches all that the inner one does. Exact, and slow:
    the law by which the tests hold `words` to telling patterns apart.

    A hole is a letter of its own: equal holes are equal, and a `*` swallows any.

    >>> contains("s3:Get*", "s3:GetObject*"), contains("s3:GetObject*", "s3:Get*")
    (True, False)
    """
    big, small = pattern(outer), pattern(inner)
    letters = {t for t in (*big, *small) if not isinstance(t, Wild)} | {FRESH}
    start = (0, _closure(big, {0}))
    seen, queue = {start}, [start]
    while queue:
        at, states = queue.pop()
        if at == len(small) and len(big) not in states:
            return False
        if at == len(small):
            continue
        for step in _inner_steps(small, at, letters):
            after = (step[1], _advance(big, states, step[0]) if step[0] is not None else states)
            if after not in seen:
                seen.add(after)
                queue.append(after)
    return True


def _inner_steps(
    small: Pattern, at: int, letters: "set[str | Unknown]"
) -> "Iterator[tuple[str | Unknown | None, int]]":
    token = small[at]
    if token is Wild.ANY:
        yield None, at + 1
        yield from ((letter, at) for letter in letters)
    elif token is Wild.ONE:
        yield from ((letter, at + 1) for letter in letters if isinstance(letter, str))
    elif not isinstance(token, Wild):
        yield token, at + 1


def _parts(value: Text) -> "tuple[str | Unknown, ...]":
    return value.parts if isinstance(value, Template) else (value,)


@lru_cache(maxsize=65536)
def _plain(wanted: str, value: str) -> bool:
    """Greedy matching: only the last `*` is ever taken back, so time is at most quadratic."""
    if "*" not in wanted and "?" not in wanted:
        return wanted == value
    at, here, star, mark = 0, 0, -1, 0
    while here < len(value):
        if at < len(wanted) and wanted[at] == "*":
            star, mark, at = at, here, at + 1
        elif at < len(wanted) and wanted[at] in ("?", value[here]):
            at, here = at + 1, here + 1
        elif star >= 0:
            mark += 1
            at, here = star + 1, mark
        else:
            return False
    return not wanted[at:].strip("*")


def _run(wanted: Pattern, value: Pattern, filling: Filling | None = None) -> bool:
    """Simulate the pattern on the text; with `filling` every hole may be anything that fits it."""
    lenient = filling is not None
    states = _closure(wanted, {0}, lenient=lenient)
    for letter in value:
        if filling is not None and isinstance(letter, Unknown):
            states = _spread(wanted, states, partial(filling, letter))
        else:
            states = _advance(wanted, states, letter, lenient=lenient)
        if not states:
            return False
    return len(wanted) in states


def _spread(
    wanted: Pattern, states: Iterable[int], may_hold: Callable[[str], bool]
) -> frozenset[int]:
    """The positions of the pattern that some filling of a hole leads to."""
    after: set[int] = set()
    for state in states:
        here = state
        while here not in after:
            after.add(here)
            token = wanted[here] if here < len(wanted) else None
            if token is None or (isinstance(token, str) and not may_hold(token)):
                break
            here += 1
    return frozenset(after)


def _advance(
    wanted: Pattern, states: Iterable[int], letter: Token, *, lenient: bool = False
) -> frozenset[int]:
    after = set()
    for at in states:
        token = wanted[at] if at < len(wanted) else None
        if token is Wild.ANY or (lenient and _may_hold(token, letter)):
            after.add(at)
        elif token == letter or (token is Wild.ONE and isinstance(letter, str)):
            after.add(at + 1)
    return _closure(wanted, after, lenient=lenient)


def _may_hold(token: "Token | None", letter: Token) -> bool:
    """Whether a hole may have the letter in it. What a resource of ours is called is never the
    name of "anything else"."""
    if not isinstance(token, Unknown):
        return False
    if letter == FRESH:
        return not (token.refers or token.cause is Cause.SCOPE)
    return not isinstance(letter, str) or anything(token, letter)


def _closure(wanted: Pattern, states: set[int], *, lenient: bool = False) -> frozenset[int]:
    """Add the positions after each `*` (and, leniently, each hole), which may be empty."""
    for start in sorted(states):
        after = start
        while after < len(wanted) and (
            wanted[after] is Wild.ANY or (lenient and isinstance(wanted[after], Unknown))
        ):
            after += 1
            states.add(after)
    return frozenset(states)


class _Meeting:
    """The intersection of two patterns, position by position, each pair solved once."""

    def __init__(self, one: Pattern, other: Pattern) -> None:
        self.one, self.other = one, other
        self.solved: dict[tuple[int, int], tuple[Pattern, ...]] = {}
        # Contrived patterns are cut short, so that no input makes this slow.
        wild = sum(isinstance(token, Wild) for token in one) * len(other)
        self.most = _MEETS if wild < _CONTRIVED else 2

    def solve(self) -> tuple[Pattern, ...]:
        """Depth first with a stack of our own: patterns may be longer than Python's stack."""
        stack = [(0, 0)]
        while stack:
            spot = stack[-1]
            waiting = [after for _, after in self._steps(*spot) if after not in self.solved]
            if waiting:
                stack.extend(waiting)
                continue
            stack.pop()
            self.solved[spot] = self._join(spot)
        return self.solved[(0, 0)]

    def _join(self, spot: tuple[int, int]) -> tuple[Pattern, ...]:
        if spot == (len(self.one), len(self.other)):
            return ((),)
        found: dict[Pattern, None] = {}
        for token, after in self._steps(*spot):
            head = () if token is None else (token,)
            found.update(dict.fromkeys(head + rest for rest in self.solved[after]))
        return tuple(found)[: self.most]

    def _steps(self, at: int, by: int) -> "list[tuple[Token | None, tuple[int, int]]]":
        """What may come first, and where each pattern stands after it."""
        mine = self.one[at] if at < len(self.one) else None
        yours = self.other[by] if by < len(self.other) else None
        if _open(mine) and _open(yours):
            return _both_open(mine, yours, at, by)
        if _open(mine):
            taken = [] if yours is None else [(yours, (at, by + 1))]
            return [(None, (at + 1, by)), *taken]
        if _open(yours):
            taken = [] if mine is None else [(mine, (at + 1, by))]
            return [(None, (at, by + 1)), *taken]
        if mine is None or yours is None or not (mine == yours or Wild.ONE in (mine, yours)):
            return []
        return [(yours if mine is Wild.ONE else mine, (at + 1, by + 1))]


def _open(token: "Token | None") -> bool:
    """Whether it may stand for a string of any length, here."""
    return token is Wild.ANY or isinstance(token, Unknown)


def _both_open(
    mine: "Token | None", yours: "Token | None", at: int, by: int
) -> "list[tuple[Token | None, tuple[int, int]]]":
    """A `*` swallows the other's hole whole, or ends inside it; two stars go on from one."""
    if mine == yours and mine is not Wild.ANY:
        return [(mine, (at + 1, by + 1))]
    first: list[tuple[Token | None, tuple[int, int]]] = [
        (yours if yours is not Wild.ANY else Wild.ANY, (at, by + 1)),
        (mine if mine is not Wild.ANY else Wild.ANY, (at + 1, by)),
    ]
    if mine is Wild.ANY and yours is not Wild.ANY:
        return [first[0], (None, (at + 1, by))]
    if yours is Wild.ANY and mine is not Wild.ANY:
        return [first[1], (None, (at, by + 1))]
    return first
