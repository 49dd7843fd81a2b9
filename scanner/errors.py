"""What can go wrong, as one tree. Raised with a place and what to do; caught at the edges only.

    PathwardenError
    ├── UsageProblem        the command line asks for something impossible    exit 2
    ├── ConfigProblem       pathwarden.yaml does not say what it means        exit 2
    ├── CloudProblem        an account, a region or a snapshot cannot be read exit 2
    ├── DocumentProblem     a plan or a state of terraform cannot be read     exit 2
    ├── PeerProblem         another scanner cannot be installed               exit 2
    ├── TreeProblem         a file is outside the root, missing or unreadable
    ├── SyntaxProblem       a file is not valid Terraform
    ├── ValueProblem        a value does not have, or convert to, the type wanted
    ├── FunctionProblem     a Terraform function refuses its arguments
    └── EvaluationProblem   an expression has no value

The first five end the run. The others are about one item of the input: whoever reads that item
catches them and records a Gap.
"""

from typing import ClassVar

from graphs.unknown import Place


class PathwardenError(Exception):
    """Any problem of ours. `place` is where it stands, `fix` what to do about it."""

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, place: Place | None = None, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.fix = fix

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.message}" + (f" ({self.fix})" if self.fix else "")


class UsageProblem(PathwardenError):
    """The command line asks for something impossible."""


class ConfigProblem(PathwardenError):
    """The configuration does not say what it means."""


class CloudProblem(PathwardenError):
    """An account, one of its regions, or a snapshot of them cannot be read at all."""


class DocumentProblem(PathwardenError):
    """A plan or a state of terraform is damaged, too large, or of another version."""


class PeerProblem(PathwardenError):
    """Another scanner, which runs beside ours, cannot be installed or removed."""


class TreeProblem(PathwardenError):
    """A file or directory is outside the root, missing, too large or unreadable."""


class SyntaxProblem(PathwardenError):
    """A file is not valid Terraform. Lines and columns count from 1; 0 is not known."""

    def __init__(
        self, message: str, file: str = "", line: int = 0, column: int = 0, fix: str = ""
    ) -> None:
        super().__init__(message, Place(file, line, line) if file else None, fix)
        self.file = file
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ValueProblem(PathwardenError):
    """A value does not have, or convert to, the type that is wanted."""


class FunctionProblem(PathwardenError):
    """A Terraform function refuses its arguments."""


class EvaluationProblem(PathwardenError):
    """An expression has no value: terraform would stop here with an error."""
