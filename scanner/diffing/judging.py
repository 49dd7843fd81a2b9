"""Scans both sides by the rules of one of them, and reads what they share only once.

Input: two sides, and how to scan. Output: each side with its result, and with its estates unless it
is a result file. Policy, scope, sites, classes and costs are those of the base: who writes a change
does not write its verdict.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graphs.estate import Estate
from rules.api import Rule
from scanner.config import NAME, Config, config_in, find_config, found_in, load_config
from scanner.diffing.revisions import Revision
from scanner.diffing.sides import Side, Sides
from scanner.diffing.unchanged import Footprints
from scanner.errors import PathwardenError, TreeProblem
from scanner.estates import Request, estates
from scanner.owners import owned_by
from scanner.pipeline import judged, told, waived
from scanner.reports.json import read_result
from scanner.result import Result
from scanner.terraform.definitions import sources
from scanner.terraform.evaluate import Evaluated
from scanner.terraform.likeness import alike
from scanner.terraform.syntax import File
from scanner.tree import Directory, Tree
from scanner.views import Scanned
from scanner.waivers.settling import admitted, waivers_of
from scanner.waivers.waiver import Waiver

Select = Callable[[Config], tuple[Rule, ...]]


@dataclass(frozen=True)
class Judged:
    """A side with what a scan says of it, and its estates, none for a result file."""

    side: Side
    result: Result
    scanned: tuple[Scanned, ...] = ()

    @property
    def secrets(self) -> set[str]:
        """What Terraform holds sensitive in it."""
        return {text for each in self.scanned for text in each.evaluated.secrets}


def policy(sides: Sides, given: Path | None) -> Config:
    """The settings by which both sides are judged: those given, else those of the base."""
    base = sides.base
    if base.is_result and given is None:
        return Config()
    if given is None and base.revision is not None:
        tree, home = _whole(base.revision)
        return config_in(tree, home)
    return load_config(base.path, given)


def waivers_of_head(sides: Sides, config: Config, given: Path | None) -> tuple[Waiver, ...]:
    """The waivers in the settings of the head. Whether one counts, the base decides.

    Where they cannot be read, they are those of the base.
    """
    if given is not None or sides.head.is_result:
        return config.waivers
    try:
        return policy(Sides(sides.head, sides.head), None).waivers
    except PathwardenError:
        return config.waivers


def policy_text(side: Side) -> str:
    """The text of the settings that stand beside a side; "" where there are none."""
    try:
        if side.revision is not None:
            tree, home = _whole(side.revision)
            at = found_in(tree, home)
            return "" if at is None else tree.read_text(_join(at))
        found = find_config(side.path if side.path.is_dir() else side.path.parent)
        return Directory(found[0]).read_text(_join(found[1])) if found else ""
    except PathwardenError as problem:
        return f"(cannot be read: {problem.message})"


def _join(home: str) -> str:
    return NAME if home == "." else f"{home}/{NAME}"


def _whole(revision: Revision) -> tuple[Tree, str]:
    """The whole of a revision, and the way from its top to the directory that is compared."""
    return revision.whole, revision.repository.prefix or "."


def both(
    sides: Sides, request: Request, select: Select, waivers: tuple[Waiver, ...]
) -> tuple[Judged, Judged]:
    """Both sides, judged alike. `request` says how to read them, with the settings that count, and
    `waivers` are those in the settings of the head."""
    if sides.base.is_result:
        first, second = (Judged(s, read_result(s.path)) for s in (sides.base, sides.head))
        return first, second
    parsed: dict[str, File] = {}
    asked = replace(request, rules=select(request.config), parsed=parsed)
    footprints = Footprints()
    base = _base(sides.base, asked, footprints)
    return base, _head(sides.head, asked, base, footprints, waivers)


def _base(side: Side, asked: Request, footprints: Footprints) -> Judged:
    tree = _tree(side)
    request = replace(asked, path=side.path, lacking=frozenset({"told"}))
    if tree is not None:
        request = replace(
            request, tree=footprints.watched(tree), progress=footprints.following(asked.progress)
        )
    return _settled(side, request, [judged(read, request) for read in estates(request)])


def _head(
    side: Side,
    asked: Request,
    base: Judged,
    footprints: Footprints,
    waivers: tuple[Waiver, ...],
) -> Judged:
    """The head; of what is the same there, the base's own estates and findings are taken."""
    read, config = (each.evaluated for each in base.scanned), asked.config
    allowed = waivers_of(read, config.waivers, config.waiving.foreign)
    same = footprints.unchanged(base.scanned, _tree(base.side), _tree(side))
    known = _Known(base.scanned)
    request = replace(
        asked,
        config=replace(asked.config, waivers=waivers),
        admitted=admitted(allowed),
        path=side.path,
        tree=_tree(side),
        lacking=frozenset({"roots"}),
        known=known.estate,
    )
    # What nobody declares of --var is told where the head is read.
    if not request.told and footprints.all_same(base.scanned, _tree(base.side), _tree(side)):
        return _settled(side, request, [_unmarked(each) for each in base.scanned])
    here: set[str] = set()

    def choose(found: Sequence[str]) -> Sequence[str]:
        here.update(found)
        return [each for each in found if each not in same]

    reads = list(estates(request, choose))
    fresh = [known.taken.get(id(read.estate)) or judged(read, request) for read in reads]
    read_again = {part.name for each in fresh for part in each.parts}
    kept = [e for e in base.scanned if e.evaluated.directory in same & here]
    kept = [each for each in kept if each.directory not in read_again]
    unmarked = [_unmarked(each) for each in kept]
    scanned = sorted((*fresh, *unmarked), key=lambda each: each.directory)
    return _settled(side, request, scanned)


def _unmarked(each: Scanned) -> Scanned:
    """An estate of the base, before what is waived there was marked."""
    return replace(each, findings=tuple(replace(f, waiver=None) for f in each.findings))


@dataclass
class _Known:
    """The estates of the base by name; `taken` are those that the head has as well."""

    base: tuple[Scanned, ...]
    taken: dict[int, Scanned] = field(default_factory=dict)

    def estate(self, read: Evaluated) -> Estate | None:
        """The estate of what the base says as well, line numbers aside."""
        for each in self.base:
            if each.directory == read.name and alike(each.evaluated, read):
                self.taken[id(each.estate)] = _unmarked(each)
                return each.estate
        return None


def _tree(side: Side) -> Tree | None:
    """The files of a side; None of what is no directory of Terraform, and read as a scan does."""
    if side.tree is not None or not side.path.is_dir():
        return side.tree
    tree = Directory(side.path)
    return tree if any(_holds_sources(tree, each) for each in tree.walk()) else None


def _holds_sources(tree: Tree, directory: str) -> bool:
    """Whether there is configuration; a directory that cannot be listed may well hold some."""
    try:
        return bool(sources(tree.files(directory)))
    except TreeProblem:
        return True


def _settled(side: Side, request: Request, scanned: Sequence[Scanned]) -> Judged:
    """A side with what it waives marked, and what it says."""
    marked, rulings = waived(scanned, request)
    if side.revision is not None:
        request = replace(request, owned=owned_by(*_whole(side.revision)))
    result = told(request, marked, rulings, lacking=side.gaps)
    return Judged(side, result, tuple(marked))
