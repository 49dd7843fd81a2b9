"""Live accounts as what a scan reads: resources, gaps, coverage.

Input: a snapshot, or a directory of answers of the AWS CLI. Output: what evaluation gives of a root
module, and the coverage.
"""

from pathlib import Path

from graphs.resource import Resource
from graphs.verdict import Coverage
from scanner.cloud.described import Described, read_described
from scanner.cloud.shape import shaped
from scanner.cloud.snapshot import read_snapshot
from scanner.terraform.evaluate import Evaluated


def read_live(path: Path) -> tuple[Evaluated, tuple[Resource, ...], Coverage]:
    """What was seen; besides, all that there may be, and what of it was refused or not given.

    Raises CloudProblem for a snapshot that cannot be read.
    """
    given = Described(read_snapshot(path), ()) if path.is_file() else read_described(path)
    found = shaped(given.snapshot)
    read = Evaluated(
        directory=".",
        resources=tuple(r for r in found.resources if r.exists.certain),
        outputs={},
        gaps=(*given.gaps, *found.gaps),
        unknowns=(),
        comments=(),
        sources={},
    )
    return read, found.resources, found.coverage
