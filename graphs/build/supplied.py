"""Draws who writes what something runs: an image, an archive, a script, a source, a template.

Whoever does so is on it from its next start. What is reached by calls alone has no place to be on:
there its role is won.
"""

from functools import partial

from graphs.build.callers import Caller, likeliest
from graphs.build.structure import Drawing
from graphs.estate import Relation
from graphs.evidence import Evidence, Step
from graphs.identity.evaluate import ANYONE, Permission
from graphs.identity.search import together
from graphs.identity.techniques import Technique, Ways, catalogue
from graphs.network.reach import INTERNET
from graphs.nodes import Bucket, Delegate, Node, Role, Service, Store, Supply
from graphs.unknown import Text

Supplier = tuple[Service | Delegate, Supply, Technique, Ways]


class Supplied:
    """What runs something that lies elsewhere, found once for all who may write there."""

    def __init__(self, drawing: Drawing) -> None:
        """Nobody is asked about yet."""
        self._drawing = drawing
        rows = [(kind, t, found) for t in catalogue().values() for kind, found in t.supply]
        by_kind = {kind: (technique, found) for kind, technique, found in rows}
        nodes: tuple[Service | Delegate, ...] = (
            *drawing.index.of(Service),
            *drawing.index.of(Delegate),
        )
        self._all: list[Supplier] = [
            (node, supply, *by_kind[supply.kind]) for node in nodes for supply in node.supplies
        ]
        self.guarded = any(self._guarded(supply) for _, supply, *_ in self._all)
        """Whether a policy of what is written to may allow it by itself."""

    def draw(self, caller: Caller) -> None:
        """The edges to what runs something that a caller may write."""
        for node, supply, technique, found in self._all:
            allowed = likeliest(self._asked(caller, supply, way) for way in found)
            target = self._target(node)
            if allowed.answer.possible and target not in (None, caller.holder.id):
                taken = Permission("", supply.taken, evidence=_run(node, supply))
                also = f"{node.id}:{supply.arn}"
                caller.draw(str(target), technique.id, (allowed, taken), also=also)

    def draw_for_strangers(self) -> None:
        """The same for anybody, where a bucket lets anybody write."""
        permissions = self._drawing.permissions
        for node, supply, technique, found in self._all:
            target = self._target(node)
            if target is None or not self._guarded(supply):
                continue
            on = self._thing(supply)
            asks = [[*((a, on) for a in way), *supply.besides] for way in found]
            asked = (together([permissions.can(ANYONE, *each) for each in ask]) for ask in asks)
            allowed = likeliest(asked)
            self._drawing.edge(
                INTERNET,
                target,
                Relation.MAY_CALL,
                partial(tuple, (*allowed.evidence, *_run(node, supply))),
                allowed.answer & supply.taken,
                technique.id,
                f"{technique.id}:{node.id}:{supply.arn}",
            )

    def _asked(self, caller: Caller, supply: Supply, way: tuple[str, ...]) -> Permission:
        ask = caller.may_on if self._guarded(supply) else caller.may
        allowed = ask(way, self._thing(supply))
        if not supply.besides or not allowed.answer.possible:
            return allowed
        return together([allowed, *(caller.may_on((a,), on) for a, on in supply.besides)])

    def _thing(self, supply: Supply) -> "Node | Text":
        """What the calls are about: an object by its ARN, anything else as itself where it is."""
        node = self._drawing.index.get(supply.store, Node)
        return node if node is not None and not isinstance(node, Bucket) else supply.arn

    def _guarded(self, supply: Supply) -> bool:
        """Whether what it lies in has a policy of its own."""
        node = self._drawing.index.get(supply.store, Node)
        return isinstance(node, Bucket | Store) and bool(node.policies)

    def _target(self, node: Service | Delegate) -> str | None:
        """What is won: the place of a service, the role of what has none."""
        if isinstance(node, Service):
            return node.id
        role = self._drawing.index.get(node.role, Role)
        return role.id if role is not None else None


def _run(node: Service | Delegate, supply: Supply) -> Evidence:
    claim = f"{node.name} runs {supply.name}"
    steps = [Step(claim, supply.proof, supply.taken.because)]
    if supply.loose is not None:
        moved = "its tags can be moved" if supply.kind == "image" else "its tags are locked"
        steps.append(Step(f"Of the image repository, {moved}", supply.loose))
    return tuple(steps)
