"""The estate: one root module under one set of variables, as typed nodes and one graph.

Input: the nodes that build/ made, the engines over them, and the graph drawn of them. Output:
answers to the questions that rules and derivation ask. It reads no resource values.

The vocabulary of `graph` (a networkx MultiDiGraph), which is stable:

    node attributes   kind: wan | site | lan | service | principal | data | account
                      label: what people call it      node: the typed node, or None
    edge key          one of the words in Relation
    edge attributes   answer: Answer, whether the edge is there
                      allows: the PacketSet of may-connect, as sure as the answer; the technique of
                      may-call; the service from which alone a store is read; `terraform_state`
                      where that is what holds credentials; else None
                      evidence: a function without arguments that gives the proof
                      gives: of may-call, what of the target it changes; "" where it takes it over
                      needs: the nodes with what of each has to be changed before, by anybody
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from graphs.evidence import Evidence
from graphs.identity.evaluate import Permissions
from graphs.network.reach import Network
from graphs.nodes import Node, NodeIndex, Site, Subnet, Vpc
from graphs.unknown import Answer, Place, Unknown
from graphs.verdict import Coverage, Gap

if TYPE_CHECKING:
    from networkx import MultiDiGraph

N = TypeVar("N", bound=Node)


class Relation(StrEnum):
    """What an edge of the graph says of its two ends."""

    CONTAINS = "contains"
    ATTACHED_TO = "attached-to"
    ROUTES = "routes"
    MAY_CONNECT = "may-connect"
    RUNS_AS = "runs-as"
    MAY_ASSUME = "may-assume"
    MAY_CALL = "may-call"
    READS = "reads"
    WRITES = "writes"
    ADMINISTERS = "administers"
    HOLDS_CREDENTIALS_OF = "holds-credentials-of"


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge of the graph, as its attributes."""

    source: str
    target: str
    relation: Relation
    answer: Answer
    allows: object
    evidence: Callable[[], Evidence]
    gives: str = ""
    needs: tuple[tuple[str, str], ...] = ()


def edge_of(source: str, target: str, data: Mapping[str, Any]) -> Edge:
    """An edge by its ends and attributes in the graph."""
    about = (data["relation"], data["answer"], data["allows"], data["evidence"])
    return Edge(source, target, *about, data.get("gives", ""), data.get("needs", ()))


@dataclass(frozen=True, slots=True)
class DeclaredEntry:
    """What a user says of where attackers start: that a kind of place counts, or one thing by
    address, ARN or name, or that the kind does not count (`off`)."""

    kind: str
    node: str = ""
    off: bool = False
    plausibility: float | None = None
    why: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Listing(Generic[N]):
    """All nodes of a kind that were read, and why there may be more."""

    items: tuple[N, ...]
    gaps: frozenset[Unknown]


@dataclass(frozen=True, eq=False)
class Estate:
    """Typed nodes, the engines over them, and the graph. Built by `graphs.build.build_estate`."""

    name: str
    index: NodeIndex
    network: Network
    permissions: Permissions
    graph: "MultiDiGraph[str]"
    coverage: Coverage
    gaps: tuple[Gap, ...]
    entries: tuple[DeclaredEntry, ...] = ()
    """What is declared of where attackers start, beside what counts anyway."""

    def all(self, kind: type[N], scope: str = "*") -> Listing[N]:
        """Every node of a kind, with the gaps in what was read of it and of each of its kinds."""
        if not self.coverage.missing:
            return Listing(self.index.of(kind), frozenset())
        names = _kinds_of(kind)  # type: ignore[arg-type]  # classes can be hashed
        gaps = (self.coverage.gaps(name, (scope,)) for name in names)
        return Listing(self.index.of(kind), frozenset[Unknown]().union(*gaps))

    @property
    def sites(self) -> tuple[Site, ...]:
        """The on-premises locations that were declared."""
        return self.index.of(Site)

    def edges(self, relation: Relation, *, source: str = "", target: str = "") -> Iterator[Edge]:
        """The edges of one relation: all, those from a node, or those into one."""
        graph = self.graph
        found: Iterable[tuple[str, str, dict[str, Any]]] = graph.edges(data=True)
        if source or target:
            found = (graph.out_edges if source else graph.in_edges)(source or target, data=True)
        for start, end, data in found:
            if data["relation"] == relation:
                yield edge_of(start, end, data)


@cache
def _kinds_of(kind: type[Node]) -> frozenset[str]:
    """The names of a kind and of all kinds of it."""
    below = (_kinds_of(each) for each in kind.__subclasses__())  # type: ignore[arg-type]
    return frozenset({kind.__name__}).union(*below)


def identity(node: Node) -> str:
    """What stays the same when code moves: its ARN, its CIDR, else what people call it.

    Equal from code and from a live account wherever the natural key is known.
    """
    if isinstance(node.arn, str) and node.arn:
        return node.arn
    scope = "/".join(str(part) for part in (node.scope.account, node.scope.region))
    if isinstance(node, Vpc | Subnet) and all(not isinstance(c, Unknown) for c in node.cidrs):
        return f"{scope}/{type(node).__name__.lower()}/{','.join(map(str, node.cidrs))}"
    if node.source.address.mode in ("declared", "implied"):
        return node.id
    return f"{scope}/{node.source.type}/{node.name}"
