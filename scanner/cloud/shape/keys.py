"""Keys, and the secrets and parameters that they encrypt."""

from collections.abc import Iterator, Mapping

from graphs.resource import Resource
from scanner.cloud.shape.answers import Answers, tags


def shape(answers: Answers) -> Iterator[Resource]:
    """Keys with their policies, secrets with theirs, parameters."""
    for part in (_keys, _secrets, _parameters):
        yield from part(answers)


def _keys(answers: Answers) -> Iterator[Resource]:
    managed = _managed_by_aws(answers)
    for region, item in answers.items("kms.list_keys", "Keys"):
        name = item["KeyId"]
        told = answers.about("kms.describe_key", region, name)
        about = told.get("KeyMetadata", {}) if isinstance(told, Mapping) else {}
        if name in managed or about.get("KeyState") == "PendingDeletion":
            continue
        policy = answers.about("kms.get_key_policy", region, name)
        rotation = answers.about("kms.get_key_rotation_status", region, name)
        values = {
            "key_id": name,
            "arn": item.get("KeyArn"),
            "description": about.get("Description"),
            "customer_master_key_spec": about.get("KeySpec") or about.get("CustomerMasterKeySpec"),
            "policy": policy.get("Policy") if isinstance(policy, Mapping) else policy,
            "enable_key_rotation": rotation.get("KeyRotationEnabled", False)
            if isinstance(rotation, Mapping)
            else rotation,
            "tags": answers.tags_of(region, item.get("KeyArn", "")),
        }
        yield answers.make("aws_kms_key", name, values, (region, "kms.list_keys"))
        yield from _grants(answers, region, name)
    for region, alias in answers.items("kms.list_aliases", "Aliases"):
        target = alias.get("TargetKeyId")
        if target and target not in managed:
            values = {
                "name": alias["AliasName"],
                "arn": alias.get("AliasArn"),
                "target_key_id": target,
            }
            at, key = (region, "kms.list_aliases"), answers.local(region)
            yield answers.make("aws_kms_alias", alias["AliasName"], values, at, key=key)


def _grants(answers: Answers, region: str, key: str) -> Iterator[Resource]:
    """Who may use the key beside its policy."""
    call = "kms.list_grants"
    told = answers.about(call, region, key)
    for grant in told.get("Grants", ()) if isinstance(told, Mapping) else ():
        limits = grant.get("Constraints", {})
        values = {
            "name": grant.get("Name") or grant["GrantId"],
            "key_id": key,
            "grantee_principal": grant.get("GranteePrincipal"),
            "operations": grant.get("Operations", ()),
            "constraints": [
                {
                    "encryption_context_equals": limits.get("EncryptionContextEquals"),
                    "encryption_context_subset": limits.get("EncryptionContextSubset"),
                }
            ],
        }
        yield answers.make("aws_kms_grant", grant["GrantId"], values, (region, call))


def _managed_by_aws(answers: Answers) -> set[str]:
    """Keys that AWS keeps for a service. Whoever may use the service may use them (KMS developer
    guide, "AWS managed keys"), so that what they encrypt is as if no key were named."""
    abouts = (a.data.get("KeyMetadata", {}) for a in answers.of("kms.describe_key"))
    found = {a.get("KeyId", "") for a in abouts if a.get("KeyManager") == "AWS"}
    aliases = answers.items("kms.list_aliases", "Aliases")
    return found | {
        a["TargetKeyId"]
        for _, a in aliases
        if a["AliasName"].startswith("alias/aws/") and "TargetKeyId" in a
    }


def own_key(answers: Answers, named: object) -> object:
    """A key that is named, unless it is one of AWS's own."""
    text = str(named or "")
    if not text or "alias/aws/" in text:
        return None
    return None if text.rpartition("/")[2] in _managed_by_aws(answers) else named


def _secrets(answers: Answers) -> Iterator[Resource]:
    call = "secretsmanager.list_secrets"
    for region, secret in answers.items(call, "SecretList"):
        name, arn, key = secret["Name"], secret["ARN"], answers.local(region)
        values = {
            "name": name,
            "arn": arn,
            "kms_key_id": own_key(answers, secret.get("KmsKeyId")),
            "tags": tags(secret.get("Tags")),
        }
        kind = "aws_secretsmanager_secret"
        yield answers.make(kind, name, values, (region, call), key=key)
        told = (region, "secretsmanager.get_resource_policy", arn)
        of = {"secret_arn": arn}
        yield from answers.policy(f"{kind}_policy", of, told, "ResourcePolicy", name)


def _parameters(answers: Answers) -> Iterator[Resource]:
    """Parameters without their values, which are data whatever their type."""
    call = "ssm.describe_parameters"
    for region, parameter in answers.items(call, "Parameters"):
        name = parameter["Name"]
        arn = f"arn:{answers.partition}:ssm:{region}:{answers.swept.account}:parameter"
        arn = parameter.get("ARN") or f"{arn}/{name.removeprefix('/')}"
        values = {
            "name": name,
            "arn": arn,
            "type": parameter.get("Type"),
            "key_id": own_key(answers, parameter.get("KeyId")),
            "tags": answers.tags_of(region, arn),
        }
        at, key = (region, call), answers.local(region)
        yield answers.make("aws_ssm_parameter", name, values, at, key=key)
