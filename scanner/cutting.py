"""Cuts of estates as plain values: what to change, what it costs, what it ends.

Input: an estate with its paths, and what pathwarden.yaml says of costs and of flows that have to
stay. Output: Cuts, one for what surely is and, when asked for, one for what may be.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from graphs.attack import cuts as found
from graphs.attack.breach import Breach, contain
from graphs.attack.breaking import Pair
from graphs.attack.changes import COSTS, Breakable, Kind
from graphs.attack.changes import Change as Concrete
from graphs.attack.chokes import Choke as Point
from graphs.attack.chokes import chokes
from graphs.attack.cuts import Cutting
from graphs.attack.paths import AttackPath
from graphs.attack.targets import Target, targets
from graphs.estate import Edge, Estate, Relation, edge_of
from graphs.network.reach import INTERNET
from graphs.nodes import Balancer, Node, Role
from graphs.verdict import Verdict
from scanner.config import Config, Flow
from scanner.edits import Edits
from scanner.errors import UsageProblem
from scanner.result import Change, Choke, Cut, Stuck
from scanner.views import Scanned, call_of, seen_of, spot

MOST_CHOKES = 5
_FLOWS = (
    Relation.MAY_CONNECT,
    Relation.RUNS_AS,
    Relation.MAY_ASSUME,
    Relation.MAY_CALL,
    Relation.READS,
    Relation.WRITES,
)


def certain_cut(root: Scanned, config: Config) -> Cut | None:
    """The cheapest changes that end what surely is; None where no finding tells of such a path.

    What only waived paths lead to is left out.
    """
    told = {finding.path_id for finding in root.findings if finding.waiver is None}
    if not any(path.answer.certain and path.id in told for path in root.paths):
        return None
    spared = _spared(root)
    stays = kept(root.estate, config.keep)
    cutting = Cutting(root.estate, True, costs(config), stays, spared=spared)
    cut = _plain(root, cutting.cut(), Verdict.VIOLATED, told, chokes(cutting))
    return replace(cut, waived=_left_out(root, spared, sure=True))


def _spared(root: Scanned) -> frozenset[Pair]:
    """The ends of waived paths, where no other path has the same."""
    waived = {finding.path_id for finding in root.findings if finding.waiver}
    counted = (path for path in root.paths if path.id not in waived)
    return _ends(path for path in root.paths if path.id in waived) - _ends(counted)


def _ends(paths: Iterable[AttackPath]) -> frozenset[Pair]:
    return frozenset((one.entry.fact, one.target.fact) for path in paths for one in path.each)


def _left_out(
    root: Scanned, spared: Collection[Pair], *, sure: bool, wanted: Collection[Target] = ()
) -> int:
    """How many paths a cut leaves alone since they are waived."""
    asked = {target.fact for target in wanted}
    return sum(
        any(pair in spared and (not asked or pair[1] in asked) for pair in _ends([path]))
        for path in root.paths
        if path.answer.certain is sure
    )


def cuts_of(
    root: Scanned,
    config: Config,
    wanted: Collection[Target] = (),
    budget: float | None = None,
    edits: Edits | None = None,
) -> Iterator[tuple[Cut, bool]]:
    """The cut of what surely is, then what has to be changed besides for what cannot be told.

    What only paths of waived findings lead to is left out. With each, whether there was anything to
    say of it. With `edits` the changes are written there.
    """
    waived = {finding.path_id for finding in root.findings if finding.waiver}
    told = {path.id for path in root.paths if path.id not in waived}
    spared = _spared(root)
    stays = kept(root.estate, config.keep)
    done: frozenset[Concrete] = frozenset()
    for verdict in (Verdict.VIOLATED, Verdict.CANNOT_TELL):
        sure = verdict is Verdict.VIOLATED
        cutting = Cutting(root.estate, sure, costs(config), stays, done, large=True, spared=spared)
        made = cutting.cut(wanted) if budget is None else cutting.within(budget, wanted)
        named = {target.fact for target in wanted}
        pairs = [cutting.ways.pairs[goal] for goal in cutting.ways.goals]
        present = any(not named or target in named for _, target in pairs)
        points = chokes(cutting) if sure and not wanted else ()
        left = _left_out(root, spared, sure=sure, wanted=wanted)
        cut = replace(_plain(root, made, verdict, told, points, done, edits), waived=left)
        yield cut, bool(left) or (present and (sure or bool(cut.changes or cut.stuck)))
        done |= {stage.change for stage in made.stages}
        if budget is not None:
            return


def containing(
    root: Scanned, config: Config, breach: Breach, edits: Edits | None = None
) -> Iterator[Cut]:
    """What keeps more of a breach from following than lay with the thing itself: of what surely
    follows, then besides for what may."""
    stays = kept(root.estate, config.keep)
    done: frozenset[Concrete] = frozenset()
    for verdict in (Verdict.VIOLATED, Verdict.CANNOT_TELL):
        sure = verdict is Verdict.VIOLATED
        held = contain(breach, sure, costs(config), stays, done)
        made = replace(held.cut, stuck=held.stuck)
        cut = _plain(root, made, verdict, (), (), done, edits)
        if cut.changes or cut.stuck:
            yield cut
        done |= {stage.change for stage in made.stages}


def costs(config: Config) -> Mapping[Kind, float]:
    """What changes cost, those of pathwarden.yaml among them."""
    return {kind: config.costs.get(str(kind), cost) for kind, cost in COSTS.items()}


# ------------------------------------------------------------------------------ flows that stay


def kept(estate: Estate, flows: Iterable[Flow]) -> frozenset[Concrete]:
    """The changes that could break the way that a flow takes; none where an end is elsewhere."""
    breakable = Breakable(estate)
    edges = (edge for flow in flows for edge in _way(estate, flow))
    return frozenset(change for edge in edges for change in breakable.of(edge))


def missing(estates: Collection[Estate], flow: Flow) -> bool:
    """Whether no estate has a way for a flow, so that nothing is kept by it."""
    return not any(_way(estate, flow) for estate in estates)


def _way(estate: Estate, flow: Flow) -> list[Edge]:
    """The edges that a flow takes: directly, or through one balancer or role."""
    source, target = (_named(estate, end) for end in (flow.source, flow.target))
    if source is None or target is None:
        return []
    direct = _between(estate, source, target)
    through = (
        [*first, *second]
        for node in estate.index.nodes
        if isinstance(node, Balancer | Role)
        if (first := _between(estate, source, node.id))
        if (second := _between(estate, node.id, target))
    )
    return [*direct, *(edge for way in through for edge in way)]


def _between(estate: Estate, source: str, target: str) -> list[Edge]:
    data: Iterable[dict[str, Any]] = estate.graph.get_edge_data(source, target, default={}).values()
    return [edge_of(source, target, each) for each in data if each["relation"] in _FLOWS]


def _named(estate: Estate, text: str) -> str | None:
    """The graph's node that a text names."""
    if text == INTERNET:
        return INTERNET
    names = (n.id for n in estate.index.nodes if n.id in estate.graph and _called(n, text))
    return next(names, None)


