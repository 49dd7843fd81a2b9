"""What a waiver is, what a team allows of waivers, and what came of each in a scan."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final, TypeAlias

from graphs.unknown import Place
from rules.api import Severity

MOST_WORDS: Final = 500
"""Characters of a reason and of an owner."""
PATH_ID: Final = re.compile(r"path-[0-9a-f]{10}")


class By(StrEnum):
    """Where a waiver is written."""

    COMMENT = "comment"
    SETTINGS = "settings"
    BASELINE = "baseline"
    CHECKOV = "checkov"
    TRIVY = "trivy"
    TFSEC = "tfsec"


FOREIGN: Final = (By.CHECKOV, By.TRIVY, By.TFSEC)


class Standing(StrEnum):
    """What came of a waiver.

    COUNTS: it covers findings, which do not count. ADDED: the change under review brings it.
    IDLE: it covers nothing. NOT_ASKED: its rule did not run.
    """

    COUNTS = "counts"
    EXPIRED = "expired"
    FORBIDDEN = "forbidden"
    ADDED = "added"
    INVALID = "invalid"
    IDLE = "idle"
    NOT_ASKED = "not-asked"


Key: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiver:
    """One rule, or one attack path, waived for what the other fields say.

    `rule` is the id of either. A comment stands at a `block` (as `DIRECTORY//ADDRESS`), perhaps at
    a `part` of its lines alone, whose `code` is a digest; `instance` is the end of an address.
    pathwarden.yaml gives a pattern for addresses and ARNs, `match`. An entry of a baseline gives a
    `fingerprint`, the `root` module of it, its `severity`, and whether it was `sure`. `until` is
    the last day on which it counts, None for ever. `problem` says why it cannot be read, "" where
    it can.
    """

    by: By
    rule: str
    place: Place
    match: str = ""
    block: str = ""
    part: Place | None = None
    code: str = ""
    instance: str = ""
    fingerprint: str = ""
    root: str = ""
    severity: str = ""
    sure: bool = True
    owner: str = ""
    reason: str = ""
    until: date | None = None
    problem: str = ""

    @property
    def key(self) -> Key:
        """What it waives, wherever it is written and until when: equal in two revisions."""
        where = (self.match, self.block, self.code, self.instance, self.fingerprint)
        return (str(self.by), self.rule, *where)

    @property
    def downloaded(self) -> bool:
        """Whether it stands in a module that terraform put there: nobody here wrote it."""
        return "/.terraform/" in f"/{self.place.file}"

    @property
    def names_path(self) -> bool:
        """Whether it waives one attack path rather than a rule."""
        return PATH_ID.fullmatch(self.rule) is not None


@dataclass(frozen=True)
class Policy:
    """What a team allows of waivers; without settings, everything.

    `forbid` are severities and ids of rules, `require` some of reason, owner and until. `longest`
    is how many days may lie between now and the expiry. `foreign` are the tools whose comments
    are honoured. `added` lets those count that the change under review adds.
    """

    forbid: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    longest: int | None = None
    foreign: tuple[str, ...] = ()
    added: bool = False

    @cached_property
    def severities(self) -> frozenset[str]:
        """The severities that may not be waived."""
        return frozenset(self.forbid) & set(map(str, Severity))

    def refuses(self, waiver: Waiver, today: date) -> str:
        """Why a waiver may not count whatever it covers; "" where it may.

        A baseline is named by whoever runs the scan, and no policy is about it.
        """
        if waiver.by is By.BASELINE:
            return ""
        if waiver.rule in self.forbid:
            return f"the policy lets nobody waive {waiver.rule}"
        said = {"reason": waiver.reason, "owner": waiver.owner, "until": waiver.until}
        for name in self.require:
            if not said[name]:
                return f"the policy asks for {_WORDS[name]}"
        if self.longest is None:
            return ""
        if waiver.until is None:
            return f"the policy asks for an expiry within {self.longest} days: until=..."
        if waiver.until > today + timedelta(days=self.longest):
            return f"the policy asks for an expiry within {self.longest} days"
        return ""

    def spares(self, waiver: Waiver, rule: str, severity: str) -> str:
        """Why a waiver may not cover a finding of a rule and severity; "" where it may."""
        if waiver.by is By.BASELINE:
            return ""
        if rule in self.forbid:
            return f"the policy lets nobody waive {rule}"
        if severity in self.severities:
            return f"the policy lets nobody waive findings of severity {severity}"
        return ""


_WORDS: Final = {
    "reason": 'a reason: reason="..."',
    "owner": "an owner: owner=...",
    "until": "an expiry: until=...",
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """A waiver with what came of it: `covers` are fingerprints, `why` says what is wrong."""

    waiver: Waiver
    standing: Standing
    why: str = ""
    covers: tuple[str, ...] = ()


def expired(waiver: Waiver, today: date) -> bool:
    """Whether the last day of a waiver is over."""
    return waiver.until is not None and waiver.until < today


def worse(waiver: Waiver, severity: str, *, sure: bool) -> str:
    """How a finding got worse than its entry in a baseline; "" where it did not."""
    if waiver.by is not By.BASELINE:
        return ""
    if sure and not waiver.sure:
        return "it could not be told when the baseline was written, and is sure now"
    if Severity(severity) > Severity(waiver.severity):
        return f"it was {waiver.severity} when the baseline was written, and is {severity} now"
    return ""


def added(head: Collection[Waiver], base: Collection[Waiver]) -> tuple[Waiver, ...]:
    """The waivers of a changed side that the other one does not have, or not until as late."""
    known: dict[Key, date] = {}
    for each in base:
        known[each.key] = max(known.get(each.key, date.min), each.until or date.max)
    return tuple(each for each in head if (each.until or date.max) > known.get(each.key, date.min))
