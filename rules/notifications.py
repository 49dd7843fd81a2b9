"""Duties to notify of an incident, and which of them what was reached may set running.

Input: notifications.yaml; classes of data that were reached, countries. Output: frozen values. It
says no more than what is known: whose data they are and what one's company is, no estate tells, but
the company can.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphs.tables import table

NOTHING_SAID: Mapping[str, bool] = {}


@dataclass(frozen=True, slots=True)
class Stage:
    """Within which time, counted from when, to say what."""

    within: str
    clock: str
    what: str


@dataclass(frozen=True, slots=True)
class Notification:
    """A duty to notify `whom`. No classes: it is about the incident as a whole; no countries: it
    holds anywhere. `company` is all that one's company has to be; `foremost`: nothing but that
    speaks for it."""

    id: str
    law: str
    cites: tuple[str, ...]
    whom: str
    classes: frozenset[str]
    countries: frozenset[str]
    company: tuple[str, ...]
    foremost: bool
    stages: tuple[Stage, ...]
    assumes: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A duty that may have begun: `indicated` where the data speak for it and either a country or
    what the company says of itself does, else open. `classes` and `countries` are what speaks for
    it, `unsaid` is what the company has to be and does not say."""

    duty: Notification
    indicated: bool
    classes: frozenset[str]
    countries: frozenset[str]
    unsaid: tuple[str, ...]


@cache
def notifications() -> tuple[Notification, ...]:
    """All duties to notify, in the order of the file."""
    content = _content()
    return tuple(_notification(row, content["countries"]) for row in content["duties"])


def companies() -> Mapping[str, str]:
    """What a duty may ask of a company, by its key, as it goes on after "you"."""
    found: Mapping[str, str] = _content()["company"]
    return found


def country_of(region: str) -> str:
    """The country of a region of AWS; "" where the table has none."""
    return str(_content()["regions"].get(region, ""))


def begun(
    sure: Collection[str],
    perhaps: Collection[str],
    unclassed: bool,
    countries: Collection[str],
    company: Mapping[str, bool] = NOTHING_SAID,
) -> tuple[Begun, ...]:
    """The duties that a breach may set running.

    `sure` are the classes of data that are surely reached, `perhaps` those that may be. Where
    something without a class is reached, every duty about data is open. `company` is what the
    company says that it is, or is not; what is for others only does not begin.
    """
    return tuple(
        made
        for each in notifications()
        if all(company.get(kind, True) for kind in each.company)
        if (made := _begun(each, set(sure), set(perhaps), unclassed, set(countries), company))
    )


def _begun(
    duty: Notification,
    sure: set[str],
    perhaps: set[str],
    unclassed: bool,
    countries: set[str],
    company: Mapping[str, bool],
) -> Begun | None:
    lost, maybe = duty.classes & sure, duty.classes & perhaps
    if duty.classes and not lost and not maybe and not unclassed:
        return None
    near = duty.countries & countries
    unsaid = tuple(kind for kind in duty.company if kind not in company)
    data = bool(lost) or not duty.classes
    if duty.company and not unsaid:
        return Begun(duty, data, lost or maybe, near, ())
    place = bool(near) or not duty.countries
    return Begun(duty, data and place and not duty.foremost, lost or maybe, near, unsaid)


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
        tuple(when.get("company", ())),
        "foremost" in when or "classes" not in when,
        tuple(Stage(each["within"], each["clock"], each["what"]) for each in row["stages"]),
        tuple(row["assumes"]),
        row["source"],
    )
