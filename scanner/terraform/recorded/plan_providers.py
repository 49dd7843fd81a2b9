"""Provider configurations as a plan tells them: whose account, and which region.

https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from graphs.unknown import Cause, Unknown
from scanner.terraform.recorded.documents import At
from scanner.terraform.recorded.instances import Provider
from scanner.terraform.recorded.wiring import longest, names

_ROLE: Final = re.compile(r"arn:[^:]*:iam::([0-9]{12}):")
_ACCOUNT: Final = re.compile("[0-9]{12}")
_REGION: Final = re.compile("[a-z]{2}(?:-[a-z]+)+-[0-9]")
_CREDENTIALS: Final = ("profile", "access_key", "shared_credentials_files", "assume_role")


def providers(document: At) -> Iterator[tuple[str, Provider]]:
    """The provider configurations by their key. Those that log in alike share an account."""
    first: dict[tuple[str, str], str] = {}
    for key, at in document.get("configuration").get("provider_config").members():
        said, module = at.get("expressions"), at.get("module_address").text("")
        own = key.rpartition(":")[2]
        login = repr([said.get(name).value for name in _CREDENTIALS])
        name = first.setdefault((module, login), f"{module}: {own}" if module else own)
        variables = At(document.file, "variables", None) if module else document.get("variables")
        account = _account(variables, said) or Unknown(Cause.SCOPE, f"account of provider {name}")
        region = _value(variables, said.get("region"))
        if not isinstance(region, str) or not _REGION.fullmatch(region):
            region = Unknown(Cause.SCOPE, f"region of provider {own}")
        yield key, Provider(own.split(".", 1)[0], account, region)


def _account(variables: At, said: At) -> str:
    """The account of the role that a provider assumes, or the only one that it may be in."""
    for role in _blocks(said.get("assume_role")):
        arn = role.get("role_arn")
        match = _ROLE.match(str(_value(variables, arn)))
        if match:
            return match[1]
        found = {said for name in longest(names(arn)) for said in _accounts(variables, name)}
        return min(found) if len(found) == 1 else ""
    allowed = _value(variables, said.get("allowed_account_ids"))
    only = str(allowed[0]) if isinstance(allowed, list) and len(allowed) == 1 else ""
    return only if _ACCOUNT.fullmatch(only) else ""


def _accounts(variables: At, name: str) -> list[str]:
    """A variable in the ARN of a role that looks like an account can be nothing else in it."""
    value = str(_named(variables, name))
    return [value] if _ACCOUNT.fullmatch(value) else []


def _value(variables: At, said: At) -> Any:
    """What an expression must be, by all that is told: a constant, or its only variable."""
    if "constant_value" in said:
        return said.get("constant_value").value
    found = longest(names(said))
    return _named(variables, found[0]) if len(found) == 1 else None


def _named(variables: At, name: str) -> Any:
    """The value of `var.name` or `var.name.attribute`."""
    root, *steps = name.split(".")
    if root != "var" or not steps:
        return None
    value = variables.get(steps[0]).get("value").value
    for step in steps[1:]:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _blocks(said: At) -> Iterator[At]:
    if isinstance(said.value, list):
        yield from said.items()
    elif said.value is not None:
        yield said
