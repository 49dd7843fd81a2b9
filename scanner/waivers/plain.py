"""Waivers as the plain values of a Result."""

from scanner.result import Waived
from scanner.result import Waiver as Plain
from scanner.terraform.repository.homes import BETWEEN
from scanner.waivers.waiver import Ruling, Waiver


def ruled(ruling: Ruling) -> Plain:
    """A waiver with what came of it."""
    waiver = ruling.waiver
    return Plain(
        by=str(waiver.by),
        rule=waiver.rule,
        match=waiver.match or waiver.instance or waiver.block.partition(BETWEEN)[2],
        reason=waiver.reason,
        owner=waiver.owner,
        until=_day(waiver),
        file=waiver.place.file,
        line=waiver.place.line,
        status=str(ruling.standing),
        why=ruling.why,
        findings=ruling.covers,
    )


def by_place(waiver: Plain) -> tuple[str, int, str, str]:
    """The order in which waivers are told."""
    return waiver.file, waiver.line, waiver.rule, waiver.match


def waived(waiver: Waiver | None) -> Waived | None:
    """By whose word a finding does not count."""
    if waiver is None:
        return None
    place = waiver.place
    owner, until = waiver.owner, _day(waiver)
    return Waived(str(waiver.by), waiver.reason, owner, until, place.file, place.line)


def _day(waiver: Waiver) -> str:
    return str(waiver.until or "")
