"""What a rule is: a typed function with an id that names the danger, found by its decorator.

    @rule(
        id="ssh-open-to-internet",
        title="SSH answers the whole internet",
        severity=Severity.HIGH,
        objectives=("restrict-remote-admin",),
        looks_at=(Instance,),
    )
    def ssh_open_to_internet(estate: Estate) -> Iterator[Violation]: ...

The decorator turns the function into a Rule; `rules.catalogue` collects the Rules of each topic
module. Why the danger matters and what it looks like is on the rule's page, `rules/pages/<id>.md`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import total_ordering
from typing import TYPE_CHECKING, TypeAlias

from graphs.evidence import Evidence, Step
from graphs.nodes import Node
from graphs.unknown import Answer

if TYPE_CHECKING:
    from graphs.attack.paths import AttackPath
    from graphs.estate import Estate


@total_ordering
class Severity(Enum):
    """How bad it is; INFO is the least, CRITICAL the greatest.

    >>> Severity.LOW < Severity.HIGH
    True
    """

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    def __lt__(self, other: "Severity") -> bool:
        return self.rank < other.rank

    def __str__(self) -> str:
        return self.value

    @property
    def rank(self) -> int:
        """0 for INFO to 4 for CRITICAL."""
        return tuple(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One subject on which a rule's danger is, or may be, real.

    `because` is one sentence for a person. `key` is the part of the evidence that tells this
    violation from others of the same rule on the same subject (a port, a statement, a site); it
    goes into the fingerprint, so it must hold no line numbers. `severity` overrides the rule's.
    `path` is the attack path that this violation tells of.
    """

    subject: Node
    danger: Answer
    because: str
    evidence: Evidence
    fix: str
    severity: Severity | None = None
    key: str = ""
    path: "AttackPath | None" = None

    def __post_init__(self) -> None:
        if not self.danger.possible:
            raise ValueError(f"{self.subject.id}: what is impossible is no violation")


Check: TypeAlias = "Callable[[Estate], Iterator[Violation]]"


def shown(claim: str, node: Node, attribute: str, danger: Answer) -> Evidence:
    """The evidence that an attribute of a node gives, and what it assumes where it is unknown."""
    return (Step(claim, node.proof(attribute), danger.because),)


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with what people need to know of it.

    `looks_at` are the node types it judges by: it has nothing to say where there is no node of
    the first, and no rule is complete while the list of any of them may be short. `expects` are
    those whose absence is no comfort: without any trail, nothing is on record. `topic` is the
    module it stands in.
    """

    id: str
    title: str
    severity: Severity
    objectives: tuple[str, ...]
    looks_at: tuple[type[Node], ...]
    check: Check
    topic: str
    expects: tuple[type[Node], ...] = ()


def rule(
    *,
    id: str,  # noqa: A002  the word people know it by
    title: str,
    severity: Severity,
    objectives: tuple[str, ...],
    looks_at: tuple[type[Node], ...],
    expects: tuple[type[Node], ...] = (),
) -> Callable[[Check], Rule]:
    """Make a Rule of a check."""
    if not objectives or not looks_at:
        raise ValueError(f"{id}: a rule serves an objective and looks at something")

    def make(check: Check) -> Rule:
        topic = check.__module__.rpartition(".")[2]
        return Rule(id, title, severity, objectives, looks_at, check, topic, expects)

    return make
