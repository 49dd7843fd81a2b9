"""What data sources answer without asking anybody: what follows from code and provider alone.

The rest is Unknown with the data source as its origin.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from graphs.unknown import Cause, Referent, Unknown, text
from scanner.terraform import lookups, policy_documents, remote_state
from scanner.terraform.values import Value, to_string, unmark_deep

if TYPE_CHECKING:
    from scanner.terraform.resources import Instance

ZONES: Final = "abc"
"""Zones that a region is taken to have; all have three or more, but for us-west-1's two."""

PARTITIONS: Final = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso", "aws-iso"))


def made(kind: str) -> tuple[str, ...]:
    """The attributes of a data source of this type that a Resource lists beside its arguments."""
    return tuple(name for name in KNOWN.get(kind, {}) if name != "minified_json")


def read(instance: "Instance", name: str) -> Value:
    """An attribute that the configuration does not set."""
    kind = instance.group.kind
    answer = KNOWN.get(kind, {}).get(name)
    if answer is not None:
        return answer(instance)
    found, repository = None, instance.scope.session.repository
    if repository is not None:
        elsewhere = remote_state if kind == remote_state.KIND else lookups
        found = elsewhere.value_of(repository, instance, name)
    return looked_up(instance, name) if found is None else found


def looked_up(instance: "Instance", name: str) -> Unknown:
    """The Unknown for what only the provider can say."""
    what = f"{instance.name}.{name}"
    refers = (Referent(instance.name, name),)
    return Unknown(Cause.DATA, what, refers, instance.group.definition.place)


def _account(instance: "Instance") -> Value:
    return instance.group.provider().account


def _region(instance: "Instance") -> Value:
    for own in ("region", "name"):
        if own in instance.group.definition.body.attributes:
            stated = unmark_deep(instance.get_value(own))[0]
            if isinstance(stated, str | Unknown):
                return stated
    return instance.group.provider().region


def partition_of(region: "Value") -> str:
    """The partition of a region; the commercial one where the region is not known.

    >>> partition_of("cn-north-1")
    'aws-cn'
    """
    if isinstance(region, str):
        for start, partition in PARTITIONS:
            if region.startswith(start):
                return partition
    return "aws"


def _partition(instance: "Instance") -> Value:
    return partition_of(_region(instance))


def _suffix(instance: "Instance") -> Value:
    return "amazonaws.com.cn" if _partition(instance) == "aws-cn" else "amazonaws.com"


def _reverse_suffix(instance: "Instance") -> Value:
    return ".".join(reversed(str(_suffix(instance)).split(".")))


def _zones(instance: "Instance") -> Value:
    """Three zones by name: how many subnets a module makes often hangs on them alone."""
    region = _region(instance)
    return tuple([text((region, zone)) for zone in ZONES])


def _policy(instance: "Instance") -> Value:
    return policy_documents.rendered(instance)


def _minified_policy(instance: "Instance") -> Value:
    return policy_documents.rendered(instance, indent=False)


def _service_principal(instance: "Instance") -> Value:
    service = unmark_deep(instance.get_value("service_name"))[0]
    suffix = str(_suffix(instance)) if _partition(instance) == "aws-cn" else "amazonaws.com"
    return text((to_string(service), f".{suffix}"))


def _file_content(instance: "Instance") -> Value:
    context = instance.scope.module.context
    path = unmark_deep(instance.get_value("filename"))[0]
    if not isinstance(path, str) or context.tree is None:
        return looked_up(instance, "content")
    return context.tree.read_text(posixpath.join(context.root, path))


def _template(instance: "Instance") -> Value:
    source = unmark_deep(instance.get_value("template"))[0]
    names = instance.group.definition.body.attributes
    variables = instance.get_value("vars") if "vars" in names else {}
    evaluate = instance.scope.module.context.evaluate_template
    if not isinstance(source, str) or not isinstance(variables, dict) or evaluate is None:
        return looked_up(instance, "rendered")
    return evaluate(source, instance.name, variables)


KNOWN: Final[dict[str, dict[str, Callable[["Instance"], Value]]]] = {
    "aws_iam_policy_document": {"json": _policy, "minified_json": _minified_policy},
    "aws_caller_identity": {"account_id": _account, "id": _account},
    "aws_region": {"name": _region, "id": _region, "region": _region},
    "aws_partition": {
        "partition": _partition,
        "id": _partition,
        "dns_suffix": _suffix,
        "reverse_dns_prefix": _reverse_suffix,
    },
    "aws_availability_zones": {"names": _zones},
    "aws_service_principal": {"name": _service_principal},
    "local_file": {"content": _file_content},
    "template_file": {"rendered": _template},
}
