"""Answers of AWS to resources: Terraform's types and attribute names, with real ids and ARNs.

Input: a snapshot. Output: resources, what of each kind may be missing, and a gap per refusal. It
reads nothing from AWS, needs no boto3, and judges nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphs.nodes import Node
from graphs.resource import Resource
from graphs.unknown import Cause, Unknown
from graphs.verdict import Coverage, Gap
from scanner.cloud.calls import all_calls
from scanner.cloud.shape import (
    balancers,
    borders,
    brokers,
    builds,
    caches,
    cloudwan,
    compute,
    copies,
    delegates,
    distributions,
    fleets,
    fronts,
    identity,
    interfaces,
    keys,
    logs,
    managed,
    network,
    organisation,
    pools,
    proxies,
    shares,
    storage,
    stores,
    transit,
    workloads,
)
from scanner.cloud.shape.answers import Answers, refusal
from scanner.cloud.shape.malformed import UNREADABLE, Shape, readable
from scanner.cloud.snapshot import CUT_OFF, NOT_GIVEN, Answer, Snapshot
from scanner.terraform.form import formed

SHAPES: tuple[Shape, ...] = (
    network.shape,
    transit.shape,
    cloudwan.shape,
    borders.shape,
    identity.shape,
    organisation.shape,
    keys.shape,
    storage.shape,
    copies.shape,
    logs.shape,
    compute.shape,
    interfaces.shape,
    fleets.shape,
    balancers.shape,
    managed.shape,
    caches.shape,
    shares.shape,
    brokers.shape,
    stores.shape,
    proxies.shape,
    fronts.shape,
    distributions.shape,
    builds.shape,
    workloads.shape,
    delegates.shape,
    pools.shape,
)


@dataclass(frozen=True, slots=True)
class Shaped:
    """A snapshot's resources, and what is not among them."""

    resources: tuple[Resource, ...]
    coverage: Coverage
    gaps: tuple[Gap, ...]


def shaped(snapshot: Snapshot) -> Shaped:
    """The resources of every account of a snapshot, each once."""
    found: dict[str, Resource] = {}
    missing = {
        (kind, "*"): Unknown(Cause.MODEL, f"{what}, which a sweep does not read")
        for kind, what in unread_kinds().items()
    }
    gaps: list[Gap] = []
    for swept in snapshot.accounts:
        answers, made = readable(Answers(swept, snapshot.taken), SHAPES)
        for resource in made:
            found.setdefault(resource.id, resource)
        refused = [a for a in answers.swept.answers if a.refused]
        missing.update(_missing(swept.account, refused))
        gaps += [*_gaps(swept.account, refused), *_controls(answers)]
    resources, odd = formed(found.values())
    return Shaped(resources, Coverage(assumed=False, missing=missing), (*gaps, *odd))


PARTLY: Mapping[str, str] = {
    "Delegate": "objects of buckets, documents of Systems Manager, stack sets, agents of Bedrock "
    "and deployment groups",
}
"""What the calls leave out of kinds that they read."""


def unread_kinds() -> dict[str, str]:
    """The kinds of nodes that no call of the table reads whole, with what is not read of each.

    What is declared or told is none.
    """
    read = {kind for call in all_calls() for kind in call.kinds}
    others = {each.__name__ for each in _leaves(Node)} - read
    whole = others - {"DataStore", "Outsider", "Record", "Service", "Site", "Stranger"}
    return {**{kind: f"{kind.lower()}s" for kind in sorted(whole)}, **PARTLY}


def _leaves(kind: type[Node]) -> Iterator[type[Node]]:
    below = kind.__subclasses__()
    if not below:
        yield kind
    for each in below:
        yield from _leaves(each)


def _controls(answers: Answers) -> Iterator[Gap]:
    """Files that list policies of an organisation do not say whether they list all kinds."""
    call, kind = "organizations.list_policies", "RESOURCE_CONTROL_POLICY"
    told = [answer for answer in answers.of(call) if answer.data and not answer.args]
    listed = (item for _, item in answers.items(call, "Policies"))
    if told and not any(item.get("Type") == kind for item in listed):
        yield Gap(
            kind="not-given",
            what="the resource control policies of the organization are not among the files",
            effect="some of what is allowed may be denied by them",
        )


def _missing(account: str, refused: list[Answer]) -> dict[tuple[str, str], Unknown]:
    kinds = {call.name: call.kinds for call in all_calls()}
    return {
        (kind, f"{account}/{a.region}"): refusal(account, a)
        for a in refused
        for kind in kinds.get(f"{a.service}.{a.operation}", ())
    }


def _gaps(account: str, refused: list[Answer]) -> Iterator[Gap]:
    """One gap per call and region, however many things it was asked about; one for all calls that
    the files of an account do not answer."""
    actions = {call.name: call.action for call in all_calls()}
    absent = {f"{a.service}.{a.operation}" for a in refused if a.refused == NOT_GIVEN}
    if absent:
        yield Gap(
            kind="not-given",
            what=f"no answers of {account} to {', '.join(sorted(absent))} are among the files",
            effect="what they would have told is not known",
        )
    told = [a for a in refused if a.refused != NOT_GIVEN]
    counts = Counter((f"{a.service}.{a.operation}", a.region, a.refused) for a in told)
    for (name, region, code), count in sorted(counts.items()):
        times = f" {count} times" if count > 1 else ""
        yield _gap(actions.get(name, name), f"{times} in {account}/{region}", code)


def _gap(action: str, where: str, code: str) -> Gap:
    if code == CUT_OFF:
        return Gap(
            kind="not-given",
            what=f"of what {action} answered{where}, {code}",
            effect="what it would have told is not known",
        )
    if code == UNREADABLE:
        return Gap(
            kind="malformed",
            what=f"something that {action} answered{where} is {code}",
            effect="it is left out, and what it would have told is not known",
        )
    return Gap(
        kind="refused",
        what=f"{action} was refused{where}: {code}",
        effect="what it would have told is not known",
        fix=f"allow {action}: pathwarden sweep --print-policy",
    )
