"""What a change does, as plain values: what every report of `pathwarden diff` is made of.

Input: nothing. Output: a Difference and its parts, whose JSON form has a published schema.
"""

from dataclasses import dataclass

from scanner.result import Finding, Gap, Path, Tool, Unknown, Waiver

SCHEMA = "https://pathwarden.dev/schema/difference-1.json"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared. `read` is what was scanned; `gaps` counts what of it was
    not read or not modelled."""

    name: str
    read: str
    files: int
    resources: int
    gaps: int


@dataclass(frozen=True, slots=True)
class ChangedPath:
    """A path that is there before and after, and what is different; `now` is the head's."""

    before: Path
    now: Path
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedFinding:
    """A finding that is there before and after, and what is different; `now` is the head's."""

    before: Finding
    now: Finding
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """A path or finding of the base that the head does not show, though it cannot be told whether
    it is gone: `because` the head was not read where it stood."""

    kind: str
    id: str
    severity: str
    says: str
    root: str
    because: str


@dataclass(frozen=True, slots=True)
class Connection:
    """Packets that one end may send to a listener on one side alone.

    `packets` are in words, with their sources where it is from the internet or a site. `place` is
    the first line that opens it, and `file` and `line` where that is.
    """

    source: str
    source_name: str
    target: str
    target_name: str
    packets: str
    verdict: str
    root: str
    says: str
    file: str
    line: int
    call: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that AWS would allow: who calls what on what, under which condition keys."""

    principal: str
    action: str
    resource: str
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Power:
    """What a principal may do on one side alone.

    `relation` is one of the words of the graph, or `allows` for actions that lead nowhere by
    themselves; `technique` is that of may-call. `says` is a sentence; `witness` is a request that
    shows it. `actions` counts the actions that it is.
    """

    principal: str
    principal_name: str
    relation: str
    target: str
    target_name: str
    technique: str
    verdict: str
    root: str
    says: str
    witness: Request | None
    file: str
    line: int
    call: str = ""
    seen: str = ""
    actions: int = 0


@dataclass(frozen=True, slots=True)
class ChangedRequirement:
    """A requirement whose status is another."""

    framework: str
    name: str
    number: str
    title: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An opened path as a Mermaid flowchart; `new` are the numbers of the steps that the head
    makes possible."""

    path: str
    root: str
    mermaid: str
    new: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What the head adds to the base and takes from it. `notes` are what a reader must know of how
    they were compared."""

    schema: str
    tool: Tool
    base: Side
    head: Side
    notes: tuple[str, ...]
    opened: tuple[Path, ...]
    closed: tuple[Path, ...]
    changed: tuple[ChangedPath, ...]
    findings_added: tuple[Finding, ...]
    findings_fixed: tuple[Finding, ...]
    findings_changed: tuple[ChangedFinding, ...]
    lost: tuple[Lost, ...]
    reach_added: tuple[Connection, ...]
    reach_removed: tuple[Connection, ...]
    permissions_added: tuple[Power, ...]
    permissions_removed: tuple[Power, ...]
    requirements: tuple[ChangedRequirement, ...]
    waivers_added: tuple[Waiver, ...]
    unknowns_added: tuple[Unknown, ...]
    gaps_added: tuple[Gap, ...]
    pictures: tuple[Picture, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not any(
            (
                *(self.opened, self.closed, self.changed),
                *(self.findings_added, self.findings_fixed, self.findings_changed, self.lost),
                *(self.reach_added, self.reach_removed),
                *(self.permissions_added, self.permissions_removed),
                *(self.requirements, self.waivers_added),
                *(self.unknowns_added, self.gaps_added),
            )
        )
