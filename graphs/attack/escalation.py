"""Who can become an administrator by nothing but calls that they may make.

Input: an estate. Output: per principal the likeliest way, told as steps. Whether an attacker gets
to be the principal is another question, which attack paths answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graphs.attack.derivables import derivables
from graphs.attack.derive import derivations
from graphs.attack.facts import Derivable, Fact, Holds
from graphs.attack.roads import Roads
from graphs.build.structure import account_id
from graphs.estate import Estate, Relation
from graphs.identity.glob import FRESH
from graphs.nodes import Role, User
from graphs.unknown import NO, Answer, all_of

Steps = tuple[Derivable, ...]

_UNHEARD_OF = f"{FRESH * 3}:{FRESH * 3}"
"""Stands for any action of any service that no policy singles out."""
_ALL_POWER = ("iam:AttachRolePolicy", "iam:PutUserPolicy", "iam:CreatePolicyVersion")


@dataclass(frozen=True, slots=True)
class Escalation:
    """How a principal that is no administrator becomes one."""

    principal: Role | User
    steps: Steps

    @property
    def answer(self) -> Answer:
        """Undecided where a step is."""
        return all_of(step.answer for step in self.steps)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a principal stands: whether it may do everything, and how it comes to if not.

    Whoever may give itself all permissions, and has not, is no administrator here yet.
    """

    principal: Role | User
    admin: Answer
    steps: Steps = ()

    @property
    def escalates(self) -> Answer:
        """Whether it becomes an administrator who is none."""
        if self.admin.certain:
            return NO
        way = all_of(step.answer for step in self.steps) if self.steps else NO
        return way & ~self.admin


def escalations(estate: Estate) -> Iterator[Escalation]:
    """The principals that can become administrators, in order; those that are ones left out.

    A way begins with a call of the principal's own: where it only assumes a role that can go on,
    the way is that role's. Nobody whose own policies leave open whether they rule is in it.
    """
    ways = _Ways(estate)
    for holder in _holders(estate):
        calls = {edge.allows for edge in estate.edges(Relation.MAY_CALL, source=holder.id)}
        if calls and not estate.permissions.admin(holder.id).answer.possible:
            steps = ways.of(holder, own=True)
            if steps is not None:
                yield Escalation(holder, steps)


def standings(estate: Estate) -> Iterator[Standing]:
    """Every role and user, in order; assuming a role that rules is a way here like any other."""
    ways = _Ways(estate)
    for holder in _holders(estate):
        admin = _everything(estate, holder)
        steps = None if admin.certain else ways.of(holder, own=False)
        yield Standing(holder, admin, steps or ())


def _everything(estate: Estate, holder: Role | User) -> Answer:
    """Whether somebody may do everything already, and not only give itself the right to."""
    permissions = estate.permissions
    if not permissions.admin(holder.id).answer.possible:
        return NO
    asked = ((_UNHEARD_OF, "*"), *((action, "arn:aws:iam::*:*") for action in _ALL_POWER))
    return all_of(permissions.can(holder.id, action, on).answer for action, on in asked)


def _holders(estate: Estate) -> tuple[Role | User, ...]:
    return (*estate.index.of(Role), *estate.index.of(User))


class _Ways:
    """The ways to power in an estate: those that are certain, then all that are possible."""

    def __init__(self, estate: Estate) -> None:
        used = {premise for step in derivables(estate) for premise in step.premises}
        every = [s for s in derivables(estate) if s.conclusion in used or _is_power(s.conclusion)]
        certain = [step for step in every if step.answer.certain]
        # Where nothing is in doubt, all ways are certain ones.
        self._kinds = (certain,) if len(certain) == len(every) else (certain, every)
        self._roads = tuple(Roads(steps) for steps in self._kinds)
        found = {s.conclusion for s in every if s.conclusion.holds is Holds.RULES}
        self._goals = tuple(sorted(found))

    def of(self, holder: Role | User, *, own: bool) -> Steps | None:
        """The likeliest way; `own` wants it to begin with a call that takes power."""
        start = Fact(Holds.CONTROLS, holder.id)
        home = Fact(Holds.RULES, account_id(holder))
        others = tuple(goal for goal in self._goals if goal != home)
        for roads in self._roads:
            for goal in (home, *others):
                steps = roads.way(start, goal, _takes_power if own else None)
                if steps is None and roads.joins:
                    steps = _joined(roads.within(start), start, goal, own=own)
                if steps is not None:
                    return steps
        return None


def _is_power(fact: Fact) -> bool:
    """Whether it is worth having where nothing follows from it."""
    return fact.holds is not Holds.READS


def _takes_power(step: Derivable) -> bool:
    return step.technique.escalates


def _joined(steps: Iterable[Derivable], start: Fact, goal: Fact, *, own: bool) -> Steps | None:
    """A way on which several things have to be had at once."""
    usable = [s for s in steps if not own or _takes_power(s) or start not in s.premises]
    found = next(iter(derivations(start, usable, width=1).get(goal, ())), None)
    return None if found is None else found.steps
