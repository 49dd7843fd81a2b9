"""Who can become an administrator by nothing but calls that they may make.

Input: an estate. Output: per principal the likeliest way, told as steps. Whether an attacker gets
to be the principal is another question, which attack paths answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphs.attack.derivables import derivables
from graphs.attack.derive import Derivation, derivations
from graphs.attack.facts import Derivable, Fact, Holds
from graphs.build.structure import account_id
from graphs.estate import Estate, Relation
from graphs.nodes import Role, User
from graphs.unknown import Answer, all_of


@dataclass(frozen=True, slots=True)
class Escalation:
    """How a principal that is no administrator becomes one."""

    principal: Role | User
    steps: tuple[Derivable, ...]

    @property
    def answer(self) -> Answer:
        """Undecided where a step is."""
        return all_of(step.answer for step in self.steps)


def escalations(estate: Estate) -> Iterator[Escalation]:
    """The principals that can become administrators, in order; those that are ones left out.

    A way begins with a call of the principal's own: where it only assumes a role that can go on,
    the way is that role's. Nobody whose own policies leave open whether they rule is in it.
    """
    every = [step for step in derivables(estate) if step.conclusion.holds is not Holds.READS]
    certain = [step for step in every if step.answer.certain]
    holders: tuple[Role | User, ...] = (*estate.index.of(Role), *estate.index.of(User))
    for holder in holders:
        calls = {edge.allows for edge in estate.edges(Relation.MAY_CALL, source=holder.id)}
        if calls and not estate.permissions.admin(holder.id).answer.possible:
            way = _way(holder, certain) or _way(holder, every)
            if way is not None:
                yield Escalation(holder, way.steps)


def _way(holder: Role | User, steps: Sequence[Derivable]) -> Derivation | None:
    start, goal = Fact(Holds.CONTROLS, holder.id), Fact(Holds.RULES, account_id(holder))
    usable = [step for step in steps if step.technique.escalates or start not in step.premises]
    return next(iter(derivations(start, usable, width=1).get(goal, ())), None)
