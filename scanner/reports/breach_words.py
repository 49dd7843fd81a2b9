"""What the reports of a breach say alike: sums, groups, and sentences."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.breached import Breached, Duty, Gain, Log, Loss
from scanner.reports.words import counted, listed
from scanner.result import Cut

TAKEN_OVER = "take-over-account"
NOT_CODE = "What exists beside this code is not in it."
COUNSEL = (
    "No legal advice: these are clocks that may run, for those who decide. Whose data they are and "
    "what the company is, no infrastructure tells."
)
NO_CHANGE = "Nothing that was built has to be changed: no more follows than lay with it."
EVERYWHERE = (
    "AWS keeps 90 days of management events in each region by itself (event history); the rest is "
    "there only where it was switched on."
)


@dataclass(frozen=True, slots=True)
class Many:
    """Logs that are alike but for what they are about."""

    log: Log
    names: tuple[str, ...]


def headline(breach: Breached) -> str:
    """The most that can be said in a line."""
    sure = [loss for loss in breach.losses if loss.verdict == "reachable"]
    classes = sorted({name for loss in sure for name in loss.classes})
    maybe = len(breach.losses) - len(sure)
    said = [f"{counted(len(sure), 'store')} read" + (f" ({', '.join(classes)})" if classes else "")]
    if maybe:
        said.append(f"{maybe} more perhaps")
    ruled = [each.name for each in breach.accounts if each.verdict == "reachable"]
    if breach.taken.kind == "account":
        ruled.insert(0, breach.taken.name)
    if ruled:
        said.append(f"administers {listed(ruled, 3)}")
    return f"{', '.join(said)}."


def told(gains: Sequence[Gain]) -> tuple[list[Gain], list[Gain]]:
    """The gains to tell one by one, and those that come with an account."""
    own = [each for each in gains if each.technique != TAKEN_OVER]
    return own, [each for each in gains if each.technique == TAKEN_OVER]


def comes_with(gains: Sequence[Gain]) -> str:
    """What comes with an account, counted: `3 machines, 2 stores`."""
    words = {
        "at": ("workload", ""),
        "controls": ("role or user", "roles and users"),
        "reads": ("store", ""),
    }
    numbers = Counter(each.holds for each in gains)
    return ", ".join(counted(numbers[h], *w) for h, w in words.items() if numbers[h])


def alike(logs: Iterable[Log], verdict: str) -> Iterator[Many]:
    """Logs of a verdict, those of one kind that are kept and threatened alike together."""
    found: dict[tuple[object, ...], list[Log]] = {}
    for each in logs:
        if each.verdict == verdict:
            key = (each.kind, each.kept, each.days, each.exposed, each.how, each.unknowns)
            found.setdefault(key if verdict != "off" else (each.kind,), []).append(each)
    for same in found.values():
        yield Many(same[0], tuple(dict.fromkeys(each.name for each in same)))


def keeping(log: Log) -> str:
    """Where a log is kept, for how long, and whether it can be trusted."""
    where = f"kept in {log.kept}" if log.kept else "where it is kept nothing says"
    days = {None: "", 0: ", until somebody deletes it"}.get(log.days, f", for {log.days} days")
    threat = {
        "yes": f"; the attacker can erase or stop it: {log.how}",
        "unknown": "; whether the attacker can erase or stop it cannot be told"
        + (f": {log.how}" if log.how else ""),
    }.get(log.exposed, "")
    return f"{where}{days}{threat}"


def promise(cut: Cut) -> str:
    """What the changes that contain it cost, and how sure that is."""
    if not cut.changes:
        return "No change ends what follows."
    one = len(cut.changes) == 1
    besides = "" if cut.verdict == "violated" else " besides, for what may follow"
    sure = "nothing cheaper does as much" if cut.proven else f"at least {cut.bound:g} is needed"
    many = "This change keeps" if one else f"These {len(cut.changes)} changes keep"
    return f"{many} the rest from following{besides}, for a cost of {cut.cost:g}; {sure}."


def loses(loss: Loss) -> str:
    """A store with its class and its owner."""
    what = f"{', '.join(loss.classes)} data" if loss.classes else "data that nothing classes"
    owner = f", of {listed(list(loss.owners), 2)}" if loss.owners else ""
    return f"{what} in the {loss.kind} {loss.name}{owner}"


def begins(duty: Duty) -> str:
    """When a duty's clocks run."""
    return "; ".join(f"{s.within}, {s.clock}: {s.what}" for s in duty.stages)
