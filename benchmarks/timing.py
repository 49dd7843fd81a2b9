"""Times whole processes in turn, and tells medians, ratios and peak memory.

Input: commands. Output: measurements. A process is timed from its start to its end, as whoever
waits for it would; its memory is the most that it, or a process of its own, ever had at once, and
never reads less than what this script takes itself, some 15 MB.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
OURS = (sys.executable, "-c", "from scanner.startup import main; main()")


@dataclass(frozen=True)
class Run:
    """One run of a command: seconds by the clock, seconds of the processor, peak megabytes."""

    wall: float
    cpu: float
    memory: float
    code: int


@dataclass
class Measured:
    """A command with all of its runs."""

    name: str
    runs: list[Run] = field(default_factory=list)

    def median(self, what: str) -> float:
        """The middle of wall, cpu or memory."""
        return statistics.median(getattr(run, what) for run in self.runs)

    @property
    def codes(self) -> str:
        """The exit codes that came up: a command that fails early is quick for nothing."""
        return ", ".join(sorted({str(run.code) for run in self.runs}))


def run(command: Sequence[str]) -> Run:
    """Run a command to its end and throw its output away. Raises OSError where it cannot start."""
    environment = os.environ | {"PYTHONPATH": str(HOME)} if command[: len(OURS)] == OURS else None
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    kilobytes = used.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return Run(wall, used.ru_utime + used.ru_stime, kilobytes / 1024, process.returncode)


def in_turn(
    commands: dict[str, Sequence[str]],
    runs: int,
    warm_ups: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Measured]:
    """Run commands A B A B ..., so that what else the machine does falls on all of them alike."""
    found = [Measured(name) for name in commands]
    for number in range(-warm_ups, runs):
        for each in found:
            tell(f"{each.name}, {f'run {number + 1} of {runs}' if number >= 0 else 'to warm up'}")
            done = run(commands[each.name])
            if number >= 0:
                each.runs.append(done)
    return found


def as_json(found: Sequence[Measured]) -> list[dict[str, object]]:
    """Medians, their ratio to the first command's, and every run."""
    return [
        {
            "name": each.name,
            "wall": round(each.median("wall"), 3),
            "cpu": round(each.median("cpu"), 3),
            "memory_mb": round(each.median("memory"), 1),
            "wall_ratio": round(each.median("wall") / found[0].median("wall"), 2),
            "memory_ratio": round(each.median("memory") / found[0].median("memory"), 2),
            "exit_codes": each.codes,
            "walls": [round(run.wall, 3) for run in each.runs],
        }
        for each in found
    ]


def as_table(found: Sequence[Measured]) -> str:
    """The same as a Markdown table."""
    first = found[0]
    lines = [
        "| command | wall s | least to most | CPU s | peak MB | wall ratio | memory ratio | exit |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in found:
        walls = sorted(run.wall for run in each.runs)
        cells = (
            each.name,
            f"{each.median('wall'):.2f}",
            f"{walls[0]:.2f} to {walls[-1]:.2f}",
            f"{each.median('cpu'):.2f}",
            f"{each.median('memory'):.0f}",
            f"{each.median('wall') / first.median('wall'):.1f}",
            f"{each.median('memory') / first.median('memory'):.1f}",
            each.codes,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
