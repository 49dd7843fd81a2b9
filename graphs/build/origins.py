"""What a text names that lies elsewhere: an image in a repository, an object in a bucket.

Each becomes a Supply of what runs it. What is pinned by a digest or a version is none: nobody who
writes there changes what runs.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from graphs.build import naming, read
from graphs.build.draft import Draft
from graphs.evidence import Proof
from graphs.nodes import Supply
from graphs.resource import Resource
from graphs.unknown import YES, Answer, Cause, Template, Text, Unknown, cannot_tell, known, text

REPOSITORY, BUCKET = "aws_ecr_repository", "aws_s3_bucket"
IMAGE, LOCKED = "image", "locked-image"
ARCHIVE, SCRIPT = "archive", "script"
_HOST = re.compile(r"^(?P<account>[^./]+)\.dkr\.ecr\.(?P<region>[^/]+?)\.amazonaws\.com(?:\.cn)?/")
_MOVABLE = frozenset(("MUTABLE", "IMMUTABLE_WITH_EXCLUSION"))
_S3_HOSTS = re.compile(
    r"^https?://(?:s3[.-][^/]*amazonaws\.com/|s3\.amazonaws\.com/"
    r"|(?P<bucket>[^/]+?)\.s3[.-][^/]*amazonaws\.com/)"
)


# -------------------------------------------------------------------------------------- images


def image(draft: Draft, holder: Resource, value: object, proof: Proof) -> Iterator[Supply]:
    """The image that a text names by a tag, where it is one of ECR's.

    Amazon ECR User Guide, "Preventing image tags from being overwritten in Amazon ECR".
    """
    if not isinstance(value, str | Template | Unknown):
        return
    told = draft.settle(value)
    said = str(told)
    if "@" in said:
        return
    owner = _repository(draft, holder, value, said)
    if owner is not None:
        yield _tagged(draft, owner, said, proof)
        return
    host = _HOST.match(said)
    if host and "${" not in said[: host.end()]:
        name = said[host.end() :].partition(":")[0]
        why = Unknown(Cause.DATA, f"whether tags of the image repository {name} can be moved")
        arn = f"arn:aws:ecr:{host['region']}:{host['account']}:repository/{name}"
        yield Supply(IMAGE, f"the image {name}", arn, proof, taken=cannot_tell(why))


def _repository(draft: Draft, holder: Resource, value: object, said: str) -> Resource | None:
    """The repository: by what the text is computed from, else by its name in this account."""
    parts = value.parts if isinstance(value, Template) else (value,)
    for part in parts:
        found = draft.ref(holder, part, REPOSITORY) if isinstance(part, Unknown) else None
        if isinstance(found, str):
            return draft.by_id[found]
    host = _HOST.match(said)
    if host is None:
        return None
    name = said[host.end() :].partition(":")[0]
    found = draft.ref(holder, name, REPOSITORY)
    owner = draft.by_id[found] if isinstance(found, str) else None
    account = owner.scope.account if owner else None
    apart = isinstance(account, str) and host["account"].isdecimal() and host["account"] != account
    return None if apart else owner


def _tagged(draft: Draft, owner: Resource, said: str, proof: Proof) -> Supply:
    tag = said.rpartition("/")[2].partition(":")[2] or "latest"
    movable = _movable(owner, tag)
    name = naming.label(owner)
    kind = IMAGE if movable.possible else LOCKED
    return Supply(
        kind=kind,
        name=f"the image {name} by its tag {tag}",
        arn=draft.arn(owner),
        proof=proof,
        store=owner.id,
        taken=movable if kind == IMAGE else YES,
        loose=draft.proof(owner, "image_tag_mutability"),
    )


def _movable(owner: Resource, tag: str) -> Answer:
    """Whether a tag that is there can be given to another image."""
    said = read.word(owner, "image_tag_mutability", "MUTABLE")
    if isinstance(said, Unknown):
        return cannot_tell(said)
    if not said.endswith("_WITH_EXCLUSION"):
        return known(said in _MOVABLE)
    patterns = [
        read.word(b, "filter") for b in read.blocks(owner, "image_tag_mutability_exclusion_filter")
    ]
    holes = [each for each in patterns if isinstance(each, Unknown)]
    if holes or "${" in tag:
        return cannot_tell(*(holes or [Unknown(Cause.EXPRESSION, f"the tag {tag}")]))
    named = any(fnmatchcase(tag, str(each)) for each in patterns)
    return known(named != said.startswith("MUTABLE"))


# ------------------------------------------------------------------------------------- objects


def stored(
    draft: Draft, holder: Resource, bucket: object, key: object, kind: str, proof: Proof
) -> Iterator[Supply]:
    """The object that a bucket and a key name."""
    place = draft.ref(holder, bucket, BUCKET)
    if isinstance(place, str):
        name: Text = draft.settle(naming.computed(draft.by_id[place], "bucket"))  # type: ignore[assignment]
        yield _object(name, draft.settle(key), kind, proof, place, YES)
    elif isinstance(bucket, str) and bucket:
        why = Unknown(Cause.DATA, f"whose the bucket {bucket} is")
        yield _object(bucket, draft.settle(key), kind, proof, None, cannot_tell(why))


def _object(
    bucket: Text, key: object, kind: str, proof: Proof, place: str | None, taken: Answer
) -> Supply:
    within = key if isinstance(key, str | Template | Unknown) else ""
    arn = text(("arn:aws:s3:::", bucket, "/", within))
    return Supply(kind, f"the object {within} of {bucket}", arn, proof, place, taken)


def at_url(
    draft: Draft, holder: Resource, value: object, kind: str, proof: Proof
) -> Iterator[Supply]:
    """The object that an address of S3 names: s3://bucket/key, or by HTTPS in either style."""
    split = _split(value)
    if split is not None:
        yield from stored(draft, holder, *split, kind, proof)


def _split(value: object) -> tuple[object, object] | None:
    """The bucket and the key of an address."""
    if not isinstance(value, str | Template):
        return None
    head, *rest = value.parts if isinstance(value, Template) else (value,)
    if not isinstance(head, str):
        return None
    styled = _S3_HOSTS.match(head)
    if styled and styled["bucket"]:
        return styled["bucket"], _joined((head[styled.end() :], *rest))
    if not head.startswith("s3://") and styled is None:
        return None
    after = head[styled.end() if styled else len("s3://") :]
    if "/" in after:
        bucket, _, key = after.partition("/")
        return bucket, _joined((key, *rest))
    if after == "" and len(rest) > 1 and isinstance(rest[1], str) and rest[1].startswith("/"):
        return rest[0], _joined((rest[1][1:], *rest[2:]))
    return None


def _joined(parts: "tuple[str | Unknown, ...]") -> Text:
    return text(parts)
