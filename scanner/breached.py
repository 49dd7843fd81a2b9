"""What is said of a breach, as plain values: what its reports are made of, and what JSON holds."""

from dataclasses import dataclass

from scanner.result import Cut, Proof

SCHEMA = "https://pathwarden.dev/schema/breach-1.json"


@dataclass(frozen=True, slots=True)
class Taken:
    """The thing that is an attacker's. `asked` is how it was named, `where` its account and region.

    `means` is what that gives at once, in words.
    """

    asked: str
    node: str
    name: str
    kind: str
    where: str
    file: str
    line: int
    seen: str
    means: str


@dataclass(frozen=True, slots=True)
class Gain:
    """Something that is reached, by a step from what was there before.

    `verdict` is reachable or unknown, which depends on `unknowns`. `after` names the gains, as
    `holds node`, that the step needs.
    """

    holds: str
    node: str
    name: str
    says: str
    by: str
    technique: str
    attack: tuple[str, ...]
    why: str
    likelihood: float
    verdict: str
    at_once: bool
    after: tuple[str, ...]
    unknowns: tuple[str, ...]
    proof: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """A store whose data are reached. `classes` is empty where nothing says what they are.

    `owners` are whom tags and CODEOWNERS name; `reason` says what tells the class.
    """

    node: str
    name: str
    kind: str
    classes: tuple[str, ...]
    reason: str
    owners: tuple[str, ...]
    where: str
    likelihood: float
    verdict: str
    unknowns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """A step of the people who respond, with its reason.

    `commands` are texts for a shell, never run here; `lacks` says what their variables stand for.
    """

    title: str
    why: str
    where: str
    commands: tuple[str, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """A log that tells of a part of it, or would.

    `verdict` is on, off or unknown. `kept` says where, `days` for how long: 0 is until somebody
    deletes it, null not known. `exposed` is yes, no or unknown: whether the attacker can erase it
    or switch it off, by `how`.
    """

    kind: str
    about: str
    name: str
    verdict: str
    kept: str
    store: str
    days: int | None
    exposed: str
    how: str
    unknowns: tuple[str, ...]
    proof: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a duty to notify: within which time, counted from when."""

    within: str
    clock: str
    what: str


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty to notify that may begin.

    `status` is indicated where the data speak for it, and a country or what the company says of
    itself; open where that is not known or all hangs on what the company is. `because` is what
    speaks for it, `applies` to whom it applies, where the company does not say whether it is that,
    `assumes` what has to be so besides and is not claimed.
    """

    id: str
    law: str
    cites: tuple[str, ...]
    whom: str
    stages: tuple[Stage, ...]
    status: str
    because: tuple[str, ...]
    assumes: tuple[str, ...]
    source: str
    applies: str = ""


@dataclass(frozen=True, slots=True)
class Breached:
    """All that is said of one breach in one estate.

    `accounts` are those that the attacker administers. `isolate` is for the thing itself, `renew`
    for what may have been taken along, `cuts` what keeps the rest from following. `assumed` says
    that it is of code, beside which there may be more.
    """

    root: str
    taken: Taken
    gains: tuple[Gain, ...]
    losses: tuple[Loss, ...]
    accounts: tuple[Gain, ...]
    isolate: tuple[Action, ...]
    renew: tuple[Action, ...]
    cuts: tuple[Cut, ...]
    logs: tuple[Log, ...]
    duties: tuple[Duty, ...]
    gaps: int
    assumed: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What `pathwarden breach --format json` writes: one entry an estate that has the thing."""

    schema: str
    breaches: tuple[Breached, ...]
