"""The result of a scan as plain values: what every report is made of, and what JSON holds.

Input: estates with their findings and paths. Output: frozen values of strings and numbers, so
that a report made from a result file says exactly what one made at once says.
"""

from dataclasses import dataclass

from graphs.views.values import Summary
from scanner.beside import Peer

SCHEMA = "https://pathwarden.dev/schema/result-1.json"


@dataclass(frozen=True, slots=True)
class Tool:
    """Which Pathwarden made it."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One claim with what proves it; `file` is "" for what AWS implies.

    `call` is where the root module calls the module that it stands in, as `file:line`. `seen` is
    where a sweep saw it: its name, account and region.
    """

    claim: str
    resource: str
    attribute: str
    file: str
    line: int
    call: str = ""
    assumes: tuple[str, ...] = ()
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path, with its MITRE ATT&CK ids and its proof.

    `mend` is what would make it impossible; `likewise` are other steps of the same kind that
    would do instead.
    """

    technique: str
    title: str
    attack: tuple[str, ...]
    plausibility: float
    why: str
    says: str
    mend: str
    proof: tuple[Proof, ...]
    likewise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is named as the owner of a resource: by which of its tags, or where in CODEOWNERS."""

    name: str
    tag: str
    resource: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Waived:
    """By whose word a finding does not count.

    `by` is comment, settings, baseline, or the tool whose comment it is; file and line say where
    that is written. `until` is the last day on which it counts, "" for ever.
    """

    by: str
    reason: str
    owner: str
    until: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Silence:
    """A log that somebody whom the attacker acts as on the way may switch off or erase: it counts
    for no likelihood. `kind` is the word for it, `name` and `address` those of what is ended."""

    kind: str
    name: str
    address: str
    principal: str
    action: str
    technique: str
    attack: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """One of several paths of a pattern, told as one; its id is what it has when it is alone."""

    id: str
    entry: str
    target: str
    target_address: str


@dataclass(frozen=True, slots=True)
class Path:
    """An attack path. `loses` is the class of data, or "administrator".

    `presence` is the plausibility that an attacker stands at the entry, and `presence_why` why;
    `owners` are those of what is lost, then those of what the path passes, those that tags name
    first. `count` is how many paths of its pattern there are, and `instances` are these where there
    are several: their entries or targets are instances of one block. The path is that of the first.
    """

    id: str
    root: str
    severity: str
    verdict: str
    entry: str
    entry_kind: str
    target: str
    target_address: str
    loses: str
    likelihood: float
    impact: float
    hops: tuple[Hop, ...]
    rule: str
    unknowns: tuple[str, ...] = ()
    presence: float = 1.0
    presence_why: str = ""
    owners: tuple[Owner, ...] = ()
    waived: Waived | None = None
    count: int = 1
    instances: tuple[Instance, ...] = ()
    silences: tuple[Silence, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether it surely is, and counts."""
        return self.verdict == "violated" and self.waived is None

    @property
    def open(self) -> bool:
        """Whether it cannot be told, and would count."""
        return self.verdict != "violated" and self.waived is None

    @property
    def title(self) -> str:
        """The path in one line."""
        return f"{self.entry} → {self.target}"

    @property
    def risk(self) -> float:
        """Likelihood times impact: what paths are ranked by."""
        return self.likelihood * self.impact


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding; `path` is the id of the attack path it tells of, or "".

    `call` is where the root module calls the module that the subject stands in; `seen` is where a
    sweep saw the subject.
    """

    rule: str
    severity: str
    verdict: str
    subject: str
    fingerprint: str
    title: str
    because: str
    fix: str
    root: str
    file: str
    line: int
    call: str
    proof: tuple[Proof, ...]
    unknowns: tuple[str, ...]
    path: str
    seen: str = ""
    waived: Waived | None = None
    owners: tuple[Owner, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether it surely is, and counts."""
        return self.verdict == "violated" and self.waived is None

    @property
    def open(self) -> bool:
        """Whether it cannot be told, and would count."""
        return self.verdict != "violated" and self.waived is None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver with what came of it.

    `rule` is the id of a rule or of an attack path; `match` is what it is about: an address or
    pattern, or the block that a comment stands at. `status` is counts, or says why it does not,
    with `why` in words. `findings` are the fingerprints of what it covers.
    """

    by: str
    rule: str
    match: str
    reason: str
    owner: str
    until: str
    file: str
    line: int
    status: str
    why: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A root cause of cannot-tells, with how many answers it decides."""

    what: str
    cause: str
    file: str
    line: int
    decides: int
    fix: str


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that was not read or not modelled."""

    kind: str
    what: str
    effect: str
    file: str
    line: int
    fix: str
    root: str


@dataclass(frozen=True, slots=True)
class Root:
    """One root module as it was read."""

    directory: str
    files: int
    lines: int
    resources: int
    nodes: int
    edges: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was read. `assumed` says that completeness is an assumption, as it is for code.

    `files` and `lines` count each file once, however many root modules call it.
    """

    scanned: str
    assumed: bool
    files: int
    lines: int
    roots: tuple[Root, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement's status with the rules behind it.

    `kind` is what the framework calls it ("addressable", "enhancement"), `cites` where others say
    the same.
    """

    number: str
    title: str
    status: str
    assumes: tuple[str, ...]
    rules: tuple[str, ...]
    findings: tuple[str, ...]
    missing: tuple[str, ...]
    kind: str = ""
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework edition's requirements with their status."""

    id: str
    name: str
    edition: str
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Something to change, in its turn.

    `paths` end with it, where those before it are made too; `share` of the risk of its estate is
    gone then. `root` is the root module in which `resource` stands. `kind` says what is changed,
    and `cost` what that counts for. `edit` is the change as a diff of Terraform text, where it was
    asked for and can be written.
    """

    says: str
    file: str
    line: int
    call: str
    paths: tuple[str, ...]
    root: str
    seen: str = ""
    kind: str = ""
    cost: float = 0.0
    share: float = 0.0
    resource: str = ""
    edit: str = ""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A target that no change ends the way to, and the steps of that way."""

    entry: str
    target: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choke:
    """A node that all ways to the targets of some paths pass, with their share of the risk."""

    node: str
    name: str
    paths: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The cheapest changes that end the paths of an estate.

    `verdict` is violated for what surely is, cannot-tell for what has to be changed besides so that
    nothing may be. No changes that do as much cost less than `bound`; `proven` says that these do
    not cost more. `stuck` is what nothing ends, `waived` how many paths are left alone because
    somebody lives with them.
    """

    root: str
    verdict: str
    cost: float
    bound: float
    proven: bool
    changes: tuple[Change, ...]
    stuck: tuple[Stuck, ...] = ()
    chokes: tuple[Choke, ...] = ()
    waived: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """One root module as LANs, WANs, sites, services and data, with its first paths on top.

    `paths` is how many attack paths it has, drawn or not.
    """

    root: str
    paths: int
    summary: Summary


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that a scan says."""

    schema: str
    tool: Tool
    coverage: Coverage
    findings: tuple[Finding, ...]
    paths: tuple[Path, ...]
    unknowns: tuple[Unknown, ...]
    gaps: tuple[Gap, ...]
    frameworks: tuple[Framework, ...]
    first: tuple[Change, ...]
    views: tuple[View, ...]
    cuts: tuple[Cut, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    peers: tuple[Peer, ...] = ()
