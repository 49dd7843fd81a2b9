"""Files that the command line names: what a person points at, which may still be anything.

A pipe will do, since shells hand over what a command prints as one. What never ends will not.
"""

import json
from pathlib import Path
from typing import Any, Final

from scanner.errors import UsageProblem

MAX_BYTES: Final = 128 << 20


def read_given(path: Path, most: int = MAX_BYTES) -> bytes:
    """The content of a file of up to `most` bytes. Raises UsageProblem."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as problem:
        raise UsageProblem(f"{path} cannot be read: {problem.strerror}") from None
    if len(content) > most:
        raise UsageProblem(f"{path} is larger than {most >> 20} MiB")
    return content


def read_given_json(path: Path) -> Any:
    """The JSON in a file. Raises UsageProblem."""
    try:
        return json.loads(read_given(path))
    except (ValueError, RecursionError):
        raise UsageProblem(f"{path} is not JSON") from None
