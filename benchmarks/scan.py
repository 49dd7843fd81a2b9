"""Times `pathwarden scan` as a whole process, and peers beside it.

    python benchmarks/scan.py PATH... [--peer 'NAME=COMMAND {path}']... [--runs 5] [--json]

Output: a table for each path: medians of wall time, processor time and peak memory, and the ratios
to Pathwarden's. How to read it is in README.md beside this file.
"""

import argparse
import json
import platform
import shlex
import sys
from pathlib import Path

from timing import OURS, as_json, as_table, in_turn


def main() -> int:
    """Measure what the command line asks for."""
    said = _parser().parse_args()
    try:
        results = {str(path): _measured(path, said) for path in said.paths}
    except (OSError, ValueError) as problem:
        print(f"scan.py: {problem}", file=sys.stderr)
        return 2
    if said.json:
        machine = f"{platform.machine()}, Python {platform.python_version()}"
        about = {"machine": machine, "runs": said.runs}
        paths = {path: as_json(found) for path, found in results.items()}
        print(json.dumps({**about, "paths": paths}, indent=2))
        return 0
    for path, found in results.items():
        print(f"\n{path}: medians of {said.runs}\n\n{as_table(found)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Time `pathwarden scan`, and peers beside it.")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="what to scan")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=COMMAND",
        help="another command, in which {path} stands for the path",
    )
    parser.add_argument("--runs", type=_positive, default=5, help="how many count; default 5")
    parser.add_argument("--warm-ups", type=int, default=1, help="before those; default 1")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    return parser


def _positive(text: str) -> int:
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def _measured(path: Path, said: argparse.Namespace) -> list:
    if not path.is_dir():
        raise ValueError(f"{path} is not a directory")
    commands = {"pathwarden": [*OURS, "scan", str(path), "--fail-on", "never"]}
    for peer in said.peer:
        name, equals, command = peer.partition("=")
        if not equals or not command.strip() or name in commands:
            raise ValueError(f"--peer {peer!r} is not NAME=COMMAND with a name of its own")
        commands[name] = [word.replace("{path}", str(path)) for word in shlex.split(command)]
    return in_turn(commands, said.runs, said.warm_ups, _tell)


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
