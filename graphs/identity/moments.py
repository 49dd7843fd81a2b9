"""When a request is made: not known, but not before the day of the newest fact in our tables.

A policy that only says what was allowed until 2020 allows nothing, one that allows since 2020
allows, and what hangs on a day to come is unknown. No clock is read: the same input gives the same
answer on every day.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from graphs.identity.conditions import moment
from graphs.identity.keys import Given
from graphs.identity.managed import as_of
from graphs.identity.policy import Condition
from graphs.identity.search import Permission
from graphs.unknown import Cause, Unknown, cannot_tell

ISSUED = "aws:tokenissuetime"
NOW = frozenset(("aws:currenttime", "aws:epochtime", ISSUED))
_A_SECOND = timedelta(seconds=1)
_WHY = Unknown(Cause.MODEL, "when the request is made")


def at_every_moment(
    conditions: Iterable[Condition], ask: "Callable[[Given], Permission]"
) -> Permission:
    """What is answered at whatever moment the request is made; unknown where that decides.

    `ask` takes the keys that tell the time.
    """
    found = [ask(_keys(each)) for each in _moments(conditions)]
    first, last = found[0], found[-1]
    if len({each.verdict for each in found}) == 1:
        return first
    best = max(found, key=lambda each: each.answer.possible)
    doubt = last.answer | cannot_tell(_WHY)
    if doubt.certain:
        doubt = cannot_tell(_WHY)
    return Permission("unknown", doubt, (), best.evidence)


def tells_time(conditions: Iterable[Condition]) -> bool:
    """Whether any of the conditions asks for the time."""
    return any(each.key in NOW for each in conditions)


def _moments(conditions: Iterable[Condition]) -> list[datetime]:
    """The moments that the conditions tell apart."""
    start = datetime.fromisoformat(as_of()).replace(tzinfo=UTC)
    found = {start}
    for condition in conditions:
        for value in condition.values if condition.key in NOW else ():
            seconds = moment(value) if isinstance(value, str) else None
            if seconds is not None and seconds < 1e11:
                said = datetime.fromtimestamp(seconds, UTC)
                found |= {said - _A_SECOND, said, said + _A_SECOND}
    return sorted(each for each in found if each >= start)


def _keys(moment: datetime) -> Given:
    written = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    epoch = str(int(moment.timestamp()))
    return {"aws:currenttime": written, "aws:epochtime": epoch, ISSUED: written}
