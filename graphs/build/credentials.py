"""Which nodes a piece of text opens: the passwords and keys that lie about in start-up text.

The text itself is not kept; only what it reveals and where.
"""

import base64
import re
from collections.abc import Iterator, Mapping

from graphs.build import read
from graphs.build.draft import Draft
from graphs.build.literals import SHORTEST, holds_secret, is_secret
from graphs.nodes import Setting
from graphs.resource import Resource, Source
from graphs.unknown import Cause, Template, Unknown, unknowns_in

# Resource type: the attributes that are, or hold, its password.
PASSWORDS = {
    "aws_db_instance": ("password", "password_wo"),
    "aws_rds_cluster": ("master_password", "master_password_wo"),
    "aws_redshift_cluster": ("master_password", "master_password_wo"),
    "aws_docdb_cluster": ("master_password", "master_password_wo"),
    "aws_elasticache_replication_group": ("auth_token",),
}

MACHINES = ("aws_instance", "aws_spot_instance_request")
PRIVATE = ("private_key_pem", "private_key_openssh", "private_key_pem_pkcs8")

SECRET = re.compile(r"(?i:secret)[\w-]{0,20}[ \t]{0,3}[=:]")


def reveals(draft: Draft, value: object) -> tuple[str, ...]:
    """The ids of the nodes that someone who reads this text can open."""
    opened = _openers(draft)
    texts = (value, *_looked_up(draft, value))
    found = {
        node
        for unknown in unknowns_in(draft.settle(texts))
        for origin in _origins(unknown)
        for node in opened.get(origin, ())
    }
    said = "\n".join(_strings(texts))
    found.update(node for password, node in _written(draft) if password in said)
    found.update(node for key, node in _known_keys(draft) if key in said and SECRET.search(said))
    return tuple(sorted(found))


def decoded(value: object) -> object:
    """Start-up text without the base64 in which launch templates take it."""
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True).decode()
        except ValueError:  # no base64, no ASCII, or what is in it is no text
            return value
    return value


def _looked_up(draft: Draft, value: object) -> tuple[object, ...]:
    """The parts of cloud-init documents that a text is made of."""
    sources = {r.address for u in unknowns_in(value) for r in u.refers}
    found = (draft.by_id[s] for s in sorted(sources) if s in draft.by_id)
    return tuple(
        part.get("content")
        for source in found
        if source.type in ("cloudinit_config", "template_cloudinit_config")
        for part in read.blocks(source, "part")
    )


def _origins(unknown: Unknown) -> set[str]:
    """What a value was computed from, attributes and variables alike."""
    variables = {root.what for root in unknown.roots if root.cause == Cause.VARIABLE}
    return variables | {str(referent) for referent in unknown.refers}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str | Template):
        yield str(value)
    elif isinstance(value, Mapping):
        yield from _strings(tuple(value.values()))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _strings(each)


def settings(
    draft: Draft, owner: Resource, name: str, value: object, path: str
) -> tuple[Setting, ...]:
    """What a service is started with, one Setting per variable of a mapping."""
    if isinstance(value, Mapping):
        parts = [(str(k), v, f"{path}.{k}") for k, v in value.items()]
    elif value is None:
        parts = []
    else:
        parts = [(name, value, path)]
    made = (
        Setting(n, draft.proof(owner, p), reveals(draft, v), _literal(draft, n, v))
        for n, v, p in parts
    )
    return tuple(s for s in made if s.reveals or s.literal)


def _literal(draft: Draft, name: str, value: object) -> bool:
    if isinstance(value, Unknown):
        return any(_literal(draft, name, part) for part in _looked_up(draft, value))
    if not isinstance(value, str | Template):
        return False
    if isinstance(value, str) and is_secret(name, value):
        return True
    return holds_secret(str(value))


def _openers(draft: Draft) -> dict[str, set[str]]:
    """`random_password.x.result` and the like: the nodes whose password it is."""
    if not draft.openers:
        draft.openers["#"] = set()
        for kind, names in PASSWORDS.items():
            for resource in draft.all(kind):
                _note(draft, resource, names)
        for key in draft.all("aws_iam_access_key"):
            for name in ("secret", "encrypted_secret", "ses_smtp_password_v4"):
                draft.openers.setdefault(f"{key.id}.{name}", set()).add(key.id)
        for pair in draft.all("aws_key_pair"):
            _note_pair(draft, pair)
    return draft.openers


def _note_pair(draft: Draft, pair: Resource) -> None:
    """The private half of a pair that this code makes opens the machines that have the public
    one."""
    made = {
        referent.address
        for unknown in unknowns_in(read.raw(pair, "public_key"))
        for referent in unknown.refers
        if referent.address.rpartition(".")[0].endswith("tls_private_key")
    }
    machines = {
        machine.id
        for machine in draft.all(*MACHINES)
        if made and draft.ref_at(machine, "key_name", pair.type) == pair.id
    }
    for address in made if machines else ():
        for name in PRIVATE:
            draft.openers.setdefault(f"{address}.{name}", set()).update(machines)


def _note(draft: Draft, resource: Resource, names: tuple[str, ...]) -> None:
    for name in names:
        own = f"{resource.id}.{name}"
        draft.openers.setdefault(own, set()).add(resource.id)
        value = read.raw(resource, name)
        for unknown in unknowns_in(value):
            for referent in unknown.refers:
                draft.openers.setdefault(str(referent), set()).add(resource.id)
        # A variable opens it only where it is the password, and not merely in it.
        if isinstance(value, Unknown) and len(value.roots) == 1:
            for origin in _origins(value):
                draft.openers.setdefault(origin, set()).add(resource.id)


def _known_keys(draft: Draft) -> list[tuple[str, str]]:
    """Access keys whose ids are known; with a secret beside it in a text, an id opens its user."""
    keys = ((read.raw(r, "id"), r.id) for r in draft.all("aws_iam_access_key"))
    return [(key, node) for key, node in keys if isinstance(key, str)]


def _written(draft: Draft) -> list[tuple[str, str]]:
    """Passwords that stand in the code as text, with the nodes they open."""
    return [
        (value, resource.id)
        for kind, names in PASSWORDS.items()
        for resource in draft.all(kind)
        for value in (read.raw(resource, name) for name in names)
        if isinstance(value, str) and len(value) >= SHORTEST
    ]


def hidden(secret: Resource, texts: list[object]) -> Unknown | None:
    """What it is made of, where a plan does not say that: local values are in none."""
    if secret.origin.source is not Source.PLAN:
        return None
    return next((each for each in unknowns_in(texts) if not each.refers), None)
