"""A snapshot as what a scan reads: resources, gaps, coverage.

Input: a snapshot file. Output: what evaluation gives of a root module, and the coverage.
"""

from pathlib import Path

from graphs.verdict import Coverage
from scanner.cloud.shape import shaped
from scanner.cloud.snapshot import read_snapshot
from scanner.terraform.evaluate import Evaluated


def read_live(path: Path) -> tuple[Evaluated, Coverage]:
    """The resources of a snapshot, with what was refused."""
    found = shaped(read_snapshot(path))
    read = Evaluated(
        directory=".",
        resources=found.resources,
        outputs={},
        gaps=found.gaps,
        unknowns=(),
        comments=(),
        sources={},
    )
    return read, found.coverage
