"""Nodes and edges as plain values, in which those of code and of an account can be held equal.

What code does not know before it is applied is filled with what AWS chose then; what has no order
or several spellings is brought into one form. Where a thing stands is left out.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from graphs.addresses import Prefix
from graphs.estate import Estate
from graphs.network.packets import ANYWHERE, PacketSet, packets
from graphs.nodes import Interface, Node, PolicyText, Service, Setting
from graphs.nodes.network import GroupRule, Route
from graphs.unknown import Answer, Template, Unknown

PROVED = frozenset(("source", "proof", "proved", "public_proof", "statements"))
_ADDRESS = re.compile(r'\baws_\w+\.[\w-]+(?:\["[^"]*"\])?')
APART = {(Interface, "addresses"), (Interface, "public_addresses"), (Setting, "literal")}
"""Fields of parts that are told for themselves, so that the rest of the part can be equal."""


@dataclass(frozen=True)
class Plain:
    """One side. `names` gives the other side's addresses, `settle` what AWS chose for a hole."""

    names: Mapping[str, str]
    settle: Callable[[object], object] = lambda _value: None

    def node(self, node: Node) -> dict[str, object]:
        """The fields of a node by name, its name, tags and scope among them."""
        found = {f.name: self.value(getattr(node, f.name)) for f in _said(node)}
        found |= {f"{part}.{name}": value for part, name, value in self._apart(node)}
        region = (node.scope.account, node.scope.region)
        return {**found, "name": node.name, "tags": self.value(node.tags), "scope": region}

    def _apart(self, node: Node) -> Iterator[tuple[str, str, object]]:
        for part in _said(node):
            held = getattr(node, part.name)
            for kind, name in APART if isinstance(held, tuple) else ():
                values = [self.value(getattr(h, name)) for h in held if isinstance(h, kind)]
                yield part.name, name, sorted(values, key=repr)

    def edges(self, estate: Estate) -> dict[tuple[str, ...], tuple[object, object]]:
        """What each edge allows and how sure that is, by its ends, relation and what else tells it
        apart."""
        found = {}
        for source, target, key, data in estate.graph.edges(keys=True, data=True):
            relation, _, also = str(key).partition(":")
            place = (*map(self.name, (source, target)), relation, self.name(also))
            found[place] = (self.value(data["allows"]), self.value(data["answer"]))
        return found

    def name(self, address: str) -> str:
        """An address of the other side, or text that is none."""
        return self.names.get(address, address)

    def value(self, value: object) -> object:
        """Any value of a field."""
        if isinstance(value, Unknown | Template):
            settled = self.settle(value)
            return self._hole(value) if settled is None else self.value(settled)
        if isinstance(value, str):
            return _document(self.name(value))
        if isinstance(value, Mapping):
            return {key: self.value(each) for key, each in value.items()}
        if isinstance(value, Answer):
            return "undecided" if value.undecided else value.certain
        if isinstance(value, tuple | frozenset):
            return self._several(value)
        if is_dataclass(value) and not isinstance(value, Prefix | PacketSet):
            return self._part(value)
        return value

    def _hole(self, value: Unknown | Template) -> str:
        """What neither side knows, by the attribute that it is."""
        refers = value.refers if isinstance(value, Unknown) else ()
        named = (f"{r.address}.{r.attribute}" for r in refers)
        said = ", ".join(named) or str(value)
        return f"unknown: {_ADDRESS.sub(lambda found: self.name(found[0]), said)}"

    def _several(self, values: "tuple[object, ...] | frozenset[object]") -> object:
        """Without order, which AWS does not keep; rules of a group one peer each."""
        found = [part for value in values for part in _split(value)]
        return tuple(sorted((self.value(each) for each in found), key=repr))

    def _part(self, part: object) -> tuple[object, ...]:
        said = (f for f in _said(part) if (type(part), f.name) not in APART)
        return tuple((f.name, self.value(getattr(part, f.name))) for f in said)


def _said(part: object) -> "list[object]":
    """The fields that say something; a blackhole leads nowhere, whatever is noted there."""
    hole = isinstance(part, Route) and part.kind == "blackhole"
    left_out = PROVED | {"target"} if hole else PROVED
    return [f for f in fields(part) if f.name not in left_out]


def _split(value: object) -> Iterator[object]:
    """A rule for each of its peers: AWS joins those of the same ports."""
    if not isinstance(value, GroupRule):
        yield value
        return
    for name in ("prefixes", "groups", "lists"):
        for peer in getattr(value, name):
            said = (value.protocol, value.ports, name, peer, value.exists)
            yield said


def _document(text: str) -> object:
    """A policy as what it says: its statements without their names, single values as lists."""
    if not text.lstrip().startswith("{"):
        return text
    return _sorted(json.loads(text))


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {k: _sorted(v) for k, v in sorted(value.items())}
    if isinstance(value, list):
        found = sorted((_sorted(each) for each in value), key=repr)
        return found[0] if len(found) == 1 else found
    return value


def statements(policies: tuple[PolicyText, ...], plain: Plain) -> list[object]:
    """What several policies say together, everyone written in one way."""
    found = []
    for policy in policies:
        document = plain.value(policy.text)
        listed = document["Statement"]
        for said in listed if isinstance(listed, list) else [listed]:
            everyone = said.get("Principal") == {"AWS": "*"}
            who = {"Principal": "*"} if everyone else {}
            found.append({k: v for k, v in {**said, **who}.items() if k != "Sid"})
    return found


def narrowed(allows: object, source: Node | None, target: Node | None) -> object:
    """Packets between the addresses that AWS chose for both ends, where it did."""
    if not isinstance(allows, PacketSet):
        return allows
    return allows & packets(sources=_addresses(source), destinations=_addresses(target))


def _addresses(node: Node | None) -> tuple[Prefix, ...]:
    nics = node.interfaces if isinstance(node, Service) else ()
    chosen = tuple(a for nic in nics for a in nic.addresses)
    return chosen if nics and all(nic.addresses for nic in nics) else ANYWHERE
