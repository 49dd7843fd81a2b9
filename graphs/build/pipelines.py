"""Where the source of a build comes from: its own, or that of a pipeline that it is a stage of.

AWS CodePipeline User Guide, "Action structure reference"; AWS CodeBuild User Guide, "Create a build
project" (source).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from graphs.build import naming, read
from graphs.build.draft import Draft
from graphs.build.origins import stored
from graphs.evidence import Proof
from graphs.nodes import Supply
from graphs.resource import Resource
from graphs.unknown import YES, Answer, Cause, Unknown, cannot_tell

PIPELINE, PROJECT, CODE = "aws_codepipeline", "aws_codebuild_project", "aws_codecommit_repository"
OBJECT, ARTIFACT, REPOSITORY = "source-object", "artifact", "repository"
Action = Mapping[str, object]


def sources(draft: Draft, project: Resource) -> Iterator[Supply]:
    """What a build is made of, where that lies in the estate's accounts."""
    commanded = _commanded(project)
    for supply in (*_own(draft, project), *_by_pipelines(draft, project)):
        yield replace(supply, taken=supply.taken & commanded)


def _commanded(project: Resource) -> Answer:
    """Whether the source brings the commands; a project may have them itself, and yet run what it
    builds."""
    said = read.text(read.first(project, "source"), "buildspec")
    if said is None or (isinstance(said, str) and "\n" not in said and "phases" not in said):
        return YES
    return cannot_tell(Unknown(Cause.MODEL, f"what the commands of {project.id} run of its source"))


def _own(draft: Draft, project: Resource) -> Iterator[Supply]:
    source = read.first(project, "source")
    kind, location = read.word(source, "type"), source.get("location")
    proof = draft.proof(project, "source[0].location")
    if kind == "CODECOMMIT":
        yield from _repository(draft, project, location, proof)
    elif kind == "S3" and isinstance(location, str):
        bucket, _, key = location.removeprefix("arn:aws:s3:::").partition("/")
        yield from stored(draft, project, bucket, key, OBJECT, proof)


def _repository(draft: Draft, holder: Resource, value: object, proof: Proof) -> Iterator[Supply]:
    """A repository of CodeCommit, by its name or by the address that it is cloned from."""
    named = value.rpartition("/v1/repos/")[2] if isinstance(value, str) else value
    found = draft.ref(holder, named, CODE)
    if isinstance(found, str):
        own = draft.by_id[found]
        name = f"the repository {naming.label(own, 'repository_name')}"
        yield Supply(REPOSITORY, name, draft.arn(own), proof, store=found)


# ------------------------------------------------------------------------------------ pipelines


def _by_pipelines(draft: Draft, project: Resource) -> Iterator[Supply]:
    for pipeline in draft.all(PIPELINE):
        actions = [
            a for stage in read.blocks(pipeline, "stage") for a in read.blocks(stage, "action")
        ]
        for action in actions:
            if _is_build_of(draft, pipeline, action, project):
                yield from _fed(draft, pipeline, action, actions)


def _is_build_of(draft: Draft, pipeline: Resource, action: Action, project: Resource) -> bool:
    if action.get("provider") != "CodeBuild":
        return False
    return draft.ref(pipeline, _said(action, "ProjectName"), PROJECT) == project.id


def _said(action: Action, name: str) -> object:
    """What an action is configured with."""
    found = action.get("configuration")
    return found.get(name) if isinstance(found, Mapping) else None


def _fed(
    draft: Draft, pipeline: Resource, build: Action, actions: list[Action]
) -> Iterator[Supply]:
    """The sources that come to a build through the stages before it, and where they wait."""
    seen: set[object] = set()
    wanted = list(read.items(build, "input_artifacts"))
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        for action in actions:
            if name in read.items(action, "output_artifacts"):
                wanted += read.items(action, "input_artifacts")
                yield from _source(draft, pipeline, action)
    for store in read.blocks(pipeline, "artifact_store"):
        proof = draft.proof(pipeline, "artifact_store[0].location")
        if store.get("type") == "S3":
            yield from stored(draft, pipeline, store.get("location"), "*", ARTIFACT, proof)


def _source(draft: Draft, pipeline: Resource, action: Action) -> Iterator[Supply]:
    proof = draft.proof(pipeline, "stage")
    if action.get("provider") == "S3":
        named = _said(action, "S3Bucket"), _said(action, "S3ObjectKey")
        yield from stored(draft, pipeline, *named, OBJECT, proof)
    elif action.get("provider") == "CodeCommit":
        yield from _repository(draft, pipeline, _said(action, "RepositoryName"), proof)
