"""Data sources about the account, the region and AWS itself that follow from the provider alone.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/availability_zones
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from graphs.unknown import Cause, Template, Unknown, text
from scanner.terraform.data_sources.asked import argument, looked_up
from scanner.terraform.data_sources.regions import Partition, partition_of, zones_of
from scanner.terraform.values import List, Value, to_string
from scanner.terraform.values.shapes import set_of
from scanner.terraform.values.symbols import derived, symbol

if TYPE_CHECKING:
    from scanner.terraform.resources import Instance

Answer = Callable[["Instance"], Value]
ARN_PARTS: Final = ("arn", "partition", "service", "region", "account", "resource")
CLOUDFRONT_LOGS: Final = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"
"""The canonical user that writes CloudFront's standard logs, as its documentation names it."""


def account(instance: "Instance") -> Value:
    """The account that the provider logs in to."""
    return instance.group.provider().account


def region(instance: "Instance") -> "str | Template | Unknown":
    """The region that is asked about: an argument, else the provider's."""
    for own in ("region", "name"):
        stated = argument(instance, own)
        if isinstance(stated, str | Template | Unknown) and stated != "":
            return stated
    return instance.group.provider().region


def partition(instance: "Instance") -> Partition:
    """The partition of that region."""
    return partition_of(region(instance))


def _endpoint(instance: "Instance") -> Value:
    return text(("ec2.", region(instance), ".", partition(instance).suffix))


def _zones(instance: "Instance") -> Value:
    """Zones by name: how many subnets a module makes often hangs on them alone."""
    names = _every_zone(instance)
    left_out = argument(instance, "exclude_names")
    if _asks_more(instance):
        return looked_up(instance, "names")
    if left_out is None:
        return List(names, "string")
    if not isinstance(left_out, tuple) or not all(isinstance(n, str) for n in names):
        return derived(f"{instance.name}.names", (*names, left_out))
    return List([name for name in names if name not in left_out], "string")


def _every_zone(instance: "Instance") -> "list[str | Template]":
    """As many as the region has; three with holes where the region is not known."""
    there = region(instance)
    return [text((there, letter)) for letter in zones_of(there)]


_INDIFFERENT: Final = ("opt-in-status", "region-name", "state", "zone-type")
_ORDINARY: Final = frozenset(("opt-in-not-required", "available", "availability-zone"))


def _asks_more(instance: "Instance") -> bool:
    """Whether zones are asked for that are not the region's own, or chosen by what nobody knows."""
    if argument(instance, "all_availability_zones") not in (None, False):
        return True
    if argument(instance, "exclude_zone_ids") or argument(instance, "state") not in (
        None,
        "available",
    ):
        return True
    blocks = argument(instance, "filter")
    return not all(
        _ordinary(instance, block) for block in (blocks if isinstance(blocks, tuple) else (blocks,))
    )


def _ordinary(instance: "Instance", block: Value) -> bool:
    """Whether a filter asks for the zones that every account has."""
    if block is None:
        return True
    fields: dict[str, Any] = block if isinstance(block, dict) else {}
    name, values = fields.get("name"), fields.get("values")
    if name not in _INDIFFERENT or not isinstance(values, tuple):
        return False
    return any(each in _ORDINARY or each == region(instance) for each in values)


def _zone_ids(instance: "Instance") -> Value:
    """As many as there are names; an account maps them in a way of its own."""
    names = _zones(instance)
    if not isinstance(names, tuple):
        return looked_up(instance, "zone_ids")
    ids = [looked_up(instance, f"zone_ids[{at}]") for at in range(len(names))]
    return List(ids, "string")


def _zone_region(instance: "Instance") -> Value:
    """The region of one zone, which is its name without the letter."""
    name = argument(instance, "name")
    return name[:-1] if isinstance(name, str) and name else instance.group.provider().region


def _zone_suffix(instance: "Instance") -> Value:
    name = argument(instance, "name")
    return name[-1:] if isinstance(name, str) else looked_up(instance, "name_suffix")


def _service_principal(instance: "Instance") -> Value:
    service = to_string(argument(instance, "service_name"))
    there = partition(instance)
    suffix = there.suffix if there.name == "aws-cn" else "amazonaws.com"
    return text((service, f".{suffix}"))


