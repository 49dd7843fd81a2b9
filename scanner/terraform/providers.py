"""Whose account and which region: provider blocks, their aliases and who is handed them.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs#provider-configuration
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graphs.unknown import Cause, Place, Template, Unknown
from scanner.terraform.definitions import Definition
from scanner.terraform.scope import Scope, computed
from scanner.terraform.syntax import Node
from scanner.terraform.values import Map, Value, is_null, unmark_deep
from scanner.terraform.values.symbols import derived, symbol

if TYPE_CHECKING:
    from scanner.terraform.modules import Module

_ROLE: Final = re.compile(r"arn:[^:]*:iam::([0-9]{12}):")
_CREDENTIALS: Final = ("profile", "access_key", "shared_credentials_files", "assume_role")
_REGIONS: Final = ("AWS_REGION", "AWS_DEFAULT_REGION")


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider configuration: the account and region that its resources are in.

    `login` is how it logs in, as text to compare; "" where it takes that from where terraform runs.
    """

    name: str
    account: str | Unknown
    region: str | Unknown
    default_tags: "Mapping[str, Value] | Unknown | None" = None
    login: str = ""
    role: Value = None
    """The ARN of the role that it assumes; None where it assumes none."""


def declared(module: "Module", inherited: Mapping[str, Provider]) -> dict[str, Provider]:
    """The providers of a module by local name: its own, over those that it is given."""
    result = dict(inherited)
    credentials: dict[str, str] = {}
    for name, definition in module.configuration.providers.items():
        result[name] = _provider(module, name, definition, credentials)
    return result


def missing(module: "Module", name: str) -> Provider:
    """The provider that nothing configures: it takes everything from where terraform runs."""
    return Provider(name, _account_of(name), _region_of(module, name, None))


def _region_of(module: "Module", name: str, place: Place | None) -> "str | Unknown":
    if name.split(".", 1)[0] == "aws":
        for variable in _REGIONS:
            if module.session.environ.get(variable):
                return module.session.environ[variable]
    return Unknown(Cause.SCOPE, f"region of provider {name}", (), place)


def _account_of(name: str, place: Place | None = None) -> Unknown:
    return Unknown(Cause.SCOPE, f"account of provider {name}", (), place)


def _provider(
    module: "Module", name: str, definition: Definition, credentials: dict[str, str]
) -> Provider:
    reader = _Reader(module, name, definition)
    region = reader.attribute("region")
    if not isinstance(region, str | Unknown):
        region = _region_of(module, name, definition.place)
    account, login = reader.account(), reader.credentials()
    if account is None:
        # Providers that differ in their region alone log in to the same account.
        first = credentials.setdefault(login, name)
        prefix = f"{module.path}: " if module.path else ""
        account = _account_of(prefix + first, definition.place)
    role = reader.attribute("role_arn", "assume_role")
    return Provider(name, account, region, reader.default_tags(), login, role)


class _Reader:
    """Reads one provider block."""

    def __init__(self, module: "Module", name: str, definition: Definition) -> None:
        self.name = f"provider {name}"
        self.definition = definition
        self.scope = Scope(module, definition.file)

    def value(self, node: Node) -> Value:
        place = self.scope.place(node[1], node[2])
        found = computed(self.scope.session, self.name, lambda: self.scope.evaluate(node), place)
        return unmark_deep(found.value)[0]

    def attribute(self, name: str, block: str = "") -> Value:
        """An attribute, of a nested block if one is named; None where it is not set."""
        body = self.definition.body
        if block:
            blocks = self.definition.groups.get(block)
            if not blocks:
                return None
            body = blocks[0].body
        stated = body.attributes.get(name)
        return self.value(stated.expr) if stated else None

    def account(self) -> "str | Unknown | None":
        role = self.attribute("role_arn", "assume_role")
        if isinstance(role, str) and (match := _ROLE.match(role)):
            return match[1]
        if isinstance(role, Template):
            return _account_in(role)
        if isinstance(role, Unknown):
            return Unknown(Cause.SCOPE, f"account of {role.what}", role.refers, role.place)
        allowed = self.attribute("allowed_account_ids")
        if isinstance(allowed, tuple) and len(allowed) == 1:
            only = allowed[0]
            return str(only) if isinstance(only, str | int) else _unknown_only(only)
        return None

    def credentials(self) -> str:
        """What the login depends on, as text to compare; "" where nothing is said."""
        told = [(name, self.attribute(name)) for name in _CREDENTIALS]
        told.append(("role_arn", self.attribute("role_arn", "assume_role")))
        return "|".join(f"{name}={symbol(value)}" for name, value in told if value is not None)

    def default_tags(self) -> "Mapping[str, Value] | Unknown | None":
        tags = self.attribute("tags", "default_tags")
        return tags if isinstance(tags, dict | Unknown) else None


def _unknown_only(value: Value) -> "Unknown | None":
    return value if isinstance(value, Unknown) else None


def _account_in(role: Template) -> "str | Unknown | None":
    """The account of a role ARN with holes: one of them, where it stands in its place."""
    if match := _ROLE.match(str(role)):
        return match[1]
    head = role.parts[0]
    if len(role.parts) > 1 and isinstance(head, str) and re.fullmatch(r"arn:[^:]*:iam::", head):
        hole = role.parts[1]
        return hole if isinstance(hole, Unknown) else None
    return None


def all_tags(provider: Provider, tags: Value) -> Value:
    """tags_all: the default tags under the resource's own; None where there are none at all.

    Unknown where a half is, since each key may stand in the other.
    """
    halves = [unmark_deep(each)[0] for each in (provider.default_tags, tags)]
    halves = [each for each in halves if not is_null(each)]
    merged: dict[str, Value] = {}
    for half in halves:
        if not isinstance(half, dict):
            return derived(f"merge({', '.join(map(symbol, halves))})", halves)
        merged |= {key: each for key, each in half.items() if not is_null(each)}
    return Map(merged, "string") if merged else None


def passed(stated: "Node | None", parent: Mapping[str, Provider]) -> dict[str, Provider]:
    """The providers that a module call hands down: those it lists, and all without an alias."""
    result = {name: each for name, each in parent.items() if "." not in name}
    if stated is not None and stated[0] == "object":
        for key, value in stated[3]:
            inner, outer = local_name(key), local_name(value)
            if inner and outer in parent:
                result[inner] = parent[outer]
            else:
                result.pop(inner, None)
    return result


def local_name(node: Node) -> str:
    """The provider that an expression names: `aws`, `aws.west`; "" for anything else."""
    kind = node[0]
    if kind in ("var", "lit"):
        return str(node[3])
    if kind == "attr" and node[3][0] == "var":
        return f"{node[3][3]}.{node[4]}"
    return local_name(node[3]) if kind in ("index", "wrap") else ""
