"""What can be said: Verdict of a question, Gap for what was not read, Coverage of a kind."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from graphs.unknown import Answer, Place, Unknown


class Verdict(StrEnum):
    """One vocabulary for all engines.

    Rules say violated / holds / cannot-tell; reach says reachable / blocked / unknown;
    permissions say allow / deny / allow-if / unknown. Each of them holds an Answer beside its
    word, from which `of` makes the verdict.
    """

    VIOLATED = "violated"
    HOLDS = "holds"
    CANNOT_TELL = "cannot-tell"

    @staticmethod
    def of(danger: Answer) -> "Verdict":
        """The verdict where `danger` answers whether the dangerous thing is so."""
        if danger.undecided:
            return Verdict.CANNOT_TELL
        return Verdict.VIOLATED if danger.certain else Verdict.HOLDS


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that was not read or not modelled, with what that does to the answers.

    `kind` is a short stable word (`syntax-error`, `module-missing`, `not-modelled` ...); `fix`
    says what to do, as an exact command where there is one.
    """

    kind: str
    what: str
    effect: str
    place: Place | None = None
    fix: str = ""

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.what}" + (f" ({self.fix})" if self.fix else "")


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was read, by (kind, scope). Absent or reasonless entries are complete.

    `assumed` says that completeness is an assumption, as it is for code: what exists beside the
    code is not in it.
    """

    assumed: bool = True
    missing: Mapping[tuple[str, str], Unknown] = field(default_factory=dict)

    def gaps(self, kind: str, scopes: Collection[str]) -> frozenset[Unknown]:
        """Why the list of this kind may be short in these scopes; empty when it is complete.

        The scope "*" asks for all of them, and what is missing in "*" is missing in each.
        """
        wanted = {*scopes, "*"}
        return frozenset(
            why
            for (short, scope), why in self.missing.items()
            if short in (kind, "*") and (scope in wanted or "*" in scopes)
        )
