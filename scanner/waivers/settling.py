"""The waivers of a side, and what they come to over all that was scanned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from rules.api import Rule
from rules.catalogue import all_rules
from scanner.terraform.evaluate import Evaluated
from scanner.views import Scanned
from scanner.waivers.applying import Judge, apply, merged
from scanner.waivers.reading import waivers_in
from scanner.waivers.waiver import Key, Policy, Ruling, Waiver


def waivers_of(read: Iterable[Evaluated], settings: Iterable[Waiver] = ()) -> tuple[Waiver, ...]:
    """All waivers of a side: in the comments of what was read, and in its settings."""
    known = {rule.id for rule in all_rules()}
    remarks = (remark for evaluated in read for remark in evaluated.comments)
    return tuple(dict.fromkeys((*waivers_in(remarks, known), *settings)))


def admitted(base: Iterable[Waiver]) -> Mapping[Key, date]:
    """What the base of a merge waives, and until when."""
    found: dict[Key, date] = {}
    for each in base:
        found[each.key] = max(found.get(each.key, date.min), each.until or date.max)
    return found


def settled(
    scanned: Sequence[Scanned],
    rules: Iterable[Rule],
    policy: Policy,
    today: date,
    *,
    given: Sequence[Waiver] = (),
    base: Mapping[Key, date] | None = None,
) -> tuple[list[Scanned], tuple[Ruling, ...]]:
    """The estates with their findings marked, and what came of each waiver.

    `given` are the waivers that stand in no code; `base` are those that may count, None for all.
    """
    if not given and not any(each.evaluated.comments for each in scanned):
        return list(scanned), ()
    roots = frozenset(part.name for each in scanned for part in each.parts)
    judge = Judge(policy, today, frozenset(rule.id for rule in rules), roots, base)
    done: list[Scanned] = []
    rulings: list[Ruling] = []
    for each in scanned:
        waivers = waivers_of([each.evaluated], given)
        findings, came = apply(each, waivers, judge)
        done.append(replace(each, findings=findings))
        rulings += came
    return done, merged(rulings)
