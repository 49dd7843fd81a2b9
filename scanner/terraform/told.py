"""What terraform's command line would say of variables."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Var:
    """One --var: a variable and the text that it is set to."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class VarFile:
    """One --var-file, beside the root module or from the scanned directory."""

    path: str


Told: TypeAlias = Var | VarFile
"""Of several, in the order of the command line, the later wins."""
