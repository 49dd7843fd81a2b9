"""Times `pathwarden diff` over consecutive commits: `python benchmarks/diff.py CLONE --pairs 50`.

Output: a line for each pair whose exit code is not 0, 1 or 3, then medians of wall and CPU seconds.
Nothing of the clone is checked out. A bare clone will do.
"""

import argparse
import statistics
import subprocess
import sys
from itertools import pairwise

from timing import OURS, Run, run

ANSWERED = (0, 1, 3)


def main() -> int:
    """Measure, and say whether every pair was answered."""
    parser = argparse.ArgumentParser(description="Time `pathwarden diff` over a history.")
    parser.add_argument("clone", help="a git repository")
    parser.add_argument("--pairs", type=int, default=50, help="how many; default 50")
    parser.add_argument("--head", default="HEAD", help="the last commit; default HEAD")
    said = parser.parse_args()
    asked = ("git", "-C", said.clone, "rev-list", "--first-parent", f"-n{said.pairs + 1}")
    listed = subprocess.run([*asked, said.head, "--"], check=True, capture_output=True, text=True)
    commits = listed.stdout.split()[::-1]
    found: list[Run] = []
    for base, head in pairwise(commits):
        done = run([*OURS, "diff", base, head, "--on", said.clone])
        found.append(done)
        if done.code not in ANSWERED:
            print(f"{base} {head} ended with {done.code}")
    walls, cpus = [each.wall for each in found], [each.cpu for each in found]
    print(
        f"{len(found)} pairs: median {statistics.median(walls):.2f} s, "
        f"{min(walls):.2f} to {max(walls):.2f}; median CPU {statistics.median(cpus):.2f} s"
    )
    return int(any(each.code not in ANSWERED for each in found))


if __name__ == "__main__":
    sys.exit(main())
