"""What networks of less trust can get at, and what may leave those that hold data."""

from collections.abc import Iterator

from graphs.addresses import Prefix, anybodys
from graphs.estate import Edge, Estate, Relation
from graphs.evidence import Step
from graphs.network.packets import TCP, PacketSet, asked
from graphs.network.ports import SHELLS
from graphs.network.reach import INTERNET
from graphs.nodes import (
    Database,
    DataStore,
    Function,
    GroupRule,
    Instance,
    Role,
    SecurityGroup,
    Service,
    Site,
    Subnet,
    Vpc,
)
from graphs.unknown import NO, YES, Answer, Unknown, any_of, cannot_tell, known, unknowns_in
from rules.api import Severity, Violation, rule
from rules.ports import database_opening, opening
from rules.words import can, environment, listed


@rule(
    id="admin-port-open-to-site",
    title="A site's network can administer machines",
    severity=Severity.MEDIUM,
    objectives=("restrict-remote-admin", "segment-networks"),
    looks_at=(Site, Instance),
)
def admin_port_open_to_site(estate: Estate) -> Iterator[Violation]:
    """Whoever gets onto the LAN of a site stands where its people stand."""
    for site in estate.all(Site).items:
        for instance in estate.all(Instance).items:
            if found := opening(estate, site.id, instance, SHELLS):
                yield Violation(
                    subject=instance,
                    danger=found.danger,
                    because=f"Any device on the LAN of {site.name} {can(found.danger)} open "
                    f"{found.names} on {instance.name}.",
                    evidence=found.evidence,
                    fix=f"Let {found.names} in from the administrators' addresses only, not from "
                    f"all of {site.name}.",
                    key=site.name,
                )


@rule(
    id="database-reachable-from-site",
    title="A site's network reaches a database",
    severity=Severity.MEDIUM,
    objectives=("keep-data-off-the-internet", "segment-networks"),
    looks_at=(Site, Database),
)
def database_reachable_from_site(estate: Estate) -> Iterator[Violation]:
    """People at a site use applications; a way straight to the data goes around them."""
    for site in estate.all(Site).items:
        for database in estate.all(Database).items:
            if found := database_opening(estate, site.id, database):
                yield Violation(
                    subject=database,
                    danger=found.danger,
                    because=f"Any device on the LAN of {site.name} {can(found.danger)} connect to "
                    f"the {database.kind} {database.name}.",
                    evidence=found.evidence,
                    fix="Let in the groups of the services that use the database, and no site's "
                    "network.",
                    key=site.name,
                )


@rule(
    id="default-group-worn",
    title="Services share a network's default security group",
    severity=Severity.MEDIUM,
    objectives=("segment-networks", "harden-configuration"),
    looks_at=(Service, SecurityGroup),
)
def default_group_worn(estate: Estate) -> Iterator[Violation]:
    """Whatever names no group gets it, and it lets its wearers speak to each other on any port."""
    wearers = _wearers(estate)
    for group in estate.all(SecurityGroup).items:
        shared = any(group.id in rule.groups for rule in group.ingress)
        worn = wearers.get(group.id, [])
        if group.source.type != "aws_default_security_group" or not shared or len(worn) < 2:
            continue
        few = [(each, each.name) for each in worn[:6]]
        for service in worn:
            beside = [name for each, name in few if each is not service]
            others = listed(beside, of=len(worn) - 1)
            yield Violation(
                subject=service,
                danger=YES,
                because=f"{service.name} wears the default security group, and answers whatever "
                f"else does: {others}.",
                evidence=(
                    Step("It wears the default group", service.interfaces[0].proof),
                    Step("The group lets its wearers in", group.ingress[0].proof),
                ),
                fix="Give the service a group of its own, and take all rules out of the default.",
            )


def _wearers(estate: Estate) -> dict[object, list[Service]]:
    """The services on each security group, each service once."""
    found: dict[object, list[Service]] = {}
    for service in estate.all(Service).items:
        for group in dict.fromkeys(g for i in service.interfaces for g in i.groups):
            found.setdefault(group, []).append(service)
    return found


@rule(
    id="database-open-to-whole-network",
    title="A database answers everything in its network",
    severity=Severity.LOW,
    objectives=("segment-networks", "keep-data-off-the-internet"),
    looks_at=(Database, SecurityGroup, Vpc),
)
def database_open_to_whole_network(estate: Estate) -> Iterator[Violation]:
    """A group may be let in instead of addresses, and then only its wearers are."""
    for database in estate.all(Database).items:
        groups = dict.fromkeys(g for i in database.interfaces for g in i.groups)
        for group in estate.index.many(groups, SecurityGroup):
            vpc = estate.index.get(group.vpc, Vpc)
            admits = {r.proof: _admits_all(r, vpc, database) for r in group.ingress if vpc}
            danger = any_of(admits.values())
            if vpc and danger.possible:
                proof = max(admits, key=lambda each: (admits[each].certain, admits[each].possible))
                yield Violation(
                    subject=database,
                    danger=danger,
                    because=f"Everything in the network {vpc.name} {can(danger)} connect to the "
                    f"{database.kind} {database.name}, whether it uses it or not.",
                    evidence=(Step(f"{group.name} lets in all addresses of the network", proof),),
                    fix="Let in the security groups of the services that use the database.",
                    key=group.name,
                    severity=Severity.MEDIUM if database.classes else None,
                )


