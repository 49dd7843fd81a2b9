"""The waivers of a side, and what they come to over all that was scanned."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import Final

from rules.api import Rule
from rules.catalogue import all_rules
from scanner.config import Config
from scanner.terraform.evaluate import Evaluated
from scanner.terraform.remarks import Remark
from scanner.views import Scanned
from scanner.waivers.applying import Judge, apply, merged
from scanner.waivers.reading import waivers_in
from scanner.waivers.waiver import FOREIGN, Key, Ruling, Standing, Waiver

MOST_REMARKS: Final = 50_000
"""Comments that are kept as they were read."""


def waivers_of(
    read: Iterable[Evaluated], settings: Iterable[Waiver] = (), foreign: Collection[str] = ()
) -> tuple[Waiver, ...]:
    """All waivers of a side: in the comments of what was read, and in its settings.

    `foreign` are the other tools whose comments are honoured.
    """
    honoured = tuple(foreign)
    comments = (remark for evaluated in read for remark in evaluated.comments)
    found = (waiver for remark in comments for waiver in _written(remark, honoured))
    return tuple(dict.fromkeys((*found, *settings)))


@lru_cache(maxsize=MOST_REMARKS)
def _written(remark: Remark, foreign: tuple[str, ...]) -> tuple[Waiver, ...]:
    """The waivers in a comment, read once for all root modules that call its module."""
    ours = waivers_in(remark, _known())
    if not foreign:
        return tuple(ours)
    from scanner.waivers.foreign import waivers_of_others

    return (*ours, *waivers_of_others(remark, foreign))


@cache
def _known() -> frozenset[str]:
    return frozenset(rule.id for rule in all_rules())


def admitted(base: Iterable[Waiver]) -> Mapping[Key, date]:
    """What the base of a merge waives, and until when."""
    found: dict[Key, date] = {}
    for each in base:
        found[each.key] = max(found.get(each.key, date.min), each.until or date.max)
    return found


def settled(
    scanned: Sequence[Scanned],
    rules: Iterable[Rule],
    config: Config,
    today: date,
    *,
    baseline: Sequence[Waiver] = (),
    base: Mapping[Key, date] | None = None,
) -> tuple[list[Scanned], tuple[Ruling, ...]]:
    """The estates with their findings marked, and what came of each waiver.

    `baseline` are the findings that are known; `base` are the waivers that may count, None for all.
    """
    given = (*config.waivers, *baseline)
    if not given and not any(each.evaluated.comments for each in scanned):
        return list(scanned), ()
    roots = frozenset(part.name for each in scanned for part in each.parts)
    ran = frozenset(rule.id for rule in rules)
    judge = Judge(config.waiving, today, ran, roots, config.declared, base)
    done: list[Scanned] = []
    rulings: list[Ruling] = []
    for each in scanned:
        waivers = waivers_of([each.evaluated], given, config.waiving.foreign)
        findings, came = apply(each, waivers, judge) if waivers else (each.findings, ())
        done.append(replace(each, findings=findings) if waivers else each)
        rulings += came
    return done, tuple(each for each in merged(rulings) if not _is_of_another(each))


def _is_of_another(ruling: Ruling) -> bool:
    """Whether a comment is for another tool alone, or for others who use a module."""
    waiver = ruling.waiver
    idle = ruling.standing in (Standing.IDLE, Standing.NOT_ASKED) or not ruling.covers
    return idle and (waiver.by in FOREIGN or waiver.downloaded)
