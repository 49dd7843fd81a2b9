"""What was read, as the plan that `terraform show -json` would write, for tools that read plans.

Input: resource instances. Output: the document, and which instance stands behind each address in
it. Secrets are taken out here, before anything leaves the process.

Every instance stands in the root module under a name of its own. A plan of terraform names a block
once for all its instances, and what crosses a module by its variable; here a reference names the
one instance that it leads to, whatever module either stands in.
https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphs.resource import Resource, Value
from graphs.unknown import Referent, Template, Unknown
from scanner.peers.secrets import Hidden
from scanner.redact import REDACTED

FORMAT: Final = "1.2"
TERRAFORM: Final = "1.11.4"
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Plan:
    """A document, and the resources behind the addresses in it."""

    document: Mapping[str, Any]
    sources: Mapping[str, Resource]


def plan(resources: Iterable[Resource], secrets: Iterable[str]) -> Plan:
    """The plan that would make these resources, without the texts that are secret."""
    named = {_address(each, number): each for number, each in enumerate(resources)}
    writer = _Writer({each.id: address for address, each in named.items()}, Hidden(secrets))
    planned = [writer.planned(address, each) for address, each in named.items()]
    changes = [writer.change(address, each) for address, each in named.items()]
    blocks = [writer.block(address, each) for address, each in named.items()]
    document = {
        "format_version": FORMAT,
        "terraform_version": TERRAFORM,
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": [each for each in changes if each],
        "configuration": {"root_module": {"resources": blocks}},
    }
    return Plan(document, named)


def is_open(resource: Resource, path: str) -> bool:
    """Whether an attribute path of a resource leads to what is not known."""
    return _open(resource.values, re.findall(r"[^.\[\]]+", path))


def _open(value: Value, steps: Sequence[str]) -> bool:
    if isinstance(value, Unknown):
        return True
    if isinstance(value, tuple):
        rest = steps[1:] if steps and (steps[0].isdecimal() or steps[0] == "*") else steps
        return any(_open(each, rest) for each in value)
    if not steps or not isinstance(value, Mapping):
        return False
    return _open(value.get(steps[0]), steps[1:])


def _address(resource: Resource, number: int) -> str:
    stem = f"{resource.type}.r{number}"
    return f"data.{stem}" if resource.address.mode == "data" else stem


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes resources; `addresses` has those of the plan by ours."""

    addresses: Mapping[str, str]
    hidden: Hidden

    def planned(self, address: str, resource: Resource) -> dict[str, Any]:
        """One instance with the values that are known."""
        values = {
            name: said
            for name, value in resource.values.items()
            if (said := self._known(value, name, resource)) is not _ABSENT
        }
        return {**_named(address, resource), "values": values}

    def _known(self, value: Value, path: str, resource: Resource) -> Any:
        """What is known of a value: members that are not are left out, elements are null."""
        if path in resource.marks:
            return REDACTED if isinstance(value, str | Template) else _ABSENT
        if isinstance(value, Unknown):
            return _ABSENT
        if isinstance(value, Mapping):
            told = {k: self._known(v, f"{path}.{k}", resource) for k, v in value.items()}
            return {k: v for k, v in told.items() if v is not _ABSENT}
        if isinstance(value, tuple):
            every = (self._known(v, f"{path}[{at}]", resource) for at, v in enumerate(value))
            return [None if v is _ABSENT else v for v in every]
        if isinstance(value, str | Template):
            return self.hidden.text(_told(value), path, resource.type)
        return value

    def change(self, address: str, resource: Resource) -> dict[str, Any]:
        """What of one instance will be known after apply; nothing where all is known."""
        told = {name: _unknown(value) for name, value in resource.values.items()}
        unknown = {name: said for name, said in told.items() if said}
        change = {"actions": ["create"], "before": None, "after": None, "after_unknown": unknown}
        return {**_named(address, resource), "change": change} if unknown else {}

    def block(self, address: str, resource: Resource) -> dict[str, Any]:
        """The references of one instance."""
        said: dict[str, list[Referent]] = {}
        for reference in resource.references:
            said.setdefault(reference.attribute, []).append(reference.target)
        found = {name: self._references(targets) for name, targets in said.items()}
        for name, value in resource.values.items():
            inside = self._expression(value)
            if inside and (name not in found or _is_block(value)):
                found[name] = inside
        return {**_named(address, resource), "expressions": {k: v for k, v in found.items() if v}}

    def _expression(self, value: Value) -> Any:
        """Where the holes in a value lead, in the form that the value has."""
        if isinstance(value, Unknown):
            return self._references(value.refers)
        if isinstance(value, Mapping):
            told = {name: self._expression(each) for name, each in value.items()}
            return {name: each for name, each in told.items() if each}
        if _is_block(value):
            every = [self._expression(each) for each in value]  # type: ignore[union-attr]
            return every if any(every) else {}
        if isinstance(value, tuple):
            holes = (each.refers for each in value if isinstance(each, Unknown))
            return self._references([target for refers in holes for target in refers])
        return {}

    def _references(self, targets: Iterable[Referent]) -> dict[str, Any]:
        known = [(self.addresses.get(t.address), t.attribute) for t in targets]
        said = [f"{there}.{a}" if a else there for there, a in known if there]
        return {"references": list(dict.fromkeys(said))} if said else {}


def _named(address: str, resource: Resource) -> dict[str, str]:
    return {
        "address": address,
        "mode": resource.address.mode,
        "type": resource.type,
        "name": address.rpartition(".")[2],
        "provider_name": f"registry.terraform.io/hashicorp/{resource.scope.provider}",
    }


def _is_block(value: Value) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], Mapping)


def _told(value: str | Template) -> str:
    """A text; its holes as Terraform would write them, with no quote that would end a JSON text."""
    return value if isinstance(value, str) else str(value).replace('["', "['").replace('"]', "']")


def _unknown(value: Value) -> Any:
    """True for what is not known, and the members of a value in which something is not."""
    if isinstance(value, Unknown):
        return True
    if isinstance(value, Mapping):
        told = {name: _unknown(each) for name, each in value.items()}
        return {name: each for name, each in told.items() if each}
    if isinstance(value, tuple):
        every = [_unknown(each) for each in value]
        return every if any(every) else {}
    return {}
