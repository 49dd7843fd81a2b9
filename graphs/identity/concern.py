"""Which of many things a principal may be allowed something on, without asking of each.

Input: the things, the actions that count for each type of them. Output: for a principal the things
that some statement may allow one of these actions on: its own statements, told by how their
resources start, or a policy at the thing that allows somebody something. Of all others the answer
is no. Ten thousand roles and as many buckets are a hundred million questions; nearly all are about
two that have nothing to do with each other.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Generic, TypeVar

from graphs.identity.decide import start
from graphs.identity.gathering import Carried
from graphs.nodes import Node

if TYPE_CHECKING:
    from graphs.identity.evaluate import Permissions

T = TypeVar("T", bound=Node)
_LAST = "\U0010ffff"


class _Kind:
    """The things of one type."""

    def __init__(self, actions: tuple[str, ...]) -> None:
        self.actions = actions
        self.at: dict[str, list[int]] = {}
        self.starts: list[str] = []

    def starting(self, wanted: str) -> Iterable[int]:
        """The places of things whose ARN may agree with what starts so."""
        for length in range(len(wanted)):
            yield from self.at.get(wanted[:length], ())
        first = bisect_left(self.starts, wanted)
        last = bisect_left(self.starts, wanted + _LAST)
        for each in self.starts[first:last]:
            yield from self.at[each]


class Concerned(Generic[T]):
    """Things by what may be allowed on them. Made once for many principals."""

    def __init__(
        self,
        permissions: "Permissions",
        things: Iterable[T],
        actions: Callable[[str], Iterable[str]],
    ) -> None:
        """`actions` are those that count, by Terraform's type of a thing."""
        self._permissions = permissions
        self._things = tuple(things)
        self._kinds: dict[str, _Kind] = {}
        self._of_document: dict[Carried, frozenset[int]] = {}
        self._open: set[int] = set()
        for place, thing in enumerate(self._things):
            kind = self._kinds.setdefault(
                thing.source.type, _Kind(tuple(dict.fromkeys(actions(thing.source.type))))
            )
            self._put(kind, place, thing)
        for kind in self._kinds.values():
            kind.starts = sorted(kind.at)

    def by(self, principal: str) -> list[T]:
        """The things that a principal may be allowed something on, in their order."""
        found = set(self._open)
        for document in self._permissions.documents(principal):
            if document not in self._of_document:
                self._of_document[document] = frozenset(self._named(document))
            found |= self._of_document[document]
        return [self._things[place] for place in sorted(found)]

    def _put(self, kind: _Kind, place: int, thing: Node) -> None:
        asked = {start(self._permissions.asked_of(thing, action)) for action in kind.actions}
        for each in asked:
            kind.at.setdefault(each, []).append(place)
        services = {action.partition(":")[0].lower() for action in kind.actions}
        standing = (self._permissions.standing_at(thing, service) for service in services)
        if any(clause.statement.effect != "Deny" for said in standing for clause in said):
            self._open.add(place)

    def _named(self, document: Carried) -> Iterable[int]:
        """The places of the things that a document may allow something on."""
        for kind in self._kinds.values():
            said = {id(a.clause): a.clause for x in kind.actions for a in document.about(x.lower())}
            for clause in said.values():
                if clause.statement.effect == "Deny":
                    continue
                for resource in clause.statement.resources or ("*",):
                    yield from kind.starting(start(resource))
