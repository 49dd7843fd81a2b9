"""Who may act as whom, and with how much power."""

from collections.abc import Iterator

from graphs.attack.escalation import escalations
from graphs.estate import Estate
from graphs.evidence import Step
from graphs.identity.evaluate import ANYONE
from graphs.identity.keys import Given
from graphs.identity.principals import (
    asks_external_id,
    may_assume,
    open_federation,
    trustees,
)
from graphs.nodes import AccessKey, Instance, Outsider, Role, Service, User
from graphs.unknown import YES, Answer, any_of
from rules.api import Severity, Violation, rule, shown
from rules.words import can, listed

EMPOWER = "iam:AttachUserPolicy"
ANY_USER = "arn:aws:iam::*:user/*"
WITHOUT_FACTOR: Given = {"aws:MultiFactorAuthPresent": "false"}


@rule(
    id="metadata-answers-without-token",
    title="A machine's credentials can be had by one forged request",
    severity=Severity.MEDIUM,
    objectives=("protect-workload-credentials", "harden-configuration"),
    looks_at=(Instance,),
)
def metadata_answers_without_token(estate: Estate) -> Iterator[Violation]:
    """It weighs more where a role's keys are there to be had."""
    for instance in estate.all(Instance).items:
        danger = ~instance.token_required
        if danger.possible:
            yield Violation(
                subject=instance,
                danger=danger,
                because=f"One request forged through a program on {instance.name} {can(danger)} "
                "read the machine's credentials, without a token.",
                evidence=shown(
                    "Session tokens are not required", instance, "metadata_options", danger
                ),
                fix='Set http_tokens to "required" in metadata_options.',
                severity=Severity.LOW if instance.role is None else None,
            )


@rule(
    id="long-lived-access-key",
    title="An access key works until somebody deletes it",
    severity=Severity.MEDIUM,
    objectives=("retire-long-lived-credentials",),
    looks_at=(AccessKey,),
)
def long_lived_access_key(estate: Estate) -> Iterator[Violation]:
    """A key made in Terraform stands in its state as well."""
    for key in estate.all(AccessKey).items:
        yield Violation(
            subject=key,
            danger=YES,
            because=f"The access key {key.name} never expires, and whoever finds it is its user.",
            evidence=(Step("An access key is made for a user", key.proof()),),
            fix="Let programs act by a role, and people by single sign-on; then delete the key.",
        )


@rule(
    id="role-open-to-anyone",
    title="Anyone can take a role",
    severity=Severity.CRITICAL,
    objectives=("deny-anonymous-access", "control-third-party-access"),
    looks_at=(Role,),
)
def role_open_to_anyone(estate: Estate) -> Iterator[Violation]:
    """A `*` in a trust policy is every account there is, unless a condition narrows it."""
    for role in estate.all(Role).items:
        taken = may_assume(estate.permissions, ANYONE, role)
        if taken.answer.possible:
            yield Violation(
                subject=role,
                danger=taken.answer,
                because=f"Any AWS account {can(taken.answer)} take the role {role.name}.",
                evidence=taken.evidence,
                fix="Name the accounts and roles that may take the role in its trust policy.",
            )


@rule(
    id="federated-role-open-to-any-repository",
    title="A role trusts every pipeline of a public platform",
    severity=Severity.CRITICAL,
    objectives=("bind-federated-identities", "protect-code-and-state"),
    looks_at=(Role,),
)
def federated_role_open_to_any_repository(estate: Estate) -> Iterator[Violation]:
    """A stranger's token differs from one's own by its subject alone."""
    for role in estate.all(Role).items:
        open_ = open_federation(estate.permissions, role)
        if open_.answer.possible:
            yield Violation(
                subject=role,
                danger=open_.answer,
                because=f"A stranger {can(open_.answer)} get a token of the platform's with which "
                f"to act as the role {role.name}.",
                evidence=open_.evidence,
                fix="Compare the token's sub with your repository and branch in the trust "
                "policy's condition.",
            )


@rule(
    id="outside-account-trusted-without-external-id",
    title="An outside account is trusted on its word",
    severity=Severity.MEDIUM,
    objectives=("control-third-party-access",),
    looks_at=(Role, Outsider),
)
def outside_account_trusted_without_external_id(estate: Estate) -> Iterator[Violation]:
    """AWS calls it the confused deputy: whoever serves many can be sent to the wrong one."""
    for role in estate.all(Role).items:
        for outsider in estate.all(Outsider).items:
            trusted = may_assume(estate.permissions, outsider.id, role)
            asked = asks_external_id(estate.permissions, role, outsider.account)
            danger = trusted.answer & ~asked
            if danger.possible:
                yield Violation(
                    subject=role,
                    danger=danger,
                    because=f"{outsider.name} {can(danger)} take the role {role.name} in the name "
                    "of any of its customers: no external id is asked for.",
                    evidence=trusted.evidence,
                    fix="Agree an external id with them, and require it by sts:ExternalId in the "
                    "trust policy.",
                    key=outsider.account,
                )


