"""The way of the data, on one screen: path -> estates -> findings and paths -> result."""

from collections.abc import Callable, Sequence

from graphs.attack.entries import unmatched
from graphs.attack.paths import attack_paths, unproven
from graphs.verdict import Gap
from rules.duties import frameworks
from scanner.cutting import certain_cut
from scanner.estates import Read, Request, estates, idle
from scanner.findings import judge
from scanner.frameworks import assess
from scanner.owners import ownership
from scanner.redact import redacted
from scanner.result import Cut, Result
from scanner.views import Scanned, result
from scanner.waivers.settling import settled
from scanner.waivers.waiver import Ruling

__all__ = ["Request", "scan"]

NOTHING = Gap("no-terraform", "there is no Terraform here", "nothing was judged")


def scan(request: Request) -> Result:
    """Scan what is asked about: each root module of a directory, or a snapshot, by itself.

    Raises what `estates` raises.
    """
    if request.checkov:
        return _accompanied(request)
    return _said(request, [judged(read, request) for read in estates(request)])


def _accompanied(request: Request) -> Result:
    """The same, with Checkov at work beside us meanwhile."""
    from scanner.peers.checkov import beside
    from scanner.peers.findings import joined

    found = list(estates(request))
    with beside([read.evaluated for read in found], request.checkov) as asked:
        scanned = [judged(read, request) for read in found]
        return _said(request, scanned, lambda said: joined(said, asked, scanned))


def _said(
    request: Request,
    found: Sequence[Scanned],
    more: Callable[[Result], Result] = lambda said: said,
) -> Result:
    """What all of it says and `more` adds, without what Terraform holds sensitive."""
    scanned, rulings = waived(found, request)
    cuts = [made for each in scanned if (made := certain_cut(each, request.config))]
    secrets = {text for each in scanned for text in each.evaluated.secrets}
    return redacted(more(told(request, scanned, rulings, cuts)), secrets)


def judged(read: Read, request: Request) -> Scanned:
    """One estate with its findings and paths."""
    found = judge(read.estate, request.rules)
    return Scanned(read.evaluated, read.estate, found, attack_paths(read.estate))


def waived(
    scanned: Sequence[Scanned], request: Request
) -> tuple[Sequence[Scanned], Sequence[Ruling]]:
    """The estates with the findings marked that are waived, and what came of each waiver."""
    return settled(
        scanned,
        request.rules,
        request.config,
        request.today,
        baseline=request.baseline,
        base=request.admitted,
    )


def told(
    request: Request,
    scanned: Sequence[Scanned],
    rulings: Sequence[Ruling],
    cuts: Sequence[Cut] = (),
    lacking: Sequence[Gap] = (),
) -> Result:
    """What all of it says, with what is `lacking` besides. Terraform's secrets are still in it."""
    all_of_it = [each.estate for each in scanned]
    findings = [finding for each in scanned for finding in each.findings]
    duties = [
        (each, assess(each, request.rules, findings, all_of_it)) for each in frameworks() if scanned
    ]
    gaps = idle([each.evaluated for each in scanned]) if scanned else (NOTHING,)
    owned = request.owned or ownership(request.source or request.path)
    return result(
        str(request.path),
        scanned,
        (*lacking, *gaps, *owned.gaps, *unmatched(all_of_it), *unproven(all_of_it)),
        request.rules,
        duties,
        cuts=cuts,
        rulings=rulings,
        owned=owned,
    )
