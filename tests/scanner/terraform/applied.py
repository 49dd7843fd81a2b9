"""Evaluated code as the state that terraform would keep of it, once it were applied.

What the provider computes gets values of the form that AWS gives them, from the address alone.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from graphs.build import naming
from graphs.build.draft import Draft
from graphs.document import ends_quoted
from graphs.resource import Resource
from graphs.unknown import Referent, Template, Unknown, unknowns_in

SHORT = {"aws_instance": "i", "aws_vpc": "vpc", "aws_subnet": "subnet", "aws_security_group": "sg"}


class Applied:
    """What each attribute is after apply."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources = [each for each in resources if each.address.mode == "managed"]
        self.draft = Draft(tuple(self.resources))
        self.asked: dict[str, set[str]] = {}
        for hole in unknowns_in([dict(each.values) for each in self.resources]):
            for each in hole.refers:
                if each.attribute.isidentifier():
                    self.asked.setdefault(each.address, set()).add(each.attribute)

    def attributes(self, resource: Resource) -> dict[str, Any]:
        """All that a state holds of a resource."""
        said = {name: self.value(each) for name, each in resource.values.items()}
        names = ("id", "arn", *sorted(self.asked.get(resource.id, ())))
        return {**said, **{name: self.computed(resource, name) for name in names}}

    def computed(self, resource: Resource, attribute: str) -> Any:
        """An attribute that the provider computes, by AWS's rules where there are any."""
        if attribute in resource.values:
            return self.value(resource.values[attribute])
        told = self.draft.settle(naming.computed(resource, attribute))
        own = f"{resource.id}.{attribute}"
        if isinstance(told, Unknown) and told.what == own:
            if attribute == "arn" or attribute.endswith("_arn"):
                where = f"{resource.scope.region}:{resource.scope.account}"
                return f"arn:aws:made:{where}:{resource.type}/{chosen(resource.id)}"
            short = SHORT.get(resource.type, resource.type.removeprefix("aws_"))
            return f"{short}-{chosen(own if attribute != 'id' else resource.id)}"
        return self.value(told)

    def value(self, value: Any) -> Any:
        """A value without holes."""
        if isinstance(value, Unknown):
            return self._hole(value)
        if isinstance(value, Template):
            return self._text(value)
        if isinstance(value, Mapping):
            return {name: self.value(each) for name, each in value.items()}
        return [self.value(each) for each in value] if isinstance(value, tuple) else value

    def _text(self, value: Template) -> str:
        """A text; where it is JSON, what stands outside quotes is a value of its own."""
        is_json = str(value).startswith(("{", "["))
        made, quoted = "", False
        for part in value.parts:
            told = part if isinstance(part, str) else self.value(part)
            bare = is_json and not quoted and not isinstance(part, str)
            made += json.dumps(told) if bare else str(told)
            quoted = ends_quoted(part, quoted=quoted) if isinstance(part, str) else quoted
        return made

    def _hole(self, hole: Unknown) -> Any:
        target: Referent = hole.refers[0]
        assert hole.what == str(target), f"{hole} is more than a reference"
        return self.computed(self.draft.by_id[target.address], target.attribute)


def chosen(text: str) -> str:
    """Seventeen digits as AWS gives them, always the same for a text."""
    return blake2b(text.encode(), digest_size=9).hexdigest()[:17]


def state_of(resources: Iterable[Resource]) -> dict[str, Any]:
    """A state file of version 4."""
    applied = Applied(resources)
    blocks: dict[tuple[str, str, str], dict[str, Any]] = {}
    for each in applied.resources:
        address = each.address
        key = (address.module, address.type, address.name)
        block = blocks.setdefault(key, _block(each))
        index = {} if address.key is None else {"index_key": address.key}
        marked = [_path(mark) for mark in sorted(each.marks)]
        block["instances"].append(
            {
                **index,
                "schema_version": 0,
                "attributes": applied.attributes(each),
                "sensitive_attributes": marked,
                "dependencies": sorted({str(r.target.address) for r in each.references}),
            }
        )
    return {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 7,
        "lineage": "6f0c1a52-0000-4000-8000-000000000000",
        "outputs": {},
        "resources": list(blocks.values()),
        "check_results": None,
    }


def _block(resource: Resource) -> dict[str, Any]:
    address = resource.address
    module = {"module": address.module} if address.module else {}
    account = resource.scope.account if isinstance(resource.scope.account, str) else "unknown"
    source = f"registry.terraform.io/hashicorp/{address.type.split('_', 1)[0]}"
    return {
        **module,
        "mode": "managed",
        "type": address.type,
        "name": address.name,
        "provider": f'provider["{source}"].a{account}{resource.scope.region}',
        "instances": [],
    }


def _path(mark: str) -> list[dict[str, Any]]:
    return [{"type": "get_attr", "value": step} for step in mark.split(".")]
