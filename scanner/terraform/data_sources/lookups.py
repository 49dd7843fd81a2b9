"""Data sources that look resources up, where what they find is in this repository or a snapshot.

A data source asks an account; what it finds is known before only where exactly one thing in reach
is certainly what it asks for and nothing else may be. Whatever stands in another account, region or
environment is none: the same name in `dev/` and in `prod/` is two things.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from graphs.resource import LIVE
from graphs.unknown import (
    NO,
    YES,
    Answer,
    Unknown,
    all_of,
    answer,
    any_of,
    known,
)
from scanner.terraform.data_sources.candidates import Candidate, candidates, reach
from scanner.terraform.data_sources.lookup_table import INDIFFERENT, LOOKUPS, TAGGED, Lookup
from scanner.terraform.repository import Repository
from scanner.terraform.scope import Circle
from scanner.terraform.values import List, Sensitive, Value, equal, is_known, unmark_deep
from scanner.terraform.values.shapes import is_null

if TYPE_CHECKING:
    from scanner.terraform.resources import Instance

MOST_NAMED: Final = 4


@dataclass(frozen=True, slots=True)
class Found:
    """What a data source finds; nothing where it cannot be told."""

    these: tuple[Candidate, ...] = ()


NOTHING: Final = Found()


def value_of(repository: Repository, instance: "Instance", name: str) -> Value | None:
    """An attribute of what a data source finds; None where that is not known."""
    lookup = LOOKUPS.get(instance.group.kind)
    if lookup is None:
        return None
    found = _found(repository, instance, lookup)
    if not found.these:
        return None
    if name in lookup.several:
        return List([each.value("id") for each in found.these], "string")
    if lookup.several:
        return None
    value = found.these[0].value(lookup.answer(name))
    return Sensitive(value) if name in lookup.secret else value


def _found(repository: Repository, instance: "Instance", lookup: Lookup) -> Found:
    """What a data source finds, worked out once.

    Raises Circle where what it may find depends on what it finds.
    """
    session = instance.scope.session
    key = (session.name, instance.name)
    before = repository.lookups.get(key)
    if isinstance(before, Found):
        return before
    if key in repository.searching:
        raise Circle(instance.name)
    refers, doubts = session.refers, session.doubts
    session.refers, session.doubts = {}, []
    repository.searching.add(key)
    try:
        found = repository.lookups[key] = _search(repository, instance, lookup)
    finally:
        repository.searching.discard(key)
        session.refers, session.doubts = refers, doubts
    for each in found.these:
        repository.link(session.name, each.root)
    return found


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate, whether it is what is asked for, and whether it stands in reach."""

    candidate: Candidate
    fits: Answer
    near: Answer


def _search(repository: Repository, instance: "Instance", lookup: Lookup) -> Found:
    asked = list(_conditions(instance, lookup))
    if None in asked:
        return NOTHING
    matches = []
    for candidate in candidates(instance, lookup.kinds, repository):
        near = reach(instance, candidate, worldwide=lookup.worldwide)
        if near.possible:
            fits = all_of(each(candidate) for each in asked if each) & candidate.exists
            if fits.possible:
                matches.append(Match(candidate, fits, near))
    found = _told(matches, lookup)
    if found is NOTHING and any(each.fits.certain for each in matches):
        _say(instance, matches)
    return found


def _told(matches: list[Match], lookup: Lookup) -> Found:
    """What is certain: one thing that nothing near may be instead, or all of several."""
    near = [each for each in matches if each.near.certain]
    if lookup.unique and any(each.fits.certain for each in near):
        # AWS gives a name out once: what may have it cannot, where something surely has.
        near = [each for each in near if each.fits.certain]
    if any(each.candidate.root != LIVE for each in near):
        # What is in code and seen as well is one thing, of which the code is to be judged.
        near = [each for each in near if each.candidate.root != LIVE]
    if not near or not all(each.fits.certain for each in near):
        return NOTHING
    if lookup.several:
        apart = all(each.near.certain for each in matches)
        return Found(tuple(each.candidate for each in near)) if apart else NOTHING
    return Found((near[0].candidate,)) if len(near) == 1 else NOTHING


def _say(instance: "Instance", matches: list[Match]) -> None:
    """Name what a data source may find."""
    names = sorted(each.candidate.name for each in matches)
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    instance.scope.session.gap(
        "ambiguous-lookup",
        f"{instance.name} may find {' or '.join(names[:MOST_NAMED])}{more}: {_why(matches)}",
        "what it finds is unknown",
        instance.group.definition.place,
    )