def _admits_all(rule: GroupRule, vpc: Vpc, database: Database) -> Answer:
    """Whether a rule lets all addresses of a block of a network get to the database's port."""
    covered = any(
        wide.covers(block)
        for wide in rule.prefixes
        for block in vpc.cidrs
        if isinstance(wide, Prefix) and isinstance(block, Prefix)
    )
    doubts = unknowns_in((rule.prefixes, vpc.cidrs)) if rule.prefixes else frozenset()
    open_ = cannot_tell(*doubts) if doubts and not covered else known(covered)
    return open_ & _about_port(rule, database)


def _about_port(rule: GroupRule, database: Database) -> Answer:
    """Whether a rule is about the database's port."""
    protocol, ports, port = rule.protocol, rule.ports, database.port
    if isinstance(protocol, Unknown) or isinstance(ports, Unknown) or isinstance(port, Unknown):
        return cannot_tell(*unknowns_in((protocol, ports, port)))
    return known(protocol in (-1, TCP) and ports[0] <= port <= ports[1])


@rule(
    id="test-network-reaches-production",
    title="A test environment reaches production",
    severity=Severity.MEDIUM,
    objectives=("separate-environments", "segment-networks"),
    looks_at=(Vpc, Service),
)
def test_network_reaches_production(estate: Estate) -> Iterator[Violation]:
    """What a network is for, its tag Environment says, else its name."""
    stage = {vpc.id: environment(vpc) for vpc in estate.all(Vpc).items}
    homes = {service.id: _home(estate, service) for service in estate.all(Service).items}
    ways: dict[tuple[str, str], Edge] = {}
    for edge in estate.edges(Relation.MAY_CONNECT):
        pair = (homes.get(edge.source, ""), homes.get(edge.target, ""))
        if (stage.get(pair[0]), stage.get(pair[1])) == ("test", "production"):
            best = ways.setdefault(pair, edge)
            ways[pair] = best if best.answer.certain else edge
    for (test, production), edge in sorted(ways.items()):
        names = [estate.index.by_id[each].name for each in (edge.source, edge.target)]
        yield Violation(
            subject=estate.index.by_id[production],
            danger=edge.answer,
            because=f"{names[0]} in the test network {estate.index.by_id[test].name} "
            f"{can(edge.answer)} connect to {names[1]} in production.",
            evidence=edge.evidence(),
            fix="Take the routes between the two networks away, or let neither side's groups admit "
            "the other.",
            key=estate.index.by_id[test].name,
        )


def _home(estate: Estate, service: Service) -> str:
    """The network that a service is in; "" where it is in none or that is not known."""
    subnets = estate.index.many((i.subnet for i in service.interfaces), Subnet)
    return next((s.vpc for s in subnets if isinstance(s.vpc, str)), "")


SENSITIVE = frozenset(("customer", "employee", "health", "payment"))
STRAY = 4444
"""Stands for the ports that no work needs."""


@rule(
    id="sensitive-data-may-leave-anywhere",
    title="A program that reads sensitive data can send it anywhere",
    severity=Severity.LOW,
    objectives=("limit-outbound-traffic",),
    looks_at=(Service, DataStore, Role),
)
def sensitive_data_may_leave_anywhere(estate: Estate) -> Iterator[Violation]:
    """Asks for a way out to strangers' addresses on a port that no work needs."""
    for service in estate.all(Service).items:
        stores, reads = _sensitive(estate, service)
        danger = reads & _leaves(estate, service) if reads.possible else NO
        if danger.possible:
            held = ", ".join(sorted(frozenset[str]().union(*(s.classes for s in stores))))
            yield Violation(
                subject=service,
                danger=danger,
                because=f"{service.name} {'reads' if reads.certain else 'may read'} {held} data "
                f"and {can(danger)} send it to any address on the internet, on any port.",
                evidence=estate.network.trace(service.id, INTERNET, TCP, STRAY),
                fix="Let its security group send to the addresses and ports that it needs.",
            )


def _sensitive(estate: Estate, service: Service) -> tuple[list[DataStore], Answer]:
    """The stores of sensitive data that a service reads as its role, from where it is: those that
    it certainly reads, else those of which nobody can tell.
    """
    role = estate.index.get(service.role, Role)
    edges = estate.edges(Relation.READS, source=role.id) if role else ()
    here = [edge for edge in edges if edge.allows in (None, service.id)]
    for wanted in (
        {edge.target: YES for edge in here if edge.answer.certain},
        {edge.target: edge.answer for edge in here},
    ):
        stores = [s for s in estate.index.many(wanted, DataStore) if s.classes & SENSITIVE]
        if stores:
            return stores, any_of(wanted[store.id] for store in stores)
    return [], NO


def _leaves(estate: Estate, service: Service) -> Answer:
    if isinstance(service, Function) and not service.interfaces:
        return YES
    reached = estate.network.reach(service.id, INTERNET).packets
    if _wide(reached.certain):
        return YES
    return cannot_tell(*reached.because) if _wide(reached.possible) else NO


def _wide(packets: PacketSet) -> bool:
    return anybodys((packets & asked(TCP, STRAY)).destinations())
