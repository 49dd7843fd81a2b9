"""Functions of time: formatdate, timeadd, timecmp; what asks the clock is unknown.

https://developer.hashicorp.com/terraform/language/functions/formatdate
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import NamedTuple

from graphs.unknown import Cause, Unknown
from scanner.errors import FunctionProblem
from scanner.terraform.functions.function import ArgumentProblem, Function

MAX_DURATION = 1_000
"""Longest duration, in characters."""

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))\Z", re.ASCII
)
_DURATION = re.compile(r"([0-9]*\.?[0-9]*)([^0-9.]*)")
_PARTS = re.compile(r"'(?:[^']|'')*'?|([A-Za-z])\1*|[^A-Za-z']+")
_UNITS = {
    "ns": Fraction(1, 10**9), "us": Fraction(1, 10**6), "µs": Fraction(1, 10**6),
    "μs": Fraction(1, 10**6), "ms": Fraction(1, 1000), "s": Fraction(1), "m": Fraction(60),
    "h": Fraction(3600),
}  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HINTS = {
    "Y": 'year must either be "YY" or "YYYY"',
    "M": 'month must be "M", "MM", "MMM", or "MMMM"',
    "D": 'day of month must either be "D" or "DD"',
    "E": 'day of week must either be "EEE" or "EEEE"',
    "h": '24-hour must either be "h" or "hh"',
    "H": '12-hour must either be "H" or "HH"',
    "A": 'must be "AA"',
    "a": 'must be "aa"',
    "m": 'minute must either be "m" or "mm"',
    "s": 'second must either be "s" or "ss"',
    "Z": "timezone must be Z, ZZZ, ZZZZ, or ZZZZZ",
}


class Instant(NamedTuple):
    """A moment: to the second with its zone, and the rest as nanoseconds."""

    second: datetime
    nanoseconds: int


def instant(source: str) -> Instant:
    """The moment that an RFC 3339 text names. ValueError if it names none."""
    match = _RFC3339.match(source)
    if match is None:
        raise ValueError(f'cannot use "{source}"')
    *numbers, fraction, sign, hours, minutes = match.groups()
    zone: timezone = UTC
    if sign:
        if int(hours) > 23 or int(minutes) > 59:
            raise ValueError("the offset is out of range")
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        zone = timezone(-offset if sign == "-" else offset)
    second = datetime(*map(int, numbers), tzinfo=zone)  # type: ignore[misc, arg-type]
    return Instant(second, int((fraction or "0")[:9].ljust(9, "0")))


def rfc3339(moment: datetime) -> str:
    """The text of a moment, to the second; UTC is Z."""
    text = moment.replace(microsecond=0).isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def _argument(position: int, source: str) -> Instant:
    try:
        return instant(source)
    except ValueError as problem:
        message = f"not a valid RFC3339 timestamp: {problem}"
        raise ArgumentProblem(position, message) from None


def duration(source: str) -> Fraction:
    """The seconds of a Go duration such as "1h30m" or "-1.5s"."""
    if len(source) > MAX_DURATION:
        raise FunctionProblem(f"the duration has more than {MAX_DURATION} characters")
    rest = source[1:] if source[:1] in ("+", "-") else source
    if rest == "0":
        return Fraction(0)
    total = Fraction(0)
    if not rest:
        raise FunctionProblem(f'time: invalid duration "{source}"')
    while rest:
        match = _DURATION.match(rest)
        amount, unit = match.groups() if match else ("", "")
        if amount in ("", "."):
            raise FunctionProblem(f'time: invalid duration "{source}"')
        if not unit:
            raise FunctionProblem(f'time: missing unit in duration "{source}"')
        if unit not in _UNITS:
            raise FunctionProblem(f'time: unknown unit "{unit}" in duration "{source}"')
        total += Fraction(amount.rstrip(".") or "0") * _UNITS[unit]
        rest = rest[len(amount) + len(unit) :]
    return -total if source.startswith("-") else total


def _timeadd(source: str, added: str) -> str:
    moment = _argument(0, source)
    seconds = duration(added) + Fraction(moment.nanoseconds, 10**9)
    if abs(seconds) * 10**9 >= 1 << 63:
        raise FunctionProblem(f'time: invalid duration "{added}"')
    try:
        return rfc3339(moment.second + timedelta(seconds=int(seconds // 1)))
    except OverflowError:
        raise FunctionProblem("the result is not in the years 1 to 9999") from None


def _timecmp(one: str, other: str) -> int:
    first, second = _argument(0, one), _argument(1, other)
    return (first > second) - (first < second)


def _formatdate(form: str, source: str) -> str:
    moment = _argument(1, source).second
    return "".join(_formatted(match[0], moment) for match in _PARTS.finditer(form))


def _formatted(part: str, moment: datetime) -> str:
    if part[0] == "'":
        if len(part) < 2 or part[-1] != "'":
            raise ArgumentProblem(0, "unterminated literal '")
        return part[1:-1].replace("''", "'")
    if not part[0].isalpha() or not part[0].isascii():
        return part
    written = _VERBS.get(part)
    if written is None:
        hint = _HINTS.get(part[0])
        why = f": {hint}" if hint else ""
        raise ArgumentProblem(0, f'invalid date format verb "{part}"{why}')
    return written(moment)


def _offset(moment: datetime, colon: bool) -> str:
    text = moment.strftime("%z")
    return f"{text[:3]}:{text[3:5]}" if colon else text[:5]


def _zone(moment: datetime, utc: str, colon: bool) -> str:
    return _offset(moment, colon) if moment.utcoffset() else utc


_VERBS: dict[str, Callable[[datetime], str]] = {
    "YYYY": lambda t: f"{t.year:04}",
    "YY": lambda t: f"{t.year % 100:02}",
    "MMMM": lambda t: _MONTHS[t.month - 1],
    "MMM": lambda t: _MONTHS[t.month - 1][:3],
    "MM": lambda t: f"{t.month:02}",
    "M": lambda t: str(t.month),
    "DD": lambda t: f"{t.day:02}",
    "D": lambda t: str(t.day),
    "EEEE": lambda t: _DAYS[t.weekday()],
    "EEE": lambda t: _DAYS[t.weekday()][:3],
    "hh": lambda t: f"{t.hour:02}",
    "h": lambda t: str(t.hour),
    "HH": lambda t: f"{t.hour % 12 or 12:02}",
    "H": lambda t: str(t.hour % 12 or 12),
    "AA": lambda t: "AM" if t.hour < 12 else "PM",
    "aa": lambda t: "am" if t.hour < 12 else "pm",
    "mm": lambda t: f"{t.minute:02}",
    "m": lambda t: str(t.minute),
    "ss": lambda t: f"{t.second:02}",
    "s": lambda t: str(t.second),
    "ZZZZZ": lambda t: _offset(t, True),
    "ZZZZ": lambda t: _offset(t, False),
    "ZZZ": lambda t: _zone(t, "UTC", False),
    "Z": lambda t: _zone(t, "Z", True),
}


def _timestamp() -> Unknown:
    return Unknown(Cause.COMPUTED, "timestamp()")


def _plantimestamp() -> Unknown:
    return Unknown(Cause.COMPUTED, "plantimestamp()")


FUNCTIONS = (
    Function("formatdate", _formatdate),
    Function("plantimestamp", _plantimestamp),
    Function("timeadd", _timeadd),
    Function("timecmp", _timecmp),
    Function("timestamp", _timestamp),
)
