"""Whether a build project builds what strangers propose: the pull requests of a public repository.

AWS CodeBuild User Guide, "GitHub webhook events" (a webhook without filters builds all pushes and
pull requests; patterns are regular expressions that match anywhere in the text unless anchored),
"Pull request comment approval" (on by default for projects made since it exists).
"""

import re

from graphs.build import read
from graphs.build.draft import Draft
from graphs.nodes import Exposure
from graphs.resource import Resource
from graphs.unknown import NO, YES, Answer, Cause, Unknown, all_of, any_of, cannot_tell, known

PROJECT, WEBHOOK = "aws_codebuild_project", "aws_codebuild_webhook"
REQUESTS = frozenset(f"PULL_REQUEST_{each}" for each in ("CREATED", "UPDATED", "REOPENED"))
PUBLIC_HOSTS = ("GITHUB", "BITBUCKET", "GITLAB")
# What says who proposes a change; branches, files and messages are the proposer's choice.
WHO = ("ACTOR_ACCOUNT_ID",)
_ANCHORED = re.compile(r"\^[^|]*\$|\^\((\?:)?[^()]*\)\$")


def proposals(draft: Draft, project: Resource) -> Exposure | None:
    """Whether strangers' changes are built; None without a webhook that builds them."""
    hooks = draft.satellites(WEBHOOK, "project_name", PROJECT).get(project.id, ())
    for hook in hooks:
        answer = _builds(hook) & _unapproved(hook) & _public(project)
        if answer.possible:
            return Exposure(answer, draft.proof(hook))
    return None


def _builds(hook: Resource) -> Answer:
    groups = read.blocks(hook, "filter_group")
    return any_of(_admits(group) for group in groups) if groups else YES


def _admits(group: read.Block) -> Answer:
    """Whether a pull request of anybody's passes all filters of a group."""
    filters = read.blocks(group, "filter")
    return all_of(_passes(each) for each in filters)


def _passes(condition: read.Block) -> Answer:
    kind, pattern = read.word(condition, "type"), read.word(condition, "pattern")
    if isinstance(kind, Unknown) or isinstance(pattern, Unknown):
        return cannot_tell(*(u for u in (kind, pattern) if isinstance(u, Unknown)))
    excluding = read.flag(condition, "exclude_matched_pattern", default=False)
    if kind == "EVENT":
        listed = {each.strip() for each in pattern.split(",")}
        return known(bool(listed & REQUESTS)) & ~excluding
    if kind in WHO:
        alternatives = _ANCHORED.fullmatch(pattern) or all(
            _ANCHORED.fullmatch(each) for each in pattern.split("|")
        )
        return excluding | known(not alternatives)
    return YES


def _unapproved(hook: Resource) -> Answer:
    """Whether builds start before one of the team has looked."""
    policy = read.blocks(hook, "pull_request_build_policy")
    if not policy:
        why = Unknown(Cause.DATA, f"whether {hook.id} is older than the approval of pull requests")
        return cannot_tell(why)
    said = read.word(policy[0], "requires_comment_approval")
    return cannot_tell(said) if isinstance(said, Unknown) else known(said == "DISABLED")


def _public(project: Resource) -> Answer:
    """Whether anybody can propose a change, which the platform knows alone."""
    source = read.first(project, "source")
    kind = read.word(source, "type")
    if isinstance(kind, str) and kind not in PUBLIC_HOSTS:
        return NO
    where = read.text(source, "location") or project.id
    return cannot_tell(Unknown(Cause.DATA, f"whether the repository {where} is public"))
