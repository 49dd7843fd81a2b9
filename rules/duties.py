"""Control objectives, and the frameworks whose requirements ask for them.

Input: objectives.yaml and frameworks/*.yaml. Output: frozen values. It says nothing about whether
a requirement is met; that takes an estate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from graphs.tables import table


@dataclass(frozen=True, slots=True)
class Objective:
    """What rules serve and requirements ask for; `asks` is one sentence."""

    id: str
    title: str
    asks: str


class Checkable(StrEnum):
    """How much of a requirement can be seen in infrastructure.

    PARTLY: some of it is a policy, an interview or a record, which no software sees.
    """

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One numbered duty, titled in our own words.

    `kind` is what the framework calls it where it tells several kinds apart: HIPAA's standards and
    its required and addressable specifications, NIST's controls and enhancements. `cites` names
    where others say the same, by number.
    """

    number: str
    title: str
    objectives: tuple[str, ...]
    checkable: Checkable
    kind: str = ""
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Framework:
    """One edition of a framework. `source` is where its text can be read."""

    id: str
    name: str
    edition: str
    source: str
    requirements: tuple[Requirement, ...]

    def requirement(self, number: str) -> Requirement | None:
        """The requirement with this number."""
        return next((each for each in self.requirements if each.number == number), None)


@cache
def objectives() -> Mapping[str, Objective]:
    """All control objectives by id, in order of writing."""
    content = table("rules", "objectives.yaml")
    return {key: Objective(key, each["title"], each["asks"]) for key, each in content.items()}


@cache
def frameworks() -> tuple[Framework, ...]:
    """Every framework edition, in order of id."""
    there = files("rules").joinpath("frameworks").iterdir()
    names = sorted(f.name for f in there if f.name.endswith(".yaml"))
    return tuple(
        _framework(name.removesuffix(".yaml"), table("rules", "frameworks", name)) for name in names
    )


def framework(framework_id: str) -> Framework | None:
    """The framework edition with this id, such as `pci-dss-4.0.1`."""
    return next((each for each in frameworks() if each.id == framework_id), None)


def _framework(name: str, content: Mapping[str, Any]) -> Framework:
    requirements = tuple(_requirement(n, each) for n, each in content["requirements"].items())
    return Framework(name, content["name"], content["edition"], content["source"], requirements)


def _requirement(number: str, content: Any) -> Requirement:
    return Requirement(
        number,
        content["title"],
        objectives=tuple(content.get("objectives", ())),
        checkable=Checkable(content["checkable"]),
        kind=content.get("kind", ""),
        cites=tuple(content.get("cites", ())),
    )
