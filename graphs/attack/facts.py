"""What an attacker may hold: ground atoms over nodes, and the instances that derive them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from graphs.estate import Edge
from graphs.evidence import Evidence
from graphs.identity.techniques import Technique
from graphs.unknown import Answer


class Holds(StrEnum):
    """The predicates. AT: can send from and run code at a place. CONTROLS: acts as a principal.
    OPENS: knows what opens a node. READS: has read a data store. RULES: administers an account.
    CHANGED: has changed what guards a node."""

    AT = "at"
    CHANGED = "changed"
    CONTROLS = "controls"
    OPENS = "opens"
    READS = "reads"
    RULES = "rules"


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """A predicate of one node, by id; `what` of it was changed, where something was."""

    holds: Holds
    node: str
    what: str = ""

    def __str__(self) -> str:
        return f"{self.holds} {self.node}{f' ({self.what})' if self.what else ''}"


@dataclass(frozen=True, slots=True)
class Derivable:
    """One technique applied to particular nodes: premises, conclusion, and the proof on demand.

    `says` is a sentence for people, `mend` what would make it impossible. `answer` is undecided
    where the edge behind it is. `edges` are what it rests on.
    """

    technique: Technique
    premises: tuple[Fact, ...]
    conclusion: Fact
    says: str
    mend: str
    answer: Answer
    evidence: Callable[[], Evidence] = field(compare=False, repr=False)
    edges: tuple[Edge, ...] = field(default=(), compare=False, repr=False)