def _dns_name(instance: "Instance") -> Value:
    service = to_string(argument(instance, "service_id"))
    if not isinstance(service, str | Template | Unknown):
        return looked_up(instance, "dns_name")
    return text((service, ".", region(instance), ".", partition(instance).suffix))


def _reverse_dns_name(instance: "Instance") -> Value:
    service = to_string(argument(instance, "service_id"))
    if not isinstance(service, str | Template | Unknown):
        return looked_up(instance, "reverse_dns_name")
    return text((partition(instance).reverse, ".", region(instance), ".", service))


def _ranges(family: str) -> Answer:
    """AWS's own addresses: a set with a name, the same wherever it is asked for alike."""

    def answer(instance: "Instance") -> Value:
        services = symbol(argument(instance, "services"))
        regions = argument(instance, "regions")
        where = "" if regions is None else f" in {symbol(regions)}"
        what = f"the {family} addresses of AWS for {services}{where}"
        return Unknown(Cause.DATA, what, (), instance.group.definition.place)

    return answer


def _arn_part(name: str) -> Answer:
    def answer(instance: "Instance") -> Value:
        parts = arn_parts(argument(instance, "arn"))
        return parts[ARN_PARTS.index(name)] if parts else looked_up(instance, name)

    return answer


def arn_parts(arn: Value) -> list[Value]:
    """The six parts of an ARN, each perhaps with holes; none where they cannot be told apart.

    >>> arn_parts("arn:aws:iam::123456789012:role/a:b")
    ['arn', 'aws', 'iam', '', '123456789012', 'role/a:b']
    """
    pieces = arn.parts if isinstance(arn, Template) else (arn,)
    if not isinstance(pieces[0], str) or not pieces[0].startswith("arn:"):
        return []
    found: list[list[object]] = [[]]
    for piece in pieces:
        if not isinstance(piece, str):
            found[-1].append(piece)
            continue
        first, *rest = piece.split(":", len(ARN_PARTS) - len(found))
        found[-1].append(first)
        found += [[each] for each in rest]
    return [_whole(each) for each in found] if len(found) == len(ARN_PARTS) else []


def _whole(pieces: list[object]) -> Value:
    """A part of a text; one that is a hole alone is that Unknown."""
    kept = [each for each in pieces if each != ""]
    if len(kept) == 1 and isinstance(kept[0], Unknown):
        return kept[0]
    return text(pieces)


def _default_tags(instance: "Instance") -> Value:
    given = instance.group.provider().default_tags
    return {} if given is None else given if isinstance(given, Unknown) else dict(given)


KNOWN: Final[dict[str, dict[str, Answer]]] = {
    "aws_arn": {name: _arn_part(name) for name in ARN_PARTS if name != "arn"},
    "aws_availability_zone": {
        "region": _zone_region,
        "name_suffix": _zone_suffix,
        "state": lambda _: "available",
    },
    "aws_availability_zones": {
        "names": _zones,
        "zone_ids": _zone_ids,
        "group_names": lambda instance: set_of([region(instance)], "string"),
    },
    "aws_billing_service_account": {"id": lambda _: "386209384616"},
    "aws_caller_identity": {"account_id": account, "id": account},
    "aws_cloudfront_log_delivery_canonical_user_id": {"id": lambda _: CLOUDFRONT_LOGS},
    "aws_default_tags": {"tags": _default_tags},
    "aws_ip_ranges": {"cidr_blocks": _ranges("IPv4"), "ipv6_cidr_blocks": _ranges("IPv6")},
    "aws_partition": {
        "partition": lambda instance: partition(instance).name,
        "id": lambda instance: partition(instance).name,
        "dns_suffix": lambda instance: partition(instance).suffix,
        "reverse_dns_prefix": lambda instance: partition(instance).reverse,
    },
    "aws_region": {"name": region, "id": region, "region": region, "endpoint": _endpoint},
    "aws_service": {
        "dns_name": _dns_name,
        "reverse_dns_name": _reverse_dns_name,
        "reverse_dns_prefix": lambda instance: partition(instance).reverse,
        "partition": lambda instance: partition(instance).name,
        "region": region,
    },
    "aws_service_principal": {"name": _service_principal, "id": _service_principal},
}
