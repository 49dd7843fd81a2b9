"""Times the parsers side by side: `python benchmarks/parse.py PATH`.

Input: a directory; all its .tf files are read before the clock starts. Output: for each parser the
megabytes per second of the processor, the best of several runs in turn, and the files it refuses.
The garbage collector is off, as it is in effect during a scan. The budget is 8 MB per CPU second.
"""

import argparse
import gc
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scanner.errors import SyntaxProblem
from scanner.terraform import syntax
from scanner.terraform.syntax import hcl2_syntax

BUDGET = 8.0
Parse = Callable[[str, str], object]


@dataclass
class Parser:
    """A parser with the CPU seconds of its best run and the files that it refuses."""

    name: str
    parse: Parse
    seconds: float = float("inf")
    refused: int = 0

    def run(self, texts: Sequence[tuple[str, str]]) -> None:
        """Read all the texts once."""
        self.refused = 0
        gc.disable()
        begun = time.process_time()
        for text, name in texts:
            try:
                self.parse(text, name)
            except SyntaxProblem:
                self.refused += 1
        self.seconds = min(self.seconds, time.process_time() - begun)
        gc.enable()
        gc.collect()


def python_hcl2(text: str, _: str) -> object:
    """python-hcl2's own dictionaries, as its users read files."""
    import hcl2
    from lark.exceptions import LarkError

    try:
        return hcl2.loads(text)
    except LarkError as problem:
        raise SyntaxProblem(str(problem)) from None


def texts_below(root: Path) -> list[tuple[str, str]]:
    """The .tf files of a directory that are UTF-8."""
    found = []
    for path in sorted(root.rglob("*.tf")):
        if path.is_file():
            found.append((path.read_text("utf-8", errors="replace"), str(path)))
    return found


def main() -> int:
    """Measure, and say whether the budget holds."""
    parser = argparse.ArgumentParser(description="Time the parsers.")
    parser.add_argument("path", type=Path)
    parser.add_argument("--runs", type=int, default=5, help="runs of Pathwarden's; default 5")
    parser.add_argument("--slow-runs", type=int, default=1, help="runs of the others; default 1")
    asked = parser.parse_args()
    texts = texts_below(asked.path)
    size = sum(len(text.encode()) for text, _ in texts) / 1e6
    ours = Parser("pathwarden", syntax.parse)
    others = [
        Parser("--parser python-hcl2", hcl2_syntax.parse),
        Parser("hcl2.loads", python_hcl2),
    ]
    for number in range(max(asked.runs, asked.slow_runs)):
        for each in (ours, *others):
            if number < (asked.runs if each is ours else asked.slow_runs):
                each.run(texts)
    print(f"{len(texts)} files, {size:.2f} MB\n")
    print("| parser | CPU s | MB per CPU s | ratio | files refused |\n|---|---|---|---|---|")
    for each in (ours, *others):
        ratio = each.seconds / ours.seconds
        rate = size / each.seconds
        print(f"| {each.name} | {each.seconds:.2f} | {rate:.2f} | {ratio:.1f} | {each.refused} |")
    print(f"\nthe budget is {BUDGET} MB per CPU second")
    return int(size / ours.seconds < BUDGET)


if __name__ == "__main__":
    sys.exit(main())
