"""Projects of CodeBuild: what they run as, where, and what they are started with."""

from collections.abc import Iterator

from graphs.resource import Resource
from scanner.cloud.shape.answers import Answers, Item, tags


def shape(answers: Answers) -> Iterator[Resource]:
    """Every build project."""
    call, kind = "codebuild.batch_get_projects", "aws_codebuild_project"
    for region, said in answers.items(call, "projects"):
        place = said.get("vpcConfig") or {}
        plain = (said.get("environment") or {}).get("environmentVariables", ())
        inside = {
            "vpc_id": place.get("vpcId"),
            "subnets": place.get("subnets", []),
            "security_group_ids": place.get("securityGroupIds", []),
        }
        source = said.get("source") or {}
        values = {
            "name": said["name"],
            "arn": said.get("arn"),
            "service_role": said.get("serviceRole"),
            "vpc_config": [inside] if place.get("subnets") else [],
            "environment": [
                {
                    "image": (said.get("environment") or {}).get("image"),
                    "environment_variable": [_variable(each) for each in plain],
                }
            ],
            "source": [{"type": source.get("type"), "location": source.get("location")}],
            "tags": tags(said.get("tags")),
        }
        yield answers.make(kind, said["name"], values, (region, call), key=answers.local(region))


def _variable(said: Item) -> dict[str, object]:
    named = {"name": said.get("name"), "type": said.get("type", "PLAINTEXT")}
    return {**named, "value": said.get("value")}
