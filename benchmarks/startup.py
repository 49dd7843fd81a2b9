"""Times what `pathwarden --version` costs beside importing click: `python benchmarks/startup.py`.

Output: a table, and on the last line how many milliseconds the first costs more than the second.
The budget is 50.
"""

import argparse
import sys

from timing import OURS, as_table, in_turn

BUDGET = 50


def main() -> int:
    """Measure, and say whether the budget holds."""
    parser = argparse.ArgumentParser(description="Time `pathwarden --version`.")
    parser.add_argument("--runs", type=int, default=21, help="how many count; default 21")
    commands = {
        "import click": [sys.executable, "-c", "import click"],
        "pathwarden --version": [*OURS, "--version"],
        "python alone": [sys.executable, "-c", "pass"],
    }
    found = in_turn(commands, max(1, parser.parse_args().runs))
    more = 1000 * (found[1].median("wall") - found[0].median("wall"))
    print(as_table(found))
    print(f"\n--version costs {more:.0f} ms more than import click; the budget is {BUDGET}")
    return int(more > BUDGET)


if __name__ == "__main__":
    sys.exit(main())
