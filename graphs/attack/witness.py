"""What would tell of a breach: which logs are on for what was reached, and whether they can be
trusted.

Input: a Breach. Output: a Witness for each log that there is or could be, on or not, with where it
is kept, for how long, and whether the attacker got there too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from graphs.attack.breach import Breach
from graphs.attack.facts import Fact, Holds
from graphs.attack.silencing import CALLS, FLOWS, against
from graphs.build.recording import CONFIG, DNS, WATCH
from graphs.build.structure import account_id
from graphs.estate import Estate
from graphs.evidence import Evidence, Step
from graphs.identity.access import access
from graphs.nodes import (
    Bucket,
    DataStore,
    FlowLog,
    Function,
    LogGroup,
    Node,
    Organisation,
    Outsider,
    Record,
    Ref,
    Role,
    Service,
    Site,
    Store,
    Subnet,
    Trail,
    User,
    Vpc,
)
from graphs.resource import Source
from graphs.unknown import (
    NO,
    YES,
    Answer,
    Cause,
    Text,
    Unknown,
    all_of,
    any_of,
    cannot_tell,
    known,
    text,
)

CONTENT = "CloudTrail data events"
MOST_ASKED = 50
"""Principals of an attacker's whose power over a log is asked for."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A log that tells, or would tell, of a part of a breach.

    `about` is the node or the account that it is about. `store` is where it is kept, as a node's
    id; `place` the same for people. `days` is how long, 0 for ever, None where nothing says.
    `exposed` answers whether the attacker can erase it or switch it off, `how` says by what.
    """

    kind: str
    about: str
    on: Answer
    store: str
    place: str
    days: "int | Unknown | None"
    exposed: Answer
    how: str
    evidence: Evidence


def witnesses(breach: Breach) -> tuple[Witness, ...]:
    """All of them: by account, then by network, then by what was reached."""
    here = _Here(breach)
    found = (
        *_calls(here),
        *_networks(here),
        *_contents(here),
        *_own_logs(here),
    )
    return tuple(found)


@dataclass(eq=False)
class _Here:
    """What an attacker got to, as nodes, accounts and powers."""

    breach: Breach

    @property
    def estate(self) -> Estate:
        return self.breach.estate

    @cached_property
    def facts(self) -> dict[Fact, Answer]:
        """All that the attacker has, the thing that was taken among it."""
        reached = {each.fact: each.answer for each in self.breach.reached}
        return {self.breach.start: YES, **reached}

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """What was reached, each once, in order."""
        by_id = self.estate.index.by_id
        ids = dict.fromkeys(fact.node for fact in self.facts)
        return tuple(by_id[each] for each in ids if each in by_id)

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """The accounts in which something was reached."""
        ruled = [fact.node for fact in self.facts if fact.holds is Holds.RULES]
        homes = (account_id(n) for n in self.nodes if not isinstance(n, Site | Outsider))
        return tuple(dict.fromkeys((*homes, *ruled)))

    def regions(self, account: str) -> set[object]:
        """Where in an account something was reached that has a region."""
        mine = (n.scope.region for n in self.nodes if account_id(n) == account)
        return {each for each in mine if each != "global"}

    def rules(self, account: str) -> Answer:
        """Whether the attacker administers an account."""
        return self.facts.get(Fact(Holds.RULES, account), NO)

    def may(self, actions: Iterable[str], on: Node) -> tuple[Answer, str]:
        """Whether the attacker may do one of some things, and as whom."""
        home = account_id(on)
        if self.rules(home).possible:
            return self.rules(home), f"administers {self.estate.graph.nodes[home]['label']}"
        by_id = self.estate.index.by_id
        held = (f.node for f in self.facts if f.holds is Holds.CONTROLS)
        acting = [each for each in held if isinstance(by_id.get(each), Role | User)][:MOST_ASKED]
        best, how = NO, ""
        for principal in acting:
            for action in actions:
                answer = self.estate.permissions.can(principal, action, on).answer
                answer &= self.facts[Fact(Holds.CONTROLS, principal)]
                if (answer.certain, answer.possible) > (best.certain, best.possible):
                    who = self.estate.graph.nodes[principal]["label"]
                    best, how = answer, f"acts as {who}, which may {action}"
        return best, how


def _witness(
    here: _Here,
    kind: str,
    about: str,
    on: Answer,
    ref: "Ref | None",
    source: Node | None,
    place: str,
) -> Witness:
    """A log with what is known of where it is kept."""
    store = here.estate.index.by_id.get(ref) if isinstance(ref, str) else None
    exposed, how = _exposed(here, store) if on.possible else (NO, "")
    if isinstance(ref, Unknown) and on.possible:
        exposed = cannot_tell(ref)
    stopping = _against(source)
    if source is not None and stopping and on.possible and not exposed.certain:
        stops, by = here.may(stopping, source)
        exposed, how = (stops, by) if stops.possible else (exposed, how)
    called = place
    if store is not None:
        called = f"{'bucket' if isinstance(store, Bucket) else 'log group'} {store.name}"
    elif isinstance(ref, Unknown):
        called = place or ref.what
    claim = f"The {kind} is {'on' if on.certain else 'perhaps on' if on.possible else 'off'}"
    where = source.proved if isinstance(source, Record) else source.proof() if source else None
    proof = (Step(claim, where, on.because),) if where is not None else ()
    days = _days(store) if on.possible else None
    return Witness(kind, about, on, store.id if store else "", called, days, exposed, how, proof)


def _against(log: Node | None) -> tuple[str, ...]:
    """What ends a log, or erases what is kept."""
    return tuple(action for _, action in against(log.source.type)) if log is not None else ()


def _exposed(here: _Here, store: Node | None) -> tuple[Answer, str]:
    """Whether the attacker can erase what is in a log store."""
    if store is None:
        return NO, ""
    erasing = (*access(store.source.type).deletes, *_against(store))
    answer, how = here.may(dict.fromkeys(erasing), store)
    return (answer & ~store.locked if isinstance(store, Bucket) else answer), how


def _days(store: Node | None) -> "int | Unknown | None":
    """How long a log is kept."""
    if isinstance(store, LogGroup):
        return store.days
    if not isinstance(store, Bucket):
        return None
    days = [each.days for each in store.expiries]
    numbers = [each.days for each in store.expiries if each.prefix == ""]
    known = [each for each in numbers if isinstance(each, int)]
    if len(known) == len(days):
        return min(known, default=0)
    doubts = [each for each in days if isinstance(each, Unknown)]
    return (
        doubts[0]
        if doubts
        else Unknown(Cause.MODEL, f"which logs a lifecycle rule of {store.id} means")
    )


# ------------------------------------------------------------------------------------- accounts


def _calls(here: _Here) -> Iterator[Witness]:
    """Per account, what records the calls, and what watches for odd ones."""
    for account in here.accounts:
        found = [(t, _covers(here, t, account)) for t in here.estate.all(Trail).items]
        kept = [(trail, answer) for trail, answer in found if answer.possible]
        for trail, answer in kept:
            yield _witness(here, CALLS, account, answer, trail.bucket, trail, "")
        if not kept:
            yield _witness(here, CALLS, account, _elsewhere(here, Trail, "a trail"), None, None, "")
        own = [r for r in here.estate.index.of(Record) if r.about == account]
        for record in (each for each in own if each.kind == CONFIG):
            yield _witness(here, CONFIG, account, record.on, None, record, CONFIG)
        watch = [record for record in own if record.kind == WATCH]
        for record in watch:
            yield _witness(here, WATCH, account, record.on, None, record, "GuardDuty")
        if not watch:
            unread = cannot_tell(Unknown(Cause.DATA, f"whether GuardDuty watches {account}"))
            yield _witness(here, WATCH, account, unread, None, None, "")


def _elsewhere(here: _Here, kind: type[Node], what: str) -> Answer:
    """No, unless code is read, which may have it elsewhere, or something was not read."""
    gaps = here.estate.all(kind).gaps
    if here.estate.coverage.assumed:
        gaps |= {Unknown(Cause.DATA, f"{what} outside this code")}
    return cannot_tell(*gaps) if gaps else NO


def _covers(here: _Here, trail: Trail, account: str) -> Answer:
    """Whether a trail records the calls in an account, in all regions where something is."""
    home = known(account_id(trail) == account)
    if not home.certain and trail.organisation.possible:
        what = Unknown(Cause.MODEL, f"whether {account} is in the organisation of {trail.id}")
        member = YES if _together(here.estate, account) else cannot_tell(what)
        home = trail.organisation & member
    away = here.regions(account) - {trail.scope.region}
    everywhere = trail.all_regions | known(not away)
    return all_of((home, everywhere, trail.logging, trail.management, trail.exists))


def _together(estate: Estate, account: str) -> bool:
    number = account.removeprefix("account:")
    return any(
        number in organisation.members or number == organisation.management
        for organisation in estate.index.of(Organisation)
    )


# ------------------------------------------------------------------------------------- networks


def _networks(here: _Here) -> Iterator[Witness]:
    """Per VPC that was passed: who sent to whom, and which names were asked for."""
    passed: dict[str, list[Subnet]] = {}
    for subnet in _subnets(here):
        if isinstance(subnet.vpc, str):
            passed.setdefault(subnet.vpc, []).append(subnet)
    for vpc in here.estate.index.many(passed, Vpc):
        yield from _flows(here, vpc, passed[vpc.id])
        found = [r for r in here.estate.index.of(Record) if (r.kind, r.about) == (DNS, vpc.id)]
        for record in found:
            yield _witness(here, DNS, vpc.id, record.on, record.store, record, record.place)
        if not found:
            unasked = Unknown(Cause.MODEL, f"the query logs of {vpc.id}, not asked for")
            live = vpc.source.origin.source is Source.AWS
            yield _witness(here, DNS, vpc.id, cannot_tell(unasked) if live else NO, None, None, "")


def _subnets(here: _Here) -> Iterator[Subnet]:
    """Where the things are that the attacker is on, or came to by network."""
    for fact in here.facts:
        node = here.estate.index.by_id.get(fact.node)
        if isinstance(node, Service) and fact.holds in (Holds.AT, Holds.READS):
            yield from here.estate.index.many((i.subnet for i in node.interfaces), Subnet)


def _flows(here: _Here, vpc: Vpc, subnets: list[Subnet]) -> Iterator[Witness]:
    logs = here.estate.all(FlowLog)
    targets = {vpc.id, *(subnet.id for subnet in subnets)}
    mine = [log for log in logs.items if log.target in targets]
    whole = flows_logged(mine, vpc.id)
    on = whole | all_of(flows_logged(mine, each.id) for each in subnets)
    for log in mine:
        some = on if on.certain else cannot_tell(Unknown(Cause.MODEL, f"what {log.id} leaves out"))
        yield _witness(here, FLOWS, vpc.id, some, log.store, log, "")
    if not mine:
        loose = [log.target for log in logs.items if isinstance(log.target, Unknown)]
        unread = (*loose, *logs.gaps)
        answer = cannot_tell(*unread) if unread else NO
        yield _witness(here, FLOWS, vpc.id, answer, None, None, "")


def flows_logged(logs: Iterable[FlowLog], target: str) -> Answer:
    """Whether one of some logs records all traffic of a VPC, a subnet or an interface."""
    return any_of(
        known(log.target == target) if isinstance(log.target, str) else cannot_tell(log.target)
        for log in logs
        if log.traffic == "ALL"
    )


# ---------------------------------------------------------------------------- what was reached


_KINDS = {
    "aws_dynamodb_table": "AWS::DynamoDB::Table",
    "aws_lambda_function": "AWS::Lambda::Function",
    "aws_s3_bucket": "AWS::S3::Object",
    "aws_sns_topic": "AWS::SNS::Topic",
    "aws_sqs_queue": "AWS::SQS::Queue",
}
"""CloudTrail's words for what it records calls about the content of."""


