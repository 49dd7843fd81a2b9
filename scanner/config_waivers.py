"""Waivers and the policy of waivers in pathwarden.yaml.

Input: what the file says. Output: Waivers and a Policy, or a ConfigProblem with file and line.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rules.api import Severity
from scanner.errors import ConfigProblem
from scanner.waivers.reading import Unreadable, day, unknown_rule
from scanner.waivers.waiver import By, Policy, Waiver

if TYPE_CHECKING:
    from scanner.config_file import WaiverEntry, WaivingEntry
    from scanner.yaml_text import Document


def read_waivers(
    entries: "Sequence[WaiverEntry]", document: "Document", known: Collection[str]
) -> Iterator[Waiver]:
    """The waivers, in the order of the file."""
    for at, entry in enumerate(entries):
        path = f"$.waivers[{at}]"
        waiver = Waiver(
            By.SETTINGS,
            entry.rule,
            document.place(path),
            match=entry.match,
            owner=entry.owner.strip(),
            reason=entry.reason.strip(),
        )
        if entry.rule not in known and not waiver.names_path:
            raise ConfigProblem(unknown_rule(entry.rule, known), document.place(f"{path}.rule"))
        try:
            until = day(entry.until) if entry.until else None
        except Unreadable as problem:
            raise ConfigProblem(str(problem), document.place(f"{path}.until")) from None
        yield replace(waiver, until=until)


def read_policy(entry: "WaivingEntry", document: "Document", known: Collection[str]) -> Policy:
    """What is allowed of waivers."""
    for at, name in enumerate(entry.forbid):
        if name not in known and name not in map(str, Severity):
            problem = f"{name!r} is neither a severity nor a rule"
            raise ConfigProblem(problem, document.place(f"$.waiving.forbid[{at}]"))
    return Policy(entry.forbid, entry.require, entry.longest, entry.foreign, entry.added)
