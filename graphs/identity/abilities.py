"""Which actions somebody's own policies may allow at all, on anything.

Most principals may do next to nothing of what techniques need; that is quick to see from the
actions of their statements, and saves asking in full.
"""

from collections.abc import Iterable
from functools import lru_cache

from graphs.identity.decide import about_action
from graphs.identity.glob import matches
from graphs.identity.layers import Clause, Layer
from graphs.identity.policy import Statement
from graphs.identity.techniques import actions_asked
from graphs.unknown import Text


def able(clauses: Iterable[Clause]) -> frozenset[str]:
    """The actions of the catalogue that some identity policy may allow on something.

    A resource's own policy may allow more, where its service has such policies.
    """
    found: set[str] = set()
    for clause in clauses:
        if clause.layer is Layer.IDENTITY and clause.statement.effect != "Deny":
            found |= _about(clause.statement)
    return frozenset(found)


def _about(statement: Statement) -> frozenset[str]:
    if statement.actions is None:
        return frozenset(a for a in actions_asked() if about_action(statement, a.lower()).possible)
    return _matched(statement.actions)


@lru_cache(maxsize=65536)
def _matched(written: tuple[Text, ...]) -> frozenset[str]:
    return frozenset().union(*(_matched_by(each) for each in written))


@lru_cache(maxsize=65536)
def _matched_by(written: Text) -> frozenset[str]:
    if isinstance(written, str) and "*" not in written and "?" not in written:
        known = names_asked().get(written.lower())
        return frozenset((known,)) if known else frozenset()
    return frozenset(a for a in actions_asked() if matches(written, a.lower()).possible)


@lru_cache(maxsize=1)
def names_asked() -> dict[str, str]:
    """The actions that techniques need, by their names in lower case."""
    return {action.lower(): action for action in actions_asked()}