def _contents(here: _Here) -> Iterator[Witness]:
    """What records who read the things that were reached."""
    for node in here.nodes:
        kind = _KINDS.get(node.source.type)
        if kind is None or not isinstance(node, Bucket | Store | Function):
            continue
        found = [
            (trail, answer)
            for trail in here.estate.all(Trail).items
            if (answer := _records(trail, node, kind)).possible
        ]
        for trail, answer in found:
            yield _witness(here, CONTENT, node.id, answer, trail.bucket, trail, "")
        if not found:
            none = bool(here.estate.all(Trail).items)
            answer = NO if none else _elsewhere(here, Trail, "a trail")
            yield _witness(here, CONTENT, node.id, answer, None, None, "")


def _records(trail: Trail, node: Node, kind: str) -> Answer:
    """Whether a trail records calls about the content of a thing."""
    listed = any_of(
        known(each.kind == kind) & _about(each.things, node) & each.whole
        for each in trail.data
        if not isinstance(each.kind, Unknown)
    )
    untold = cannot_tell(*trail.untold) if trail.untold else NO
    near = known(account_id(trail) == account_id(node)) | trail.organisation
    region = trail.all_regions | known(trail.scope.region == node.scope.region)
    return all_of((listed | untold, near, region, trail.logging, trail.exists))


def _about(things: tuple[Text, ...], node: Node) -> Answer:
    """Whether a thing is one of those that a selector names; it names all where it names none."""
    if not things:
        return YES
    said = str(node.arn)
    for thing in things:
        whole = isinstance(thing, str) and (said.startswith(thing) or thing == "arn:aws:lambda")
        if whole or thing in (node.arn, text((node.arn, "/"))):
            return YES
    holes = [each for each in things if not isinstance(each, str)]
    why = Unknown(Cause.MODEL, f"whether a selector means {node.id}")
    return cannot_tell(why) if holes else NO


def _own_logs(here: _Here) -> Iterator[Witness]:
    """What the things that were reached log of themselves."""
    reached = {node.id: node for node in here.nodes if isinstance(node, Service | DataStore)}
    for record in here.estate.index.of(Record):
        if isinstance(record.about, str) and record.about in reached:
            yield _witness(
                here, record.kind, record.about, record.on, record.store, record, record.place
            )