def _called(node: Node, text: str) -> bool:
    return text in (node.id, node.name, str(node.arn), f"{node.source.type}.{node.name}")


# -------------------------------------------------------------------------------------- targets


def targets_named(estates: Collection[Estate], words: Iterable[str]) -> dict[int, list[Target]]:
    """The targets that words name in each estate, by its place: an address, a name, a class.

    Raises UsageProblem for a word that names none.
    """
    every = [list(targets(estate)) for estate in estates]
    found: dict[int, list[Target]] = {at: [] for at in range(len(every))}
    for word in words:
        hits = [(at, t) for at, each in enumerate(every) for t in each if word in _names(t)]
        hits = hits or [
            (at, t) for at, each in enumerate(every) for t in each if t.says.endswith(f" {word}")
        ]
        if not hits:
            known = {name for each in every for t in each for name in _names(t)}
            near = get_close_matches(word, sorted(known), 3)
            fix = f"did you mean {', '.join(near)}?" if near else "name a store or a class of data"
            raise UsageProblem(f"--target {word}: nothing worth stealing is called so", fix=fix)
        for at, target in hits:
            found[at].append(target)
    return found


def _names(target: Target) -> tuple[str, ...]:
    return target.fact.node, target.identity, target.kind, target.says


# -------------------------------------------------------------------------------- plain values


def _plain(
    root: Scanned,
    cut: found.Cut,
    verdict: Verdict,
    told: Collection[str],
    points: Sequence[Point] = (),
    done: Collection[Concrete] = (),
    edits: Edits | None = None,
) -> Cut:
    stages = [stage for stage in cut.stages if stage.change not in done]
    ended = _ended(root, [stage.ends for stage in stages], told)
    return Cut(
        root=root.directory,
        verdict=str(verdict),
        cost=cut.cost,
        bound=round(cut.bound, 6),
        proven=cut.proven,
        changes=tuple(
            _change(root, stage, ids, edits) for stage, ids in zip(stages, ended, strict=True)
        ),
        stuck=tuple(
            Stuck(each.entry.says, each.target.says, tuple(step.says for step in each.steps))
            for each in cut.stuck
        ),
        chokes=tuple(_choke(root, point, told) for point in points[:MOST_CHOKES]),
    )


def _change(root: Scanned, stage: found.Stage, ends: Sequence[str], edits: Edits | None) -> Change:
    proof = stage.change.proof
    file, line = spot(proof.place)
    return Change(
        says=stage.change.says,
        file=file,
        line=line,
        call=call_of(root, proof.resource),
        paths=tuple(ends),
        root=root.home(proof.resource),
        seen=seen_of(root, proof.resource),
        kind=str(stage.change.kind),
        cost=stage.cost,
        share=round(stage.share, 4),
        resource=proof.resource,
        edit=edits.write(stage.change) if edits else "",
    )


def _ended(
    root: Scanned, stages: Sequence[Sequence[AttackPath]], told: Collection[str]
) -> list[list[str]]:
    """The ids of the paths that each stage ends. One that stands for several ends with the last."""
    left = {path.id: set(map(_told_as, path.each)) for path in root.paths if path.id in told}
    ended = []
    for stage in stages:
        gone = set(map(_told_as, stage))
        touched = [name for name, ways in left.items() if ways & gone]
        for name in touched:
            left[name] -= gone
        ended.append(sorted(name for name in touched if not left[name]))
    return ended


def _told_as(path: AttackPath) -> object:
    return path.entry.fact, path.target.fact, path.techniques, path.answer.certain


def _choke(root: Scanned, point: Point, told: Collection[str]) -> Choke:
    label = str(root.estate.graph.nodes[point.node]["label"])
    (paths,) = _ended(root, [point.paths], told)
    return Choke(point.node, label, tuple(paths), round(point.share, 4))
