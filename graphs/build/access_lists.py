"""The access control lists of a bucket and of the objects in it that code writes.

Amazon S3 User Guide, "Access control list (ACL) overview", "Controlling ownership of objects and
disabling ACLs for your bucket".
"""

from collections.abc import Iterator

from graphs.build import read
from graphs.build.draft import Draft
from graphs.build.stores import BUCKET
from graphs.evidence import Proof
from graphs.nodes import AccessGrant
from graphs.resource import Resource
from graphs.unknown import NO, Answer, Text, Unknown, answer, any_of, unknowns_in

EVERYBODY, SIGNED_IN = "AllUsers", "AuthenticatedUsers"
RIGHTS = ("READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL")
CANNED = {
    "public-read": ((EVERYBODY, "READ"),),
    "public-read-write": ((EVERYBODY, "READ"), (EVERYBODY, "WRITE")),
    "authenticated-read": ((SIGNED_IN, "READ"),),
}
"""What they give beside the owner, who has everything."""

OBJECTS = ("aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy")
_OWN = (
    "data.aws_canonical_user_id.",
    "data.aws_cloudfront_log_delivery_canonical_user_id.",
)
"""Data sources that tell of this account, and of AWS's own that writes CloudFront's logs."""


def switched_off(draft: Draft, bucket: Resource) -> Answer:
    """Whether its code says that ACLs do not count there.

    Nothing said is no: where a bucket has them off from the start, AWS refuses to set one.
    """
    found: list[Answer] = []
    kind = "aws_s3_bucket_ownership_controls"
    for holder in draft.satellites(kind, "bucket", BUCKET).get(bucket.id, ()):
        owner = read.word(read.first(holder, "rule"), "object_ownership")
        off = answer(owner if isinstance(owner, Unknown) else owner == "BucketOwnerEnforced")
        found.append(off & holder.exists)
    return any_of(found) if found else NO


def grants(draft: Draft, bucket: Resource) -> Iterator[AccessGrant]:
    """What the bucket's own list gives to others than its owner, then those of its objects."""
    lists = draft.satellites("aws_s3_bucket_acl", "bucket", BUCKET).get(bucket.id, ())
    for holder in (*lists, bucket):
        found = tuple(_of_list(draft, holder, read.doubt(holder, bucket)))
        if found:
            yield from found
            break
    for kind in OBJECTS:
        for holder in draft.satellites(kind, "bucket", BUCKET).get(bucket.id, ()):
            key = read.text(holder, "key")
            doubt = read.doubt(holder, bucket)
            yield from _canned(draft.proof(holder, "acl"), read.word(holder, "acl"), doubt, key)


def _of_list(draft: Draft, holder: Resource, doubt: Unknown | None) -> Iterator[AccessGrant]:
    proof, said = draft.proof(holder, "acl"), read.word(holder, "acl")
    if said != "":
        yield from _canned(proof, said, doubt, None)
        return
    policy = read.first(holder, "access_control_policy")
    owner = read.text(read.first(policy, "owner"), "id")
    for grant in (*read.blocks(holder, "grant"), *read.blocks(policy, "grant")):
        yield from _granted(proof, grant, owner, doubt)


def _canned(
    proof: Proof, said: "str | Unknown", doubt: Unknown | None, key: "Text | None"
) -> Iterator[AccessGrant]:
    unsure = said if isinstance(said, Unknown) else doubt
    name = "public-read-write" if isinstance(said, Unknown) else said
    for who, right in CANNED.get(name, ()):
        yield AccessGrant(who, right, proof, key, unsure)


def _granted(
    proof: Proof, grant: read.Block, owner: "Text | None", doubt: Unknown | None
) -> Iterator[AccessGrant]:
    """What one grant gives to a group of AWS's, or to another account by its canonical id."""
    grantee = read.first(grant, "grantee") if "grantee" in grant else grant
    uri = read.word(grantee, "uri")
    doubt = uri if isinstance(uri, Unknown) else doubt
    who = EVERYBODY if isinstance(uri, Unknown) else _named(grantee, uri)
    if who in ("", owner) or _is_own(who):
        return
    for right in _rights(grant):
        unsure = right if isinstance(right, Unknown) else doubt
        for each in RIGHTS if isinstance(right, Unknown) else (right,):
            yield AccessGrant(who, each, proof, None, unsure)


def _named(grantee: read.Block, uri: str) -> Text:
    """A group by its last word or an account by its canonical id; empty for AWS's log delivery."""
    group = uri.rpartition("/")[2]
    if group:
        return group if group in (EVERYBODY, SIGNED_IN) else ""
    user = read.text(grantee, "id")
    return "" if user is None else user


def _is_own(user: Text) -> bool:
    return any(own in hole.what for hole in unknowns_in(user) for own in _OWN)


def _rights(grant: read.Block) -> "Iterator[str | Unknown]":
    said = read.word(grant, "permission")
    if said != "":
        yield said
    for right in read.items(grant, "permissions"):
        yield right if isinstance(right, str) else read.whole(right)
