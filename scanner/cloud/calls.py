"""The table of calls, read from calls.yaml, and the policy that allows them and nothing more."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphs.tables import table


@dataclass(frozen=True, slots=True)
class Each:
    """That a call is made once for each value on a path through another call's answer."""

    call: str
    path: str
    argument: str
    handed: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Further arguments, by the member that stands beside the value."""

    def arguments(self, data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """What each of the calls is given, of an answer to the other call."""
        name, listed = self.argument.removesuffix("[]"), self.argument.endswith("[]")
        head, _, leaf = self.path.rpartition(".")
        if self.beside:
            for item in at(data, head):
                yield {name: item[leaf], **{k: item[v] for k, v in self.beside.items()}}
            return
        for value in dict.fromkeys(at(data, self.path)):
            yield {name: [value] if listed else value}


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of a service, as the head of calls.yaml explains."""

    service: str
    operation: str
    action: str
    once: bool
    keep: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    each: Each | None = None
    args: Mapping[str, object] = field(default_factory=dict, compare=False)
    vary: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    absent: tuple[str, ...] = ()
    limit: str = "*"
    home: str = ""
    token: str = ""
    told: str = ""

    @property
    def name(self) -> str:
        """`ec2.describe_vpcs`: unique in the table."""
        return f"{self.service}.{self.operation}"


@cache
def all_calls() -> tuple[Call, ...]:
    """Every call of a sweep, each after the one that it hangs on."""
    services = table("scanner.cloud", "calls.yaml")
    return tuple(call for name, service in services.items() for call in _calls(name, service))


def _calls(name: str, service: Mapping[str, object]) -> Iterator[Call]:
    prefix = service.get("prefix", name)
    operations = service["calls"]
    assert isinstance(operations, dict)  # noqa: S101  the table is ours; a test reads all of it
    for operation, said in operations.items():
        each = said.get("each")
        yield Call(
            service=name,
            operation=operation,
            action=said.get("action", f"{prefix}:{_pascal(operation)}"),
            once=bool(said.get("once", service.get("once", False))),
            keep=tuple(said["keep"]),
            kinds=tuple(said.get("kinds", ())),
            each=_each(name, each) if each else None,
            args=said.get("args", {}),
            vary={name: tuple(values) for name, values in said.get("vary", {}).items()},
            absent=tuple(said.get("absent", ())),
            limit=said.get("limit", "*"),
            home=str(service.get("home", "")),
            token=said.get("token", ""),
            told=said.get("told", ""),
        )


def _each(service: str, said: Mapping[str, object]) -> Each:
    handed = said.get("with", ())
    parent = str(said["in"])
    return Each(
        parent if "." in parent else f"{service}.{parent}",
        str(said["path"]),
        str(said["as"]),
        tuple(handed) if isinstance(handed, list) else (),
        dict(said.get("beside", {})),  # type: ignore[call-overload]
    )


def _pascal(operation: str) -> str:
    """As IAM writes operations.

    >>> _pascal("describe_db_instances"), _pascal("list_open_id_connect_providers")
    ('DescribeDBInstances', 'ListOpenIDConnectProviders')
    """
    words = "".join(word.title() for word in operation.split("_"))
    return re.sub(r"Db(?=[A-Z])", "DB", words).replace("OpenId", "OpenID").replace("Saml", "SAML")


def at(data: Any, path: str) -> Iterator[Any]:
    """The values at the end of a path through mappings and lists.

    >>> list(at({"Rs": [{"Is": [{"Id": 1}, {"Id": 2}]}, {"Is": [{"Id": 3}]}]}, "Rs.Is.Id"))
    [1, 2, 3]
    """
    if isinstance(data, list):
        for each in data:
            yield from at(each, path)
    elif not path:
        yield data
    elif isinstance(data, Mapping):
        step, _, rest = path.partition(".")
        if step in data:
            yield from at(data[step], rest)


def policy() -> str:
    """The least policy that a sweep needs, as an IAM policy document."""
    anywhere = sorted({call.action for call in all_calls() if call.limit == "*"})
    statements = [
        {"Sid": "PathwardenSweep", "Effect": "Allow", "Action": anywhere, "Resource": "*"},
        *(
            {
                "Sid": f"PathwardenSweep{action.partition(':')[0].title()}",
                "Effect": "Allow",
                "Action": action,
                "Resource": sorted({c.limit for c in all_calls() if c.action == action}),
            }
            for action in sorted({call.action for call in all_calls() if call.limit != "*"})
        ),
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2) + "\n"
