"""What S3 calls a public bucket policy, which its public access block is about.

Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage: the meaning of public".
"""

from graphs.addresses import prefix
from graphs.identity.actors import anyone_in
from graphs.identity.choices import wide
from graphs.identity.glob import Wild, pattern
from graphs.identity.policy import Condition, Statement
from graphs.unknown import NO, YES, Answer, Unknown, any_of, cannot_tell, known, unknowns_in

_TRUSTED = frozenset(
    (
        "aws:sourcearn",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourceowner",
        "aws:sourceaccount",
        "aws:userid",
        "aws:principalorgid",
        "aws:principalarn",
        "aws:principalaccount",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:dataaccesspointarn",
        "s3:dataaccesspointaccount",
    )
)
_FIXING = ("stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike")


def is_public(statement: Statement) -> Answer:
    """Whether S3 calls a bucket policy public because of this statement.

    Not public are fixed principals, and fixed values (no wildcard, no variable) of some keys;
    Amazon S3 User Guide, "Blocking public access: the meaning of public".
    """
    if statement.effect == "Deny":
        return NO
    effect = YES if statement.effect == "Allow" else cannot_tell(*unknowns_in(statement.effect))
    principals = anyone_in(statement.principals or ())
    if statement.not_principals is not None:
        principals = YES
    return effect & principals & ~any_of(_fixes(c) for c in statement.conditions)


def _fixes(condition: Condition) -> Answer:
    if isinstance(condition.operator, Unknown):
        return cannot_tell(condition.operator)
    if condition.if_exists or condition.qualifier == "forallvalues":
        return NO
    if condition.operator == "ipaddress" and condition.key == "aws:sourceip":
        return _fixes_addresses(condition)
    if condition.operator not in _FIXING or condition.key not in _TRUSTED:
        return NO
    result = YES
    for value in condition.values:
        wild = Wild.ANY in pattern(value) or Wild.ONE in pattern(value) or "${" in str(value)
        result = result & (cannot_tell(value) if isinstance(value, Unknown) else known(not wild))
    return result


def _fixes_addresses(condition: Condition) -> Answer:
    result = YES
    for value in condition.values:
        if not isinstance(value, str):
            result = result & cannot_tell(*unknowns_in(value))
            continue
        try:
            result = result & known(not wide(prefix(value)))
        except ValueError:
            return NO
    return result
