"""IAM: roles, users and groups with their policies, keys and identity providers."""

import json
from collections.abc import Iterator, Mapping

from graphs.resource import EVERYWHERE, Resource
from scanner.cloud.shape.answers import Answers, Item, last, tags

PROFILE, PROFILES = "aws_iam_instance_profile", "iam.list_instance_profiles"
DETAILS = "iam.get_account_authorization_details"
AT = (EVERYWHERE, DETAILS)


def shape(answers: Answers) -> Iterator[Resource]:
    """Everything of IAM."""
    for part in (_policies, _roles, _groups, _users, _providers):
        yield from part(answers)


def _text(document: object) -> str:
    return document if isinstance(document, str) else json.dumps(document)


def _policies(answers: Answers) -> Iterator[Resource]:
    """Managed policies of the account's own, in the version that is in force."""
    for _, policy in answers.items(DETAILS, "Policies"):
        versions = policy.get("PolicyVersionList", ())
        chosen = [v for v in versions if v.get("IsDefaultVersion")]
        values = {
            "name": last(policy["Arn"]),
            "arn": policy["Arn"],
            "path": policy.get("Path"),
            "policy": _text(chosen[0]["Document"]) if chosen else None,
        }
        key = answers.local(EVERYWHERE)
        yield answers.make("aws_iam_policy", last(policy["Arn"]), values, AT, key=key)


def _roles(answers: Answers) -> Iterator[Resource]:
    key = answers.local(EVERYWHERE)
    for _, role in answers.items(DETAILS, "RoleDetailList"):
        name = role["RoleName"]
        values = {
            "name": name,
            "arn": role["Arn"],
            "path": role.get("Path"),
            "assume_role_policy": _text(role["AssumeRolePolicyDocument"]),
            "permissions_boundary": _boundary(role),
            "tags": tags(role.get("Tags")),
        }
        yield answers.make("aws_iam_role", name, values, AT, key=key)
        yield from _held(answers, "role", name, role, role.get("RolePolicyList", ()))
        for profile in role.get("InstanceProfileList", ()):
            yield _profile(answers, profile, name)
    for _, profile in answers.items(PROFILES, "InstanceProfiles"):
        if not profile.get("Roles"):  # the others are told with their roles
            yield _profile(answers, profile, None)


def _profile(answers: Answers, said: Item, role: str | None) -> Resource:
    name, kind, key = said["InstanceProfileName"], PROFILE, answers.local(EVERYWHERE)
    values = {"name": name, "arn": said["Arn"], "path": said.get("Path"), "role": role}
    return answers.make(kind, name, values, AT, key=key)


def _boundary(principal: Item) -> object:
    return principal.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")


def _held(
    answers: Answers, kind: str, name: str, principal: Item, inline: "list[Item]"
) -> Iterator[Resource]:
    """The policies in a principal, and those attached to it."""
    key = answers.local(EVERYWHERE)
    for policy in inline:
        values = {
            "name": policy["PolicyName"],
            kind: name,
            "policy": _text(policy["PolicyDocument"]),
        }
        address = f"{name}.{policy['PolicyName']}"
        yield answers.make(f"aws_iam_{kind}_policy", address, values, AT, key=key)
    for policy in principal.get("AttachedManagedPolicies", ()):
        values = {kind: name, "policy_arn": policy["PolicyArn"]}
        address = f"{name}.{policy['PolicyName']}"
        yield answers.make(f"aws_iam_{kind}_policy_attachment", address, values, AT, key=key)


def _groups(answers: Answers) -> Iterator[Resource]:
    key = answers.local(EVERYWHERE)
    for _, group in answers.items(DETAILS, "GroupDetailList"):
        name = group["GroupName"]
        values = {"name": name, "arn": group["Arn"], "path": group.get("Path")}
        yield answers.make("aws_iam_group", name, values, AT, key=key)
        yield from _held(answers, "group", name, group, group.get("GroupPolicyList", ()))


def _users(answers: Answers) -> Iterator[Resource]:
    key = answers.local(EVERYWHERE)
    for region, user in answers.items(DETAILS, "UserDetailList"):
        name = user["UserName"]
        values = {
            "name": name,
            "arn": user["Arn"],
            "path": user.get("Path"),
            "permissions_boundary": _boundary(user),
            "tags": tags(user.get("Tags")),
        }
        yield answers.make("aws_iam_user", name, values, AT, key=key)
        yield from _held(answers, "user", name, user, user.get("UserPolicyList", ()))
        if user.get("GroupList"):
            values = {"user": name, "groups": user["GroupList"]}
            yield answers.make("aws_iam_user_group_membership", name, values, AT, key=key)
        yield from _keys(answers, region, name)


def _keys(answers: Answers, region: str, user: str) -> Iterator[Resource]:
    """Keys that work, and whether there is a password."""
    call = "iam.list_access_keys"
    read = answers.about(call, region, user)
    for found in read.get("AccessKeyMetadata", ()) if isinstance(read, Mapping) else ():
        if found.get("Status") == "Active":
            values = {"id": found["AccessKeyId"], "user": user, "status": "Active"}
            at = (EVERYWHERE, call)
            yield answers.make("aws_iam_access_key", found["AccessKeyId"], values, at)
    call = "iam.get_login_profile"
    login = answers.about(call, region, user)
    unread = None if isinstance(login, Mapping) else login
    if unread is not None or (isinstance(login, Mapping) and login.get("LoginProfile")):
        at, key = (EVERYWHERE, call), answers.local(EVERYWHERE)
        kind = "aws_iam_user_login_profile"
        yield answers.make(kind, user, {"user": user}, at, key=key, doubt=unread)


def _providers(answers: Answers) -> Iterator[Resource]:
    """The issuer of tokens is in the provider's ARN."""
    key = answers.local(EVERYWHERE)
    call = "iam.list_open_id_connect_providers"
    for _, provider in answers.items(call, "OpenIDConnectProviderList"):
        host = provider["Arn"].partition("oidc-provider/")[2]
        values = {"arn": provider["Arn"], "url": f"https://{host}", "name": host}
        kind = "aws_iam_openid_connect_provider"
        yield answers.make(kind, host, values, (EVERYWHERE, call), key=key)
    call = "iam.list_saml_providers"
    for _, provider in answers.items(call, "SAMLProviderList"):
        values = {"arn": provider["Arn"], "name": last(provider["Arn"])}
        kind = "aws_iam_saml_provider"
        yield answers.make(kind, last(provider["Arn"]), values, (EVERYWHERE, call), key=key)
