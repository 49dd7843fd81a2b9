"""The states of Terraform that lie in buckets: what stands in them, and who runs what is written.

Whoever reads a state reads every password in it; whoever writes one has the next run of terraform
start a provider of their own, as whoever runs it. A table of locks has to be written as well, since
it holds the digest of the state.

https://developer.hashicorp.com/terraform/language/state/sensitive-data
"""

from collections.abc import Iterator
from dataclasses import replace

from graphs.build import credentials, read
from graphs.build.draft import Draft
from graphs.build.origins import stored
from graphs.nodes import Bucket, Delegate, Ref, Setting
from graphs.resource import Resource
from graphs.unknown import Cause, Text, Unknown, text
from graphs.verdict import Gap

STATE, BUCKET = "terraform_state", "aws_s3_bucket"
ROLE, TABLE = "aws_iam_role", "aws_dynamodb_table"
KEY = "aws_iam_access_key"


def lower(draft: Draft, declared: str = "") -> None:
    """Make the states, and call the buckets after them.

    `declared` is the role that runs terraform where no provider says it, by address or ARN.
    """
    for resource in draft.resources:
        if resource.type == STATE:
            _state(draft, resource, declared)
        elif resource.type == "terraform_remote_state":
            config = read.raw(resource, "config")
            named = config.get("bucket") if isinstance(config, dict) else None
            _call(draft, draft.ref(resource, named, BUCKET))


def _state(draft: Draft, resource: Resource, declared: str) -> None:
    bucket = draft.ref_at(resource, "bucket", BUCKET)
    proof, key = draft.proof(resource), read.raw(resource, "name")
    held = tuple(sorted(_passwords(draft, resource)))
    _call(draft, bucket, *([Setting(f"state {key}", proof, held)] if held else ()))
    runs = _role(draft, resource, declared)
    if not isinstance(runs, str):
        if isinstance(bucket, str):
            draft.gaps.append(_unsaid(bucket, resource, declared))
        return
    named = read.raw(resource, "bucket"), read.raw(resource, "key")
    kind = "state" if read.raw(resource, "dynamodb_table") is None else "locked-state"
    written = stored(draft, resource, *named, kind, proof)
    supplies = tuple(replace(each, besides=_locks(draft, resource)) for each in written)
    draft.add(Delegate(source=resource, id=resource.id, role=runs, supplies=supplies))


def _unsaid(bucket: str, resource: Resource, declared: str) -> Gap:
    who = f"{declared} is not in this code" if declared else "nothing says who runs terraform"
    what = f"{bucket} keeps this state, and {who}"
    effect = "what whoever writes the state comes to is not judged"
    fix = "" if declared else "name the role by runs_terraform in pathwarden.yaml"
    return Gap("state-run-by", what, effect, resource.origin.place, fix)


def _call(draft: Draft, bucket: "Ref | None", *states: Setting) -> None:
    """A bucket that a state lies in holds states, whatever it is called."""
    node = draft.nodes.get(bucket) if isinstance(bucket, str) else None
    if not isinstance(node, Bucket):
        return
    kinds, said = node.classes, node.class_reason
    if "state" not in kinds and said != "declared in pathwarden.yaml":
        kinds |= {"state"}
        said = "; ".join(filter(None, (said, "a Terraform state lies in it")))
    states = (*node.states, *states)
    draft.add(replace(node, classes=kinds, class_reason=said, states=states))


def _passwords(draft: Draft, state: Resource) -> Iterator[str]:
    """What the secrets of the same root module open; what is only written is in no state."""
    for kind, names in credentials.PASSWORDS.items():
        for resource in draft.all(kind):
            kept = (name for name in names if not name.endswith("_wo"))
            if _beside(resource, state) and any(read.raw(resource, n) is not None for n in kept):
                yield resource.id
    for resource in draft.all(KEY):
        if _beside(resource, state) and read.raw(resource, "pgp_key") is None:
            yield resource.id


def _beside(resource: Resource, state: Resource) -> bool:
    return resource.address.root == state.address.root


def _role(draft: Draft, state: Resource, declared: str) -> "Ref | None":
    """The role that the provider assumes, or that is declared, where it is one of this code."""
    node = draft.by_id.get(declared)
    if node is not None and node.type == ROLE:
        return declared
    said = (*read.items(state, "roles"), declared)
    found = (draft.ref(state, each, ROLE) for each in said)
    return next((each for each in found if isinstance(each, str)), None)


def _locks(draft: Draft, state: Resource) -> tuple[tuple[str, Text], ...]:
    name = read.raw(state, "dynamodb_table")
    if name is None:
        return ()
    found = draft.ref(state, name, TABLE)
    if isinstance(found, str):
        return (("dynamodb:PutItem", draft.arn(draft.by_id[found])),)
    where = (state.scope.region, ":", state.scope.account)
    end = name if isinstance(name, str) else Unknown(Cause.VARIABLE, "table of locks")
    return (("dynamodb:PutItem", text(("arn:aws:dynamodb:", *where, ":table/", end))),)
