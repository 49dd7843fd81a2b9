"""An estate as few plain values: LANs with what is in them, WANs and sites, and the paths.

Input: an estate and its attack paths. Output: a Summary; the graph is only walked. Subnets are
counted, not shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graphs import nodes
from graphs.attack.facts import Derivable, Holds
from graphs.attack.paths import AttackPath
from graphs.attack.words import NOUNS, noun_of
from graphs.estate import Estate, Relation
from graphs.evidence import Evidence
from graphs.network.reach import INTERNET
from graphs.plain import plain
from graphs.views.values import (
    Arrow,
    Lan,
    Link,
    PathLine,
    Principal,
    Service,
    Site,
    Store,
    Summary,
    Wan,
)

KINDS: dict[type[nodes.Node], str] = {
    **NOUNS,
    nodes.Container: "container",  # a box has room for no more
    nodes.TransitGateway: "transit gateway",
    nodes.Peering: "peering",
    nodes.VpnConnection: "VPN",
    nodes.VpnGateway: "VPN gateway",
    nodes.DirectConnectGateway: "Direct Connect",
    nodes.Group: "group",
    nodes.Outsider: "outside account",
    nodes.Stranger: "outside account",
}


@dataclass(frozen=True, slots=True)
class Survey:
    """The estate with what is looked up often: node -> LAN, and what proves that a WAN is passed,
    as (resource, attribute) -> WAN."""

    estate: Estate
    homes: dict[str, str]
    leads: dict[tuple[str, str], str]


def summarise(estate: Estate, paths: Iterable[AttackPath]) -> Summary:
    """The estate and its paths as plain values, in the order of the graph and of the paths."""
    seen = survey(estate)
    lines = tuple(_line(seen, number, path) for number, path in enumerate(paths, 1))
    passed = {stop for line in lines for stop in line.stops}
    services, stores = _services(seen), _stores(seen)
    return Summary(
        name=plain(estate.name),
        lans=tuple(_lan(seen, lan, services, stores) for lan in _lans(estate)),
        wans=tuple(
            Wan(key, name, kind_of(node) if node else "internet")
            for key, name, node in _of(estate, "wan")
        ),
        sites=tuple(
            Site(key, name, plain(node.country), tuple(map(str, node.prefixes)))
            for key, name, node in _of(estate, "site")
            if isinstance(node, nodes.Site)
        ),
        links=tuple(_links(seen)),
        services=tuple(services[""]),
        stores=tuple(stores[""]),
        accounts=tuple(
            Store(key, name, "account", ("administrator",))
            for key, name, _ in _of(estate, "account")
            if key in passed
        ),
        principals=tuple(
            Principal(key, name, kind_of(node))
            for key, name, node in _of(estate, "principal")
            if key in passed
        ),
        paths=lines,
    )


def survey(estate: Estate) -> Survey:
    """The estate, looked up once."""
    return Survey(estate, _homes(estate), _leads(estate))


def _of(estate: Estate, kind: str) -> Iterator[tuple[str, str, nodes.Node | None]]:
    for key, data in estate.graph.nodes(data=True):
        if data["kind"] == kind:
            yield key, plain(str(data["label"])), data["node"]


def kind_of(node: nodes.Node | None) -> str:
    """What people call its kind: instance, function ..."""
    word = next((word for type_, word in KINDS.items() if isinstance(node, type_)), "")
    return word or noun_of(node) or "service"


def _lans(estate: Estate) -> Iterator[str]:
    """VPCs, and subnets that no VPC contains."""
    for key, _, node in _of(estate, "lan"):
        if isinstance(node, nodes.Vpc) or _parent(estate, key) == key:
            yield key


def _parent(estate: Estate, subnet: str) -> str:
    for source, _, data in estate.graph.in_edges(subnet, data=True):
        if data["relation"] == Relation.CONTAINS and estate.graph.nodes[source]["kind"] == "lan":
            return str(source)
    return subnet


def _homes(estate: Estate) -> dict[str, str]:
    """Node -> LAN: of subnets and of what is attached to them."""
    homes = {key: _parent(estate, key) for key, _, _ in _of(estate, "lan")}
    for edge in estate.edges(Relation.ATTACHED_TO):
        if edge.target in homes and estate.graph.nodes[edge.source]["kind"] in ("service", "data"):
            homes.setdefault(edge.source, homes[edge.target])
    return homes


def _leads(estate: Estate) -> dict[tuple[str, str], str]:
    leads = {(key, ""): key for key, _, _ in _of(estate, "wan")}
    for end in estate.index.of(nodes.TransitAttachment):
        if end.gateway in estate.graph:
            leads.setdefault((end.id, ""), str(end.gateway))
    for table in estate.index.of(nodes.RouteTable):
        for route in table.routes:
            if (str(route.target), "") in leads:
                leads[route.proof.resource, route.proof.attribute] = str(route.target)
    return leads


def _services(survey: Survey) -> dict[str, list[Service]]:
    """Services by LAN; "" is outside all."""
    found: dict[str, list[Service]] = defaultdict(list)
    for key, name, node in _of(survey.estate, "service"):
        found[survey.homes.get(key, "")].append(Service(key, name, kind_of(node)))
    return found


def _stores(survey: Survey) -> dict[str, list[Store]]:
    """Data stores by LAN; "" is outside all."""
    found: dict[str, list[Store]] = defaultdict(list)
    for key, name, node in _of(survey.estate, "data"):
        if isinstance(node, nodes.DataStore):
            opens = isinstance(node, nodes.Secret) and bool(node.opens)
            classes = tuple(plain(each) for each in sorted(node.classes))
            store = Store(key, name, kind_of(node), classes, opens)
            found[survey.homes.get(key, "")].append(store)
    return found


def _lan(
    survey: Survey, lan: str, services: dict[str, list[Service]], stores: dict[str, list[Store]]
) -> Lan:
    attributes = survey.estate.graph.nodes
    node = attributes[lan]["node"]
    region = node.scope.region
    inside = [key for key, home in survey.homes.items() if home == lan != key]
    return Lan(
        id=lan,
        name=plain(str(attributes[lan]["label"])),
        cidrs=tuple(plain(str(cidr)) for cidr in node.cidrs),
        region=plain(region) if isinstance(region, str) else "",
        subnets=sum(attributes[key]["kind"] == "lan" for key in inside),
        services=tuple(services[lan]),
        stores=tuple(stores[lan]),
    )


def _links(survey: Survey) -> Iterator[Link]:
    """What is attached to what, or routes to it, between LANs, WANs and sites."""
    graph, homes = survey.estate.graph, survey.homes
    crosses: dict[tuple[str, str], list[str]] = {}
    for source, target, word, data in graph.edges(keys=True, data=True):
        kinds = {graph.nodes[end]["kind"] for end in (source, target)}
        if kinds <= {"lan", "wan", "site"} and data["relation"] != Relation.CONTAINS:
            ends = homes.get(source, source), homes.get(target, target)
            routed = crosses.setdefault(ends, [])
            destination = plain(word.partition(":")[2])
            if data["relation"] == Relation.ROUTES and destination not in routed:
                routed.append(destination)
    for (source, target), routed in crosses.items():
        yield Link(source, target, tuple(routed))


def _line(survey: Survey, number: int, path: AttackPath) -> PathLine:
    told = (path.entry.fact.node, *(step.conclusion.node for step in path.steps))
    return PathLine(
        number=number,
        id=path.id,
        stops=tuple(dict.fromkeys(told)),
        arrows=tuple(arrow for step in path.steps for arrow in arrows_of(survey, step)),
        loses=plain(path.target.kind),
        certain=path.answer.certain,
        likelihood=path.likelihood,
        impact=path.impact,
    )


def arrows_of(survey: Survey, step: Derivable) -> Iterator[Arrow]:
    """From where the attacker is, or whom they control; only the former passes WANs."""
    passed = crossed(survey, step.evidence())
    for premise in step.premises:
        if premise.node != step.conclusion.node:
            over = passed if premise.holds is Holds.AT else ()
            yield Arrow(premise.node, step.conclusion.node, plain(step.says), over)


def crossed(survey: Survey, evidence: Evidence) -> tuple[str, ...]:
    """The WANs that the proofs of a hop name: by themselves, by a route, or by an attachment."""
    leads = survey.leads
    named = [step.proof for step in evidence if step.proof]
    found = (leads.get((p.resource, p.attribute)) or leads.get((p.resource, "")) for p in named)
    return tuple(dict.fromkeys(wan for wan in found if wan and wan != INTERNET))
