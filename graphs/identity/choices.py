"""The values worth trying for the condition keys that a caller chooses.

Whether some choice satisfies a set of policies is decided by trying all that differ in effect:
for each key its absence, a value no policy mentions, and one for each value a policy does.
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from typing import TypeAlias

from graphs.addresses import ANYBODYS, Prefix, is_public, prefix
from graphs.identity.conditions import WITH_PATTERNS, Context, KeyValue, expand
from graphs.identity.glob import intersection, literal, pattern, words
from graphs.identity.keys import Chosen, Setting
from graphs.identity.policy import Condition
from graphs.unknown import Text, Unknown

MOST = 512
_PLACES = ("1.1.1.1", "9.9.9.9", "100.20.0.1", "150.0.0.1", "200.0.0.1")
_PLACES6 = ("2600::1", "2a00::1")

Candidates: TypeAlias = "dict[Text, list[tuple[Text, ...] | None]]"


def contexts(settings: Mapping[Text, Setting], conditions: Iterable[Condition]) -> list[Context]:
    """The contexts to try: one where nothing is chosen, and never more than MOST."""
    written = list(conditions)
    fixed: dict[Text, KeyValue] = {}
    chosen_keys: dict[Text, tuple[Chosen, list[Condition]]] = {}
    for key, value in settings.items():
        if isinstance(value, Chosen):
            on_key = [c for c in written if c.key == key]
            chosen_keys[key] = (value, on_key)
        else:
            fixed[key] = value
    known = Context(fixed)
    open_keys: Candidates = {
        key: _candidates(value, on_key, known) for key, (value, on_key) in chosen_keys.items()
    }
    chosen = frozenset(open_keys)
    return [
        Context({**fixed, **dict(zip(open_keys, choice, strict=True))}, chosen)
        for choice in islice(product(*open_keys.values()), MOST)
    ]


def varied(context: Context, key: Text, alternatives: Iterable[Context]) -> Iterator[Context]:
    """The contexts that differ from this one in nothing but the key."""
    for other in alternatives:
        if other.keys[key] != context.keys[key] and all(
            other.keys[k] == context.keys[k] for k in context.chosen if k != key
        ):
            yield other


def _candidates(
    chosen: Chosen, conditions: list[Condition], known: Context
) -> "list[tuple[Text, ...] | None]":
    found: dict[tuple[Text, ...] | None, None] = {}
    if chosen.optional:
        found[None] = None
    if chosen.addresses:
        found.update(dict.fromkeys((each,) for each in _addresses(conditions)))
        return list(found)
    found[(next(reversed(list(words(pattern(chosen.shape))))),)] = None
    for condition in conditions:
        for value in condition.values:
            found.update(
                dict.fromkeys((each,) for each in _values(chosen, condition, value, known))
            )
    if chosen.form:
        form = re.compile(chosen.form)
        return [v for v in found if v is None or form.fullmatch(str(v[0]))]
    return list(found)


def _values(chosen: Chosen, condition: Condition, value: Text, known: Context) -> Iterator[Text]:
    """Values of the request that this value of a policy tells apart from the rest."""
    operator = str(condition.operator)
    if operator == "null" or isinstance(value, Unknown):
        return
    if operator.startswith("numeric") and isinstance(value, str):
        yield from _around(value)
        return
    wild = operator in WITH_PATTERNS
    as_written = pattern(value) if wild else literal(value)
    filled = expand(value, known, wild=wild, variables=True)
    for tokens in dict.fromkeys((as_written, filled or as_written)):
        for shared in intersection(tokens, pattern(chosen.shape)):
            yield from words(shared)


def _around(value: str) -> Iterator[str]:
    try:
        number = float(value)
    except ValueError:
        return
    yield from (f"{number + step:g}" for step in (-1, 0, 1))


# ------------------------------------------------------------------------------------ addresses


def _addresses(conditions: list[Condition]) -> Iterator[str]:
    """Addresses that somebody on the internet can have: outside of every narrow range named."""
    ranges = list(_ranges(conditions))
    narrow = [r for r in ranges if not wide(r)]
    families = {r.family for r in ranges}
    for place in (*_PLACES, *(_PLACES6 if 6 in families else ()), *_edges(ranges)):
        if not any(r.covers(prefix(place)) for r in narrow):
            yield place


def wide(part: Prefix) -> bool:
    """Whether so many addresses are in it that anybody can have one."""
    return part.high - part.low >= ANYBODYS[part.family] and is_public(part)


def _ranges(conditions: list[Condition]) -> Iterator[Prefix]:
    for condition in conditions:
        for value in condition.values:
            if isinstance(value, str):
                try:
                    yield prefix(value)
                except ValueError:
                    continue


def _edges(ranges: list[Prefix]) -> Iterator[str]:
    """Public addresses just inside and just outside of the ranges named."""
    for part in ranges:
        for number in (part.low - 1, part.low + (part.high - part.low) // 2, part.high + 1):
            if is_public(Prefix(part.family, number, number)):
                make = ipaddress.IPv4Address if part.family == 4 else ipaddress.IPv6Address
                yield str(make(number))
