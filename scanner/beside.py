"""What other scanners say that were asked to look beside ours: plain values, part of a result."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PeerFinding:
    """What another scanner finds on a resource of ours.

    `paths` are the attack paths that touch the resource, and `risk` is that of the riskiest of
    them. `skipped` is the reason of a comment in the code that takes the check out there, or "".
    """

    check: str
    title: str
    verdict: str
    subject: str
    root: str
    file: str
    line: int
    call: str
    seen: str
    risk: float
    paths: tuple[str, ...]
    skipped: str = ""

    @property
    def on_path(self) -> bool:
        """Whether it surely is so, and an attack path touches it."""
        return bool(self.paths) and self.counts

    @property
    def counts(self) -> bool:
        """Whether it surely is so, and no comment takes it out."""
        return self.verdict == "violated" and not self.skipped


@dataclass(frozen=True, slots=True)
class Peer:
    """Another scanner that was asked to look beside ours; the gaps say why where it did not run."""

    name: str
    version: str
    ran: bool
    findings: tuple[PeerFinding, ...]


def peer_findings(peers: Iterable[Peer]) -> tuple[PeerFinding, ...]:
    """What all of them find."""
    return tuple(finding for peer in peers for finding in peer.findings)
