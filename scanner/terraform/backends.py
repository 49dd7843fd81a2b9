"""The state of a root module, as a resource: where it is kept, and as whom terraform works on it.

https://developer.hashicorp.com/terraform/language/backend/s3
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from graphs.resource import Address, Origin, Resource, Scope, Source
from graphs.resource import Value as Plain
from graphs.unknown import Cause, Place, Unknown
from scanner.terraform.definitions import configuration
from scanner.terraform.publish import plain
from scanner.terraform.repository.states import Kept, kept

if TYPE_CHECKING:
    from scanner.terraform.modules import Module
    from scanner.terraform.providers import Provider

STATE: Final = "terraform_state"
_PARTS: Final = ("bucket", "key", "dynamodb_table")


def states(root: "Module") -> tuple[Resource, ...]:
    """The state of a root module that keeps it in a bucket; nothing where it lies elsewhere."""
    session = root.session
    place = _place(root)
    where = kept(session.tree, session.directory) if place else None
    if where is None or where.backend != "s3":
        return ()
    logins = [each for each in _logins(root) if each.role is not None]
    main = next(iter(_logins(root)), None)
    unsaid = Unknown(Cause.SCOPE, "account of provider aws")
    account, region = (main.account, main.region) if main else (unsaid, unsaid)
    values: dict[str, Plain] = {name: _part(where, name, place) for name in _PARTS}
    values["key"] = _keyed(where, values["key"], session.workspace)
    values["name"] = values["key"] if isinstance(values["key"], str) else "the Terraform state"
    values["roles"] = tuple([plain(each.role, "roles", set()) for each in logins])
    return (
        Resource(
            Address("", STATE, "s3", None, "declared"),
            STATE,
            values,
            Scope("aws", account, region),
            Origin(Source.TERRAFORM, place),
        ),
    )


def _place(root: "Module") -> Place | None:
    for setting in configuration(root.session.tree, root.session.directory).settings:
        for block in setting.body.blocks:
            if block.type == "backend":
                return setting.file.place(block.start, block.end)
    return None


def _logins(root: "Module") -> Iterator["Provider"]:
    """The providers of AWS, the default one first."""
    found = root.providers()
    yield from (found[name] for name in sorted(found) if name.partition(".")[0] == "aws")


def _part(where: Kept, name: str, place: Place | None) -> Plain:
    """What the backend says; not known where each environment gives its own."""
    told = where.parts.get(name, frozenset())
    if len(told) == 1:
        return next(iter(told))
    if not told and name == "dynamodb_table":
        return None
    return Unknown(Cause.VARIABLE, f"{name} of the backend", (), place)


def _keyed(where: Kept, key: Plain, workspace: str) -> Plain:
    """Other workspaces than the default one lie below a prefix."""
    if not isinstance(key, str) or workspace in ("", "default"):
        return key
    prefix = where.parts.get("workspace_key_prefix", frozenset(("env:",)))
    return f"{next(iter(prefix))}/{workspace}/{key}"
