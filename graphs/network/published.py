"""Public addresses that AWS has not chosen yet: where one of them may lie."""

from graphs.addresses import PUBLIC4, Prefix
from graphs.network.routes import minus
from graphs.nodes import NodeIndex, PrefixList


def somewhere(nodes: NodeIndex) -> tuple[Prefix, ...]:
    """The ranges that AWS gives public addresses from, as far as they are known: not those that a
    service keeps for itself, which gateway endpoints lead to."""
    kept = (p for each in nodes.of(PrefixList) if each.keeper for p in each.prefixes)
    rest = PUBLIC4
    for prefix in kept:
        if isinstance(prefix, Prefix) and prefix.family == 4:
            rest = minus(rest, prefix)
    return rest
