"""Which things of two sides are the same one.

First those of equal name in the same root module, then those of equal name wherever they are, so
that a root module that was moved takes what it has along. Each is matched once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from scanner.result import Path

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Matched(Generic[T]):
    """Pairs of base and head, what only the base has, and what only the head has, in order."""

    both: tuple[tuple[T, T], ...]
    gone: tuple[T, ...]
    new: tuple[T, ...]


def matched(
    base: Sequence[T], head: Sequence[T], name: Callable[[T], object], home: Callable[[T], str]
) -> Matched[T]:
    """Match by name and home, then by name alone."""
    both: list[tuple[T, T]] = []
    gone, new = list(base), list(head)
    for key in (lambda each: (name(each), home(each)), name):
        pairs, gone, new = _once(gone, new, key)
        both += pairs
    return Matched(tuple(both), tuple(gone), tuple(new))


def _once(
    base: Iterable[T], head: Iterable[T], key: Callable[[T], object]
) -> tuple[list[tuple[T, T]], list[T], list[T]]:
    waiting: dict[object, list[T]] = defaultdict(list)
    for each in base:
        waiting[key(each)].append(each)
    pairs, new = [], []
    for each in head:
        found = waiting.get(key(each))
        if found:
            pairs.append((found.pop(0), each))
        else:
            new.append(each)
    left = {id(each) for rest in waiting.values() for each in rest}
    return pairs, [each for each in base if id(each) in left], new


def same_paths(base: Iterable[Path]) -> Callable[[Path], str]:
    """Names paths by the id that the base has for them: a path that stands for several is the
    same one while it has an instance in common, whichever of them comes first now."""
    known = {each: path.id for path in base for each in ids_of(path)}
    return lambda path: next((known[each] for each in ids_of(path) if each in known), path.id)


def ids_of(path: Path) -> tuple[str, ...]:
    """Its id, and those of all that it stands for."""
    return (path.id, *(each.id for each in path.instances))


def new_instances(before: Path, now: Path) -> frozenset[str]:
    """The ids that a path of both sides stands for now and did not before."""
    return frozenset(ids_of(now)) - frozenset(ids_of(before))
