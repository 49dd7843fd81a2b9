"""What data sources say that need no cloud: of the provider, of the region, and of their arguments.

What has to be looked up is not answered here. The configurations are rewritten (rewrite.py) so that
terraform reads such data sources only after it has applied, and takes them for unknown until then.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scanner.terraform.data_sources.regions import zones_of
from tests.oracle import wire
from tests.oracle.documents import NotAnswered, document

ACCOUNT = "902902902902"
"""The account that nothing names: whoever compares passes over what holds it."""

ELSEWHERE = "only-aws-knows"
"""What AWS alone knows, where something has to be said; passed over like ACCOUNT."""

_PARTITIONS = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso-", "aws-iso"))
_SUFFIXES = {"aws-cn": "amazonaws.com.cn", "aws-iso": "c2s.ic.gov"}


@dataclass(frozen=True)
class Configured:
    """What a provider block says."""

    region: str
    account: str = ACCOUNT
    default_tags: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def of(config: dict[str, Any], region: str) -> "Configured":
        """What the arguments of the block say; `region` is that of the environment."""
        tags = [each.get("tags") or {} for each in config.get("default_tags") or ()]
        return Configured(
            region=_text(config.get("region")) or region,
            account=_account(config),
            default_tags=tags[0] if tags else {},
        )

    @property
    def partition(self) -> str:
        """aws, but for China and governments."""
        return next((name for start, name in _PARTITIONS if self.region.startswith(start)), "aws")

    def complete(self, proposed: dict[str, Any]) -> None:
        """Set tags_all and region, the two that the provider always knows.

        https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/resource-tagging
        """
        if proposed.get("region") == wire.UNKNOWN:
            proposed["region"] = self.region
        if "tags" in proposed and "tags_all" in proposed:
            known = wire.is_known(proposed["tags"]) and wire.is_known(self.default_tags)
            own = {key: each for key, each in (proposed["tags"] or {}).items() if each is not None}
            proposed["tags_all"] = {**self.default_tags, **own} if known else wire.UNKNOWN


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _account(config: dict[str, Any]) -> str:
    roles = [_text(each.get("role_arn")) for each in config.get("assume_role") or ()]
    match = re.match(r"arn:[^:]*:iam::(\d{12}):", roles[0]) if roles else None
    allowed = config.get("allowed_account_ids") or []
    if match:
        return match[1]
    return _text(allowed[0]) or ACCOUNT if len(allowed) == 1 else ACCOUNT


def answer(name: str, asked: dict[str, Any], configured: Configured) -> dict[str, Any]:
    """What a data source adds to its arguments. Raises NotAnswered."""
    if name not in ANSWERS:
        raise NotAnswered("it has to be looked up")
    return ANSWERS[name](asked, configured)


def _caller(_: dict[str, Any], configured: Configured) -> dict[str, Any]:
    account = configured.account
    return {"account_id": account, "id": account, "arn": ELSEWHERE, "user_id": ELSEWHERE}


def _region(asked: dict[str, Any], configured: Configured) -> dict[str, Any]:
    region = asked["region"] or asked["name"] or configured.region
    return {
        "id": region,
        "name": region,
        "region": region,
        "description": ELSEWHERE,
        "endpoint": f"ec2.{region}.{_suffix(configured)}",
    }


def _suffix(configured: Configured) -> str:
    return _SUFFIXES.get(configured.partition, "amazonaws.com")


def _partition(_: dict[str, Any], configured: Configured) -> dict[str, Any]:
    suffix = _suffix(configured)
    return {
        "id": configured.partition,
        "partition": configured.partition,
        "dns_suffix": suffix,
        "reverse_dns_prefix": ".".join(reversed(suffix.split("."))),
    }


def _zones(asked: dict[str, Any], configured: Configured) -> dict[str, Any]:
    """Those that AWS documents for the region; their ids are the account's own."""
    region = asked["region"] or configured.region
    letters = zones_of(region)
    return {
        "id": region,
        "region": region,
        "names": [f"{region}{zone}" for zone in letters],
        "zone_ids": [f"{ELSEWHERE}-{zone}" for zone in letters],
        "group_names": [ELSEWHERE],
    }


def _service_principal(asked: dict[str, Any], configured: Configured) -> dict[str, Any]:
    region = asked["region"] or configured.region
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    name = f"{asked['service_name']}.{suffix}"
    found = f"{asked['service_name']}.{region}.{suffix}"
    return {"id": found, "name": name, "region": region, "suffix": suffix}


def _arn(asked: dict[str, Any], _: Configured) -> dict[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"""
    parts = asked["arn"].split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        raise NotAnswered(f"{asked['arn']} is not an ARN")
    names = ("partition", "service", "region", "account", "resource")
    return {"id": asked["arn"], **dict(zip(names, parts[1:], strict=True))}


def _policy(asked: dict[str, Any], _: Configured) -> dict[str, Any]:
    return {
        "id": ELSEWHERE,
        "version": asked["version"] or "2012-10-17",
        "json": document(asked, indent=True),
        "minified_json": document(asked, indent=False),
    }


def _null(asked: dict[str, Any], _: Configured) -> dict[str, Any]:
    return {
        "id": "static",
        "outputs": asked["inputs"],
        "has_computed_default": asked["has_computed_default"] or "default",
        "random": ELSEWHERE,
    }


ANSWERS: dict[str, Callable[[dict[str, Any], Configured], dict[str, Any]]] = {
    "aws_arn": _arn,
    "aws_availability_zones": _zones,
    "aws_caller_identity": _caller,
    "aws_iam_policy_document": _policy,
    "aws_partition": _partition,
    "aws_region": _region,
    "aws_service_principal": _service_principal,
    "null_data_source": _null,
}
