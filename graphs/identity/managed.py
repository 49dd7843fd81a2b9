"""What AWS's managed policies say: managed.txt, of which only the lines asked for are read.

docs/schema/managed.py makes the table and tells its form. Facts only: AWS changes these policies,
so each comes with the version and the day it is from.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """A managed policy's statements, as JSON elements by name; `day` is that of its version."""

    name: str
    version: str
    day: str
    statements: tuple[Mapping[str, object], ...]


@cache
def managed_policy(arn: str) -> ManagedPolicy | None:
    """The policy of this ARN; None where the table has none.

    A path that is not the policy's own is forgiven: `policy/service-role/` is often left out.

    >>> managed_policy("arn:aws:iam::aws:policy/AdministratorAccess").version
    'v1'
    """
    name = arn.rpartition("/")[2]
    line = _line(name)
    if line is None or ":iam::aws:policy/" not in arn:
        return None
    _, _, version, day, statements = line.split("\t")
    return ManagedPolicy(name, version, day, tuple(json.loads(statements)))


def arn_called(name: str) -> str | None:
    """The ARN of the policy of this name, with its path.

    >>> arn_called("AWSLambdaBasicExecutionRole")
    'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
    """
    line = _line(name)
    return None if line is None else "arn:aws:iam::aws:policy" + line.split("\t")[1] + name


def as_of() -> str:
    """The day of the newest policy of the table."""
    table = _table()
    return table[: table.find(b"\n")].decode().split("\t")[1]


def names() -> tuple[str, ...]:
    """The policies of the table."""
    return tuple(line.partition(b"\t")[0].decode() for line in _table().splitlines()[1:])


@cache
def _table() -> bytes:
    return files("graphs.identity").joinpath("managed.txt").read_bytes()


def _line(name: str) -> str | None:
    """The line of a policy; the table is never split as a whole, which would cost more."""
    table = _table()
    start = table.find(f"\n{name}\t".encode())
    if start < 0 or not name:
        return None
    end = table.find(b"\n", start + 1)
    return table[start + 1 : None if end < 0 else end].decode()
