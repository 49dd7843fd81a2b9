"""Answers of AWS to resources: Terraform's types and attribute names, with real ids and ARNs.

Input: a snapshot. Output: resources, what of each kind may be missing, and a gap per refusal. It
reads nothing from AWS, needs no boto3, and judges nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from graphs.resource import Resource
from graphs.unknown import Unknown
from graphs.verdict import Coverage, Gap
from scanner.cloud.calls import all_calls
from scanner.cloud.shape import balancers, compute, identity, network, storage, transit
from scanner.cloud.shape.answers import Answers, refusal
from scanner.cloud.snapshot import Answer, Snapshot
from scanner.errors import CloudProblem

Shape = Callable[[Answers], Iterator[Resource]]
SHAPES: tuple[Shape, ...] = (
    network.shape,
    transit.shape,
    identity.shape,
    storage.shape,
    compute.shape,
    balancers.shape,
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
    missing: dict[tuple[str, str], Unknown] = {}
    gaps: list[Gap] = []
    for swept in snapshot.accounts:
        answers = Answers(swept, snapshot.taken)
        for resource in _resources(answers):
            found.setdefault(resource.id, resource)
        refused = [a for a in swept.answers if a.refused]
        missing.update(_missing(swept.account, refused))
        gaps += _gaps(swept.account, refused)
    return Shaped(tuple(found.values()), Coverage(assumed=False, missing=missing), tuple(gaps))


def _resources(answers: Answers) -> Iterator[Resource]:
    try:
        for shape in SHAPES:
            yield from shape(answers)
    except (KeyError, TypeError, AttributeError, IndexError) as problem:
        what = f"the answers of {answers.swept.account} do not have the form of AWS's"
        raise CloudProblem(f"{what}: {problem}", fix="sweep again") from None


def _missing(account: str, refused: list[Answer]) -> dict[tuple[str, str], Unknown]:
    kinds = {call.name: call.kinds for call in all_calls()}
    return {
        (kind, f"{account}/{a.region}"): refusal(account, a)
        for a in refused
        for kind in kinds.get(f"{a.service}.{a.operation}", ())
    }


def _gaps(account: str, refused: list[Answer]) -> Iterator[Gap]:
    """One gap per call and region, however many things it was asked about."""
    actions = {call.name: call.action for call in all_calls()}
    counts = Counter((f"{a.service}.{a.operation}", a.region, a.refused) for a in refused)
    for (name, region, code), count in sorted(counts.items()):
        action = actions.get(name, name)
        times = f" {count} times" if count > 1 else ""
        yield Gap(
            kind="refused",
            what=f"{action} was refused{times} in {account}/{region}: {code}",
            effect="what it would have told is not known",
            fix=f"allow {action}: pathwarden sweep --print-policy",
        )
