"""What AWS documents of its regions: their partitions, DNS suffixes and zones.

https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Partition:
    """A group of regions with names of its own."""

    name: str
    suffix: str
    reverse: str


COMMERCIAL: Final = Partition("aws", "amazonaws.com", "com.amazonaws")
_PARTITIONS: Final = (
    ("cn-", Partition("aws-cn", "amazonaws.com.cn", "cn.com.amazonaws")),
    ("us-gov-", Partition("aws-us-gov", "amazonaws.com", "com.amazonaws")),
    ("us-iso-", Partition("aws-iso", "c2s.ic.gov", "gov.ic.c2s")),
    ("us-isob-", Partition("aws-iso-b", "sc2s.sgov.gov", "gov.sgov.sc2s")),
    ("eu-isoe-", Partition("aws-iso-e", "cloud.adc-e.uk", "uk.adc-e.cloud")),
    ("us-isof-", Partition("aws-iso-f", "csp.hci.ic.gov", "gov.ic.hci.csp")),
    ("eusc-", Partition("aws-eusc", "amazonaws.eu", "eu.amazonaws")),
)

USUAL_ZONES: Final = "abc"
_ZONES: Final = {
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abd",
    "us-east-1": "abcdef",
    "us-west-1": "ab",
    "us-west-2": "abcd",
}
"""Zones by letter where they are not a, b and c. An account of us-west-1 sees two of three."""


def partition_of(region: object) -> Partition:
    """The partition of a region; the commercial one where the region is not known.

    >>> partition_of("cn-north-1").name
    'aws-cn'
    """
    if isinstance(region, str):
        for start, partition in _PARTITIONS:
            if region.startswith(start):
                return partition
    return COMMERCIAL


def zones_of(region: object) -> str:
    """The letters of the zones of a region.

    >>> zones_of("us-west-2")
    'abcd'
    """
    return _ZONES.get(region, USUAL_ZONES) if isinstance(region, str) else USUAL_ZONES
