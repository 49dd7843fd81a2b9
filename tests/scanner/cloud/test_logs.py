"""Trails of several regions: each region lists them, and only their home knows all of them."""

import pytest

from graphs.build import build_estate
from graphs.nodes import Trail
from graphs.unknown import YES
from scanner.cloud.shape import shaped
from scanner.cloud.snapshot import Answer, Snapshot, Swept

HOME, AWAY = "eu-north-1", "us-east-1"
ARN = f"arn:aws:cloudtrail:{HOME}:111122223333:trail/all"
TRAIL = {
    "Name": "all",
    "TrailARN": ARN,
    "S3BucketName": "logs",
    "IsMultiRegionTrail": True,
    "HomeRegion": HOME,
}
OBJECTS = {
    "EventSelectors": [
        {
            "ReadWriteType": "All",
            "IncludeManagementEvents": True,
            "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
        }
    ]
}


def selectors(region, data, refused=""):
    return Answer("cloudtrail", "get_event_selectors", region, {"TrailName": ARN}, data, refused)


def trail(*told):
    """The trail that an account lists in both its regions, with this told of its selectors."""
    listed = [
        answer
        for region in (AWAY, HOME)
        for answer in (
            Answer("cloudtrail", "describe_trails", region, {}, {"trailList": [TRAIL]}),
            Answer("cloudtrail", "get_trail_status", region, {"Name": ARN}, {"IsLogging": True}),
        )
    ]
    arn = "arn:aws:iam::111122223333:user/a"
    swept = Swept("111122223333", arn, (AWAY, HOME), (*listed, *told))
    (found,) = build_estate(shaped(Snapshot("", (swept,))).resources).index.of(Trail)
    return found


@pytest.mark.parametrize("refused", ["", "AccessDenied"])
def test_what_a_trail_records_is_told_by_its_home_alone(refused):
    found = trail(selectors(AWAY, {}, refused), selectors(HOME, OBJECTS))
    (recorded,) = found.data
    assert (recorded.kind, recorded.things) == ("AWS::S3::Object", ("arn:aws:s3",))
    assert (found.scope.region, found.management, found.untold) == (HOME, YES, ())


@pytest.mark.parametrize(
    "told",
    [
        (selectors(AWAY, {}), selectors(HOME, {}, "AccessDenied")),
        (selectors(AWAY, {}),),
    ],
)
def test_what_its_home_does_not_tell_is_not_known(told):
    found = trail(*told)
    assert found.data == ()
    assert found.management.undecided
    assert found.untold
