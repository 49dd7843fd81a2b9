"""Whether a store that is reached by network lets in whoever connects, without asking who they are.

A store that asks for a password lets in no guest. One that asks nobody lets in everybody, unless a
policy of its own stands before it: then the policy says.
"""

from graphs.evidence import Step
from graphs.identity.evaluate import ANYONE, Permission, Permissions
from graphs.identity.keys import Given
from graphs.identity.search import refused
from graphs.nodes import Database
from graphs.unknown import YES, Answer

# What is true of a request that comes by a mount target of the file system.
# https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
_BY_MOUNT_TARGET: Given = {"elasticfilesystem:AccessedViaMountTarget": "true"}


def heard(permissions: Permissions, database: Database) -> Permission:
    """Whether requests that nobody signed are heard at all: its policy says, if it has one."""
    if database.policies:
        return permissions.readable(ANYONE, database, _BY_MOUNT_TARGET)
    if database.signed:
        return refused(f"{database.name} hears signed requests alone")
    return Permission("allow", YES)


def unasked(permissions: Permissions, database: Database) -> Permission:
    """Whether somebody who can connect is let in without a name and without a password."""
    careless = ~database.guarded
    if not careless.possible:
        return refused(f"{database.name} asks who connects")
    found = heard(permissions, database)
    answer = found.answer & careless
    claim = f"The {database.kind} {database.name} asks nobody for a login"
    step = Step(claim, database.proof(), careless.because)
    return Permission(_verdict(answer), answer, found.keys, (*found.evidence, step))


def _verdict(answer: Answer) -> str:
    if answer.certain:
        return "allow"
    return "unknown" if answer.possible else "deny"