@rule(
    id="role-holds-everything",
    title="A program may do everything",
    severity=Severity.HIGH,
    objectives=("limit-administrators", "grant-least-privilege", "prevent-privilege-escalation"),
    looks_at=(Role,),
)
def role_holds_everything(estate: Estate) -> Iterator[Violation]:
    """Asked of the roles that an AWS service acts as; people who administer have to."""
    for role in estate.all(Role).items:
        rules_all = estate.permissions.admin(role.id)
        danger = rules_all.answer & _for_programs(estate, role)
        if danger.possible:
            yield Violation(
                subject=role,
                danger=danger,
                because=f"Whoever takes over a program with the role {role.name} {can(danger)} do "
                "everything in the account.",
                evidence=rules_all.evidence,
                fix="Grant what the program calls for, and set a permissions boundary.",
            )


def _for_programs(estate: Estate, role: Role) -> Answer:
    """Whether some AWS service may act as the role."""
    trusted = trustees(estate.permissions, role)
    return any_of(each.permission.answer for each in trusted if each.kind == "service")


@rule(
    id="principal-can-become-administrator",
    title="Somebody can make themselves an administrator",
    severity=Severity.HIGH,
    objectives=("prevent-privilege-escalation", "limit-administrators"),
    looks_at=(Role, User),
)
def principal_can_become_administrator(estate: Estate) -> Iterator[Violation]:
    """Asked of principals that are none: what they may call is as good as what it leads to."""
    for found in escalations(estate):
        way = listed([step.technique.title.lower() for step in found.steps])
        kind = "role" if isinstance(found.principal, Role) else "user"
        yield Violation(
            subject=found.principal,
            danger=found.answer,
            because=f"Whoever acts as the {kind} {found.principal.name} {can(found.answer)} become "
            f"an administrator: {way}.",
            evidence=tuple(step for each in found.steps for step in each.evidence()),
            fix=f"To begin with, {found.steps[0].mend}.",
        )


@rule(
    id="administrator-without-second-factor",
    title="A password alone opens an administrator",
    severity=Severity.HIGH,
    objectives=("require-second-factor", "limit-administrators"),
    looks_at=(User,),
)
def administrator_without_second_factor(estate: Estate) -> Iterator[Violation]:
    """Asks what the user may do whose session has no second factor; a policy may forbid it all."""
    for user in estate.all(User).items:
        alone = estate.permissions.can(user.id, EMPOWER, ANY_USER, WITHOUT_FACTOR)
        danger = user.signs_in & estate.permissions.admin(user.id).answer & alone.answer
        if danger.possible:
            yield Violation(
                subject=user,
                danger=danger,
                because=f"Whoever has the password of {user.name} {can(danger)} administer the "
                "account: no second factor is asked for.",
                evidence=alone.evidence,
                fix="Deny everything but setting up a device while aws:MultiFactorAuthPresent is "
                "false, or let people come in by single sign-on.",
            )


@rule(
    id="administrator-for-outside-account",
    title="An outside account can administer this one",
    severity=Severity.HIGH,
    objectives=("control-third-party-access", "limit-administrators"),
    looks_at=(Role, Outsider),
)
def administrator_for_outside_account(estate: Estate) -> Iterator[Violation]:
    """An external id keeps strangers out, and not whoever takes over the other account."""
    for role in estate.all(Role).items:
        rules_all = estate.permissions.admin(role.id)
        for outsider in estate.all(Outsider).items if rules_all.answer.possible else ():
            taken = may_assume(estate.permissions, outsider.id, role)
            danger = rules_all.answer & taken.answer
            if danger.possible:
                yield Violation(
                    subject=role,
                    danger=danger,
                    because=f"Whoever rules {outsider.name} {can(danger)} administer this account "
                    f"by the role {role.name}.",
                    evidence=(*taken.evidence, *rules_all.evidence),
                    fix="Grant the role what was agreed with them, and nothing that administers.",
                    key=outsider.account,
                )


@rule(
    id="access-key-shared-by-programs",
    title="Several programs act by one access key",
    severity=Severity.MEDIUM,
    objectives=("identify-every-user", "retire-long-lived-credentials"),
    looks_at=(AccessKey, Service),
)
def access_key_shared_by_programs(estate: Estate) -> Iterator[Violation]:
    """What one of them does, the record shows of all; and none can be shut out alone."""
    services = estate.all(Service).items
    for key in estate.all(AccessKey).items:
        holders = [s for s in services if any(key.id in each.reveals for each in s.settings)]
        if len(holders) > 1:
            names = listed([each.name for each in holders])
            yield Violation(
                subject=key,
                danger=YES,
                because=f"{names} act by the same access key, so that no record tells them apart.",
                evidence=tuple(
                    Step(f"The key stands in the {each.name} of {s.name}", each.proof)
                    for s in holders
                    for each in s.settings
                    if key.id in each.reveals
                ),
                fix="Give each program a role of its own, and delete the key.",
            )
