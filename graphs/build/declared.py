"""What the user declares beside the code, because neither Terraform nor AWS knows it."""

from dataclasses import dataclass

from graphs.estate import DeclaredEntry
from graphs.unknown import Place


@dataclass(frozen=True, slots=True)
class DeclaredSite:
    """An on-premises location: its prefixes and the gateways (by address) that it is behind."""

    name: str
    country: str
    prefixes: tuple[str, ...]
    behind: tuple[str, ...]
    people: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class DeclaredOutsider:
    """A third party's AWS account, by name."""

    account: str
    name: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class DataRule:
    """Gives a data class to the resources whose address matches a glob."""

    match: str
    data_class: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything declared for one estate."""

    sites: tuple[DeclaredSite, ...] = ()
    outsiders: tuple[DeclaredOutsider, ...] = ()
    data: tuple[DataRule, ...] = ()
    entries: tuple[DeclaredEntry, ...] = ()
    runs_terraform: str = ""
    """The role that runs Terraform, by address or ARN, where no provider says it."""
