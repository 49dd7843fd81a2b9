"""What keeps a record: trails with what they record, and log groups."""

from collections.abc import Iterator, Mapping

from graphs.resource import Resource
from graphs.unknown import Unknown
from scanner.cloud.shape.answers import Answers, Item


def shape(answers: Answers) -> Iterator[Resource]:
    """Log groups, then trails."""
    yield from _log_groups(answers)
    yield from _trails(answers)


_SELECTS = "cloudtrail.get_event_selectors"


def _recorded(answers: Answers, home: str, arn: str) -> "Item | Unknown":
    """What a trail says that it records; a region that it is not at home in may not know it."""
    for answer in answers.of(_SELECTS):
        if answer.data and answer.args.get("TrailName") == arn:
            return answer.data
    said = answers.about(_SELECTS, home, arn)
    return said if isinstance(said, Unknown) else answers.unlisted(f"what the trail {arn} records")


def _selectors(said: "Item | Unknown") -> dict[str, object]:
    """What a trail records, by either kind of selector."""
    if isinstance(said, Unknown):
        return {"event_selector": [said], "advanced_event_selector": [said]}
    return {
        "event_selector": [
            {
                "read_write_type": each.get("ReadWriteType"),
                "include_management_events": each.get("IncludeManagementEvents", True),
                "data_resource": [
                    {"type": thing.get("Type"), "values": thing.get("Values", ())}
                    for thing in each.get("DataResources", ())
                ],
            }
            for each in said.get("EventSelectors", ())
        ],
        "advanced_event_selector": [
            {"field_selector": [_field(field) for field in each.get("FieldSelectors", ())]}
            for each in said.get("AdvancedEventSelectors", ())
        ],
    }


_WORDS = {"Equals": "equals", "StartsWith": "starts_with", "EndsWith": "ends_with"}
_NEGATED = {
    "NotEquals": "not_equals",
    "NotStartsWith": "not_starts_with",
    "NotEndsWith": "not_ends_with",
}


def _field(said: Item) -> dict[str, object]:
    words = {name: said[key] for key, name in {**_WORDS, **_NEGATED}.items() if key in said}
    return {"field": said.get("Field"), **words}


def _log_groups(answers: Answers) -> Iterator[Resource]:
    call = "logs.describe_log_groups"
    for region, group in answers.items(call, "logGroups"):
        name = group["logGroupName"]
        arn = str(group.get("logGroupArn") or group.get("arn", "")).removesuffix(":*")
        values = {"name": name, "arn": arn, "retention_in_days": group.get("retentionInDays")}
        key = answers.local(region)
        yield answers.make("aws_cloudwatch_log_group", name, values, (region, call), key=key)


def _trails(answers: Answers) -> Iterator[Resource]:
    """A trail of all regions is listed in each of them, and is one."""
    call = "cloudtrail.describe_trails"
    for region, trail in answers.items(call, "trailList"):
        home = trail.get("HomeRegion", region)
        read = answers.about("cloudtrail.get_trail_status", region, trail["TrailARN"])
        values = {
            "name": trail["Name"],
            "arn": trail["TrailARN"],
            "s3_bucket_name": trail.get("S3BucketName"),
            "is_multi_region_trail": trail.get("IsMultiRegionTrail", False),
            "is_organization_trail": trail.get("IsOrganizationTrail", False),
            **_selectors(_recorded(answers, home, trail["TrailARN"])),
            "enable_log_file_validation": trail.get("LogFileValidationEnabled", False),
            "kms_key_id": trail.get("KmsKeyId"),
            "enable_logging": read.get("IsLogging", False) if isinstance(read, Mapping) else read,
            "tags": answers.tags_of(home, trail["TrailARN"]),
        }
        name, key = trail["Name"], answers.local(home)
        yield answers.make("aws_cloudtrail", name, values, (home, call), key=key)
