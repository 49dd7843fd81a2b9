"""What the internet can get at that it should not."""

from collections.abc import Iterator

from graphs.addresses import Prefix, anybodys
from graphs.estate import Estate
from graphs.evidence import Evidence, Step
from graphs.network.ports import SHELLS, SSH
from graphs.network.reach import INTERNET
from graphs.nodes import (
    Balancer,
    Container,
    Database,
    Front,
    Function,
    GroupRule,
    Instance,
    Listener,
    PrefixList,
    SecurityGroup,
    Service,
    Workload,
)
from graphs.unknown import NO, YES, Answer, Unknown, any_of, cannot_tell, known, unknowns_in
from rules.api import Severity, Violation, rule, shown
from rules.ports import CONTROLS, STORES, WEB, database_opening, opening, opening_at
from rules.words import can, is_

HTTPS = {443: "HTTPS"}
CDN = "distribution"


@rule(
    id="ssh-open-to-internet",
    title="SSH answers the internet",
    severity=Severity.HIGH,
    objectives=("restrict-remote-admin", "limit-internet-exposure"),
    looks_at=(Instance, Workload),
)
def ssh_open_to_internet(estate: Estate) -> Iterator[Violation]:
    """Asks which machines the internet can open SSH to, by any way there is."""
    hosts: tuple[Service, ...] = (*estate.all(Instance).items, *estate.all(Workload).items)
    for instance in hosts:
        if found := opening(estate, INTERNET, instance, {SSH: "SSH"}):
            yield Violation(
                subject=instance,
                danger=found.danger,
                because=f"Anyone on the internet {can(found.danger)} open SSH to {instance.name}.",
                evidence=found.evidence,
                fix="Let port 22 in only from where administrators work, or close it and use "
                "Session Manager.",
            )


@rule(
    id="admin-port-open-to-internet",
    title="A port for administrators or databases answers the internet",
    severity=Severity.HIGH,
    objectives=("restrict-remote-admin", "limit-internet-exposure", "avoid-insecure-services"),
    looks_at=(Instance, Container, Workload),
)
def admin_port_open_to_internet(estate: Estate) -> Iterator[Violation]:
    """SSH has a rule of its own."""
    ports = {**SHELLS, **STORES, **CONTROLS}
    del ports[SSH]
    kinds: tuple[type[Service], ...] = (Instance, Container, Workload)
    for host in (host for kind in kinds for host in estate.all(kind).items):
        if found := opening(estate, INTERNET, host, ports):
            yield Violation(
                subject=host,
                danger=found.danger,
                because=f"Anyone on the internet {can(found.danger)} open {found.names} on "
                f"{host.name}.",
                evidence=found.evidence,
                fix=f"Let {found.names} in only from the networks that need it.",
            )


@rule(
    id="database-reachable-from-internet",
    title="A database answers the internet",
    severity=Severity.CRITICAL,
    objectives=("keep-data-off-the-internet", "limit-internet-exposure"),
    looks_at=(Database,),
)
def database_reachable_from_internet(estate: Estate) -> Iterator[Violation]:
    """The public flag alone opens nothing: routes, network ACLs and groups decide with it."""
    for database in estate.all(Database).items:
        if found := database_opening(estate, INTERNET, database):
            yield Violation(
                subject=database,
                danger=found.danger,
                because=f"Anyone on the internet {can(found.danger)} connect to the "
                f"{database.kind} {database.name}.",
                evidence=found.evidence,
                fix="Put it into a VPC, without its own policy open to everyone."
                if database.doors
                else "Set publicly_accessible to false, and let in only the groups of the services "
                "that use it.",
            )


@rule(
    id="plain-http-open-to-internet",
    title="A load balancer takes requests unencrypted",
    severity=Severity.MEDIUM,
    objectives=("encrypt-data-in-transit", "avoid-insecure-services"),
    looks_at=(Balancer,),
)
def plain_http_open_to_internet(estate: Estate) -> Iterator[Violation]:
    """A listener that only sends callers on to HTTPS has no targets, and is none."""
    for balancer in estate.all(Balancer).items:
        for listener in balancer.listeners:
            plain = _plain(listener)
            if not plain.possible:
                continue
            if found := opening_at(estate, INTERNET, balancer, listener.port, WEB):
                danger = found.danger & plain
                port = "a port" if isinstance(listener.port, Unknown) else f"port {listener.port}"
                yield Violation(
                    subject=balancer,
                    danger=danger,
                    because=f"What people send to {port} of {balancer.name} "
                    f"{is_(danger)} readable to everyone on the way.",
                    evidence=(*found.evidence, Step("The listener takes HTTP", listener.proof)),
                    fix="Let the listener redirect to one that takes HTTPS.",
                    key=str(listener.port),
                )


def _plain(listener: Listener) -> Answer:
    """Whether a listener hands on requests that it takes in the clear."""
    if not listener.targets:
        return NO
    if isinstance(listener.protocol, Unknown):
        return cannot_tell(listener.protocol)
    return known(listener.protocol == "HTTP")


@rule(
    id="function-url-open-to-anyone",
    title="A function's URL runs it for anyone",
    severity=Severity.MEDIUM,
    objectives=("deny-anonymous-access", "limit-internet-exposure"),
    looks_at=(Function,),
)
def function_url_open_to_anyone(estate: Estate) -> Iterator[Violation]:
    """A function URL without authorisation is reached from anywhere, VPC or not."""
    for function in estate.all(Function).items:
        url = function.url
        if url and url.open.possible:
            yield Violation(
                subject=function,
                danger=url.open,
                because=f"The URL of the function {function.name} {is_(url.open)} open to anyone, "
                "without signing.",
                evidence=(
                    Step("The function's URL asks for no signature", url.proof, url.open.because),
                ),
                fix='Set authorization_type to "AWS_IAM", or put an authorising gateway in front.',
            )


