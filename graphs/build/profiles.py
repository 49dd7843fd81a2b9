"""Whether a machine can be started as a role: it takes an instance profile with the role in it.

IAM User Guide, "Use instance profiles": a profile has one role at most, and whoever puts a role
into one has to be allowed to pass it.
"""

from collections.abc import Iterable, Iterator

from graphs.build.callers import Caller, likeliest
from graphs.build.making import may_make
from graphs.evidence import Step
from graphs.identity.evaluate import Permission
from graphs.identity.search import refused
from graphs.identity.techniques import FILLING
from graphs.nodes import Profile, Role
from graphs.unknown import Unknown, cannot_tell

MACHINES = "ec2.amazonaws.com"
CREATE, ADD, REMOVE = FILLING


class Profiles:
    """The instance profiles of an estate, by the role in them."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        """Sort them."""
        self._all = tuple(profiles)
        self._of: dict[object, list[Profile]] = {}
        for profile in self._all:
            self._of.setdefault(profile.role, []).append(profile)
        self._read = [each for each in self._of if isinstance(each, Unknown)]

    def having(self, caller: Caller, role: Role) -> Permission:
        """Whether there is a profile with a role, or the caller may make one."""
        found = [*self._there(role)]
        if not any(each.answer.certain for each in found):
            found += self._made(caller)
        return likeliest([*found, refused(f"No instance profile has {role.name} in it")])

    def _there(self, role: Role) -> Iterator[Permission]:
        for profile in self._of.get(role.id, ()):
            claim = f"The instance profile {profile.name} has {role.name} in it"
            step = Step(claim, profile.proof("role"), profile.exists.because)
            yield Permission("", profile.exists, evidence=(step,))
        for unread in self._read:
            yield Permission("", cannot_tell(unread))

    def _made(self, caller: Caller) -> Iterator[Permission]:
        """A new profile, or one that is there with another role in it, or none."""
        if ADD not in caller.able:
            return
        needed = may_make(caller, (CREATE, ADD))
        if needed and all(each.answer.possible for each in needed):
            yield needed[0]
        for profile in self._all:
            yield caller.may((ADD,) if profile.role is None else (ADD, REMOVE), profile)
