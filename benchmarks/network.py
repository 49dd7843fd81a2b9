"""Times the network engine on a generated estate, in seconds of the processor.

    python benchmarks/network.py [--instances 100000] [--vpcs 500] [--groups 2000] [--json]

Input: how large the estate is. Output: what each step took, and the peak of memory so far. Loaded
is an estate whose resources are lowered into nodes and whose services are grouped into classes; no
filter or route has been asked then. Exposure is exact: source ranges, protocols and ports of
everything that the internet reaches. A group is changed in a copy of the network, which keeps what
does not depend on it, and the classes that hold it are asked again what gets to them.
"""

import argparse
import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

HOME = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOME))

from estates import Size, estate  # noqa: E402

from graphs.build import lowered  # noqa: E402
from graphs.network.bitsets import members  # noqa: E402
from graphs.network.classes import Classes  # noqa: E402
from graphs.network.reach import Network  # noqa: E402
from graphs.nodes import SecurityGroup  # noqa: E402

T = TypeVar("T")
QUERIES = 5_000


def main() -> int:
    """Measure what the command line asks for."""
    said = _parser().parse_args()
    steps = Steps()
    resources = list(estate(Size(said.instances, said.vpcs, said.groups), said.seed))
    gc.set_threshold(200_000, 50, 100)  # as every command that reads an estate has it
    nodes = steps.take("nodes", lambda: lowered(resources).index())
    network = Network(nodes)
    steps.take("grouping into classes", network.group)
    steps.sum("load")
    gc.freeze()  # as every command has it that has read a large estate
    open_ = steps.take("internet exposure", lambda: list(network.exposed()))
    classes = network.pairs.family(4).possible
    reached = steps.take("all pairs of classes", lambda: _all_pairs(classes))
    asked = _pairs(said.seed, len(classes.zones))
    steps.take(f"{QUERIES} queries", lambda: [classes.between(*pair) for pair in asked])
    for way in ("ingress", "egress"):
        after = steps.take(f"one changed group ({way})", partial(_changed, network, said.seed, way))
        steps.take(f"exposure after it ({way})", lambda after=after: list(after.exposed()))
    about = {
        "resources": len(resources),
        "exposed services": sum(len(each.places) for each in open_),
        "classes": len(classes.zones),
        "pairs of classes that connect": reached,
    }
    print(
        json.dumps({**about, "steps": steps.taken}, indent=2) if said.json else _text(about, steps)
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Time the network engine on a generated estate.")
    parser.add_argument("--instances", type=int, default=Size().instances)
    parser.add_argument("--vpcs", type=int, default=Size().vpcs)
    parser.add_argument("--groups", type=int, default=Size().groups)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser


class Steps:
    """What each step took: seconds of the processor, and peak megabytes at its end."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, float]] = {}

    def take(self, name: str, step: Callable[[], T]) -> T:
        """Do a step and write down what it took."""
        begun = time.process_time()
        result = step()
        spent = time.process_time() - begun
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        scale = 1024 * 1024 if sys.platform == "darwin" else 1024
        self.taken[name] = {"cpu": round(spent, 4), "memory_mb": round(kilobytes / scale)}
        return result

    def sum(self, name: str) -> None:
        """Write down what all steps so far took together."""
        spent = sum(each["cpu"] for each in self.taken.values())
        last = [each["memory_mb"] for each in self.taken.values()][-1]
        self.taken[name] = {"cpu": round(spent, 4), "memory_mb": last}


def _all_pairs(classes: Classes) -> int:
    return sum(classes.sources(goal).bit_count() for goal in range(len(classes.zones)))


def _changed(network: Network, seed: int, way: str) -> Network:
    """The network with a group that has one rule less, and all that gets to its classes."""
    groups = [group for group in network.nodes.of(SecurityGroup) if len(getattr(group, way)) > 0]
    old = Random(seed).choice(groups)
    after = network.after(replace(old, **{way: getattr(old, way)[1:]}))
    classes = after.pairs.family(4).possible
    for goal in members(classes.admitting.holders.get(old.id, 0)):
        classes.sources(goal)
    return after


def _pairs(seed: int, classes: int) -> list[tuple[int, int]]:
    dice = Random(seed)
    return [(dice.randrange(classes), dice.randrange(classes)) for _ in range(QUERIES)]


def _text(about: dict[str, int], steps: Steps) -> str:
    lines = [f"{what}: {number:,}" for what, number in about.items()]
    lines += ["", "| step | CPU s | peak MB |", "|---|---|---|"]
    lines += [f"| {n} | {t['cpu']:.3f} | {t['memory_mb']} |" for n, t in steps.taken.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
