"""Resources that need each other in a circle: terraform refuses them, whatever their values are.

Values never run in a circle there, since what AWS makes up of one is merely unknown in the other.
https://developer.hashicorp.com/terraform/internals/graph
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from graphs.resource import Resource
from graphs.unknown import Place
from scanner.terraform.refusals.conditions import REFUSED
from scanner.terraform.scope import Session
from scanner.terraform.syntax.names import free

if TYPE_CHECKING:
    from scanner.terraform.modules import Module

_KEY: Final = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')


def check_cycles(session: Session, made: Sequence[Resource], modules: Sequence["Module"]) -> None:
    """Record each circle of resource blocks, those that mention themselves among them."""
    needs: dict[str, dict[str, None]] = {}
    places: dict[str, Place | None] = {}
    for each in made:
        block = _block(each.id)
        places.setdefault(block, each.origin.place)
        needed = needs.setdefault(block, {})
        for reference in each.references:
            needed[_block(reference.target.address)] = None
    for module in modules:
        _add_waits(module, needs)
    told = {gap.place for gap in session.gaps if gap.kind == "cycle"}
    for circle in circles(needs):
        if not told & {places.get(block) for block in circle}:  # values ran in it: told already
            what = f"cycle: {', '.join(sorted(circle))}"
            session.gap("cycle", what, REFUSED, places.get(min(circle)))


def _block(address: str) -> str:
    """The address of the block that makes an instance."""
    return _KEY.sub("", address) if "[" in address else address


def _add_waits(module: "Module", needs: dict[str, dict[str, None]]) -> None:
    """What depends_on says between the resources of one module."""
    prefix = _block(module.prefix)
    for (mode, kind, name), definition in module.configuration.resources.items():
        stated = definition.body.attributes.get("depends_on")
        own = f"{prefix}{'data.' if mode == 'data' else ''}{kind}.{name}"
        if stated is None or own not in needs:
            continue
        for path in free(stated.expr):
            length = 3 if path[0] == "data" else 2
            needs[own][prefix + ".".join(path[:length])] = None


def circles(needs: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The strongly connected sets of more than one, and of one that needs itself (Tarjan)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: list[str] = []
    waiting: set[str] = set()
    found: list[list[str]] = []
    for start in needs:
        if start in order:
            continue
        work = [(start, iter(needs[start]))]
        while work:
            at, rest = work[-1]
            if at not in order:
                order[at] = low[at] = len(order)
                open_.append(at)
                waiting.add(at)
            for then in rest:
                if then not in needs:
                    continue
                if then not in order:
                    work.append((then, iter(needs[then])))
                    break
                if then in waiting:
                    low[at] = min(low[at], order[then])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[at])
                if low[at] == order[at]:
                    found.append(_taken(at, open_, waiting))
    return [each for each in found if len(each) > 1 or each[0] in needs[each[0]]]


def _taken(top: str, open_: list[str], waiting: set[str]) -> list[str]:
    circle = []
    while True:
        circle.append(open_.pop())
        waiting.discard(circle[-1])
        if circle[-1] == top:
            return circle
