"""A route table as a partition of destinations: the longest prefix decides.

https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from graphs.addresses import PUBLIC4, PUBLIC6, Prefix
from graphs.network.filters import unread
from graphs.nodes import NodeIndex, PrefixList, Route
from graphs.unknown import NO, Answer, Cause, Unknown

# What these lead to lies outside of the internet: a VPC, the networks behind a gateway, or an
# AWS service. A destination of theirs that is not known is taken to be no public host's address.
_INSIDE = frozenset({"local", "peering", "transit", "vpn", "gateway-endpoint", "attachment"})


@dataclass(frozen=True, slots=True)
class Choice:
    """Destinations and the route that takes them: None where none does, an Unknown for a route
    that was not read. Where it is not certain, other choices overlap it; `because` says why.
    """

    prefix: Prefix
    route: "Route | Unknown | None"
    certain: bool = True
    because: frozenset[Unknown] = frozenset()


def spelled_out(routes: Iterable[Route], nodes: NodeIndex) -> Iterator[Route]:
    """Routes with prefix lists replaced by their entries."""
    for route in routes:
        if not isinstance(route.destination, str):
            yield route
            continue
        entries = nodes.get(route.destination, PrefixList)
        for prefix in entries.prefixes if entries else (unread(route.destination),):
            yield replace(route, destination=prefix, listed=True)


def minus(spans: Iterable[Prefix], hole: Prefix) -> tuple[Prefix, ...]:
    """Ranges without those addresses."""
    out = []
    for span in spans:
        if not span.meets(hole):
            out.append(span)
            continue
        if span.low < hole.low:
            out.append(Prefix(span.family, span.low, hole.low - 1))
        if span.high > hole.high:
            out.append(Prefix(span.family, hole.high + 1, span.high))
    return tuple(out)


def common(left: Prefix, right: Prefix) -> Prefix | None:
    """The addresses that two ranges share."""
    if not left.meets(right):
        return None
    return Prefix(left.family, max(left.low, right.low), min(left.high, right.high))


def overlap(spans: Iterable[Prefix], others: Iterable[Prefix]) -> tuple[Prefix, ...]:
    """The addresses that two lists of ranges share."""
    held = tuple(others)
    shared = (common(a, b) for a in spans for b in held)
    return tuple(sorted({each for each in shared if each is not None}))


def _rank(known: tuple[Prefix, Route]) -> tuple[int, bool, bool]:
    """The longest prefix; of equal ones a route of its own, a prefix list's, a learned one."""
    return -known[0].length, known[1].propagated, known[1].listed


def _tied(known: list[tuple[Prefix, Route]], prefix: Prefix, route: Route) -> list[Route]:
    """Routes of other prefix lists to the same addresses: AWS takes any of them.

    https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
    """
    if not route.listed:
        return []
    return [r for p, r in known if r.listed and p == prefix and not _same_way(r, route)]


def _taken(prefix: Prefix, route: Route, local: list[Prefix]) -> tuple[Prefix, ...]:
    """What a route takes: a static one may be more specific than `local`, while what a gateway
    announces never stands before it."""
    return _outside(prefix, local) if route.propagated else (prefix,)


def _outside(prefix: Prefix, holes: Iterable[Prefix]) -> tuple[Prefix, ...]:
    rest: tuple[Prefix, ...] = (prefix,)
    for hole in holes:
        rest = minus(rest, hole)
    return rest


def partition(
    routes: Iterable[Route],
    wanted: Prefix,
    unread_routes: tuple[Unknown, ...] = (),
    inside: Answer = NO,
) -> tuple[Choice, ...]:
    """The wanted destinations, cut by the most specific route; static wins over propagated.

    A route whose destination is not known may take any of them, and so may one that was not
    read: what they may take is certain of no other, unless the target is the same. `inside`
    tells whether the wanted destinations are in the table's own VPC, and so taken by its local
    routes whatever those say.
    """
    every = tuple(routes)
    hidden = [r for r in every if isinstance(r.destination, Unknown)]
    home = next((r for r in hidden if r.kind == "local"), None)
    if inside.certain and home is not None:
        return (Choice(wanted, home),)
    if not inside.possible:
        hidden = [r for r in hidden if r.kind != "local"]
    out: list[Choice] = []
    rest = [wanted]
    known = [
        (r.destination, r)
        for r in every
        if isinstance(r.destination, Prefix) and r.destination.meets(wanted)
    ]
    local = [prefix for prefix, route in known if route.kind == "local"]
    for prefix, route in sorted(known, key=_rank):
        tied = _tied(known, prefix, route)
        for taken in _taken(prefix, route, local):
            for part in _cut_out(rest, taken):
                out += _doubted(part, route, hidden, unread_routes, tied)
    for part in rest:
        out += _doubted(part, None, hidden, unread_routes)
    return tuple(out)


def _cut_out(rest: list[Prefix], prefix: Prefix) -> tuple[Prefix, ...]:
    """What a prefix takes of ranges that stand apart and in order; they are left without it."""
    first = bisect_left(rest, prefix.low, key=_high)
    last = bisect_right(rest, prefix.high, key=_low)
    met = rest[first:last]
    rest[first:last] = minus(met, prefix)
    return tuple([part for span in met if (part := common(span, prefix)) is not None])


def _low(span: Prefix) -> int:
    return span.low


def _high(span: Prefix) -> int:
    return span.high


def _doubted(
    prefix: Prefix,
    own: Route | None,
    hidden: list[Route],
    unread_routes: tuple[Unknown, ...],
    tied: Sequence[Route] = (),
) -> Iterator[Choice]:
    """A choice with its rivals: routes of unknown destination, and routes that were not read."""
    if own is not None and own.kind == "local":
        yield Choice(prefix, own)
        return
    for part, public in _cut_at_internet(prefix) if hidden else ((prefix, False),):
        rivals = [r for r in hidden if _may_take(r, public) and not _same_way(r, own)]
        because = {r.destination for r in rivals if isinstance(r.destination, Unknown)}
        if tied:
            which = f"which of the prefix lists with {prefix} a route table follows"
            because.add(Unknown(Cause.MODEL, which))
            rivals += tied
        reasons = frozenset(because.union(unread_routes))
        yield Choice(part, own, not reasons, reasons)
        for rival in rivals:
            yield Choice(part, rival, certain=False, because=reasons)
        if unread_routes:
            yield Choice(part, unread_routes[0], certain=False, because=reasons)


def _cut_at_internet(prefix: Prefix) -> Iterator[tuple[Prefix, bool]]:
    """The parts of a range, each with whether hosts on the internet have these addresses."""
    public = PUBLIC4 if prefix.family == 4 else PUBLIC6
    rest: tuple[Prefix, ...] = (prefix,)
    for span in public:
        for part in overlap((prefix,), (span,)):
            yield part, True
        rest = minus(rest, span)
    for part in rest:
        yield part, False


def _may_take(route: Route, public: bool) -> bool:
    if route.kind == "gateway-endpoint":
        return False
    return not (public and route.kind in _INSIDE)


def _same_way(route: Route, own: Route | None) -> bool:
    return own is not None and (route.kind, route.target) == (own.kind, own.target)
