"""A snapshot as what a scan reads: resources, gaps, coverage.

Input: a snapshot file. Output: what evaluation gives of a root module, and the coverage.
"""

from pathlib import Path

from graphs.resource import Resource
from graphs.verdict import Coverage
from scanner.cloud.shape import shaped
from scanner.cloud.snapshot import read_snapshot
from scanner.terraform.evaluate import Evaluated


def read_live(path: Path) -> tuple[Evaluated, tuple[Resource, ...], Coverage]:
    """What was seen in a snapshot; besides, all that it may hold, and what of it was refused."""
    found = shaped(read_snapshot(path))
    read = Evaluated(
        directory=".",
        resources=tuple(r for r in found.resources if r.exists.certain),
        outputs={},
        gaps=found.gaps,
        unknowns=(),
        comments=(),
        sources={},
    )
    return read, found.resources, found.coverage