def _why(matches: list[Match]) -> str:
    near = [each for each in matches if each.near.certain]
    unsure = [each.near for each in matches if not each.near.certain] or [
        each.fits for each in near if not each.fits.certain
    ]
    if len(near) > 1 or not unsure:
        return "nothing tells them apart"
    causes = sorted({cause.what for each in unsure for cause in each.because})
    return "it hangs on " + ", ".join(causes[:MOST_NAMED])


Condition = Callable[[Candidate], Answer]
_UNLIKE: Final[dict[str, Condition]] = {"true": lambda _: NO, "false": lambda _: YES}


def _conditions(instance: "Instance", lookup: Lookup) -> Iterator[Condition | None]:
    """What a data source asks of what it finds; None for what nobody can tell of a resource."""
    names = instance.names()
    for name in dict.fromkeys((*names, *lookup.defaults)):
        value = instance.get_value(name) if name in names else lookup.defaults[name]
        bare = unmark_deep(value)[0]
        if is_null(bare) or bare == "":
            continue
        if name in lookup.by:
            yield _equals(lookup.by[name], bare)
        elif name in lookup.unlike:
            yield _UNLIKE.get(str(bare).lower())
        elif name in TAGGED:
            yield from _tagged(bare)
        elif name == "filter":
            yield from _filters(bare, lookup)
        elif name not in INDIFFERENT and name not in lookup.several:
            yield None


def _equals(attribute: str, wanted: Value) -> Condition:
    return lambda candidate: same(candidate.value(attribute), wanted, attribute)


def _tagged(tags: Value) -> Iterator[Condition | None]:
    if not isinstance(tags, dict):
        yield None
        return
    for key, value in tags.items():
        yield _tag(key, [value])


def _tag(key: str, wanted: Iterable[Value]) -> Condition:
    values = list(wanted)
    return lambda candidate: _any_like(candidate.tag(key), values, "tags")


def _filters(blocks: Value, lookup: Lookup) -> Iterator[Condition | None]:
    for block in blocks if isinstance(blocks, tuple) else (blocks,):
        fields: dict[str, Any] = block if isinstance(block, dict) else {}
        name, values = fields.get("name"), fields.get("values")
        if not isinstance(name, str) or not isinstance(values, tuple):
            yield None
        elif name.startswith("tag:"):
            yield _tag(name.removeprefix("tag:"), values)
        elif name in lookup.filters:
            yield _like(lookup.filters[name], values)
        elif name not in STATES:
            yield None


STATES: Final = frozenset(("state", "instance-state-name", "status", "attachment.state"))
"""Filters on the state of a thing: what code makes is taken to be up."""


def _like(attribute: str, values: tuple[Value, ...]) -> Condition:
    return lambda candidate: _any_like(candidate.value(attribute), values, attribute)


def _any_like(told: Value, wanted: Iterable[Value], attribute: str) -> Answer:
    return any_of(_alike(told, each, attribute) for each in wanted)


def _alike(told: Value, wanted: Value, attribute: str) -> Answer:
    """Whether a text is one, with the `*` and `?` of filters."""
    if isinstance(told, str) and isinstance(wanted, str) and set("*?") & set(wanted):
        return known(fnmatchcase(told, wanted.replace("[", "[[]")))
    return same(told, wanted, attribute)


def same(told: Value, wanted: Value, attribute: str) -> Answer:
    """Whether two values are one; ids of two things that AWS names itself never are."""
    told, wanted = unmark_deep(told)[0], unmark_deep(wanted)[0]
    if is_null(told):
        return NO
    if attribute == "name" and isinstance(told, str) and isinstance(wanted, str):
        return known(told.rstrip(".") == wanted.rstrip("."))
    if _own(told) and _own(wanted):
        return known(told == wanted)
    if is_known(told) and is_known(wanted):
        return known(str(told) == str(wanted) if not isinstance(told, bool) else told is wanted)
    return answer(equal(told, wanted))


def _own(value: Value) -> bool:
    """Whether it is an attribute that AWS chooses for one thing alone, and nothing but that."""
    if not isinstance(value, Unknown) or len(value.refers) != 1:
        return False
    target = value.refers[0]
    return value.what == str(target) and target.attribute in ("id", "arn", "zone_id", "key_id")
