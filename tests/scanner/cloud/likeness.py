"""Holds what is said of code against what is said of the account that it was applied to."""

from collections.abc import Iterable, Mapping

from graphs.attack.paths import attack_paths
from graphs.estate import Estate
from graphs.nodes import Acl, Node, Record, RouteTable, Secret
from graphs.resource import Resource
from rules.catalogue import all_rules
from scanner.findings import judge

NAMES = ("id", "arn", "key_id", "bucket", "name", "function_name", "identifier")


def twins(
    applied: Mapping[str, Mapping[str, object]], code: Iterable[Resource], live: Iterable[Resource]
) -> dict[str, str]:
    """Live addresses by the addresses in code, told by what AWS chose for each."""
    found: dict[tuple[str, object], str] = {}
    for resource in live:
        for name in NAMES:
            value = resource.values.get(name)
            if isinstance(value, str):
                found.setdefault((resource.type, value), resource.id)
    pairs = {}
    for resource in code:
        made = applied.get(resource.id, {})
        chosen = [made[n] for n in NAMES if n in made]
        own = [found[resource.type, v] for v in chosen if (resource.type, v) in found]
        if own:
            pairs[resource.id] = own[0]
    return pairs


def all_twins(code: Estate, live: Estate, names: Mapping[str, str]) -> dict[str, str]:
    """The same for every node: what stands in no resource is told by what it belongs to."""
    pairs = dict(names)
    for node in code.index.nodes:
        if node.id not in pairs:
            pairs[node.id] = _twin(node, live, names)
    return pairs


def _twin(node: Node, live: Estate, names: Mapping[str, str]) -> str:
    if isinstance(node, Record):  # of the thing that is recorded
        owner, _, kind = node.id.partition("#")
        return f"{names[owner]}#{kind}"
    owner, _, part = node.id.rpartition(".")
    if part in ("attachment", "cluster_security_group"):
        return f"{names[owner]}.{part}"
    if isinstance(node, Acl | RouteTable):  # the one that AWS made with the VPC
        others = {n.id for n in live.index.of(type(node)) if n.vpc == names[str(node.vpc)]}
        (made,) = others - set(names.values())
        return made
    return node.id


def findings(estate: Estate, names: Mapping[str, str]) -> set[tuple[str, ...]]:
    """Findings that tell of no path: rule, subject, verdict, severity."""
    return {
        (f.rule, names.get(f.subject, f.subject), str(f.verdict), str(f.severity))
        for f in judge(estate, all_rules())
        if not f.path_id
    }


def paths(estate: Estate, names: Mapping[str, str]) -> dict[tuple[str, ...], tuple[str, bool]]:
    """Ids of paths by what they tell: entry, what is lost, techniques; and whether the id can be
    the same. A secret's ARN ends in letters that AWS chooses, so code does not know it."""
    found = {}
    for path in attack_paths(estate):
        target = path.target.fact.node
        told = (path.entry.says, names.get(target, target), path.target.kind, *path.techniques)
        same = not isinstance(estate.index.by_id.get(target), Secret)
        found[*told, str(path.answer.certain)] = (path.id, same)
    return found
