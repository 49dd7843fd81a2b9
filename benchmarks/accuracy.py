"""Compares what Pathwarden computes of root modules with terraform's own plan of them.

    python benchmarks/accuracy.py DIR... [--modules DIR] [--wrong 20] [--json]

Output: for each directory the roots that terraform could plan, the addresses that both have, and
the scalars that terraform knows and we have equally. Needs terraform and grpcio (of the development
dependencies), and nothing from the network: a stand-in has the schema of the AWS provider. What is
compared, and what is left out, is in README.md beside this file.
"""

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scanner.terraform.evaluate import evaluate_root
from scanner.terraform.roots import find_roots
from scanner.tree import Directory
from tests.oracle.answers import ELSEWHERE
from tests.oracle.compare import Comparison, compare, planned
from tests.oracle.plan import REGION, NotPlanned, missing, plan
from tests.oracle.rewrite import copied, made_root
from tests.oracle.usage import Usage, used

_FILE = re.compile(r'(?:no file exists at "|failed: open )([^":]+)"?(?:;|: no such file)')
NAMESPACE = "terraform-aws-modules"
_SOURCE = re.compile(rf'"({NAMESPACE}/[^/"]+/aws)')


@dataclass
class Total:
    """All root modules of one directory."""

    name: str
    roots: int = 0
    left_out: dict[str, str] = field(default_factory=dict)
    expected: int = 0
    matched: int = 0
    extra: int = 0
    leaves: Counter[str] = field(default_factory=Counter)
    alone: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, root: str, found: Comparison) -> None:
        """One root module more."""
        self.expected += len(found.expected)
        self.matched += found.matched
        self.extra += len(found.ours - found.expected)
        self.leaves += found.counts
        self.alone += found.alone
        self.wrong += [f"{root}: {each}" for each in found.wrong]

    @property
    def known(self) -> int:
        """The scalars that terraform knows."""
        return sum(self.leaves.values()) - self.leaves["apart"]


def main() -> int:
    """Compare what the command line asks for."""
    said = _parser().parse_args()
    if why := missing():
        print(f"accuracy.py: {why}", file=sys.stderr)
        return 2
    totals = [_compared(path, said.modules) for path in said.paths]
    if said.json:
        print(json.dumps([vars(each) for each in totals], indent=2))
        return 0
    print(_table(totals))
    for total in totals:
        _print_details(total, said.wrong)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compare root modules with terraform's plan.")
    parser.add_argument("paths", nargs="+", type=_directory, metavar="DIR", help="a repository")
    parser.add_argument(
        "--modules",
        type=_directory,
        metavar="DIR",
        help=f"where the repositories of {NAMESPACE} are, called terraform-aws-NAME",
    )
    parser.add_argument("--wrong", type=int, default=0, help="how many differences to print")
    parser.add_argument("--json", action="store_true", help="print JSON, all differences in it")
    return parser


def _directory(text: str) -> Path:
    path = Path(text).resolve()
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is not a directory")
    return path


def _compared(path: Path, modules: Path | None) -> Total:
    """All roots of a repository, in a copy of it."""
    total = Total(path.name)
    with tempfile.TemporaryDirectory(prefix="accuracy") as scratch:
        top = Path(scratch).resolve()
        _copy(path, modules, top)
        usage = used(top)
        for root in _roots(top / path.name):
            total.roots += 1
            made_root(top / path.name / root)
            try:
                shown = _planned(top / path.name / root, usage, top)
            except NotPlanned as problem:
                total.left_out[root] = str(problem)
                continue
            # Where the copy stands is nobody's business; a text with it is set apart.
            shown = json.loads(json.dumps(shown).replace(str(top), ELSEWHERE))
            where = f"{path.name}/{root}"
            found = evaluate_root(Directory(top), where, environ={"AWS_REGION": REGION})
            total.add(root, compare(planned(shown), found))
            _tell(f"{path.name}: {total.roots} roots")
    return total


def _copy(path: Path, modules: Path | None, top: Path) -> None:
    """Copy a repository, and those of the modules that it calls, and they in turn."""
    present = {
        f"{NAMESPACE}/{each.name.removeprefix('terraform-aws-')}/aws": each
        for each in (modules.glob("terraform-aws-*/") if modules else ())
    }
    registry = {source: top / each.name for source, each in present.items()}
    wanted = [path]
    for each in wanted:
        copied(each, top / each.name, registry)
        called = _SOURCE.findall("".join(file.read_text() for file in each.rglob("*.tf")))
        found = {present[source] for source in called if source in present}
        wanted += sorted(found - set(wanted))


def _planned(root: Path, usage: Usage, top: Path, tries: int = 8) -> dict[str, Any]:
    """The plan of a root module. A file of whoever runs it, such as a public key, is made up."""
    try:
        return plan(root, usage)
    except NotPlanned as problem:
        missing_file = _FILE.search(str(problem))
        path = (root / missing_file[1]).resolve() if missing_file else None
        if path is None or top not in path.parents or path.exists() or not tries:
            raise
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("made up\n")
    return _planned(root, usage, top, tries - 1)


def _roots(repository: Path) -> Iterator[str]:
    for root in find_roots(Directory(repository)):
        yield root.directory


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _table(totals: list[Total]) -> str:
    heads = "repository|roots planned|addresses|only ours|scalars equal"
    heads += "|different|unknown|missing|set apart|known to us alone"
    lines = [f"| {heads.replace('|', ' | ')} |", "|---" * (heads.count("|") + 1) + "|"]
    for each in totals:
        leaves = each.leaves
        cells = (
            each.name,
            f"{each.roots - len(each.left_out)} of {each.roots}",
            f"{each.matched} of {each.expected}",
            str(each.extra),
            f"{leaves['equal']} of {each.known} ({_percent(leaves['equal'], each.known)})",
            *(str(leaves[name]) for name in ("different", "unknown", "missing", "apart")),
            str(each.alone),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def _print_details(total: Total, wrong: int) -> None:
    for root, why in total.left_out.items():
        print(f"left out: {total.name}/{root}: {why[:200]}")
    for each in total.wrong[:wrong]:
        print(each[:400])


if __name__ == "__main__":
    sys.exit(main())
