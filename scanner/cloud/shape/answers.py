"""The answers of one account, found by call, and the resources that are made of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from graphs.resource import EVERYWHERE, Address, Origin, Resource, Scope, Source
from graphs.unknown import YES, Cause, Unknown, cannot_tell
from scanner.cloud.calls import all_calls
from scanner.cloud.snapshot import Answer, Swept

Item = Mapping[str, Any]
MAX_LEVELS: Final = 100

_ACTIONS: dict[str, str] = {}


def refusal(account: str, answer: Answer) -> Unknown:
    """Why what a call would have said is not known."""
    if not _ACTIONS:
        _ACTIONS.update({call.name: call.action for call in all_calls()})
    name = f"{answer.service}.{answer.operation}"
    about = next((f" of {v}" for v in answer.args.values() if isinstance(v, str)), "")
    where = f"{account}/{answer.region}"
    what = f"{_ACTIONS.get(name, name)}{about} in {where}: {answer.refused}"
    return Unknown(Cause.DENIED, what)


@dataclass(frozen=True)
class Answers:
    """What one account said."""

    swept: Swept
    taken: str
    touched: "list[tuple[Answer, Item | None]]" = field(default_factory=list, compare=False)
    """What was read last, an item of an answer or all of one: to know what cannot be read."""

    @cached_property
    def _by_call(self) -> dict[str, list[Answer]]:
        found: dict[str, list[Answer]] = {}
        for answer in self.swept.answers:
            found.setdefault(f"{answer.service}.{answer.operation}", []).append(answer)
        return found

    @cached_property
    def _by_argument(self) -> dict[tuple[str, str, str], Answer]:
        return {
            (name, answer.region, value): answer
            for name, answers in self._by_call.items()
            for answer in answers
            for value in answer.args.values()
            if isinstance(value, str)
        }

    @property
    def partition(self) -> str:
        """`aws`, or that of China or of the government."""
        return self.swept.arn.split(":")[1]

    def of(self, call: str) -> list[Answer]:
        """The answers to a call, one per region and argument."""
        return self._by_call.get(call, [])

    def items(self, call: str, key: str) -> Iterator[tuple[str, Item]]:
        """The elements of a list that a call answers, with their region."""
        for answer in self.of(call):
            self.touched[:] = [(answer, None)]
            for item in answer.data.get(key, ()):
                self.touched[:] = [(answer, item)]
                yield answer.region, item

    def about(self, call: str, region: str, value: str) -> "Item | Unknown":
        """What a call answered about one thing; Unknown where it was refused or not made."""
        answer = self._by_argument.get((call, region, value))
        if answer is None:
            return Unknown(Cause.DENIED, f"{call} of {value} in {self.swept.account}/{region}")
        if answer.refused:
            return refusal(self.swept.account, answer)
        if not self.touched:
            self.touched.append((answer, None))
        return answer.data

    def refused(self, call: str) -> Iterator[tuple[Answer, Unknown]]:
        """The answers to a call that are refusals."""
        for answer in self.of(call):
            if answer.refused:
                yield answer, refusal(self.swept.account, answer)

    @cached_property
    def _tags(self) -> dict[tuple[str, str], Item]:
        listed = self.items("resourcegroupstaggingapi.get_resources", "ResourceTagMappingList")
        return {(region, item["ResourceARN"]): item for region, item in listed}

    def tags_of(self, region: str, arn: str) -> "dict[str, str] | Unknown":
        """The tags of what tells none of its own, from the list of all that is tagged."""
        call = "resourcegroupstaggingapi.get_resources"
        asked = [answer for answer in self.of(call) if answer.region == region]
        if not asked:
            return Unknown(Cause.DENIED, f"{call} in {self.swept.account}/{region}")
        if asked[0].refused:
            return refusal(self.swept.account, asked[0])
        return tags(self._tags.get((region, arn), {}).get("Tags"))

    def unlisted(self, what: str) -> Unknown:
        """Why a list that a call cuts off may go on."""
        return Unknown(Cause.DENIED, f"{what} in {self.swept.account}")

    def make(
        self,
        kind: str,
        name: str,
        values: Mapping[str, object],
        at: tuple[str, str],
        *,
        key: str | None = None,
        doubt: Unknown | None = None,
        owner: str | None = None,
    ) -> Resource:
        """A resource as Terraform would know it; `at` is the region and the call it is from.

        What is not there has no value: None is left out. `doubt` is why it may not exist, `owner`
        the account that shares it with this one.
        """
        region, call = at
        if not all(isinstance(each, str | None) for each in (name, key, owner)):
            raise TypeError("the name of a resource is not a text")
        return Resource(
            address=Address("", kind, name, key),
            type=kind,
            values={k: frozen(v) for k, v in values.items() if v is not None},  # type: ignore[misc]
            scope=Scope("aws", owner or self.swept.account, region),
            origin=Origin(
                Source.AWS,
                account=self.swept.account,
                region=region,
                call=call,
                seen_at=self.taken,
            ),
            exists=YES if doubt is None else cannot_tell(doubt),
        )

    def detail(
        self, told: tuple[str, str, str], say: Callable[[Item], Mapping[str, object]], *names: str
    ) -> Mapping[str, object]:
        """What a call tells of one thing, as `say` puts it; where it was refused, each of `names`
        is not known. `told` is the region, the call and what it was asked about."""
        region, call, about = told
        read = self.about(call, region, about)
        return dict.fromkeys(names, read) if isinstance(read, Unknown) else say(read)

    def policy(
        self, kind: str, of: Mapping[str, str], told: tuple[str, str, str], member: str, name: str
    ) -> Iterator[Resource]:
        """The policy of a thing, which a call tells of it alone; none where it has none.

        `of` is how the resource names the thing, `told` the region, the call and what it was asked
        about, `member` the text in its answer. A policy that was refused may be there.
        """
        region, call, about = told
        read = self.about(call, region, about)
        policy = read if isinstance(read, Unknown) else read.get(member) or None
        if policy is not None:
            doubt = policy if isinstance(policy, Unknown) else None
            values = {**of, "policy": policy}
            yield self.make(kind, name, values, (region, call), key=self.local(region), doubt=doubt)

    def local(self, region: str) -> str:
        """The key that tells things of one name apart: whose and where they are."""
        return self.swept.account if region == EVERYWHERE else f"{self.swept.account}/{region}"


def lacking(name: str, of: str) -> Unknown:
    """What a member would have told that AWS always answers and that is not there."""
    return Unknown(Cause.DENIED, f"{name} of {of}, which its answer lacks")


def frozen(value: object, levels: int = MAX_LEVELS) -> object:
    """Lists as tuples, all the way down. Raises ValueError where that is no answer's depth."""
    if not levels:
        raise ValueError(f"nested more than {MAX_LEVELS} levels deep")
    if isinstance(value, list | tuple):
        return tuple([frozen(v, levels - 1) for v in value])
    if isinstance(value, Mapping):
        return {str(k): frozen(v, levels - 1) for k, v in value.items()}
    return value


def tags(found: "Iterable[Item] | None") -> dict[str, str]:
    """AWS's list of tags as a mapping."""
    return {
        str(t.get("Key", t.get("key"))): str(t.get("Value", t.get("value", "")))
        for t in found or ()
    }


def subnet_group(
    answers: Answers,
    kind: str,
    group: Item,
    at: tuple[str, str],
    *,
    named: str = "SubnetGroupName",
    subnet: str = "SubnetIdentifier",
) -> Resource:
    """A group of subnets in which a service puts what it makes; the members that name both."""
    name, listed = group[named], [each[subnet] for each in group.get("Subnets", ())]
    values = {"name": name, "subnet_ids": listed}
    return answers.make(kind, name, values, at, key=answers.local(at[0]))


def last(arn: str) -> str:
    """The name at the end of an ARN.

    >>> last("arn:aws:iam::123456789012:instance-profile/team/web")
    'web'
    """
    return arn.rpartition("/")[2]