@rule(
    id="open-group-on-nothing",
    title="An open security group waits for its first wearer",
    severity=Severity.INFO,
    objectives=("harden-configuration",),
    looks_at=(SecurityGroup, Service),
)
def open_group_on_nothing(estate: Estate) -> Iterator[Violation]:
    """It opens nothing today, and whatever it is put on tomorrow."""
    services = estate.all(Service)
    worn = {group for s in services.items for i in s.interfaces for group in i.groups}
    doubts = services.gaps | unknowns_in(worn)
    unworn = cannot_tell(*doubts) if doubts else YES
    for group in estate.all(SecurityGroup).items:
        admits = {r.proof: _admits_anybody(estate, r) & r.exists for r in group.ingress}
        danger = any_of(admits.values()) & unworn
        if danger.possible and group.id not in worn:
            proof = max(admits, key=lambda each: (admits[each].certain, admits[each].possible))
            yield Violation(
                subject=group,
                danger=danger,
                because=f"The security group {group.name} {is_(danger)} open to the internet, and "
                "nothing wears it yet.",
                evidence=(Step("The rule is for anybody", proof, admits[proof].because),),
                fix="Delete the group, or narrow it before it is used.",
            )


def _admits_anybody(estate: Estate, rule: GroupRule) -> Answer:
    """Whether strangers can have an address that a group's rule admits."""
    lists = estate.index.many(rule.lists, PrefixList)
    prefixes = (*rule.prefixes, *(prefix for each in lists for prefix in each.prefixes))
    if anybodys(prefix for prefix in prefixes if isinstance(prefix, Prefix)):
        return YES
    doubts = unknowns_in((*prefixes, *rule.lists))
    return cannot_tell(*doubts) if doubts else NO


@rule(
    id="old-tls-open-to-internet",
    title="A load balancer speaks versions of TLS that are broken",
    severity=Severity.LOW,
    objectives=("encrypt-data-in-transit", "avoid-insecure-services"),
    looks_at=(Balancer,),
)
def old_tls_open_to_internet(estate: Estate) -> Iterator[Violation]:
    """The policy's name tells the least version; without one the oldest policy is used."""
    for balancer in estate.all(Balancer).items:
        for listener in balancer.listeners:
            old = _old(listener.tls)
            found = old.possible and opening_at(estate, INTERNET, balancer, listener.port, WEB)
            if found:
                danger = found.danger & old
                yield Violation(
                    subject=balancer,
                    danger=danger,
                    because=f"{balancer.name} {can(danger)} be made to speak TLS 1.0 or 1.1 with "
                    f"callers from the internet, by the policy {listener.tls}.",
                    evidence=(*found.evidence, Step("The policy admits it", listener.proof)),
                    fix='Set ssl_policy to "ELBSecurityPolicy-TLS13-1-2-2021-06".',
                    key=str(listener.port),
                )


def _old(policy: "str | Unknown") -> Answer:
    """Whether a policy admits TLS 1.0 or 1.1.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    """
    if isinstance(policy, Unknown):
        return cannot_tell(policy)
    return known(bool(policy) and "-1-2-" not in policy and "-1-3-" not in policy)


@rule(
    id="application-without-firewall",
    title="Nothing filters requests to a public application",
    severity=Severity.LOW,
    objectives=("protect-public-applications",),
    looks_at=(Balancer, Front, Workload),
)
def application_without_firewall(estate: Estate) -> Iterator[Violation]:
    """A network balancer and an HTTP API cannot have one. What an accelerator publishes is filtered
    at the balancer behind it, if at all."""
    for balancer in estate.all(Balancer).items:
        for listener in balancer.listeners if balancer.kind == "application" else ():
            if found := opening_at(estate, INTERNET, balancer, listener.port, WEB):
                yield from _unfiltered(balancer, balancer.shielded, found.danger, found.evidence)
                break
        else:
            yield from _published(estate, balancer)
    fronts: tuple[Front | Workload, ...] = estate.all(Front).items + estate.all(Workload).items
    for front in fronts:
        if front.shielded is not None and (found := opening(estate, INTERNET, front, HTTPS)):
            yield from _unfiltered(front, front.shielded, found.danger, found.evidence)


def _published(estate: Estate, balancer: Balancer) -> Iterator[Violation]:
    """A balancer that is not reached itself, and that an accelerator hands requests on to."""
    for front in estate.all(Front).items if balancer.kind == "application" else ():
        for passage in front.passages:
            if front.kind == "accelerator" and passage.to == balancer.id:
                danger = any_of(door.open for door in front.doors) & passage.open
                claim = f"{front.name} hands requests on to {balancer.name}"
                step = Step(claim, passage.proof, danger.because)
                yield from _unfiltered(balancer, balancer.shielded, danger, (step,))


def _unfiltered(
    service: Service, shielded: Answer, open_: Answer, evidence: Evidence
) -> Iterator[Violation]:
    danger = ~shielded & open_
    if danger.possible:
        name = "web_acl_id" if isinstance(service, Front) and service.kind == CDN else ""
        yield Violation(
            subject=service,
            danger=danger,
            because=f"Requests from the internet {can(danger)} reach the application behind "
            f"{service.name} unfiltered.",
            evidence=(*evidence, *shown("No web ACL is tied to it", service, name, danger)),
            fix="Set web_acl_id to a web ACL of scope CLOUDFRONT."
            if name
            else "Tie a web ACL to it by an aws_wafv2_web_acl_association.",
        )
