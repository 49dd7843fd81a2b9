"""Proof for every sentence: ordered steps, each a claim and the thing that proves it."""

from dataclasses import dataclass
from typing import TypeAlias

from graphs.unknown import Place, Unknown


@dataclass(frozen=True, slots=True)
class Proof:
    """The resource attribute that proves a claim, and where it stands.

    `attribute` is a path such as `ingress[0].cidr_blocks`; `place` is None for live resources
    and for what AWS implies.
    """

    resource: str
    attribute: str = ""
    place: Place | None = None

    def __str__(self) -> str:
        what = f"{self.resource}.{self.attribute}" if self.attribute else self.resource
        return f"{self.place} {what}" if self.place else what


@dataclass(frozen=True, slots=True)
class Step:
    """One claim in plain words, what proves it, and the Unknowns it assumes away."""

    claim: str
    proof: Proof | None = None
    assumes: frozenset[Unknown] = frozenset()


Evidence: TypeAlias = tuple[Step, ...]
