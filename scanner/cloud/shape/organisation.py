"""The organisation of accounts: its tree, and the policies attached to each level of it.

Every level has at least one policy attached, so that the targets of the policies are the levels.
"""

from collections.abc import Iterator, Mapping

from graphs.resource import EVERYWHERE, Resource
from scanner.cloud.shape.answers import Answers

POLICIES = "organizations.list_policies"
TARGETS = "organizations.list_targets_for_policy"
KINDS = {
    "ACCOUNT": "aws_organizations_account",
    "ORGANIZATIONAL_UNIT": "aws_organizations_organizational_unit",
}


def shape(answers: Answers) -> Iterator[Resource]:
    """Everything of the organisation."""
    for part in (_organisation, _policies, _levels, _attached):
        yield from part(answers)


def _organisation(answers: Answers) -> Iterator[Resource]:
    call = "organizations.describe_organization"
    for answer in answers.of(call):
        told = answer.data.get("Organization")
        if told:
            values = {
                "id": told["Id"],
                "arn": told.get("Arn"),
                "master_account_id": told.get("MasterAccountId"),
            }
            kind = "aws_organizations_organization"
            yield answers.make(kind, told["Id"], values, (EVERYWHERE, call))


def _policies(answers: Answers) -> Iterator[Resource]:
    """A text that was refused is unknown: the policy may deny anything."""
    for region, item in answers.items(POLICIES, "Policies"):
        told = answers.about("organizations.describe_policy", region, item["Id"])
        text = told.get("Policy", {}).get("Content") if isinstance(told, Mapping) else told
        values = {
            "id": item["Id"],
            "name": item.get("Name"),
            "type": item.get("Type"),
            "content": text,
        }
        at = (EVERYWHERE, POLICIES)
        yield answers.make("aws_organizations_policy", item["Id"], values, at)


def _levels(answers: Answers) -> Iterator[Resource]:
    """Units and accounts, each with what is above it."""
    call = "organizations.list_parents"
    seen = set()
    for region, item in answers.items(TARGETS, "Targets"):
        name, kind = item["TargetId"], KINDS.get(item.get("Type", ""))
        if kind is None or name in seen:
            continue
        seen.add(name)
        told = answers.about(call, region, name)
        above = told.get("Parents", ()) if isinstance(told, Mapping) else ()
        parent = above[0]["Id"] if above else None if isinstance(told, Mapping) else told
        values = {"id": name, "name": item.get("Name"), "parent_id": parent}
        yield answers.make(kind, name, values, (EVERYWHERE, TARGETS))


def _attached(answers: Answers) -> Iterator[Resource]:
    """Which policy is attached to what."""
    for answer in answers.of(TARGETS):
        policy = answer.args.get("PolicyId", "")
        for item in answer.data.get("Targets", ()):
            target = item["TargetId"]
            values = {"policy_id": policy, "target_id": target}
            kind, at = "aws_organizations_policy_attachment", (EVERYWHERE, TARGETS)
            yield answers.make(kind, f"{policy}.{target}", values, at)
