"""Fleets, and what their machines are launched from.

A fleet stands beside the machines that it has launched: they run as it said then, and the next ones
will as it says now.
"""

from collections.abc import Iterator, Mapping

from graphs.resource import Resource
from graphs.unknown import Unknown
from scanner.cloud.shape.answers import Answers, Item, last, tags

VERSIONS = "ec2.describe_launch_template_versions"
GROUPS = "autoscaling.describe_auto_scaling_groups"
NEWEST = ("", "$Latest")


def shape(answers: Answers) -> Iterator[Resource]:
    """Launch templates and configurations, then the groups that use them."""
    for part in (_templates, _configurations, _groups):
        yield from part(answers)


def _templates(answers: Answers) -> Iterator[Resource]:
    """The latest version of each template, and the default one where that is another."""
    listed = list(answers.items(VERSIONS, "LaunchTemplateVersions"))
    newest = _newest(answers)
    for region, version in listed:
        name = version["LaunchTemplateId"]
        if version["VersionNumber"] != newest[region, name]:
            name = _older(name, version["VersionNumber"])
        values = {
            "id": name,
            "name": version.get("LaunchTemplateName"),
            **_template(version.get("LaunchTemplateData", {})),
        }
        yield answers.make("aws_launch_template", name, values, (region, VERSIONS))


def _newest(answers: Answers) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for region, version in answers.items(VERSIONS, "LaunchTemplateVersions"):
        key = (region, version["LaunchTemplateId"])
        found[key] = max(found.get(key, 0), version["VersionNumber"])
    return found


def _older(template: str, version: object) -> str:
    """What an older version is called: Terraform knows a template by its latest one alone."""
    return f"{template}.{version}"


def _template(data: Item) -> dict[str, object]:
    profile = data.get("IamInstanceProfile")
    return {
        "image_id": data.get("ImageId"),
        "instance_type": data.get("InstanceType"),
        "user_data": data.get("UserData") or None,
        "vpc_security_group_ids": data.get("SecurityGroupIds"),
        "security_group_names": data.get("SecurityGroups"),
        "iam_instance_profile": [{"name": profile.get("Name") or last(profile.get("Arn", ""))}]
        if profile
        else None,
        "metadata_options": _metadata(data),
        "network_interfaces": [_interface(nic) for nic in data.get("NetworkInterfaces", ())]
        or None,
    }


def _metadata(data: Item) -> list[dict[str, object]] | None:
    said = data.get("MetadataOptions")
    if not said:
        return None
    return [{"http_tokens": said.get("HttpTokens"), "http_endpoint": said.get("HttpEndpoint")}]


def _interface(nic: Item) -> dict[str, object]:
    return {
        "device_index": nic.get("DeviceIndex"),
        "subnet_id": nic.get("SubnetId"),
        "security_groups": nic.get("Groups"),
        "associate_public_ip_address": nic.get("AssociatePublicIpAddress"),
    }


def _configurations(answers: Answers) -> Iterator[Resource]:
    call = "autoscaling.describe_launch_configurations"
    for region, found in answers.items(call, "LaunchConfigurations"):
        name = found["LaunchConfigurationName"]
        profile = found.get("IamInstanceProfile")
        values = {
            "id": name,
            "name": name,
            "image_id": found.get("ImageId"),
            "instance_type": found.get("InstanceType"),
            "security_groups": found.get("SecurityGroups"),
            "iam_instance_profile": last(profile) if profile else None,
            "associate_public_ip_address": found.get("AssociatePublicIpAddress"),
            "metadata_options": _metadata(found),
            "user_data": found.get("UserData") or None,
        }
        at, key = (region, call), answers.local(region)
        yield answers.make("aws_launch_configuration", name, values, at, key=key)


def _groups(answers: Answers) -> Iterator[Resource]:
    newest = _newest(answers)
    for region, group in answers.items(GROUPS, "AutoScalingGroups"):
        name, places = group["AutoScalingGroupName"], group.get("VPCZoneIdentifier", "")
        mixed = group.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
        own, shared = group.get("LaunchTemplate"), mixed.get("LaunchTemplateSpecification")
        values = {
            "name": name,
            "arn": group.get("AutoScalingGroupARN"),
            "vpc_zone_identifier": [place for place in places.split(",") if place],
            "launch_configuration": group.get("LaunchConfigurationName"),
            "launch_template": _chosen(answers, region, own, newest, "id"),
            "mixed_instances_policy": _mixed(
                _chosen(answers, region, shared, newest, "launch_template_id")
            ),
            "target_group_arns": group.get("TargetGroupARNs"),
            "load_balancers": group.get("LoadBalancerNames"),
            "traffic_source": [
                {"identifier": source.get("Identifier")}
                for source in group.get("TrafficSources", ())
            ],
            "tags": tags(group.get("Tags")),
        }
        at, key = (region, GROUPS), answers.local(region)
        yield answers.make("aws_autoscaling_group", name, values, at, key=key)


def _mixed(chosen: "list[dict[str, object]] | None") -> list[dict[str, object]] | None:
    return chosen and [{"launch_template": [{"launch_template_specification": chosen}]}]


def _chosen(
    answers: Answers,
    region: str,
    said: "Item | None",
    newest: Mapping[tuple[str, str], int],
    name: str,
) -> list[dict[str, object]] | None:
    """The template and version that a group launches, under the name of its block."""
    if not said:
        return None
    template, version = said["LaunchTemplateId"], str(said.get("Version") or "$Default")
    return [{name: _version(answers, region, template, version, newest), "version": version}]


def _version(
    answers: Answers,
    region: str,
    template: str,
    version: str,
    newest: Mapping[tuple[str, str], int],
) -> "str | Unknown":
    """The id of the template's resource, by version; only the latest and the default are read."""
    for answer, why in answers.refused(VERSIONS):
        if answer.region == region:
            return why
    read = {
        str(v["VersionNumber"]): v
        for where, v in answers.items(VERSIONS, "LaunchTemplateVersions")
        if (where, v["LaunchTemplateId"]) == (region, template)
    }
    latest = str(newest.get((region, template), ""))
    default = next((n for n, v in read.items() if v.get("DefaultVersion")), latest)
    number = {"$Latest": latest, "$Default": default}.get(version, version)
    if number not in read:
        return answers.unlisted(f"version {version} of {template}, neither latest nor default,")
    return template if number == latest else _older(template, number)
