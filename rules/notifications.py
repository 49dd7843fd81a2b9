"""Duties to notify of an incident, and which of them what was reached may set running.

Input: notifications.yaml; classes of data that were reached, countries. Output: frozen values. It
never says that a law applies: whose data they are and what one's company is no estate tells.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphs.tables import table


@dataclass(frozen=True, slots=True)
class Stage:
    """Within which time, counted from when, to say what."""

    within: str
    clock: str
    what: str


@dataclass(frozen=True, slots=True)
class Notification:
    """A duty to notify `whom`. No classes: it is about the incident as a whole; no countries: it
    holds anywhere. `company`: it hangs foremost on what one's company is."""

    id: str
    law: str
    cites: tuple[str, ...]
    whom: str
    classes: frozenset[str]
    countries: frozenset[str]
    company: bool
    stages: tuple[Stage, ...]
    assumes: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A duty that may have begun: `indicated` where both the data and a country speak for it, else
    open. `classes` and `countries` are what speaks for it."""

    duty: Notification
    indicated: bool
    classes: frozenset[str]
    countries: frozenset[str]


@cache
def notifications() -> tuple[Notification, ...]:
    """All duties to notify, in the order of the file."""
    content = _content()
    return tuple(_notification(row, content["countries"]) for row in content["duties"])


def country_of(region: str) -> str:
    """The country of a region of AWS; "" where the table has none."""
    return str(_content()["regions"].get(region, ""))


def begun(
    sure: Collection[str], perhaps: Collection[str], unclassed: bool, countries: Collection[str]
) -> tuple[Begun, ...]:
    """The duties that a breach may set running.

    `sure` are the classes of data that are surely reached, `perhaps` those that may be. Where
    something without a class is reached, every duty about data is open.
    """
    return tuple(
        made
        for each in notifications()
        if (made := _begun(each, set(sure), set(perhaps), unclassed, set(countries)))
    )


def _begun(
    duty: Notification, sure: set[str], perhaps: set[str], unclassed: bool, countries: set[str]
) -> Begun | None:
    lost, maybe = duty.classes & sure, duty.classes & perhaps
    if duty.classes and not lost and not maybe and not unclassed:
        return None
    near = duty.countries & countries
    told = bool(lost) and bool(near or not duty.countries)
    # What one's company is, nothing here says.
    return Begun(duty, told and not duty.company, lost or maybe, near)


@cache
def _content() -> Mapping[str, Any]:
    found: Mapping[str, Any] = table("rules", "notifications.yaml")
    return found


def _notification(row: Mapping[str, Any], countries: Mapping[str, list[str]]) -> Notification:
    when = row["when"]
    return Notification(
        row["id"],
        row["law"],
        tuple(row["cites"]),
        row["whom"],
        frozenset(when.get("classes", ())),
        frozenset(countries[when["countries"]]) if "countries" in when else frozenset(),
        "company" in when or "classes" not in when,
        tuple(Stage(each["within"], each["clock"], each["what"]) for each in row["stages"]),
        tuple(row["assumes"]),
        row["source"],
    )
